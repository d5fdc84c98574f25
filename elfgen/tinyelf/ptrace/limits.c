/* Measures what a process has used, and finds out why it died. */
#include "limits.h"
#include "registers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"

/* ---- memory and time ---- */

/* The sum of lines "NAME: NUMBER kB" of `text`, in bytes. */
static uint64_t sum_of(const char *text, const char *first, const char *second)
{
    uint64_t a, b;
    proc_field(text, first, 10, &a);
    proc_field(text, second, 10, &b);
    return 1024 * (a + b);
}

uint64_t limits_memory(pid_t id)
{
    char status[4096];
    uint64_t tables;
    if (!proc_read_of(id, "status", status, sizeof status))
        return 0;
    proc_field(status, "VmPTE:", 10, &tables);
    return sum_of(status, "VmRSS:", "VmSwap:") + 1024 * tables;
}

uint64_t limits_share(pid_t id)
{
    char status[4096], share[4096];
    uint64_t tables;
    if (!proc_read_of(id, "status", status, sizeof status))
        return 0;
    if (!proc_read_of(id, "smaps_rollup", share, sizeof share))
        return limits_memory(id);
    proc_field(status, "VmPTE:", 10, &tables);
    return sum_of(share, "Pss:", "SwapPss:") + 1024 * tables;
}

pid_t limits_leader(pid_t id)
{
    char status[4096];
    uint64_t leader = 0;
    return proc_read_of(id, "status", status, sizeof status) &&
                   proc_field(status, "Tgid:", 10, &leader)
               ? (pid_t)leader
               : 0;
}

bool limits_has_entered(pid_t id)
{
    /* PF_FORKNOEXEC in Linux's sched.h. execve clears it after it has replaced the memory. */
    enum { FORKED = 0x40 };
    char stat[1024];
    unsigned flags = 0;
    const char *fields = proc_read_stat(id, stat, sizeof stat);
    return !fields || sscanf(fields, "%*c %*d %*d %*d %*d %*d %u", &flags) != 1 ||
           (flags & FORKED) == 0;
}

bool limits_is_asleep(pid_t id)
{
    char stat[1024];
    const char *state = proc_read_stat(id, stat, sizeof stat);
    return !state || *state == 'S';
}

bool limits_can_measure(void)
{
    char self[32] = "", own[32];
    snprintf(own, sizeof own, "%ld", (long)getpid());
    return readlink("/proc/self", self, sizeof self - 1) > 0 && strcmp(self, own) == 0;
}

uint64_t limits_pause(uint64_t memory, uint64_t limit)
{
    /* About as fast as huge pages are zeroed: 4 GiB/s. */
    enum { BYTES_A_MILLISECOND = 1 << 22, LONGEST = 25 };
    uint64_t room = limit > memory ? limit - memory : 0;
    uint64_t pause = room / BYTES_A_MILLISECOND;
    return pause < 1 ? 1 : pause > LONGEST ? LONGEST : pause;
}

/* ---- what a tracer sees ---- */

/* Whether the terminal stopped it and this process together: both have then been stopped, and have
 * continued together. */
static bool is_common_stop(pid_t id, int number, const siginfo_t *signal)
{
    return (number == SIGTSTP || number == SIGTTIN || number == SIGTTOU) &&
           signal->si_code == SI_KERNEL && getpgid(id) == getpgrp();
}

int limits_signal_stop(pid_t id, int number, struct run_end *end)
{
    siginfo_t signal;
    if (ptrace(PTRACE_GETSIGINFO, id, NULL, &signal) != 0)
        return number;
    end->has_address = (number == SIGSEGV || number == SIGBUS || number == SIGILL ||
                        number == SIGFPE || number == SIGTRAP) &&
                       signal.si_code > 0 && signal.si_code != SI_KERNEL;
    end->address = end->has_address ? (uint64_t)(uintptr_t)signal.si_addr : 0;
    return is_common_stop(id, number, &signal) ? 0 : number;
}

/* Whether a call of this number executes a program. */
static bool executes(enum call_abi abi, uint64_t number)
{
    return number == (uint64_t)syscall_number(abi, "execve") ||
           number == (uint64_t)syscall_number(abi, "execveat");
}

void limits_exit_stop(pid_t id, struct run_end *end)
{
    unsigned long code = 0;
    if (ptrace(PTRACE_GETEVENTMSG, id, NULL, &code) != 0 || WIFEXITED((int)code))
        return;
    struct call_registers registers;
    struct __ptrace_syscall_info info = {0};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof info, &info) <= 0)
        return;
    const enum call_abi abi = syscall_abi_of_arch(info.arch);
    if (!registers_read(id, abi, &registers))
        return;
    if (WTERMSIG((int)code) == SIGSYS) {
        /* The filter did not change the call's number. */
        end->knows_call = true;
        end->abi = abi;
        end->number = (uint32_t)registers.number;
        memcpy(end->arguments, registers.arguments, sizeof end->arguments);
    } else {
        /* After a successful execve, rax is 0, and then whatever the program puts there. As soon as
         * Linux has recognized a 32-bit file, orig_rax has i386's number of execve. */
        end->loading = executes(abi, registers.number) && syscall_is_error(registers.result);
    }
}
