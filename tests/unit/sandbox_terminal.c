/* sandbox/terminal.c: programs of a worker that have a terminal, one after another. */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "sandbox/sandbox.h"
#include "elfgen.h"
#include "program_file.h"
#include "room.h"

/* ---- programs ---- */

/* Writes to 2 what it reads from 0, until a read gives 0 or an error; exit(that). */
static const uint8_t copies[] = {0x48, 0x81, 0xec, 0,    0x10, 0,    0,    0x31, 0xc0, 0x31,
                                 0xff, 0x48, 0x89, 0xe6, 0xba, 0,    0x10, 0,    0,    0xf,
                                 5,    0x85, 0xc0, 0x7e, 0x10, 0x89, 0xc2, 0xb8, 1,    0,
                                 0,    0,    0xbf, 2,    0,    0,    0,    0xf,  5,    0xeb,
                                 0xde, 0x89, 0xc7, 0xb8, 0x3c, 0,    0,    0,    0xf,  5};
/* TCSETS of 0 with IXON, OPOST, ONLCR and ECHO, without ICANON; exit(what that returned) */
static const uint8_t raw[] = {
    0x48, 0x83, 0xec, 0x40, 0xb8, 0x10, 0,   0, 0,    0x31, 0xff, 0xbe, 2, 0x54, 0, 0,   0x48, 0x89,
    0xe2, 0xc7, 4,    0x24, 0,    4,    0,   0, 0xc7, 0x44, 0x24, 4,    5, 0,    0, 0,   0xc7, 0x44,
    0x24, 0xc,  8,    0,    0,    0,    0xf, 5, 0x89, 0xc7, 0xb8, 0x3c, 0, 0,    0, 0xf, 5};
/* Writes to 0 what TCGETS of 1 and TIOCGWINSZ of 2 give, 36 and 4 bytes; exit(what they returned)
 */
static const uint8_t settings[] = {
    0x48, 0x83, 0xec, 0x40, 0xb8, 0x10, 0,    0,    0,    0xbf, 1,    0,    0,    0,    0xbe, 1,
    0x54, 0,    0,    0x48, 0x89, 0xe2, 0xf,  5,    0x89, 0xc3, 0xb8, 0x10, 0,    0,    0,    0xbf,
    2,    0,    0,    0,    0xbe, 0x13, 0x54, 0,    0,    0x48, 0x8d, 0x54, 0x24, 0x24, 0xf,  5,
    9,    0xc3, 0xb8, 1,    0,    0,    0,    0x31, 0xff, 0x48, 0x89, 0xe6, 0xba, 0x28, 0,    0,
    0,    0xf,  5,    0x89, 0xdf, 0xb8, 0x3c, 0,    0,    0,    0xf,  5};
/* read(0, rsp, 1) for ever */
static const uint8_t reads[] = {0x48, 0x89, 0xe6, 0x31, 0xc0, 0x31, 0xff, 0xba,
                                1,    0,    0,    0,    0xf,  5,    0xeb, 0xf0};
/* write(0, _start, 64) for ever */
static const uint8_t pours[] = {0xb8, 1,    0,    0,    0, 0x31, 0xff, 0x48, 0x8d, 0x35, 0xf2, 0xff,
                                0xff, 0xff, 0xba, 0x40, 0, 0,    0,    0xf,  5,    0xeb, 0xe9};

/* ---- a worker ---- */

enum {
    LIMIT = 100000,
    SOON = 500,    /* milliseconds that a program gets which is to be stopped by its time limit */
    AMPLE = 200000 /* and one which is not, however busy the machine is */
};
static struct sandbox_worker *worker;
static uint8_t kept[LIMIT];
static struct sandbox_stream output = {.descriptor = -1, .bytes = kept, .room = sizeof kept};

static void open_worker(uint64_t time)
{
    struct sandbox_options options = {.limits = {.time = time, .memory = 64 << 20, .output = LIMIT},
                                      .terminal = true,
                                      .columns = 100};
    struct elfgen_error error;
    sigemptyset(&options.ignored);
    sigemptyset(&options.blocked);
    worker = sandbox_open(&options, &error);
    ck_assert_msg(worker != NULL, "%s", error.text);
}

static void open_ample(void)
{
    open_worker(AMPLE);
}

static void close_worker(void)
{
    sandbox_close(worker);
}

/* Another worker in its place. */
static void reopen_worker(uint64_t time)
{
    close_worker();
    open_worker(time);
}

static int file_with(const uint8_t *bytes, size_t size)
{
    int file = memfd_create("input", MFD_CLOEXEC);
    ck_assert_int_eq(write(file, bytes, size), (ssize_t)size);
    ck_assert_int_eq(lseek(file, 0, SEEK_SET), 0);
    return file;
}

/* Runs machine code; the input is closed. `unread` is that of the job. */
static struct run_end run(const uint8_t *code, size_t size, int input, bool unread)
{
    static char name[] = "program";
    char *arguments[] = {name, NULL}, *none[] = {NULL};
    struct sandbox_stream errors = {.descriptor = -1};
    struct sandbox_job job = {.file = file_of(code, size),
                              .input = input,
                              .arguments = arguments,
                              .environment = none,
                              .output = &output,
                              .errors = &errors,
                              .unread = unread};
    struct run_end end;
    struct elfgen_error error;
    ck_assert_msg(sandbox_run(worker, &job, &end, &error), "%s", error.text);
    ck_assert_uint_eq(errors.size, 0);
    close(job.file);
    if (input >= 0)
        close(input);
    return end;
}
#define RUN(code, input, unread) run(code, sizeof(code), input, unread)

/* Checks that a program reads and writes these bytes, and the end. */
static void copy(const uint8_t *bytes, size_t size, bool unread)
{
    struct run_end end = RUN(copies, file_with(bytes, size), unread);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_int_eq(end.status, 0);
    ck_assert_uint_eq(output.size, size);
    ck_assert_mem_eq(kept, bytes, size);
}

static void check_settings(void)
{
    struct found {
        uint32_t flags[4];
        uint8_t line, characters[19];
    } found;
    uint16_t size[2];
    struct run_end end = RUN(settings, -1, false);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_int_eq(end.status, 0);
    ck_assert_uint_eq(output.size, sizeof found + sizeof size);
    memcpy(&found, kept, sizeof found);
    memcpy(size, kept + sizeof found, sizeof size);
    ck_assert_uint_eq(found.flags[0], ICRNL);
    ck_assert_uint_eq(found.flags[1], OPOST);
    ck_assert_uint_eq(found.flags[2], B38400 | CS8 | CREAD | HUPCL);
    ck_assert_uint_eq(found.flags[3], ISIG | ICANON | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN);
    ck_assert_uint_eq(found.characters[VEOF], 4);
    ck_assert_uint_eq(size[0], 24);
    ck_assert_uint_eq(size[1], 100);
}

START_TEST(a_program_reads_the_bytes_of_its_input_whichever_they_are)
{
    static uint8_t bytes[90000];
    copy((const uint8_t *)"one\ntwo\n", 8, false);
    copy((const uint8_t *)"no end of line", 14, false);
    copy(bytes, 0, false);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * i >> 4);
    copy(bytes, sizeof bytes, false);
    copy(bytes, sizeof bytes, true);
    /* A line that no terminal takes at once. */
    memset(bytes, 'a', sizeof bytes);
    copy(bytes, sizeof bytes, true);
}
END_TEST

START_TEST(each_program_finds_a_new_terminal)
{
    static const uint8_t text[] = "left\n\x13 \x16";
    check_settings();
    for (int i = 0; i < 3; i++) {
        struct run_end end = RUN(raw, file_with(text, sizeof text - 1), i == 1);
        ck_assert_int_eq(end.reason, RUN_EXITED);
        ck_assert_int_eq(end.status, 0);
        if (i == 0)
            check_settings();
        copy((const uint8_t *)"new\ndata", 8, i == 1);
    }
}
END_TEST

START_TEST(nothing_that_is_typed_or_written_holds_a_run_past_its_limits)
{
    static uint8_t much[1 << 20];
    memset(much, '\n', sizeof much);
    reopen_worker(SOON);
    /* It reads the end more often than that is typed. */
    struct run_end end = RUN(reads, -1, false);
    ck_assert_int_eq(end.reason, RUN_TIME);
    ck_assert_int_eq(end.signal, SIGKILL);
    reopen_worker(AMPLE);
    for (int unread = 0; unread < 2; unread++) {
        end = RUN(pours, -1, unread != 0);
        ck_assert_int_eq(end.reason, RUN_OUTPUT);
        ck_assert_uint_eq(output.size, LIMIT);
        ck_assert_mem_eq(kept + 64, pours, sizeof pours);
    }
    /* A program that does not read ends, whatever is still to be typed. */
    end = RUN(settings, file_with(much, sizeof much), false);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    copy((const uint8_t *)"new\n", 4, false);
}
END_TEST

START_TEST(an_input_that_comes_later_is_typed_when_it_comes)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    reopen_worker(SOON);
    struct run_end end = RUN(reads, ends[0], false);
    ck_assert_int_eq(end.reason, RUN_TIME);
    close(ends[1]);
    reopen_worker(AMPLE);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    if (child == 0) {
        usleep(50000);
        _exit(write(ends[1], "late\n", 5) == 5 ? 0 : 1);
    }
    close(ends[1]);
    end = RUN(copies, ends[0], false);
    ck_assert_int_eq(end.reason, RUN_EXITED);
    ck_assert_uint_eq(output.size, 5);
    ck_assert_mem_eq(kept, "late\n", 5);
}
END_TEST

static Suite *terminal_suite(void)
{
    Suite *suite = suite_create("sandbox_terminal");
    TCase *runs = tcase_create("runs");
    tcase_add_checked_fixture(runs, open_ample, close_worker);
    tcase_add_test(runs, a_program_reads_the_bytes_of_its_input_whichever_they_are);
    tcase_add_test(runs, each_program_finds_a_new_terminal);
    tcase_add_test(runs, nothing_that_is_typed_or_written_holds_a_run_past_its_limits);
    tcase_add_test(runs, an_input_that_comes_later_is_typed_when_it_comes);
    suite_add_tcase(suite, runs);
    return suite;
}

RUN_SUITE(terminal_suite)
