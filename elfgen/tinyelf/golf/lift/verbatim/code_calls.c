/* What system calls get: no address of code, and no more memory than is there. */
#include "golf/lift/verbatim/code_calls.h"

#include "golf/lift/memory.h"
#include "golf/lift/verbatim/code_numbers.h"
#include "syscalls/table.h"
#include "x86/known_bits.h"

/* How many bytes a parameter is about, if that is known; 0: it is not, or it is about none. */
static bool size_of(const struct call_row *row, size_t parameter,
                    const struct elfgen_call_instruction *by, const struct code_state *state,
                    uint64_t *size)
{
    uint8_t size_in = row->parameters[parameter].size_in;
    *size = 0;
    if (size_in >= ELFGEN_ARGUMENTS || !row->parameters[size_in].name)
        return false;
    const struct held *count = &state->registers[by->arguments[size_in]];
    if (!held_is_exact(count))
        return false;
    *size = x86_low_bits(count->number, by->width);
    return true;
}

static bool check_parameter(struct code_memory *memory, const struct lift_instruction *instruction,
                            const struct call_row *row, size_t parameter, struct code_state *state)
{
    const struct elfgen_call_instruction *by =
        &x86_call_instructions[instruction->effects.call_instruction];
    const struct held *value = &state->registers[by->arguments[parameter]];
    enum elfgen_parameter_kind kind = syscall_type_kind(row->parameters[parameter].type);
    uint64_t size;
    bool is_known = size_of(row, parameter, by, state, &size);
    if (value->kind >= HELD_CODE)
        return code_memory_refuse(
            memory, instruction,
            "it gives a system call an address of its code, which is another one "
            "when code is moved");
    if (held_is_data(value) && kind == ELFGEN_PARAMETER_NUMBER)
        return code_memory_refuse(memory, instruction,
                                  "it passes an address as a number, which depends on where its "
                                  "memory is");
    bool is_memory = kind == ELFGEN_PARAMETER_INPUT || kind == ELFGEN_PARAMETER_OUTPUT;
    if (!is_memory || (is_known && size == 0))
        return true;
    if (code_memory_is_elsewhere(memory, value) && memory->is_final)
        return code_memory_refuse(memory, instruction, lift_uses_elsewhere);
    if (is_known && code_memory_is_outside(memory, value, size)) {
        lift_refuse_call(memory->all->lift, instruction, row->name,
                         "is given more memory than there is from its address on");
        memory->all->lift->does_other = false;
        return false;
    }
    if (kind == ELFGEN_PARAMETER_OUTPUT && value->kind <= HELD_STACK)
        code_state_overwrite(state);
    bool is_bytes = row->parameters[parameter].type == CALL_TYPE_IN_BUFFER;
    if (kind == ELFGEN_PARAMETER_INPUT &&
        (is_bytes ? code_memory_is_given(memory, state, value, size)
                  : code_memory_leads_to_code(memory, state, value)))
        return code_memory_refuse(
            memory, instruction,
            "it gives a system call data with an address of its code, which is "
            "another one when code is moved");
    return true;
}

bool code_call(struct code_memory *memory, const struct lift_instruction *instruction,
               struct code_state *state)
{
    enum { LOW = 8, HIGH = 12 };
    const enum call_instruction which = instruction->effects.call_instruction;
    const struct elfgen_call_instruction *by = &x86_call_instructions[which];
    struct lift *lift = memory->all->lift;
    const struct held *number = &state->registers[by->number];
    const struct call *found = NULL;
    if (held_is_exact(number))
        found = syscall_find(&lift->machine->calls, syscall_instruction(which)->abi,
                             x86_low_bits(number->number, by->width));
    const struct call_row *row = found ? found->row : NULL;
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++) {
        const struct held *argument = &state->registers[by->arguments[i]];
        if (!row && argument->kind >= HELD_CODE && by->arguments[i] != by->next_address &&
            !code_memory_refuse(memory, instruction,
                                "it gives a system call an address of its code, which is another "
                                "one when code is moved"))
            return false;
        if (row && !row->parameters[i].name)
            break;
        if (row && !check_parameter(memory, instruction, row, i, state))
            return false;
    }
    if (row && row->result_kind == ELFGEN_RESULT_NEVER)
        state->is_reached = false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        bool is_cleared = lift->bits == 64 && by->width == 32 && reg >= LOW && reg < HIGH;
        if (by->changed >> reg & 1 || reg == by->result || is_cleared)
            state->registers[reg] = held_outer();
    }
    if (by->next_address < GOLF_REGISTERS) {
        state->registers[by->next_address] =
            held_number(instruction->address + instruction->zydis.length);
        state->registers[by->next_address].kind = HELD_CODE;
        if (state->of_places != 0)
            state->registers[X86_R11] = state->registers[by->next_address]; /* the flags */
    }
    return true;
}

bool code_string_is_inside(struct code_memory *memory, const struct lift_instruction *instruction,
                           const struct code_state *state)
{
    const struct effects *effects = &instruction->effects;
    const struct held *count = &state->registers[X86_RCX];
    bool may_end = instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SCASB ||
                   instruction->zydis.mnemonic == ZYDIS_MNEMONIC_CMPSB ||
                   instruction->flags_written != 0;
    if (!effects->repeats || may_end || !held_is_exact(count))
        return true;
    for (size_t i = 0; i < (size_t)effects->read_count + effects->write_count; i++) {
        const struct effects_place *place = i < effects->read_count
                                                ? &effects->reads[i]
                                                : &effects->writes[i - effects->read_count];
        if (place->base < GOLF_REGISTERS &&
            code_memory_is_outside(memory, &state->registers[place->base],
                                   count->number * place->size))
            return code_memory_refuse(
                memory, instruction,
                "it goes past the end of a section, where something else may be when it is moved");
    }
    return true;
}
