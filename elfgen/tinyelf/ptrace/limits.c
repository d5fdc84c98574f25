/* Measures what a process has used, and finds out why it died. */
#include "limits.h"
#include "registers.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- memory and time ---- */

/* The number in a line "NAME:   NUMBER". */
static uint64_t number_of(const char *status, const char *name)
{
    const char *line = strstr(status, name);
    return line ? strtoull(line + strlen(name), NULL, 10) : 0;
}

/* Reads a file of /proc/ID as text. Returns false if the process is gone, or if /proc does not say.
 */
static bool read_proc(pid_t id, const char *name, char *text, size_t room)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)id, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = read(file, text, room - 1);
    close(file);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

uint64_t limits_memory(pid_t id)
{
    char status[4096];
    if (!read_proc(id, "status", status, sizeof status) ||
        number_of(status, "\nTgid:") != (uint64_t)id)
        return 0;
    return 1024 * (number_of(status, "\nVmRSS:") + number_of(status, "\nVmSwap:") +
                   number_of(status, "\nVmPTE:"));
}

uint64_t limits_share(pid_t id)
{
    char status[4096], share[4096];
    if (!read_proc(id, "status", status, sizeof status) ||
        number_of(status, "\nTgid:") != (uint64_t)id)
        return 0;
    if (!read_proc(id, "smaps_rollup", share, sizeof share))
        return limits_memory(id);
    return 1024 * (number_of(share, "\nPss:") + number_of(share, "\nSwapPss:") +
                   number_of(status, "\nVmPTE:"));
}

bool limits_has_entered(pid_t id)
{
    /* PF_FORKNOEXEC in Linux's sched.h. execve clears it after it has replaced the memory. */
    enum { FORKED = 0x40 };
    char stat[1024];
    unsigned flags = 0;
    /* proc(5): the name in parentheses may contain any character. */
    const char *name_end = read_proc(id, "stat", stat, sizeof stat) ? strrchr(stat, ')') : NULL;
    return !name_end || sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) != 1 ||
           (flags & FORKED) == 0;
}

bool limits_is_asleep(pid_t id)
{
    static const char state[] = "\nState:\t";
    char status[4096];
    const char *line =
        read_proc(id, "status", status, sizeof status) ? strstr(status, state) : NULL;
    return !line || line[sizeof state - 1] == 'S';
}

uint64_t limits_processor(pid_t id)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(id, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return 0;
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
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
        end->argument = registers.first;
    } else {
        /* After a successful execve, rax is 0, and then whatever the program puts there. As soon as
         * Linux has recognized a 32-bit file, orig_rax has i386's number of execve. */
        end->loading =
            executes(abi, registers.number) && registers.result < 0 && registers.result > -4096;
    }
}
