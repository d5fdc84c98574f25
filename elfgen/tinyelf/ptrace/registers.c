/* Reads the registers of a traced process that say which system call it makes, and answers it. */
#include "registers.h"

#include <errno.h>
#include <linux/elf.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

/* Registers of a 64-bit process, or of a 32-bit one, which has a different layout. */
union layouts {
    struct user_regs_struct wide;
    uint32_t narrow[17]; /* bx cx dx si di bp ax ds es fs gs orig_ax ip cs flags sp ss */
};
enum { NARROW_BX = 0, NARROW_AX = 6, NARROW_CALL = 11, NARROW_IP = 12 };

bool registers_read(pid_t id, enum call_abi abi, struct call_registers *registers)
{
    union layouts layouts;
    struct iovec place = {&layouts, sizeof layouts};
    if (ptrace(PTRACE_GETREGSET, id, NT_PRSTATUS, &place) != 0)
        return false;
    if (place.iov_len == sizeof layouts.narrow) {
        *registers = (struct call_registers){.number = layouts.narrow[NARROW_CALL],
                                             .result = (int32_t)layouts.narrow[NARROW_AX]};
        for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
            registers->arguments[i] = layouts.narrow[NARROW_BX + i];
        return true;
    }
    /* A 64-bit process may make calls of either ABI. */
    const struct user_regs_struct *wide = &layouts.wide;
    const uint64_t arguments[CALL_ABIS][ELFGEN_ARGUMENTS] = {
        [CALL_X86_64] = {wide->rdi, wide->rsi, wide->rdx, wide->r10, wide->r8, wide->r9},
        [CALL_I386] = {wide->rbx, wide->rcx, wide->rdx, wide->rsi, wide->rdi, wide->rbp}};
    *registers = (struct call_registers){.number = wide->orig_rax, .result = (int64_t)wide->rax};
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
        registers->arguments[i] = syscall_register(abi, arguments[abi][i]);
    return true;
}

/* The kernel's layout of a 64-bit process's registers serves for 32-bit ones, too. */
static bool peek(pid_t id, size_t offset, uint64_t *value)
{
    errno = 0;
    *value = (uint64_t)ptrace(PTRACE_PEEKUSER, id, offset, NULL);
    return errno == 0;
}

static bool poke(pid_t id, size_t offset, uint64_t value)
{
    return ptrace(PTRACE_POKEUSER, id, offset, value) == 0;
}

bool registers_read_code(pid_t id, struct code_registers *registers)
{
    union layouts layouts;
    struct iovec place = {&layouts, sizeof layouts};
    if (ptrace(PTRACE_GETREGSET, id, NT_PRSTATUS, &place) != 0)
        return false;
    const bool narrow = place.iov_len == sizeof layouts.narrow;
    *registers = narrow ? (struct code_registers){layouts.narrow[NARROW_IP],
                                                  layouts.narrow[NARROW_CALL], true}
                        : (struct code_registers){layouts.wide.rip, layouts.wide.orig_rax, false};
    return true;
}

bool registers_set_result(pid_t id, int64_t result)
{
    return poke(id, offsetof(struct user, regs.rax), (uint64_t)result);
}

bool registers_repeat_call(pid_t id, uint64_t number)
{
    uint64_t after;
    return peek(id, offsetof(struct user, regs.rip), &after) &&
           poke(id, offsetof(struct user, regs.rip), after - CALL_INSTRUCTION_SIZE) &&
           poke(id, offsetof(struct user, regs.rax), number);
}
