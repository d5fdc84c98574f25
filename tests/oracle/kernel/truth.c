/* Starts a file in a child under ptrace and records what the kernel did: at the exec, and after the
 * first instruction. That may be a system call with all registers zero: read() of /dev/null. The
 * child is killed then; there is never more than one. */
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t child;
static volatile sig_atomic_t gave_up;

/* For a program that does not reach its first instruction within seconds. */
static void give_up(int number)
{
    (void)number;
    gave_up = 1;
    if (child > 0)
        kill(child, SIGKILL);
}

void truth_prepare(void)
{
    const struct rlimit no_core = {0, 0}, stack = {8 << 20, RLIM_INFINITY};
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(null, i);
    if (null > 2)
        close(null);
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_STACK, &stack);
    personality(ADDR_NO_RANDOMIZE);
    struct sigaction action = {.sa_handler = give_up};
    sigaction(SIGALRM, &action, NULL);
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

static bool can_be_read(int memory, uint64_t address)
{
    char byte;
    return memory >= 0 && pread(memory, &byte, 1, (off_t)address) == 1;
}

/* Finds where the pages of an area end that are there: those of a file are, up to its end. */
static uint64_t find_missing(int memory, const struct truth_area *area)
{
    enum { PAGE = 4096 };
    uint64_t low = 0, high = (area->end - area->start) / PAGE;
    if (area->own || area->flags == 0 || can_be_read(memory, area->end - PAGE))
        return area->end;
    /* All below `low` are there, none from `high` on. */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (can_be_read(memory, area->start + middle * PAGE))
            low = middle + 1;
        else
            high = middle;
    }
    return area->start + low * PAGE;
}

static void read_areas(struct truth *truth, pid_t pid, int memory)
{
    char path[64], line[4400], permissions[5], name[16];
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "re");
    truth->count = 0;
    while (maps && fgets(line, sizeof line, maps) && truth->count < TRUTH_AREAS) {
        struct truth_area *area = &truth->areas[truth->count];
        name[0] = '\0';
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %*s %15s", &area->start, &area->end,
                   permissions, name) < 3 ||
            strcmp(name, "[vsyscall]") == 0)
            continue;
        area->own = strcmp(name, "[vdso]") == 0      ? OWN_CODE
                    : strncmp(name, "[vvar", 5) == 0 ? OWN_DATA /* and [vvar_vclock] */
                                                     : NOT_OWN;
        truth->in_vdso |=
            area->own == OWN_CODE && truth->first >= area->start && truth->first < area->end;
        area->flags = (uint8_t)((permissions[0] == 'r' ? ELFGEN_PF_R : 0) |
                                (permissions[1] == 'w' ? ELFGEN_PF_W : 0) |
                                (permissions[2] == 'x' ? ELFGEN_PF_X : 0));
        area->missing = find_missing(memory, area);
        truth->count++;
    }
    if (maps)
        fclose(maps);
}

/* Whether the address of a fault is in memory that is executable and readable: then the instruction
 * was fetched, and caused the fault itself. */
static bool can_be_fetched(const struct truth *truth, int memory, uint64_t address)
{
    for (unsigned i = 0; i < truth->count; i++) {
        if (address < truth->areas[i].start || address >= truth->areas[i].end)
            continue;
        if (!(truth->areas[i].flags & ELFGEN_PF_X))
            return false;
        return can_be_read(memory, address);
    }
    return false;
}

/* Executes one instruction. */
static void step_once(struct truth *truth, pid_t pid, int memory)
{
    enum { PAGE = 4096, LONGEST = 15 };
    struct user_regs_struct registers;
    siginfo_t signal;
    truth->verdict = ELFGEN_STARTS;
    ptrace(PTRACE_GETREGS, pid, NULL, &registers);
    truth->first = registers.rip;
    read_areas(truth, pid, memory);
    if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0)
        return;
    int status = wait_for(pid);
    if (!WIFSTOPPED(status) || (WSTOPSIG(status) != SIGSEGV && WSTOPSIG(status) != SIGBUS) ||
        ptrace(PTRACE_GETSIGINFO, pid, NULL, &signal) != 0)
        return;
    uint64_t address = (uint64_t)(uintptr_t)signal.si_addr;
    uint64_t next = (truth->first & ~(uint64_t)(PAGE - 1)) + PAGE;
    truth->crosses = address == next && next - truth->first < LONGEST;
    if (address != truth->first && !truth->crosses)
        return;
    read_areas(truth, pid, memory); /* the stack may have grown */
    if (can_be_fetched(truth, memory, address)) {
        truth->crosses = false;
        return;
    }
    truth->verdict = ELFGEN_FAULTS;
    truth->signal = WSTOPSIG(status);
}

static void step(struct truth *truth, pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int memory = open(path, O_RDONLY | O_CLOEXEC);
    step_once(truth, pid, memory);
    if (memory >= 0)
        close(memory);
}

static bool ask_once(const char *path, struct truth *truth)
{
    char *arguments[] = {(char *)"x", NULL}, *environment[] = {NULL};
    truth->verdict = ELFGEN_REFUSED;
    truth->error = truth->signal = 0;
    truth->first = 0;
    truth->in_vdso = truth->crosses = false;
    truth->count = 0;
    pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execve(path, arguments, environment);
        _exit(errno);
    }
    child = pid;
    alarm(10);
    int status = wait_for(pid);
    if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP) {
        step(truth, pid);
    } else if (WIFSTOPPED(status) || WIFSIGNALED(status)) {
        truth->verdict = ELFGEN_KILLED;
        truth->signal = WIFSTOPPED(status) ? WSTOPSIG(status) : WTERMSIG(status);
    } else {
        truth->error = WEXITSTATUS(status);
    }
    if (WIFSTOPPED(status)) {
        kill(pid, SIGKILL);
        while (WIFSTOPPED(wait_for(pid)))
            ;
    }
    alarm(0);
    child = 0;
    return truth->verdict != ELFGEN_REFUSED || truth->error > 0;
}

bool truth_ask(const char *path, struct truth *truth)
{
    enum { MOST_TURNS = 3 };
    bool asked = false;
    /* A time-out on a busy machine is not an answer. */
    for (int turn = 0; turn < MOST_TURNS && !asked; turn++) {
        gave_up = 0;
        asked = ask_once(path, truth) && !gave_up;
    }
    return asked;
}
