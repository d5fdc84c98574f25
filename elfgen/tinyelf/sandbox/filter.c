/* Makes the seccomp filter of a worker: the calls of its programs, and its own. */
#include "kinds_private.h"
#include "sandbox_private.h"

#include <linux/filter.h>
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const free_calls[] = {
    "exit",
    "exit_group",
    "brk",
    "munmap",
    "time",
    "gettimeofday",
    "nanosleep",
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    /* continues a sleep that a stop interrupted */ "restart_syscall",
};
/* Calls with 64-bit time, since `time_t` has 32 bits. */
static const char *const free_calls_i386[] = {"clock_gettime64", "clock_getres_time64",
                                              "clock_nanosleep_time64"};

static const struct {
    const char *name;
    unsigned descriptor;
} streams[] = {{"read", STDIN_FILENO},   {"readv", STDIN_FILENO},   {"write", STDOUT_FILENO},
               {"write", STDERR_FILENO}, {"writev", STDOUT_FILENO}, {"writev", STDERR_FILENO}};

/* A terminal is read and written by each of its descriptors. What a program may ask of it and set
 * (ioctl): nothing that types, that makes it a controlling terminal, or that reaches beyond it. */
static const char *const terminal_calls[] = {"read", "readv", "write", "writev"};
static const uint32_t terminal_requests[] = {TCGETS,  TCSETS,   TCSETSW,  TCSETSF,    TCGETS2,
                                             TCSETS2, TCSETSW2, TCSETSF2, TIOCGWINSZ, TIOCGPGRP};

/* Calls of the worker, and of its child before the execve. */
static const char *const own_calls[] = {
    "recvmsg",   "read",  "write",          "clone",    "wait4",     "dup2",   "close",
    "prlimit64", "prctl", "rt_sigprocmask", "execveat", "getrusage", "getpid", "kill"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* libseccomp takes numbers of the native table, or pseudo numbers of calls that this table lacks,
 * and translates them to the filter's table. */
static bool allow(scmp_filter_ctx filter, const char *name, unsigned count,
                  const struct scmp_arg_cmp *compares)
{
    int number = seccomp_syscall_resolve_name(name);
    return number != __NR_SCMP_ERROR &&
           seccomp_rule_add_exact_array(filter, SCMP_ACT_ALLOW, number, count, compares) == 0;
}

/* Adds the calls that both tables have. */
static bool add_free(scmp_filter_ctx filter, uint32_t arch)
{
    bool done = true;
    for (size_t i = 0; i < COUNT(free_calls); i++)
        done = done && allow(filter, free_calls[i], 0, NULL);
    for (size_t i = 0; i < COUNT(streams); i++) {
        struct scmp_arg_cmp is = SCMP_A0(SCMP_CMP_MASKED_EQ, LOW_HALF, streams[i].descriptor);
        done = done && allow(filter, streams[i].name, 1, &is);
    }
    /* Shared memory could exceed what is mapped and measured; huge pages are counted elsewhere. The
     * older mmap of i386 has its arguments in memory, which a filter cannot check. */
    struct scmp_arg_cmp is = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE | MAP_ANONYMOUS | MAP_HUGETLB,
                                     MAP_PRIVATE | MAP_ANONYMOUS);
    return done && allow(filter, arch == SCMP_ARCH_X86 ? "mmap2" : "mmap", 1, &is);
}

/* Adds the calls for a terminal. Linux only looks at the low half of a request, too. */
static bool add_terminal(scmp_filter_ctx filter)
{
    bool done = true;
    for (unsigned file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
        struct scmp_arg_cmp is[2] = {SCMP_A0(SCMP_CMP_MASKED_EQ, LOW_HALF, file)};
        for (size_t i = 0; i < COUNT(terminal_calls); i++)
            done = done && allow(filter, terminal_calls[i], 1, is);
        for (size_t i = 0; i < COUNT(terminal_requests); i++) {
            is[1] = SCMP_A1(SCMP_CMP_MASKED_EQ, LOW_HALF, terminal_requests[i]);
            done = done && allow(filter, "ioctl", 2, is);
        }
    }
    return done;
}

static bool add_own(scmp_filter_ctx filter, uint64_t secret)
{
    const struct scmp_arg_cmp knows = {.arg = 5, .op = SCMP_CMP_EQ, .datum_a = secret};
    for (size_t i = 0; i < COUNT(own_calls); i++)
        if (!allow(filter, own_calls[i], 1, &knows))
            return false;
    return true;
}

/* Adds the calls of a kind that this table has. */
static bool add_kind_call(scmp_filter_ctx filter, uint32_t arch,
                          const struct sandbox_kind_call *call)
{
    struct scmp_arg_cmp compares[SANDBOX_CONDITIONS];
    unsigned count = (unsigned)sandbox_condition_count(call);
    int number = seccomp_syscall_resolve_name(call->name);
    if (seccomp_syscall_resolve_name_arch(arch, call->name) < 0)
        return true;
    for (unsigned i = 0; i < count; i++) {
        const struct sandbox_condition *condition = &call->conditions[i];
        compares[i] = (struct scmp_arg_cmp){.arg = condition->argument,
                                            .op = SCMP_CMP_MASKED_EQ,
                                            .datum_a = condition->mask,
                                            .datum_b = condition->value};
    }
    return seccomp_rule_add_exact_array(filter, SCMP_ACT_ALLOW, number, count, compares) == 0;
}

static bool add_kinds(scmp_filter_ctx filter, uint32_t arch, unsigned kinds)
{
    bool done = true;
    for (size_t i = 0; i < sandbox_kind_call_count && done; i++)
        if (kinds >> sandbox_kind_calls[i].kind & 1)
            done = add_kind_call(filter, arch, &sandbox_kind_calls[i]);
    return done;
}

/* Makes a filter for one table. Neither contains the numbers of x32. */
static scmp_filter_ctx make(uint32_t arch, unsigned kinds, bool terminal)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return NULL;
    bool done = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
    if (arch != seccomp_arch_native())
        done = done && seccomp_arch_remove(filter, seccomp_arch_native()) == 0 &&
               seccomp_arch_add(filter, arch) == 0;
    if (done && add_free(filter, arch) && add_kinds(filter, arch, kinds) &&
        (!terminal || add_terminal(filter)))
        return filter;
    seccomp_release(filter);
    return NULL;
}

/* libseccomp writes the filter to a descriptor. Returns false with errno. */
static bool export(scmp_filter_ctx filter, struct sock_fprog *program)
{
    int file = memfd_create("filter", MFD_CLOEXEC);
    if (file < 0)
        return false;
    errno = 0;
    off_t size = seccomp_export_bpf(filter, file) == 0 ? lseek(file, 0, SEEK_END) : -1;
    program->filter = size > 0 ? malloc((size_t)size) : NULL;
    program->len = (unsigned short)((size_t)size / sizeof *program->filter);
    bool done = program->filter && pread(file, program->filter, (size_t)size, 0) == size;
    int error = errno;
    close(file);
    if (!done)
        sandbox_free_filter(program);
    errno = error;
    return done;
}

bool sandbox_make_filter(uint64_t secret, unsigned kinds, bool terminal, struct sock_fprog *program)
{
    enum { KNOWS_KILL_PROCESS = 3 };
    *program = (struct sock_fprog){0};
    /* Otherwise libseccomp would test, call by call, what the kernel supports. */
    seccomp_api_set(KNOWS_KILL_PROCESS);
    scmp_filter_ctx filter = make(SCMP_ARCH_X86_64, kinds, terminal),
                    other = make(SCMP_ARCH_X86, kinds, terminal);
    bool done = filter && other;
    errno = ENOMEM; /* what libseccomp lacks up to here */
    for (size_t i = 0; done && i < COUNT(free_calls_i386); i++)
        done = allow(other, free_calls_i386[i], 0, NULL);
    done = done && add_own(filter, secret);
    if (done && seccomp_merge(filter, other) == 0)
        other = NULL; /* it now belongs to the first one */
    else
        done = false;
    done = done && export(filter, program);
    int error = errno != 0 ? errno : ENOMEM;
    if (other)
        seccomp_release(other);
    if (filter)
        seccomp_release(filter);
    errno = error;
    return done;
}

void sandbox_free_filter(struct sock_fprog *program)
{
    free(program->filter);
    program->filter = NULL;
}
