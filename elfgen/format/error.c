/* Writes an error: a status, a place in the file and a sentence. */
#include "elfgen/error.h"

#include <stdarg.h>

#include "elfgen/text.h"

static void put_argument(struct elfgen_text *text, char directive, va_list *arguments)
{
    switch (directive) {
    case 's': {
        const char *string = va_arg(*arguments, const char *);
        elfgen_text_string(text, string ? string : "");
        break;
    }
    case 'x':
        elfgen_text_string(text, "0x");
        elfgen_text_hex(text, va_arg(*arguments, uint64_t), 0);
        break;
    case 'u':
        elfgen_text_decimal(text, va_arg(*arguments, uint64_t), 0);
        break;
    case 'd': {
        int64_t value = va_arg(*arguments, int64_t);
        if (value < 0)
            elfgen_text_char(text, '-');
        /* Negated as unsigned, since -INT64_MIN does not fit. */
        elfgen_text_decimal(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 0);
        break;
    }
    default:
        elfgen_text_char(text, directive);
    }
}

enum elfgen_status elfgen_error_set(struct elfgen_error *error, enum elfgen_status status,
                                    uint64_t offset, const char *format, ...)
{
    if (!error)
        return status;
    error->status = status;
    error->file = error->section = NULL;
    error->offset = offset;
    struct elfgen_text text = {.bytes = error->text, .capacity = sizeof error->text - 1};
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format == '%' && format[1])
            put_argument(&text, *++format, &arguments);
        else
            elfgen_text_char(&text, *format);
    }
    va_end(arguments);
    error->text[text.length] = '\0';
    return status;
}

void elfgen_error_in_section(struct elfgen_error *error, const char *file, const char *section,
                             uint64_t offset)
{
    if (!error)
        return;
    error->file = file;
    error->section = section;
    error->offset = offset;
}
