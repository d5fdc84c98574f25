/* view/ and image/ compared with libelf: it reads the same headers, sections and symbols. */
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "support/lecture.h"
#include "libelf_cases.h"
#include "room.h"

/* The file is this program itself. */
START_TEST(libelf_reads_the_same_sections_and_symbols)
{
    FILE *file = fopen("/proc/self/exe", "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    size_t length = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(length);
    ck_assert_uint_eq(fread(bytes, 1, length, file), length);
    fclose(file);

    struct elfgen_view view;
    ck_assert_int_eq(elfgen_view_open(&view, bytes, length, NULL), ELFGEN_OK);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory(bytes, length);
    ck_assert_ptr_nonnull(elf);
    size_t symbols = 0, relocations = 0;
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
        GElf_Shdr theirs;
        struct elfgen_shdr ours;
        const char *name;
        gelf_getshdr(scn, &theirs);
        ck_assert_int_eq(elfgen_view_section(&view, elf_ndxscn(scn), &ours, NULL), ELFGEN_OK);
        ck_assert_uint_eq(ours.sh_offset, theirs.sh_offset);
        ck_assert_uint_eq(ours.sh_size, theirs.sh_size);
        ck_assert_uint_eq(ours.sh_flags, theirs.sh_flags);
        size_t shstrndx;
        elf_getshdrstrndx(elf, &shstrndx);
        ck_assert_uint_ne(elfgen_view_section_name(&view, &ours, &name), SIZE_MAX);
        ck_assert_str_eq(name, elf_strptr(elf, shstrndx, theirs.sh_name));
        Elf_Data *data = elf_getdata(scn, NULL);
        for (uint64_t i = 0; theirs.sh_type == SHT_SYMTAB && i < theirs.sh_size / 24; i++) {
            GElf_Sym symbol;
            struct elfgen_sym mine;
            gelf_getsym(data, (int)i, &symbol);
            ck_assert_int_eq(elfgen_view_symbol(&view, &ours, i, &mine, NULL), ELFGEN_OK);
            ck_assert_uint_eq(mine.st_value, symbol.st_value);
            ck_assert_uint_eq(mine.st_shndx, symbol.st_shndx);
            ck_assert_uint_eq(mine.st_info, symbol.st_info);
            symbols++;
        }
        for (uint64_t i = 0; theirs.sh_type == SHT_RELA && i < theirs.sh_size / 24; i++) {
            GElf_Rela relocation;
            struct elfgen_rela mine;
            gelf_getrela(data, (int)i, &relocation);
            ck_assert_int_eq(elfgen_view_relocation(&view, &ours, i, &mine, NULL), ELFGEN_OK);
            ck_assert_uint_eq(mine.r_offset, relocation.r_offset);
            ck_assert_uint_eq(mine.r_info, relocation.r_info);
            ck_assert_uint_eq(mine.r_addend, (uint64_t)relocation.r_addend);
            relocations++;
        }
    }
    ck_assert_uint_gt(symbols, 20);
    ck_assert_uint_gt(relocations, 5);
    elf_end(elf);
    free(bytes);
}
END_TEST

/* The headers are written with options other than the defaults. */
START_TEST(libelf_agrees_on_every_header_field)
{
    uint8_t file[sizeof lecture_file];
    struct elfgen_exec_options options = {.machine = 62,
                                          .osabi = 9,
                                          .permissions = 7,
                                          .base = 0x400000,
                                          .align = 0x1000,
                                          .zero_fill = 0x123,
                                          .entry = 0x400080};
    ck_assert_uint_eq(elfgen_write_exec(file, sizeof file, lecture_file + 120, 58, &options, NULL),
                      178);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)file, sizeof file);
    GElf_Ehdr ehdr;
    GElf_Phdr phdr;
    size_t count;
    ck_assert_ptr_nonnull(gelf_getehdr(elf, &ehdr));
    ck_assert_mem_eq(ehdr.e_ident, "\177ELF\2\1\1\11\0\0\0\0\0\0\0", 16);
    ck_assert_uint_eq(ehdr.e_type, ET_EXEC);
    ck_assert_uint_eq(ehdr.e_machine, EM_X86_64);
    ck_assert_uint_eq(ehdr.e_version, EV_CURRENT);
    ck_assert_uint_eq(ehdr.e_entry, 0x400080);
    ck_assert_uint_eq(ehdr.e_phoff, 64);
    ck_assert_uint_eq(ehdr.e_shoff, 0);
    ck_assert_uint_eq(ehdr.e_flags, 0);
    ck_assert_uint_eq(ehdr.e_ehsize, 64);
    ck_assert_uint_eq(ehdr.e_phentsize, 56);
    ck_assert_uint_eq(ehdr.e_phnum, 1);
    ck_assert_uint_eq(ehdr.e_shentsize, 64);
    ck_assert_uint_eq(ehdr.e_shnum, 0);
    ck_assert_uint_eq(ehdr.e_shstrndx, 0);
    ck_assert_int_eq(elf_getphdrnum(elf, &count), 0);
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_nonnull(gelf_getphdr(elf, 0, &phdr));
    ck_assert_uint_eq(phdr.p_type, PT_LOAD);
    ck_assert_uint_eq(phdr.p_flags, PF_R | PF_W | PF_X);
    ck_assert_uint_eq(phdr.p_offset, 0);
    ck_assert_uint_eq(phdr.p_vaddr, 0x400000);
    ck_assert_uint_eq(phdr.p_paddr, 0x400000);
    ck_assert_uint_eq(phdr.p_filesz, 178);
    ck_assert_uint_eq(phdr.p_memsz, 178 + 0x123);
    ck_assert_uint_eq(phdr.p_align, 0x1000);
    elf_end(elf);
}
END_TEST

static Suite *libelf_suite(void)
{
    Suite *suite = suite_create("libelf");
    TCase *headers = tcase_create("headers");
    tcase_add_test(headers, libelf_reads_the_same_sections_and_symbols);
    tcase_add_test(headers, libelf_agrees_on_every_header_field);
    suite_add_tcase(suite, headers);
    suite_add_tcase(suite, libelf_section_header_cases());
    return suite;
}

RUN_SUITE(libelf_suite)
