/* report/strace: values out of memory that stands here, in the layouts of both machines; hostile
 * numbers and addresses; lines of what happens to one process and to many. What strace itself says
 * of such calls, tests/differential/strace.pl asks. */
#include "../../elfgen/report/strace.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>

#include "../../elfgen/report/strace_print.h"
#include "room.h"

/* ---- memory ---- */

enum { AT = 0x10000, MEMORY = 0x3000, TEXT = 1 << 18 };

static uint8_t memory[MEMORY];
static size_t memory_size = MEMORY;
static size_t readings;

static size_t read_memory(void *context, uint64_t address, void *bytes, size_t size)
{
    (void)context;
    readings++;
    if (address < AT || address >= AT + memory_size)
        return 0;
    size_t there = memory_size - (size_t)(address - AT);
    size = size < there ? size : there;
    memcpy(bytes, memory + (address - AT), size);
    return size;
}

static const struct call_reader reader = {read_memory, NULL};

static void set_memory(const void *bytes, size_t size)
{
    memset(memory, 0, sizeof memory);
    memcpy(memory, bytes, size);
}

/* ---- one value ---- */

static char text[TEXT];

static const char *finish(struct elfgen_text *out)
{
    ck_assert(!out->cut);
    ck_assert_uint_lt(out->length, sizeof text);
    text[out->length] = '\0';
    return text;
}

static struct elfgen_text fresh(void)
{
    return (struct elfgen_text){.bytes = text, .capacity = sizeof text - 1};
}

static const struct call_row *row_of(enum call_abi abi, const char *name)
{
    const struct call_row *row = calls_row(abi, name);
    ck_assert_msg(row != NULL, "%s", name);
    return row;
}

static const char *value_of_call(const struct process_call *call, const char *name, unsigned index,
                                 bool after)
{
    struct elfgen_text out = fresh();
    call_value_text(&out, call, row_of(call->abi, name), index, after, &reader);
    return finish(&out);
}

/* Argument `index` of a successful call, which is the address of the memory, or a number. */
static const char *shown(enum call_abi abi, const char *name, unsigned index, uint64_t argument)
{
    struct process_call call = {.abi = abi};
    call.arguments[index] = argument;
    return value_of_call(&call, name, index, true);
}

static const char *result_of(enum call_abi abi, const char *name, int64_t result)
{
    struct elfgen_text out = fresh();
    struct process_call call = {
        .abi = abi, .result = result, .failed = result < 0 && result >= -4095};
    call_result_text(&out, &call, row_of(abi, name), &reader);
    return finish(&out);
}

#define IS(expected, actual) ck_assert_str_eq(actual, expected)

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

START_TEST(two_numbers_of_i386_are_one_of_64_bits)
{
    struct process_call call = {.abi = CALL_I386, .arguments = {3, 0, 5, 1, 2}};
    IS("8589934593", value_of_call(&call, "pread64", 3, true));
    IS("0x2", value_of_call(&call, "pread64", 4, true));
    IS("5", value_of_call(&call, "_llseek", 1, true));
    call.abi = CALL_X86_64;
    IS("1", value_of_call(&call, "pread64", 3, true));
}
END_TEST

START_TEST(flags_have_names_and_what_is_left_is_a_number)
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

static const char *written(const void *bytes, size_t size)
{
    struct process_call call = {.abi = CALL_X86_64, .arguments = {1, AT, size}};
    set_memory(bytes, size < MEMORY ? size : MEMORY);
    return value_of_call(&call, "write", 1, false);
}

START_TEST(bytes_are_escaped_and_cut)
{
    IS("\"Hello world\\n\"", written("Hello world\n", 12));
    IS("\"\\t\\n\\v\\f\\r\\\"\\\\\"", written("\t\n\v\f\r\"\\", 7));
    IS("\"\\0\\1\\33\\177\\377\"", written("\0\1\33\177\377", 5));
    /* All digits, where another follows. */
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

START_TEST(what_the_kernel_writes_is_an_address_before_it_answered_and_where_it_refused)
{
    struct process_call call = {.abi = CALL_X86_64, .arguments = {0, AT, 100}};
    set_memory("input", 5);
    IS("0x10000", value_of_call(&call, "read", 1, false));
    call.result = 5;
    IS("\"input\"", value_of_call(&call, "read", 1, true));
    call.result = 200; /* more than there was room for */
    IS("\"input\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\"."
       "..",
       value_of_call(&call, "read", 1, true));
    call.result = -EIO;
    call.failed = true;
    IS("0x10000", value_of_call(&call, "read", 1, true));
}
END_TEST

/* ---- structures ---- */

START_TEST(stat_has_three_layouts)
{
    struct stat own = {.st_mode = S_IFREG | 0644, .st_size = 0x123456789};
    set_memory(&own, sizeof own);
    IS("{st_mode=S_IFREG|0644, st_size=4886718345, ...}", shown(CALL_X86_64, "stat", 1, AT));
    own.st_mode = S_IFCHR | 0666;
    own.st_rdev = 0x103;
    set_memory(&own, sizeof own);
    IS("{st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}",
       shown(CALL_X86_64, "newfstatat", 2, AT));

    uint8_t old[64] = {[8] = 0xff, 0x43, [20] = 5}; /* mode 041777, size 5 */
    old[9] = 0x43;
    set_memory(old, sizeof old);
    IS("{st_mode=S_IFDIR|S_ISVTX|0777, st_size=5, ...}", shown(CALL_I386, "stat", 1, AT));

    uint8_t large[96] = {[16] = 0xa4, 0x81, [44] = 7, [48] = 1};
    set_memory(large, sizeof large);
    IS("{st_mode=S_IFREG|0644, st_size=4294967303, ...}", shown(CALL_I386, "stat64", 1, AT));
    IS("{st_mode=S_IFREG|0644, st_size=4294967303, ...}", shown(CALL_I386, "fstatat64", 2, AT));
}
END_TEST

START_TEST(times_are_of_the_call_s_own_width)
{
    struct timespec wide = {1, 2};
    int32_t narrow[4] = {-1, 5, 6, 7};
    set_memory(&wide, sizeof wide);
    IS("{tv_sec=1, tv_nsec=2}", shown(CALL_X86_64, "nanosleep", 0, AT));
    IS("{tv_sec=1, tv_nsec=2}", shown(CALL_I386, "clock_nanosleep_time64", 2, AT));
    IS("{tv_sec=1, tv_nsec=2}", shown(CALL_I386, "ppoll_time64", 2, AT));
    set_memory(narrow, sizeof narrow);
    IS("{tv_sec=-1, tv_nsec=5}", shown(CALL_I386, "nanosleep", 0, AT));
    IS("{tv_sec=-1, tv_usec=5}", shown(CALL_I386, "gettimeofday", 0, AT));
    IS("{it_interval={tv_sec=-1, tv_usec=5}, it_value={tv_sec=6, tv_usec=7}}",
       shown(CALL_I386, "setitimer", 1, AT));
}
END_TEST

START_TEST(what_is_left_of_a_sleep_is_there_only_when_it_was_interrupted)
{
    struct timespec left = {3, 4};
    struct process_call call = {.abi = CALL_X86_64, .arguments = {0, AT}};
    set_memory(&left, sizeof left);
    IS("0x10000", value_of_call(&call, "nanosleep", 1, true));
    call.failed = true;
    call.result = -516;
    IS("{tv_sec=3, tv_nsec=4}", value_of_call(&call, "nanosleep", 1, true));
    call.result = -EINVAL;
    IS("0x10000", value_of_call(&call, "nanosleep", 1, true));
}
END_TEST

START_TEST(limits_are_of_both_widths)
{
    uint64_t wide[2] = {UINT64_C(8192) * 1024, UINT64_MAX};
    uint32_t narrow[2] = {1024, UINT32_MAX};
    set_memory(wide, sizeof wide);
    IS("{rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}", shown(CALL_X86_64, "getrlimit", 1, AT));
    IS("{rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}", shown(CALL_I386, "prlimit64", 3, AT));
    set_memory(narrow, sizeof narrow);
    IS("{rlim_cur=1024, rlim_max=RLIM_INFINITY}", shown(CALL_I386, "ugetrlimit", 1, AT));
}
END_TEST

START_TEST(signals_actions_have_the_kernel_s_layout)
{
    struct {
        uint64_t handler, flags, restorer, mask;
    } wide = {0x401000, 0x04000000 | SA_RESTART, 0x402000, 1 << (SIGINT - 1)};
    struct {
        uint32_t handler, flags, restorer, mask[2];
    } narrow = {1, 0, 0, {0, 0}};
    struct {
        uint32_t handler, mask, flags, restorer;
    } old = {0, 1 << (SIGHUP - 1), SA_NODEFER, 0};
    set_memory(&wide, sizeof wide);
    IS("{sa_handler=0x401000, sa_mask=[INT], sa_flags=SA_RESTORER|SA_RESTART, "
       "sa_restorer=0x402000}",
       shown(CALL_X86_64, "rt_sigaction", 1, AT));
    set_memory(&narrow, sizeof narrow);
    IS("{sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}", shown(CALL_I386, "rt_sigaction", 2, AT));
    set_memory(&old, sizeof old);
    IS("{sa_handler=SIG_DFL, sa_mask=[HUP], sa_flags=SA_NODEFER}",
       shown(CALL_I386, "sigaction", 1, AT));
}
END_TEST

START_TEST(sets_of_signals_are_short_either_way)
{
    uint64_t set = 1 << (SIGINT - 1) | 1ull << 31 | 1ull << 33;
    struct process_call call = {.abi = CALL_X86_64, .arguments = {0, AT, 0, 8}};
    set_memory(&set, sizeof set);
    IS("[INT RTMIN RT_2]", value_of_call(&call, "rt_sigprocmask", 1, false));
    set = ~set;
    set_memory(&set, sizeof set);
    IS("~[INT RTMIN RT_2]", value_of_call(&call, "rt_sigprocmask", 1, false));
    call.arguments[3] = 4;
    IS("0x10000", value_of_call(&call, "rt_sigprocmask", 1, false));
    call.abi = CALL_I386;
    IS("~[INT RTMIN]", (set = ~UINT64_C(0x80000002), set_memory(&set, sizeof set),
                        call.arguments[3] = 8, value_of_call(&call, "rt_sigprocmask", 1, false)));
}
END_TEST

START_TEST(what_a_child_ended_with_is_spelled_out)
{
    static const struct {
        int status;
        const char *text;
    } cases[] = {
        {0x300, "[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]"},
        {9, "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}]"},
        {0x8b, "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}]"},
        {0x137f, "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]"},
        {0xffff, "[{WIFCONTINUED(s)}]"},
    };
    struct process_call call = {.abi = CALL_X86_64, .arguments = {5, AT}, .result = 5};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_memory(&cases[i].status, sizeof cases[i].status);
        IS(cases[i].text, value_of_call(&call, "wait4", 1, true));
    }
    call.result = 0; /* WNOHANG: nothing was written */
    IS("0x10000", value_of_call(&call, "wait4", 1, true));
}
END_TEST

static const char *address_of(const void *bytes, size_t size, uint64_t length)
{
    struct process_call call = {.abi = CALL_X86_64, .arguments = {3, AT, length}};
    set_memory(bytes, size);
    return value_of_call(&call, "connect", 1, false);
}

START_TEST(addresses_of_sockets_are_read_by_their_family)
{
    struct sockaddr_in in = {AF_INET, htons(80), {htonl(INADDR_LOOPBACK)}, {0}};
    struct sockaddr_in6 in6 = {AF_INET6, htons(443), 0, IN6ADDR_LOOPBACK_INIT, 0};
    struct sockaddr_un un = {AF_UNIX, "/tmp/x"};
    IS("{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}",
       address_of(&in, sizeof in, sizeof in));
    IS("{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "
       "\"::1\", &sin6_addr), sin6_scope_id=0}",
       address_of(&in6, sizeof in6, sizeof in6));
    IS("{sa_family=AF_UNIX, sun_path=\"/tmp/x\"}", address_of(&un, sizeof un, sizeof un));
    IS("{sa_family=AF_UNIX}", address_of(&un, sizeof un, 2));
    un.sun_path[0] = '\0';
    IS("{sa_family=AF_UNIX, sun_path=@\"tmp\"}", address_of(&un, sizeof un, 6));
    IS("{sa_family=AF_INET, sa_data=\"\\0P\\177\"}", address_of(&in, sizeof in, 5));
    IS("0x10000", address_of(&in, sizeof in, 1));
    IS("0x10000", address_of(&in, sizeof in, UINT32_MAX));
}
END_TEST

START_TEST(vectors_share_what_was_read)
{
    uint64_t vector[4] = {AT + 0x100, 3, AT + 0x200, 100};
    struct process_call call = {.abi = CALL_X86_64, .arguments = {3, AT, 2}, .result = 5};
    set_memory(vector, sizeof vector);
    memcpy(memory + 0x100, "abcdef", 7);
    memcpy(memory + 0x200, "xyz", 4);
    IS("[{iov_base=\"abc\", iov_len=3}, {iov_base=\"xy\", iov_len=100}]",
       value_of_call(&call, "readv", 1, true));
    call.result = 0;
    IS("[{iov_base=\"\", iov_len=3}, {iov_base=\"\", iov_len=100}]",
       value_of_call(&call, "readv", 1, true));
    call.failed = true;
    IS("[{iov_base=0x10100, iov_len=3}, {iov_base=0x10200, iov_len=100}]",
       value_of_call(&call, "readv", 1, true));
    uint32_t narrow[2] = {AT + 0x100, 2};
    memcpy(memory, narrow, sizeof narrow);
    call.abi = CALL_I386;
    call.arguments[2] = 1;
    IS("[{iov_base=\"ab\", iov_len=2}]", value_of_call(&call, "writev", 1, false));
}
END_TEST

START_TEST(lists_end_after_32)
{
    struct process_call call = {.abi = CALL_X86_64, .arguments = {AT, UINT32_MAX, 0}};
    memset(memory, 0, sizeof memory);
    const char *list = value_of_call(&call, "poll", 0, false);
    IS("{fd=0, events=0}, ...]", list + strlen(list) - 22);
    ck_assert_uint_lt(strlen(list), 1000);
    call.arguments[0] = AT + MEMORY - 16; /* where memory ends */
    IS("[{fd=0, events=0}, {fd=0, events=0}, ... /* 0x13000 */]",
       value_of_call(&call, "poll", 0, false));
}
END_TEST

START_TEST(arguments_and_the_environment_are_counted)
{
    uint64_t list[6] = {AT + 0x100, AT + 0x104, 0, AT + 0x100, 0x10, 0};
    struct process_call call = {.abi = CALL_X86_64, .arguments = {0, AT, AT}};
    set_memory(list, sizeof list);
    memcpy(memory + 0x100, "cat\0-n", 7);
    IS("[\"cat\", \"-n\"]", value_of_call(&call, "execve", 1, false));
    IS("0x10000 /* 2 vars */", value_of_call(&call, "execve", 2, false));
    call.arguments[1] = AT + 24;
    IS("[\"cat\", 0x10]", value_of_call(&call, "execve", 1, false));
    call.arguments[2] = AT + 32;
    IS("0x10020 /* 1 var */", value_of_call(&call, "execve", 2, false));
    call.arguments[2] = AT + 16;
    IS("0x10010 /* 0 vars */", value_of_call(&call, "execve", 2, false));
    call.arguments[2] = 5;
    IS("0x5", value_of_call(&call, "execve", 2, false));
    memset(memory, 1, sizeof memory);
    call.arguments[2] = AT;
    IS("0x10000 /* 1536 vars, unterminated */", value_of_call(&call, "execve", 2, false));
}
END_TEST

START_TEST(unknown_calls_and_missing_parameters_are_numbers)
{
    struct elfgen_text out = fresh();
    struct process_call call = {.abi = CALL_X86_64, .arguments = {7, 0, 0, 0, 0, UINT64_MAX}};
    call_value_text(&out, &call, NULL, 0, true, &reader);
    elfgen_text_char(&out, ' ');
    call_value_text(&out, &call, NULL, 5, true, &reader);
    elfgen_text_char(&out, ' ');
    call_value_text(&out, &call, row_of(CALL_X86_64, "close"), 1, true, &reader);
    elfgen_text_char(&out, ' ');
    call_value_text(&out, &call, NULL, 99, true, NULL);
    IS("0x7 0xffffffffffffffff 0 0", finish(&out));
}
END_TEST

START_TEST(results_say_what_they_mean)
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
    call_result_text(&out, &call, row_of(CALL_X86_64, "fcntl"), &reader);
    IS("0x8002 (flags O_RDWR|O_LARGEFILE)", finish(&out));
}
END_TEST

START_TEST(every_error_that_the_system_names_is_named)
{
    for (int number = 1; number < 134; number++) {
        if (!strerrorname_np(number))
            continue;
        IS(strerrorname_np(number), call_error_name(number));
        IS(strerror(number), call_error_text(number));
    }
    ck_assert_ptr_null(call_error_name(4000));
    ck_assert_ptr_null(call_error_name(INT64_MIN));
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

/* Numbers that are somewhere or nowhere, small and large. */
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

START_TEST(any_registers_and_any_memory_give_bounded_plain_text)
{
    uint64_t random = 88172645463325252u + (uint64_t)_i;
    for (size_t i = 0; i < sizeof memory; i += 8) {
        uint64_t number = any_number(&random);
        memcpy(memory + i, &number, 8);
    }
    const struct call_row *row;
    for (size_t i = 0; (row = calls_row_at(i)) != NULL; i++)
        for (int abi = row->only_i386 ? CALL_I386 : CALL_X86_64; abi < CALL_ABIS; abi++)
            for (int turn = 0; turn < 8; turn++) {
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
                    call_value_text(&out, &call, row, j, turn & 1, &reader);
                    ck_assert_uint_gt(out.length, 0);
                    ck_assert(is_plain(finish(&out), out.length));
                    ck_assert_uint_lt(readings, 3000);
                }
                struct elfgen_text out = fresh();
                readings = 0;
                call_result_text(&out, &call, row, &reader);
                ck_assert_uint_gt(out.length, 0);
                ck_assert(is_plain(finish(&out), out.length));
                ck_assert_uint_lt(readings, 3000000);
            }
}
END_TEST

/* ---- lines ---- */

struct scene {
    struct strace strace;
    struct elfgen_text out;
    struct process first, second;
};

static struct scene *open_scene(enum strace_prefix prefix)
{
    struct scene *scene = calloc(1, sizeof *scene);
    scene->out = fresh();
    scene->first = (struct process){.id = 100, .first = true, .entered = true};
    scene->second = (struct process){.id = 12345, .entered = true};
    scene->strace.out = &scene->out;
    scene->strace.prefix = prefix;
    scene->strace.tool = "tinyelf";
    scene->strace.reader = reader;
    strace_begin(&scene->strace);
    return scene;
}

static void tell(struct scene *scene, struct process *process, enum process_event_kind kind,
                 int number)
{
    struct process_event event = {.kind = kind, .process = process, .number = number};
    strace_event(&scene->strace, &event);
}

static void ask(struct scene *scene, struct process *process, enum call_abi abi, uint64_t number,
                uint64_t first, uint64_t second, uint64_t third)
{
    process->call =
        (struct process_call){.abi = abi, .number = number, .arguments = {first, second, third}};
    tell(scene, process, PROCESS_CALL, 0);
}

static void answer(struct scene *scene, struct process *process, int64_t result)
{
    process->call.result = result;
    process->call.failed = result < 0;
    tell(scene, process, PROCESS_RESULT, 0);
}

static void close_scene(struct scene *scene, const char *expected)
{
    strace_end(&scene->strace);
    IS(expected, finish(&scene->out));
    free(scene);
}

START_TEST(a_call_is_written_in_two_parts)
{
    struct scene *scene = open_scene(STRACE_BARE);
    set_memory("text", 5);
    ask(scene, &scene->first, CALL_X86_64, SYS_write, 1, AT, 4);
    IS("write(1, \"text\", 4", finish(&scene->out));
    answer(scene, &scene->first, 4);
    IS("write(1, \"text\", 4)                     = 4\n", finish(&scene->out));
    ask(scene, &scene->first, CALL_X86_64, SYS_read, 0, AT, 4);
    IS("write(1, \"text\", 4)                     = 4\nread(0, ", finish(&scene->out));
    answer(scene, &scene->first, 2);
    ask(scene, &scene->first, CALL_X86_64, SYS_exit_group, 0, 0, 0);
    tell(scene, &scene->first, PROCESS_EXITED, 0);
    close_scene(scene, "write(1, \"text\", 4)                     = 4\n"
                       "read(0, \"te\", 4)                        = 2\n"
                       "exit_group(0)                           = ?\n"
                       "+++ exited with 0 +++\n");
}
END_TEST

START_TEST(several_processes_have_their_numbers_and_interrupt_each_other)
{
    struct scene *scene = open_scene(STRACE_PID);
    ask(scene, &scene->first, CALL_X86_64, SYS_fork, 0, 0, 0);
    tell(scene, &scene->second, PROCESS_STARTED, 0);
    answer(scene, &scene->first, 12345);
    ask(scene, &scene->first, CALL_X86_64, SYS_read, 0, AT, 4);
    ask(scene, &scene->second, CALL_X86_64, SYS_getppid, 0, 0, 0);
    answer(scene, &scene->second, 100);
    answer(scene, &scene->first, 0);
    ask(scene, &scene->second, CALL_X86_64, SYS_pause, 0, 0, 0);
    ask(scene, &scene->first, CALL_X86_64, SYS_getpid, 0, 0, 0);
    answer(scene, &scene->first, 100);
    tell(scene, &scene->second, PROCESS_KILLED, SIGKILL);
    ask(scene, &scene->first, CALL_X86_64, SYS_getpid, 0, 0, 0);
    close_scene(scene, "fork()                                  = 12345\n"
                       "tinyelf: Process 12345 attached\n"
                       "[pid 100] read(0,  <unfinished ...>\n"
                       "[pid 12345] getppid()                   = 100\n"
                       "[pid 100] <... read resumed>\"\", 4)      = 0\n"
                       "[pid 12345] pause( <unfinished ...>\n"
                       "[pid 100] getpid()                      = 100\n"
                       "[pid 12345] <... pause resumed>)        = ?\n"
                       "[pid 12345] +++ killed by SIGKILL +++\n"
                       "getpid( <unfinished ...>\n");
}
END_TEST

START_TEST(in_a_file_every_line_begins_with_its_process)
{
    struct scene *scene = open_scene(STRACE_COLUMN);
    tell(scene, &scene->second, PROCESS_STARTED, 0);
    ask(scene, &scene->first, CALL_I386, 20, 0, 0, 0);
    answer(scene, &scene->first, 100);
    tell(scene, &scene->second, PROCESS_EXITED, 7);
    close_scene(scene, "100   getpid()                          = 100\n"
                       "12345 +++ exited with 7 +++\n");
}
END_TEST

START_TEST(a_thread_s_execve_takes_the_place_of_the_first)
{
    struct scene *scene = open_scene(STRACE_PID);
    tell(scene, &scene->second, PROCESS_STARTED, 0);
    ask(scene, &scene->first, CALL_X86_64, SYS_pause, 0, 0, 0);
    ask(scene, &scene->second, CALL_X86_64, SYS_execve, 0, 0, 0);
    scene->first.call = scene->second.call; /* as trace does */
    tell(scene, &scene->first, PROCESS_EXECED, 12345);
    answer(scene, &scene->first, 0);
    ask(scene, &scene->first, CALL_X86_64, SYS_getpid, 0, 0, 0);
    answer(scene, &scene->first, 100);
    close_scene(scene, "tinyelf: Process 12345 attached\n"
                       "[pid 100] pause( <unfinished ...>\n"
                       "[pid 12345] execve(NULL, NULL, NULL <unfinished ...>\n"
                       "[pid 100] <... pause resumed>)          = ?\n"
                       "+++ superseded by execve in pid 12345 +++\n"
                       "<... execve resumed>)                   = 0\n"
                       "getpid()                                = 100\n");
}
END_TEST

START_TEST(signals_stops_and_ends_have_lines)
{
    struct scene *scene = open_scene(STRACE_BARE);
    siginfo_t info = {.si_signo = SIGINT, .si_code = SI_KERNEL};
    struct process_event event = {
        .kind = PROCESS_SIGNAL, .process = &scene->first, .signal = &info, .number = SIGINT};
    strace_event(&scene->strace, &event);
    info = (siginfo_t){.si_signo = SIGSEGV, .si_code = SEGV_MAPERR};
    event.number = SIGSEGV;
    strace_event(&scene->strace, &event);
    tell(scene, &scene->first, PROCESS_STOPPED, SIGTSTP);
    event = (struct process_event){
        .kind = PROCESS_KILLED, .process = &scene->first, .number = SIGSEGV, .core = true};
    strace_event(&scene->strace, &event);
    close_scene(scene, "--- SIGINT {si_signo=SIGINT, si_code=SI_KERNEL} ---\n"
                       "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---\n"
                       "--- stopped by SIGTSTP ---\n"
                       "+++ killed by SIGSEGV (core dumped) +++\n");
}
END_TEST

START_TEST(a_change_of_mode_is_noted)
{
    struct scene *scene = open_scene(STRACE_BARE);
    ask(scene, &scene->first, CALL_I386, 20, 0, 0, 0);
    answer(scene, &scene->first, 100);
    ask(scene, &scene->first, CALL_X86_64, SYS_getpid, 0, 0, 0);
    answer(scene, &scene->first, 100);
    close_scene(scene, "[ Process PID=100 runs in 32 bit mode. ]\n"
                       "getpid()                                = 100\n"
                       "[ Process PID=100 runs in 64 bit mode. ]\n"
                       "getpid()                                = 100\n");
}
END_TEST

START_TEST(calls_of_i386_that_pass_their_arguments_in_memory_are_unfolded)
{
    struct scene *scene = open_scene(STRACE_COLUMN);
    uint32_t arguments[6] = {0, 4096, 1, 0x22, UINT32_MAX, 0x1000};
    set_memory(arguments, sizeof arguments);
    ask(scene, &scene->first, CALL_I386, 90, AT, 0, 0);
    answer(scene, &scene->first, (int64_t)0xf7000000);
    ask(scene, &scene->first, CALL_I386, 90, 0x10, 0, 0);
    answer(scene, &scene->first, -EFAULT);
    arguments[0] = AF_UNIX;
    arguments[1] = SOCK_STREAM;
    arguments[2] = 0;
    set_memory(arguments, sizeof arguments);
    ask(scene, &scene->first, CALL_I386, 102, 1, AT, 0);
    answer(scene, &scene->first, 3);
    ask(scene, &scene->first, CALL_I386, 102, 99, AT, 0);
    answer(scene, &scene->first, -EINVAL);
    close_scene(scene, "100   mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0x1000) = "
                       "0xf7000000\n"
                       "100   mmap(0x10)                        = -1 EFAULT (Bad address)\n"
                       "100   socket(AF_UNIX, SOCK_STREAM, 0)   = 3\n"
                       "100   socketcall(99, 0x10000)           = -1 EINVAL (Invalid argument)\n");
}
END_TEST

START_TEST(a_length_that_the_kernel_changes_is_shown_twice)
{
    struct scene *scene = open_scene(STRACE_BARE);
    uint32_t length = 110;
    set_memory(&length, sizeof length);
    memory[0x100] = AF_UNIX;
    ask(scene, &scene->first, CALL_X86_64, SYS_getsockname, 3, AT + 0x100, AT);
    length = 2;
    memcpy(memory, &length, sizeof length);
    answer(scene, &scene->first, 0);
    close_scene(scene, "getsockname(3, {sa_family=AF_UNIX}, [110 => 2]) = 0\n");
}
END_TEST

START_TEST(a_call_that_nobody_knows_shows_its_number)
{
    struct scene *scene = open_scene(STRACE_BARE);
    ask(scene, &scene->first, CALL_X86_64, 1000, 1, 0, UINT64_MAX);
    answer(scene, &scene->first, -ENOSYS);
    close_scene(scene, "syscall_0x3e8(0x1, 0, 0xffffffffffffffff, 0, 0, 0) = -1 ENOSYS (Function "
                       "not implemented)\n");
}
END_TEST

static Suite *strace_suite(void)
{
    Suite *suite = suite_create("strace");
    TCase *values = tcase_create("values");
    tcase_add_test(values, numbers_are_signed_where_their_type_is);
    tcase_add_test(values, two_numbers_of_i386_are_one_of_64_bits);
    tcase_add_test(values, flags_have_names_and_what_is_left_is_a_number);
    tcase_add_test(values, bytes_are_escaped_and_cut);
    tcase_add_test(values, strings_end_at_their_nul_and_at_the_end_of_memory);
    tcase_add_test(values,
                   what_the_kernel_writes_is_an_address_before_it_answered_and_where_it_refused);
    tcase_add_test(values, unknown_calls_and_missing_parameters_are_numbers);
    tcase_add_test(values, results_say_what_they_mean);
    tcase_add_test(values, every_error_that_the_system_names_is_named);
    suite_add_tcase(suite, values);
    TCase *structures = tcase_create("structures");
    tcase_add_test(structures, stat_has_three_layouts);
    tcase_add_test(structures, times_are_of_the_call_s_own_width);
    tcase_add_test(structures, what_is_left_of_a_sleep_is_there_only_when_it_was_interrupted);
    tcase_add_test(structures, limits_are_of_both_widths);
    tcase_add_test(structures, signals_actions_have_the_kernel_s_layout);
    tcase_add_test(structures, sets_of_signals_are_short_either_way);
    tcase_add_test(structures, what_a_child_ended_with_is_spelled_out);
    tcase_add_test(structures, addresses_of_sockets_are_read_by_their_family);
    tcase_add_test(structures, vectors_share_what_was_read);
    tcase_add_test(structures, lists_end_after_32);
    tcase_add_test(structures, arguments_and_the_environment_are_counted);
    suite_add_tcase(suite, structures);
    TCase *hostile = tcase_create("hostile");
    tcase_add_loop_test(hostile, any_registers_and_any_memory_give_bounded_plain_text, 0, 8);
    suite_add_tcase(suite, hostile);
    TCase *lines = tcase_create("lines");
    tcase_add_test(lines, a_call_is_written_in_two_parts);
    tcase_add_test(lines, several_processes_have_their_numbers_and_interrupt_each_other);
    tcase_add_test(lines, in_a_file_every_line_begins_with_its_process);
    tcase_add_test(lines, a_thread_s_execve_takes_the_place_of_the_first);
    tcase_add_test(lines, signals_stops_and_ends_have_lines);
    tcase_add_test(lines, a_change_of_mode_is_noted);
    tcase_add_test(lines, calls_of_i386_that_pass_their_arguments_in_memory_are_unfolded);
    tcase_add_test(lines, a_length_that_the_kernel_changes_is_shown_twice);
    tcase_add_test(lines, a_call_that_nobody_knows_shows_its_number);
    suite_add_tcase(suite, lines);
    return suite;
}

RUN_SUITE(strace_suite)
