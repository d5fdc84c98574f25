/* Prints the program headers, as readelf -l. */
#include <string.h>

#include "dump.h"

static void put_type(struct readelf *report, uint64_t type)
{
    enum { FREEBSD = 9, COLUMN = 14 };
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    const char *name = elfgen_segment_type_name(ehdr->e_machine, ehdr->ei_osabi, type);
    bool gnu = ehdr->ei_osabi == ELFGEN_OSABI_GNU || ehdr->ei_osabi == FREEBSD;
    char room[64];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    if (!name && type >> 28 == 7) {
        elfgen_text_string(&text, "LOPROC+");
        readelf_put_alternate_hex(&text, type - 0x70000000);
    } else if (!name && gnu && type >= ELFGEN_PT_GNU_MBIND_LO && type <= ELFGEN_PT_GNU_MBIND_HI) {
        elfgen_text_string(&text, "GNU_MBIND+");
        readelf_put_alternate_hex(&text, type - ELFGEN_PT_GNU_MBIND_LO);
    } else if (!name && type >> 28 == 6) {
        elfgen_text_string(&text, "LOOS+");
        readelf_put_alternate_hex(&text, type - 0x60000000);
    } else if (!name) {
        elfgen_text_string(&text, "<unknown>: ");
        elfgen_text_hex(&text, type, 0);
    }
    room[text.length] = '\0';
    elfgen_text_string(report->out, "  ");
    elfgen_text_column(report->out, name ? name : room, COLUMN, COLUMN);
    elfgen_text_char(report->out, ' ');
}

static void put_permissions(struct elfgen_text *out, uint64_t flags)
{
    elfgen_text_char(out, flags & ELFGEN_PF_R ? 'R' : ' ');
    elfgen_text_char(out, flags & ELFGEN_PF_W ? 'W' : ' ');
    elfgen_text_char(out, flags & ELFGEN_PF_X ? 'E' : ' ');
}

/* One line per segment: for 32 bits, and for 64 bits with -W. */
static void put_wide_row(struct readelf *report, const struct elfgen_phdr *phdr)
{
    struct elfgen_text *out = report->out;
    /* readelf's columns of sizes have a digit more in 64-bit files. */
    unsigned address = 2 * elfgen_address_size(report->view.class_);
    unsigned size = 5 + elfgen_class_index(report->view.class_);
    readelf_put_0x(out, phdr->p_offset, 6);
    elfgen_text_char(out, ' ');
    readelf_put_0x(out, phdr->p_vaddr, address);
    elfgen_text_char(out, ' ');
    readelf_put_0x(out, phdr->p_paddr, address);
    elfgen_text_char(out, ' ');
    readelf_put_0x(out, phdr->p_filesz, size);
    elfgen_text_char(out, ' ');
    readelf_put_0x(out, phdr->p_memsz, size);
    elfgen_text_char(out, ' ');
    put_permissions(out, phdr->p_flags);
    elfgen_text_char(out, ' ');
    readelf_put_alternate_hex(out, phdr->p_align);
}

static void put_narrow_row(struct readelf *report, const struct elfgen_phdr *phdr)
{
    struct elfgen_text *out = report->out;
    readelf_put_0x(out, phdr->p_offset, 16);
    elfgen_text_char(out, ' ');
    readelf_put_0x(out, phdr->p_vaddr, 16);
    elfgen_text_char(out, ' ');
    readelf_put_0x(out, phdr->p_paddr, 16);
    elfgen_text_string(out, "\n                 ");
    readelf_put_0x(out, phdr->p_filesz, 16);
    elfgen_text_char(out, ' ');
    readelf_put_0x(out, phdr->p_memsz, 16);
    elfgen_text_string(out, "  ");
    put_permissions(out, phdr->p_flags);
    elfgen_text_string(out, "    ");
    readelf_put_0x(out, phdr->p_align, 0);
}

static void put_interpreter(struct readelf *report, const struct elfgen_phdr *phdr)
{
    const uint8_t *name = elfgen_view_bytes(&report->view, phdr->p_offset, phdr->p_filesz);
    if (!name || phdr->p_filesz == 0 || phdr->p_offset == report->length) {
        /* No error: files with separate debug information are so. */
        readelf_complain(report, false, phdr->p_offset, "p_offset",
                         "the program interpreter's name, %u bytes, is not in the file",
                         phdr->p_filesz);
        return;
    }
    const uint8_t *end = memchr(name, '\0', (size_t)phdr->p_filesz);
    size_t length = end ? (size_t)(end - name) : (size_t)phdr->p_filesz;
    if (!readelf_may_print(report, length))
        return;
    elfgen_text_string(report->out, "      [Requesting program interpreter: ");
    elfgen_text_bytes(report->out, (const char *)name, length);
    elfgen_text_string(report->out, "]\n");
}

/* Reports what readelf does not look at: bytes that a segment promises and the file does not
 * have. Section headers are at the end of a file, so a file that has them is not cut; files of
 * debug information name bytes of another file. If the ELF header itself is cut, nobody expects
 * the rest. */
static void check_contents(struct readelf *report, uint64_t index, const struct elfgen_phdr *phdr)
{
    const struct elfgen_view *view = &report->view;
    bool whole = view->header_present == elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_);
    if (phdr->p_type != ELFGEN_PT_LOAD || phdr->p_filesz == 0 || report->section_count != 0 ||
        !whole || readelf_has(report, phdr->p_offset, phdr->p_filesz))
        return;
    readelf_complain(report, true, phdr->p_offset, "p_filesz",
                     "segment %u takes %u bytes from here, the file ends at %x", index,
                     phdr->p_filesz, report->length);
}

static void put_heads(struct readelf *report)
{
    static const char *const one_line[] = {
        "  Type           Offset   VirtAddr   PhysAddr   FileSiz MemSiz  Flg Align\n",
        "  Type           Offset   VirtAddr           PhysAddr           "
        "FileSiz  MemSiz   Flg Align\n"};
    static const char two_lines[] =
        "  Type           Offset             VirtAddr           PhysAddr\n"
        "                 FileSiz            MemSiz              Flags  Align\n";
    elfgen_text_string(report->out, "\nProgram Headers:\n");
    elfgen_text_string(report->out, readelf_is_one_line(report)
                                        ? one_line[elfgen_class_index(report->view.class_)]
                                        : two_lines);
}

static void put_rows(struct readelf *report)
{
    put_heads(report);
    for (uint64_t i = 0; i < report->segments_present && !report->exhausted; i++) {
        struct elfgen_phdr phdr;
        enum elfgen_status status = elfgen_view_segment(&report->view, i, &phdr, NULL);
        put_type(report, phdr.p_type);
        if (readelf_is_one_line(report))
            put_wide_row(report, &phdr);
        else
            put_narrow_row(report, &phdr);
        if (status == ELFGEN_TRUNCATED)
            elfgen_text_string(report->out,
                               "  [cut by the end of the file, the rest read as zeros]");
        elfgen_text_char(report->out, '\n');
        if (phdr.p_type == ELFGEN_PT_LOAD && phdr.p_memsz < phdr.p_filesz)
            readelf_complain(report, false, ELFGEN_NOWHERE, "p_memsz",
                             "segment %u takes %u bytes from the file and has %u in memory", i,
                             phdr.p_filesz, phdr.p_memsz);
        if (status == ELFGEN_OK)
            check_contents(report, i, &phdr);
        if (phdr.p_type == ELFGEN_PT_INTERP)
            put_interpreter(report, &phdr);
    }
}

static void check_table(struct readelf *report)
{
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    uint64_t size = elfgen_structure_size(ELFGEN_STRUCTURE_phdr, report->view.class_);
    if (ehdr->e_phentsize < size)
        readelf_complain(report, true, ELFGEN_NOWHERE, "e_phentsize",
                         "a program header has %u bytes, it must have %u", ehdr->e_phentsize, size);
    else if (!report->segments_whole)
        readelf_complain(report, true, ehdr->e_phoff, "e_phoff",
                         "%u program headers of %u bytes pass the end of the file, %x: %u begin "
                         "inside it",
                         report->segment_count, ehdr->e_phentsize, report->length,
                         report->segments_present);
    else if (ehdr->e_phentsize > size)
        readelf_complain(report, false, ELFGEN_NOWHERE, "e_phentsize",
                         "a program header has %u bytes, Linux wants %u", ehdr->e_phentsize, size);
    else if (report->segment_count * size >= report->length)
        readelf_complain(report, false, ELFGEN_NOWHERE, "e_phnum",
                         "readelf: Too many program headers - the file is not that big");
}

void readelf_segments(struct readelf *report)
{
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    struct elfgen_text *out = report->out;
    char room[64];
    if (report->segment_count == 0) {
        if (ehdr->e_phoff != 0)
            readelf_complain(report, false, ELFGEN_NOWHERE, "e_phoff",
                             "%x, but there are no program headers (e_phnum 0)", ehdr->e_phoff);
        else if (report->segments)
            elfgen_text_string(out, "\nThere are no program headers in this file.\n");
        return;
    }
    if (report->segments && !report->header) {
        elfgen_text_string(out, "\nElf file type is ");
        elfgen_text_string(out, readelf_type_name(report, true, room));
        elfgen_text_string(out, "\nEntry point 0x");
        elfgen_text_hex(out, ehdr->e_entry, 0);
        elfgen_text_string(out, report->segment_count == 1 ? "\nThere is " : "\nThere are ");
        elfgen_text_decimal(out, report->segment_count, 0);
        elfgen_text_string(out, report->segment_count == 1
                                    ? " program header, starting at offset "
                                    : " program headers, starting at offset ");
        elfgen_text_decimal(out, ehdr->e_phoff, 0);
        elfgen_text_char(out, '\n');
    }
    check_table(report);
    if (!report->segments || report->segments_present == 0)
        return;
    put_rows(report);
    if (report->sections_whole && report->names_readable)
        readelf_mapping(report);
}
