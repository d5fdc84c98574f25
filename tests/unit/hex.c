/* hex/: bytes, strings and references to labels, listings, and the place of each error. */
#include <stdlib.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { MOST = 600 };

/* The result of a source: its bytes, or the status, place and message of its error. */
struct made {
    enum elfgen_status status;
    uint64_t size;
    uint8_t bytes[MOST];
    struct elfgen_error error;
};

/* Measures and assembles a copy of exactly that size, so that the sanitizer notices a read past its
 * end. */
static struct made make(const char *source, size_t size, uint64_t base, enum elfgen_order order)
{
    struct made made = {.status = ELFGEN_OK};
    struct elfgen_hex_options options = {base, order};
    struct elfgen_hex_needs needs;
    char *copy = malloc(size ? size : 1);
    memcpy(copy, source, size);
    made.status = elfgen_hex_measure(copy, size, &needs, &made.error);
    if (made.status == ELFGEN_OK) {
        ck_assert_uint_le(needs.bytes, MOST);
        ck_assert_uint_eq(needs.labels & (needs.labels - 1), 0);
        struct elfgen_hex_label *labels =
            calloc(needs.labels ? (size_t)needs.labels : 1, sizeof *labels);
        uint8_t *buffer = malloc(needs.bytes ? (size_t)needs.bytes : 1);
        made.status = elfgen_hex_assemble(copy, size, &options, &needs, labels, buffer, NULL, NULL,
                                          &made.error);
        made.size = needs.bytes;
        memcpy(made.bytes, buffer, (size_t)needs.bytes);
        free(buffer);
        free(labels);
    }
    free(copy);
    ck_assert_int_eq(made.error.status, made.status);
    return made;
}

static struct made make_text(const char *source)
{
    return make(source, strlen(source), 0, ELFGEN_LITTLE_ENDIAN);
}

/* The bytes as hex digits. */
static const char *digits_of(const struct made *made)
{
    static char text[2 * MOST + 1];
    for (size_t i = 0; i < made->size; i++) {
        text[2 * i] = "0123456789abcdef"[made->bytes[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[made->bytes[i] & 15];
    }
    text[2 * made->size] = '\0';
    return text;
}

/* ---- bytes, strings, references ---- */

static const struct {
    const char *source, *bytes;
    uint64_t base;
} good[] = {
    {"", "", 0},
    {"4D 5a", "4d5a", 0},
    {"4d5A00fF", "4d5a00ff", 0},
    {"4 D", "4d", 0},
    {"4\t\f\v\r\nD", "4d", 0},
    {"4 # four\n; and thirteen\nD", "4d", 0},
    {"0x4D 0X5a", "4d5a", 0},
    {"0 1", "01", 0},
    {"< 01 ^ 02", "0102", 0},
    {" \t\r\f\v\n", "", 0},
    {"# 4D\n; 5A", "", 0},
    {"# ends with a return alone\r41", "41", 0},
    {"41#a\"b\n42", "4142", 0},
    {"\"text\\n\"", "746578740a", 0},
    {"\"\\n\\t\\r\\0\\\\\\\"\"", "0a090d005c22", 0},
    {"\"\\x00\\xfF\\x4D\"41", "00ff4d41", 0},
    {"\"\"", "", 0},
    {"\"\"\"a\"\"b\"", "6162", 0},
    {"\"# ; : ! < 4\"", "23203b203a2021203c2034", 0},
    {"\"\xc3\xa4\"", "c3a4", 0},
    /* Distances count from the end of the reference. */
    {":a !a", "ff", 0},
    {":a @a", "feff", 0},
    {":a ~a", "fdffff", 0},
    {":a %a", "fcffffff", 0},
    {":a +a", "f8ffffffffffffff", 0},
    {"!b 00 :b", "0100", 0},
    {"%b :b", "00000000", 0x7fffffffffffffff},
    /* Addresses include the base. */
    {"00 :a $a", "000110", 0x1000},
    {"00 :a &a", "0001020300", 0x30200},
    {"00 :a =a", "000100000000000080", UINT64_C(1) << 63},
    {":a =a", "ffffffffffffffff", UINT64_MAX},
    /* Between two labels: the first less the second; an address stays an address. */
    {":a 00 00 :b !b>a @a>b", "000002feff", 0},
    {":a 00 :b &b>a", "0001100000", 0x1000},
    {"%b>a :a 00 :b", "0100000000", 0},
    /* A name ends at a blank, the end of the line or '>'. */
    {":a#b;c 00 !a#b;c", "00fe", 0},
    {":1\n!1\r\n", "ff", 0},
    {":\"\n!\"", "ff", 0},
    {":a:b !a:b", "ff", 0},
    {":ab 00 :a !a !ab", "00fffd", 0},
    {":A 00 :a !a !A", "00fffd", 0},
    /* The last address that fits. */
    {":a $a", "ffff", 0xffff},
    {":a &a", "ffffffff", 0xffffffff},
};

START_TEST(each_form_of_the_language_is_assembled_to_its_bytes)
{
    struct made made =
        make(good[_i].source, strlen(good[_i].source), good[_i].base, ELFGEN_LITTLE_ENDIAN);
    ck_assert_msg(made.status == ELFGEN_OK, "%s: %s", good[_i].source, made.error.text);
    ck_assert_str_eq(digits_of(&made), good[_i].bytes);
}
END_TEST

START_TEST(references_have_the_requested_byte_order)
{
    static const char source[] = "11 22 :a $a ~a &a +a =a";
    struct made made = make(source, strlen(source), 0x1200, ELFGEN_BIG_ENDIAN);
    ck_assert_str_eq(digits_of(&made), "1122"
                                       "1202"
                                       "fffffb"
                                       "00001202"
                                       "ffffffffffffffef"
                                       "0000000000001202");
    made = make(source, strlen(source), 0x1200, (enum elfgen_order)0);
    ck_assert_str_eq(digits_of(&made), "1122"
                                       "0212"
                                       "fbffff"
                                       "02120000"
                                       "efffffffffffffff"
                                       "0212000000000000");
}
END_TEST

START_TEST(a_byte_is_any_pair_of_digits)
{
    for (unsigned value = 0; value < 256; value++) {
        char source[16];
        snprintf(source, sizeof source, _i ? "%02x" : "0x%02X", value);
        struct made made = make_text(source);
        ck_assert_uint_eq(made.size, 1);
        ck_assert_uint_eq(made.bytes[0], value);
        snprintf(source, sizeof source, "\"\\x%02x\"", value);
        made = make_text(source);
        ck_assert_uint_eq(made.size, 1);
        ck_assert_uint_eq(made.bytes[0], value);
    }
}
END_TEST

/* ---- what is refused ---- */

static const struct {
    const char *source;
    enum elfgen_status status;
    uint64_t offset;
    const char *word;
    uint64_t base;
} bad[] = {
    {"4", ELFGEN_BAD_VALUE, 0, "lone digit", 0},
    {"41 4", ELFGEN_BAD_VALUE, 3, "lone digit", 0},
    {"41 4 # 2\n", ELFGEN_BAD_VALUE, 3, "lone digit", 0},
    {"4g", ELFGEN_BAD_VALUE, 1, "not a hexadecimal digit", 0},
    {"90 4g 41", ELFGEN_BAD_VALUE, 4, "not a hexadecimal digit", 0},
    {"4 g", ELFGEN_BAD_VALUE, 0, "lone digit", 0},
    {"4\"a\"", ELFGEN_BAD_VALUE, 0, "lone digit", 0},
    {"4 :a 2", ELFGEN_BAD_VALUE, 0, "lone digit", 0},
    {"0x4", ELFGEN_BAD_VALUE, 0, "two digits", 0},
    {"0x", ELFGEN_BAD_VALUE, 0, "two digits", 0},
    {"0x4 1", ELFGEN_BAD_VALUE, 0, "two digits", 0},
    {"0x4D0x5a", ELFGEN_BAD_VALUE, 0, "two digits", 0},
    {" 0x412", ELFGEN_BAD_VALUE, 1, "two digits", 0},
    {"41 g", ELFGEN_BAD_VALUE, 3, "means nothing", 0},
    {"41,42", ELFGEN_BAD_VALUE, 2, "means nothing", 0},
    {">a", ELFGEN_BAD_VALUE, 0, "means nothing", 0},
    {"\xc3\xa4", ELFGEN_BAD_VALUE, 0, "means nothing", 0},
    {"\"abc", ELFGEN_BAD_VALUE, 0, "not closed", 0},
    {"41 \"abc\n\"", ELFGEN_BAD_VALUE, 3, "not closed", 0},
    {"\"", ELFGEN_BAD_VALUE, 0, "not closed", 0},
    {"\"a\\", ELFGEN_BAD_VALUE, 2, "escape", 0},
    {"\"a\\q\"", ELFGEN_BAD_VALUE, 2, "escape", 0},
    {"\"\\x4\"", ELFGEN_BAD_VALUE, 1, "escape", 0},
    {"\"\\x4g\"", ELFGEN_BAD_VALUE, 1, "escape", 0},
    {"\"\\\n\"", ELFGEN_BAD_VALUE, 1, "escape", 0},
    {":", ELFGEN_BAD_VALUE, 0, "without a name", 0},
    {"41 : a", ELFGEN_BAD_VALUE, 3, "without a name", 0},
    {"41 !", ELFGEN_BAD_VALUE, 3, "without the name", 0},
    {"= a", ELFGEN_BAD_VALUE, 0, "without the name", 0},
    {"%>a", ELFGEN_BAD_VALUE, 0, "without the name", 0},
    {":a %a>", ELFGEN_BAD_VALUE, 3, "to count from", 0},
    {":a %a> a", ELFGEN_BAD_VALUE, 3, "to count from", 0},
    {":a %a>a>a", ELFGEN_BAD_VALUE, 7, "means nothing", 0},
    {":a 41 :a", ELFGEN_BAD_VALUE, 7, "already", 0},
    {"41 !a", ELFGEN_UNDEFINED, 4, "no label", 0},
    {":a !A", ELFGEN_UNDEFINED, 4, "no label", 0},
    {":a !a>b", ELFGEN_UNDEFINED, 6, "no label", 0},
    {":a &a>b", ELFGEN_UNDEFINED, 6, "no label", 0},
    {":a $a", ELFGEN_DOES_NOT_FIT, 3, "address 0x10000 does not fit 2", 0x10000},
    {":a &a", ELFGEN_DOES_NOT_FIT, 3, "address 0x100000000 does not fit 4", UINT64_C(1) << 32},
    {":a &a", ELFGEN_DOES_NOT_FIT, 3, "address 0xffffffffffffffff", UINT64_MAX},
};

START_TEST(a_source_with_an_error_is_refused_with_the_error_s_place)
{
    struct made made =
        make(bad[_i].source, strlen(bad[_i].source), bad[_i].base, ELFGEN_LITTLE_ENDIAN);
    ck_assert_msg(made.status == bad[_i].status, "%s: status %d", bad[_i].source, made.status);
    ck_assert_msg(made.error.offset == bad[_i].offset, "%s: at %d", bad[_i].source,
                  (int)made.error.offset);
    ck_assert_msg(strstr(made.error.text, bad[_i].word) != NULL, "%s: %s", bad[_i].source,
                  made.error.text);
}
END_TEST

START_TEST(a_nul_is_a_character_like_any_other)
{
    struct made made = make("41\0", 3, 0, ELFGEN_LITTLE_ENDIAN);
    ck_assert_int_eq(made.status, ELFGEN_BAD_VALUE);
    ck_assert_uint_eq(made.error.offset, 2);
    made = make("\"a\0b\"", 5, 0, ELFGEN_LITTLE_ENDIAN);
    ck_assert_str_eq(digits_of(&made), "610062");
    made = make(":a\0b !a\0b", 9, 0, ELFGEN_LITTLE_ENDIAN);
    ck_assert_str_eq(digits_of(&made), "ff");
    made = make(":a\0b !a\0c", 9, 0, ELFGEN_LITTLE_ENDIAN);
    ck_assert_int_eq(made.status, ELFGEN_UNDEFINED);
    made = make("#\0\n41", 5, 0, ELFGEN_LITTLE_ENDIAN);
    ck_assert_str_eq(digits_of(&made), "41");
    made = make("\"\\\0\"", 4, 0, ELFGEN_LITTLE_ENDIAN);
    ck_assert_int_eq(made.status, ELFGEN_BAD_VALUE);
}
END_TEST

START_TEST(a_distance_of_one_byte_reaches_from_128_back_to_127_on)
{
    char source[MOST * 3];
    for (unsigned count = 120; count < 135; count++) {
        size_t size = 0;
        size += (size_t)snprintf(source, sizeof source, "!b");
        for (unsigned i = 0; i < count; i++)
            size += (size_t)snprintf(source + size, sizeof source - size, " 00");
        snprintf(source + size, sizeof source - size, " :b");
        struct made made = make_text(source);
        ck_assert_int_eq(made.status, count <= 127 ? ELFGEN_OK : ELFGEN_DOES_NOT_FIT);
        if (count <= 127)
            ck_assert_uint_eq(made.bytes[0], count);
        else
            ck_assert_ptr_nonnull(strstr(made.error.text, "does not fit 1"));

        size = (size_t)snprintf(source, sizeof source, ":b");
        for (unsigned i = 0; i < count; i++)
            size += (size_t)snprintf(source + size, sizeof source - size, " 00");
        snprintf(source + size, sizeof source - size, " !b");
        made = make_text(source);
        ck_assert_int_eq(made.status, count + 1 <= 128 ? ELFGEN_OK : ELFGEN_DOES_NOT_FIT);
        if (count + 1 <= 128)
            ck_assert_uint_eq(made.bytes[count], 256 - (count + 1));
        else
            ck_assert_ptr_nonnull(strstr(made.error.text, "distance -0x"));
    }
}
END_TEST

/* ---- needs and listings ---- */

START_TEST(the_label_table_s_size_is_a_power_of_two_with_room_for_all_labels)
{
    for (unsigned count = 0; count < 70; count++) {
        char source[70 * 8];
        size_t size = 0;
        struct elfgen_hex_needs needs;
        for (unsigned i = 0; i < count; i++)
            size += (size_t)snprintf(source + size, sizeof source - size, ":n%u ", i);
        ck_assert_int_eq(elfgen_hex_measure(source, size, &needs, NULL), ELFGEN_OK);
        ck_assert_uint_eq(needs.bytes, 0);
        ck_assert_uint_ge(needs.labels, count);
        ck_assert_uint_eq(needs.labels & (needs.labels - 1), 0);
        ck_assert(count != 0 || needs.labels == 0);
        ck_assert_int_eq(make(source, size, 0, ELFGEN_LITTLE_ENDIAN).status, ELFGEN_OK);
    }
}
END_TEST

START_TEST(arguments_that_are_not_needed_may_be_null)
{
    struct elfgen_hex_needs needs;
    struct elfgen_error error = {.status = ELFGEN_OK, .text = "untouched"};
    uint8_t byte = 0;
    ck_assert_int_eq(elfgen_hex_measure(NULL, 0, &needs, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_hex_assemble(NULL, 0, NULL, &needs, NULL, NULL, NULL, NULL, NULL),
                     ELFGEN_OK);
    ck_assert_int_eq(elfgen_hex_measure("41", 2, &needs, &error), ELFGEN_OK);
    ck_assert_int_eq(elfgen_hex_assemble("41", 2, NULL, &needs, NULL, &byte, NULL, NULL, &error),
                     ELFGEN_OK);
    ck_assert_uint_eq(byte, 0x41);
    ck_assert_str_eq(error.text, "untouched");
    /* A reference to a label needs a table. */
    ck_assert_int_eq(elfgen_hex_measure("!a", 2, &needs, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_hex_assemble("!a", 2, NULL, &needs, NULL, &byte, NULL, NULL, NULL),
                     ELFGEN_UNDEFINED);
    ck_assert_int_eq(elfgen_hex_measure("4", 1, &needs, NULL), ELFGEN_BAD_VALUE);
}
END_TEST

START_TEST(buffers_that_are_too_small_are_refused_and_not_written_past)
{
    static const char source[] = ":a 41 :b !a :c 42 43";
    struct elfgen_hex_needs needs, less;
    ck_assert_int_eq(elfgen_hex_measure(source, strlen(source), &needs, NULL), ELFGEN_OK);
    ck_assert_uint_eq(needs.bytes, 4);
    for (less.bytes = 0; less.bytes <= needs.bytes; less.bytes++)
        for (less.labels = 0; less.labels <= needs.labels;
             less.labels = less.labels ? 2 * less.labels : 1) {
            struct elfgen_error error;
            struct elfgen_hex_label labels[9];
            uint8_t buffer[5] = {0xee, 0xee, 0xee, 0xee, 0xee};
            memset(labels, 0, sizeof labels);
            enum elfgen_status status = elfgen_hex_assemble(source, strlen(source), NULL, &less,
                                                            labels, buffer, NULL, NULL, &error);
            bool enough = less.bytes == needs.bytes && less.labels >= 3;
            ck_assert_int_eq(status, enough ? ELFGEN_OK : ELFGEN_NO_ROOM);
            ck_assert(enough || error.offset <= strlen(source));
            for (size_t i = (size_t)less.bytes; i < sizeof buffer; i++)
                ck_assert_uint_eq(buffer[i], 0xee);
            for (size_t i = (size_t)less.labels; i < 9; i++)
                ck_assert_uint_eq(labels[i].length, 0);
        }
}
END_TEST

START_TEST(the_table_has_each_label_s_name_and_address)
{
    static const char source[] = "00 :one 00 :two";
    struct elfgen_hex_options options = {.base = 0x1000};
    struct elfgen_hex_needs needs;
    struct elfgen_hex_label labels[4];
    uint8_t buffer[2];
    unsigned found = 0;
    memset(labels, 0, sizeof labels);
    ck_assert_int_eq(elfgen_hex_measure(source, strlen(source), &needs, NULL), ELFGEN_OK);
    ck_assert_uint_eq(needs.labels, 4);
    ck_assert_int_eq(elfgen_hex_assemble(source, strlen(source), &options, &needs, labels, buffer,
                                         NULL, NULL, NULL),
                     ELFGEN_OK);
    for (size_t i = 0; i < 4; i++) {
        if (labels[i].length == 0)
            continue;
        found++;
        ck_assert_uint_eq(labels[i].length, 3);
        bool first = labels[i].name == 4;
        ck_assert_uint_eq(labels[i].name, first ? 4 : 12);
        ck_assert_uint_eq(labels[i].address, first ? 0x1001 : 0x1002);
    }
    ck_assert_uint_eq(found, 2);
}
END_TEST

struct listing {
    char text[400];
    size_t length;
};

static void add_line(void *context, uint64_t line, uint64_t offset, uint64_t size)
{
    struct listing *listing = context;
    listing->length +=
        (size_t)snprintf(listing->text + listing->length, sizeof listing->text - listing->length,
                         "%u:%u+%u ", (unsigned)line, (unsigned)offset, (unsigned)size);
}

static const struct {
    const char *source, *lines;
} listings[] = {
    {"", "1:0+0 "},
    {"41", "1:0+1 "},
    {"41\n", "1:0+1 2:1+0 "},
    {"41 42\n\n# no bytes\n43", "1:0+2 2:2+0 3:2+0 4:2+1 "},
    {":a 00\n=a 01\r\n\"text\"", "1:0+1 2:1+9 3:10+4 "},
    /* A byte whose digits are on two lines belongs to the first line. */
    {"4\n1\n42", "1:0+1 3:1+1 "},
    {"4 # four\n1 42\n43", "1:0+2 3:2+1 "},
};

START_TEST(a_listing_has_every_line_with_the_bytes_it_produced)
{
    const char *source = listings[_i].source;
    struct listing listing = {.length = 0};
    struct elfgen_hex_needs needs;
    struct elfgen_hex_label labels[8];
    uint8_t buffer[32];
    memset(labels, 0, sizeof labels);
    ck_assert_int_eq(elfgen_hex_measure(source, strlen(source), &needs, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_hex_assemble(source, strlen(source), NULL, &needs, labels, buffer,
                                         add_line, &listing, NULL),
                     ELFGEN_OK);
    ck_assert_str_eq(listing.text, listings[_i].lines);
}
END_TEST

START_TEST(random_sources_are_refused_or_assembled_to_the_measured_size)
{
    static const char letters[] = "0123456789abcdefxAF :!@~%$&+=>#;\"\\\n\r\t<^aann0";
    uint64_t state = 88172645463325252;
    unsigned whole = 0;
    for (int turn = 0; turn < 20000; turn++) {
        char source[60];
        size_t size = next_random(&state) % (1 + (size_t)turn % sizeof source);
        for (size_t i = 0; i < size; i++)
            source[i] = letters[next_random(&state) % (sizeof letters - 1)];
        struct made made = make(source, size, 0x1000, ELFGEN_LITTLE_ENDIAN);
        whole += made.status == ELFGEN_OK && made.size > 0;
        ck_assert(made.status == ELFGEN_OK || made.error.offset <= size);
    }
    ck_assert_uint_gt(whole, 100);
}
END_TEST

static Suite *hex_suite(void)
{
    Suite *suite = suite_create("hex");
    TCase *language = tcase_create("the language");
    tcase_add_loop_test(language, each_form_of_the_language_is_assembled_to_its_bytes, 0,
                        sizeof good / sizeof good[0]);
    tcase_add_test(language, references_have_the_requested_byte_order);
    tcase_add_loop_test(language, a_byte_is_any_pair_of_digits, 0, 2);
    suite_add_tcase(suite, language);
    TCase *refused = tcase_create("what is refused");
    tcase_add_loop_test(refused, a_source_with_an_error_is_refused_with_the_error_s_place, 0,
                        sizeof bad / sizeof bad[0]);
    tcase_add_test(refused, a_nul_is_a_character_like_any_other);
    tcase_add_test(refused, a_distance_of_one_byte_reaches_from_128_back_to_127_on);
    suite_add_tcase(suite, refused);
    TCase *use = tcase_create("needs and listings");
    tcase_add_test(use, the_label_table_s_size_is_a_power_of_two_with_room_for_all_labels);
    tcase_add_test(use, arguments_that_are_not_needed_may_be_null);
    tcase_add_test(use, buffers_that_are_too_small_are_refused_and_not_written_past);
    tcase_add_test(use, the_table_has_each_label_s_name_and_address);
    tcase_add_loop_test(use, a_listing_has_every_line_with_the_bytes_it_produced, 0,
                        sizeof listings / sizeof listings[0]);
    tcase_add_test(use, random_sources_are_refused_or_assembled_to_the_measured_size);
    suite_add_tcase(suite, use);
    return suite;
}

RUN_SUITE(hex_suite)
