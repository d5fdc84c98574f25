/* base/: readers of /proc. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own_program.h"
#include "base/proc.h"
#include "base_suites.h"

START_TEST(a_small_file_is_read_as_text_and_cut_where_room_ends)
{
    char text[64], few[5], one[1] = {'x'};
    ck_assert(proc_read("/proc/self/comm", text, sizeof text));
    ck_assert_str_eq(text, "test-base\n");
    ck_assert(proc_read("/proc/self/comm", few, sizeof few));
    ck_assert_str_eq(few, "test");
    ck_assert(!proc_read("/proc/self/comm", one, sizeof one));
    ck_assert_int_eq(one[0], '\0');
    ck_assert(!proc_read("/proc/nosuch", text, sizeof text));
    ck_assert_str_eq(text, "");
    ck_assert(!proc_read("/dev/null", text, sizeof text));
    ck_assert(proc_read_of(getpid(), "comm", text, sizeof text));
    ck_assert_str_eq(text, "test-base\n");
    ck_assert(!proc_read_of(getpid(), "nosuch", text, sizeof text));
}
END_TEST

START_TEST(nothing_is_read_of_a_process_that_is_gone)
{
    char text[64];
    pid_t id = fork();
    if (id == 0)
        _exit(0);
    waitpid(id, NULL, 0);
    ck_assert(!proc_read_of(id, "status", text, sizeof text));
    ck_assert_ptr_null(proc_read_stat(id, text, sizeof text));
    ck_assert_uint_eq(clock_processor(id), 0);
}
END_TEST

START_TEST(a_long_file_is_read_whole_as_text)
{
    char *all = proc_read_all("/proc/self/smaps");
    ck_assert_ptr_nonnull(all);
    ck_assert_ptr_nonnull(strstr(all, "[stack]"));
    ck_assert_uint_gt(strlen(all), 4096);
    free(all);
    ck_assert_ptr_null(proc_read_all("/proc/nosuch"));
}
END_TEST

START_TEST(a_field_is_the_number_in_the_line_of_its_name)
{
    static const char text[] = "Name:\tPid: 77\nPid:\t12\nTracerPid:\t34\nVmRSS:\t    5600 kB\n"
                               "CapBnd:\t000001ffFEdcba98\nEmpty:\nSigQ:\t9/31\nLast: 7";
    static const struct {
        const char *name;
        int base;
        bool found;
        uint64_t number;
    } rows[] = {
        {"Pid:", 10, true, 12},     {"TracerPid:", 10, true, 34},
        {"VmRSS:", 10, true, 5600}, {"CapBnd:", 16, true, 0x1fffedcba98},
        {"Empty:", 10, false, 0},   {"SigQ:", 10, true, 9},
        {"Last:", 10, true, 7},     {"RSS:", 10, false, 0},
        {"VmRSS :", 10, false, 0},  {"Name:", 10, false, 0},
        {"CapBnd: ", 10, false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 99;
        ck_assert_int_eq(proc_field(text, rows[i].name, rows[i].base, &number), rows[i].found);
        ck_assert_uint_eq(number, rows[i].number);
    }
    uint64_t number;
    ck_assert(!proc_field("", "Pid:", 10, &number));
}
END_TEST

/* proc(5): the second field of stat is the name, which may contain spaces and parentheses. */
START_TEST(fields_of_stat_are_found_after_a_name_that_looks_like_fields)
{
    static const char *const names[] = {"plain", ") S 1 2 (", "a) R (b", "((", "))", "a\nb c"};
    char text[1024];
    int parent = 0;
    ck_assert_int_eq(prctl(PR_SET_NAME, names[_i], 0, 0, 0), 0);
    const char *fields = proc_read_stat(getpid(), text, sizeof text);
    ck_assert_ptr_nonnull(fields);
    ck_assert_int_eq(sscanf(fields, "R %d ", &parent), 1);
    ck_assert_int_eq(parent, getppid());
}
END_TEST

START_TEST(a_file_of_one_number_is_read_or_leaves_the_number)
{
    char path[] = "/tmp/base-proc-XXXXXX";
    static const struct {
        const char *text;
        uint64_t number;
    } rows[] = {{"65536\n", 65536}, {"0", 0}, {"", 1}, {"x", 1}, {"-5", 1}, {"\n7", 1}};
    close(mkstemp(path));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 1;
        ck_assert_int_eq(truncate(path, 0), 0);
        ck_assert(proc_write(path, rows[i].text));
        ck_assert_int_eq(proc_number(path, &number), rows[i].number != 1);
        ck_assert_uint_eq(number, rows[i].number);
    }
    unlink(path);
    ck_assert(!proc_write("/proc/nosuch", "1"));
    ck_assert(!proc_write("/dev/full", "1"));
}
END_TEST

/* No page lies below it, whoever asks. */
START_TEST(the_lowest_address_is_the_kernel_s)
{
    uint64_t address = 1;
    char line[64] = "";
    FILE *pipe = popen("cat /proc/sys/vm/mmap_min_addr", "r");
    if (fgets(line, sizeof line, pipe)) {
        ck_assert(proc_lowest_address(&address));
        ck_assert_uint_eq(address, strtoull(line, NULL, 10));
    } else {
        ck_assert(!proc_lowest_address(&address));
        ck_assert_uint_eq(address, 1);
    }
    pclose(pipe);
}
END_TEST

START_TEST(a_process_s_clock_counts_while_it_computes)
{
    uint64_t before = clock_processor(getpid()), begin = clock_now();
    ck_assert_uint_gt(before, 0);
    while (clock_processor(getpid()) < before + 2000000)
        ck_assert_uint_lt(clock_now() - begin, UINT64_C(60000000000));
}
END_TEST

START_TEST(a_duration_is_whole_seconds_and_a_rest)
{
    struct timespec time = clock_timespec(UINT64_C(12345678901));
    ck_assert_int_eq(time.tv_sec, 12);
    ck_assert_int_eq(time.tv_nsec, 345678901);
    time = clock_timespec(999999999);
    ck_assert_int_eq(time.tv_sec, 0);
    ck_assert_int_eq(time.tv_nsec, 999999999);
}
END_TEST

START_TEST(the_program_s_folder_is_found_or_empty)
{
    char folder[4096], path[5000], few[3];
    ck_assert(own_program_folder(folder, sizeof folder));
    ck_assert_int_eq(folder[0], '/');
    ck_assert_int_eq(folder[strlen(folder) - 1], '/');
    snprintf(path, sizeof path, "%stest-base", folder);
    ck_assert_int_eq(access(path, X_OK), 0);
    ck_assert(!own_program_folder(few, sizeof few));
    ck_assert_str_eq(few, "");
    ck_assert(!own_program_folder(few, 1));
    ck_assert_str_eq(few, "");
}
END_TEST

TCase *base_proc_tests(void)
{
    TCase *tests = tcase_create("/proc and clocks");
    tcase_add_test(tests, a_small_file_is_read_as_text_and_cut_where_room_ends);
    tcase_add_test(tests, nothing_is_read_of_a_process_that_is_gone);
    tcase_add_test(tests, a_long_file_is_read_whole_as_text);
    tcase_add_test(tests, a_field_is_the_number_in_the_line_of_its_name);
    tcase_add_loop_test(tests, fields_of_stat_are_found_after_a_name_that_looks_like_fields, 0, 6);
    tcase_add_test(tests, a_file_of_one_number_is_read_or_leaves_the_number);
    tcase_add_test(tests, the_program_s_folder_is_found_or_empty);
    tcase_add_test(tests, the_lowest_address_is_the_kernel_s);
    tcase_add_test(tests, a_process_s_clock_counts_while_it_computes);
    tcase_add_test(tests, a_duration_is_whole_seconds_and_a_rest);
    return tests;
}
