/* Makes a child, and sets what a program that it executes starts with. */
#include "child_setup.h"

#include "raw_syscall.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Size of the kernel's own sigset_t in bytes. */
enum { MASK = 8 };

static long ask(const struct child_setup *setup, long number, uint64_t a, uint64_t b, uint64_t c,
                uint64_t d)
{
    return raw_syscall(number, a, b, c, d, 0, setup->secret);
}

/* The C library's clone() passes no sixth argument. The child begins with two pops from its stack,
 * and zero as its frame pointer. */
long child_clone(unsigned long flags, struct child_stack *stack, void (*function)(void *context),
                 void *context, uint64_t secret)
{
    const uint64_t first[2] = {(uint64_t)(uintptr_t)function, raw_address(context)};
    uint8_t *top = stack->bytes + sizeof stack->bytes - sizeof first;
    long result;
    __builtin_memcpy(top, first, sizeof first);
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    register uint64_t r9 __asm__("r9") = secret;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "pop %%rax\n\t"
                     "pop %%rdi\n\t"
                     "call *%%rax\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "a"((long)SYS_clone), "D"(flags), "S"(top), "d"(0L), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* execve resets handlers, but not ignored signals. */
CHILD_FUNCTION static void set_signals(const struct child_setup *setup)
{
    struct {
        uint64_t handler, flags, restorer, mask;
    } action = {0};
    for (int number = 1; number < NSIG; number++) {
        bool ignore = sigismember(setup->ignored, number) == 1;
        action.handler = (uint64_t)(uintptr_t)(ignore ? SIG_IGN : SIG_DFL);
        ask(setup, SYS_rt_sigaction, (uint64_t)number, raw_address(&action), 0, MASK);
    }
}

static int set_files(const struct child_setup *setup)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        long done = setup->files[i] < 0
                        ? ask(setup, SYS_close, (uint64_t)i, 0, 0, 0)
                        : ask(setup, SYS_dup2, (uint64_t)setup->files[i], (uint64_t)i, 0, 0);
        if (done < 0 && setup->files[i] >= 0)
            return (int)-done;
    }
    return 0;
}

static void close_others(const struct child_setup *setup)
{
    const uint64_t only = (uint64_t)setup->only;
    if (only > STDERR_FILENO + 1)
        ask(setup, SYS_close_range, STDERR_FILENO + 1, only - 1, 0, 0);
    ask(setup, SYS_close_range, only + 1, UINT32_MAX, 0, 0);
}

CHILD_FUNCTION static void set_limit(const struct child_setup *setup,
                                     const struct child_limit *limit)
{
    struct rlimit64 now = {0}, limits = {limit->soft, limit->hard};
    if (limit->at_most) {
        if (ask(setup, SYS_prlimit64, 0, (uint64_t)limit->what, 0, raw_address(&now)) != 0)
            return;
        limits.rlim_cur = now.rlim_cur < limit->soft ? now.rlim_cur : limit->soft;
        limits.rlim_max = now.rlim_max < limit->hard ? now.rlim_max : limit->hard;
    }
    ask(setup, SYS_prlimit64, 0, (uint64_t)limit->what, raw_address(&limits), 0);
}

int child_set_up(const struct child_setup *setup)
{
    if (setup->ignored)
        set_signals(setup);
    if (setup->fixed)
        ask(setup, SYS_personality, ADDR_NO_RANDOMIZE, 0, 0, 0);
    if (setup->dies)
        ask(setup, SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0);
    if (setup->parent != 0 && ask(setup, SYS_getppid, 0, 0, 0, 0) != setup->parent)
        return ECHILD;
    if (setup->session)
        ask(setup, SYS_setsid, 0, 0, 0, 0);
    int error = setup->files ? set_files(setup) : 0;
    if (error != 0)
        return error;
    if (setup->session)
        ask(setup, SYS_ioctl, STDOUT_FILENO, TIOCSCTTY, 0, 0);
    if (setup->only != 0)
        close_others(setup);
    for (size_t i = 0; i < setup->limit_count; i++)
        set_limit(setup, &setup->limits[i]);
    /* Last: a signal that has waited now acts as it would on the program. */
    if (setup->blocked)
        ask(setup, SYS_rt_sigprocmask, SIG_SETMASK, raw_address(setup->blocked), 0, MASK);
    return 0;
}
