/* input/: tells NASM's assembly from GNU's by its content, and parses messages of tools. */
#include <stdio.h>
#include <stdlib.h>
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
    enum report_severity severity;
    const char *line, *place, *text;
} lines[] = {
    {TOOL_LINKER, REPORT_NOTE, "/usr/bin/ld: b.o: in function `main':", "a.c",
     "/usr/bin/ld: b.o: in function `main':"},
    {TOOL_LINKER, REPORT_ERROR, "x.c:(.text+0x16): undefined reference to `f'", "x.c:(.text+0x16)",
     "undefined reference to `f'"},
    {TOOL_LINKER, REPORT_ERROR, "(.text+0x17): undefined reference to `main'", "(.text+0x17)",
     "undefined reference to `main'"},
    {TOOL_LINKER, REPORT_ERROR, "a.c:(.text+0xf): undefined reference to `f'", "a.c:(.text+0xf)",
     "undefined reference to `f'"},
    {TOOL_LINKER, REPORT_WARNING, "/usr/bin/ld: warning: x.o: missing .note.GNU-stack section",
     "a.c", "/usr/bin/ld: warning: x.o: missing .note.GNU-stack section"},
    {TOOL_LINKER, REPORT_NOTE, "/usr/bin/ld: NOTE: This behaviour is deprecated", "a.c",
     "/usr/bin/ld: NOTE: This behaviour is deprecated"},
    {TOOL_LINKER, REPORT_ERROR, "/usr/bin/ld: cannot find -lx: No such file or directory", "a.c",
     "/usr/bin/ld: cannot find -lx: No such file or directory"},
    {TOOL_LINKER, REPORT_ERROR, "x.c:7: undefined reference to `f'", "x.c:7",
     "undefined reference to `f'"},
    {TOOL_LINKER, REPORT_ERROR, "ld.lld: error: undefined symbol: f", "a.c",
     "ld.lld: error: undefined symbol: f"},
    {TOOL_LINKER, REPORT_NOTE, ">>> referenced by x.c", "a.c", ">>> referenced by x.c"},
    {TOOL_LINKER, REPORT_ERROR, "collect2: error: ld returned 1 exit status", "a.c",
     "collect2: error: ld returned 1 exit status"},
    {TOOL_LINKER, REPORT_ERROR, "tinyelf: x.o:(.text+0x5): error: undefined symbol 'f'",
     "x.o:(.text+0x5)", "undefined symbol 'f'"},
    {TOOL_LINKER, REPORT_NOTE, "tinyelf: x: note: --no-check writes it anyway", "a.c",
     "x: note: --no-check writes it anyway"},
    {TOOL_COMPILER, REPORT_WARNING, "x.h:3:9: warning: odd", "x.h:3:9", "odd"},
    {TOOL_COMPILER, REPORT_ERROR, "cc1: fatal error: a.c: gone", "a.c", "a.c: gone"},
    {TOOL_ASSEMBLER, REPORT_ERROR, "a.c:2: Error: no such instruction: `x'", "a.c:2",
     "no such instruction: `x'"},
    {TOOL_FASM, REPORT_ERROR,
     "flat assembler  version 1\na.c [2]:\n x\nerror: illegal instruction.", "a.c:2",
     "illegal instruction"},
    {TOOL_FASM, REPORT_ERROR, "error: out of memory.", "a.c", "out of memory"},
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

START_TEST(org_and_format_are_statements)
{
    static const struct {
        const char *text;
        unsigned org;
        uint16_t machine;
    } texts[] = {
        {"bits 64\norg 1\n", 2, 0},
        {"[ORG 0x10000]", 1, 0},
        {"org: ret\n", 0, 0},
        {"; org 1\n mov [org], eax\n", 0, 0},
        {"format ELF64 executable 3", 0, 62},
        {" FORMAT elf executable\norg 5", 2, 3},
        {"", 0, 0},
        {"org", 0, 0},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const size_t size = strlen(texts[i].text);
        ck_assert_uint_eq(source_find_org(texts[i].text, size), texts[i].org);
        ck_assert_uint_eq(source_fasm_machine(texts[i].text, size), texts[i].machine);
    }
}
END_TEST

/* What an assembler wrote of names, cut off or changed anywhere, is read within its bounds: a
 * buffer of just its size shows that under a sanitizer. */
static void read_changed(const char *bytes, size_t size, bool fas)
{
    for (size_t i = 0; i < size; i++)
        for (int value = 0; value < 3; value++) {
            static const char values[] = {'\0', '\x7f', '\xff'};
            const size_t length = value == 0 ? i : size;
            struct source_file file = {.bytes = {.size = 200}, .names_size = length};
            uint64_t origin;
            ck_assert_ptr_nonnull(file.names = malloc(length + 1));
            memcpy(file.names, bytes, length);
            file.names[length] = '\0';
            if (value > 0)
                file.names[i] = values[value];
            ck_assert(fas ? source_read_fas(&file) : source_read_map(&file, &origin));
            for (size_t label = 0; label < file.label_count; label++)
                ck_assert(file.labels[label].offset <= 200 ||
                          file.labels[label].offset == SOURCE_NO_OFFSET);
            free(file.labels);
            free(file.names);
        }
}

START_TEST(names_of_an_assembler_that_are_damaged_are_read_within_their_bounds)
{
    static const char map[] = "\n-- Program origin ---\n\n00010000\n\n-- Symbols ---\n\n"
                              "---- No Section ---\n\nValue     Name\n00000081  size\n\n"
                              "---- Section .text ---\n\nReal   Virtual    Name\n"
                              "  10000   10000  ehdr\n  1007D   1007D  start.loop\n";
    /* A header, one string, one symbol of the preprocessed source and a row. */
    char fas[160] = "fas\x1a";
    static const struct {
        size_t at;
        char value;
    } set[] = {{6, 64},    {16, 64},   {20, 4},    {24, 68},   {28, 32}, {32, 100}, {36, 24},
               {40, 124},  {44, 32},   {64, 'x'},  {76, 1},    {92, 16}, {96, 0},   {116, 4},
               {117, 'm'}, {118, 'a'}, {119, 'i'}, {120, 'n'}, {124, 8}};
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        fas[set[i].at] = set[i].value;
    struct source_file file = {.bytes = {.size = 200}, .names_size = sizeof fas};
    ck_assert_ptr_nonnull(file.names = malloc(sizeof fas + 1));
    memcpy(file.names, fas, sizeof fas);
    ck_assert(source_read_fas(&file));
    ck_assert_uint_eq(file.label_count, 1);
    ck_assert_str_eq(file.labels[0].name, "main");
    ck_assert_uint_eq(file.labels[0].offset, 8);
    free(file.labels);
    free(file.names);
    read_changed(map, sizeof map - 1, false);
    read_changed(fas, sizeof fas, true);
}
END_TEST

static Suite *input_suite(void)
{
    Suite *suite = suite_create("input");
    TCase *detect = tcase_create("detect");
    tcase_add_loop_test(detect, a_language_is_recognised_by_its_syntax, 0,
                        sizeof samples / sizeof samples[0]);
    tcase_add_test(detect, bytes_that_are_not_text_are_not_assembly);
    tcase_add_test(detect, org_and_format_are_statements);
    tcase_add_test(detect, names_of_an_assembler_that_are_damaged_are_read_within_their_bounds);
    suite_add_tcase(suite, detect);
    TCase *messages = tcase_create("messages");
    tcase_add_loop_test(messages, a_tool_s_line_is_a_report_with_severity_and_place, 0,
                        sizeof lines / sizeof lines[0]);
    suite_add_tcase(suite, messages);
    return suite;
}

RUN_SUITE(input_suite)
