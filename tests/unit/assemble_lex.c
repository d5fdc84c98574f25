/* assemble/: characters to tokens, words, numbers, floating-point constants and strings. The values
 * are nasm 2.16.01's. */
#include <string.h>

#include "../../elfgen/assemble/lex.h"
#include "room.h"

enum { ROOM = 64 };

/* Reads a line, all of the text, and returns the number of its tokens. */
static size_t lex(const char *text, struct token tokens[ROOM])
{
    const char *at = text, *end = text + strlen(text);
    size_t count;
    ck_assert_msg(elfgen_asm_lex_line(&at, end, tokens, ROOM, &count) == LEX_LINE, "%s", text);
    ck_assert(at == end);
    ck_assert_uint_eq(tokens[count].kind, TOKEN_END);
    return count;
}

static void is_hex(const char *text, const uint8_t *bytes, size_t size, const char *expected)
{
    char hex[2 * 64 + 1] = "";
    for (size_t i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    ck_assert_msg(strcmp(hex, expected) == 0, "%s is %s, not %s", text, hex, expected);
}

START_TEST(integers_have_the_values_that_nasm_gives_them)
{
    static const struct {
        const char *text;
        uint64_t value;
        bool overflow;
    } rows[] = {
        {"0", UINT64_C(0x0), false},
        {"10", UINT64_C(0xa), false},
        {"0x10", UINT64_C(0x10), false},
        {"10h", UINT64_C(0x10), false},
        {"0h10", UINT64_C(0x10), false},
        {"0X1f", UINT64_C(0x1f), false},
        {"$0a", UINT64_C(0xa), false},
        {"$0_f", UINT64_C(0xf), false},
        {"0b11", UINT64_C(0x3), false},
        {"11b", UINT64_C(0x3), false},
        {"0y11", UINT64_C(0x3), false},
        {"11Y", UINT64_C(0x3), false},
        {"17q", UINT64_C(0xf), false},
        {"17o", UINT64_C(0xf), false},
        {"0q17", UINT64_C(0xf), false},
        {"0O17", UINT64_C(0xf), false},
        {"0d10", UINT64_C(0xa), false},
        {"0t10", UINT64_C(0xa), false},
        {"10d", UINT64_C(0xa), false},
        {"10t", UINT64_C(0xa), false},
        {"1_0", UINT64_C(0xa), false},
        {"0x", UINT64_C(0x0), false},
        {"0b11h", UINT64_C(0xb11), false},
        {"0x1b", UINT64_C(0x1b), false},
        {"1e5h", UINT64_C(0x1e5), false},
        {"0ffh", UINT64_C(0xff), false},
        {"0x_1_", UINT64_C(0x1), false},
        {"18446744073709551615", UINT64_C(0xffffffffffffffff), false},
        {"18446744073709551616", UINT64_C(0x0), true},
        {"0x1_0000_0000_0000_0001", UINT64_C(0x1), true},
        {"99999999999999999999", UINT64_C(0x6bc75e2d630fffff), true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token tokens[ROOM];
        ck_assert_msg(lex(rows[i].text, tokens) == 1, "%s", rows[i].text);
        ck_assert_msg(tokens->kind == TOKEN_NUMBER, "%s", rows[i].text);
        ck_assert_msg(tokens->value == rows[i].value, "%s is %llx", rows[i].text,
                      (unsigned long long)tokens->value);
        ck_assert_msg(tokens->overflow == rows[i].overflow, "%s", rows[i].text);
    }
}
END_TEST

START_TEST(a_digit_that_is_not_of_the_base_makes_a_number_bad)
{
    static const char *const rows[] = {"12z", "0b12", "19q", "12b1", "0xg", "0h10h", "0a", "1_a"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token tokens[ROOM];
        ck_assert_msg(lex(rows[i], tokens) == 1, "%s", rows[i]);
        ck_assert_msg(tokens->kind == TOKEN_BAD && tokens->value == PROBLEM_NUMBER, "%s", rows[i]);
        ck_assert_ptr_nonnull(elfgen_asm_token_problem(tokens));
    }
}
END_TEST

START_TEST(floats_have_the_bytes_and_warnings_of_nasm)
{
    static const struct {
        const char *text, *bytes;
        unsigned size;
        unsigned warnings;
    } rows[] = {
        {"1.0", "0000803f", 4, 0},
        {"1.0", "000000000000f03f", 8, 0},
        {"1.0", "0000000000000080ff3f", 10, 0},
        {"1.0", "0000000000000000000000000000ff3f", 16, 0},
        {"1.0", "003c", 2, 0},
        {"1.5", "3c", 1, 0},
        {"1.e10", "000000205fa00242", 8, 0},
        {"1e+10", "000000205fa00242", 8, 0},
        {"1e10", "000000205fa00242", 8, 0},
        {"0x1.8p3", "0000000000002840", 8, 0},
        {"0h1.8p3", "0000000000002840", 8, 0},
        {"0b1.1p1", "0000000000000840", 8, 0},
        {"0q1.4p0", "000000000000f83f", 8, 0},
        {"$1.8p3", "0000000000002840", 8, 0},
        {"-0.1", "9a9999999999b9bf", 8, 0},
        {"0.1", "9a9999999999b93f", 8, 0},
        {"0.1", "cdccccccccccccccfb3f", 10, 0},
        {"0.1", "9a99999999999999999999999999fb3f", 16, 0},
        {"16777217.0", "0000804b", 4, 0},
        {"16777219.0", "0100804b", 4, 0},
        {"4.9e-324", "0100000000000000", 8, 0},
        {"2.4e-324", "0000000000000000", 8, 0},
        {"2.2250738585072011e-308", "ffffffffffff0f00", 8, 0},
        {"1.7976931348623157e308", "ffffffffffffef7f", 8, 0},
        {"1.8e308", "5d0121924105f07f", 8, 0},
        {"3.5e38", "c6a7837f", 4, 0},
        {"1.e39", "0000807f", 4, FLOAT_OVERFLOW},
        {"1.e-45", "01000000", 4, 0},
        {"65520.0", "ff7b", 2, 0},
        {"65536.0", "007c", 2, FLOAT_OVERFLOW},
        {"1.e-4950", "18a0e147967c05000000000000000000", 16, 0},
        {"3.14159265358979323846264338327950288", "b80117c58c896984d14244b51f920040", 16, 0},
        {"3.14159265358979323846", "35c26821a2da0fc90040", 10, 0},
        {"-0.0", "0000000000000080", 8, 0},
        {"1_0.2_5", "0000000000802440", 8, 0},
        {"123p", "23010000000000000000", 10, 0},
        {"-0p123456789012345678", "78563412907856341280", 10, 0},
        {"1234567890123456789p", "89674523018967452300", 10, FLOAT_CUT},
        {"0d1.5", "000000000000f83f", 8, 0},
        {"0x1p128", "0000807f", 4, 0},
        {"0x1.8p128", "0000c07f", 4, 0},
        {"0x1.00000000000008p0", "000000000000f03f", 8, 0},
        {"0x1.000000000000081p0", "010000000000f03f", 8, 0},
        {"0x1.00000000000018p0", "020000000000f03f", 8, 0},
        {"123456789012345678901234567890123456789012345678901234567890.0", "1ebce404f5aa334c", 8,
         FLOAT_TOO_LONG},
        {"1e5000", "0000000000000000000000000000ff7f", 16, FLOAT_OVERFLOW},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token tokens[ROOM];
        uint8_t bytes[16];
        unsigned warnings;
        const bool negative = rows[i].text[0] == '-';
        lex(rows[i].text, tokens);
        ck_assert_msg(tokens[negative].kind == TOKEN_FLOAT, "%s", rows[i].text);
        ck_assert_msg(elfgen_asm_float(&tokens[negative], negative, rows[i].size, bytes, &warnings),
                      "%s", rows[i].text);
        is_hex(rows[i].text, bytes, rows[i].size, rows[i].bytes);
        ck_assert_msg(warnings == rows[i].warnings, "%s: %u", rows[i].text, warnings);
    }
}
END_TEST

START_TEST(what_is_no_float_is_refused)
{
    static const struct {
        const char *text;
        unsigned size;
    } rows[] = {{"1.2.3", 8},  {"1e5x", 8},   {"1.0f", 8}, {"0b1.2p0", 8}, {"123p", 8},
                {"12x3p", 10}, {"1.e1_a", 8}, {"1.0", 3},  {"1.0", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token tokens[ROOM];
        uint8_t bytes[16];
        unsigned warnings;
        lex(rows[i].text, tokens);
        ck_assert_msg(tokens->kind == TOKEN_FLOAT || rows[i].text[3] == 'x', "%s", rows[i].text);
        ck_assert_msg(!elfgen_asm_float(tokens, false, rows[i].size, bytes, &warnings), "%s",
                      rows[i].text);
    }
}
END_TEST

START_TEST(strings_stand_for_their_bytes_and_escapes_are_read_between_backquotes)
{
    static const struct {
        const char *text, *bytes;
    } rows[] = {
        {"'a'", "61"},
        {"\"a\\n\"", "615c6e"},
        {"'a`\"b'", "61602262"},
        {"`a\\n\\x41\\u263a`", "610a41e298ba"},
        {"`\\a\\b\\e\\f\\r\\t\\v\\\\\\``", "07081b0c0d090b5c60"},
        {"`\\0\\7\\177\\777\\18`", "00077fff0138"},
        {"`\\x4g\\xg\\X41`", "0467786741"},
        {"`\\uZ\\u41\\U0001F600`", "755a41f09f9880"},
        {"`\\Uffffffff\\q`", "ffbfbfbfbfbf71"},
        {"''", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token tokens[ROOM];
        uint8_t bytes[ROOM];
        ck_assert_msg(lex(rows[i].text, tokens) == 1, "%s", rows[i].text);
        ck_assert_msg(tokens->kind == TOKEN_STRING, "%s", rows[i].text);
        const size_t size = elfgen_asm_string_bytes(tokens, bytes, ROOM);
        is_hex(rows[i].text, bytes, size, rows[i].bytes);
        ck_assert_uint_eq(elfgen_asm_string_bytes(tokens, NULL, 0), size);
    }
}
END_TEST

START_TEST(a_string_in_an_expression_is_the_number_of_its_first_bytes)
{
    static const struct {
        const char *text;
        uint64_t value;
        unsigned size;
        bool overflow;
    } rows[] = {{"'a'", 0x61, 8, false},
                {"'abcdefgh'", UINT64_C(0x6867666564636261), 8, false},
                {"'abcdefghi'", UINT64_C(0x6867666564636261), 8, true},
                {"'abcde'", 0x64636261, 4, true},
                {"`abcd\\0`", 0x64636261, 4, false},
                {"`\\0\\xff`", 0xff00, 8, false},
                {"''", 0, 8, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token tokens[ROOM];
        bool overflow;
        lex(rows[i].text, tokens);
        ck_assert_msg(elfgen_asm_string_value(tokens, rows[i].size, &overflow) == rows[i].value,
                      "%s", rows[i].text);
        ck_assert_msg(overflow == rows[i].overflow, "%s", rows[i].text);
    }
}
END_TEST

START_TEST(a_string_without_its_quote_is_bad)
{
    static const char *const rows[] = {"'abc", "\"abc'", "`abc\\`", "'", "`\\"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct token tokens[ROOM];
        ck_assert_msg(lex(rows[i], tokens) == 1, "%s", rows[i]);
        ck_assert_msg(tokens->kind == TOKEN_BAD && tokens->value == PROBLEM_STRING, "%s", rows[i]);
    }
}
END_TEST

START_TEST(operators_are_as_long_as_they_can_be)
{
    static const uint16_t expected[] = {OPERATOR_SHIFT_LEFT,
                                        OPERATOR_SHIFT_LEFT,
                                        OPERATOR_ARITHMETIC_RIGHT,
                                        OPERATOR_SHIFT_RIGHT,
                                        OPERATOR_SIGNED_DIVIDE,
                                        OPERATOR_SIGNED_MODULO,
                                        '=',
                                        '=',
                                        OPERATOR_NOT_EQUAL,
                                        OPERATOR_NOT_EQUAL,
                                        OPERATOR_LESS_OR_EQUAL,
                                        OPERATOR_COMPARE,
                                        OPERATOR_GREATER_OR_EQUAL,
                                        OPERATOR_AND,
                                        OPERATOR_OR,
                                        OPERATOR_XOR,
                                        '<',
                                        '>',
                                        '?',
                                        '!',
                                        '~',
                                        '%'};
    struct token tokens[ROOM];
    const size_t count =
        lex("<< <<< >>> >> // %% = == != <> <= <=> >= && || ^^ < > ? ! ~ %", tokens);
    ck_assert_uint_eq(count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(token_is(&tokens[i], expected[i]), "%zu", i);
}
END_TEST

START_TEST(each_word_is_found_in_any_case_and_only_whole)
{
    for (size_t i = 1; i < elfgen_asm_word_count; i++) {
        char name[WORD_LONGEST + 1];
        const char *text = elfgen_asm_words[i].text;
        const size_t length = strlen(text);
        uint64_t cases;
        ck_assert_uint_lt(length, WORD_LONGEST);
        ck_assert_msg(elfgen_asm_word(text, length, word_hash(text, length, &cases)) == i,
                      "%s is not found: make word_slots.def anew with word_slots.pl", text);
        for (size_t k = 0; k <= length; k++)
            name[k] = (char)(text[k] >= 'a' && text[k] <= 'z' ? text[k] & ~0x20 : text[k]);
        ck_assert_msg(elfgen_asm_word(name, length, word_hash(name, length, &cases)) == i, "%s",
                      name);
        name[length] = '.';
        ck_assert_msg(elfgen_asm_word(name, length + 1, word_hash(name, length + 1, &cases)) == 0,
                      "%s", text);
    }
}
END_TEST

START_TEST(a_dollar_sign_makes_a_name_of_any_word)
{
    struct token tokens[ROOM];
    ck_assert_uint_eq(lex("$rax RAX rip mov $ $$ $1f $.x", tokens), 8);
    ck_assert(tokens[0].escaped);
    ck_assert_uint_eq(tokens[0].length, 3);
    ck_assert_uint_eq(word_of(&tokens[0])->kind, WORD_NONE);
    ck_assert_uint_eq(word_of(&tokens[1])->kind, WORD_REGISTER);
    ck_assert_uint_eq(word_of(&tokens[2])->kind, WORD_NONE);
    ck_assert_uint_eq(word_of(&tokens[3])->kind, WORD_MNEMONIC);
    ck_assert_uint_eq(tokens[4].kind, TOKEN_HERE);
    ck_assert_uint_eq(tokens[5].kind, TOKEN_SECTION_START);
    ck_assert_uint_eq(tokens[6].value, 0x1f);
    ck_assert(tokens[7].escaped);
}
END_TEST

START_TEST(names_that_differ_in_case_alone_are_different)
{
    struct token tokens[ROOM];
    lex("label_long Label_long label_long", tokens);
    ck_assert(!elfgen_asm_token_is_same(&tokens[0], &tokens[1]));
    ck_assert(elfgen_asm_token_is_same(&tokens[0], &tokens[2]));
    ck_assert(tokens[0].hash != tokens[1].hash);
    ck_assert(tokens[0].hash == token_hash("label_long", 10));
}
END_TEST

START_TEST(a_line_ends_where_nasms_lines_do)
{
    static const char text[] = "a\nb\r\nc\rd\0e\032f;x\ng";
    const char *at = text, *end = text + sizeof text - 1;
    for (int name = 'a'; name <= 'g'; name++) {
        struct token tokens[ROOM];
        size_t count;
        ck_assert_uint_eq(elfgen_asm_lex_line(&at, end, tokens, ROOM, &count), LEX_LINE);
        ck_assert_uint_eq(count, 1);
        ck_assert_int_eq(*tokens->text, name);
        ck_assert_uint_eq(tokens->length, 1);
    }
    ck_assert(at == end);
}
END_TEST

START_TEST(a_backslash_at_the_end_of_a_line_joins_it_even_in_a_comment)
{
    static const char *const rows[] = {"mov \\\nx", "mov\\\r\n", "; x \\\n", "'a\\\nb'", "\\\r"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *at = rows[i];
        struct token tokens[ROOM];
        size_t count;
        ck_assert_msg(elfgen_asm_lex_line(&at, at + strlen(at), tokens, ROOM, &count) == LEX_JOINED,
                      "%s", rows[i]);
        ck_assert(at == rows[i]);
    }
}
END_TEST

START_TEST(a_line_with_more_tokens_than_there_is_room_for_says_so)
{
    const char *text = "a b c d", *at = text;
    struct token tokens[4];
    size_t count;
    ck_assert_uint_eq(elfgen_asm_lex_line(&at, at + 7, tokens, 4, &count), LEX_FULL);
    ck_assert_uint_eq(elfgen_asm_lex_line(&at, at, NULL, 0, &count), LEX_FULL);
    ck_assert(at == text);
}
END_TEST

static Suite *assemble_lex_suite(void)
{
    Suite *suite = suite_create("assemble_lex");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, integers_have_the_values_that_nasm_gives_them);
    tcase_add_test(tests, a_digit_that_is_not_of_the_base_makes_a_number_bad);
    tcase_add_test(tests, floats_have_the_bytes_and_warnings_of_nasm);
    tcase_add_test(tests, what_is_no_float_is_refused);
    tcase_add_test(tests, strings_stand_for_their_bytes_and_escapes_are_read_between_backquotes);
    tcase_add_test(tests, a_string_in_an_expression_is_the_number_of_its_first_bytes);
    tcase_add_test(tests, a_string_without_its_quote_is_bad);
    tcase_add_test(tests, operators_are_as_long_as_they_can_be);
    tcase_add_test(tests, each_word_is_found_in_any_case_and_only_whole);
    tcase_add_test(tests, a_dollar_sign_makes_a_name_of_any_word);
    tcase_add_test(tests, names_that_differ_in_case_alone_are_different);
    tcase_add_test(tests, a_line_ends_where_nasms_lines_do);
    tcase_add_test(tests, a_backslash_at_the_end_of_a_line_joins_it_even_in_a_comment);
    tcase_add_test(tests, a_line_with_more_tokens_than_there_is_room_for_says_so);
    suite_add_tcase(suite, tests);
    return suite;
}

RUN_SUITE(assemble_lex_suite)
