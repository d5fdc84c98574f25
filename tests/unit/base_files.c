/* base/: files as bytes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_parts.h"
#include "base_suites.h"

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

TCase *base_file_tests(void)
{
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
    return files;
}
