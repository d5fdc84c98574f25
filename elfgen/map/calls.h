/* System calls that the code makes, and what they return. */
#ifndef ELFGEN_CALLS_H
#define ELFGEN_CALLS_H

#include "elfgen/code.h"

/* What both know. */
static inline struct elfgen_bits elfgen_bits_join(struct elfgen_bits a, struct elfgen_bits b)
{
    uint64_t known = a.known & b.known & ~(a.value ^ b.value);
    return (struct elfgen_bits){a.value & known, known};
}

/* Sets the call's number and arguments from the registers. */
void elfgen_call_read(const struct elfgen_call_instruction *by,
                      const struct elfgen_registers *registers, struct elfgen_call *call);

/* Keeps a call. Of one that is kept, only what both know stays known. */
void elfgen_call_note(struct elfgen_code *code, const struct elfgen_call *call);

/* Takes the number and arguments with which a run made the call at call->offset. Returns false if
 * it made none there; `run` may be NULL. */
bool elfgen_call_take_run(const struct elfgen_run *run, struct elfgen_call *call);

/* Puts the calls that a run made in the place of those that were found. */
void elfgen_calls_of_run(struct elfgen_code *code);

/* Keeps that an instruction runs only if the call at offset `call` fails. */
void elfgen_call_note_failure(struct elfgen_code *code, uint64_t offset, uint64_t call);

/* Whether the call at offset `call` reads the byte at `offset`. */
bool elfgen_call_reads(const struct elfgen_code *code, uint64_t call, uint64_t offset);

/* Sets what is known of the registers after a call whose result is not known. */
void elfgen_call_return(const struct elfgen_call_instruction *by, uint64_t next_address,
                        struct elfgen_registers *registers);

/* Whether a call may change memory, and so the stack. */
bool elfgen_call_may_write(const struct elfgen_signature *signature);

/* What is known of a result if the call succeeds, and if it fails. */
struct elfgen_call_results {
    bool succeeds, fails; /* false: it does not, or that is not told apart */
    struct elfgen_bits success, failure;
};

/* Sets *results. `signature` is NULL if the call is not known. */
void elfgen_call_results(const struct elfgen_call_instruction *by, const struct elfgen_call *call,
                         const struct elfgen_signature *signature,
                         struct elfgen_call_results *results);

#endif
