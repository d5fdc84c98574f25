/* Prints what GNU readelf 2.40 prints for -h, -l and -S, character for character, of any bytes.
 *
 * Where readelf gives up, this goes on: a cut ELF header is read with zeros, as Linux does, and
 * marked; a table that is partly past the end of the file is printed as far as it goes. What
 * readelf would object to goes to a callback. */
#ifndef DUMP_H
#define DUMP_H

#include <stdbool.h>

#include "elfgen.h"

/* An objection. `field` is its name in the specification, or NULL; `offset` is ELFGEN_NOWHERE if it
 * concerns no place. */
typedef void readelf_object(void *context, bool is_error, uint64_t offset, const char *field,
                            const char *text);

struct readelf {
    /* Set by the caller. */
    const void *bytes;
    const struct elfgen_file_reader *reader; /* in place of `bytes`; NULL: these are all */
    uint64_t length;
    const char *title; /* printed as "File: ...", NULL: none */
    bool header, segments, sections;
    bool wide;
    struct elfgen_text *out;
    readelf_object *object;
    void *context; /* for `object` */

    /* Private. */
    struct elfgen_view view;
    uint64_t segment_count; /* as readelf counts: what the header says, extensions resolved */
    uint64_t section_count;
    uint64_t names_index;      /* index of the section name table, 0: none */
    bool section_0_readable;   /* section header 0 is whole, for counts that it may have */
    uint64_t segments_present; /* entries with at least one byte in the file */
    uint64_t sections_present;
    bool segments_whole; /* the whole table is in the file */
    bool sections_whole;
    bool has_dynamic_symbols; /* a table of them was printed that is in the file */
    struct elfgen_shdr names; /* the section name table */
    bool names_readable;
    uint64_t names_printed; /* bytes of names from the file, printed so far */
    bool exhausted;         /* too many: the tables end here */
    bool failed;
    bool not_elf; /* the reason, if that is it */
};

/* Prints the report. Returns false if something that the file promises is missing; `object` was
 * called. */
bool readelf_report(struct readelf *report);

/* ---- private ---- */

void readelf_header(struct readelf *report);
void readelf_sections(struct readelf *report);
void readelf_segments(struct readelf *report);
void readelf_mapping(struct readelf *report);

/* Whether an entry of a table has one line: in 32-bit files, and with -W. */
bool readelf_is_one_line(const struct readelf *report);

/* The type as -l prints it when -h does not. */
const char *readelf_type_name(struct readelf *report, bool use_section, char room[64]);

/* Reports an objection; an error makes the report fail. The text may use the directives of
 * elfgen_error_set(). */
#define readelf_complain(report, is_error, offset, field, ...)                                     \
    do {                                                                                           \
        struct elfgen_error complaint_;                                                            \
        elfgen_error_set(&complaint_, ELFGEN_BAD_VALUE, (offset), __VA_ARGS__);                    \
        readelf_report_complaint((report), (is_error), (field), &complaint_);                      \
    } while (0)
void readelf_report_complaint(struct readelf *report, bool is_error, const char *field,
                              const struct elfgen_error *complaint);

/* The name of a section, at most `most` bytes of it, or what readelf prints for a bad one. */
size_t readelf_section_name(const struct readelf *report, const struct elfgen_shdr *section,
                            size_t most, const char **name);

/* Whether another `length` bytes of names may be printed. A small file can name one string a
 * hundred thousand times: after 256 MiB that is reported once, and the tables end. */
bool readelf_may_print(struct readelf *report, size_t length);

/* Whether the file has these bytes, which need not be read for that. */
static inline bool readelf_has(const struct readelf *report, uint64_t offset, uint64_t size)
{
    return report->length > 0 && offset <= report->length && size <= report->length - offset;
}

/* printf's %#lx: 0 has no prefix. */
static inline void readelf_put_alternate_hex(struct elfgen_text *out, uint64_t value)
{
    if (value)
        elfgen_text_string(out, "0x");
    elfgen_text_hex(out, value, 0);
}

static inline void readelf_put_0x(struct elfgen_text *out, uint64_t value, unsigned digits)
{
    elfgen_text_bytes(out, "0x", 2);
    elfgen_text_hex(out, value, digits);
}

#endif
