/* Makes reports and writes their places. */
#include "report.h"

#include <stdio.h>

const char *report_severity_name(enum report_severity severity)
{
    static const char *const names[] = {"note", "warning", "error"};
    return names[severity];
}

struct place place_file(const char *file)
{
    return place_line(file, PLACE_NO_LINE);
}

struct place place_line(const char *file, unsigned line)
{
    return (struct place){.file = file, .offset = PLACE_NO_OFFSET, .line = line};
}

struct place place_section(const char *file, const char *section, uint64_t offset)
{
    return (struct place){.file = file, .section = section, .offset = offset};
}

static void put_line(struct elfgen_text *text, const struct place *place)
{
    elfgen_text_char(text, ':');
    elfgen_text_decimal(text, place->line, 0);
    if (place->column == 0)
        return;
    elfgen_text_char(text, ':');
    elfgen_text_decimal(text, place->column, 0);
}

static void put_section(struct elfgen_text *text, const struct place *place)
{
    elfgen_text_string(text, place->file ? ":(" : "(");
    elfgen_text_string(text, place->section);
    if (place->offset != PLACE_NO_OFFSET) {
        elfgen_text_char(text, '+');
        elfgen_text_0x(text, place->offset);
    }
    elfgen_text_char(text, ')');
}

static void put_offset(struct elfgen_text *text, const struct place *place)
{
    const char *between = place->file ? ": " : "";
    if (place->offset != PLACE_NO_OFFSET) {
        elfgen_text_string(text, between);
        elfgen_text_string(text, "offset ");
        elfgen_text_0x(text, place->offset);
    }
    if (!place->field)
        return;
    elfgen_text_string(text, place->offset != PLACE_NO_OFFSET ? " (" : between);
    elfgen_text_string(text, place->field);
    elfgen_text_string(text, place->offset != PLACE_NO_OFFSET ? ")" : "");
}

void place_put(struct elfgen_text *text, const struct place *place)
{
    if (place->file)
        elfgen_text_string(text, place->file);
    if (place->line != PLACE_NO_LINE)
        put_line(text, place);
    else if (place->section)
        put_section(text, place);
    else
        put_offset(text, place);
}

void report_send_list(const struct reporter *to, enum report_severity severity,
                      const struct place *place, const char *format, va_list arguments)
{
    char text[4096];
    vsnprintf(text, sizeof text, format, arguments);
    to->report(to->context, &(struct report){.severity = severity,
                                             .place = place ? *place : place_file(NULL),
                                             .text = text});
}

void report_send(const struct reporter *to, enum report_severity severity,
                 const struct place *place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report_send_list(to, severity, place, format, arguments);
    va_end(arguments);
}

bool report_error(const struct reporter *to, const struct place *place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report_send_list(to, REPORT_ERROR, place, format, arguments);
    va_end(arguments);
    return false;
}

bool report_library_error(const struct reporter *to, const char *file,
                          const struct elfgen_error *error)
{
    /* That a file is not an ELF file is about all of it. */
    const struct place place = {.file = error->file ? error->file : file,
                                .section = error->section,
                                .offset = error->status == ELFGEN_NOT_ELF ? PLACE_NO_OFFSET
                                                                          : error->offset};
    return report_error(to, &place, "%s", error->text);
}

bool report_no_memory(const struct reporter *to)
{
    return report_error(to, NULL, NO_MEMORY);
}
