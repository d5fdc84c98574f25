/* base/report and base/visible: the place of a message, and bytes that a terminal would obey. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/report.h"
#include "base/visible.h"
#include "room.h"

/* ---- places ---- */

#define NONE PLACE_NO_OFFSET

static const struct {
    struct place place;
    const char *text;
} places[] = {
    {{NULL, NULL, NONE, NULL, 0, 0}, ""},
    {{"a.c", NULL, NONE, NULL, 0, 0}, "a.c"},
    {{"a.c", NULL, NONE, NULL, 7, 0}, "a.c:7"},
    {{"a.c", NULL, NONE, NULL, 7, 1}, "a.c:7:1"},
    {{"a.o", ".text", 0x12, NULL, 0, 0}, "a.o:(.text+0x12)"},
    {{"a.o", ".text", 0, NULL, 0, 0}, "a.o:(.text+0x0)"},
    {{"a.o", ".bss", NONE, NULL, 0, 0}, "a.o:(.bss)"},
    {{NULL, ".got", 8, NULL, 0, 0}, "(.got+0x8)"},
    {{"a", NULL, 0x40, "e_phoff", 0, 0}, "a: offset 0x40 (e_phoff)"},
    {{"a", NULL, 0, NULL, 0, 0}, "a: offset 0x0"},
    {{"a", NULL, NONE, "section 3", 0, 0}, "a: section 3"},
    {{NULL, NULL, 16, NULL, 0, 0}, "offset 0x10"},
};

static const char *text_of_place(const struct place *place)
{
    static char bytes[128];
    struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes - 1};
    place_put(&text, place);
    bytes[text.length] = '\0';
    return bytes;
}

START_TEST(a_place_is_written_as_compilers_linkers_and_readers_write_it)
{
    ck_assert_str_eq(text_of_place(&places[_i].place), places[_i].text);
}
END_TEST

struct received {
    size_t count;
    enum report_severity severity;
    char place[128], text[5000];
};

static void receive(void *context, const struct report *report)
{
    struct received *received = context;
    received->count++;
    received->severity = report->severity;
    strcpy(received->place, text_of_place(&report->place));
    strcpy(received->text, report->text);
    ck_assert_ptr_null(report->excerpt);
}

START_TEST(a_report_reaches_its_reporter_with_severity_place_and_sentence)
{
    struct received received = {0};
    const struct reporter to = {receive, &received};
    const struct place place = place_line("a.s", 3);
    report_send(&to, REPORT_WARNING, &place, "%d of %s", 1, "two");
    ck_assert_int_eq(received.severity, REPORT_WARNING);
    ck_assert_str_eq(received.place, "a.s:3");
    ck_assert_str_eq(received.text, "1 of two");
    ck_assert(!report_error(&to, NULL, "alone"));
    ck_assert_int_eq(received.severity, REPORT_ERROR);
    ck_assert_str_eq(received.place, "");
    ck_assert_str_eq(received.text, "alone");
    ck_assert(!report_error(&to, NULL, "%06000d", 1));
    ck_assert_uint_eq(strlen(received.text), 4095);
    ck_assert_uint_eq(received.count, 3);
}
END_TEST

START_TEST(an_error_of_the_library_keeps_its_place)
{
    struct received received = {0};
    const struct reporter to = {receive, &received};
    struct elfgen_error error;
    elfgen_error_set(&error, ELFGEN_BAD_VALUE, 0x36, "odd");
    ck_assert(!report_library_error(&to, "a", &error));
    ck_assert_str_eq(received.place, "a: offset 0x36");
    ck_assert_str_eq(received.text, "odd");
    elfgen_error_in_section(&error, "b.o", ".text", 5);
    report_library_error(&to, "a", &error);
    ck_assert_str_eq(received.place, "b.o:(.text+0x5)");
    elfgen_error_in_section(&error, NULL, ".got", ELFGEN_NOWHERE);
    report_library_error(&to, "a", &error);
    ck_assert_str_eq(received.place, "a:(.got)");
    elfgen_error_set(&error, ELFGEN_NOT_ELF, 0, "not an ELF file");
    report_library_error(&to, "a", &error);
    ck_assert_str_eq(received.place, "a");
}
END_TEST

/* ---- visible ---- */

static const struct {
    const char *bytes, *shown;
} shown[] = {
    {"", ""},
    {"plain \\ text", "plain \\ text"},
    {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
    {"a\nb\tc\rd\x7f", "a\\x0ab\\x09c\\x0dd\\x7f"},
    {"gr\xc3\xbc\xc3\x9f dich", "gr\xc3\xbc\xc3\x9f dich"},
    {"\xe2\x82\xac \xf0\x9f\x90\xa7", "\xe2\x82\xac \xf0\x9f\x90\xa7"},
    {"\xc2\x9b"
     "31m",
     "\\xc2\\x9b31m"}, /* C1's CSI */
    {"\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"},
    {"\x9b"
     "31m",
     "\\x9b31m"},                                            /* CSI of an 8-bit terminal */
    {"\xe9t\xe9", "\\xe9t\\xe9"},                            /* ISO 8859-1 */
    {"\xc3", "\\xc3"},                                       /* cut */
    {"\xe2\x82", "\\xe2\\x82"},                              /* cut */
    {"\xc0\x9b \xe0\x82\x9b", "\\xc0\\x9b \\xe0\\x82\\x9b"}, /* longer than needed */
    {"\xed\xa0\x80 \xf4\x90\x80\x80", "\\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80"},
    {"\xff\xfe\xf8\x88\x80\x80\x80", "\\xff\\xfe\\xf8\\x88\\x80\\x80\\x80"},
    {"\xe2\x80\xae txt", "\\xe2\\x80\\xae txt"}, /* U+202E, right to left from here */
    {"\xe2\x80\xa8", "\\xe2\\x80\\xa8"},         /* U+2028, a new line */
};

START_TEST(bytes_that_a_terminal_obeys_are_shown_as_escapes)
{
    char bytes[128];
    struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes - 1};
    visible_string(&text, shown[_i].bytes);
    bytes[text.length] = '\0';
    ck_assert_str_eq(bytes, shown[_i].shown);
}
END_TEST

START_TEST(no_control_byte_is_left_of_any_pair_of_bytes)
{
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        const char two[] = {(char)(pair >> 8), (char)(pair & 0xff)};
        char bytes[16];
        struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes};
        visible_bytes(&text, two, sizeof two);
        ck_assert(!text.cut && text.length >= 2);
        for (size_t i = 0; i < text.length; i++) {
            unsigned char byte = (unsigned char)bytes[i];
            ck_assert(byte >= 0x20 && byte != 0x7f);
            /* Only as the second byte of a character. */
            ck_assert(byte < 0x80 || byte >= 0xa0 || (i > 0 && (unsigned char)bytes[i - 1] > 0xc2));
        }
    }
}
END_TEST

START_TEST(what_is_shown_fits_the_room_and_a_stream_keeps_its_tabs)
{
    char room[8], *written = NULL;
    size_t size = 0;
    ck_assert_str_eq(visible_fit(room, sizeof room,
                                 "a\x1b"
                                 "b"),
                     "a\\x1bb");
    ck_assert_str_eq(visible_fit(room, sizeof room, "longer than it"), "longer ");
    ck_assert_str_eq(visible_fit(room, sizeof room, NULL), "");
    FILE *stream = open_memstream(&written, &size);
    ck_assert_ptr_nonnull(stream);
    visible_write(stream, "\ta\t\x1b[0m\n\t", 9);
    fclose(stream);
    ck_assert_str_eq(written, "\ta\t\\x1b[0m\\x0a\t");
    free(written);
    ck_assert_uint_eq(visible_length("\xc3\xbcx", 3), 2);
    ck_assert_uint_eq(visible_length("\xc3\xbc", 1), 0);
    ck_assert_uint_eq(visible_length("\x1b", 1), 0);
}
END_TEST

static Suite *report_suite(void)
{
    Suite *suite = suite_create("report");
    TCase *reports = tcase_create("reports");
    tcase_add_loop_test(reports, a_place_is_written_as_compilers_linkers_and_readers_write_it, 0,
                        sizeof places / sizeof places[0]);
    tcase_add_test(reports, a_report_reaches_its_reporter_with_severity_place_and_sentence);
    tcase_add_test(reports, an_error_of_the_library_keeps_its_place);
    suite_add_tcase(suite, reports);
    TCase *visible = tcase_create("visible");
    tcase_add_loop_test(visible, bytes_that_a_terminal_obeys_are_shown_as_escapes, 0,
                        sizeof shown / sizeof shown[0]);
    tcase_add_test(visible, no_control_byte_is_left_of_any_pair_of_bytes);
    tcase_add_test(visible, what_is_shown_fits_the_room_and_a_stream_keeps_its_tabs);
    suite_add_tcase(suite, visible);
    return suite;
}

RUN_SUITE(report_suite)
