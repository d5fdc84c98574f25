/* Objections and section names, for all parts of the report. */
#include <string.h>

#include "dump.h"

void readelf_report_complaint(struct readelf *report, bool is_error, const char *field,
                              const struct elfgen_error *complaint)
{
    if (is_error)
        report->failed = true;
    report->object(report->context, is_error, complaint->offset, field, complaint->text);
}

bool readelf_may_print(struct readelf *report, size_t length)
{
    enum { ENOUGH = 1 << 28 };
    if (report->exhausted)
        return false;
    report->names_printed += length + 1;
    report->exhausted = report->names_printed > ENOUGH;
    if (report->exhausted)
        readelf_complain(report, true, ELFGEN_NOWHERE, NULL,
                         "names of %u bytes were printed, the rest is left out", (uint64_t)ENOUGH);
    return !report->exhausted;
}

size_t readelf_section_name(const struct readelf *report, const struct elfgen_shdr *section,
                            size_t most, const char **name)
{
    *name = "<no-strings>";
    if (!report->names_readable)
        return strlen(*name);
    *name = "<corrupt>";
    if (section->sh_name >= report->names.sh_size)
        return strlen(*name);
    uint64_t left = report->names.sh_size - section->sh_name;
    const uint8_t *names =
        elfgen_view_bytes(&report->view, report->names.sh_offset, report->names.sh_size);
    *name = (const char *)names + section->sh_name;
    size_t room = left < most ? (size_t)left : most;
    const char *end = memchr(*name, '\0', room);
    return end ? (size_t)(end - *name) : room;
}

bool readelf_is_one_line(const struct readelf *report)
{
    return report->wide || report->view.class_ == ELFGEN_CLASS32;
}
