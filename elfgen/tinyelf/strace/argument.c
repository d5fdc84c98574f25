/* Prints an argument by its type. */
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>

#include <asm/prctl.h>

#include "strace/args/args.h"

enum { EARLY, LATE };

static const struct {
    void (*print)(const struct strace_value *v);
    const struct xlat *xlat;
    bool late;
} types[CALL_TYPE_COUNT] = {
#define TYPE(id, text, kind, when, printer, set) {strace_put_##printer, &xlat_##set, when},
#include "syscalls/types.def"
#undef TYPE
};

/* For arguments of both directions it depends on the command. */
bool strace_argument_is_late(const struct process_call *call, const struct call_row *row,
                             unsigned index)
{
    enum call_type type = row->parameters[index].type;
    uint32_t command = (uint32_t)call->arguments[1];
    switch (type) {
    case CALL_TYPE_FCNTL_ARG:
        return command == F_GETLK || command == 12 || command == F_OFD_GETLK;
    case CALL_TYPE_IOCTL_ARG:
        return command != TCSETS && command != TCSETSW && command != TCSETSF &&
               command != TIOCSWINSZ && command != FIONBIO && command != FIOASYNC &&
               command != TIOCSPGRP && command != TIOCSPTLCK;
    case CALL_TYPE_ARCH_PRCTL_ARG:
        return call->arguments[0] == ARCH_GET_FS || call->arguments[0] == ARCH_GET_GS;
    case CALL_TYPE_PRCTL_ARG2:
    case CALL_TYPE_PRCTL_ARG:
        return call->arguments[0] == PR_GET_NAME || call->arguments[0] == PR_GET_PDEATHSIG ||
               call->arguments[0] == PR_GET_CHILD_SUBREAPER ||
               call->arguments[0] == PR_GET_TID_ADDRESS;
    default:
        return types[type].late;
    }
}

/* ---- absent arguments ---- */

static bool fcntl_has_argument(uint32_t command)
{
    return command != F_GETFD && command != F_GETFL && command != F_GETOWN && command != F_GETSIG &&
           command != F_GETLEASE && command != F_GETPIPE_SZ && command != F_GET_SEALS;
}

static bool ioctl_has_argument(uint32_t request)
{
    return request != FIOCLEX && request != FIONCLEX && request != TIOCEXCL &&
           request != TIOCNXCL && request != TIOCNOTTY && request != TIOCCONS &&
           request != TIOCSBRK && request != TIOCCBRK && request != TIOCVHANGUP;
}

/* Which arguments a futex operation has: a bit each. */
static unsigned futex_arguments(uint32_t op)
{
    enum { VAL = 1 << 2, TIMEOUT = 1 << 3, SECOND = 1 << 4, VAL3 = 1 << 5 };
    switch (op & (uint32_t)FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
        return VAL | TIMEOUT;
    case FUTEX_WAKE:
    case FUTEX_FD:
        return VAL;
    case FUTEX_WAIT_BITSET:
        return VAL | TIMEOUT | VAL3;
    case FUTEX_WAKE_BITSET:
        return VAL | VAL3;
    case FUTEX_REQUEUE:
    case FUTEX_WAIT_REQUEUE_PI:
        return VAL | TIMEOUT | SECOND;
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
        return TIMEOUT;
    case FUTEX_UNLOCK_PI:
    case FUTEX_TRYLOCK_PI:
        return 0;
    default:
        return VAL | TIMEOUT | SECOND | VAL3;
    }
}

static unsigned prctl_arguments(uint64_t option)
{
    static const struct {
        uint32_t option;
        uint8_t count;
    } counts[] = {
        {PR_GET_DUMPABLE, 0},   {PR_GET_KEEPCAPS, 0},
        {PR_GET_SECCOMP, 0},    {PR_GET_SECUREBITS, 0},
        {PR_GET_TIMERSLACK, 0}, {PR_GET_TIMING, 0},
        {PR_SET_NAME, 1},       {PR_GET_NAME, 1},
        {PR_SET_DUMPABLE, 1},   {PR_SET_PDEATHSIG, 1},
        {PR_GET_PDEATHSIG, 1},  {PR_GET_CHILD_SUBREAPER, 1},
        {PR_SET_KEEPCAPS, 1},   {PR_SET_CHILD_SUBREAPER, 1},
        {PR_SET_TIMERSLACK, 1}, {PR_CAPBSET_READ, 1},
        {PR_CAPBSET_DROP, 1},   {PR_GET_TID_ADDRESS, 1},
        {PR_SET_SECUREBITS, 1},
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (counts[i].option == option)
            return counts[i].count;
    return 4;
}

static unsigned ptrace_arguments(uint64_t request)
{
    if (request == PTRACE_TRACEME)
        return 1;
    bool alone = request == PTRACE_ATTACH || request == PTRACE_KILL ||
                 request == PTRACE_INTERRUPT || request == PTRACE_LISTEN;
    return alone ? 2 : 4;
}

static bool ptrace_has_data_alone(uint64_t request)
{
    return request == PTRACE_GETREGS || request == PTRACE_SETREGS || request == PTRACE_GETFPREGS ||
           request == PTRACE_SETFPREGS;
}

static bool is_device(uint64_t mode)
{
    return S_ISCHR((mode_t)mode) || S_ISBLK((mode_t)mode);
}

bool strace_argument_is_absent(const struct process_call *call, const struct call_row *row,
                               unsigned index)
{
    const uint64_t *arguments = call->arguments;
    uint64_t before = index > 0 ? arguments[index - 1] : 0;
    switch (row->parameters[index].type) {
    case CALL_TYPE_OPEN_MODE:
        return !(before & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)));
    case CALL_TYPE_FCNTL_ARG:
        return !fcntl_has_argument((uint32_t)before);
    case CALL_TYPE_IOCTL_ARG:
        return !ioctl_has_argument((uint32_t)before);
    case CALL_TYPE_NEW_ADDRESS:
        return !(before & (MREMAP_FIXED | MREMAP_DONTUNMAP));
    case CALL_TYPE_OFF_HIGH:
    case CALL_TYPE_OFF_LOW_LAST:
        return true;
    case CALL_TYPE_DEV:
        return !is_device(before);
    case CALL_TYPE_CLONE_PARENT_TID:
        return !(arguments[0] & (CLONE_PARENT_SETTID | CLONE_PIDFD));
    case CALL_TYPE_CLONE_CHILD_TID:
        return !(arguments[0] & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID));
    case CALL_TYPE_CLONE_TLS:
        return !(arguments[0] & CLONE_SETTLS);
    case CALL_TYPE_FUTEX_VAL:
    case CALL_TYPE_FUTEX_TIMEOUT:
    case CALL_TYPE_FUTEX_TIMEOUT64:
    case CALL_TYPE_FUTEX2:
    case CALL_TYPE_FUTEX_VAL3:
        return !(futex_arguments((uint32_t)arguments[1]) >> index & 1);
    case CALL_TYPE_PRCTL_ARG2:
    case CALL_TYPE_PRCTL_ARG:
        return index > prctl_arguments(arguments[0]);
    case CALL_TYPE_REBOOT_ARG:
        return (uint32_t)before != LINUX_REBOOT_CMD_RESTART2;
    case CALL_TYPE_ARCH_PRCTL_ARG:
        return before == ARCH_GET_CPUID;
    case CALL_TYPE_MEMBARRIER_CPU:
        return before == 0;
    case CALL_TYPE_PTRACE_PID:
    case CALL_TYPE_PTRACE_ADDR:
    case CALL_TYPE_PTRACE_DATA:
        return index >= ptrace_arguments(arguments[0]) ||
               (index == 2 && ptrace_has_data_alone(arguments[0]));
    default:
        return false;
    }
}

/* ---- values ---- */

void strace_put_argument(struct strace_value *v)
{
    enum call_type type = v->row->parameters[v->index].type;
    v->argument = v->call->arguments[v->index];
    v->xlat = types[type].xlat;
    v->late = strace_argument_is_late(v->call, v->row, v->index);
    types[type].print(v);
}

void strace_argument_text(struct elfgen_text *out, const struct process_call *call,
                          const struct call_row *row, unsigned index, bool after,
                          const struct memory_reader *reader)
{
    struct strace_value value = {
        .out = out, .call = call, .row = row, .index = index, .after = after, .reader = reader};
    unsigned count = 0;
    while (row && row->parameters[count].name)
        count++;
    if (index < count)
        strace_put_argument(&value);
    else
        strace_put_hexadecimal(out, index < ELFGEN_ARGUMENTS ? call->arguments[index] : 0);
}
