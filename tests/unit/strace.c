/* strace/: arguments and results of calls, in the layouts of both ABIs; hostile numbers and
 * addresses. oracle/strace/strace.pl compares such calls with strace itself. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "strace_values.h"

START_TEST(numbers_are_signed_where_their_type_is)
{
    IS("-1", shown(CALL_X86_64, "close", 0, UINT32_MAX));
    IS("4294967295", shown(CALL_X86_64, "read", 2, UINT32_MAX));
    IS("-1", shown(CALL_X86_64, "lseek", 1, UINT64_MAX));
    IS("-1", shown(CALL_I386, "lseek", 1, UINT32_MAX));
    IS("AT_FDCWD", shown(CALL_I386, "openat", 0, (uint32_t)AT_FDCWD));
    IS("AT_FDCWD", shown(CALL_X86_64, "openat", 0, (uint64_t)AT_FDCWD));
    IS("0640", shown(CALL_X86_64, "openat", 3, 0640));
    IS("000", shown(CALL_X86_64, "chmod", 1, 0));
    IS("NULL", shown(CALL_X86_64, "mmap", 0, 0));
    IS("-1", shown(CALL_I386, "chown", 1, 0xffff));
    IS("65535", shown(CALL_X86_64, "chown", 1, 0xffff));
}
END_TEST

START_TEST(two_registers_of_i386_hold_one_64_bit_number)
{
    struct process_call call = {.abi = CALL_I386, .arguments = {3, 0, 5, 1, 2}};
    IS("8589934593", value_of_call(&call, "pread64", 3, true));
    IS("0x2", value_of_call(&call, "pread64", 4, true));
    IS("5", value_of_call(&call, "_llseek", 1, true));
    call.abi = CALL_X86_64;
    IS("1", value_of_call(&call, "pread64", 3, true));
}
END_TEST

START_TEST(flags_have_names_and_unknown_bits_are_a_number)
{
    IS("O_RDWR|O_CREAT|O_TRUNC", shown(CALL_X86_64, "open", 1, O_RDWR | O_CREAT | O_TRUNC));
    IS("O_RDONLY", shown(CALL_X86_64, "open", 1, 0));
    IS("PROT_NONE", shown(CALL_X86_64, "mprotect", 2, 0));
    IS("PROT_READ|0x100", shown(CALL_X86_64, "mprotect", 2, 0x101));
    IS("0x100 /* PROT_??? */", shown(CALL_X86_64, "mprotect", 2, 0x100));
    IS("MAP_PRIVATE|MAP_ANONYMOUS", shown(CALL_X86_64, "mmap", 3, 0x22));
    IS("SEEK_END", shown(CALL_X86_64, "lseek", 2, SEEK_END));
    IS("0x4d /* SEEK_??? */", shown(CALL_X86_64, "lseek", 2, 77));
    IS("SIGRT_8", shown(CALL_X86_64, "kill", 1, 40));
    IS("999", shown(CALL_X86_64, "kill", 1, 999));
    IS("RLIMIT_STACK", shown(CALL_I386, "ugetrlimit", 0, RLIMIT_STACK));
}
END_TEST

START_TEST(bytes_are_escaped_and_cut)
{
    IS("\"Hello world\\n\"", written("Hello world\n", 12));
    IS("\"\\t\\n\\v\\f\\r\\\"\\\\\"", written("\t\n\v\f\r\"\\", 7));
    IS("\"\\0\\1\\33\\177\\377\"", written("\0\1\33\177\377", 5));
    /* All octal digits if another digit follows. */
    IS("\"\\0001\\08\\00179\"", written("\0001\0008\00179", 7));
    IS("\"12345678901234567890123456789012\"", written("12345678901234567890123456789012", 32));
    IS("\"12345678901234567890123456789012\"...", written("123456789012345678901234567890123", 33));
    IS("\"\"", written("", 0));
}
END_TEST

START_TEST(strings_end_at_their_nul_and_at_the_end_of_memory)
{
    struct process_call call = {.abi = CALL_X86_64, .arguments = {AT}};
    set_memory("file", 5);
    IS("\"file\"", value_of_call(&call, "chdir", 0, false));
    memset(memory, 'a', sizeof memory);
    const char *path = value_of_call(&call, "chdir", 0, false);
    ck_assert_uint_eq(strlen(path), 4095 + 2 + 3);
    IS("\"...", path + 4096);
    call.arguments[0] = AT + MEMORY - 5;
    IS("0x12ffb", value_of_call(&call, "chdir", 0, false));
    memory[MEMORY - 1] = '\0';
    IS("\"aaaa\"", value_of_call(&call, "chdir", 0, false));
    call.arguments[0] = 0;
    IS("NULL", value_of_call(&call, "chdir", 0, false));
}
END_TEST

START_TEST(a_buffer_that_the_kernel_fills_is_an_address_before_the_call_returns_and_if_it_fails)
{
    struct process_call call = {.abi = CALL_X86_64, .arguments = {0, AT, 100}};
    set_memory("input", 5);
    IS("0x10000", value_of_call(&call, "read", 1, false));
    call.result = 5;
    IS("\"input\"", value_of_call(&call, "read", 1, true));
    call.result = 200; /* more than the buffer's size */
    IS("\"input\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\"."
       "..",
       value_of_call(&call, "read", 1, true));
    call.result = -EIO;
    call.failed = true;
    IS("0x10000", value_of_call(&call, "read", 1, true));
}
END_TEST

START_TEST(unknown_calls_and_missing_parameters_are_numbers)
{
    struct elfgen_text out = fresh();
    struct process_call call = {.abi = CALL_X86_64, .arguments = {7, 0, 0, 0, 0, UINT64_MAX}};
    strace_argument_text(&out, &call, NULL, 0, true, &reader);
    elfgen_text_char(&out, ' ');
    strace_argument_text(&out, &call, NULL, 5, true, &reader);
    elfgen_text_char(&out, ' ');
    strace_argument_text(&out, &call, row_of(CALL_X86_64, "close"), 1, true, &reader);
    elfgen_text_char(&out, ' ');
    strace_argument_text(&out, &call, NULL, 99, true, NULL);
    IS("0x7 0xffffffffffffffff 0 0", finish(&out));
}
END_TEST

START_TEST(results_are_numbers_or_error_names_with_their_meaning)
{
    IS("3", result_of(CALL_X86_64, "read", 3));
    IS("-1 ENOENT (No such file or directory)", result_of(CALL_X86_64, "open", -ENOENT));
    IS("? ERESTARTSYS (To be restarted if SA_RESTART is set)",
       result_of(CALL_X86_64, "read", -512));
    IS("? ERESTART_RESTARTBLOCK (Interrupted by signal)", result_of(CALL_I386, "nanosleep", -516));
    IS("-1 (errno 4000)", result_of(CALL_X86_64, "read", -4000));
    IS("0xf7fba000", result_of(CALL_I386, "mmap2", (int64_t)0xf7fba000));
    IS("0xf7fba000", result_of(CALL_I386, "mmap2", (int32_t)0xf7fba000));
    IS("022", result_of(CALL_X86_64, "umask", 022));
    IS("0 (Timeout)", result_of(CALL_X86_64, "poll", 0));
    IS("0 (SCHED_OTHER)", result_of(CALL_X86_64, "sched_getscheduler", 0));
    IS("?", result_of(CALL_X86_64, "exit_group", 0));
    struct elfgen_text out = fresh();
    struct process_call call = {
        .abi = CALL_X86_64, .arguments = {3, F_GETFL}, .result = O_RDWR | 0100000};
    strace_result_text(&out, &call, row_of(CALL_X86_64, "fcntl"), &reader);
    IS("0x8002 (flags O_RDWR|O_LARGEFILE)", finish(&out));
}
END_TEST

START_TEST(every_error_that_the_system_names_is_named)
{
    for (int number = 1; number < 134; number++) {
        if (!strerrorname_np(number))
            continue;
        IS(strerrorname_np(number), strace_error_name(number));
        IS(strerror(number), strace_error_text(number));
    }
    ck_assert_ptr_null(strace_error_name(4000));
    ck_assert_ptr_null(strace_error_name(INT64_MIN));
}
END_TEST

/* ---- hostile programs ---- */

static bool is_plain(const char *string, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (string[i] < ' ' || string[i] > '~')
            return false;
    return true;
}

/* Random numbers: valid and invalid addresses, small and large numbers. */
static uint64_t any_number(uint64_t *random)
{
    uint64_t number = next_random(random);
    switch (number >> 32 & 7) {
    case 0:
        return AT + number % MEMORY;
    case 1:
        return AT;
    case 2:
        return number & 0xff;
    case 3:
        return UINT64_MAX - (number & 0xff);
    case 4:
        return (uint32_t)number;
    case 5:
        return UINT64_C(1) << (number & 63);
    case 6:
        return AT + MEMORY - (number & 31);
    default:
        return number;
    }
}

START_TEST(any_registers_and_memory_are_printed_as_plain_text_of_limited_length)
{
    uint64_t random = 88172645463325252u + (uint64_t)_i;
    for (size_t i = 0; i < sizeof memory; i += 8) {
        uint64_t number = any_number(&random);
        memcpy(memory + i, &number, 8);
    }
    const struct call_row *row;
    for (size_t i = 0; (row = syscall_row_at(i)) != NULL; i++)
        for (int abi = 0; abi < CALL_ABIS; abi++)
            for (int turn = 0; turn < 8 && syscall_row((enum call_abi)abi, row->name) == row;
                 turn++) {
                struct process_call call = {.abi = (enum call_abi)abi,
                                            .result = (int64_t)any_number(&random)};
                call.failed = call.result < 0 && call.result >= -4095;
                for (size_t j = 0; j < ELFGEN_ARGUMENTS; j++) {
                    call.arguments[j] = any_number(&random);
                    if (abi == CALL_I386)
                        call.arguments[j] &= UINT32_MAX;
                }
                for (unsigned j = 0; j < ELFGEN_ARGUMENTS; j++) {
                    struct elfgen_text out = fresh();
                    readings = 0;
                    strace_argument_text(&out, &call, row, j, turn & 1, &reader);
                    ck_assert_uint_gt(out.length, 0);
                    ck_assert(is_plain(finish(&out), out.length));
                    ck_assert_uint_lt(readings, 3000);
                }
                struct elfgen_text out = fresh();
                readings = 0;
                strace_result_text(&out, &call, row, &reader);
                ck_assert_uint_gt(out.length, 0);
                ck_assert(is_plain(finish(&out), out.length));
                ck_assert_uint_lt(readings, 3000000);
            }
}
END_TEST

static Suite *strace_suite(void)
{
    Suite *suite = suite_create("strace");
    TCase *values = tcase_create("values");
    tcase_add_test(values, numbers_are_signed_where_their_type_is);
    tcase_add_test(values, two_registers_of_i386_hold_one_64_bit_number);
    tcase_add_test(values, flags_have_names_and_unknown_bits_are_a_number);
    tcase_add_test(values, bytes_are_escaped_and_cut);
    tcase_add_test(values, strings_end_at_their_nul_and_at_the_end_of_memory);
    tcase_add_test(
        values,
        a_buffer_that_the_kernel_fills_is_an_address_before_the_call_returns_and_if_it_fails);
    tcase_add_test(values, unknown_calls_and_missing_parameters_are_numbers);
    tcase_add_test(values, results_are_numbers_or_error_names_with_their_meaning);
    tcase_add_test(values, every_error_that_the_system_names_is_named);
    suite_add_tcase(suite, values);
    suite_add_tcase(suite, strace_structures_cases());
    TCase *hostile = tcase_create("hostile");
    tcase_add_loop_test(hostile,
                        any_registers_and_memory_are_printed_as_plain_text_of_limited_length, 0, 8);
    suite_add_tcase(suite, hostile);
    suite_add_tcase(suite, strace_lines_cases());
    return suite;
}

RUN_SUITE(strace_suite)
