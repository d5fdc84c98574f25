/* How wide a line of output may be. */
#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#include <stddef.h>

enum {
    WIDTH_WIDE = 0, /* any: reports have their wide form, in which programs read them */
    WIDTH_USUAL = 80
};

/* Returns how many columns a line of standard output has. On a terminal: its columns; if it does
 * not tell them, those of COLUMNS in the environment, and without that 80. In a pipe or a file:
 * WIDTH_WIDE, unless somebody set COLUMNS for it ("COLUMNS=80 tinyelf explain hello | less"). */
size_t width_of_output(void);

/* The same of another open file, such as standard error. */
size_t width_of_file(int file);

#endif
