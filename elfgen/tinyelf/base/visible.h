/* Shows names and messages that a file or program made up, so that a terminal prints them and does
 * nothing else. */
#ifndef BASE_VISIBLE_H
#define BASE_VISIBLE_H

#include <stdio.h>

#include "elfgen/text.h"

/* Appends the bytes with \xNN in place of each that a terminal may obey: control characters (C0,
 * DEL, C1), Unicode's separators of lines and controls of direction, and bytes that are not
 * UTF-8. What else is UTF-8 stays, as does a backslash. */
void visible_bytes(struct elfgen_text *text, const char *bytes, size_t length);

/* The same for a string; NULL prints as nothing. */
void visible_string(struct elfgen_text *text, const char *string);

/* Fills `room` bytes, NUL included, with the same; what does not fit is cut. Returns `room`. */
const char *visible_fit(char *room, size_t size, const char *string);

/* Writes the same to a stream; tabs stay. */
void visible_write(FILE *stream, const char *bytes, size_t length);

/* How many columns of a terminal the bytes take, which are shown already: a wide character takes
 * two, a combining one and a colour (ESC [ ... m) none, a byte that is not UTF-8 one. */
size_t visible_columns(const char *bytes, size_t length);

/* How many of the bytes fit into that many columns: whole characters, with what combines. */
size_t visible_fitting(const char *bytes, size_t length, size_t columns);

/* How many bytes the first character has, of `length` bytes, at least 1; 0: it is not shown as it
 * is. */
size_t visible_length(const char *bytes, size_t length);

#endif
