/* Stops a program at a system call that the kernel makes again after a signal without a handler.
 *
 * Linux lets such a call return an internal error (ERESTARTSYS and its like), and on its way back
 * to the program sets rip back to the instruction, which is 2 bytes long in each way to make a
 * call, and rax to the call's number (arch_do_signal_or_restart() of arch/x86/kernel/signal.c). A
 * single step would run from there to the end of the call, as a part of the next instruction. */
#include "stepper_private.h"

#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

enum { CALL_LENGTH = 2 };

static bool poke_debug_register(const struct stepper *stepper, size_t which, uint64_t value)
{
    size_t place =
        offsetof(struct user, u_debugreg) + which * sizeof((struct user *)NULL)->u_debugreg[0];
    return ptrace(PTRACE_POKEUSER, stepper->id, place, value) == 0;
}

/* Registers 0 and 7 of Intel's manual, volume 3, 18.2: an address, and which of them are watched
 * for what. */
enum { ADDRESS = 0, CONTROL = 7, EXECUTION_OF_0 = 1 };

/* Where no breakpoint can be set, the call and its first attempt look like one step of the
 * processor: shown as the call, with the arguments that the kernel takes. */
static void ask_unwatched(struct stepper *stepper)
{
    struct step_registers now = stepper->now;
    enum call_abi abi = stepper->restart.call.abi;
    bool resumes = stepper->restart.call.result == STEPPER_RESTART_BLOCK;
    int number = resumes ? syscall_number(abi, "restart_syscall") : -1;
    stepper->now.value[STEP_rip] -= CALL_LENGTH;
    stepper->now.value[STEP_rax] = number < 0 ? now.value[STEP_orig_rax] : (uint64_t)number;
    stepper->next = stepper->restart.by;
    stepper_ask_call(stepper, &stepper->seen[stepper->next].effects);
    stepper->now = now;
}

void stepper_await_restart(struct stepper *stepper)
{
    struct restart *restart = &stepper->restart;
    restart->is_watched =
        poke_debug_register(stepper, ADDRESS, stepper->now.value[STEP_rip] - CALL_LENGTH) &&
        poke_debug_register(stepper, CONTROL, EXECUTION_OF_0);
    if (!restart->is_watched)
        ask_unwatched(stepper);
}

void stepper_unwatch(struct stepper *stepper)
{
    if (stepper->restart.is_watched && stepper->id != 0)
        poke_debug_register(stepper, CONTROL, 0);
    stepper->restart.is_watched = false;
}

bool stepper_is_restarted(const struct stepper *stepper, const struct step_registers *before)
{
    return stepper->restart.due &&
           stepper->now.value[STEP_rip] == before->value[STEP_rip] - CALL_LENGTH;
}
