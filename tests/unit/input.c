/* input/: tells NASM's assembly from GNU's by its content, and parses messages of tools. */
#include <stdio.h>
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

/* ---- messages of tools ---- */

static const struct {
    enum tool_messages form;
    const char *line;
    enum report_severity severity;
    const char *place, *text;
} lines[] = {
    {TOOL_LINKER, "/usr/bin/ld: b.o: in function `main':", REPORT_NOTE, "a.c",
     "/usr/bin/ld: b.o: in function `main':"},
    {TOOL_LINKER, "x.c:(.text+0x16): undefined reference to `f'", REPORT_ERROR, "x.c:(.text+0x16)",
     "undefined reference to `f'"},
    {TOOL_LINKER, "(.text+0x17): undefined reference to `main'", REPORT_ERROR, "(.text+0x17)",
     "undefined reference to `main'"},
    {TOOL_LINKER, "a.c:(.text+0xf): undefined reference to `f'", REPORT_ERROR, "a.c:(.text+0xf)",
     "undefined reference to `f'"},
    {TOOL_LINKER, "/usr/bin/ld: warning: x.o: missing .note.GNU-stack section", REPORT_WARNING,
     "a.c", "/usr/bin/ld: warning: x.o: missing .note.GNU-stack section"},
    {TOOL_LINKER, "/usr/bin/ld: NOTE: This behaviour is deprecated", REPORT_NOTE, "a.c",
     "/usr/bin/ld: NOTE: This behaviour is deprecated"},
    {TOOL_LINKER, "/usr/bin/ld: cannot find -lx: No such file or directory", REPORT_ERROR, "a.c",
     "/usr/bin/ld: cannot find -lx: No such file or directory"},
    {TOOL_LINKER, "x.c:7: undefined reference to `f'", REPORT_ERROR, "x.c:7",
     "undefined reference to `f'"},
    {TOOL_LINKER, "ld.lld: error: undefined symbol: f", REPORT_ERROR, "a.c",
     "ld.lld: error: undefined symbol: f"},
    {TOOL_LINKER, ">>> referenced by x.c", REPORT_NOTE, "a.c", ">>> referenced by x.c"},
    {TOOL_LINKER, "collect2: error: ld returned 1 exit status", REPORT_ERROR, "a.c",
     "collect2: error: ld returned 1 exit status"},
    {TOOL_LINKER, "tinyelf: x.o:(.text+0x5): error: undefined symbol 'f'", REPORT_ERROR,
     "x.o:(.text+0x5)", "undefined symbol 'f'"},
    {TOOL_LINKER, "tinyelf: x: note: --no-check writes it anyway", REPORT_NOTE, "a.c",
     "x: note: --no-check writes it anyway"},
    {TOOL_COMPILER, "x.h:3:9: warning: odd", REPORT_WARNING, "x.h:3:9", "odd"},
    {TOOL_COMPILER, "cc1: fatal error: a.c: gone", REPORT_ERROR, "a.c", "a.c: gone"},
    {TOOL_ASSEMBLER, "a.c:2: Error: no such instruction: `x'", REPORT_ERROR, "a.c:2",
     "no such instruction: `x'"},
};

static void remember(void *context, const struct report *report)
{
    char *remembered = context;
    struct elfgen_text out = {.bytes = remembered, .capacity = 299};
    elfgen_text_string(&out, report_severity_name(report->severity));
    elfgen_text_char(&out, '|');
    place_put(&out, &report->place);
    elfgen_text_char(&out, '|');
    elfgen_text_string(&out, report->text);
    out.bytes[out.length] = '\0';
}

START_TEST(a_tool_s_line_is_a_report_with_severity_and_place)
{
    char remembered[300] = "", wanted[300];
    struct toolchain chain;
    const struct file_bytes none = {0};
    toolchain_open(&chain, "a.c", &none, &(struct reporter){remember, remembered});
    ck_assert(toolchain_name_argument(&chain));
    chain.messages = lines[_i].form;
    chain.message_file = toolchain_memory_file("messages");
    ck_assert(file_write(chain.message_file, lines[_i].line, strlen(lines[_i].line)));
    ck_assert(toolchain_report_messages(&chain, false) == (lines[_i].severity == REPORT_ERROR));
    snprintf(wanted, sizeof wanted, "%s|%s|%s", report_severity_name(lines[_i].severity),
             lines[_i].place, lines[_i].text);
    ck_assert_str_eq(remembered, wanted);
    toolchain_close(&chain);
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
    TCase *messages = tcase_create("messages");
    tcase_add_loop_test(messages, a_tool_s_line_is_a_report_with_severity_and_place, 0,
                        sizeof lines / sizeof lines[0]);
    suite_add_tcase(suite, messages);
    return suite;
}

RUN_SUITE(input_suite)
