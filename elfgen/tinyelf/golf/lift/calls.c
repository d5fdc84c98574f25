/* Follows values through system calls, by the rows of syscalls/. */
#include "golf/lift/calls.h"

#include <string.h>

#include "golf/lift/sizes/cells.h"
#include "golf/lift/sizes/compared.h"
#include "golf/lift/meet.h"
#include "golf/lift/memory.h"
#include "golf/lift/sizes/sizes.h"
#include "golf/lift/transfer.h"
#include "golf/lift/values.h"
#include "x86/known_bits.h"

static const struct {
    const char *name, *what;
} refused[] = {
#define REFUSED(name, what) {name, what},
#include "golf/lift/refused_calls.def"
#undef REFUSED
};

/* Types of which the kernel looks at the low 32 bits; it takes all of others. */
static const char *const types_of_32_bits[] = {"int",   "unsigned int", "pid_t",    "mode_t",
                                               "uid_t", "gid_t",        "uint32_t", "socklen_t",
                                               "dev_t", "clockid_t",    "idtype_t"};

static uint8_t bits_of(enum call_type type, unsigned word)
{
    const char *text = syscall_type_text(type);
    for (size_t i = 0; i < sizeof types_of_32_bits / sizeof types_of_32_bits[0]; i++)
        if (strcmp(text, types_of_32_bits[i]) == 0)
            return 32;
    return (uint8_t)word;
}

static bool is_pointer(enum call_type type)
{
    return strchr(syscall_type_text(type), '*') != NULL;
}

/* What a call does that is not lifted; NULL: it is. */
static const char *refusal(const char *name)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (strcmp(name, refused[i].name) == 0)
            return refused[i].what;
    return NULL;
}

static void take_parameters(const struct call_row *row, const struct elfgen_call_instruction *by,
                            struct lift_call *call)
{
    for (size_t i = 0; i < ELFGEN_ARGUMENTS && row->parameters[i].name; i++) {
        enum call_type type = row->parameters[i].type;
        bool is_status = call->ends && i == 0;
        call->parameters[call->count++] = (struct lift_parameter){
            .reg = by->arguments[i],
            .bits = is_status ? 8 : bits_of(type, by->width),
            .kind = syscall_type_kind(type),
            .size_in = row->parameters[i].size_in,
            .is_bytes = type == CALL_TYPE_PATH || type == CALL_TYPE_STRING ||
                        type == CALL_TYPE_IN_BUFFER || type == CALL_TYPE_OUT_BUFFER ||
                        type == CALL_TYPE_OUT_STRING || type == CALL_TYPE_OUT_LINK,
            .is_address = is_pointer(type)};
    }
}

bool lift_call_of(struct lift *lift, const struct lift_instruction *instruction,
                  const struct lift_value registers[GOLF_REGISTERS], struct lift_call *call)
{
    const enum call_instruction which = instruction->effects.call_instruction;
    const struct elfgen_call_instruction *by = &x86_call_instructions[which];
    const struct lift_value *number = &registers[by->number];
    memset(call, 0, sizeof *call);
    call->abi = syscall_instruction(which)->abi;
    if (!lift_is_constant(number))
        return lift_refuse_at(lift, instruction,
                              "it makes a system call of which the number is not known");
    call->number = x86_low_bits(number->known[0].value, by->width);
    const struct call *found = syscall_find(&lift->machine->calls, call->abi, call->number);
    if (!found || !found->row)
        return lift_refuse_at(lift, instruction,
                              "it makes a system call whose arguments are not known");
    const char *why = refusal(found->row->name);
    if (why)
        return lift_refuse_call(lift, instruction, found->row->name, why);
    call->name = found->row->name;
    call->result = found->row->result_kind;
    call->count_in = found->row->count_in;
    call->ends = call->result == ELFGEN_RESULT_NEVER;
    take_parameters(found->row, by, call);
    return true;
}

/* ---- what is known afterwards ---- */

/* The bits of an error, -4095 to -1, and of a number from 0 to 2^31 - 1. */
static struct elfgen_bits error_bits(unsigned width)
{
    uint64_t high = bits_ones(width) & ~(uint64_t)0xfff;
    return (struct elfgen_bits){high, high | ~bits_ones(width)};
}

static struct elfgen_bits number_bits(void)
{
    return (struct elfgen_bits){0, ~(uint64_t)INT32_MAX};
}

static void set_result(const struct lift_call *call, unsigned width, uint32_t index, unsigned reg,
                       struct lift_value *result)
{
    *result = lift_fresh(index, reg);
    result->is_outer = true;
    struct elfgen_bits upper = {0, ~bits_ones(width)};
    struct elfgen_bits failed = error_bits(width), other = number_bits();
    switch (call->result) {
    case ELFGEN_RESULT_ZERO:
        other = bits_constant(0);
        break;
    case ELFGEN_RESULT_COUNT:
    case ELFGEN_RESULT_NUMBER:
        break;
    case ELFGEN_RESULT_FAILURE:
        other = failed;
        break;
    case ELFGEN_RESULT_VALUE:
        failed = other;
        break;
    default:
        failed = other = upper;
        break;
    }
    result->known[0] = failed;
    result->known[1] = other;
}

/* How much memory a parameter is about; 0: that is not known. */
static uint64_t size_of(const struct lift_call *call, const struct lift_parameter *parameter,
                        const struct lift_value before[GOLF_REGISTERS])
{
    if (parameter->size_in >= call->count)
        return 0;
    const struct lift_parameter *count = &call->parameters[parameter->size_in];
    const struct lift_value *size = &before[count->reg];
    return lift_is_constant(size) ? x86_low_bits(size->known[0].value, count->bits) : 0;
}

/* Whether the kernel writes to places of the stack, and which. */
static void forget_output(const struct lift_call *call, struct lift *lift,
                          const struct lift_value before[GOLF_REGISTERS], struct lift_state *state)
{
    for (size_t i = 0; i < call->count; i++) {
        const struct lift_parameter *parameter = &call->parameters[i];
        const struct lift_value *value = &before[parameter->reg];
        bool is_memory = parameter->kind == ELFGEN_PARAMETER_INPUT ||
                         parameter->kind == ELFGEN_PARAMETER_STRING ||
                         parameter->kind == ELFGEN_PARAMETER_OUTPUT;
        if (is_memory && lift_is_private(value)) {
            lift->restart = lift->restart || !lift->keeps_stack;
            lift->keeps_stack = true;
        }
        if (parameter->kind == ELFGEN_PARAMETER_OUTPUT)
            lift_cells_fill(value, size_of(call, parameter, before), state);
        if (parameter->kind == ELFGEN_PARAMETER_OUTPUT && !lift_is_constant(value))
            lift_forget_memory(state);
    }
}

bool lift_call(struct lift *lift, uint32_t index, struct lift_state *state)
{
    struct lift_instruction *instruction = lift->instructions[index];
    const struct elfgen_call_instruction *by =
        &x86_call_instructions[instruction->effects.call_instruction];
    struct lift_call call;
    memcpy(instruction->before, state->registers, sizeof instruction->before);
    if (!lift_call_of(lift, instruction, state->registers, &call))
        return false;
    instruction->ends = call.ends;
    instruction->stays = true;
    instruction->writes = (uint16_t)(by->changed | 1u << by->result);
    if (by->next_address != ELFGEN_NO_REGISTER)
        instruction->writes |= (uint16_t)(1u << by->next_address);
    /* Up to Linux 4.16, int 0x80 in 64-bit code clears r8 to r11. */
    if (lift->bits == 64 && by->width == 32)
        instruction->writes |= 0xf00;
    forget_output(&call, lift, instruction->before, state);
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        lift_forget_worlds(&state->registers[reg], reg);
        if (instruction->writes >> reg & 1)
            state->registers[reg] = lift_fresh(index, reg);
    }
    for (size_t i = 0; i < state->slot_count; i++)
        lift_forget_worlds(&state->slots[i].value, 0);
    /* The kernel extends results of 32-bit calls to 64 bits or not, by its version. */
    if (lift->bits == 64 && by->width == 32)
        call.result = ELFGEN_RESULT_ANY;
    set_result(&call, lift->bits, index, by->result, &state->registers[by->result]);
    lift_give_result(&call, instruction, index, state);
    struct elfgen_bits flags = bits_either(state->flags[0], state->flags[1]);
    state->flags[0] = state->flags[1] = flags;
    if (instruction->writes >> state->equal_register & 1)
        state->has_equal = false;
    lift_compared_forget(state, instruction->writes);
    return true;
}
