/* format/: the tables of fields and names agree with the system's <elf.h>. */
#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "elfgen.h"
#include "field.h"
#include "room.h"

/* X(field, the C library's name of its structure): offset and width in <elf.h>. */
#define ROW(structure, row_name, type32, type64, member)                                           \
    {                                                                                              \
        ELFGEN_STRUCTURE_##structure, #row_name,                                                   \
            {offsetof(type32, member), offsetof(type64, member)},                                  \
        {                                                                                          \
            sizeof(((type32 *)0)->member), sizeof(((type64 *)0)->member)                           \
        }                                                                                          \
    }
#define EHDR(member) ROW(ehdr, member, Elf32_Ehdr, Elf64_Ehdr, member)
#define PHDR(member) ROW(phdr, member, Elf32_Phdr, Elf64_Phdr, member)
#define SHDR(member) ROW(shdr, member, Elf32_Shdr, Elf64_Shdr, member)
#define SYM(member)  ROW(sym, member, Elf32_Sym, Elf64_Sym, member)
#define RELA(member) ROW(rela, member, Elf32_Rela, Elf64_Rela, member)
#define REL(member)  ROW(rel, member, Elf32_Rel, Elf64_Rel, member)

static const struct {
    enum elfgen_structure_id id;
    const char *name;
    size_t offset[2], width[2];
} expected[] = {
    EHDR(e_type),
    EHDR(e_machine),
    EHDR(e_version),
    EHDR(e_entry),
    EHDR(e_phoff),
    EHDR(e_shoff),
    EHDR(e_flags),
    EHDR(e_ehsize),
    EHDR(e_phentsize),
    EHDR(e_phnum),
    EHDR(e_shentsize),
    EHDR(e_shnum),
    EHDR(e_shstrndx),
    PHDR(p_type),
    PHDR(p_offset),
    PHDR(p_vaddr),
    PHDR(p_paddr),
    PHDR(p_filesz),
    PHDR(p_memsz),
    PHDR(p_flags),
    PHDR(p_align),
    SHDR(sh_name),
    SHDR(sh_type),
    SHDR(sh_flags),
    SHDR(sh_addr),
    SHDR(sh_offset),
    SHDR(sh_size),
    SHDR(sh_link),
    SHDR(sh_info),
    SHDR(sh_addralign),
    SHDR(sh_entsize),
    SYM(st_name),
    SYM(st_value),
    SYM(st_size),
    SYM(st_info),
    SYM(st_other),
    SYM(st_shndx),
    REL(r_offset),
    REL(r_info),
    RELA(r_offset),
    RELA(r_info),
    RELA(r_addend),
    ROW(nhdr, n_namesz, Elf32_Nhdr, Elf64_Nhdr, n_namesz),
    ROW(nhdr, n_descsz, Elf32_Nhdr, Elf64_Nhdr, n_descsz),
    ROW(nhdr, n_type, Elf32_Nhdr, Elf64_Nhdr, n_type),
    ROW(dyn, d_tag, Elf32_Dyn, Elf64_Dyn, d_tag),
    ROW(dyn, d_val, Elf32_Dyn, Elf64_Dyn, d_un.d_val),
};

START_TEST(every_field_has_the_offset_and_width_of_elf_h)
{
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct elfgen_field *row = find_row(expected[i].id, expected[i].name);
        ck_assert_msg(row != NULL, "no row for %s", expected[i].name);
        for (int class_ = 0; class_ < 2; class_++) {
            ck_assert_msg(row->offset[class_] == expected[i].offset[class_], "%s offset",
                          row->name);
            ck_assert_msg(row->width[class_] == expected[i].width[class_], "%s width", row->name);
        }
    }
}
END_TEST

START_TEST(every_structure_has_its_size_in_elf_h)
{
    static const size_t sizes[][2] = {
        [ELFGEN_STRUCTURE_ehdr] = {sizeof(Elf32_Ehdr), sizeof(Elf64_Ehdr)},
        [ELFGEN_STRUCTURE_phdr] = {sizeof(Elf32_Phdr), sizeof(Elf64_Phdr)},
        [ELFGEN_STRUCTURE_shdr] = {sizeof(Elf32_Shdr), sizeof(Elf64_Shdr)},
        [ELFGEN_STRUCTURE_sym] = {sizeof(Elf32_Sym), sizeof(Elf64_Sym)},
        [ELFGEN_STRUCTURE_rel] = {sizeof(Elf32_Rel), sizeof(Elf64_Rel)},
        [ELFGEN_STRUCTURE_rela] = {sizeof(Elf32_Rela), sizeof(Elf64_Rela)},
        [ELFGEN_STRUCTURE_dyn] = {sizeof(Elf32_Dyn), sizeof(Elf64_Dyn)},
        [ELFGEN_STRUCTURE_nhdr] = {sizeof(Elf32_Nhdr), sizeof(Elf64_Nhdr)},
        [ELFGEN_STRUCTURE_verneed] = {sizeof(Elf32_Verneed), sizeof(Elf64_Verneed)},
        [ELFGEN_STRUCTURE_vernaux] = {sizeof(Elf32_Vernaux), sizeof(Elf64_Vernaux)},
        [ELFGEN_STRUCTURE_verdef] = {sizeof(Elf32_Verdef), sizeof(Elf64_Verdef)},
        [ELFGEN_STRUCTURE_verdaux] = {sizeof(Elf32_Verdaux), sizeof(Elf64_Verdaux)},
        [ELFGEN_STRUCTURE_auxv] = {sizeof(Elf32_auxv_t), sizeof(Elf64_auxv_t)},
        [ELFGEN_STRUCTURE_relr] = {sizeof(Elf32_Relr), sizeof(Elf64_Relr)},
    };
    for (unsigned id = 0; id < sizeof sizes / sizeof sizes[0]; id++) {
        if (sizes[id][0] == 0)
            continue;
        ck_assert_uint_eq(elfgen_structure_size(id, ELFGEN_CLASS32), sizes[id][0]);
        ck_assert_uint_eq(elfgen_structure_size(id, ELFGEN_CLASS64), sizes[id][1]);
    }
}
END_TEST

/* Room for each structure, in bytes. */
enum { LARGEST = 1024 };

START_TEST(every_byte_of_every_structure_has_exactly_one_field)
{
    for (unsigned id = 0; id < ELFGEN_STRUCTURE_COUNT; id++) {
        for (int column = 0; column < 2; column++) {
            unsigned char owners[LARGEST] = {0};
            const struct elfgen_structure *structure = &elfgen_structures[id];
            ck_assert_uint_le(structure->size[column], LARGEST);
            for (unsigned i = 0; i < structure->count; i++)
                for (unsigned b = 0; b < structure->fields[i].width[column]; b++)
                    owners[structure->fields[i].offset[column] + b]++;
            for (unsigned b = 0; b < structure->size[column]; b++)
                ck_assert_msg(owners[b] == 1, "%s byte %u", structure->name, b);
        }
    }
}
END_TEST

START_TEST(a_field_reads_back_what_was_written_in_both_classes_and_orders)
{
    for (unsigned id = 0; id < ELFGEN_STRUCTURE_COUNT; id++) {
        for (int turn = 0; turn < 4; turn++) {
            enum elfgen_class class_ = turn & 1 ? ELFGEN_CLASS64 : ELFGEN_CLASS32;
            enum elfgen_order order = turn & 2 ? ELFGEN_BIG_ENDIAN : ELFGEN_LITTLE_ENDIAN;
            for (unsigned i = 0; i < elfgen_structures[id].count; i++) {
                const struct elfgen_field *field = &elfgen_structures[id].fields[i];
                unsigned width = field->width[turn & 1];
                if (width == 0 || width > 8)
                    continue; /* the class does not have it, or it is no number */
                uint64_t value = UINT64_C(0x8192a3b4c5d6e7f8);
                uint64_t kept = width == 8 ? value : value & ((UINT64_C(1) << 8 * width) - 1);
                uint8_t bytes[LARGEST] = {0};
                elfgen_field_set(field, class_, order, bytes, value);
                ck_assert_uint_eq(elfgen_field_get(field, class_, order, bytes), kept);
                /* The byte at the lowest address is the most significant one only in big-endian
                 * order. */
                uint8_t first = bytes[field->offset[turn & 1]];
                ck_assert_uint_eq(
                    first, (uint8_t)(order == ELFGEN_BIG_ENDIAN ? kept >> 8 * (width - 1) : kept));
            }
        }
    }
}
END_TEST

START_TEST(names_are_those_that_readelf_prints)
{
    ck_assert_str_eq(elfgen_machine_name(62), "Advanced Micro Devices X86-64");
    ck_assert_str_eq(elfgen_machine_name(3), "Intel 80386");
    ck_assert_str_eq(elfgen_machine_name(183), "AArch64");
    ck_assert_ptr_null(elfgen_machine_name(0xfffe));
    ck_assert_str_eq(elfgen_osabi_name(62, 3), "UNIX - GNU");
    ck_assert_str_eq(elfgen_osabi_name(40, 97), "ARM");
    ck_assert_ptr_null(elfgen_osabi_name(62, 97));
    ck_assert_str_eq(elfgen_segment_type_name(62, 0, 0x6474e551), "GNU_STACK");
    ck_assert_str_eq(elfgen_segment_type_name(40, 0, 0x70000001), "EXIDX");
    ck_assert_ptr_null(elfgen_segment_type_name(62, 0, 0x70000001));
    ck_assert_str_eq(elfgen_section_type_name(62, 0, 0x70000001), "X86_64_UNWIND");
    ck_assert_int_eq(elfgen_section_flag_letter(62, 0, 0x10000000), 'l');
    ck_assert_int_eq(elfgen_section_flag_letter(3, 0, 0x10000000), '\0');
}
END_TEST

START_TEST(an_osabi_is_found_by_its_name_in_any_case)
{
    ck_assert_int_eq(elfgen_osabi_number(62, "GNU"), 3);
    ck_assert_int_eq(elfgen_osabi_number(62, "gnu"), 3);
    ck_assert_int_eq(elfgen_osabi_number(62, "none"), 0);
    ck_assert_int_eq(elfgen_osabi_number(62, "gn"), -1);
    ck_assert_int_eq(elfgen_osabi_number(62, "ARM"), -1);
    ck_assert_int_eq(elfgen_osabi_number(40, "ARM"), 97);
}
END_TEST

static const char *flags_text(uint64_t machine, uint32_t flags)
{
    static char buffer[512];
    struct elfgen_text text = {.bytes = buffer, .capacity = sizeof buffer - 1};
    elfgen_machine_flags_text(&text, machine, 0, 0, flags);
    buffer[text.length] = '\0';
    return buffer;
}

START_TEST(machine_flags_are_named_by_their_rules)
{
    ck_assert_str_eq(flags_text(40, 0x05000400), ", Version5 EABI, hard-float ABI");
    ck_assert_str_eq(flags_text(243, 0x5), ", RVC, double-float ABI");
    ck_assert_str_eq(flags_text(8, 0x70001007), ", noreorder, pic, cpic, o32, mips32r2");
    ck_assert_str_eq(flags_text(21, 2), ", abiv2");
    ck_assert_str_eq(flags_text(62, 0xffffffff), "");
}
END_TEST

START_TEST(text_that_does_not_fit_is_cut_and_marked_as_cut)
{
    char buffer[4];
    struct elfgen_text text = {.bytes = buffer, .capacity = sizeof buffer};
    elfgen_text_string(&text, "abc");
    ck_assert(!text.cut);
    elfgen_text_string(&text, "def");
    ck_assert(text.cut);
    ck_assert_uint_eq(text.length, 4);
    ck_assert_mem_eq(buffer, "abcd", 4);
}
END_TEST

START_TEST(an_error_keeps_status_place_and_sentence)
{
    struct elfgen_error error;
    ck_assert_int_eq(elfgen_error_set(&error, ELFGEN_BAD_VALUE, 0x36, "%s is %x, %u, %d%%", "it",
                                      UINT64_C(255), UINT64_C(255), INT64_MIN),
                     ELFGEN_BAD_VALUE);
    ck_assert_int_eq(error.status, ELFGEN_BAD_VALUE);
    ck_assert_uint_eq(error.offset, 0x36);
    ck_assert_ptr_null(error.file);
    ck_assert_ptr_null(error.section);
    ck_assert_str_eq(error.text, "it is 0xff, 255, -9223372036854775808%");
    ck_assert_int_eq(elfgen_error_set(NULL, ELFGEN_NO_ROOM, 0, "%s", "x"), ELFGEN_NO_ROOM);
}
END_TEST

/* ---- tables that are searched by halving ---- */

#define RELOCATION(type, formula, range, bits, field) (type),
#define GOT_RELOCATION(type, use, plain)
static const uint32_t x86_64_rows[] = {
#include "../../elfgen/arch/x86_64_relocations.def"
};
static const uint32_t i386_rows[] = {
#include "../../elfgen/arch/i386_relocations.def"
};
static const uint32_t aarch64_rows[] = {
#include "../../elfgen/arch/aarch64_relocations.def"
};
#undef RELOCATION
#undef GOT_RELOCATION
#define RELOCATION(type, formula, range, bits, field)
#define GOT_RELOCATION(type, use, plain) (type),
static const uint32_t x86_64_got_rows[] = {
#include "../../elfgen/arch/x86_64_relocations.def"
};
static const uint32_t i386_got_rows[] = {
#include "../../elfgen/arch/i386_relocations.def"
};
static const uint32_t aarch64_got_rows[] = {
#include "../../elfgen/arch/aarch64_relocations.def"
};
#define MACHINE(number, short_name, text) (number),
static const uint32_t machine_rows[] = {
#include "../../elfgen/format/machines.def"
};

static const struct {
    const char *name;
    const uint32_t *rows;
    size_t count;
} searched[] = {
#define TABLE(rows)                                                                                \
    {                                                                                              \
#rows, rows, sizeof(rows) / sizeof *(rows)                                                 \
    }
    TABLE(machine_rows),  TABLE(x86_64_rows),  TABLE(x86_64_got_rows),  TABLE(i386_rows),
    TABLE(i386_got_rows), TABLE(aarch64_rows), TABLE(aarch64_got_rows),
};

START_TEST(the_rows_of_a_table_that_is_searched_are_sorted)
{
    ck_assert_uint_gt(searched[_i].count, 0);
    for (size_t i = 1; i < searched[_i].count; i++)
        if (searched[_i].rows[i - 1] >= searched[_i].rows[i])
            ck_abort_msg("%s: %u stands before %u", searched[_i].name,
                         (unsigned)searched[_i].rows[i - 1], (unsigned)searched[_i].rows[i]);
}
END_TEST

START_TEST(every_machine_of_the_table_is_found_and_no_other)
{
    size_t count = 0;
    for (uint64_t machine = 0; machine <= UINT16_MAX; machine++)
        count += elfgen_machine_name(machine) != NULL;
    ck_assert_uint_eq(count, sizeof machine_rows / sizeof *machine_rows);
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_nonnull(elfgen_machine_name(machine_rows[i]));
    ck_assert_ptr_null(elfgen_machine_name(UINT64_MAX));
    ck_assert_ptr_null(elfgen_machine_name((UINT64_C(1) << 32) + 62));
}
END_TEST

static Suite *format_suite(void)
{
    Suite *suite = suite_create("format");
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, every_field_has_the_offset_and_width_of_elf_h);
    tcase_add_test(rows, every_structure_has_its_size_in_elf_h);
    tcase_add_test(rows, every_byte_of_every_structure_has_exactly_one_field);
    tcase_add_test(rows, a_field_reads_back_what_was_written_in_both_classes_and_orders);
    suite_add_tcase(suite, rows);
    TCase *names = tcase_create("names");
    tcase_add_test(names, names_are_those_that_readelf_prints);
    tcase_add_test(names, an_osabi_is_found_by_its_name_in_any_case);
    tcase_add_test(names, machine_flags_are_named_by_their_rules);
    suite_add_tcase(suite, names);
    TCase *words = tcase_create("words");
    tcase_add_loop_test(words, the_rows_of_a_table_that_is_searched_are_sorted, 0,
                        sizeof searched / sizeof *searched);
    tcase_add_test(words, every_machine_of_the_table_is_found_and_no_other);
    tcase_add_test(words, text_that_does_not_fit_is_cut_and_marked_as_cut);
    tcase_add_test(words, an_error_keeps_status_place_and_sentence);
    suite_add_tcase(suite, words);
    return suite;
}

RUN_SUITE(format_suite)
