/* assemble/: flat files, which nasm -f bin makes. What is expected is nasm 2.16.01's. */
#include <string.h>

#include "assembled.h"

START_TEST(a_flat_file_has_its_sections_one_after_another_and_its_addresses_stored)
{
    static const char source[] = "org 0x08048000\na: mov eax, [b+4]\ncall c\ndd b, a, z\n"
                                 "align 8\nsection .bss\nresb 4\nz: resb 4\n"
                                 "section .data\nb: dd c\nsection .text\nc: ret\n";
    const struct elfgen_assemble_options options = {.mode = 32, .flat = true, .tell = tell};
    struct elfgen_assembly_symbol more;
    const enum elfgen_status status = elfgen_assemble(source, sizeof source - 1, &options, memory,
                                                      sizeof memory, &assembly, &last_error);
    ck_assert_msg(status == ELFGEN_OK, "%s", last_error.text);
    ck_assert_uint_eq(assembly.origin, 0x08048000);
    ck_assert_uint_eq(assembly.program.section_count, 1);
    ck_assert_uint_eq(assembly.program.relocation_count, 0);
    has_bytes(".text", "a120800408e80e0000001c80040800800408248004089090c300000018800408");
    ck_assert_uint_eq(symbol("z", &more)->value, 36);
    /* The file ends with its last byte, although an empty section follows at a multiple of 4. */
    static const char empty[] = "nop\nsection .data\nx:\n";
    ck_assert_int_eq(elfgen_assemble(empty, sizeof empty - 1, &options, memory, sizeof memory,
                                     &assembly, &last_error),
                     ELFGEN_OK);
    has_bytes(".text", "90");
}
END_TEST

/* What nasm -f bin makes, or ELFGEN_BAD_VALUE where it refuses. */
static const struct {
    const char *source, *bytes;
} flat_files[] = {
    {"bits 64\norg 0x10000\njmp 0x10005\ncall 0x1000a", "e900000000e800000000"},
    {"bits 64\norg 0x10000\nmov al, [rel 0]", "8a042500000000"},
    {"org 0x12345678\nx: db x, 0\ndw x\ndq x", "780078567856341200000000"},
    {"org 1\nsection .text align=8\nx: dw x", "000000000000000800"},
    {"section .text align=8\nx: dw x", "0000"},
    {"db 1\nsection .rodata\ndb 2\nsection .b align=2\ndb 3\nsection .c\nsection .d align=1\ndw x\n"
     "section .z nobits\nx: resb 3\n",
     "01000000020003000c00"},
    {"db 1\nsection .z nobits\nresb 1\nsection .b align=1\nresb 2\nsection .bss\nx: resb 3\n"
     "section .b\ndw x",
     "0100000800"},
    {"section .bss progbits", NULL},
    {"section .data\nsection .data nobits", NULL},
    {"bits 64\nextern x\ncall x", NULL},
    {"global x:function\nx:", NULL},
    {"common x 4", NULL},
    {"org 5\norg 6", NULL},
};

START_TEST(a_flat_file_is_what_nasm_makes)
{
    const struct elfgen_assemble_options options = {.flat = true};
    const char *source = flat_files[_i].source;
    const enum elfgen_status status = elfgen_assemble(source, strlen(source), &options, memory,
                                                      sizeof memory, &assembly, &last_error);
    if (!flat_files[_i].bytes) {
        ck_assert_int_ne(status, ELFGEN_OK);
        ck_assert_int_ne(status, ELFGEN_UNSUPPORTED);
        return;
    }
    ck_assert_msg(status == ELFGEN_OK, "%s", last_error.text);
    has_bytes(".text", flat_files[_i].bytes);
}
END_TEST

START_TEST(code_of_a_flat_file_needs_bits_before_it)
{
    static const char source[] = "db 1\nnop\nbits 64\nnop\n";
    struct elfgen_assemble_options options = {.flat = true};
    ck_assert_int_eq(elfgen_assemble(source, sizeof source - 1, &options, memory, sizeof memory,
                                     &assembly, &last_error),
                     ELFGEN_UNSUPPORTED);
    ck_assert_uint_eq(last_error.offset, 5);
    options.mode = 32;
    ck_assert_int_eq(elfgen_assemble(source, sizeof source - 1, &options, memory, sizeof memory,
                                     &assembly, &last_error),
                     ELFGEN_OK);
    has_bytes(".text", "019090");
}
END_TEST

START_TEST(a_flat_file_without_end_is_refused)
{
    static const char *const sources[] = {
        "db 1\nsection .b align=0x8000000000000000\ndb 1\nsection .c align=0x8000000000000000\ndb "
        "1\n"
        "section .d align=1\ndb 2\n",
        "org 0xffffffffffffff00\ndb 1\nsection .data align=4096\ndb 1\n",
        "db 1\nsection .b align=0x200000000\ndb 1\n"};
    const struct elfgen_assemble_options options = {.flat = true};
    ck_assert_int_eq(elfgen_assemble(sources[_i], strlen(sources[_i]), &options, memory,
                                     sizeof memory, &assembly, &last_error),
                     ELFGEN_DOES_NOT_FIT);
}
END_TEST

TCase *assemble_flat_cases(void)
{
    TCase *flat = tcase_create("flat");
    tcase_add_test(flat, a_flat_file_has_its_sections_one_after_another_and_its_addresses_stored);
    tcase_add_loop_test(flat, a_flat_file_is_what_nasm_makes, 0,
                        sizeof flat_files / sizeof *flat_files);
    tcase_add_test(flat, code_of_a_flat_file_needs_bits_before_it);
    tcase_add_loop_test(flat, a_flat_file_without_end_is_refused, 0, 3);
    return flat;
}
