/* Says in a sentence why a signal came. */
#include "signal_reason.h"

#include <signal.h>
#include <stddef.h>

const char *step_signal_reason(uint32_t signal, uint32_t code)
{
    enum { BY_KERNEL = 0x80, BY_USER = 0, BY_THREAD = -6 };
    if (code == BY_KERNEL && signal == SIGBUS)
        return "stack fault: the address is not canonical";
    if (code == BY_KERNEL && signal == SIGTRAP)
        return "a breakpoint instruction";
    if (code == BY_USER || code == (uint32_t)BY_THREAD)
        return "a process sent it";
    if (signal == SIGSEGV && code == SEGV_MAPERR)
        return "nothing is mapped there";
    if (signal == SIGSEGV && code == SEGV_ACCERR)
        return "the memory there does not allow this access";
    if (signal == SIGFPE && code == FPE_INTDIV)
        return "division by zero, or its result does not fit";
    if (signal == SIGILL)
        return "the processor does not accept it as an instruction";
    return NULL;
}
