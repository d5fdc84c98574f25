/* A page of a file, for other commands. */
#ifndef EXPLAIN_MAKE_PAGE_H
#define EXPLAIN_MAKE_PAGE_H

/* Makes what 'tinyelf explain --format html FILE -o PAGE' makes, and reports what it reports.
 * Returns the exit status: 0 if the page is written, as a whole, otherwise no older file has
 * changed. */
int explain_make_page(const char *file, const char *page);

#endif
