/* printf() into a text of the library. */
#ifndef TEXT_LINE_H
#define TEXT_LINE_H

#include <stdarg.h>

#include "elfgen/text.h"
#include "room.h"

static inline void put_line(struct elfgen_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static inline void put_line(struct elfgen_text *text, const char *format, ...)
{
    char line[256];
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    ck_assert(length >= 0 && (size_t)length < sizeof line);
    elfgen_text_string(text, line);
}

#endif
