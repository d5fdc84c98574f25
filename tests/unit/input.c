/* input/: tells NASM's assembly from GNU's by its content. */
#include <string.h>

#include "input/input_private.h"
#include "room.h"

static const struct {
    enum source_language language;
    const char *text;
} samples[] = {
    {SOURCE_NASM, "section .text\nglobal _start\n_start: mov eax, 1\n"},
    {SOURCE_NASM, "BITS 64\n  xor eax, eax ; zero\n"},
    {SOURCE_NASM, "%define X 1\nmov eax, X\n"},
    {SOURCE_NASM, "_start:\n.loop:\n jmp .loop\nmessage: db \"# not a comment\", 10\n"},
    {SOURCE_NASM, "[bits 64]\nmov al, 1\n"},
    {SOURCE_NASM, "lea rsi, [rel text]\ntext db 'x'\n"},
    {SOURCE_NASM, "; only a comment with .text and %rax\nnop\n"},
    {SOURCE_NASM, "mov eax, 60 ; exit\nsyscall\n"},
    {SOURCE_GAS, ".globl _start\n.text\n_start: movq $1, %rax\n"},
    {SOURCE_GAS, "# a comment; with a semicolon\n_start: nop\n"},
    {SOURCE_GAS, ".intel_syntax noprefix\n_start: mov rax, 1\n"},
    {SOURCE_GAS, "mov rsi, offset text\nsyscall\n"},
    {SOURCE_GAS, "1: dec ecx\njnz 1b\n"},
    {SOURCE_GAS, "/* C comment */\nnop\n"},
    {SOURCE_GAS, "xorl %edi, %edi\n"},
    {SOURCE_GAS, "text: .ascii \"; not a comment\"\n"},
    {SOURCE_GAS, "mov (%rsp), %r15\r\n"},
    {SOURCE_GAS, "/* section one;\n global two;\n bits */\nmov $60, %eax\n"},
    {SOURCE_GAS, ".intel_syntax noprefix; mov rax, 1; mov rdi, 2; syscall\n"},
    {SOURCE_GAS, "xor %dil, %sil\n"},
    {SOURCE_GAS, "fld %st\nkmovw %k1, %k2\nMOV %RAX, %RBX\n"},
    {SOURCE_GAS, "call *foo\nfoo = 3\n"},
    {SOURCE_NASM, "start: mov rcx, 5\n.loop dec rcx\njnz .loop\n"},
    {SOURCE_NASM, ".a db 1\n.b db 2\n"},
    {SOURCE_NASM, "mov rax, $0ff\nmov rbx, [$foo]\n"},
    {SOURCE_NASM, "mov eax, 1 ; see /* here\nmov ebx, 2\n"},
    {SOURCE_NASM, "# 1 \"a.S\"\nglobal _start\n"},
};

START_TEST(a_language_is_recognised_by_its_syntax)
{
    size_t offset;
    ck_assert_msg(source_detect_assembly(samples[_i].text, strlen(samples[_i].text), &offset) ==
                      samples[_i].language,
                  "%s", samples[_i].text);
}
END_TEST

START_TEST(bytes_that_are_not_text_are_not_assembly)
{
    size_t offset = 0;
    ck_assert_int_eq(source_detect_assembly("nop\nmov\0eax\n", 12, &offset), SOURCE_DETECT);
    ck_assert_uint_eq(offset, 7);
    ck_assert_int_eq(source_detect_assembly("", 0, &offset), SOURCE_NASM);
}
END_TEST

static Suite *input_suite(void)
{
    Suite *suite = suite_create("input");
    TCase *detect = tcase_create("detect");
    tcase_add_loop_test(detect, a_language_is_recognised_by_its_syntax, 0,
                        sizeof samples / sizeof samples[0]);
    tcase_add_test(detect, bytes_that_are_not_text_are_not_assembly);
    suite_add_tcase(suite, detect);
    return suite;
}

RUN_SUITE(input_suite)
