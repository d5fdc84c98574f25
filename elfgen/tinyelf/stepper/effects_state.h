/* The registers of a recording, as effects_address() takes them. */
#ifndef STEPPER_EFFECTS_STATE_H
#define STEPPER_EFFECTS_STATE_H

#include "recording.h"
#include "x86/effects.h"

/* `next` is the address of the next instruction. */
struct effects_state recording_effects_state(const struct step_registers *registers, uint64_t next);

#endif
