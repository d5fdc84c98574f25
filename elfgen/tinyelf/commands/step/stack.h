/* What is on a program's stack at any place of a recorded run, as far as that is known. */
#ifndef STEP_STACK_H
#define STEP_STACK_H

#include "elfgen/text.h"
#include "stepper/recording.h"

/* The bytes from `from` on: what the recording has of the start, and what steps have changed since.
 */
struct step_stack {
    uint64_t from, start; /* `start`: the stack pointer at the start */
    size_t size, width;   /* width: of a word, 4 or 8 */
    uint8_t *bytes, *known;
    const struct step_recording *recording;
};

/* Makes the stack at the start. Without memory, or without the start in the recording, nothing is
 * known about it. Free it with step_stack_close(). */
void step_stack_open(struct step_stack *stack, const struct step_recording *recording);
void step_stack_close(struct step_stack *stack);

/* Follows the cursor's move over a record, forward or back. */
void step_stack_follow(struct step_stack *stack, const struct step_record *record, bool forward);

/* The word at an address. Returns false if it is not known. */
bool step_stack_word(const struct step_stack *stack, uint64_t address, uint64_t *word);

/* Prints what Linux put at an address when the program started, such as "argc", "argv[0]",
 * "envp[2]" or "AT_ENTRY", with the string of an argument, if that is still there. Returns how many
 * words that is about: more than one for the pointers of a long environment, which are told
 * together; 0 if it is not of the start. */
size_t step_stack_put_name(const struct step_stack *stack, uint64_t address,
                           struct elfgen_text *out);

#endif
