/* Which bytes matter, as the page's heat map shows it: a result of mutate, compact. */
#ifndef PAGE_HEAT_H
#define PAGE_HEAT_H

#include "commands/mutate/result.h"

/* Reads a result of 'tinyelf mutate --json', which must be of the view's bytes; `file` is what
 * those are called. Returns false after reporting the error; otherwise mutate_report_close() is
 * needed. */
bool page_heat_read(struct mutate_report *report, const char *path, const struct elfgen_view *view,
                    const char *file);

/* Appends the result as one JSON object, which heat.js reads:
 *
 * {"outcomes":[WORDS..],"values":N,"runs":N,"complete":B,"parts":[N..],"of":N,"notes":[WORDS..],
 *  "tried":[OFFSET,COUNT..],"counts":[[N..]..],"reasons":["", WORDS..],"reason":[N..]}
 *
 * `tried` are the ranges of bytes that were changed; every other list has an entry for each of
 * these, in their order. `counts` has a list for each outcome, `reason` says which of the `reasons`
 * a byte has. In both, a number below 0 says how many times more the one before it comes. */
void page_heat_put(struct elfgen_text *out, const struct mutate_report *report);

#endif
