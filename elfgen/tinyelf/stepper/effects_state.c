/* Gives the registers of a recording to whoever computes addresses of operands. */
#include "effects_state.h"

struct effects_state recording_effects_state(const struct step_registers *registers, uint64_t next)
{
    static const enum step_register order[X86_REGISTERS] = {
        STEP_rax, STEP_rcx, STEP_rdx, STEP_rbx, STEP_rsp, STEP_rbp, STEP_rsi, STEP_rdi,
        STEP_r8,  STEP_r9,  STEP_r10, STEP_r11, STEP_r12, STEP_r13, STEP_r14, STEP_r15};
    struct effects_state state = {.next = next,
                                  .fs_base = registers->value[STEP_fs_base],
                                  .gs_base = registers->value[STEP_gs_base]};
    for (size_t i = 0; i < X86_REGISTERS; i++)
        state.general[i] = registers->value[order[i]];
    return state;
}
