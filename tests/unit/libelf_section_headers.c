/* image/section_headers: section headers and symbols appended to a file, read back by libelf. */
#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "elfgen.h"
#include "libelf_cases.h"
#include "section_header_files.h"
#include "room.h"

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

/* One assertion for each symbol, since Check records every assertion in a file. */
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

START_TEST(libelf_reads_what_was_written_in_both_classes_and_orders)
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
    /* Everything else is unchanged. */
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

/* gABI chapter 4: from SHN_LORESERVE on, counts and indexes are in other fields. */
START_TEST(section_numbers_continue_past_65279)
{
    enum { LIMIT = 0xff00 };
    /* With the 4 headers that are added: below, at and above the limit; also for the last symbol.
     */
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
    /* libelf reads .shstrtab's number from a file, which there is not, unless it read header 0. */
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

START_TEST(a_program_header_count_in_section_header_0_is_kept)
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

TCase *libelf_section_header_cases(void)
{
    TCase *written = tcase_create("section headers");
    tcase_add_loop_test(written, libelf_reads_what_was_written_in_both_classes_and_orders, 0, 4);
    tcase_add_loop_test(written, without_symbols_there_is_no_symbol_table, 0, 8);
    tcase_add_loop_test(written, a_dynamic_section_has_the_first_string_table, 0, 4);
    tcase_add_loop_test(written, a_million_symbols_are_all_there, 0, 4);
    tcase_add_loop_test(written, section_numbers_continue_past_65279, 0, 20);
    tcase_add_loop_test(written, a_program_header_count_in_section_header_0_is_kept, 0, 4);
    return written;
}
