/* The filter of a worker: what programs may ask the kernel for, and what it may itself. */
#include "sandbox_private.h"

#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Descriptors are the low halves of their registers to the kernel, whatever the high ones say. */
static const uint64_t LOW_HALF = UINT32_MAX;

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
    /* what a sleep goes on with after a stop */ "restart_syscall",
};
/* With 64-bit time, where `time_t` has 32 bits. */
static const char *const free_calls_i386[] = {"clock_gettime64", "clock_getres_time64",
                                              "clock_nanosleep_time64"};

static const struct {
    const char *name;
    unsigned descriptor;
} streams[] = {{"read", STDIN_FILENO},   {"readv", STDIN_FILENO},   {"write", STDOUT_FILENO},
               {"write", STDERR_FILENO}, {"writev", STDOUT_FILENO}, {"writev", STDERR_FILENO}};

/* The worker's and its child's before the execve. */
static const char *const own_calls[] = {"recvmsg", "read",           "write",    "clone",
                                        "wait4",   "dup2",           "close",    "prlimit64",
                                        "prctl",   "rt_sigprocmask", "execveat", "getrusage"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* libseccomp takes the native table's numbers, or others that it made up for calls which that
 * lacks, and translates them into the filter's own table. */
static bool allow(scmp_filter_ctx filter, const char *name, const struct scmp_arg_cmp *compare)
{
    int number = seccomp_syscall_resolve_name(name);
    return number != __NR_SCMP_ERROR && seccomp_rule_add_exact_array(filter, SCMP_ACT_ALLOW, number,
                                                                     compare ? 1 : 0, compare) == 0;
}

/* What each table has. */
static bool add_free(scmp_filter_ctx filter, uint32_t arch)
{
    bool done = true;
    for (size_t i = 0; i < COUNT(free_calls); i++)
        done = done && allow(filter, free_calls[i], NULL);
    for (size_t i = 0; i < COUNT(streams); i++) {
        struct scmp_arg_cmp is = SCMP_A0(SCMP_CMP_MASKED_EQ, LOW_HALF, streams[i].descriptor);
        done = done && allow(filter, streams[i].name, &is);
    }
    /* Shared memory would outlive the part of it that is mapped, and so escape the measuring; huge
     * pages are measured elsewhere. i386's older mmap has its arguments behind a pointer. */
    struct scmp_arg_cmp is = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE | MAP_ANONYMOUS | MAP_HUGETLB,
                                     MAP_PRIVATE | MAP_ANONYMOUS);
    return done && allow(filter, arch == SCMP_ARCH_X86 ? "mmap2" : "mmap", &is);
}

static bool add_own(scmp_filter_ctx filter, uint64_t secret)
{
    const struct scmp_arg_cmp knows = {.arg = 5, .op = SCMP_CMP_EQ, .datum_a = secret};
    for (size_t i = 0; i < COUNT(own_calls); i++)
        if (!allow(filter, own_calls[i], &knows))
            return false;
    return true;
}

/* A filter for one table. x32's numbers are in none. */
static scmp_filter_ctx make(uint32_t arch)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return NULL;
    bool done = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
    if (arch != seccomp_arch_native())
        done = done && seccomp_arch_remove(filter, seccomp_arch_native()) == 0 &&
               seccomp_arch_add(filter, arch) == 0;
    if (done && add_free(filter, arch))
        return filter;
    seccomp_release(filter);
    return NULL;
}

/* libseccomp writes it to a descriptor. */
static bool export(scmp_filter_ctx filter, struct sock_fprog *program)
{
    int file = memfd_create("filter", MFD_CLOEXEC);
    if (file < 0)
        return false;
    off_t size = seccomp_export_bpf(filter, file) == 0 ? lseek(file, 0, SEEK_END) : -1;
    program->filter = size > 0 ? malloc((size_t)size) : NULL;
    program->len = (unsigned short)((size_t)size / sizeof *program->filter);
    bool done = program->filter && pread(file, program->filter, (size_t)size, 0) == size;
    close(file);
    if (!done)
        sandbox_free_filter(program);
    return done;
}

bool sandbox_make_filter(uint64_t secret, struct sock_fprog *program)
{
    enum { KNOWS_KILL_PROCESS = 3 };
    *program = (struct sock_fprog){0};
    /* Otherwise it would ask the kernel, call by call, what that can do. */
    seccomp_api_set(KNOWS_KILL_PROCESS);
    scmp_filter_ctx filter = make(SCMP_ARCH_X86_64), other = make(SCMP_ARCH_X86);
    bool done = filter && other;
    for (size_t i = 0; done && i < COUNT(free_calls_i386); i++)
        done = allow(other, free_calls_i386[i], NULL);
    done = done && add_own(filter, secret);
    if (done && seccomp_merge(filter, other) == 0)
        other = NULL; /* it is part of the first now */
    else
        done = false;
    done = done && export(filter, program);
    if (other)
        seccomp_release(other);
    if (filter)
        seccomp_release(filter);
    return done;
}

void sandbox_free_filter(struct sock_fprog *program)
{
    free(program->filter);
    program->filter = NULL;
}
