/* image/section_headers: section headers and symbols behind a file, read back by libelf. */
#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { FILE_SIZE = 203 }; /* odd, so that alignment has something to do */

/* Both classes in both byte orders. */
static const struct {
    enum elfgen_class class_;
    enum elfgen_order order;
} kinds[] = {{ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN},
             {ELFGEN_CLASS64, ELFGEN_BIG_ENDIAN},
             {ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN},
             {ELFGEN_CLASS32, ELFGEN_BIG_ENDIAN}};

static void set(uint8_t *bytes, int kind, const char *name, uint64_t value)
{
    const struct elfgen_structure *ehdr = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    for (size_t i = 0; i < ehdr->count; i++)
        if (strcmp(ehdr->fields[i].name, name) == 0)
            elfgen_field_set(&ehdr->fields[i], kinds[kind].class_, kinds[kind].order, bytes, value);
}

/* An ELF header, and bytes that must stay. */
static void make_file(uint8_t bytes[FILE_SIZE], int kind)
{
    for (size_t i = 0; i < FILE_SIZE; i++)
        bytes[i] = (uint8_t)(i * 7);
    memset(bytes, 0, 64);
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t) "\177ELF"[i];
    set(bytes, kind, "ei_class", kinds[kind].class_);
    set(bytes, kind, "ei_data", kinds[kind].order);
    set(bytes, kind, "ei_version", 1);
    set(bytes, kind, "e_version", 1);
    set(bytes, kind, "e_type", ET_EXEC);
    set(bytes, kind, "e_machine", EM_PPC);
    set(bytes, kind, "e_entry", 0x10078);
    set(bytes, kind, "e_ehsize", elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, kinds[kind].class_));
}

/* Writes what is wanted behind `file`; the new file is to be freed. */
static uint8_t *write_whole(const uint8_t *file, size_t size, enum elfgen_class class_,
                            const struct elfgen_section_headers *wanted, size_t *whole)
{
    struct elfgen_error error = {0};
    size_t needed = elfgen_write_section_headers(NULL, 0, size, class_, wanted, &error);
    ck_assert_msg(needed > size, "%s", error.text);
    ck_assert_int_eq(error.status, ELFGEN_NO_ROOM);
    uint8_t *bytes = malloc(needed);
    memcpy(bytes, file, size);
    memset(bytes + size, 0xaa, needed - size);
    /* One byte too few: nothing is written. */
    ck_assert_uint_eq(elfgen_write_section_headers(bytes, needed - 1, size, class_, wanted, &error),
                      needed);
    ck_assert_mem_eq(bytes, file, size);
    ck_assert_uint_eq(bytes[size], 0xaa);
    *whole = elfgen_write_section_headers(bytes, needed, size, class_, wanted, &error);
    ck_assert_uint_eq(*whole, needed);
    return bytes;
}

static Elf_Scn *section_at(Elf *elf, size_t index, GElf_Shdr *shdr, const char *name)
{
    size_t names;
    Elf_Scn *section = elf_getscn(elf, index);
    ck_assert_ptr_nonnull(section);
    ck_assert_ptr_nonnull(gelf_getshdr(section, shdr));
    ck_assert_int_eq(elf_getshdrstrndx(elf, &names), 0);
    ck_assert_str_eq(elf_strptr(elf, names, shdr->sh_name), name);
    return section;
}

static const struct elfgen_section_header sections[] = {
    {".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x10078, 120, 46, 1, 0},
    {"", SHT_PROGBITS, SHF_ALLOC, 0x100a6, 166, 12, 4, 0},
    {".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x20000, 0x99999, 0x100, 16, 0},
    {".table", SHT_PROGBITS, 0, 0, FILE_SIZE, 0, 0, 24},
};

static const struct elfgen_symbol_entry symbols[] = {
    {"_start", 0x10078, 46, STT_FUNC, STB_GLOBAL, 0},
    {"text.1", 0x100a6, 12, STT_OBJECT, STB_LOCAL, 1},
    {"", 0x20000, 0, STT_NOTYPE, STB_WEAK, 2},
    {"number", 0xfffffff0, 0, STT_NOTYPE, STB_LOCAL, ELFGEN_SYMBOL_ABSOLUTE},
    {"nowhere", 0, 0, STT_NOTYPE, STB_GLOBAL, ELFGEN_SYMBOL_UNDEFINED},
};

/* Check keeps each assertion in a file: one a symbol, since there are many. */
static void check_symbol(Elf *elf, Elf_Data *data, size_t link, int index,
                         const struct elfgen_symbol_entry *expected)
{
    GElf_Sym symbol = {0};
    uint32_t section = expected->section == ELFGEN_SYMBOL_ABSOLUTE    ? SHN_ABS
                       : expected->section == ELFGEN_SYMBOL_UNDEFINED ? SHN_UNDEF
                                                                      : expected->section + 1;
    const char *name =
        gelf_getsym(data, index, &symbol) ? elf_strptr(elf, link, symbol.st_name) : NULL;
    if (!name || strcmp(name, expected->name) != 0 || symbol.st_value != expected->value ||
        symbol.st_size != expected->size || symbol.st_shndx != section ||
        symbol.st_info != GELF_ST_INFO(expected->binding, expected->type))
        ck_abort_msg("symbol %d is not %s", index, expected->name);
}

START_TEST(libelf_reads_what_was_given_in_both_classes_and_orders)
{
    static const int order[] = {1, 3, 0, 2, 4}; /* local ones first */
    uint8_t file[FILE_SIZE];
    const struct elfgen_section_headers wanted = {sections, 4, symbols, 5};
    size_t size, names, count;
    make_file(file, _i);
    uint8_t *bytes = write_whole(file, FILE_SIZE, kinds[_i].class_, &wanted, &size);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, size);
    GElf_Shdr shdr;
    ck_assert_int_eq(elf_getshdrnum(elf, &count), 0);
    ck_assert_uint_eq(count, 8);
    ck_assert_int_eq(elf_getshdrstrndx(elf, &names), 0);
    ck_assert_uint_eq(names, 7);
    for (size_t i = 0; i < 4; i++) {
        section_at(elf, i + 1, &shdr, sections[i].name);
        ck_assert_uint_eq(shdr.sh_type, sections[i].type);
        ck_assert_uint_eq(shdr.sh_flags, sections[i].flags);
        ck_assert_uint_eq(shdr.sh_addr, sections[i].address);
        ck_assert_uint_eq(shdr.sh_offset, sections[i].offset);
        ck_assert_uint_eq(shdr.sh_size, sections[i].size);
        ck_assert_uint_eq(shdr.sh_addralign, sections[i].align);
        ck_assert_uint_eq(shdr.sh_entsize, sections[i].entry_size);
    }
    Elf_Data *data = elf_getdata(section_at(elf, 5, &shdr, ".symtab"), NULL);
    ck_assert_uint_eq(shdr.sh_info, 3);
    ck_assert_uint_eq(shdr.sh_link, 6);
    ck_assert_uint_eq(shdr.sh_size / shdr.sh_entsize, 6);
    ck_assert_uint_eq(shdr.sh_offset % (kinds[_i].class_ == ELFGEN_CLASS64 ? 8 : 4), 0);
    size_t link = shdr.sh_link;
    for (int i = 0; i < 5; i++)
        check_symbol(elf, data, link, i + 1, &symbols[order[i]]);
    section_at(elf, 6, &shdr, ".strtab");
    section_at(elf, 7, &shdr, ".shstrtab");
    /* All else is as it was. */
    GElf_Ehdr ehdr;
    ck_assert_ptr_nonnull(gelf_getehdr(elf, &ehdr));
    ck_assert_uint_eq(ehdr.e_entry, 0x10078);
    ck_assert_uint_eq(ehdr.e_machine, EM_PPC);
    ck_assert_mem_eq(bytes + 64, file + 64, FILE_SIZE - 64);
    elf_end(elf);
    free(bytes);
}
END_TEST

START_TEST(without_symbols_there_is_no_symbol_table)
{
    uint8_t file[FILE_SIZE];
    const struct elfgen_section_headers wanted = {sections, _i >= 4 ? 0 : 4, NULL, 0};
    size_t size, count;
    make_file(file, _i % 4);
    uint8_t *bytes = write_whole(file, FILE_SIZE, kinds[_i % 4].class_, &wanted, &size);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, size);
    GElf_Shdr shdr;
    ck_assert_int_eq(elf_getshdrnum(elf, &count), 0);
    ck_assert_uint_eq(count, wanted.section_count + 2);
    section_at(elf, count - 1, &shdr, ".shstrtab");
    elf_end(elf);
    free(bytes);
}
END_TEST

START_TEST(a_dynamic_section_has_the_first_string_table)
{
    static const struct elfgen_section_header four[] = {
        {".dynamic", SHT_DYNAMIC, SHF_ALLOC, 0x1000, 64, 32, 8, 16},
        {".text", SHT_PROGBITS, SHF_ALLOC, 0x2000, 64, 32, 8, 0},
        {".dynstr", SHT_STRTAB, SHF_ALLOC, 0x3000, 64, 32, 1, 0},
        {".other", SHT_STRTAB, 0, 0, 64, 32, 1, 0}};
    uint8_t file[FILE_SIZE];
    const struct elfgen_section_headers wanted = {four, 4, symbols, 1};
    size_t size;
    make_file(file, _i);
    uint8_t *bytes = write_whole(file, FILE_SIZE, kinds[_i].class_, &wanted, &size);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, size);
    GElf_Shdr shdr;
    section_at(elf, 1, &shdr, ".dynamic");
    ck_assert_uint_eq(shdr.sh_link, 3);
    section_at(elf, 2, &shdr, ".text");
    ck_assert_uint_eq(shdr.sh_link, 0);
    elf_end(elf);
    free(bytes);
}
END_TEST

START_TEST(a_million_symbols_are_all_there)
{
    enum { MANY = 1000000 };
    struct elfgen_symbol_entry *many = malloc(MANY * sizeof *many);
    char(*names)[8] = malloc(MANY * sizeof *names);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "s%zu", i);
        many[i] = (struct elfgen_symbol_entry){
            names[i], i, 1, STT_OBJECT, i % 3 ? STB_GLOBAL : STB_LOCAL, (uint32_t)(i % 4)};
    }
    uint8_t file[FILE_SIZE];
    const struct elfgen_section_headers wanted = {sections, 4, many, MANY};
    size_t size;
    make_file(file, _i);
    uint8_t *bytes = write_whole(file, FILE_SIZE, kinds[_i].class_, &wanted, &size);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, size);
    GElf_Shdr shdr;
    Elf_Data *data = elf_getdata(section_at(elf, 5, &shdr, ".symtab"), NULL);
    ck_assert_uint_eq(shdr.sh_info, 1 + (MANY + 2) / 3);
    int local = 1, other = (int)shdr.sh_info;
    for (size_t i = 0; i < MANY; i++)
        check_symbol(elf, data, shdr.sh_link, i % 3 ? other++ : local++, &many[i]);
    elf_end(elf);
    free(bytes);
    free(names);
    free(many);
}
END_TEST

/* gABI chapter 4: from SHN_LORESERVE on, counts and indexes stand elsewhere. */
START_TEST(section_numbers_go_on_behind_65279)
{
    enum { LIMIT = 0xff00 };
    /* With 4 headers more: below the limit, at it, and above; the last one's symbols, too. */
    size_t count = (size_t[]){LIMIT - 5, LIMIT - 4, LIMIT - 1, LIMIT, 70000}[_i % 5];
    int kind = _i / 5;
    struct elfgen_section_header *many = calloc(count, sizeof *many);
    for (size_t i = 0; i < count; i++)
        many[i] = (struct elfgen_section_header){
            .name = "s", .type = SHT_PROGBITS, .address = i, .offset = 1, .size = i % 5};
    const struct elfgen_symbol_entry two[] = {
        {"first", 1, 0, STT_OBJECT, STB_GLOBAL, 0},
        {"last", 2, 0, STT_OBJECT, STB_GLOBAL, (uint32_t)count - 1}};
    const struct elfgen_section_headers wanted = {many, count, two, 2};
    uint8_t file[FILE_SIZE];
    size_t size, found, names;
    make_file(file, kind);
    uint8_t *bytes = write_whole(file, FILE_SIZE, kinds[kind].class_, &wanted, &size);
    bool indexes = count >= LIMIT;
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, size);
    GElf_Shdr shdr;
    ck_assert_int_eq(elf_getshdrnum(elf, &found), 0);
    ck_assert_uint_eq(found, count + 4 + indexes);
    /* libelf looks for the number of .shstrtab in a file that it has not, unless it knows header 0.
     */
    ck_assert_ptr_nonnull(gelf_getshdr(elf_getscn(elf, 0), &shdr));
    ck_assert_int_eq(elf_getshdrstrndx(elf, &names), 0);
    ck_assert_uint_eq(names, found - 1);
    section_at(elf, count, &shdr, "s");
    ck_assert_uint_eq(shdr.sh_addr, count - 1);
    Elf_Scn *symtab = section_at(elf, count + 1, &shdr, ".symtab");
    Elf_Data *data = elf_getdata(symtab, NULL), *more = NULL;
    if (indexes) {
        GElf_Shdr table;
        more = elf_getdata(section_at(elf, count + 3, &table, ".symtab_shndx"), NULL);
        ck_assert_uint_eq(table.sh_link, count + 1);
        ck_assert_uint_eq(table.sh_type, SHT_SYMTAB_SHNDX);
    }
    for (int i = 0; i < 2; i++) {
        GElf_Sym symbol;
        Elf32_Word section = 0;
        ck_assert_ptr_nonnull(gelf_getsymshndx(data, more, i + 1, &symbol, &section));
        ck_assert_str_eq(elf_strptr(elf, shdr.sh_link, symbol.st_name), two[i].name);
        if (symbol.st_shndx != SHN_XINDEX)
            section = symbol.st_shndx;
        ck_assert_uint_eq(section, two[i].section + 1);
        ck_assert_int_eq(symbol.st_shndx == SHN_XINDEX, section >= LIMIT);
    }
    struct elfgen_view view;
    ck_assert_int_eq(elfgen_view_open(&view, bytes, size, NULL), ELFGEN_OK);
    ck_assert_uint_eq(view.sections.count, found);
    elf_end(elf);
    free(bytes);
    free(many);
}
END_TEST

START_TEST(a_count_of_program_headers_in_header_0_is_kept)
{
    uint8_t file[FILE_SIZE] = {0};
    make_file(file, _i);
    set(file, _i, "e_phnum", 0xffff);
    set(file, _i, "e_shoff", 64);
    set(file, _i, "e_shnum", 1);
    set(file, _i, "e_shentsize", elfgen_structure_size(ELFGEN_STRUCTURE_shdr, kinds[_i].class_));
    memset(file + 64, 0, 64);
    const struct elfgen_structure *shdr = &elfgen_structures[ELFGEN_STRUCTURE_shdr];
    for (size_t i = 0; i < shdr->count; i++)
        if (strcmp(shdr->fields[i].name, "sh_info") == 0)
            elfgen_field_set(&shdr->fields[i], kinds[_i].class_, kinds[_i].order, file + 64, 70000);
    const struct elfgen_section_headers wanted = {sections, 4, symbols, 5};
    size_t size, count;
    uint8_t *bytes = write_whole(file, FILE_SIZE, kinds[_i].class_, &wanted, &size);
    struct elfgen_view view;
    ck_assert_int_eq(elfgen_view_open(&view, bytes, size, NULL), ELFGEN_OK);
    ck_assert_uint_eq(view.segments.count, 70000);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)bytes, size);
    ck_assert_int_eq(elf_getshdrnum(elf, &count), 0);
    ck_assert_uint_eq(count, 8);
    elf_end(elf);
    free(bytes);
}
END_TEST

/* What is refused: a section, a symbol, the class asked for, how, and a word of the sentence. */
static const struct {
    struct elfgen_section_header section;
    struct elfgen_symbol_entry symbol;
    int class_;
    enum elfgen_status status;
    const char *word;
} refused[] = {
#define GOOD_SECTION                                                                               \
    {                                                                                              \
        "sec", 1, 0, 0, 0, 0, 0, 0                                                                 \
    }
#define GOOD_SYMBOL                                                                                \
    {                                                                                              \
        "sym", 0, 0, 0, 0, 0                                                                       \
    }
#define WIDE UINT64_C(0x100000000)
    {GOOD_SECTION, GOOD_SYMBOL, 0, ELFGEN_BAD_ARGUMENT, "class"},
    {GOOD_SECTION, GOOD_SYMBOL, 3, ELFGEN_BAD_ARGUMENT, "class"},
    {GOOD_SECTION, GOOD_SYMBOL, 2, ELFGEN_BAD_ARGUMENT, "EI_CLASS"}, /* the file's is 1 */
    {{"sec", 1, WIDE, 0, 0, 0, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "'sec': sh_flags"},
    {{"sec", 1, 0, WIDE, 0, 0, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "'sec': sh_addr"},
    {{"sec", 8, 0, 0, WIDE, 0, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "'sec': sh_offset"},
    {{"sec", 8, 0, 0, 0, WIDE, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "'sec': sh_size"},
    {{"sec", 1, 0, 0, 0, 0, WIDE, 0}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "'sec': sh_addralign"},
    {{"sec", 1, 0, 0, 0, 0, 0, WIDE}, GOOD_SYMBOL, 1, ELFGEN_DOES_NOT_FIT, "'sec': sh_entsize"},
    {{"sec", 1, 0, 0, 0, 0, 6, 0}, GOOD_SYMBOL, 1, ELFGEN_BAD_ARGUMENT, "'sec': alignment 6"},
    {{"sec", 1, 0, 0, 200, 4, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_OUT_OF_RANGE, "'sec': 4 bytes"},
    {{"sec", 1, 0, 0, 204, 0, 0, 0}, GOOD_SYMBOL, 1, ELFGEN_OUT_OF_RANGE, "'sec'"},
    {GOOD_SECTION, {"sym", WIDE, 0, 0, 0, 0}, 1, ELFGEN_DOES_NOT_FIT, "'sym': value"},
    {GOOD_SECTION, {"sym", 0, WIDE, 0, 0, 0}, 1, ELFGEN_DOES_NOT_FIT, "'sym': size"},
    {GOOD_SECTION, {"sym", 0, 0, 16, 0, 0}, 1, ELFGEN_BAD_ARGUMENT, "'sym': type 16"},
    {GOOD_SECTION, {"sym", 0, 0, 0, 16, 0}, 1, ELFGEN_BAD_ARGUMENT, "binding 16"},
    {GOOD_SECTION, {"sym", 0, 0, 0, 0, 1}, 1, ELFGEN_OUT_OF_RANGE, "'sym': section 1"},
    {GOOD_SECTION, {"sym", 0, 0, 0, 0, UINT32_MAX - 2}, 1, ELFGEN_OUT_OF_RANGE, "'sym'"},
};

START_TEST(what_cannot_be_is_refused_by_name)
{
    uint8_t file[1024], before[1024];
    struct elfgen_error error = {0};
    memset(file, 0, sizeof file);
    make_file(file, 2);
    memcpy(before, file, sizeof file);
    const struct elfgen_section_headers wanted = {&refused[_i].section, 1, &refused[_i].symbol, 1};
    ck_assert_uint_eq(elfgen_write_section_headers(file, sizeof file, FILE_SIZE,
                                                   (enum elfgen_class)refused[_i].class_, &wanted,
                                                   &error),
                      0);
    ck_assert_int_eq(error.status, refused[_i].status);
    ck_assert_msg(strstr(error.text, refused[_i].word) != NULL, "%s", error.text);
    ck_assert_mem_eq(file, before, sizeof file);
}
END_TEST

START_TEST(a_file_that_is_no_elf_file_is_refused)
{
    static const struct {
        size_t at;
        uint64_t size;
        enum elfgen_status status;
        uint8_t byte;
    } files[] = {{1, FILE_SIZE, ELFGEN_NOT_ELF, 'e'},
                 {5, FILE_SIZE, ELFGEN_BAD_VALUE, 0},
                 {5, FILE_SIZE, ELFGEN_BAD_VALUE, 3},
                 {5, 51, ELFGEN_TRUNCATED, 1},
                 {5, 0, ELFGEN_NOT_ELF, 1}};
    uint8_t file[1024] = {0}, before[1024];
    struct elfgen_error error = {0};
    const struct elfgen_section_headers none = {NULL, 0, NULL, 0};
    make_file(file, 2);
    file[files[_i].at] = files[_i].byte;
    memcpy(before, file, sizeof file);
    ck_assert_uint_eq(elfgen_write_section_headers(file, sizeof file, files[_i].size,
                                                   ELFGEN_CLASS32, &none, &error),
                      0);
    ck_assert_int_eq(error.status, files[_i].status);
    ck_assert_mem_eq(file, before, sizeof file);
}
END_TEST

START_TEST(sizes_past_everything_are_refused)
{
    const struct elfgen_section_headers wanted = {sections, 1, symbols, 1};
    struct elfgen_error error = {0};
    ck_assert_uint_eq(elfgen_write_section_headers(NULL, 0, UINT64_MAX - (uint64_t)_i,
                                                   ELFGEN_CLASS64, &wanted, &error),
                      0);
    ck_assert_int_eq(error.status, ELFGEN_DOES_NOT_FIT);
    ck_assert_uint_eq(elfgen_write_section_headers(NULL, 0, UINT32_MAX - (uint64_t)_i,
                                                   ELFGEN_CLASS32, &wanted, &error),
                      0);
    ck_assert_int_eq(error.status, ELFGEN_DOES_NOT_FIT);
}
END_TEST

static Suite *section_headers_suite(void)
{
    Suite *suite = suite_create("section_headers");
    TCase *written = tcase_create("what is written");
    tcase_add_loop_test(written, libelf_reads_what_was_given_in_both_classes_and_orders, 0, 4);
    tcase_add_loop_test(written, without_symbols_there_is_no_symbol_table, 0, 8);
    tcase_add_loop_test(written, a_dynamic_section_has_the_first_string_table, 0, 4);
    tcase_add_loop_test(written, a_million_symbols_are_all_there, 0, 4);
    tcase_add_loop_test(written, section_numbers_go_on_behind_65279, 0, 20);
    tcase_add_loop_test(written, a_count_of_program_headers_in_header_0_is_kept, 0, 4);
    suite_add_tcase(suite, written);
    TCase *refusals = tcase_create("what is refused");
    tcase_add_loop_test(refusals, what_cannot_be_is_refused_by_name, 0,
                        sizeof refused / sizeof refused[0]);
    tcase_add_loop_test(refusals, a_file_that_is_no_elf_file_is_refused, 0, 5);
    tcase_add_loop_test(refusals, sizes_past_everything_are_refused, 0, 200);
    suite_add_tcase(suite, refusals);
    return suite;
}

RUN_SUITE(section_headers_suite)
