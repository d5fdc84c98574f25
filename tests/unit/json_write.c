/* base/json_write: strings, keys and numbers, read back by jansson. */
#include <jansson.h>
#include <string.h>

#include "base/json_write.h"
#include "room.h"

static char written[4000];
static struct elfgen_text out;

static void begin(void)
{
    out = (struct elfgen_text){.bytes = written, .capacity = sizeof written - 1};
}

static const char *end(void)
{
    ck_assert(!out.cut);
    written[out.length] = '\0';
    return written;
}

/* The text as jansson reads it; the caller frees it. */
static json_t *judged(size_t flags)
{
    json_error_t error;
    json_t *value =
        json_loadb(written, out.length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | flags, &error);
    ck_assert_msg(value != NULL, "%s: %s", end(), error.text);
    return value;
}

/* A string of these bytes is read back as one character below 256 for each byte. */
static void assert_bytes_come_back(const char *bytes, size_t length)
{
    begin();
    json_bytes(&out, bytes, length);
    for (size_t i = 0; i < out.length; i++)
        ck_assert(written[i] >= ' ' && written[i] <= '~');
    json_t *value = judged(JSON_ALLOW_NUL);
    const uint8_t *utf8 = (const uint8_t *)json_string_value(value);
    size_t at = 0, size = json_string_length(value);
    ck_assert(json_is_string(value));
    for (size_t i = 0; i < length; i++) {
        ck_assert_uint_lt(at, size);
        unsigned character = utf8[at++];
        if (character >= 0x80)
            character = (character & 0x1f) << 6 | (utf8[at++] & 0x3f);
        ck_assert_uint_eq(character, (uint8_t)bytes[i]);
    }
    ck_assert_uint_eq(at, size);
    json_decref(value);
}

START_TEST(each_byte_is_read_back_unchanged)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        char string[1] = {(char)byte};
        assert_bytes_come_back(string, 1);
    }
}
END_TEST

START_TEST(a_string_of_all_bytes_is_read_back_unchanged)
{
    char string[512];
    for (size_t i = 0; i < sizeof string; i++)
        string[i] = (char)i;
    assert_bytes_come_back(string, sizeof string);
    assert_bytes_come_back(string, 0);
}
END_TEST

static const struct {
    const char *string, *text;
} strings[] = {
    {"", "\"\""},
    {"hello", "\"hello\""},
    {"\"", "\"\\\"\""},
    {"\\", "\"\\\\\""},
    {"\\n", "\"\\\\n\""},
    {"/", "\"/\""},
    {"\n\t\r\b\f", "\"\\u000a\\u0009\\u000d\\u0008\\u000c\""},
    {"\x1b[31m", "\"\\u001b[31m\""},
    {"\x7f", "\"\\u007f\""},
    {"\xc3\xa4", "\"\\u00c3\\u00a4\""},     /* byte by byte, whether the string is UTF-8 */
    {"a\xff\x80z", "\"a\\u00ff\\u0080z\""}, /* or not */
    {"~ ", "\"~ \""},
};

START_TEST(bytes_other_than_printable_ascii_are_escaped)
{
    begin();
    json_string(&out, strings[_i].string);
    ck_assert_str_eq(end(), strings[_i].text);
    assert_bytes_come_back(strings[_i].string, strlen(strings[_i].string));
}
END_TEST

START_TEST(a_null_pointer_is_null_and_a_nul_ends_a_string)
{
    begin();
    json_string(&out, NULL);
    ck_assert_str_eq(end(), "null");
    begin();
    json_string(&out, "a\0b");
    ck_assert_str_eq(end(), "\"a\"");
    begin();
    json_bytes(&out, "a\0b", 3);
    ck_assert_str_eq(end(), "\"a\\u0000b\"");
    begin();
    json_bytes(&out, "abc", 2);
    ck_assert_str_eq(end(), "\"ab\"");
}
END_TEST

START_TEST(the_smallest_and_largest_numbers_are_exact)
{
    static const uint64_t numbers[] = {
        0, 1, 9, 10, UINT32_MAX, INT64_MAX, UINT64_C(1) << 53, UINT64_MAX};
    static const int64_t signs[] = {0, 1, -1, 42, -42, INT32_MIN, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < 8; i++) {
        char expected[40];
        begin();
        json_key_number(&out, "n", numbers[i]);
        snprintf(expected, sizeof expected, ",\"n\":%llu", (unsigned long long)numbers[i]);
        ck_assert_str_eq(end(), expected);
        begin();
        json_key_signed(&out, "n", signs[i]);
        snprintf(expected, sizeof expected, ",\"n\":%lld", (long long)signs[i]);
        ck_assert_str_eq(end(), expected);
    }
}
END_TEST

/* A document as the commands write it: an object with at least one member. */
START_TEST(keys_and_values_are_members_of_an_object)
{
    begin();
    json_begin(&out, 7);
    json_key_number(&out, "zero", 0);
    json_key_number(&out, "large", INT64_MAX);
    json_key_signed(&out, "small", INT64_MIN);
    json_key_string(&out, "string", "a \"b\"\n");
    json_key_string(&out, "none", NULL);
    json_key_null(&out, "null");
    json_key_bool(&out, "yes", true);
    json_key_bool(&out, "no", false);
    json_key_number_if(&out, "known", true, 7);
    json_key_number_if(&out, "unknown", false, 7);
    json_key(&out, "list");
    elfgen_text_string(&out, "[]}");
    json_t *value = judged(0);
    ck_assert_uint_eq(json_object_size(value), 12);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "version")), 7);
    ck_assert(json_is_integer(json_object_get(value, "zero")));
    ck_assert_int_eq(json_integer_value(json_object_get(value, "zero")), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "large")), INT64_MAX);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "small")), INT64_MIN);
    ck_assert_str_eq(json_string_value(json_object_get(value, "string")), "a \"b\"\n");
    ck_assert(json_is_null(json_object_get(value, "none")));
    ck_assert(json_is_null(json_object_get(value, "null")));
    ck_assert(json_is_true(json_object_get(value, "yes")));
    ck_assert(json_is_false(json_object_get(value, "no")));
    ck_assert_int_eq(json_integer_value(json_object_get(value, "known")), 7);
    ck_assert(json_is_null(json_object_get(value, "unknown")));
    ck_assert(json_is_array(json_object_get(value, "list")));
    json_decref(value);
}
END_TEST

/* jansson's integers end at 2^63 - 1; a reader of larger ones sees all 64 bits in the text. */
START_TEST(the_largest_number_is_valid_json)
{
    begin();
    elfgen_text_string(&out, "{\"first\":1");
    json_key_number(&out, "n", UINT64_MAX);
    elfgen_text_string(&out, "}");
    json_t *value = judged(JSON_DECODE_INT_AS_REAL);
    ck_assert(json_real_value(json_object_get(value, "n")) == 18446744073709551616.0);
    json_decref(value);
}
END_TEST

/* A reader whose numbers are doubles has the text. */
START_TEST(a_number_has_an_exact_twin)
{
    begin();
    elfgen_text_string(&out, "{\"first\":1");
    json_key_twins(&out, "n", UINT64_C(8031924123371070792));
    json_key_twins_if(&out, "none", false, 1);
    json_key_0x(&out, "hex", 0);
    elfgen_text_string(&out, "}");
    ck_assert_str_eq(end(),
                     "{\"first\":1,\"n\":8031924123371070792,\"n_hex\":\"0x6f77206f6c6c6548\","
                     "\"none\":null,\"none_hex\":null,\"hex\":\"0x0\"}");
    json_decref(judged(0));
}
END_TEST

START_TEST(a_signal_is_named)
{
    begin();
    json_signal(&out, 11);
    json_signal(&out, 40);
    json_signal(&out, 0);
    json_signal(&out, 1000);
    ck_assert_str_eq(end(), "\"SIGSEGV\"\"signal 40\"\"signal 0\"\"signal 1000\"");
}
END_TEST

static Suite *json_suite(void)
{
    Suite *suite = suite_create("json_write");
    TCase *text = tcase_create("strings");
    tcase_add_test(text, each_byte_is_read_back_unchanged);
    tcase_add_test(text, a_string_of_all_bytes_is_read_back_unchanged);
    tcase_add_loop_test(text, bytes_other_than_printable_ascii_are_escaped, 0,
                        sizeof strings / sizeof strings[0]);
    tcase_add_test(text, a_null_pointer_is_null_and_a_nul_ends_a_string);
    suite_add_tcase(suite, text);
    TCase *members = tcase_create("members");
    tcase_add_test(members, the_smallest_and_largest_numbers_are_exact);
    tcase_add_test(members, keys_and_values_are_members_of_an_object);
    tcase_add_test(members, the_largest_number_is_valid_json);
    tcase_add_test(members, a_number_has_an_exact_twin);
    tcase_add_test(members, a_signal_is_named);
    suite_add_tcase(suite, members);
    return suite;
}

RUN_SUITE(json_suite)
