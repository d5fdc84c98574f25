/* Where show puts a page: a private folder, a file's name, a URL. */
#ifndef SHOW_PAGE_PLACE_H
#define SHOW_PAGE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/* Makes a folder in $TMPDIR, or in /tmp, that this user alone may enter, and writes the path of a
 * page in it that is named after the file `name`: letters, digits and a few signs of it, and
 * ".html". `path` has `room` bytes, and `folder_length` gets the length of the folder's part.
 * Returns false after reporting the error. */
bool page_place_make(const char *name, char *path, size_t room, size_t *folder_length);

/* The file's URL, file:///..., in which everything but letters, digits, '/', '-', '.', '_' and '~'
 * is %XX: it is one word to every shell, and an option to no program. The caller frees it. NULL
 * with errno if there is no such file, or no memory. */
char *page_place_url(const char *path);

#endif
