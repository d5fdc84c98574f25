/* Follows through a recorded run which registers and which memory hold what may tell of a user or
 * a machine: arguments, environment, anything else that Linux puts on the stack, random addresses,
 * identifiers, and what the kernel answers with besides what is read from descriptor 0.
 *
 * A value is as secret as what it was computed from. What an instruction does besides its operands
 * is taken to be secret; how often a loop runs is not followed. */
#ifndef STEPPER_SECRETS_H
#define STEPPER_SECRETS_H

#include "recording.h"

enum step_secrecy {
    STEP_PUBLIC,
    STEP_SECRET_ADDRESS, /* of the stack, of a library and so on: tells where, not what */
    STEP_SECRET_CONTENT
};

struct step_secrets;

/* Begins at the start of a recording, which must outlive it. `is_moved`: Linux chooses the address
 * of the program, too. Returns NULL if there is no memory. */
struct step_secrets *step_secrets_open(const struct step_recording *recording, bool is_moved);
void step_secrets_close(struct step_secrets *secrets);

/* Takes the next record, in their order. */
void step_secrets_follow(struct step_secrets *secrets, const struct step_record *record);

/* What a register is now; x87, vector and mask registers are one. */
enum step_secrecy step_secrets_register(const struct step_secrets *secrets,
                                        enum step_register which);
enum step_secrecy step_secrets_vectors(const struct step_secrets *secrets);

/* Whether a call of this name reads what the user gives: at descriptor 0, as long as the program
 * has not closed it or put something else there. */
bool step_secrets_is_input(const struct step_secrets *secrets, const char *call,
                           uint64_t descriptor);

/* The most secret one of `size` bytes at an address. */
enum step_secrecy step_secrets_memory(const struct step_secrets *secrets, uint64_t address,
                                      uint64_t size);

#endif
