/* Keeps from a program, and from its recording, the flags that stepping sets.
 *
 * A single step is made with the trap flag. The kernel hides it in most registers that it gives;
 * the processor copies it where an instruction saves the flags: syscall to r11, pushf to the stack.
 * The resume flag is set in what the processor saves of a fault or between the rounds of a repeated
 * instruction, and in no program's flags. */
#include "stepper_private.h"

#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

enum { TRAP_FLAG = 1 << 8, RESUME_FLAG = 1 << 16 };

bool stepper_read_registers(struct stepper *stepper)
{
    if (ptrace(PTRACE_GETREGS, stepper->id, NULL, &stepper->now) != 0)
        return false;
    stepper->now.value[STEP_eflags] &= ~(uint64_t)RESUME_FLAG;
    return true;
}

/* What it has now is what rt_sigreturn restored, if that made the call. */
static void mend_r11(struct stepper *stepper, uint64_t flags)
{
    uint64_t *r11 = &stepper->now.value[STEP_r11];
    uint64_t mended = (*r11 & ~(uint64_t)(TRAP_FLAG | RESUME_FLAG)) | (flags & TRAP_FLAG);
    if (mended != *r11 && !stepper_restores_registers(stepper) &&
        ptrace(PTRACE_POKEUSER, stepper->id, offsetof(struct user_regs_struct, r11), mended) == 0)
        *r11 = mended;
}

/* The second byte of the flags on top of the stack. */
static void mend_pushed(const struct stepper *stepper)
{
    uint8_t byte;
    uint64_t address = stepper->now.value[STEP_rsp] + 1;
    struct iovec here = {&byte, 1}, there = {process_pointer(address), 1};
    if (process_read(stepper->id, address, &byte, 1) != 1)
        return;
    byte &= (uint8_t) ~(TRAP_FLAG >> 8);
    process_vm_writev(stepper->id, &here, 1, &there, 1, 0);
}

/* After popf the kernel takes the trap flag that it sets for the program's, and no longer hides it.
 * It is the program's if the program loaded it. */
static void hide_in_registers(struct stepper *stepper, const struct effects *effects,
                              uint64_t before)
{
    uint64_t *flags = &stepper->now.value[STEP_eflags];
    if (effects->loads_flags && !stepper->delivered)
        stepper->loaded_trap_flag = stepper->loaded_trap_flag || (*flags & TRAP_FLAG);
    else if (!stepper->loaded_trap_flag || !stepper_restores_registers(stepper))
        *flags &= before | ~(uint64_t)TRAP_FLAG;
}

void stepper_hide_trap_flag(struct stepper *stepper, const struct step_registers *before)
{
    const struct seen *seen = &stepper->seen[stepper->next];
    uint64_t flags = before->value[STEP_eflags];
    hide_in_registers(stepper, &seen->effects, flags);
    if (stepper->now.value[STEP_rip] != seen->what.address + seen->effects.length)
        return;
    if (seen->effects.asks && seen->effects.call_instruction == CALL_BY_SYSCALL)
        mend_r11(stepper, flags);
    if (seen->effects.pushes_flags && !(flags & TRAP_FLAG))
        mend_pushed(stepper);
}
