/* System calls of a program that is lifted: what they need, and what is known after them. */
#ifndef GOLF_LIFT_CALLS_H
#define GOLF_LIFT_CALLS_H

#include "golf/lift/lift_private.h"
#include "syscalls/table.h"

/* A parameter of a call: its register, how many bits of it the kernel looks at, and what it is. */
struct lift_parameter {
    uint8_t reg, bits;
    enum elfgen_parameter_kind kind;
    uint8_t size_in; /* INPUT and OUTPUT: the index of the parameter with its size; 255: none */
    bool is_bytes;   /* what it points to are bytes or a string, without addresses in them */
    bool is_address; /* it is an address */
};

struct lift_call {
    enum call_abi abi;
    uint64_t number;
    const char *name;
    enum elfgen_result_kind result;
    uint8_t count_in; /* of ELFGEN_RESULT_COUNT */
    bool ends;
    struct lift_parameter parameters[ELFGEN_ARGUMENTS];
    size_t count;
};

/* Sets what a call with the registers before it is. Returns false after setting the error: its
 * number is not known, or it is one that is not lifted. */
bool lift_call_of(struct lift *lift, const struct lift_instruction *instruction,
                  const struct lift_value registers[GOLF_REGISTERS], struct lift_call *call);

/* Makes *state what is known after a call; instruction->ends if nothing is. Returns false after
 * setting the error. */
bool lift_call(struct lift *lift, uint32_t index, struct lift_state *state);

#endif
