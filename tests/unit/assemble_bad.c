/* assemble/: sources that are wrong, hostile or huge: answered with an error at the right line, in
 * memory and time that are linear in the source. */
#include <string.h>
#include <time.h>

#include "elfgen/assemble.h"
#include "room.h"

/* What an assembly told. */
struct heard {
    uint64_t line; /* of the first error */
    unsigned errors, warnings;
};

/* A source that grows. */
struct source {
    char *text;
    size_t length, room;
};

static void hear(void *context, const struct elfgen_assemble_message *message)
{
    struct heard *heard = context;
    ck_assert(message->text[0] != '\0');
    if (message->class_ != ELFGEN_ASSEMBLE_ERROR)
        heard->warnings++;
    else if (heard->errors++ == 0)
        heard->line = message->place.line;
}

static void add(struct source *source, const char *text, size_t count)
{
    const size_t length = strlen(text);
    if (length == 0)
        return;
    if (source->room - source->length < length * count) {
        source->room = source->length + length * count + (1 << 20);
        source->text = realloc(source->text, source->room);
        ck_assert_ptr_nonnull(source->text);
    }
    for (size_t i = 0; i < count; i++)
        memcpy(source->text + source->length + i * length, text, length);
    source->length += length * count;
}

/* Assembles a source in as much memory as it asks for, which must be at most `most` bytes. Returns
 * the status; the assembly stays in *memory, which is the caller's to free. */
static enum elfgen_status assemble(const char *text, size_t length, size_t most,
                                   struct heard *heard, void **memory,
                                   struct elfgen_assembly *assembly, struct elfgen_error *error)
{
    const struct elfgen_assemble_options options = {.tell = hear, .context = heard};
    size_t size = ELFGEN_ASSEMBLE_MEMORY(length);
    *memory = NULL;
    for (unsigned tries = 0; tries < 10; tries++) {
        *heard = (struct heard){0};
        free(*memory);
        ck_assert_uint_le(size, most);
        *memory = malloc(size);
        ck_assert_ptr_nonnull(*memory);
        const enum elfgen_status status =
            elfgen_assemble(text, length, &options, *memory, size, assembly, error);
        if (status != ELFGEN_NO_ROOM)
            return status;
        ck_assert_uint_gt(assembly->needed, size);
        size = (size_t)assembly->needed;
    }
    ck_abort_msg("it asks for memory again and again");
    return ELFGEN_NO_ROOM;
}

static double now(void)
{
    struct timespec time;
    timespec_get(&time, TIME_UTC);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A source of many lines assembles, in memory that its size bounds. */
static void is_linear(const struct source *source, uint64_t bytes)
{
    struct heard heard;
    struct elfgen_assembly assembly;
    struct elfgen_error error = {0};
    void *memory;
    const double start = now();
    const enum elfgen_status status =
        assemble(source->text, source->length, 160 * source->length + (1 << 20), &heard, &memory,
                 &assembly, &error);
    ck_assert_msg(status == ELFGEN_OK, "line %llu: %s", (unsigned long long)heard.line, error.text);
    ck_assert_uint_eq(assembly.program.sections[0].size, bytes);
    /* Two microseconds a byte: twenty times what a busy machine with sanitizers needs. */
    ck_assert(now() - start < 10 + 2e-6 * (double)source->length);
    free(memory);
    free(source->text);
}

/* A source is refused at a line, in little memory and time. */
static void is_refused(const char *text, size_t length, uint64_t line)
{
    struct heard heard;
    struct elfgen_assembly assembly;
    struct elfgen_error error = {0};
    void *memory;
    const double start = now();
    const enum elfgen_status status =
        assemble(text, length, 80 * length + (1 << 20), &heard, &memory, &assembly, &error);
    const int shown = length < 60 ? (int)length : 60;
    ck_assert_msg(status != ELFGEN_OK, "accepted: %.*s", shown, text);
    ck_assert_msg(heard.errors > 0 && heard.line == line, "%.*s: line %llu, not %llu: %s", shown,
                  text, (unsigned long long)heard.line, (unsigned long long)line, error.text);
    ck_assert(error.text[0] != '\0');
    ck_assert(error.offset <= length || error.offset == ELFGEN_NOWHERE);
    ck_assert(now() - start < 10 + 2e-6 * (double)length);
    free(memory);
}

START_TEST(what_is_wrong_is_refused_at_its_line)
{
    static const struct {
        const char *text;
        uint64_t line;
    } sources[] = {
        {"moov eax, 1\n", 1},
        {"nop\nnop\nmov al, rbx\n", 3},
        {"mov [eax], 1\n", 1},
        {"jmp short away\ntimes 128 nop\naway:\n", 1},
        {"loop away\ntimes 200 nop\naway:\n", 1},
        {"times -1 nop\n", 1},
        {"times 3 - 4 db 0\n", 1},
        {"resb -1\n", 1},
        {"here: nop\nhere: nop\n", 2},
        {"mov eax, nowhere\n", 1},
        {"mov eax, (1\n", 1},
        {"db 'open\n", 1},
        {"mov eax, 5 / 0\n", 1},
        {"align 3\n", 1},
        {"%if 1\nnop\n", 2},
        {"%endif\n", 1},
        {"%include 'nowhere.inc'\n", 1},
        {"incbin 'nowhere.bin'\n", 1},
        {"global 5\n", 1},
        {"bits 65\n", 1},
        {"lock mov eax, 1 1\n", 1},
        {"add eax, eax, 1\n", 1},
        {"times times\n", 1},
        {"dd 1, , 2\n", 1},
        {"mov eax, 99999999999999999999 99\n", 1},
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        is_refused(sources[i].text, strlen(sources[i].text), sources[i].line);
}
END_TEST

/* What is asked for is not taken: an answer says how much it would be, or that it does not fit. */
START_TEST(enormous_repetitions_are_answered_at_once)
{
    static const char *const sources[] = {
        "times 0x7fffffffffffffff nop\n",
        "times 1000000000000 db 'abc'\n",
        "db 1000000000000 dup (1, 2)\n",
        "db 1000000 dup (1000000 dup (1000000 dup (?)))\n",
        "section .bss\ntimes 0x1000000000 resq 0x1000000000\n",
        "align 0x4000000000000000\nnop\nalign 0x4000000000000000\n",
        "times 0x4000000000000000 times 4 db 0\n",
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct elfgen_assembly assembly = {0};
        struct elfgen_error error = {0};
        static char memory[1 << 20];
        const double start = now();
        const enum elfgen_status status = elfgen_assemble(sources[i], strlen(sources[i]), NULL,
                                                          memory, sizeof memory, &assembly, &error);
        ck_assert_msg(status != ELFGEN_OK, "%s", sources[i]);
        ck_assert(error.text[0] != '\0');
        ck_assert(status != ELFGEN_NO_ROOM || assembly.needed > sizeof memory);
        ck_assert(now() - start < 10);
    }
}
END_TEST

START_TEST(zeros_of_any_size_take_no_memory)
{
    static const char text[] = "section .bss\nresb 0x100000000000\nend:\n";
    struct heard heard;
    struct elfgen_assembly assembly;
    struct elfgen_error error = {0};
    void *memory;
    ck_assert_int_eq(assemble(text, sizeof text - 1, 1 << 20, &heard, &memory, &assembly, &error),
                     ELFGEN_OK);
    ck_assert_uint_eq(assembly.program.sections[0].size, UINT64_C(0x100000000000));
    ck_assert_ptr_null(assembly.program.sections[0].bytes);
    free(memory);
}
END_TEST

START_TEST(any_bytes_are_an_error_or_a_comment)
{
    is_refused("mov eax, \0 1\n)", 14, 1);
    is_refused("\x7f"
               "ELF\1\1\1\0\0\0",
               10, 1);
    uint64_t state = 12;
    for (unsigned i = 0; i < 300; i++) {
        char bytes[512];
        struct heard heard;
        struct elfgen_assembly assembly;
        struct elfgen_error error = {0};
        void *memory;
        for (size_t n = 0; n < sizeof bytes; n++)
            bytes[n] = (char)next_random(&state);
        const enum elfgen_status status =
            assemble(bytes, sizeof bytes, 1 << 24, &heard, &memory, &assembly, &error);
        ck_assert(status == ELFGEN_OK || error.text[0] != '\0');
        free(memory);
    }
}
END_TEST

START_TEST(nesting_has_a_bound_and_no_crash)
{
    static const struct {
        const char *before, *repeated, *after;
    } sources[] = {{"dd ", "(", "1"},       {"mov eax, ", "-", "1"}, {"dd ", "~", "1"},
                   {"mov eax, [", "[", ""}, {"db ", "1 dup (", "1"}, {"", "%if 1\n", "nop\n"},
                   {"", "times 1 ", "nop"}, {"dd ", "1 ? ", "1"},    {"dd ", "1 ? 2 : ", "1"},
                   {"", "lock ", "nop"},    {"", "a: ", ""},         {"", "strict ", ""}};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct source source = {0};
        struct heard heard;
        struct elfgen_assembly assembly;
        struct elfgen_error error = {0};
        void *memory;
        const double start = now();
        add(&source, sources[i].before, 1);
        add(&source, sources[i].repeated, TIMES(200000, 50000));
        add(&source, sources[i].after, 1);
        const enum elfgen_status status = assemble(source.text, source.length, 400 * source.length,
                                                   &heard, &memory, &assembly, &error);
        ck_assert(status == ELFGEN_OK || error.text[0] != '\0');
        ck_assert_msg(now() - start < 20, "%s", sources[i].repeated);
        free(memory);
        free(source.text);
    }
}
END_TEST

START_TEST(equ_that_need_one_another_end)
{
    static const char *const sources[] = {"a equ b\nb equ a\n mov eax, a\n", "a equ a + 1\n",
                                          "a equ b + 1\nb equ a + 1\n dd a\n",
                                          "a: times b - a nop\nb equ a + 1 + (b - a) % 7\n"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct heard heard;
        struct elfgen_assembly assembly;
        struct elfgen_error error = {0};
        void *memory;
        const enum elfgen_status status =
            assemble(sources[i], strlen(sources[i]), 1 << 20, &heard, &memory, &assembly, &error);
        ck_assert(status == ELFGEN_OK || (error.text[0] != '\0' && heard.errors > 0));
        free(memory);
    }
}
END_TEST

START_TEST(names_that_replace_one_another_end)
{
    static const char itself[] = "%define a a\n mov eax, a\na equ 5\n";
    static const char others[] = "%define a b\n%define b a\n dd a\na equ 1\nb equ 2\n";
    static const char *const sources[] = {itself, others};
    for (size_t i = 0; i < 2; i++) {
        struct heard heard;
        struct elfgen_assembly assembly;
        struct elfgen_error error = {0};
        void *memory;
        assemble(sources[i], strlen(sources[i]), 1 << 20, &heard, &memory, &assembly, &error);
        free(memory);
    }
    /* Each doubles the one before it: 2^40 words. */
    struct source source = {0};
    struct elfgen_assembly assembly;
    struct elfgen_error error = {0};
    static char memory[1 << 22];
    add(&source, "%define a0 nop\n", 1);
    for (unsigned i = 1; i <= 40; i++) {
        char line[64];
        snprintf(line, sizeof line, "%%define a%u a%u a%u\n", i, i - 1, i - 1);
        add(&source, line, 1);
    }
    add(&source, "a40\n", 1);
    const double start = now();
    ck_assert_int_ne(
        elfgen_assemble(source.text, source.length, NULL, memory, sizeof memory, &assembly, &error),
        ELFGEN_OK);
    ck_assert(now() - start < 10);
    free(source.text);
}
END_TEST

START_TEST(a_source_of_100_mb_is_assembled)
{
    static const char string[] =
        "a hundred bytes of source, of which this string here is in the section";
    enum { LINES = TIMES(1000000, 100000), LINE = 100 };
    struct source source = {0};
    char line[128];
    snprintf(line, sizeof line, "        db '%s', 1 ; and a comment\n", string);
    add(&source, line, LINES);
    ck_assert_uint_ge(source.length, LINES * LINE);
    is_linear(&source, UINT64_C(1) * LINES * sizeof string);
}
END_TEST

START_TEST(a_line_of_10_mb_is_assembled)
{
    struct source source = {0};
    add(&source, "db 1", 1);
    add(&source, ",2", 2000000);
    add(&source, " ; ", 1);
    add(&source, "comment ", 800000);
    ck_assert_uint_gt(source.length, 10000000);
    is_linear(&source, 2000001);
    source = (struct source){0};
    add(&source, "db '", 1);
    add(&source, "0123456789", 1000000);
    add(&source, "'\n", 1);
    is_linear(&source, 10000000);
    source = (struct source){0};
    add(&source, "dd 0", 1);
    add(&source, " + 1", 2500000);
    is_linear(&source, 4);
    source = (struct source){0};
    add(&source, "a", 10000000);
    add(&source, ": nop\n", 1);
    is_linear(&source, 1);
    source = (struct source){0};
    add(&source, "db \\\n", 1);
    add(&source, "  1, \\\n", 1000000);
    add(&source, "2", 1);
    is_linear(&source, 1000001);
}
END_TEST

START_TEST(a_million_labels_are_found)
{
    struct source source = {0};
    for (unsigned i = 0; i < 1000000; i++) {
        char line[64];
        snprintf(line, sizeof line, "l%u: dd l%u\n", i, (i * 7919u + 1) % 1000000);
        add(&source, line, 1);
    }
    is_linear(&source, 4000000);
    /* Names that differ in their last byte, and local ones. */
    source = (struct source){0};
    for (unsigned i = 0; i < 200000; i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "a_name_of_many_bytes_that_others_have_too_%06u:\n.loop: jmp .loop\n", i);
        add(&source, line, 1);
    }
    is_linear(&source, 400000);
}
END_TEST

/* Each jump is near its limit, so that one that grows makes the next grow: as many passes as there
 * are jumps, if nothing is done about it. */
START_TEST(jumps_that_lengthen_one_another_end)
{
    struct source source = {0};
    for (unsigned i = 0; i < 20000; i++) {
        char line[64];
        snprintf(line, sizeof line, "l%u: jmp l%u\n", i, i + 64 > 20000 ? 20000 : i + 64);
        add(&source, line, 1);
    }
    add(&source, "l20000: times 127 nop\n", 1);
    struct heard heard;
    struct elfgen_assembly assembly;
    struct elfgen_error error = {0};
    void *memory;
    const double start = now();
    const enum elfgen_status status = assemble(source.text, source.length, 80 * source.length,
                                               &heard, &memory, &assembly, &error);
    ck_assert(status == ELFGEN_OK || error.text[0] != '\0');
    ck_assert(now() - start < 60);
    free(memory);
    free(source.text);
}
END_TEST

static Suite *assemble_bad_suite(void)
{
    Suite *suite = suite_create("assemble_bad");
    TCase *wrong = tcase_create("wrong");
    tcase_add_test(wrong, what_is_wrong_is_refused_at_its_line);
    tcase_add_test(wrong, enormous_repetitions_are_answered_at_once);
    tcase_add_test(wrong, zeros_of_any_size_take_no_memory);
    tcase_add_test(wrong, any_bytes_are_an_error_or_a_comment);
    tcase_add_test(wrong, nesting_has_a_bound_and_no_crash);
    tcase_add_test(wrong, equ_that_need_one_another_end);
    tcase_add_test(wrong, names_that_replace_one_another_end);
    suite_add_tcase(suite, wrong);
    TCase *large = tcase_create("large");
    tcase_add_test(large, a_source_of_100_mb_is_assembled);
    tcase_add_test(large, a_line_of_10_mb_is_assembled);
    tcase_add_test(large, a_million_labels_are_found);
    tcase_add_test(large, jumps_that_lengthen_one_another_end);
    suite_add_tcase(suite, large);
    return suite;
}

RUN_SUITE(assemble_bad_suite)
