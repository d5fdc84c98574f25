/* Says in a sentence why a signal came. */
#ifndef STEPPER_SIGNAL_REASON_H
#define STEPPER_SIGNAL_REASON_H

#include <stdint.h>

/* Why the processor or the kernel sent a signal, by si_code (sigaction(2)). NULL: not known. */
const char *step_signal_reason(uint32_t signal, uint32_t code);

#endif
