/* sandbox/: what a worker's filter lets through, asked of the filter itself, with each set of
 * kinds.
 *
 * The filter is classic BPF. It is executed here as Linux does it, so that a hundred thousand calls
 * take no process. What is right stands in this file once more, as arrays and functions, not as the
 * rows. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>

#include "sandbox/sandbox_private.h"
#include "room.h"

static const uint64_t SECRET = 0x0123456789abcdef;
enum { BOTH_TABLES = 2, NUMBERS = 600 };
static const uint32_t archs[BOTH_TABLES] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386};
static const uint32_t tables[BOTH_TABLES] = {SCMP_ARCH_X86_64, SCMP_ARCH_X86};

/* ---- the machine ---- */

static bool jumps(uint16_t code, uint32_t a, uint32_t k)
{
    switch (BPF_OP(code)) {
    case BPF_JEQ:
        return a == k;
    case BPF_JGT:
        return a > k;
    case BPF_JGE:
        return a >= k;
    default:
        ck_assert_int_eq(BPF_OP(code), BPF_JSET);
        return (a & k) != 0;
    }
}

/* Returns whether the filter lets a call through; else it kills. */
static bool lets(const struct sock_fprog *filter, const struct seccomp_data *call)
{
    uint32_t a = 0;
    for (size_t at = 0;; at++) {
        ck_assert_uint_lt(at, filter->len);
        const struct sock_filter *line = &filter->filter[at];
        switch (BPF_CLASS(line->code)) {
        case BPF_LD:
            ck_assert_int_eq(line->code, BPF_LD | BPF_W | BPF_ABS);
            ck_assert_uint_le(line->k + sizeof a, sizeof *call);
            memcpy(&a, (const char *)call + line->k, sizeof a);
            break;
        case BPF_ALU:
            ck_assert_int_eq(line->code, BPF_ALU | BPF_AND | BPF_K);
            a &= line->k;
            break;
        case BPF_JMP:
            at += BPF_OP(line->code) == BPF_JA    ? line->k
                  : jumps(line->code, a, line->k) ? line->jt
                                                  : line->jf;
            break;
        default:
            ck_assert_int_eq(line->code, BPF_RET | BPF_K);
            ck_assert(line->k == SECCOMP_RET_ALLOW || line->k == SECCOMP_RET_KILL_PROCESS);
            return line->k == SECCOMP_RET_ALLOW;
        }
    }
}

/* With the bit TERMINAL among the kinds, descriptors 0, 1 and 2 are a terminal. */
enum { TERMINAL = 1 << SANDBOX_KINDS };

static struct sock_fprog filter_of(unsigned kinds)
{
    struct sock_fprog filter;
    ck_assert_msg(
        sandbox_make_filter(SECRET, kinds & (TERMINAL - 1), (kinds & TERMINAL) != 0, &filter),
        "kinds %x: %s", kinds, strerror(errno));
    return filter;
}

/* ---- what is right ---- */

static const char always[] =
    " exit exit_group brk munmap time gettimeofday nanosleep clock_getres clock_gettime"
    " clock_nanosleep restart_syscall clock_gettime64 clock_getres_time64 clock_nanosleep_time64 ";
/* By kind, in their order: calls with any arguments. */
static const char *const any[SANDBOX_KINDS] = {
    "",
    (" close read readv pread64 preadv lseek _llseek getdents getdents64 stat stat64 lstat lstat64"
     " fstat fstat64 newfstatat fstatat64 statx access faccessat readlink readlinkat "),
    (" getpid getppid gettid getpgrp getpgid getsid getuid getuid32 geteuid geteuid32 getresuid"
     " getresuid32 getgid getgid32 getegid getegid32 getresgid getresgid32 getgroups getgroups32"
     " uname getcwd "),
    (" rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait"
     " rt_sigtimedwait_time64 signal sigaction sigprocmask sigreturn sigpending sigsuspend"
     " sigaltstack pause alarm setitimer getitimer "),
    (" set_thread_area set_tid_address set_robust_list rseq getrlimit ugetrlimit getrandom "
     "mprotect mremap"
     " readlink fstat fstat64 "),
};
enum { WRITE_STDIN, READ_FILES, IDENTITY, SIGNALS, LIBC_START };

static bool is_in(const char *words, const char *name)
{
    char word[64];
    snprintf(word, sizeof word, " %s ", name);
    return strstr(words, word) != NULL;
}

static bool is(const char *name, const char *a, const char *b)
{
    return strcmp(name, a) == 0 || (b && strcmp(name, b) == 0);
}

/* O_RDONLY, with flags that neither make nor change anything. */
static bool only_reads(uint64_t flags)
{
    const uint32_t harmless = O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | 0x8000;
    return ((uint32_t)flags & ~harmless) == 0;
}

static bool is_of_kind(unsigned kind, const char *name, const uint64_t *args)
{
    if (is_in(any[kind], name))
        return true;
    if (kind == WRITE_STDIN)
        return is(name, "write", "writev") && (uint32_t)args[0] == 0;
    if (kind == READ_FILES)
        return (is(name, "open", NULL) && only_reads(args[1])) ||
               (is(name, "openat", NULL) && (int)args[0] == AT_FDCWD && only_reads(args[2]));
    if (kind != LIBC_START)
        return false;
    const uint32_t first = (uint32_t)args[0], second = (uint32_t)args[1];
    return (is(name, "arch_prctl", NULL) &&
            (first == 0x1002 || first == 0x1003 || first == 0x3001 || first == 0x5005)) ||
           (is(name, "prlimit64", NULL) && first == 0 && args[2] == 0) ||
           (is(name, "readlinkat", NULL) && (int)args[0] == AT_FDCWD) ||
           (is(name, "newfstatat", "fstatat64") && (uint32_t)args[3] == AT_EMPTY_PATH) ||
           (is(name, "statx", NULL) && (args[2] & AT_EMPTY_PATH) != 0) ||
           (is(name, "futex", NULL) && second == 0x81) ||
           (is(name, "ioctl", NULL) && (second == 0x5401 || second == 0x5413));
}

/* TCGETS, TCSETS, TCSETSW, TCSETSF, the four with struct termios2, TIOCGWINSZ, TIOCGPGRP */
static bool is_of_terminal(const char *name, const uint64_t *args)
{
    static const uint32_t requests[] = {0x5401,     0x5402,     0x5403,     0x5404, 0x802c542a,
                                        0x402c542b, 0x402c542c, 0x402c542d, 0x5413, 0x540f};
    if ((uint32_t)args[0] > 2)
        return false;
    for (size_t i = 0; is(name, "ioctl", NULL) && i < sizeof requests / sizeof requests[0]; i++)
        if ((uint32_t)args[1] == requests[i])
            return true;
    return is(name, "read", "readv") || is(name, "write", "writev");
}

static bool is_right(unsigned kinds, size_t table, const char *name, const uint64_t *args)
{
    const uint32_t first = (uint32_t)args[0];
    if (is_in(always, name) || (is(name, "read", "readv") && first == 0) ||
        (is(name, "write", "writev") && (first == 1 || first == 2)))
        return true;
    if (is(name, table == 0 ? "mmap" : "mmap2", NULL))
        return (args[3] & 0x4002f) == 0x22;
    if (kinds & TERMINAL && is_of_terminal(name, args))
        return true;
    for (unsigned kind = 0; kind < SANDBOX_KINDS; kind++)
        if (kinds >> kind & 1 && is_of_kind(kind, name, args))
            return true;
    return false;
}

/* ---- the tests ---- */

static char names[BOTH_TABLES][NUMBERS][40];

static void find_names(void)
{
    for (size_t table = 0; table < BOTH_TABLES; table++)
        for (int number = 0; number < NUMBERS; number++) {
            char *name = seccomp_syscall_resolve_num_arch(tables[table], number);
            snprintf(names[table][number], sizeof names[table][number], "%s", name ? name : "");
            free(name);
        }
}

/* Values at which conditions change, and others. */
static uint64_t argument(uint64_t *state, size_t table)
{
    static const uint64_t edges[] = {
        0,           1,           2,        3,          4,          0xffffff9c, 0xffffffffffffff9c,
        0x100000000, 0x100000001, 0x22,     0x21,       0x40022,    0x8000,     0x80000,
        0x88000,     0x10000,     0x20000,  0x800,      0x100,      0x1000,     0x1002,
        0x1003,      0x1001,      0x80,     0x81,       0x3001,     0x5005,     0x5401,
        0x5402,      0x5412,      0x5413,   0x802c542a, 0x402c542b, 0x40,       0x200,
        0x400,       0x410000,    0x200000, 0x40000,    0x90800};
    uint64_t value = edges[next_random(state) % (sizeof edges / sizeof edges[0])];
    if (next_random(state) % 4 == 0)
        value |= UINT64_C(1) << next_random(state) % 64;
    return table == 0 ? value : (uint32_t)value;
}

START_TEST(each_call_of_both_tables_is_let_through_with_its_kind_and_its_arguments_alone)
{
    uint64_t state = 0x9e3779b97f4a7c15 + (uint64_t)_i;
    unsigned kinds = (unsigned)_i;
    struct sock_fprog filter = filter_of(kinds);
    find_names();
    for (size_t table = 0; table < BOTH_TABLES; table++)
        for (int number = 0; number < NUMBERS; number++)
            for (int round = 0; round < 60; round++) {
                const char *name = names[table][number];
                struct seccomp_data call = {.nr = number, .arch = archs[table]};
                uint64_t args[6];
                for (size_t i = 0; i < 6; i++)
                    call.args[i] = args[i] = round == 0 ? 0 : argument(&state, table);
                bool right = *name && is_right(kinds, table, name, args);
                ck_assert_msg(lets(&filter, &call) == right,
                              "kinds %x: %s(%llx, %llx, %llx, %llx) of table %zu", kinds, name,
                              call.args[0], call.args[1], call.args[2], call.args[3], table);
                /* The numbers of x32, and tables of other machines. */
                call.nr |= 0x40000000;
                ck_assert_msg(!lets(&filter, &call), "kinds %x: x32's %s", kinds, name);
                call.nr = number;
                call.arch = round % 2 ? AUDIT_ARCH_ARM : AUDIT_ARCH_AARCH64;
                ck_assert_msg(!lets(&filter, &call), "kinds %x: number %d of ARM", kinds, number);
            }
    sandbox_free_filter(&filter);
}
END_TEST

START_TEST(of_all_flags_only_those_open_that_neither_make_nor_change_anything)
{
    struct sock_fprog filter = filter_of(SANDBOX_KIND_BIT(READ_FILES));
    uint64_t state = 362436069;
    for (size_t table = 0; table < BOTH_TABLES; table++) {
        const int open_number = seccomp_syscall_resolve_name_arch(tables[table], "open");
        const int at_number = seccomp_syscall_resolve_name_arch(tables[table], "openat");
        for (uint32_t round = 0; round < 200000; round++) {
            /* Up to three flags, or any. */
            uint64_t some = next_random(&state);
            uint32_t flags = 1u << some % 32 | 1u << (some >> 8) % 32 | 1u << (some >> 16) % 32;
            if (round % 8 == 0)
                flags = (uint32_t)(some >> 32);
            if (round % 8 == 1)
                flags &= O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | 0x8000;
            const struct seccomp_data call = {
                .nr = open_number, .arch = archs[table], .args = {0x1000, flags}};
            const struct seccomp_data at = {
                .nr = at_number, .arch = archs[table], .args = {(uint32_t)AT_FDCWD, 0x1000, flags}};
            bool right = only_reads(flags);
            if (lets(&filter, &call) != right || lets(&filter, &at) != right)
                ck_abort_msg("flags %x of table %zu", flags, table);
        }
        static const int never[] = {O_WRONLY,
                                    O_RDWR,
                                    O_ACCMODE,
                                    O_RDONLY | O_TRUNC,
                                    O_RDONLY | O_CREAT,
                                    O_PATH,
                                    O_TMPFILE,
                                    O_RDONLY | O_TMPFILE,
                                    O_APPEND,
                                    O_DIRECT,
                                    O_NOATIME,
                                    O_ASYNC,
                                    O_SYNC,
                                    O_EXCL,
                                    INT32_MIN};
        for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
            const struct seccomp_data call = {
                .nr = open_number, .arch = archs[table], .args = {0x1000, (unsigned)never[i]}};
            ck_assert_msg(!lets(&filter, &call), "flags %x", (unsigned)never[i]);
        }
    }
    sandbox_free_filter(&filter);
}
END_TEST

START_TEST(of_all_requests_to_a_terminal_ten_pass_and_for_three_descriptors)
{
    /* TIOCSTI, TIOCSCTTY, TIOCNOTTY, TIOCSETD, TIOCCONS, TIOCLINUX, TIOCSPGRP, TIOCSWINSZ,
     * TIOCEXCL, TIOCVHANGUP, TIOCPKT, TIOCGPTPEER, TCFLSH, TCXONC, FIONBIO, FIOASYNC */
    static const uint32_t never[] = {0x5412, 0x540e, 0x5422, 0x5423, 0x541d, 0x541c,
                                     0x5410, 0x5414, 0x540c, 0x5437, 0x5420, 0x5441,
                                     0x540b, 0x540a, 0x5421, 0x5452};
    static const uint32_t sizes[] = {0, 0x802c0000, 0x402c0000, 0xc02c0000, 0x80000000, 0xffff0000};
    struct sock_fprog filter = filter_of(TERMINAL);
    for (size_t table = 0; table < BOTH_TABLES; table++) {
        struct seccomp_data call = {.nr = seccomp_syscall_resolve_name_arch(tables[table], "ioctl"),
                                    .arch = archs[table]};
        for (uint32_t number = 0; number < 4 * 0x10000; number++)
            for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
                const uint64_t args[] = {number >> 16, sizes[i] | (number & 0xffff)};
                memcpy(call.args, args, sizeof args);
                if (lets(&filter, &call) != is_of_terminal("ioctl", args))
                    ck_abort_msg("request %llx of descriptor %llu", call.args[1], call.args[0]);
            }
        for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
            call.args[0] = 0;
            call.args[1] = never[i];
            ck_assert_msg(!lets(&filter, &call), "request %x", never[i]);
        }
    }
    sandbox_free_filter(&filter);
}
END_TEST

START_TEST(the_worker_s_own_calls_take_its_secret_with_every_set_of_kinds)
{
    static const char *const own[] = {"clone", "execveat", "kill", "prctl", "dup2", "recvmsg"};
    struct sock_fprog filter = filter_of((unsigned)_i);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        struct seccomp_data call = {.nr = seccomp_syscall_resolve_name(own[i]),
                                    .arch = AUDIT_ARCH_X86_64,
                                    .args = {0, 0, 0, 0, 0, SECRET}};
        ck_assert_msg(lets(&filter, &call), "%s", own[i]);
        for (unsigned bit = 0; bit < 64; bit++) {
            call.args[5] = (uint64_t)SECRET ^ (uint64_t)1 << bit;
            ck_assert_msg(!lets(&filter, &call), "%s, bit %u", own[i], bit);
        }
        call.args[5] = SECRET;
        call.nr = seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, own[i]);
        call.arch = AUDIT_ARCH_I386;
        ck_assert_msg(!lets(&filter, &call), "%s of i386", own[i]);
    }
    sandbox_free_filter(&filter);
}
END_TEST

START_TEST(a_kind_that_is_named_for_a_call_lets_it_through)
{
    uint64_t state = 88172645463325252;
    struct sock_fprog filters[SANDBOX_KINDS], none = filter_of(0);
    for (unsigned kind = 0; kind < SANDBOX_KINDS; kind++)
        filters[kind] = filter_of(1u << kind);
    find_names();
    for (size_t table = 0; table < BOTH_TABLES; table++)
        for (int number = 0; number < NUMBERS; number++)
            for (int round = 0; round < 20; round++) {
                struct seccomp_data call = {.nr = number, .arch = archs[table]};
                uint64_t args[6];
                for (size_t i = 0; i < 6; i++)
                    call.args[i] = args[i] = argument(&state, table);
                if (!*names[table][number] || lets(&none, &call))
                    continue;
                unsigned kinds = sandbox_kinds_with(names[table][number], args);
                for (unsigned kind = 0; kind < SANDBOX_KINDS; kind++)
                    ck_assert_msg(lets(&filters[kind], &call) == ((kinds >> kind & 1) != 0),
                                  "%s, %s", names[table][number], sandbox_kind_name(kind));
            }
    for (unsigned kind = 0; kind < SANDBOX_KINDS; kind++)
        sandbox_free_filter(&filters[kind]);
    sandbox_free_filter(&none);
}
END_TEST

static Suite *sandbox_filter_suite(void)
{
    Suite *suite = suite_create("sandbox_filter");
    TCase *calls = tcase_create("calls");
    tcase_add_loop_test(
        calls, each_call_of_both_tables_is_let_through_with_its_kind_and_its_arguments_alone, 0,
        2 * TERMINAL);
    tcase_add_test(calls, of_all_flags_only_those_open_that_neither_make_nor_change_anything);
    tcase_add_loop_test(calls, the_worker_s_own_calls_take_its_secret_with_every_set_of_kinds, 0,
                        2 * TERMINAL);
    tcase_add_test(calls, of_all_requests_to_a_terminal_ten_pass_and_for_three_descriptors);
    tcase_add_test(calls, a_kind_that_is_named_for_a_call_lets_it_through);
    suite_add_tcase(suite, calls);
    return suite;
}

RUN_SUITE(sandbox_filter_suite)
