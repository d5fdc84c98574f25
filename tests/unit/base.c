/* base/: splitting a command line, reading and writing files, printable characters, the clock. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/file_parts.h"
#include "base/shellwords.h"
#include "base/signal_name.h"
#include "base/system_error.h"
#include "base_suites.h"

/* ---- words ---- */

static const struct {
    const char *text;
    const char *words[5];
} lines[] = {
    {"", {NULL}},
    {" \t\n ", {NULL}},
    {"gcc", {"gcc"}},
    {"  ccache\tgcc  -O2 ", {"ccache", "gcc", "-O2"}},
    {"'with blank/cc' -x", {"with blank/cc", "-x"}},
    {"-D'A=\"b c\"'", {"-DA=\"b c\""}},
    {"-DA=\\\"b\\ c\\\"", {"-DA=\"b c\""}},
    {"\"a\\\"b\\\\c\\d\"", {"a\"b\\c\\d"}},
    {"'' \"\" a''b", {"", "", "ab"}},
    {"'a\\' b", {"a\\", "b"}},
    {"''", {""}},
    {"'a\\\"b' 'c\\\\d'", {"a\\\"b", "c\\\\d"}},
    {"a'b'\"c\"d e", {"abcd", "e"}},
    {"\"it's\" '\"'", {"it's", "\""}},
    {"\\a\\'\\\\", {"a'\\"}},
    {"\"a\tb\nc\"", {"a\tb\nc"}},
    {"a\\\tb c", {"a\tb", "c"}},
    {"$HOME * ~ #", {"$HOME", "*", "~", "#"}},
};

/* Compares with what a shell makes of the same line. */
START_TEST(a_line_is_split_into_words_as_a_shell_splits_it)
{
    struct shellwords words = {0};
    size_t count = 0;
    ck_assert(shellwords_are_closed(lines[_i].text));
    ck_assert(shellwords_add(&words, lines[_i].text));
    for (; lines[_i].words[count]; count++) {
        ck_assert_uint_lt(count, words.count);
        ck_assert_str_eq(words.at[count], lines[_i].words[count]);
    }
    ck_assert_uint_eq(words.count, count);
    if (words.count > 0)
        ck_assert_ptr_null(words.at[words.count]);
    shellwords_free(&words);
}
END_TEST

START_TEST(a_quote_that_is_not_closed_is_refused_with_einval)
{
    static const char *const open[] = {"'",   "\"",   "a 'b", "a \"b\\\"",
                                       "a\\", "\"a'", "'a\"", "\"\\"};
    struct shellwords words = {0};
    ck_assert(!shellwords_are_closed(open[_i]));
    errno = 0;
    ck_assert(!shellwords_add(&words, open[_i]));
    ck_assert_int_eq(errno, EINVAL);
    shellwords_free(&words);
}
END_TEST

START_TEST(new_words_are_appended_to_existing_ones)
{
    struct shellwords words = {0};
    ck_assert(shellwords_add(&words, NULL));
    ck_assert_uint_eq(words.count, 0);
    ck_assert(shellwords_add(&words, "a b"));
    ck_assert(shellwords_add_word(&words, "as 'it' \\is"));
    ck_assert(shellwords_add_word(&words, ""));
    ck_assert(shellwords_add(&words, ""));
    ck_assert(shellwords_add(&words, "c"));
    ck_assert_uint_eq(words.count, 5);
    ck_assert_str_eq(words.at[1], "b");
    ck_assert_str_eq(words.at[2], "as 'it' \\is");
    ck_assert_str_eq(words.at[3], "");
    ck_assert_str_eq(words.at[4], "c");
    ck_assert_ptr_null(words.at[5]);
    shellwords_free(&words);
    ck_assert_ptr_null(words.at);
    ck_assert_uint_eq(words.count, 0);
    shellwords_free(&words);
}
END_TEST

/* Names, and how they are quoted. */
static const struct {
    const char *name, *quoted;
} quotes[] = {
    {"prog.c", "prog.c"},
    {"./a_b/c-d.s", "./a_b/c-d.s"},
    {"\xc3\xa4.c", "\xc3\xa4.c"},
    {"", "\"\""},
    {"my prog.c", "\"my prog.c\""},
    {"it's.c", "\"it's.c\""},
    {"a(b)&c;d|e<f>*?[]{}#~=^", "\"a(b)&c;d|e<f>*?[]{}#~=^\""},
    {"~x", "\"~x\""},
    {"a$b.c", "'a$b.c'"},
    {"a$'b\"!`\\", "'a$'\\''b\"!`\\'"},
    {"-x.s", "./-x.s"},
    {"- x.s", "\"./- x.s\""},
    {"a\nb\x7f'\\", "$'a\\x0ab\\x7f\\'\\\\'"},
};

START_TEST(a_files_name_is_quoted_for_a_shell_where_it_must_be)
{
    char text[200], echoed[100], command[300];
    ck_assert_str_eq(shellwords_quote_file(quotes[_i].name, text, sizeof text), quotes[_i].quoted);
    /* bash makes the same name of it. */
    snprintf(command, sizeof command, "bash -c 'printf %%s \"$0\"' %s", text);
    if (strncmp(text, "$'", 2) != 0) {
        FILE *shell = popen(command, "r");
        ck_assert_ptr_nonnull(shell);
        size_t length = fread(echoed, 1, sizeof echoed - 1, shell);
        echoed[length] = '\0';
        pclose(shell);
        const char *name_there = strncmp(echoed, "./-", 3) == 0 ? echoed + 2 : echoed;
        ck_assert_str_eq(name_there, quotes[_i].name);
    }
    /* What does not fit is cut. */
    for (size_t room = 1; room < strlen(quotes[_i].quoted); room++) {
        memset(text, 'x', sizeof text);
        shellwords_quote_file(quotes[_i].name, text, room);
        ck_assert_uint_lt(strlen(text), room);
    }
}
END_TEST

/* ---- files ---- */

static char name[100];

static void make_name(void)
{
    snprintf(name, sizeof name, "%s/base-test-XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    int file = mkstemp(name);
    ck_assert_int_ge(file, 0);
    close(file);
}

static void remove_name(void)
{
    unlink(name);
}

/* A file of `size` bytes, each unlike its neighbours; open for reading. */
static int file_of(size_t size)
{
    int file = open(name, O_RDWR | O_TRUNC);
    uint8_t *bytes = malloc(size ? size : 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    ck_assert(file_write(file, bytes, size));
    free(bytes);
    ck_assert_int_eq(lseek(file, 0, SEEK_SET), 0);
    return file;
}

static void assert_bytes(const struct file_bytes *bytes, size_t from, size_t size)
{
    ck_assert_uint_eq(bytes->size, size);
    for (size_t i = 0; i < size; i++)
        if ((uint8_t)bytes->bytes[i] != (uint8_t)((from + i) * 7 + (from + i) / 256))
            ck_abort_msg("byte %zu is another", i);
}

START_TEST(a_file_of_any_size_is_read_whole)
{
    static const size_t sizes[] = {0, 1, 2, 4095, 4096, 16383, 16384, 16385, 65537, 200000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int only_regular = 0; only_regular < 2; only_regular++) {
            struct file_bytes bytes = {0};
            int file = file_of(sizes[i]);
            ck_assert(file_read(file, only_regular, &bytes));
            assert_bytes(&bytes, 0, sizes[i]);
            file_free(&bytes);
            ck_assert_ptr_null(bytes.bytes);
            ck_assert_uint_eq(bytes.size, 0);
            ck_assert(!bytes.mapped);
            file_free(&bytes);
            close(file);
        }
}
END_TEST

START_TEST(a_file_that_is_read_in_parts_gives_all_bytes_that_are_asked_for)
{
    static const size_t sizes[] = {1, 1023, 4096, 4097, 20000, 40000, 300000};
    static uint8_t buffer[FILE_PARTS_BUFFER];
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (unsigned few = 1; few < 40; few++) {
            struct file_parts parts;
            const uint8_t *given[40];
            size_t at[40], length[40];
            ck_assert(file_parts_open(&parts, file_of(sizes[i]), buffer));
            ck_assert_uint_eq(parts.reader.length, sizes[i]);
            for (unsigned j = 0; j < few; j++) {
                random = random * 1664525 + 1013904223;
                at[j] = (random >> 8) % sizes[i];
                length[j] = j % 7 == 6 ? sizes[i] - at[j] : (random >> 4) % 200;
                length[j] = length[j] < sizes[i] - at[j] ? length[j] : sizes[i] - at[j];
                given[j] = parts.reader.read(parts.reader.context, at[j], length[j]);
            }
            /* What was given before stays as it is, also once the file is mapped. */
            for (unsigned j = 0; j < few; j++)
                for (size_t k = 0; k < length[j]; k++)
                    if (given[j][k] != (uint8_t)((at[j] + k) * 7 + (at[j] + k) / 256))
                        ck_abort_msg("byte %zu is another", at[j] + k);
            file_parts_close(&parts);
        }
}
END_TEST

START_TEST(what_has_no_size_is_not_read_in_parts)
{
    struct file_parts parts;
    int ends[2], empty = file_of(0), maps = open("/proc/self/maps", O_RDONLY);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert(!file_parts_open(&parts, empty, NULL));
    ck_assert(!file_parts_open(&parts, maps, NULL));
    ck_assert(!file_parts_open(&parts, ends[0], NULL));
    close(empty);
    close(maps);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(a_file_that_becomes_shorter_raises_sigbus)
{
    static uint8_t buffer[FILE_PARTS_BUFFER];
    struct file_parts parts;
    int file = file_of(50000);
    remove_name(); /* the signal ends this process */
    ck_assert(file_parts_open(&parts, file, buffer));
    parts.reader.read(parts.reader.context, 0, 1);
    ck_assert_int_eq(ftruncate(file, 40000), 0);
    parts.reader.read(parts.reader.context, 0, 1);
    signal(SIGBUS, SIG_DFL);
    parts.reader.read(parts.reader.context, 45000, 1);
}
END_TEST

START_TEST(reading_begins_at_the_file_s_offset)
{
    static const size_t sizes[] = {10, 20000, 200000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct file_bytes bytes = {0};
        int file = file_of(sizes[i]);
        ck_assert_int_eq(lseek(file, 7, SEEK_SET), 7);
        ck_assert(file_read(file, true, &bytes));
        assert_bytes(&bytes, 7, sizes[i] - 7);
        file_free(&bytes);
        close(file);
    }
}
END_TEST

START_TEST(a_file_that_reports_no_size_is_read_to_its_end)
{
    struct file_bytes bytes = {0};
    int file = open("/proc/self/maps", O_RDONLY);
    ck_assert(file_read(file, true, &bytes));
    ck_assert_uint_gt(bytes.size, 100);
    file_free(&bytes);
    close(file);
}
END_TEST

/* A pipe that a child process fills with `size` bytes. */
static int pipe_of(size_t size, pid_t *writer)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    *writer = fork();
    ck_assert_int_ge(*writer, 0);
    if (*writer == 0) {
        close(ends[0]);
        for (size_t i = 0; i < size; i++) {
            uint8_t byte = (uint8_t)(i * 7 + i / 256);
            if (write(ends[1], &byte, 1) != 1)
                _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

START_TEST(a_pipe_is_read_to_its_end_or_refused_where_only_files_are_accepted)
{
    static const size_t sizes[] = {0, 1, 65536, 65537, 140000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct file_bytes bytes = {0};
        pid_t writer;
        int file = pipe_of(sizes[i], &writer);
        errno = 0;
        ck_assert(!file_read(file, true, &bytes));
        ck_assert_int_eq(errno, ENODEV);
        file_free(&bytes);
        ck_assert(file_read(file, false, &bytes));
        assert_bytes(&bytes, 0, sizes[i]);
        file_free(&bytes);
        close(file);
        waitpid(writer, NULL, 0);
    }
}
END_TEST

START_TEST(a_file_that_cannot_be_read_fails_with_its_errno)
{
    for (int only_regular = 0; only_regular < 2; only_regular++) {
        struct file_bytes bytes = {0};
        int file = open("/", O_RDONLY | O_DIRECTORY);
        ck_assert(!file_read(file, only_regular, &bytes));
        ck_assert_int_eq(errno, EISDIR);
        file_free(&bytes);
        close(file);
        ck_assert(!file_read(-1, only_regular, &bytes));
        ck_assert_int_eq(errno, EBADF);
        file_free(&bytes);
        file_of(10);
        file = open(name, O_WRONLY);
        ck_assert(!file_read(file, only_regular, &bytes));
        ck_assert_int_eq(errno, EBADF);
        file_free(&bytes);
        close(file);
    }
    struct file_bytes bytes = {0};
    int device = open("/dev/null", O_RDONLY);
    ck_assert(!file_read(device, true, &bytes));
    ck_assert_int_eq(errno, ENODEV);
    ck_assert(file_read(device, false, &bytes));
    ck_assert_uint_eq(bytes.size, 0);
    file_free(&bytes);
    close(device);
}
END_TEST

static void ignore(int number)
{
    (void)number;
}

/* A pipe holds 64 KiB, and signals interrupt the writes. */
START_TEST(all_bytes_are_written_however_many_writes_it_takes)
{
    enum { SIZE = 1 << 20 };
    const struct sigaction action = {.sa_handler = ignore};
    char *bytes = malloc(SIZE);
    int ends[2];
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 7 + i / 256);
    sigaction(SIGUSR1, &action, NULL);
    ck_assert_int_eq(pipe(ends), 0);
    pid_t parent = getpid(), reader = fork();
    if (reader == 0) {
        char some[4000];
        size_t total = 0;
        close(ends[1]);
        for (ssize_t got; (got = read(ends[0], some, sizeof some)) > 0; total += (size_t)got) {
            kill(parent, SIGUSR1);
            for (ssize_t i = 0; i < got; i++)
                if (some[i] != (char)((total + (size_t)i) * 7 + (total + (size_t)i) / 256))
                    _exit(1);
        }
        _exit(total == SIZE ? 0 : 2);
    }
    close(ends[0]);
    ck_assert(file_write(ends[1], bytes, SIZE));
    close(ends[1]);
    int status;
    while (waitpid(reader, &status, 0) < 0 && errno == EINTR)
        ;
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    free(bytes);
}
END_TEST

START_TEST(a_failed_write_returns_its_errno)
{
    int ends[2], full = open("/dev/full", O_WRONLY);
    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    ck_assert(!file_write(ends[1], "text", 4));
    ck_assert_int_eq(errno, EPIPE);
    ck_assert(!file_write(-1, "text", 4));
    ck_assert_int_eq(errno, EBADF);
    ck_assert(file_write(-1, NULL, 0));
    if (full >= 0) {
        ck_assert(!file_write(full, "text", 4));
        ck_assert_int_eq(errno, ENOSPC);
    }
}
END_TEST

START_TEST(bytes_are_read_at_an_offset_as_far_as_the_file_goes)
{
    char bytes[100];
    int file = file_of(50);
    ck_assert_int_eq(file_read_at(file, bytes, 10, 7), 10);
    assert_bytes(&(struct file_bytes){.bytes = bytes, .size = 10}, 7, 10);
    ck_assert_int_eq(file_read_at(file, bytes, sizeof bytes, 20), 30);
    assert_bytes(&(struct file_bytes){.bytes = bytes, .size = 30}, 20, 30);
    ck_assert_int_eq(file_read_at(file, bytes, sizeof bytes, 50), 0);
    ck_assert_int_eq(file_read_at(file, bytes, 0, 0), 0);
    close(file);
    ck_assert_int_eq(file_read_at(-1, bytes, 1, 0), -1);
    ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(a_program_in_memory_becomes_a_file_that_can_only_be_read)
{
    struct file_bytes bytes = {0};
    int file = file_make_program("#!/bin/true\n", 12);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(fcntl(file, F_GETFL) & O_ACCMODE, O_RDONLY);
    ck_assert_int_eq(fcntl(file, F_GETFD), FD_CLOEXEC);
    ck_assert(file_read(file, true, &bytes));
    ck_assert_uint_eq(bytes.size, 12);
    ck_assert(memcmp(bytes.bytes, "#!/bin/true\n", 12) == 0);
    file_free(&bytes);
    close(file);
}
END_TEST

/* ---- characters, the clock ---- */

START_TEST(a_byte_that_is_not_printable_ascii_is_a_dot)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        char expected = byte >= ' ' && byte <= '~' ? (char)byte : '.';
        ck_assert_int_eq(ascii_printable((uint8_t)byte), expected);
    }
}
END_TEST

START_TEST(the_clock_counts_nanoseconds)
{
    uint64_t before = clock_now();
    usleep(2000);
    uint64_t after = clock_now();
    ck_assert_uint_ge(after - before, 2000000);
    ck_assert_uint_lt(after - before, UINT64_C(60000000000));
}
END_TEST

START_TEST(milliseconds_become_nanoseconds_that_can_be_added_without_overflow)
{
    ck_assert_uint_eq(clock_nanoseconds(0), 0);
    ck_assert_uint_eq(clock_nanoseconds(1), 1000000);
    ck_assert_uint_eq(clock_nanoseconds(86400000), UINT64_C(86400000000000));
    ck_assert_uint_eq(clock_nanoseconds(UINT64_MAX), UINT64_MAX / 2);
    ck_assert_uint_eq(clock_nanoseconds(UINT64_MAX / 1000000 + 1), UINT64_MAX / 2);
    ck_assert_uint_le(clock_nanoseconds(UINT64_MAX / 2 / 1000000), UINT64_MAX / 2);
    ck_assert_uint_eq(clock_nanoseconds(UINT64_MAX / 2 / 1000000 + 1), UINT64_MAX / 2);
}
END_TEST

static void compare_texts(const char *ours, const char *libc)
{
    ck_assert_int_eq(ours != NULL, libc != NULL);
    if (ours)
        ck_assert_str_eq(ours, libc);
}

START_TEST(errors_and_signals_have_the_names_and_texts_of_glibc)
{
    for (int number = -2; number < 1024; number++) {
        bool real = number > 0;
        compare_texts(system_error_name(number), real ? strerrorname_np(number) : NULL);
        compare_texts(system_error_description(number), real ? strerrordesc_np(number) : NULL);
        real = number > 0 && number < NSIG;
        compare_texts(signal_abbreviation(number), real ? sigabbrev_np(number) : NULL);
        compare_texts(signal_description(number), real ? sigdescr_np(number) : NULL);
    }
    ck_assert_str_eq(system_error_text(ENOENT), strerror(ENOENT));
    ck_assert_str_eq(system_error_text(9999), "Unknown error");
}
END_TEST

static Suite *base_suite(void)
{
    Suite *suite = suite_create("base");
    TCase *words = tcase_create("words");
    tcase_add_loop_test(words, a_line_is_split_into_words_as_a_shell_splits_it, 0,
                        sizeof lines / sizeof lines[0]);
    tcase_add_loop_test(words, a_files_name_is_quoted_for_a_shell_where_it_must_be, 0,
                        (int)(sizeof quotes / sizeof quotes[0]));
    tcase_add_loop_test(words, a_quote_that_is_not_closed_is_refused_with_einval, 0, 8);
    tcase_add_test(words, new_words_are_appended_to_existing_ones);
    suite_add_tcase(suite, words);
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, make_name, remove_name);
    tcase_add_test(files, a_file_of_any_size_is_read_whole);
    tcase_add_test(files, a_file_that_is_read_in_parts_gives_all_bytes_that_are_asked_for);
    tcase_add_test(files, what_has_no_size_is_not_read_in_parts);
    tcase_add_test_raise_signal(files, a_file_that_becomes_shorter_raises_sigbus, SIGBUS);
    tcase_add_test(files, reading_begins_at_the_file_s_offset);
    tcase_add_test(files, a_file_that_reports_no_size_is_read_to_its_end);
    tcase_add_test(files, a_pipe_is_read_to_its_end_or_refused_where_only_files_are_accepted);
    tcase_add_test(files, a_file_that_cannot_be_read_fails_with_its_errno);
    tcase_add_test(files, all_bytes_are_written_however_many_writes_it_takes);
    tcase_add_test(files, a_failed_write_returns_its_errno);
    tcase_add_test(files, bytes_are_read_at_an_offset_as_far_as_the_file_goes);
    tcase_add_test(files, a_program_in_memory_becomes_a_file_that_can_only_be_read);
    suite_add_tcase(suite, files);
    TCase *small = tcase_create("characters and the clock");
    tcase_add_test(small, a_byte_that_is_not_printable_ascii_is_a_dot);
    tcase_add_test(small, errors_and_signals_have_the_names_and_texts_of_glibc);
    tcase_add_test(small, the_clock_counts_nanoseconds);
    tcase_add_test(small, milliseconds_become_nanoseconds_that_can_be_added_without_overflow);
    suite_add_tcase(suite, small);
    suite_add_tcase(suite, base_memory_tests());
    suite_add_tcase(suite, base_heap_tests());
    suite_add_tcase(suite, base_maps_tests());
    suite_add_tcase(suite, base_proc_tests());
    return suite;
}

RUN_SUITE(base_suite)
