/* Prints the ELF header, as readelf -h. */
#include <string.h>

#include "dump.h"

enum { DT_FLAGS_1 = 0x6ffffffb, DF_1_PIE = 0x08000000 };

/* Ends a line, and says so if its field is not entirely in the file. */
static void end_line(struct readelf *report, const char *field)
{
    const struct elfgen_view *view = &report->view;
    const struct elfgen_structure *ehdr = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    unsigned column = elfgen_class_index(view->class_);
    if (view->header_present < ehdr->size[column]) {
        for (unsigned i = 0; i < ehdr->count; i++) {
            const struct elfgen_field *row = &ehdr->fields[i];
            if (strcmp(row->name, field) == 0 &&
                (uint64_t)row->offset[column] + row->width[column] > view->header_present)
                elfgen_text_string(report->out, "  [past the end of the file, read as zeros]");
        }
    }
    elfgen_text_char(report->out, '\n');
}

/* A name; the number if it has none. */
static void put_name(struct elfgen_text *out, const char *name, const char *unknown, uint64_t value)
{
    elfgen_text_string(out, name ? name : unknown);
    if (name)
        return;
    elfgen_text_hex(out, value, 0);
    elfgen_text_char(out, '>');
}

static void put_magic(struct readelf *report)
{
    enum { EI_NIDENT = 16 };
    elfgen_text_string(report->out, "  Magic:   ");
    for (uint64_t i = 0; i < EI_NIDENT; i++) {
        const uint8_t *byte = elfgen_view_bytes(&report->view, i, 1);
        elfgen_text_hex(report->out, byte ? *byte : 0, 2);
        elfgen_text_char(report->out, ' ');
    }
    end_line(report, "ei_pad");
}

static void put_identification(struct readelf *report)
{
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    struct elfgen_text *out = report->out;

    elfgen_text_string(out, "  Class:                             ");
    put_name(out, elfgen_class_name(ehdr->ei_class), "<unknown: ", ehdr->ei_class);
    end_line(report, "ei_class");

    elfgen_text_string(out, "  Data:                              ");
    put_name(out, elfgen_order_name(ehdr->ei_data), "<unknown: ", ehdr->ei_data);
    end_line(report, "ei_data");

    elfgen_text_string(out, "  Version:                           ");
    elfgen_text_decimal(out, ehdr->ei_version, 0);
    if (ehdr->ei_version)
        elfgen_text_string(out,
                           ehdr->ei_version == ELFGEN_EV_CURRENT ? " (current)" : " <unknown>");
    end_line(report, "ei_version");

    elfgen_text_string(out, "  OS/ABI:                            ");
    put_name(out, elfgen_osabi_name(ehdr->e_machine, ehdr->ei_osabi), "<unknown: ", ehdr->ei_osabi);
    end_line(report, "ei_osabi");

    elfgen_text_string(out, "  ABI Version:                       ");
    elfgen_text_decimal(out, ehdr->ei_abiversion, 0);
    end_line(report, "ei_abiversion");
}

/* Finds the dynamic entries: the first PT_DYNAMIC, or else the section named .dynamic. */
static bool find_dynamic(const struct readelf *report, bool use_section, struct elfgen_table *table)
{
    const struct elfgen_view *view = &report->view;
    struct elfgen_phdr phdr;
    uint64_t size = 0;
    bool found = false;
    for (uint64_t i = 0; !found && report->segments_whole && i < report->segment_count; i++) {
        if (elfgen_view_segment(view, i, &phdr, NULL) != ELFGEN_OK ||
            phdr.p_type != ELFGEN_PT_DYNAMIC)
            continue;
        found = true;
        table->offset = phdr.p_offset;
        size = phdr.p_filesz;
    }
    if (found && use_section && report->sections_whole) {
        struct elfgen_shdr shdr;
        const char *name;
        for (uint64_t i = 0; i < report->section_count; i++) {
            elfgen_view_section(view, i, &shdr, NULL);
            size_t length = readelf_section_name(report, &shdr, sizeof ".dynamic", &name);
            if (!report->names_readable || length != strlen(".dynamic") ||
                memcmp(name, ".dynamic", length) != 0)
                continue;
            table->offset = shdr.sh_offset;
            size = shdr.sh_type == ELFGEN_SHT_NOBITS ? 0 : shdr.sh_size;
            break;
        }
    }
    table->entry_size = elfgen_structure_size(ELFGEN_STRUCTURE_dyn, view->class_);
    table->count = size / table->entry_size;
    return found && readelf_has(report, table->offset, size);
}

/* Whether DT_FLAGS_1 says that a shared object is an executable. */
static bool is_position_independent_executable(const struct readelf *report, bool use_section)
{
    struct elfgen_table table;
    if (!find_dynamic(report, use_section, &table))
        return false;
    struct elfgen_shdr section = {.sh_type = ELFGEN_SHT_DYNAMIC,
                                  .sh_offset = table.offset,
                                  .sh_size = table.count * table.entry_size,
                                  .sh_entsize = table.entry_size};
    struct elfgen_dyn entry;
    for (uint64_t i = 0; elfgen_view_dynamic(&report->view, &section, i, &entry, NULL) == ELFGEN_OK;
         i++) {
        if (entry.d_tag == DT_FLAGS_1)
            return entry.d_val & DF_1_PIE;
        if (entry.d_tag == 0)
            return false;
    }
    return false;
}

const char *readelf_type_name(struct readelf *report, bool use_section, char room[64])
{
    uint64_t type = report->view.ehdr.e_type;
    const char *name = elfgen_file_type_name(type);
    if (type == ELFGEN_ET_DYN && is_position_independent_executable(report, use_section))
        return "DYN (Position-Independent Executable file)";
    if (name)
        return name;
    struct elfgen_text text = {.bytes = room, .capacity = 63};
    bool named = type >= 0xfe00;
    elfgen_text_string(&text, type >= 0xff00 ? "Processor Specific: ("
                              : named        ? "OS Specific: ("
                                             : "<unknown>: ");
    elfgen_text_hex(&text, type, 0);
    if (named)
        elfgen_text_char(&text, ')');
    room[text.length] = '\0';
    return room;
}

static void put_offset(struct readelf *report, const char *label, uint64_t offset,
                       const char *field)
{
    elfgen_text_string(report->out, label);
    /* Signed, as in readelf. */
    if (offset >> 63)
        elfgen_text_char(report->out, '-');
    elfgen_text_decimal(report->out, offset >> 63 ? 0 - offset : offset, 0);
    elfgen_text_string(report->out, " (bytes into file)");
    end_line(report, field);
}

static void put_number(struct readelf *report, const char *label, uint64_t number,
                       const char *behind, const char *field)
{
    elfgen_text_string(report->out, label);
    elfgen_text_decimal(report->out, number, 0);
    elfgen_text_string(report->out, behind);
    end_line(report, field);
}

static void put_extended(struct elfgen_text *out, uint64_t number)
{
    elfgen_text_string(out, " (");
    elfgen_text_decimal(out, number, 0);
    elfgen_text_char(out, ')');
}

static void put_counts(struct readelf *report)
{
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    struct elfgen_text *out = report->out;
    bool extended = report->section_0_readable;

    put_number(report, "  Size of this header:               ", ehdr->e_ehsize, " (bytes)",
               "e_ehsize");
    put_number(report, "  Size of program headers:           ", ehdr->e_phentsize, " (bytes)",
               "e_phentsize");
    elfgen_text_string(out, "  Number of program headers:         ");
    elfgen_text_decimal(out, ehdr->e_phnum, 0);
    if (extended && report->view.segments_extended)
        put_extended(out, report->segment_count);
    end_line(report, "e_phnum");
    put_number(report, "  Size of section headers:           ", ehdr->e_shentsize, " (bytes)",
               "e_shentsize");
    elfgen_text_string(out, "  Number of section headers:         ");
    elfgen_text_decimal(out, ehdr->e_shnum, 0);
    if (extended && ehdr->e_shnum == 0)
        put_extended(out, report->section_count);
    end_line(report, "e_shnum");
    elfgen_text_string(out, "  Section header string table index: ");
    elfgen_text_decimal(out, ehdr->e_shstrndx, 0);
    uint64_t index = report->view.names;
    if (extended && ehdr->e_shstrndx == ELFGEN_SHN_XINDEX)
        put_extended(out, index);
    if (index != ELFGEN_SHN_UNDEF && index >= report->section_count)
        elfgen_text_string(out, " <corrupt: out of range>");
    end_line(report, "e_shstrndx");
}

void readelf_header(struct readelf *report)
{
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    struct elfgen_text *out = report->out;
    char room[64];

    elfgen_text_string(out, "ELF Header:\n");
    put_magic(report);
    put_identification(report);
    elfgen_text_string(out, "  Type:                              ");
    elfgen_text_string(out, readelf_type_name(report, false, room));
    end_line(report, "e_type");

    elfgen_text_string(out, "  Machine:                           ");
    const char *machine = elfgen_machine_name(ehdr->e_machine);
    if (machine) {
        elfgen_text_string(out, machine);
    } else {
        elfgen_text_string(out, "<unknown>: ");
        readelf_put_0x(out, ehdr->e_machine, 0);
    }
    end_line(report, "e_machine");

    elfgen_text_string(out, "  Version:                           ");
    readelf_put_0x(out, ehdr->e_version, 0);
    end_line(report, "e_version");
    elfgen_text_string(out, "  Entry point address:               ");
    readelf_put_0x(out, ehdr->e_entry, 0);
    end_line(report, "e_entry");
    put_offset(report, "  Start of program headers:          ", ehdr->e_phoff, "e_phoff");
    put_offset(report, "  Start of section headers:          ", ehdr->e_shoff, "e_shoff");

    elfgen_text_string(out, "  Flags:                             ");
    readelf_put_0x(out, ehdr->e_flags, 0);
    elfgen_machine_flags_text(out, ehdr->e_machine, ehdr->ei_osabi, ehdr->ei_abiversion,
                              (uint32_t)ehdr->e_flags);
    end_line(report, "e_flags");
    put_counts(report);
}
