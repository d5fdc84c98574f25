/* assemble/: what stands in a line of a source: labels, prefixes, instructions; where errors and
 * warnings of instructions are. */
#include <string.h>

#include "elfgen/assemble.h"
#include "room.h"

/* What was told of the last source. */
static struct {
    unsigned count;
    enum elfgen_assemble_class class_;
    uint64_t line, offset;
    char text[200];
} told;

static void tell(void *context, const struct elfgen_assemble_message *message)
{
    (void)context;
    if (told.count++ == 0) {
        told.class_ = message->class_;
        told.line = message->place.line;
        told.offset = message->place.offset;
        snprintf(told.text, sizeof told.text, "%s", message->text);
    }
}

/* Assembles a short source; the first section's bytes as hex digits, "" with an error. */
static const char *assemble(const char *source)
{
    static char memory[200000], hex[200];
    const struct elfgen_assemble_options options = {.tell = tell};
    struct elfgen_assembly assembly;
    memset(&told, 0, sizeof told);
    hex[0] = '\0';
    if (elfgen_assemble(source, strlen(source), &options, memory, sizeof memory, &assembly, NULL) !=
            ELFGEN_OK ||
        assembly.program.section_count == 0)
        return hex;
    const struct elfgen_section *section = &assembly.program.sections[0];
    const uint8_t *bytes = section->bytes;
    for (size_t i = 0; i < section->size && i < 60; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    return hex;
}

/* A source with an error, what its sentence begins with, and its place. */
struct refused {
    const char *source, *text;
    uint64_t line, offset;
};

static void are_refused(const struct refused *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(assemble(rows[i].source), "");
        ck_assert_msg(strncmp(told.text, rows[i].text, strlen(rows[i].text)) == 0, "%s: %s",
                      rows[i].source, told.text);
        ck_assert_uint_eq(told.line, rows[i].line);
        ck_assert_uint_eq(told.offset, rows[i].offset);
    }
}

START_TEST(prefixes_stand_in_the_line_before_their_instruction)
{
    ck_assert_str_eq(assemble("rep\nmovsb\n"), "f3a4");
    ck_assert_uint_eq(told.count, 0);
    ck_assert_str_eq(assemble("label: fs\nlodsb\no16\nnop\n"), "64ac6690");
    ck_assert_str_eq(assemble("lock\nadd [rax], eax\n"), "f00100");
    ck_assert_int_eq(told.class_, ELFGEN_ASSEMBLE_PREFIX_LOCK);
}
END_TEST

START_TEST(a_prefix_may_stand_before_any_instruction)
{
    static const struct {
        const char *source, *hex;
        int warning; /* 0: none */
    } rows[] = {
        {"rep nop\n", "f390", 0},
        {"rep syscall\n", "f30f05", 0},
        {"repne popcnt eax, ebx\n", "f2f30fb8c3", 0},
        {"lock add [rax], eax\n", "f00100", 0},
        {"lock lodsb\n", "f0ac", ELFGEN_ASSEMBLE_PREFIX_LOCK},
        {"lock add eax, [rax]\n", "f00300", ELFGEN_ASSEMBLE_PREFIX_LOCK},
        {"lock mov [rax], eax\n", "f08900", ELFGEN_ASSEMBLE_PREFIX_LOCK},
        {"o16 add eax, 5\n", "6683c005", ELFGEN_ASSEMBLE_PREFIX_OPSIZE},
        {"o16 adcx ebx, edi\n", "66660f38f6df", 0},
        {"o16 popfq\n", "669d", ELFGEN_ASSEMBLE_PREFIX_OPSIZE},
        {"xrelease mov [qword 0x10], al\n", "f388042510000000", 0},
        {"xrelease mov [rax], ds\n", "f38c18", ELFGEN_ASSEMBLE_PREFIX_HLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_str_eq(assemble(rows[i].source), rows[i].hex);
        if (rows[i].warning == 0)
            ck_assert_msg(told.count == 0, "%s: %s", rows[i].source, told.text);
        else
            ck_assert_int_eq(told.class_, rows[i].warning);
    }
}
END_TEST

START_TEST(a_word_that_is_no_instruction_is_told)
{
    static const struct refused rows[] = {
        {"bogus eax\n", "there is no instruction `bogus`", 1, 0},
        {" nop\n mvo [rax], 5\n", "there is no instruction `mvo`; there is `mov`", 2, 6},
        {"cdqq dword 5\n", "there is no instruction `cdqq`", 1, 0},
        {"jmpp $\n", "there is no instruction `jmpp`; there is `jmp`", 1, 0},
        {"pussh 'a'\n", "there is no instruction `pussh`; there is `push`", 1, 0},
    };
    are_refused(rows, sizeof rows / sizeof *rows);
    ck_assert_str_eq(assemble("a nop\nb {rex} nop\nc fs lodsb\nd db 5\ne times 2 nop\n"),
                     "90409064ac059090");
    ck_assert_uint_eq(told.count, 0);
}
END_TEST

START_TEST(warnings_of_numbers_are_at_their_operands)
{
    static const struct {
        const char *source;
        enum elfgen_assemble_class class_;
        uint64_t offset;
    } rows[] = {
        {"mov al, 300\n", ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, 8},
        {"mov dword [rax+5], 0x123456789\n", ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, 19},
        {"mov dword [rax+0x123456789], 5\n", ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, 4},
        {"enter 70000, 1\n", ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, 6},
        {"push 0x100000000\n", ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, 5},
        {"o16 mov eax, ebx\n", ELFGEN_ASSEMBLE_PREFIX_OPSIZE, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_str_ne(assemble(rows[i].source), "");
        ck_assert_msg(told.count == 1 && told.class_ == rows[i].class_ &&
                          told.offset == rows[i].offset,
                      "%s: %u told, %s at %d", rows[i].source, told.count,
                      elfgen_assemble_class_name(told.class_), (int)told.offset);
    }
}
END_TEST

START_TEST(a_count_is_known_when_its_line_is_read)
{
    static const struct refused rows[] = {
        {"times x nop\nx equ 3\n", "the symbol `x` is not defined before this line", 1, 6},
        {"a: times b-a db 1\nb: db 2\n", "the symbol `b` is not defined before this line", 1, 9},
        {"nop\ntimes 510-(y-$$) db 0\ny: nop\n", "the symbol `y` is not defined before this line",
         2, 15},
        {"db (q) dup (3)\nq equ 2\n", "the symbol `q` is not defined before this line", 1, 4},
        {"times -1 nop\n", "times -1 is negative", 1, 6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_str_eq(assemble(rows[i].source), "");
        ck_assert_str_eq(told.text, rows[i].text);
        ck_assert_uint_eq(told.line, rows[i].line);
        ck_assert_uint_eq(told.offset, rows[i].offset);
    }
    ck_assert_str_eq(assemble("times x-x+2 nop\nx equ 3\n"), "9090");
}
END_TEST

START_TEST(a_count_follows_the_place_of_its_line)
{
    ck_assert_str_eq(assemble("jmp l\ntimes 6-($-$$) lodsb\nl: nop\n"), "eb04acacacac90");
    /* The jump becomes near, so that there are three bytes less to fill. */
    ck_assert_str_ne(assemble("jmp l\ntimes 200-($-$$) lodsb\nl: nop\n"), "");
    ck_assert_uint_eq(told.count, 0);
}
END_TEST

START_TEST(a_value_that_depends_on_itself_is_named)
{
    static const struct refused rows[] = {
        {"nop\nx equ x+1\n", "the value of `x` depends on itself", 2, 4},
        {"y equ z+1\nz equ y+1\n", "the value of `y` depends on itself", 1, 0},
        {"a equ l-$$\ntimes 20-a nop\nl: nop\n", "the value of `a` depends on itself", 1, 0},
    };
    are_refused(rows, sizeof rows / sizeof *rows);
}
END_TEST

START_TEST(comments_of_other_languages_are_answered_with_the_sign_of_this_one)
{
    static const struct {
        const char *source;
        uint64_t line, offset;
    } rows[] = {
        {"# hello\n", 1, 0},
        {"nop\n  # hello\n", 2, 6},
        {"nop # hello\n", 1, 4},
        {"mov eax, 1 # x\n", 1, 11},
        {"mov eax, [rax] # x\n", 1, 15},
        {"db 1 # x\n", 1, 5},
        {"x equ 5 # five\n", 1, 8},
        {"// hello\n", 1, 0},
        {"ret // hello\n", 1, 4},
        {"mov eax, ebx // x\n", 1, 13},
        {"/* hello */\n", 1, 0},
        {"nop /* x */\n", 1, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_str_eq(assemble(rows[i].source), "");
        ck_assert_msg(strstr(told.text, "; a comment begins with `;`") != NULL, "%s: %s",
                      rows[i].source, told.text);
        ck_assert_uint_eq(told.line, rows[i].line);
        ck_assert_uint_eq(told.offset, rows[i].offset);
    }
    /* The number and the file of the next line, as preprocessors write them, are left to NASM. */
    struct elfgen_source_place place;
    ck_assert(elfgen_assemble_foreign("nop\n# 5 \"file\"\n", 15, &place));
    ck_assert_uint_eq(place.line, 2);
    ck_assert(!elfgen_assemble_foreign("# five\n", 7, NULL));
    ck_assert(!elfgen_assemble_foreign(" # 5\n", 5, NULL));
}
END_TEST

static Suite *assemble_statement_suite(void)
{
    Suite *suite = suite_create("assemble_statement");
    TCase *statements = tcase_create("statements");
    tcase_add_test(statements, prefixes_stand_in_the_line_before_their_instruction);
    tcase_add_test(statements, a_prefix_may_stand_before_any_instruction);
    tcase_add_test(statements, a_word_that_is_no_instruction_is_told);
    tcase_add_test(statements, warnings_of_numbers_are_at_their_operands);
    tcase_add_test(statements, a_count_is_known_when_its_line_is_read);
    tcase_add_test(statements, a_count_follows_the_place_of_its_line);
    tcase_add_test(statements, a_value_that_depends_on_itself_is_named);
    tcase_add_test(statements, comments_of_other_languages_are_answered_with_the_sign_of_this_one);
    suite_add_tcase(suite, statements);
    return suite;
}

RUN_SUITE(assemble_statement_suite)
