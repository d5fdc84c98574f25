/* Follows addresses through instructions that stay: what copies them is known, and all else must
 * not meet an address of code. */
#include "golf/lift/verbatim/code_steps.h"

#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/verbatim/code_calls.h"
#include "golf/lift/verbatim/code_numbers.h"
#include "golf/lift/verbatim/references.h"
#include "x86/known_bits.h"

enum { HALF = 4 };

/* An instruction, and what is known before and after it. */
struct code_at {
    struct code_memory *memory;
    const struct lift_instruction *instruction;
    struct code_state *state;
};

static bool refuse_code(const struct code_at *at)
{
    return code_memory_refuse(
        at->memory, at->instruction,
        "it computes with an address of its code, which is another one when code is "
        "moved: addresses may be copied, stored and jumped to");
}

void code_step_stack(struct code_state *state, uint64_t distance)
{
    struct held by = held_number(distance), *pointer = &state->registers[X86_RSP];
    *pointer = held_sum(pointer, &by);
}

/* ---- operands ---- */

static bool is_written(const ZydisDecodedOperand *operand)
{
    return operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE;
}

static bool is_read(const ZydisDecodedOperand *operand)
{
    return operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ;
}

static bool is_memory(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.type != ZYDIS_MEMOP_TYPE_AGEN;
}

static struct held displacement_of(const struct code_at *at, const ZydisDecodedOperand *operand)
{
    const struct lift_instruction *instruction = at->instruction;
    const struct code_memory *memory = at->memory;
    const ZydisDecodedInstruction *zydis = &instruction->zydis;
    uint64_t number = operand->mem.disp.has_displacement ? (uint64_t)operand->mem.disp.value : 0;
    const struct elfgen_relocation *reference =
        zydis->raw.disp.size > 0
            ? verbatim_reference_at(memory->all, instruction->offset + zydis->raw.disp.offset)
            : NULL;
    if (operand->mem.base == ZYDIS_REGISTER_RIP) {
        number += instruction->address + zydis->length;
        size_t section = reference ? reference->symbol : verbatim_section_of(memory->all, number);
        return code_memory_address(memory, section, number);
    }
    return reference ? code_memory_target(memory, reference) : held_number(number);
}

/* The address of an operand in memory. */
static bool address_of(const struct code_at *at, const ZydisDecodedOperand *operand,
                       struct held *result)
{
    const struct code_state *state = at->state;
    uint8_t base = effects_register(operand->mem.base),
            index = effects_register(operand->mem.index);
    bool has_segment =
        operand->mem.segment == ZYDIS_REGISTER_FS || operand->mem.segment == ZYDIS_REGISTER_GS;
    *result = displacement_of(at, operand);
    if (operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN && base == X86_RSP) {
        *result = state->registers[X86_RSP];
        return true;
    }
    bool is_code = (base != EFFECTS_NONE && state->registers[base].kind >= HELD_CODE) ||
                   (index != EFFECTS_NONE && state->registers[index].kind >= HELD_CODE) ||
                   ((base != EFFECTS_NONE || index != EFFECTS_NONE) && result->kind >= HELD_CODE);
    if (is_code) {
        *result = held_anything();
        return refuse_code(at);
    }
    if (base != EFFECTS_NONE)
        *result = code_memory_sum(at->memory, result, &state->registers[base]);
    if (index != EFFECTS_NONE) {
        struct held factor =
            held_product(&state->registers[index], operand->mem.scale > 0 ? operand->mem.scale : 1);
        if (at->instruction->zydis.mnemonic == ZYDIS_MNEMONIC_XLAT)
            factor = held_anything(); /* al alone */
        *result = code_memory_sum(at->memory, result, &factor);
    }
    if (has_segment)
        *result = held_anything();
    return true;
}

static bool is_somewhere(const struct code_at *at, const struct held *place)
{
    return !code_memory_is_elsewhere(at->memory, place) ||
           code_memory_refuse(at->memory, at->instruction, lift_uses_elsewhere);
}

/* What an operand has that is read. */
static bool value_of(const struct code_at *at, const ZydisDecodedOperand *operand,
                     struct held *result)
{
    uint8_t bits, reg = lift_register(operand, &bits);
    struct held place;
    *result = held_anything();
    if (is_memory(operand))
        return address_of(at, operand, &place) && is_somewhere(at, &place) &&
               code_memory_load(at->memory, at->instruction, at->state, &place, operand->size / 8u,
                                result);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        size_t which =
            operand > at->instruction->operands && operand[-1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
        const ZydisDecodedInstruction *zydis = &at->instruction->zydis;
        const struct elfgen_relocation *reference = verbatim_reference_at(
            at->memory->all, at->instruction->offset + zydis->raw.imm[which].offset);
        *result = reference ? code_memory_target(at->memory, reference)
                            : held_number(operand->imm.value.u);
        return true;
    }
    if (reg == EFFECTS_NONE)
        return true;
    *result = at->state->registers[reg];
    if (operand->size >= HALF * 8)
        return true;
    if (result->kind >= HELD_CODE) {
        bool is_other = bits <= result->other;
        *result = held_anything();
        return is_other || refuse_code(at);
    }
    if (result->kind != HELD_NUMBER || bits != operand->size)
        *result = held_anything();
    return true;
}

/* What a register has of which the low part is written. */
static struct held with_part(const struct held *before, const struct held *value, unsigned size)
{
    if (!held_is_exact(before) || !held_is_exact(value))
        return held_anything();
    uint64_t ones = bits_ones(size);
    return held_number((before->number & ~ones) | (value->number & ones));
}

static bool assign(const struct code_at *at, const ZydisDecodedOperand *operand,
                   const struct held *value)
{
    uint8_t bits, reg = lift_register(operand, &bits);
    struct held place;
    if (is_memory(operand))
        return address_of(at, operand, &place) && is_somewhere(at, &place) &&
               code_memory_store(at->memory, at->instruction, at->state, &place, operand->size / 8u,
                                 value);
    if (reg == EFFECTS_NONE)
        return value->kind < HELD_CODE || refuse_code(at);
    struct held *to = &at->state->registers[reg];
    if (operand->size < HALF * 8) {
        if (to->kind >= HELD_CODE)
            to->other = bits == operand->size && bits > to->other ? bits : to->other;
        else
            *to = bits == operand->size ? with_part(to, value, operand->size) : held_anything();
        return true;
    }
    bool is_cut = operand->size == HALF * 8 && at->memory->word > HALF;
    *to = *value;
    if (is_cut && held_is_exact(value))
        *to = held_number(x86_low_bits(value->number, HALF * 8));
    else if (is_cut && (value->kind == HELD_STACK || value->step > UINT32_MAX))
        *to = held_anything();
    return true;
}

/* ---- instructions ---- */

/* Whether an instruction reads an address of code of a register, or part of one. */
static bool reads_code(const struct lift_instruction *instruction, const struct code_state *state)
{
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        bool is_part = instruction->reads >> reg & 1 && state->registers[reg].other > 0;
        if (!(instruction->reads >> reg & 1) || state->registers[reg].kind < HELD_CODE)
            continue;
        for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
            uint8_t bits, named = lift_register(&instruction->operands[i], &bits);
            bool is_place = instruction->operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY;
            if (is_place || (named == reg && is_read(&instruction->operands[i]) &&
                             bits > state->registers[reg].other))
                is_part = false;
        }
        if (!is_part)
            return true;
    }
    return false;
}

/* All that is not known better: what it reads is no address of code, and what it writes is unknown.
 */
static bool step_other(const struct code_at *at)
{
    const struct lift_instruction *instruction = at->instruction;
    struct held value, unknown = held_anything();
    unknown.is_outer = code_numbers_alone(instruction, at->state);
    if (reads_code(instruction, at->state) && !refuse_code(at))
        return false;
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        bool is_number = operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
        if (!is_number && (!is_memory(operand) || !is_read(operand)))
            continue;
        if (!value_of(at, operand, &value))
            return false;
        if (value.kind >= HELD_CODE && !refuse_code(at))
            return false;
    }
    for (size_t i = 0; i < instruction->zydis.operand_count; i++)
        if (is_written(&instruction->operands[i]) && is_memory(&instruction->operands[i]) &&
            !assign(at, &instruction->operands[i], &unknown))
            return false;
    if (instruction->effects.repeats)
        code_state_overwrite(at->state);
    for (size_t i = 0; i < instruction->zydis.operand_count; i++)
        if (is_written(&instruction->operands[i]) && !is_memory(&instruction->operands[i]) &&
            !assign(at, &instruction->operands[i], &unknown))
            return false;
    return true;
}

static bool step_copy(const struct code_at *at)
{
    const ZydisDecodedOperand *operands = at->instruction->operands;
    struct held value, old;
    if (!value_of(at, &operands[1], &value))
        return false;
    if (at->instruction->zydis.meta.category == ZYDIS_CATEGORY_CMOV) {
        if (!value_of(at, &operands[0], &old))
            return false;
        const uint8_t traits = value.traits | old.traits;
        value = held_either(&value, &old);
        if (!(traits & HELD_IS_MIXED))
            value.traits &= (uint8_t)~HELD_IS_MIXED; /* it may be either on one way */
    }
    return assign(at, &operands[0], &value);
}

static bool step_exchange(const struct code_at *at)
{
    const ZydisDecodedOperand *operands = at->instruction->operands;
    struct held first, second;
    return value_of(at, &operands[0], &first) && value_of(at, &operands[1], &second) &&
           assign(at, &operands[0], &second) && assign(at, &operands[1], &first);
}

static bool is_move(const struct lift_instruction *instruction)
{
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    return lift_is_string(instruction) &&
           (mnemonic == ZYDIS_MNEMONIC_MOVSB || mnemonic == ZYDIS_MNEMONIC_MOVSW ||
            mnemonic == ZYDIS_MNEMONIC_MOVSD || mnemonic == ZYDIS_MNEMONIC_MOVSQ);
}

/* A string is moved as if it were one address after the other. */
static bool step_move(const struct code_at *at)
{
    struct held *registers = at->state->registers, value;
    const struct held anything = held_anything();
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (at->instruction->reads >> reg & 1 && registers[reg].kind >= HELD_CODE &&
            !refuse_code(at))
            return false;
    struct held from = code_memory_sum(at->memory, &registers[X86_RSI], &anything),
                to = code_memory_sum(at->memory, &registers[X86_RDI], &anything);
    if (!code_memory_load(at->memory, at->instruction, at->state, &from, at->memory->word,
                          &value) ||
        !code_memory_store(at->memory, at->instruction, at->state, &to, at->memory->word, &value))
        return false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (at->instruction->writes >> reg & 1)
            registers[reg] = reg == X86_RSI ? from : reg == X86_RDI ? to : anything;
    return true;
}

/* lods, stos, scas and cmps move their addresses, up or down. */
static bool step_string(const struct code_at *at)
{
    const struct lift_instruction *instruction = at->instruction;
    const ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    const bool is_load = instruction->writes >> X86_RAX & 1,
               is_store = mnemonic >= ZYDIS_MNEMONIC_STOSB && mnemonic <= ZYDIS_MNEMONIC_STOSW;
    const unsigned size = instruction->effects.read_count > 0 ? instruction->effects.reads[0].size
                                                              : instruction->effects.writes[0].size;
    struct held *registers = at->state->registers, by = held_outer(), loaded, stored;
    struct held from = registers[X86_RSI], to = registers[X86_RDI];
    stored = registers[X86_RAX];
    if (!instruction->effects.repeats) {
        by.number = size;
        by.step = 2 * (uint64_t)size;
    }
    if (!step_other(at))
        return false;
    const struct held next[2] = {code_memory_sum(at->memory, &from, &by),
                                 code_memory_sum(at->memory, &to, &by)};
    for (size_t i = 0; i < 2; i++)
        if (instruction->writes >> (i == 0 ? X86_RSI : X86_RDI) & 1)
            registers[i == 0 ? X86_RSI : X86_RDI] = next[i];
    if (is_load && (!code_memory_load(at->memory, instruction, at->state, &from, size, &loaded) ||
                    !assign(at, &instruction->operands[0], &loaded)))
        return false;
    return !is_store || size < HALF ||
           code_memory_store(at->memory, instruction, at->state,
                             instruction->effects.repeats ? &next[1] : &to, size, &stored);
}

static bool step_lea(const struct code_at *at)
{
    struct held address;
    return address_of(at, &at->instruction->operands[1], &address) &&
           assign(at, &at->instruction->operands[0], &address);
}

static bool step_push(const struct code_at *at)
{
    const ZydisDecodedInstruction *zydis = &at->instruction->zydis;
    unsigned size = zydis->operand_width / 8u;
    struct held value;
    if (!value_of(at, &at->instruction->operands[0], &value))
        return false;
    code_step_stack(at->state, 0 - (uint64_t)size);
    struct held place = at->state->registers[X86_RSP];
    return code_memory_store(at->memory, at->instruction, at->state, &place, size, &value);
}

static bool step_pop(const struct code_at *at)
{
    unsigned size = at->instruction->zydis.operand_width / 8u;
    struct held value, place = at->state->registers[X86_RSP];
    if (!code_memory_load(at->memory, at->instruction, at->state, &place, size, &value))
        return false;
    code_step_stack(at->state, size);
    return assign(at, &at->instruction->operands[0], &value);
}

static bool step_leave(const struct code_at *at)
{
    struct held value;
    at->state->registers[X86_RSP] = at->state->registers[X86_RBP];
    struct held place = at->state->registers[X86_RSP];
    if (place.kind >= HELD_CODE && !refuse_code(at))
        return false;
    if (!code_memory_load(at->memory, at->instruction, at->state, &place, at->memory->word, &value))
        return false;
    code_step_stack(at->state, at->memory->word);
    at->state->registers[X86_RBP] = value;
    return true;
}

/* What an instruction computes of two numbers; nothing is known of others. */
static struct held computed(const struct code_at *at, const struct held *a, const struct held *b)
{
    struct held by = *b;
    switch (at->instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_SUB:
        if (b->kind != HELD_NUMBER)
            break;
        by = held_product(b, UINT64_MAX);
        return code_memory_sum(at->memory, a, &by);
    case ZYDIS_MNEMONIC_ADD:
        return code_memory_sum(at->memory, a, &by);
    case ZYDIS_MNEMONIC_SHL:
        if (held_is_exact(b))
            return held_product(a, (uint64_t)1 << (b->number & 63));
        break;
    case ZYDIS_MNEMONIC_IMUL:
        if (held_is_exact(b))
            return held_product(a, b->number);
        break;
    case ZYDIS_MNEMONIC_AND:
        /* The stack pointer is aligned: what is above it is found by others. */
        if (a->kind == HELD_STACK)
            return *a;
        if (held_is_exact(b) && b->number != 0)
            return (struct held){.section = HELD_NO_SECTION, .step = b->number & (~b->number + 1)};
        if (held_is_exact(b))
            return held_number(0);
        break;
    case ZYDIS_MNEMONIC_OR:
        if (held_is_exact(a) && held_is_exact(b))
            return held_number(a->number | b->number);
        break;
    default:
        break;
    }
    return held_anything();
}

static bool refuse_distance(const struct code_at *at)
{
    return lift_refuse_at(at->memory->all->lift, at->instruction,
                          "it uses the distance of addresses in two sections, which is another one "
                          "when they are moved");
}

/* Whether a value is an address of a label, or one that no address of code is. */
static bool is_label_or_none(const struct held *value)
{
    return (value->kind == HELD_CODE && value->is_label && value->other == 0) ||
           (held_is_exact(value) && verbatim_is_nowhere(value->number));
}

/* Labels stay apart when code is moved, but not in their order: of the flags, ZF stays. */
static bool compare_code(const struct code_at *at, const struct held *a, const struct held *b)
{
    if (!is_label_or_none(a) || !is_label_or_none(b))
        return refuse_code(at);
    at->state->of_places |= CODE_ORDER_FLAGS;
    code_memory_compare(at->memory);
    return true;
}

/* What is subtracted for its flags alone. */
static bool step_compare(const struct code_at *at)
{
    const ZydisDecodedOperand *operands = at->instruction->operands;
    struct held a, b;
    if (!value_of(at, &operands[0], &a) || !value_of(at, &operands[1], &b))
        return false;
    if (a.kind >= HELD_CODE || b.kind >= HELD_CODE)
        return compare_code(at, &a, &b);
    /* Of computed ones it is mostly asked whether they are the same, which does not change. */
    return a.step != 0 || b.step != 0 || !at->memory->is_final || !code_numbers_are_apart(&a, &b) ||
           refuse_distance(at);
}

static bool step_computing(const struct code_at *at)
{
    const ZydisDecodedInstruction *zydis = &at->instruction->zydis;
    const ZydisDecodedOperand *operands = at->instruction->operands;
    bool is_lonely = zydis->operand_count_visible < 2;
    size_t first = zydis->operand_count_visible == 3 ? 1 : 0;
    struct held a, b = held_number(1), result;
    if (zydis->mnemonic == ZYDIS_MNEMONIC_IMUL && is_lonely)
        return step_other(at);
    if (!value_of(at, &operands[first], &a) ||
        (!is_lonely && !value_of(at, &operands[first + 1], &b)))
        return false;
    if (a.kind >= HELD_CODE || b.kind >= HELD_CODE) {
        a = b = held_anything();
        if (!refuse_code(at))
            return false;
    }
    if (zydis->mnemonic == ZYDIS_MNEMONIC_SUB && at->memory->is_final &&
        code_numbers_are_apart(&a, &b))
        return refuse_distance(at);
    at->state->of_places |= code_numbers_flags(zydis->mnemonic, &a, &b);
    result = computed(at, &a, &b);
    if (is_lonely && zydis->mnemonic != ZYDIS_MNEMONIC_SHL) {
        b = held_number(zydis->mnemonic == ZYDIS_MNEMONIC_DEC ? UINT64_MAX : 1);
        result = code_memory_sum(at->memory, &a, &b);
    }
    result.origin = 0;
    return assign(at, &operands[0], &result);
}

/* Whether it only asks whether an address is 0. */
static bool is_asking(const struct code_at *at)
{
    const ZydisDecodedOperand *operands = at->instruction->operands;
    if (operands[0].size < HALF * 8)
        return false;
    if (at->instruction->zydis.mnemonic == ZYDIS_MNEMONIC_TEST)
        return operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
               operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
               operands[0].reg.value == operands[1].reg.value;
    return at->instruction->zydis.mnemonic == ZYDIS_MNEMONIC_CMP &&
           operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operands[1].imm.value.u == 0;
}

/* Nothing that an instruction reads makes a number of an address of data. */
static bool keeps_addresses(const struct code_at *at)
{
    struct code_operands operands = {.is_read = {false}};
    for (size_t i = 0; i < CODE_OPERANDS && i < at->instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &at->instruction->operands[i];
        operands.is_read[i] = operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE || is_read(operand);
        if (operands.is_read[i] && !value_of(at, operand, &operands.values[i]))
            return false;
        uint8_t bits, reg = lift_register(operand, &bits);
        if (reg < GOLF_REGISTERS && held_is_data(&at->state->registers[reg]))
            operands.values[i] = at->state->registers[reg]; /* or a part of one */
    }
    const char *why = code_numbers_shown(at->instruction, at->state, &operands);
    return !why || lift_refuse_at(at->memory->all->lift, at->instruction, why);
}

static bool step_plain(const struct code_at *at)
{
    const struct lift_instruction *instruction = at->instruction;
    const ZydisDecodedOperand *operands = instruction->operands;
    struct held value;
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_NOP)
        return true; /* whatever its operands are */
    if (at->memory->is_final && !keeps_addresses(at))
        return false;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
        return step_copy(at);
    case ZYDIS_MNEMONIC_XCHG:
        return step_exchange(at);
    case ZYDIS_MNEMONIC_LEA:
        return verbatim_is_idle(at->memory->all, instruction) || step_lea(at);
    case ZYDIS_MNEMONIC_PUSH:
        return step_push(at);
    case ZYDIS_MNEMONIC_POP:
        return step_pop(at);
    case ZYDIS_MNEMONIC_LEAVE:
        return step_leave(at);
    case ZYDIS_MNEMONIC_XOR:
        value = held_number(0);
        if (operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            operands[0].reg.value == operands[1].reg.value)
            return assign(at, &operands[0], &value);
        return step_other(at);
    case ZYDIS_MNEMONIC_SUB:
        if (instruction->reads == 0 && operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER) {
            value = held_number(0);
            return assign(at, &operands[0], &value);
        }
        return step_computing(at);
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_SHL:
    case ZYDIS_MNEMONIC_IMUL:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
        return step_computing(at);
    default:
        break;
    }
    if (instruction->zydis.meta.category == ZYDIS_CATEGORY_CMOV)
        return step_copy(at);
    if (is_asking(at))
        return value_of(at, &operands[0], &value);
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_CMP)
        return step_compare(at);
    if (lift_is_string(instruction) && !is_move(instruction))
        return code_string_is_inside(at->memory, instruction, at->state) && step_string(at);
    return code_string_is_inside(at->memory, instruction, at->state) &&
           (is_move(instruction) ? step_move(at) : step_other(at));
}

bool code_step(struct code_memory *memory, const struct lift_instruction *instruction,
               struct code_state *state)
{
    const struct code_at at = {memory, instruction, state};
    if (instruction->flags_read & state->of_places &&
        !code_memory_refuse(memory, instruction,
                            "it depends on the order of addresses of its code, which is another "
                            "one when code is moved: whether they are the same may be asked"))
        return false;
    state->of_places &= ~instruction->flags_written;
    if (instruction->kind == LIFT_SYSTEM)
        return code_call(memory, instruction, state);
    if (instruction->kind == LIFT_PLAIN)
        return step_plain(&at);
    const struct held counter = state->registers[X86_RCX], less = held_number(UINT64_MAX);
    if ((memory->is_final && !keeps_addresses(&at)) || !step_other(&at))
        return false;
    if (instruction->writes >> X86_RCX & 1 && counter.kind == HELD_DATA) /* loop */
        state->registers[X86_RCX] = held_sum(&counter, &less);
    return true;
}

bool code_step_target(struct code_memory *memory, const struct lift_instruction *instruction,
                      struct code_state *state, struct held *target, bool *is_lost)
{
    const struct code_at at = {memory, instruction, state};
    const ZydisDecodedOperand *operand = &instruction->operands[0];
    struct held place = held_anything();
    if ((is_memory(operand) && !address_of(&at, operand, &place)) ||
        !value_of(&at, operand, target))
        return false;
    *is_lost = place.kind == HELD_DATA && target->kind < HELD_CODE && !memory->stores_code;
    return true;
}
