/* assemble/: lines after the preprocessor, their places, and the search for what is left to NASM.
 */
#include <string.h>

#include "../../elfgen/assemble/preprocess.h"
#include "elfgen/assemble.h"
#include "room.h"

enum { MEMORY = 1 << 16 };

struct reader {
    struct lines lines;
    struct arena arena;
    struct source_file source;
    struct elfgen_error error;
    char result[2048]; /* each line with a blank between tokens, and after it its end */
    char warnings[256];
    uint8_t memory[MEMORY];
};

/* Sums and differences of numbers. */
static bool evaluate(void *context, const struct line *line, const struct token **at,
                     int64_t *value)
{
    struct reader *reader = context;
    int64_t sign = 1;
    *value = 0;
    for (; token_is(*at, '-') || token_is(*at, '+') || (*at)->kind == TOKEN_NUMBER; (*at)++) {
        if ((*at)->kind == TOKEN_NUMBER) {
            *value += sign * (int64_t)(*at)->value;
            sign = 1;
        } else if (token_is(*at, '-')) {
            sign = -sign;
        }
    }
    if ((*at)->kind != TOKEN_NAME)
        return true;
    reader->lines.place = line_place(line, *at);
    elfgen_error_set(&reader->error, ELFGEN_UNDEFINED, 0, "it is not known");
    return false;
}

static void warn(void *context, enum elfgen_assemble_class class_,
                 const struct elfgen_source_place *place, const char *text)
{
    struct reader *reader = context;
    const size_t used = strlen(reader->warnings);
    snprintf(reader->warnings + used, sizeof reader->warnings - used, "%u:%s;",
             (unsigned)place->line, elfgen_assemble_class_name(class_));
    ck_assert_ptr_nonnull(text);
}

static bool read_file(void *context, const char *name, const uint8_t **bytes, size_t *size,
                      const char **reason)
{
    static const char *const files[][2] = {{"one", "in one\n%define ONE 1\n"},
                                           {"two", "%include 'one'\n%if 1\n"},
                                           {"self", "%include 'self'\n"},
                                           {"empty", ""}};
    (void)context;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (strcmp(files[i][0], name) == 0) {
            *bytes = (const uint8_t *)files[i][1];
            *size = strlen(files[i][1]);
            return true;
        }
    *reason = "it is not there";
    return false;
}

static void append(struct reader *reader, const char *text, size_t length)
{
    const size_t used = strlen(reader->result);
    ck_assert_uint_lt(used + length + 1, sizeof reader->result);
    memcpy(reader->result + used, text, length);
    reader->result[used + length] = '\0';
}

static void begin(struct reader *reader, const char *text, size_t length, size_t memory)
{
    reader->arena = (struct arena){.bytes = reader->memory, .size = memory};
    reader->source = (struct source_file){.text = text, .length = length};
    reader->lines.arena = &reader->arena;
    reader->lines.read = read_file;
    reader->lines.read_context = NULL;
    reader->lines.evaluate = evaluate;
    reader->lines.warn = warn;
    reader->lines.context = reader;
    reader->lines.error = &reader->error;
    reader->result[0] = reader->warnings[0] = '\0';
    elfgen_asm_lines_begin(&reader->lines, &reader->source);
}

/* Reads all lines of a source. Errors are in the result, as !LINE. */
static struct reader *read_all(const char *text)
{
    static struct reader reader;
    struct line line;
    enum lines_result result;
    char number[16];
    begin(&reader, text, strlen(text), MEMORY);
    while ((result = elfgen_asm_lines_next(&reader.lines, &line)) != LINES_DONE) {
        ck_assert_uint_ne(result, LINES_FULL);
        if (result == LINES_ERROR) {
            snprintf(number, sizeof number, "!%u", (unsigned)reader.lines.place.line);
            append(&reader, number, strlen(number));
        }
        for (size_t i = 0; result == LINES_ONE && i < line.count; i++) {
            append(&reader, " ", i > 0);
            append(&reader, line.tokens[i].text, line.tokens[i].length);
        }
        append(&reader, "|", 1);
    }
    return &reader;
}

static void are_lines(const char *text, const char *lines, const char *warnings)
{
    const struct reader *reader = read_all(text);
    ck_assert_msg(strcmp(reader->result, lines) == 0, "%s\nis %s\nnot %s", text, reader->result,
                  lines);
    ck_assert_msg(strcmp(reader->warnings, warnings) == 0, "%s: %s", text, reader->warnings);
}

START_TEST(names_are_replaced_by_what_defines_them_but_not_in_their_own_text)
{
    are_lines("%define N 5+M ; five\n%define M N-1\ndb N,M\n", "db 5 + N - 1 , 5 + M - 1|", "");
    are_lines("%define mov add\nmov n, Mov\n", "add n , Mov|", "");
    are_lines("%define N\nN\nN x N\n", "x|", "");
    are_lines("%define N 1\n%define N 2\nN\n%undef N\nN\n", "2|N|", "");
    are_lines("%define x 1\n$x 'x' .x x.x\n", "x 'x' .x x.x|", "");
    are_lines("%DEFINE x (1)\nx\n%Undef x y\nx\n", "( 1 )|x|", "3:pp-trailing;");
}
END_TEST

START_TEST(assign_takes_the_value_and_define_the_text)
{
    are_lines("%assign i 1+1\n%assign i i+i+i\ndb i\n%assign j -i\ndb j\n", "db 6|db - 6|", "");
    are_lines("%assign i -9223372036854775807-1\ni\n", "- 9223372036854775808|", "");
    are_lines("%assign i unknown\ni\n", "!1|i|", "");
    are_lines("%assign i 1 )\ni\n", "1|", "1:pp-trailing;");
}
END_TEST

START_TEST(conditions_choose_lines)
{
    are_lines("%if 1\na\n%elif 1\nb\n%else\nc\n%endif\nd\n", "a|d|", "");
    are_lines("%if 0\na\n%elif 1\nb\n%else\nc\n%endif\n", "b|", "");
    are_lines("%if 0\na\n%if 1\nx\n%else\ny\n%endif\n%else\nc\n%endif\n", "c|", "");
    are_lines("%define A\n%ifdef A\na\n%endif\n%ifndef A\nb\n%elifdef Z A\nc\n%endif\n", "a|c|",
              "");
    are_lines("%if 0\n%define A 1\n%foo\n%include 'nowhere'\nA\n%endif\nA\n", "A|", "");
    are_lines("%if 1 (\na\n%else x\n%endif y\n", "a|",
              "1:pp-trailing;3:pp-trailing;4:pp-trailing;");
    are_lines("%if 1\n%else\n%elif 1\na\n%else\nb\n%endif\n%if 1\n%else\n%else\nc\n%endif\n", "",
              "3:pp-else-elif;10:pp-else-else;");
}
END_TEST

START_TEST(conditions_without_their_beginning_or_end_are_errors)
{
    are_lines("a\n%else\nb\n", "a|!2|b|", "");
    are_lines("%endif\n%elif 1\n", "!1|!2|", "");
    are_lines("%if 1\na\n", "a|!2|", "");
    are_lines("%if unknown\na\n%else\nb\n%endif\nc\n", "!1|c|", "");
    are_lines("%ifdef 5\n%endif\n", "!1|", "");
    are_lines("%if 0\n%elif unknown\na\n%else\nb\n%endif\n", "", "");
    are_lines("%if 0\n%elif 1 )\na\n%elifdef 5\n%endif\n", "a|", "");
    are_lines("%if 0\n%if 1\n%else x\n%endif y\n%endif\n", "", "");
}
END_TEST

START_TEST(files_are_included_and_what_they_define_stays)
{
    const struct reader *reader = read_all("%include \"one\"\nONE\n%include 'empty'\nx\n");
    ck_assert_str_eq(reader->result, "in one|1|x|");
    are_lines("%define F 'one'\n%include F x\nONE\n", "in one|1|", "2:pp-trailing;");
    are_lines("%include 'nowhere'\nx\n%include one\n", "!1|x|!3|", "");
    reader = read_all("%include 'two'\nx\n");
    ck_assert_str_eq(reader->result, "in one|!2|");
    ck_assert_str_eq(reader->error.file, "two");
}
END_TEST

START_TEST(a_file_that_includes_itself_is_an_error_and_not_for_ever)
{
    const struct reader *reader = read_all("%include 'self'\nx\n");
    ck_assert_str_eq(reader->result, "!1|");
    ck_assert_uint_eq(reader->error.status, ELFGEN_DOES_NOT_FIT);
}
END_TEST

START_TEST(names_that_double_each_other_end)
{
    char text[2048] = "%define n0\n";
    static struct reader empty;
    struct line none;
    for (int i = 1; i < 60; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%%define n%d n%d n%d\n", i,
                 i - 1, i - 1);
    snprintf(text + strlen(text), sizeof text - strlen(text), "n59\nn59\n");
    begin(&empty, text, strlen(text), MEMORY);
    ck_assert_uint_eq(elfgen_asm_lines_next(&empty.lines, &none), LINES_ERROR);
    ck_assert_uint_eq(empty.error.status, ELFGEN_DOES_NOT_FIT);
    ck_assert_uint_eq(elfgen_asm_lines_next(&empty.lines, &none), LINES_ERROR);
    ck_assert_uint_eq(elfgen_asm_lines_next(&empty.lines, &none), LINES_DONE);
    strcpy(text, "%define n0 x x x x\n");
    for (int i = 1; i < 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%%define n%d n%d n%d\n", i,
                 i - 1, i - 1);
    snprintf(text + strlen(text), sizeof text - strlen(text), "n39\n");
    static struct reader reader;
    struct line line;
    begin(&reader, text, strlen(text), MEMORY);
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_FULL);
    const size_t size = (size_t)160 << 20;
    reader.arena = (struct arena){.bytes = malloc(size), .size = size};
    ck_assert_ptr_nonnull(reader.arena.bytes);
    elfgen_asm_lines_begin(&reader.lines, &reader.source);
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_ERROR);
    ck_assert_uint_eq(reader.error.status, ELFGEN_DOES_NOT_FIT);
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_DONE);
    free(reader.arena.bytes);
}
END_TEST

START_TEST(lines_that_a_backslash_joins_are_one_and_have_the_number_of_the_first)
{
    static const char text[] = "a\nmo\\\nv r\\\r\nax, N ; c \\\nd\nb\n";
    static struct reader reader;
    struct line line;
    begin(&reader, text, sizeof text - 1, MEMORY);
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_ONE);
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_ONE);
    ck_assert_uint_eq(line.count, 4);
    ck_assert_uint_eq(line.number, 2);
    ck_assert_uint_eq(word_of(&line.tokens[0])->kind, WORD_MNEMONIC);
    ck_assert_uint_eq(word_of(&line.tokens[1])->kind, WORD_REGISTER);
    ck_assert_uint_eq(line_place(&line, &line.tokens[1]).offset,
                      (size_t)(strstr(text, "r\\") - text));
    ck_assert_uint_eq(line_place(&line, &line.tokens[3]).offset,
                      (size_t)(strchr(text, 'N') - text));
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_ONE);
    ck_assert_uint_eq(line.number, 6);
    ck_assert(*line.tokens->text == 'b');
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_DONE);
}
END_TEST

START_TEST(the_place_of_what_replaces_a_name_is_the_names)
{
    static const char text[] = "%define N 1 + 2\n db 0, N\n";
    static struct reader reader;
    struct line line;
    begin(&reader, text, sizeof text - 1, MEMORY);
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_ONE);
    ck_assert_uint_eq(line.count, 6);
    for (size_t i = 3; i < 6; i++) {
        const struct elfgen_source_place place = line_place(&line, &line.tokens[i]);
        ck_assert_uint_eq(place.offset, (size_t)(strrchr(text, 'N') - text));
        ck_assert_uint_eq(place.line, 2);
        ck_assert_ptr_null(place.file);
    }
    const struct token *kept = elfgen_asm_lines_keep(&reader.lines, &line);
    ck_assert_ptr_nonnull(kept);
    ck_assert_uint_eq(elfgen_asm_lines_next(&reader.lines, &line), LINES_DONE);
    ck_assert_uint_eq(kept[3].value, 1);
    ck_assert_uint_eq(kept[6].kind, TOKEN_END);
}
END_TEST

START_TEST(numbers_that_do_not_fit_are_told_where_they_are_used)
{
    are_lines("%define N 0x10000000000000000\ndb 1\ndb N\n%if 0\ndb 0x10000000000000000\n%endif\n",
              "db 1|db 0x10000000000000000|", "3:number-overflow;");
}
END_TEST

START_TEST(directives_that_are_left_to_nasm_are_unsupported)
{
    const struct reader *reader = read_all("%macro x 0\n%define f(x) x\ny\n");
    ck_assert_str_eq(reader->result, "!1|!2|y|");
    ck_assert_uint_eq(reader->error.status, ELFGEN_UNSUPPORTED);
    are_lines("%define\n%assign 5 1\n%undef\n", "!1|!2|!3|", "");
}
END_TEST

START_TEST(any_memory_that_is_too_small_is_full)
{
    static const char text[] = "%define N 1\n%assign M 2\n%include 'one'\nmo\\\nv N, M, ONE\n";
    static struct reader reader;
    size_t full = 0;
    for (size_t memory = 0; memory < 16384; memory += 64) {
        struct line line;
        enum lines_result result;
        begin(&reader, text, sizeof text - 1, memory);
        do
            result = elfgen_asm_lines_next(&reader.lines, &line);
        while (result == LINES_ONE);
        full += result == LINES_FULL;
        ck_assert_uint_ne(result, LINES_ERROR);
    }
    ck_assert_uint_gt(full, 50);
    ck_assert_uint_lt(full, 150);
}
END_TEST

START_TEST(what_is_left_to_nasm_is_found_and_nothing_else)
{
    static const struct {
        bool is_foreign;
        const char *text;
    } rows[] = {
        {false, "mov rax, 1 ; %macro fadd"},
        {true, "%macro a 0"},
        {false, "%define a 1"},
        {true, "%define a(x) 1"},
        {false, "%define a (x) 1"},
        {false, "%DEFINE a 5 % 3"},
        {true, "db 33%16"},
        {true, "db a%b"},
        {false, "db a % b"},
        {false, "db a %-b"},
        {true, "db %[x]"},
        {true, "db a%+b"},
        {true, "x %$y"},
        {true, "x %!y"},
        {true, "x %%y"},
        {false, "x %% y"},
        {true, "struc a"},
        {true, "l: struc a"},
        {true, "l struc a"},
        {false, "dq struct, struc_, struc"},
        {false, "fadd: jmp $fadd"},
        {true, "fadd st0"},
        {true, "FADD ST0"},
        {true, "mov eax, fadd"},
        {false, "db 'fadd', \"{\""},
        {true, "vaddps xmm0 {k1}"},
        {true, "dd __float32__(1.5)"},
        {true, "dq __?infinity?__"},
        {false, "dq __start"},
        {true, "align 16, db 0"},
        {false, "align 16"},
        {true, "bits 16"},
        {false, "bits 32"},
        {true, "[bits 16]"},
        {false, "[BITS 64]"},
        {true, "[warning -x]"},
        {false, "[warning -prefix-seg] ; seg"},
        {false, "[ WARNING +zeroing ]"},
        {true, "[warning -prefix-segment]"},
        {true, "[warning push]"},
        {true, "[warning -zeroing]\nfld1"},
        {false, "[section .text]"},
        {false, "mov eax,\\\n [rax]"},
        {false, "a: [default rel]"},
        {true, "default bnd"},
        {false, "default rel"},
        {true, "cpu 386"},
        {false, "mov eax, cpu"},
        {true, "use16"},
        {true, "absolute 5"},
        {true, "mov ax, seg x"},
        {true, "mov ax, x wrt y"},
        {true, "%include x"},
        {false, "%include \"x\""},
        {true, "  %use altreg"},
        {true, "%rep 5"},
        {true, "%ifidn a,b"},
        {false, "%ifdef a\n%else\n%endif"},
        {true, "%elifidn"},
        {true, "# 1 \"x\""},
        {true, "pxor mm0, mm1"},
        {true, "vpaddd ymm0,ymm1,ymm2"},
        {true, "%xdefine a b"},
        {true, "%error x"},
        {false, "global x:function (x.e-x)"},
        {false, "x: resb 1"},
        {true, "x: resy 1"},
        {false, "mov eax, [rel $$]"},
        {true, "db `\\``, 1\n ; x\\\ny\nfld1"},
        {false, ""},
        {false, "'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(elfgen_assemble_foreign(rows[i].text, strlen(rows[i].text), NULL) ==
                          rows[i].is_foreign,
                      "%s", rows[i].text);
}
END_TEST

START_TEST(the_place_of_what_is_left_to_nasm_is_that_of_the_word)
{
    static const char text[] = "nop\r\n; \\\nx\nl: mov eax, ebx\n vaddps xmm0, xmm1, xmm2\n";
    struct elfgen_source_place place;
    ck_assert(elfgen_assemble_foreign(text, sizeof text - 1, &place));
    ck_assert_uint_eq(place.line, 5);
    ck_assert_uint_eq(place.offset, (size_t)(strstr(text, "vaddps") - text));
    ck_assert_uint_eq(place.length, 6);
    ck_assert_ptr_null(place.file);
    static const char macro[] = "nop\n  %macro a 0\n";
    ck_assert(elfgen_assemble_foreign(macro, sizeof macro - 1, &place));
    ck_assert_uint_eq(place.offset, (size_t)(strchr(macro, '%') - macro));
    ck_assert_uint_eq(place.length, 6);
    ck_assert(!elfgen_assemble_foreign(NULL, 0, &place));
}
END_TEST

static Suite *assemble_lines_suite(void)
{
    Suite *suite = suite_create("assemble_lines");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, names_are_replaced_by_what_defines_them_but_not_in_their_own_text);
    tcase_add_test(tests, assign_takes_the_value_and_define_the_text);
    tcase_add_test(tests, conditions_choose_lines);
    tcase_add_test(tests, conditions_without_their_beginning_or_end_are_errors);
    tcase_add_test(tests, files_are_included_and_what_they_define_stays);
    tcase_add_test(tests, a_file_that_includes_itself_is_an_error_and_not_for_ever);
    tcase_add_test(tests, names_that_double_each_other_end);
    tcase_add_test(tests, lines_that_a_backslash_joins_are_one_and_have_the_number_of_the_first);
    tcase_add_test(tests, the_place_of_what_replaces_a_name_is_the_names);
    tcase_add_test(tests, numbers_that_do_not_fit_are_told_where_they_are_used);
    tcase_add_test(tests, directives_that_are_left_to_nasm_are_unsupported);
    tcase_add_test(tests, any_memory_that_is_too_small_is_full);
    tcase_add_test(tests, what_is_left_to_nasm_is_found_and_nothing_else);
    tcase_add_test(tests, the_place_of_what_is_left_to_nasm_is_that_of_the_word);
    suite_add_tcase(suite, tests);
    return suite;
}

RUN_SUITE(assemble_lines_suite)
