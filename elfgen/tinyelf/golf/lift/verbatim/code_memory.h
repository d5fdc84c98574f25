/* Which addresses of code may be in a program's data and stack, as far as instructions that stay
 * load and store them. */
#ifndef GOLF_LIFT_CODE_MEMORY_H
#define GOLF_LIFT_CODE_MEMORY_H

#include "golf/lift/verbatim/code_state.h"
#include "golf/lift/verbatim/verbatim.h"

/* An address that is stored, and where. */
struct code_stored {
    struct held place, value;
};

struct code_memory {
    const struct verbatim *all;
    unsigned word;
    uint64_t *labels; /* addresses of data that something refers to, rising */
    size_t label_count;
    struct code_stored *stored;
    size_t stored_count, stored_capacity;
    bool stores_code;     /* one of them is an address of code */
    bool stack_holds;     /* an address of code is in the stack where it is not followed */
    bool elsewhere_holds; /* one is where an address leads that is not known */
    bool compares_code;   /* it is asked whether two addresses of code are the same */
    bool has_changed;     /* something was stored that was not known before */
    bool is_settled; /* addresses are known: one out of its object is no first one of several */
    bool is_final; /* nothing new is learnt any more: a known address is no first one of several */
};

/* Returns false after setting the error. */
bool code_memory_open(struct code_memory *memory, const struct verbatim *all);
/* Forgets what was stored. */
void code_memory_forget(struct code_memory *memory);
void code_memory_close(struct code_memory *memory);

/* It is asked whether two addresses of code are the same. */
void code_memory_compare(struct code_memory *memory);

/* Sets the error that an instruction is not understood, once all that is known is known: before, an
 * address may be a first one of several. Returns false then. */
bool code_memory_refuse(const struct code_memory *memory,
                        const struct lift_instruction *instruction, const char *text);

/* A sum that may lead before the label that is known. A table whose index does not begin with 0 has
 * its address before it. */
struct held code_memory_sum(const struct code_memory *memory, const struct held *a,
                            const struct held *b);

/* The value of an address in a section, and of a reference. */
struct held code_memory_address(const struct code_memory *memory, size_t section, uint64_t address);
struct held code_memory_target(const struct code_memory *memory,
                               const struct elfgen_relocation *reference);

/* The last label at or before an address, 0 if there is none; and the end of what is after a
 * place's object. */
uint64_t code_memory_label(const struct code_memory *memory, uint64_t address);
uint64_t code_memory_end(const struct code_memory *memory, const struct held *place);

/* What `size` bytes at a place hold. Returns false after setting the error: they have a part of an
 * address of code, or what a call pushed, or are not all in a section. */
bool code_memory_load(struct code_memory *memory, const struct lift_instruction *instruction,
                      const struct code_state *state, const struct held *place, unsigned size,
                      struct held *value);

/* Whether a place is in nobody's memory, where a smaller file may have some, or may be so. */
bool code_memory_is_elsewhere(const struct code_memory *memory, const struct held *place);

/* Stores a value there. */
bool code_memory_store(struct code_memory *memory, const struct lift_instruction *instruction,
                       struct code_state *state, const struct held *place, unsigned size,
                       const struct held *value);

/* Whether an address of code is among bytes that a call reads; size 0: up to the object's end. */
bool code_memory_is_given(const struct code_memory *memory, const struct code_state *state,
                          const struct held *place, uint64_t size);

/* Whether a structure has the address of data with an address of code. */
bool code_memory_leads_to_code(const struct code_memory *memory, const struct code_state *state,
                               const struct held *place);

/* Whether bytes from a known address on are not all in the section of which it is. */
bool code_memory_is_outside(const struct code_memory *memory, const struct held *place,
                            uint64_t size);

#endif
