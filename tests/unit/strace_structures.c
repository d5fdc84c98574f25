/* strace/: structures, lists and strings that a call points to. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "strace_values.h"

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

START_TEST(times_have_the_width_of_their_call)
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

START_TEST(the_rest_of_a_sleep_is_shown_only_if_it_was_interrupted)
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

START_TEST(limits_have_both_widths)
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

START_TEST(signal_actions_have_the_kernel_s_layout)
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

START_TEST(a_signal_set_or_its_complement_is_shown_whichever_is_shorter)
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

START_TEST(a_child_s_wait_status_is_decoded)
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

START_TEST(socket_addresses_are_decoded_by_their_family)
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

START_TEST(vectors_show_no_more_bytes_than_were_transferred)
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

START_TEST(lists_are_cut_after_32_elements)
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

TCase *strace_structures_cases(void)
{
    TCase *structures = tcase_create("structures");
    tcase_add_test(structures, stat_has_three_layouts);
    tcase_add_test(structures, times_have_the_width_of_their_call);
    tcase_add_test(structures, the_rest_of_a_sleep_is_shown_only_if_it_was_interrupted);
    tcase_add_test(structures, limits_have_both_widths);
    tcase_add_test(structures, signal_actions_have_the_kernel_s_layout);
    tcase_add_test(structures, a_signal_set_or_its_complement_is_shown_whichever_is_shorter);
    tcase_add_test(structures, a_child_s_wait_status_is_decoded);
    tcase_add_test(structures, socket_addresses_are_decoded_by_their_family);
    tcase_add_test(structures, vectors_show_no_more_bytes_than_were_transferred);
    tcase_add_test(structures, lists_are_cut_after_32_elements);
    tcase_add_test(structures, arguments_and_the_environment_are_counted);
    return structures;
}
