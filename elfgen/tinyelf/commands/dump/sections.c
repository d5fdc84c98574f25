/* Prints the section headers, as readelf -S. */

#include "dump.h"

/* Section types whose entry size readelf corrects before printing. */
static const struct {
    uint32_t type;
    uint8_t entry_size[2]; /* 32 and 64 bits */
} fixed_entries[] = {
    {ELFGEN_SHT_SYMTAB, {16, 24}},
    {ELFGEN_SHT_DYNSYM, {16, 24}},
    {ELFGEN_SHT_REL, {8, 16}},
    {ELFGEN_SHT_RELA, {12, 24}},
    {19, {4, 8}}, /* SHT_RELR */
    {17, {4, 4}}, /* SHT_GROUP */
};

/* Whether readelf has read the dynamic symbols of an earlier section: it does not look at another
 * table of them. */
static bool is_second_table(const struct readelf *report, const struct elfgen_shdr *shdr)
{
    return shdr->sh_type == ELFGEN_SHT_DYNSYM && report->has_dynamic_symbols;
}

static void note_dynamic_symbols(struct readelf *report, const struct elfgen_shdr *shdr)
{
    if (shdr->sh_type == ELFGEN_SHT_DYNSYM && shdr->sh_entsize <= shdr->sh_size &&
        readelf_has(report, shdr->sh_offset, shdr->sh_size))
        report->has_dynamic_symbols = true;
}

/* Corrects the entry size, as readelf does; but what it does not look at is shown as it is. */
static void correct_entry_size(struct readelf *report, uint64_t index, struct elfgen_shdr *shdr)
{
    if (is_second_table(report, shdr)) {
        readelf_complain(report, false, ELFGEN_NOWHERE, "sh_type",
                         "section %u is another table of dynamic symbols: there may be only one",
                         index);
        return;
    }
    unsigned column = elfgen_class_index(report->view.class_);
    for (size_t i = 0; i < sizeof fixed_entries / sizeof fixed_entries[0]; i++) {
        uint64_t size = fixed_entries[i].entry_size[column];
        if (fixed_entries[i].type != shdr->sh_type || shdr->sh_entsize == size)
            continue;
        readelf_complain(report, false, ELFGEN_NOWHERE, "sh_entsize",
                         "section %u has entries of %u bytes; shown as %u, as its type has them",
                         index, shdr->sh_entsize, size);
        shdr->sh_entsize = size;
    }
    note_dynamic_symbols(report, shdr);
}

/* A name in a column of 17, control characters as ^X. Without -W, a long name is cut to 12
 * characters and "[...]". */
static void put_name(struct readelf *report, const struct elfgen_shdr *shdr)
{
    enum { COLUMN = 17, DOTS = 5 };
    const char *name;
    size_t length = readelf_section_name(report, shdr, report->wide ? SIZE_MAX : COLUMN + 1, &name);
    if (!readelf_may_print(report, length))
        length = 0;
    bool cut = !report->wide && length > COLUMN;
    size_t budget = report->wide ? SIZE_MAX : cut ? COLUMN - DOTS : COLUMN;
    size_t printed = 0;
    for (size_t i = 0; i < length && printed < budget; i++) {
        unsigned char c = (unsigned char)name[i];
        bool control = c < 0x20 || c == 0x7f;
        if (control && budget - printed < 2)
            break;
        if (control) {
            elfgen_text_char(report->out, '^');
            elfgen_text_char(report->out, (char)(c + 0x40));
            printed += 2;
        } else {
            elfgen_text_char(report->out, (char)c);
            printed++;
        }
    }
    if (cut) {
        elfgen_text_string(report->out, "[...]");
        printed += DOTS;
    }
    if (printed < COLUMN)
        elfgen_text_blanks(report->out, COLUMN - printed);
}

static void put_type(struct readelf *report, uint64_t type)
{
    enum { IA_64 = 50, COLUMN = 15 };
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    size_t most = report->wide ? SIZE_MAX : COLUMN;
    elfgen_text_char(report->out, ' ');
    const char *name = elfgen_section_type_name(ehdr->e_machine, ehdr->ei_osabi, type);
    char room[64];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    if (!name && ehdr->e_machine == IA_64 && type >> 24 == 0x78) {
        name = elfgen_osabi_name(IA_64, type >> 16 & 0xff);
        if (!name) {
            elfgen_text_string(&text, "<unknown: ");
            elfgen_text_hex(&text, type >> 16 & 0xff, 0);
            elfgen_text_char(&text, '>');
        }
    } else if (!name && type >= 0x60000000) {
        elfgen_text_string(&text, type >= 0x80000000   ? "LOUSER+"
                                  : type >= 0x70000000 ? "LOPROC+"
                                                       : "LOOS+");
        readelf_put_alternate_hex(&text,
                                  type >= 0x80000000 ? type - 0x80000000 : type & 0x0fffffff);
    } else if (!name) {
        elfgen_text_hex(&text, type, 8);
        elfgen_text_string(&text, ": <unknown>");
    }
    room[text.length] = '\0';
    elfgen_text_column(report->out, name ? name : room, COLUMN, most);
    elfgen_text_char(report->out, ' ');
}

/* The letters of sh_flags, padded to three. An unknown bit in the range of the operating system or
 * the processor stands for all bits of that range; with the latter, readelf also drops bits from 32
 * on. */
static void put_flags(struct readelf *report, uint64_t flags)
{
    enum { OS_RANGE = 0x0ff00000, FIELD = 3 };
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    char letters[64];
    size_t count = 0;
    while (flags) {
        uint64_t bit = flags & (0 - flags);
        flags &= ~bit;
        char letter = elfgen_section_flag_letter(ehdr->e_machine, ehdr->ei_osabi, bit);
        if (!letter && bit & OS_RANGE) {
            letter = 'o';
            flags &= ~(uint64_t)OS_RANGE;
        } else if (!letter && bit & 0xf0000000) {
            letter = 'p';
            flags &= 0x0fffffff;
        } else if (!letter) {
            letter = 'x';
        }
        letters[count++] = letter;
    }
    elfgen_text_char(report->out, ' ');
    if (count < FIELD)
        elfgen_text_blanks(report->out, FIELD - count);
    elfgen_text_bytes(report->out, letters, count);
    elfgen_text_char(report->out, ' ');
}

/* One line per section: for 32 bits, and for 64 bits with -W. */
static void put_wide_row(struct readelf *report, const struct elfgen_shdr *shdr)
{
    struct elfgen_text *out = report->out;
    elfgen_text_hex(out, shdr->sh_addr, 2 * elfgen_address_size(report->view.class_));
    elfgen_text_char(out, ' ');
    elfgen_text_hex(out, shdr->sh_offset, 6);
    elfgen_text_char(out, ' ');
    elfgen_text_hex(out, shdr->sh_size, 6);
    elfgen_text_char(out, ' ');
    elfgen_text_hex(out, shdr->sh_entsize, 2);
    put_flags(report, shdr->sh_flags);
    elfgen_text_decimal(out, shdr->sh_link, 2);
    elfgen_text_char(out, ' ');
    elfgen_text_decimal(out, shdr->sh_info, 3);
    elfgen_text_char(out, ' ');
    elfgen_text_decimal(out, shdr->sh_addralign, 2);
    elfgen_text_char(out, '\n');
}

static void put_narrow_row(struct readelf *report, const struct elfgen_shdr *shdr)
{
    struct elfgen_text *out = report->out;
    elfgen_text_char(out, ' ');
    elfgen_text_hex(out, shdr->sh_addr, 16);
    elfgen_text_string(out, "  ");
    elfgen_text_hex(out, shdr->sh_offset, 8);
    elfgen_text_string(out, "\n       ");
    elfgen_text_hex(out, shdr->sh_size, 16);
    elfgen_text_string(out, "  ");
    elfgen_text_hex(out, shdr->sh_entsize, 16);
    put_flags(report, shdr->sh_flags);
    elfgen_text_string(out, "     ");
    elfgen_text_decimal(out, shdr->sh_link, 2);
    elfgen_text_string(out, "   ");
    elfgen_text_decimal(out, shdr->sh_info, 3);
    elfgen_text_string(out, "     ");
    elfgen_text_decimal(out, shdr->sh_addralign, 0);
    elfgen_text_char(out, '\n');
}

/* Letters that readelf lists for some machines only. */
static const struct {
    uint16_t machine;
    const char *text;
} machine_keys[] = {
#define KEY(machine, text) {machine, text},
#include "section_keys.def"
#undef KEY
};

static void put_key(struct readelf *report)
{
    enum { FREEBSD = 9 };
    uint64_t osabi = report->view.ehdr.ei_osabi, machine = report->view.ehdr.e_machine;
    bool gnu = osabi == ELFGEN_OSABI_GNU || osabi == FREEBSD;
    struct elfgen_text *out = report->out;
    elfgen_text_string(out,
                       "Key to Flags:\n"
                       "  W (write), A (alloc), X (execute), M (merge), S (strings), I (info),\n"
                       "  L (link order), O (extra OS processing required), G (group), T (TLS),\n"
                       "  C (compressed), x (unknown), o (OS specific), E (exclude),\n  ");
    if (gnu)
        elfgen_text_string(out, "R (retain), ");
    if (gnu || osabi == ELFGEN_OSABI_NONE)
        elfgen_text_string(out, "D (mbind), ");
    for (size_t i = 0; i < sizeof machine_keys / sizeof machine_keys[0]; i++)
        if (machine_keys[i].machine == machine)
            elfgen_text_string(out, machine_keys[i].text);
    elfgen_text_string(out, "p (processor specific)\n");
}

static void put_heads(struct readelf *report)
{
    static const char *const one_line[] = {
        "  [Nr] Name              Type            Addr     Off    Size   ES Flg Lk Inf Al\n",
        "  [Nr] Name              Type            Address          Off    "
        "Size   ES Flg Lk Inf Al\n"};
    static const char two_lines[] =
        "  [Nr] Name              Type             Address           Offset\n"
        "       Size              EntSize          Flags  Link  Info  Align\n";
    elfgen_text_string(report->out,
                       report->section_count > 1 ? "\nSection Headers:\n" : "\nSection Header:\n");
    elfgen_text_string(report->out, readelf_is_one_line(report)
                                        ? one_line[elfgen_class_index(report->view.class_)]
                                        : two_lines);
}

/* Reports what is wrong with the table, whether or not it is printed. */
static void check_table(struct readelf *report)
{
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    uint64_t size = elfgen_structure_size(ELFGEN_STRUCTURE_shdr, report->view.class_);
    if (ehdr->e_shoff == 0)
        readelf_complain(report, true, ELFGEN_NOWHERE, "e_shoff",
                         "0, but there should be %u section headers", report->section_count);
    else if (ehdr->e_shentsize < size)
        readelf_complain(report, true, ELFGEN_NOWHERE, "e_shentsize",
                         "a section header has %u bytes, it must have %u", ehdr->e_shentsize, size);
    else if (!report->sections_whole)
        readelf_complain(report, true, ehdr->e_shoff, "e_shoff",
                         "%u section headers of %u bytes pass the end of the file, %x: %u begin "
                         "inside it",
                         report->section_count, ehdr->e_shentsize, report->length,
                         report->sections_present);
    else if (ehdr->e_shentsize > size)
        readelf_complain(report, false, ELFGEN_NOWHERE, "e_shentsize",
                         "a section header has %u bytes, more than the %u of the specification",
                         ehdr->e_shentsize, size);
}

/* Reports bytes that a section should have and the file does not. */
static void check_contents(struct readelf *report, uint64_t index, const struct elfgen_shdr *shdr)
{
    if (shdr->sh_type != ELFGEN_SHT_NULL && shdr->sh_type != ELFGEN_SHT_NOBITS &&
        shdr->sh_size != 0 && !readelf_has(report, shdr->sh_offset, shdr->sh_size))
        readelf_complain(report, true, shdr->sh_offset, "sh_size",
                         "section %u has %u bytes from here, the file ends at %x", index,
                         shdr->sh_size, report->length);
}

void readelf_sections(struct readelf *report)
{
    const struct elfgen_ehdr *ehdr = &report->view.ehdr;
    struct elfgen_text *out = report->out;
    if (report->section_count == 0) {
        if (ehdr->e_shoff != 0)
            readelf_complain(report, false, ELFGEN_NOWHERE, "e_shoff",
                             "%x, but there are no section headers (e_shnum 0)", ehdr->e_shoff);
        else if (report->sections)
            elfgen_text_string(out, "\nThere are no sections in this file.\n");
        return;
    }
    if (report->sections && !report->header) {
        elfgen_text_string(out, report->section_count == 1 ? "There is " : "There are ");
        elfgen_text_decimal(out, report->section_count, 0);
        elfgen_text_string(out, report->section_count == 1
                                    ? " section header, starting at offset "
                                    : " section headers, starting at offset ");
        readelf_put_alternate_hex(out, ehdr->e_shoff);
        elfgen_text_string(out, ":\n");
    }
    check_table(report);
    if (!report->sections || report->sections_present == 0)
        return;
    put_heads(report);
    for (uint64_t i = 0; i < report->sections_present && !report->exhausted; i++) {
        struct elfgen_shdr shdr;
        elfgen_view_section(&report->view, i, &shdr, NULL);
        check_contents(report, i, &shdr);
        correct_entry_size(report, i, &shdr);
        elfgen_text_string(out, "  [");
        elfgen_text_decimal(out, i, 2);
        elfgen_text_string(out, "] ");
        put_name(report, &shdr);
        put_type(report, shdr.sh_type);
        if (readelf_is_one_line(report))
            put_wide_row(report, &shdr);
        else
            put_narrow_row(report, &shdr);
    }
    put_key(report);
}
