/* Prints the parts of the report in their order, after counting the tables. */
#include "base/file.h"
#include "dump.h"

/* How many entries of a table start inside the file; *whole: all their bytes are there. */
static uint64_t present_entries(const struct elfgen_view *view, struct elfgen_table table,
                                enum elfgen_structure_id id, bool *whole)
{
    *whole = false;
    if (table.count == 0 || table.entry_size < elfgen_structure_size(id, view->class_) ||
        table.offset >= view->length)
        return 0;
    uint64_t room = view->length - table.offset;
    uint64_t present = room / table.entry_size + (room % table.entry_size != 0);
    uint64_t fits = room / table.entry_size;
    *whole = fits >= table.count;
    return present < table.count ? present : table.count;
}

/* readelf looks for counts in section header 0 only if all of it is in the file. */
static void count_tables(struct readelf *report)
{
    struct elfgen_view *view = &report->view;
    const struct elfgen_ehdr *ehdr = &view->ehdr;
    report->section_0_readable =
        ehdr->e_shoff != 0 &&
        ehdr->e_shentsize >= elfgen_structure_size(ELFGEN_STRUCTURE_shdr, view->class_) &&
        readelf_has(report, ehdr->e_shoff, ehdr->e_shentsize);
    if (!report->section_0_readable) {
        view->segments.count = ehdr->e_phnum;
        view->sections.count = ehdr->e_shnum;
        view->names = ehdr->e_shstrndx;
    }
    report->segment_count = view->segments.count;
    report->section_count = view->sections.count & UINT32_MAX;
    view->sections.count = report->section_count;
    report->names_index = view->names < report->section_count ? view->names : ELFGEN_SHN_UNDEF;

    report->segments_present =
        present_entries(view, view->segments, ELFGEN_STRUCTURE_phdr, &report->segments_whole);
    if (ehdr->e_shoff != 0)
        report->sections_present =
            present_entries(view, view->sections, ELFGEN_STRUCTURE_shdr, &report->sections_whole);
    report->names_readable = false;
    if (report->sections_present == 0 || report->names_index == ELFGEN_SHN_UNDEF ||
        elfgen_view_section(view, report->names_index, &report->names, NULL) != ELFGEN_OK ||
        report->names.sh_size == 0)
        return;
    if (readelf_has(report, report->names.sh_offset, report->names.sh_size))
        report->names_readable = true;
    else
        readelf_complain(report, true, report->names.sh_offset, "sh_offset",
                         "section %u, the section names, has %u bytes, the file ends at %x",
                         report->names_index, report->names.sh_size, view->length);
}

/* Reports a cut ELF header. readelf stops there; Linux fills it with zeros and goes on, and so does
 * this report. It is an error only if the program headers are not all there: then Linux cannot
 * start the file. */
static void report_cut_header(struct readelf *report, const struct elfgen_error *cut)
{
    bool runnable = report->segment_count > 0 && report->segments_whole;
    readelf_complain(report, !runnable, cut->offset, NULL,
                     "%s, the rest is read as zeros, as Linux does; readelf: Failed to read file "
                     "header",
                     cut->text);
}

bool readelf_report(struct readelf *report)
{
    struct elfgen_error error;
    report->failed = report->not_elf = false;
    report->names_printed = 0;
    report->exhausted = report->has_dynamic_symbols = false;
    enum elfgen_status status =
        report->reader ? elfgen_view_open_reader(&report->view, report->reader, &error)
                       : elfgen_view_open(&report->view, report->bytes, report->length, &error);
    if (report->length == 0) {
        readelf_complain(report, true, ELFGEN_NOWHERE, NULL, FILE_IS_EMPTY);
        return false;
    }
    if (report->title && report->view.header_present > 0) {
        elfgen_text_string(report->out, "\nFile: ");
        elfgen_text_string(report->out, report->title);
        elfgen_text_char(report->out, '\n');
    }
    if (status == ELFGEN_NOT_ELF) {
        error.offset = ELFGEN_NOWHERE; /* it is about all of the file */
        readelf_report_complaint(report, true, NULL, &error);
        report->not_elf = true;
        return false;
    }
    count_tables(report);
    if (status == ELFGEN_TRUNCATED)
        report_cut_header(report, &error);
    if (report->header)
        readelf_header(report);
    readelf_sections(report);
    readelf_segments(report);
    return !report->failed;
}
