/* Follows values through an instruction: which registers have known ones after it, copies of
 * others, or new ones. */
#include "golf/lift/transfer.h"

#include <string.h>

#include "golf/lift/addresses/address_parts.h"
#include "golf/lift/sizes/cells.h"
#include "golf/lift/sizes/compared.h"
#include "golf/lift/decode.h"
#include "golf/lift/sizes/given.h"
#include "golf/lift/sizes/made.h"
#include "golf/lift/meet.h"
#include "golf/lift/memory.h"
#include "golf/lift/addresses/moved.h"
#include "golf/lift/addresses/numbers.h"
#include "golf/lift/addresses/stored.h"
#include "golf/lift/values.h"
#include "x86/flags.h"
#include "x86/known_bits.h"

/* Something points there: what is there is more than a saved register. */
static void point_to(struct lift_state *state, const struct lift_value *address)
{
    for (size_t i = 0; address->kind == LIFT_STACK && i < state->slot_count; i++) {
        struct lift_slot *slot = &state->slots[i];
        if (slot->frame == address->frame && slot->offset <= (int64_t)address->number &&
            (int64_t)address->number < slot->offset + slot->size)
            slot->is_saved = false;
    }
}

/* ---- addresses ---- */

static struct lift_value opaque(void)
{
    return (struct lift_value){.kind = LIFT_OPAQUE, .bits = 64, .origin = LIFT_NO_INSTRUCTION};
}

/* Whether a value is more than "anything". */
static bool is_named(const struct lift_value *value)
{
    return value->kind != LIFT_OPAQUE || value->number != 0;
}

static struct lift_value plus(struct lift_value value, uint64_t number, unsigned bits)
{
    if (value.kind == LIFT_STACK)
        return lift_stack(value.frame, (int64_t)(value.number + number));
    if (lift_is_constant(&value))
        return lift_constant(x86_low_bits(value.known[0].value + number, bits));
    return opaque();
}

struct lift_value lift_place_address(const struct lift_instruction *instruction,
                                     const struct effects_place *place,
                                     const struct lift_value registers[GOLF_REGISTERS])
{
    uint64_t number = (uint64_t)place->displacement;
    struct lift_value base = lift_constant(0);
    if (place->segment != SEGMENT_FLAT || place->bit != EFFECTS_NONE)
        return opaque();
    if (place->next)
        number += instruction->address + instruction->zydis.length;
    if (place->base != EFFECTS_NONE)
        base = registers[place->base];
    if (base.kind == LIFT_STACK && place->address_bits < instruction->zydis.stack_width)
        return opaque();
    if (place->index != EFFECTS_NONE) {
        const struct lift_value *index = &registers[place->index];
        if (!lift_is_constant(index))
            return opaque();
        number += x86_low_bits(index->known[0].value, place->index_bits) * place->scale;
    }
    return plus(base, number, place->address_bits);
}

/* ---- values ---- */

static bool has_zeros_above(const struct lift_value *value, unsigned bits)
{
    for (size_t i = 0; i < LIFT_WORLDS && bits < 64; i++)
        if ((value->known[i].known >> bits) != UINT64_MAX >> bits ||
            value->known[i].value >> bits != 0)
            return false;
    return true;
}

/* The low bits of a value, with zeros above. */
static struct lift_value narrow(struct lift_value value, unsigned bits, uint32_t index)
{
    if (value.kind == LIFT_OPAQUE && (value.bits <= bits || has_zeros_above(&value, bits)))
        return value;
    if (value.kind != LIFT_OPAQUE)
        return opaque();
    value.bits = (uint8_t)bits;
    value.origin = index;
    value.given = lift_given_part(&value.given, bits);
    for (size_t i = 0; i < LIFT_WORLDS; i++) {
        value.known[i].known |= ~bits_ones(bits);
        value.known[i].value &= bits_ones(bits);
    }
    return value;
}

/* Everything that one instruction needs while it is followed. */
struct step {
    struct lift *lift;
    struct lift_instruction *instruction;
    uint32_t index;
    struct lift_state *state;
    const struct lift_value *before;
    struct lift_made made;
};

static struct lift_value operand_value(const struct step *step, const ZydisDecodedOperand *operand)
{
    uint8_t bits, reg = lift_register(operand, &bits);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        struct lift_value value =
            lift_constant(x86_low_bits(operand->imm.value.u, step->lift->bits));
        size_t which = (size_t)(operand - step->instruction->operands);
        value.is_number = lift_is_number_operand(step->lift, step->instruction, which);
        return value;
    }
    if (reg == EFFECTS_NONE || operand->reg.value == ZYDIS_REGISTER_NONE)
        return opaque();
    struct lift_value value = step->before[reg];
    return bits >= step->lift->bits ? value : narrow(value, bits, step->index);
}

static bool is_high_byte(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER &&
           operand->reg.value >= ZYDIS_REGISTER_AH && operand->reg.value <= ZYDIS_REGISTER_BH;
}

static struct lift_value sum_of(const struct step *step)
{
    const ZydisDecodedOperand *operands = step->instruction->operands;
    ZydisMnemonic mnemonic = step->instruction->zydis.mnemonic;
    if (mnemonic == ZYDIS_MNEMONIC_INC || mnemonic == ZYDIS_MNEMONIC_DEC)
        return plus(operand_value(step, &operands[0]),
                    mnemonic == ZYDIS_MNEMONIC_INC ? 1 : UINT64_MAX, step->lift->bits);
    struct lift_value a = operand_value(step, &operands[0]), b = operand_value(step, &operands[1]);
    if (mnemonic == ZYDIS_MNEMONIC_ADD && lift_is_constant(&a) && b.kind == LIFT_STACK)
        return plus(b, a.known[0].value, step->lift->bits);
    if (a.kind != LIFT_STACK || !lift_is_constant(&b))
        return opaque();
    uint64_t number = b.known[0].value;
    if (step->lift->bits == 32)
        number = (uint64_t)(int32_t)(uint32_t)number;
    if (mnemonic == ZYDIS_MNEMONIC_AND)
        /* Linux gives a stack pointer that 16 divides (STACK_ROUND(), fs/binfmt_elf.c). */
        return a.frame == 0 && (int64_t)number < 0 && (int64_t)number >= -16
                   ? lift_stack(0, (int64_t)(a.number & number))
                   : opaque();
    return plus(a, mnemonic == ZYDIS_MNEMONIC_ADD ? number : 0 - number, step->lift->bits);
}

/* A stored value, as it is loaded again with the same size. */
static struct lift_value stored_value(const struct step *step)
{
    const struct lift_instruction *instruction = step->instruction;
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    const ZydisDecodedOperand *operand = mnemonic == ZYDIS_MNEMONIC_PUSH ? &instruction->operands[0]
                                         : mnemonic == ZYDIS_MNEMONIC_MOV
                                             ? &instruction->operands[1]
                                             : NULL;
    if (!operand || is_high_byte(operand))
        return opaque();
    struct lift_value value = operand_value(step, operand);
    unsigned bits = instruction->effects.writes[0].size * 8u;
    if (value.kind == LIFT_KNOWN)
        for (size_t i = 0; i < LIFT_WORLDS; i++)
            value.known[i].value = x86_low_bits(value.known[i].value, bits);
    return value;
}

/* What a load from the stack gives; NULL: that is not known. */
static const struct lift_value *loaded_value(const struct step *step)
{
    const struct lift_instruction *instruction = step->instruction;
    const struct lift_value *address = &instruction->address_read;
    if (address->kind != LIFT_STACK || instruction->effects.read_count != 1)
        return NULL;
    return lift_slot_find(step->state, address->frame, (int64_t)address->number,
                          instruction->effects.reads[0].size);
}

static bool is_register(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER;
}

/* A value that is the same as another one, or the stack pointer plus a number; opaque if it is
 * neither. */
static struct lift_value symbolic(const struct step *step, unsigned reg)
{
    const struct lift_instruction *instruction = step->instruction;
    const ZydisDecodedOperand *operands = instruction->operands;
    const struct lift_value *loaded = loaded_value(step);
    uint8_t bits, destination = lift_register(&operands[0], &bits);
    unsigned word = step->lift->bits;
    int64_t slot = instruction->zydis.operand_width / 8; /* push and pop of 16 bits move it by 2 */
    bool is_first = destination == reg && bits >= 32 && !is_high_byte(&operands[0]);
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_PUSH:
        return plus(step->before[reg], (uint64_t)-slot, word);
    case ZYDIS_MNEMONIC_POP:
        if (reg == X86_RSP && destination != reg)
            return plus(step->before[reg], (uint64_t)slot, word);
        return loaded && is_first ? *loaded : opaque();
    case ZYDIS_MNEMONIC_LEAVE:
        if (slot * 8 != word)
            return opaque();
        if (reg == X86_RSP)
            return plus(step->before[5], (uint64_t)slot, word);
        return loaded ? *loaded : opaque();
    case ZYDIS_MNEMONIC_MOV:
        if (!is_first)
            return opaque();
        return is_register(&operands[1]) ? operand_value(step, &operands[1])
               : loaded                  ? *loaded
                                         : opaque();
    case ZYDIS_MNEMONIC_MOVZX:
        return is_first && is_register(&operands[1]) && !is_high_byte(&operands[1])
                   ? operand_value(step, &operands[1])
                   : opaque();
    case ZYDIS_MNEMONIC_XCHG:
        if (!is_register(&operands[0]) || !is_register(&operands[1]) || bits < 32)
            return opaque();
        return operand_value(step, &operands[destination == reg ? 1 : 0]);
    case ZYDIS_MNEMONIC_LEA: {
        struct effects_place place =
            effects_operand_place(&instruction->zydis, operands, &operands[1]);
        return is_first && bits == word ? lift_place_address(instruction, &place, step->before)
                                        : opaque();
    }
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_AND:
        return is_first && bits == word ? sum_of(step) : opaque();
    default:
        return opaque();
    }
}

/* ---- registers ---- */

static bool is_all_known(const struct elfgen_bits known[LIFT_WORLDS], unsigned bits)
{
    return bits_are_known(known[0], bits) && bits_are_known(known[1], bits);
}

/* Whether a value that an instruction makes is made of numbers alone. */
static bool is_made_of_numbers(const struct step *step)
{
    const struct lift_instruction *instruction = step->instruction;
    const struct lift_value *loaded = loaded_value(step);
    if (!step->lift->addresses || (loaded && !loaded->is_number))
        return false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (instruction->reads >> reg & 1 && step->before[reg].kind == LIFT_KNOWN &&
            !step->before[reg].is_number)
            return false;
    for (size_t i = 0; i < instruction->zydis.operand_count_visible; i++) {
        ZydisOperandType type = instruction->operands[i].type;
        bool is_load = type == ZYDIS_OPERAND_TYPE_MEMORY &&
                       instruction->operands[i].mem.type != ZYDIS_MEMOP_TYPE_AGEN;
        if ((type == ZYDIS_OPERAND_TYPE_IMMEDIATE ||
             (type == ZYDIS_OPERAND_TYPE_MEMORY && !is_load)) &&
            !lift_is_number_operand(step->lift, instruction, i))
            return false;
    }
    if (!instruction->is_folded)
        return true;
    uint64_t one = 1, size = instruction->effects.reads[0].size;
    const uint8_t *bytes = lift_bytes(step->lift, instruction->address_folded, &one);
    uint64_t offset = bytes ? (uint64_t)(bytes - step->lift->file) : 0;
    return !bytes || lift_is_number_at(step->lift, offset, offset + size);
}

/* Whether an instruction writes the low half of a register, whatever it does, so that its high half
 * becomes 0. */
static bool clears_high_half(const struct lift_instruction *instruction, unsigned reg)
{
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t bits;
        if (lift_register(operand, &bits) == reg && bits == 32 &&
            operand->actions & ZYDIS_OPERAND_ACTION_WRITE)
            return true;
    }
    return false;
}

static void set_register(const struct step *step, unsigned reg,
                         const struct elfgen_bits known[LIFT_WORLDS])
{
    struct lift_instruction *instruction = step->instruction;
    struct lift_value value = symbolic(step, reg);
    if (value.kind == LIFT_RETURN)
        value = opaque();
    if (value.kind == LIFT_OPAQUE && is_all_known(known, step->lift->bits)) {
        value = lift_constant(0);
        value.origin = step->index;
        memcpy(value.known, known, sizeof value.known);
    } else if (value.kind == LIFT_OPAQUE && (!is_named(&value) || instruction->is_forced)) {
        const struct lift_value copied = value;
        value = lift_fresh(step->index, reg);
        memcpy(value.known, known, sizeof value.known);
        for (size_t i = 0; i < LIFT_WORLDS && clears_high_half(instruction, reg); i++) {
            value.known[i].known |= ~bits_ones(32);
            value.known[i].value &= bits_ones(32);
        }
        if (is_named(&copied))
            lift_copy_parts(step->lift, &copied, &value);
        else {
            lift_give_parts(step->lift, instruction, reg, &value);
            lift_give_traits(instruction, reg, &value);
            lift_give_loaded(instruction, &value);
        }
    }
    if (instruction->is_forced && value.kind == LIFT_KNOWN && !lift_is_constant(&value))
        lift_forget_worlds(&value, reg);
    if (lift_maker(&value) == step->index)
        instruction->stays = true;
    value.is_number = value.kind == LIFT_KNOWN && is_made_of_numbers(step);
    step->state->registers[reg] = value;
    if (reg != X86_RSP && reg != X86_RBP)
        point_to(step->state, &value);
}

/* ---- memory ---- */

static void use_stack(struct lift *lift)
{
    lift->restart = lift->restart || !lift->keeps_stack;
    lift->keeps_stack = true;
}

/* Whether it is so far down the stack that the memory may end before it: what the program does not
 * do there would be missed. */
static bool is_deep(const struct lift_value *address)
{
    enum { NEAR = 128 << 10 };
    return address->kind == LIFT_STACK && (int64_t)address->number < -NEAR;
}

static bool has_pushed(const struct step *step, const struct lift_value *address, uint16_t size)
{
    return lift_has_pushed(step->lift, step->state, address->frame, (int64_t)address->number, size);
}

/* A load from the stack that stays must not be of what is not there, unless nobody looks at what a
 * push copies. */
static void check_load(const struct step *step, const struct lift_value *address, uint16_t size)
{
    if (step->instruction->zydis.mnemonic != ZYDIS_MNEMONIC_PUSH && has_pushed(step, address, size))
        lift_refuse_at(step->lift, step->instruction,
                       "it reads the address that a call pushed, which is another one when "
                       "code is moved: addresses of labels can be followed");
}

static void read_memory(const struct step *step)
{
    struct lift_instruction *instruction = step->instruction;
    for (size_t i = 0; i < instruction->effects.read_count; i++) {
        struct lift_value address =
            lift_place_address(instruction, &instruction->effects.reads[i], step->before);
        if (i == 0) {
            instruction->address_read = address;
            lift_note_loaded(step->lift, step->state, instruction);
        }
        bool is_lost = step->state->has_lost_argc && lift_is_argc(step->lift, &address);
        const uint16_t size = instruction->effects.reads[i].size;
        if (!lift_is_private(&address) && address.kind == LIFT_STACK)
            check_load(step, &address, size);
        if (!lift_is_private(&address) && !is_lost) {
            instruction->stays = instruction->stays || !instruction->is_folded;
            continue;
        }
        ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
        bool is_simple = (mnemonic == ZYDIS_MNEMONIC_POP || mnemonic == ZYDIS_MNEMONIC_MOV ||
                          mnemonic == ZYDIS_MNEMONIC_LEAVE) &&
                         instruction->effects.write_count == 0;
        const struct lift_value *loaded = loaded_value(step);
        if (is_simple && loaded &&
            ((!step->lift->keeps_stack && !is_deep(&address)) || lift_is_constant(loaded)))
            instruction->is_stack = true;
        else if (step->lift->keeps_stack) {
            check_load(step, &address, size);
            instruction->stays = true;
        } else
            use_stack(step->lift);
    }
}

static void write_place(const struct step *step, const struct effects_place *place, bool is_first)
{
    struct lift_instruction *instruction = step->instruction;
    struct lift_value address = lift_place_address(instruction, place, step->before);
    struct lift_value value = stored_value(step);
    bool repeats = instruction->effects.repeats;
    bool is_simple = is_first && !repeats && instruction->effects.read_count == 0 &&
                     (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_PUSH ||
                      instruction->zydis.mnemonic == ZYDIS_MNEMONIC_MOV);
    if (is_first)
        instruction->address_written = address;
    lift_note_stored(step->lift, instruction, place, &address, is_simple);
    lift_cells_write(step->lift, instruction, place, &address, is_first ? &step->made.stored : NULL,
                     step->state);
    if (is_simple && !step->lift->keeps_stack && lift_is_argc(step->lift, &address))
        step->lift->loses_argc = step->state->has_lost_argc = instruction->is_stack = true;
    else if (!lift_is_private(&address))
        instruction->stays = true;
    else if (step->lift->keeps_stack)
        instruction->stays = true;
    else if (is_simple && address.frame == step->state->frame && !is_deep(&address))
        instruction->is_stack = true;
    else
        use_stack(step->lift);
    if (address.kind != LIFT_STACK) {
        struct effects_place first = *place;
        first.index = EFFECTS_NONE;
        struct lift_value array = lift_place_address(instruction, &first, step->before);
        point_to(step->state, &array);
        if (!lift_is_constant(&address) && step->lift->keeps_stack)
            lift_forget_stored(step->state);
        return;
    }
    int64_t offset = (int64_t)address.number;
    if (repeats)
        lift_forget_memory(step->state);
    else if (is_simple && is_named(&value)) {
        lift_slot_set(step->state, address.frame, offset, place->size, &value);
        step->state->slots[step->state->slot_count - 1].is_saved =
            instruction->zydis.mnemonic == ZYDIS_MNEMONIC_PUSH &&
            is_register(&instruction->operands[0]);
    } else
        lift_slots_forget(step->state, address.frame, offset, offset + place->size);
    /* What is there then is not the address either. */
    if (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_PUSH &&
        instruction->effects.read_count == 1 && instruction->address_read.kind == LIFT_STACK &&
        has_pushed(step, &instruction->address_read, place->size)) {
        lift_slot_set(step->state, address.frame, offset, place->size,
                      &instruction->address_written);
        struct lift_slot *slot = &step->state->slots[step->state->slot_count - 1];
        slot->value = lift_fresh(step->index, X86_RSP);
        slot->is_call = true;
    }
}

/* ---- ZF ---- */

static void note_equal(const struct step *step)
{
    const struct lift_instruction *instruction = step->instruction;
    const ZydisDecodedOperand *operands = instruction->operands;
    struct lift_state *state = step->state;
    uint8_t bits, reg = lift_register(&operands[0], &bits);
    if (!(instruction->flags_written & FLAG_ZF)) {
        if (instruction->writes >> state->equal_register & 1)
            state->has_equal = false;
        return;
    }
    state->has_equal = false;
    if (reg == EFFECTS_NONE || bits < 32 ||
        (bits < step->lift->bits && !has_zeros_above(&state->registers[reg], bits)))
        return;
    bool is_same = is_register(&operands[1]) && operands[0].reg.value == operands[1].reg.value;
    state->equal_register = reg;
    state->equal_to = 0;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_TEST:
        state->has_equal = is_same;
        break;
    case ZYDIS_MNEMONIC_CMP:
        state->has_equal = operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
        state->equal_to = x86_low_bits(operands[1].imm.value.u, bits);
        break;
    default:
        state->has_equal = lift_is_arithmetic(instruction->zydis.mnemonic);
        break;
    }
}

/* ---- memory that is never written ---- */

/* The operand in memory that an instruction reads, and does nothing else with; NULL: none. */
static ZydisDecodedOperand *read_operand(const struct lift_instruction *instruction,
                                         ZydisDecodedOperand operands[])
{
    const struct effects *effects = &instruction->effects;
    size_t count = instruction->zydis.operand_count_visible;
    if (effects->read_count != 1 || effects->write_count != 0 || effects->vectors ||
        effects->repeats || !instruction->is_pure)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
            operands[i].visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT && operands[i].size <= 64)
            return &operands[i];
    return NULL;
}

/* Makes an operand that reads known memory the number that is there. */
static void fold(const struct step *step, ZydisDecodedOperand operands[])
{
    struct lift_instruction *instruction = step->instruction;
    ZydisDecodedOperand *operand = read_operand(instruction, operands);
    instruction->is_folded = false;
    if (!operand)
        return;
    struct lift_value address =
        lift_place_address(instruction, &instruction->effects.reads[0], step->before);
    if (!lift_is_constant(&address) ||
        !lift_load(step->lift, address.known[0].value, operand->size / 8u, &instruction->folded))
        return;
    instruction->is_folded = true;
    instruction->address_folded = address.known[0].value;
    operand->type = ZYDIS_OPERAND_TYPE_IMMEDIATE;
    operand->imm.value.u = instruction->folded;
    operand->imm.is_relative = false;
}

/* ---- an instruction ---- */

/* cld and its like, where the flag is so already. */
static bool is_idle(const struct lift_instruction *instruction, const struct lift_state *state)
{
    const ZydisAccessedFlags *flags = instruction->zydis.cpu_flags;
    if (!flags || instruction->zydis.meta.category != ZYDIS_CATEGORY_FLAGOP || flags->modified ||
        flags->undefined)
        return false;
    uint64_t set = flags->set_0 | flags->set_1;
    for (size_t i = 0; i < LIFT_WORLDS; i++)
        if ((state->flags[i].known & set) != set || (state->flags[i].value & set) != flags->set_1)
            return false;
    return set != 0;
}

void lift_transfer(struct lift *lift, uint32_t index, struct lift_state *state)
{
    struct lift_instruction *instruction = lift->instructions[index];
    struct elfgen_registers worlds[LIFT_WORLDS];
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    const struct effects *effects = &instruction->effects;
    struct step step = {.lift = lift, .instruction = instruction, .index = index, .state = state};
    step.before = instruction->before;
    memcpy(instruction->before, state->registers, sizeof instruction->before);
    instruction->stays = instruction->is_forced || effects->vectors || effects->elsewhere ||
                         (!instruction->is_pure && instruction->kind == LIFT_PLAIN);
    instruction->is_stack = false;
    instruction->is_idle = is_idle(instruction, state);
    memcpy(operands, instruction->operands, sizeof operands);
    fold(&step, operands);
    for (size_t i = 0; i < LIFT_WORLDS; i++) {
        lift_world(state, i, &worlds[i]);
        x86_propagate(&instruction->zydis, operands, instruction->address, &worlds[i]);
        state->flags[i] = worlds[i].flags;
    }
    read_memory(&step);
    lift_make(lift, instruction, state, &step.made);
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (instruction->writes >> reg & 1) {
            const struct elfgen_bits known[LIFT_WORLDS] = {worlds[0].general[reg],
                                                           worlds[1].general[reg]};
            set_register(&step, reg, known);
        }
    lift_give_made(instruction, index, &step.made, state);
    for (size_t i = 0; i < effects->write_count; i++)
        write_place(&step, &effects->writes[i], i == 0);
    note_equal(&step);
    lift_note_compared(lift, instruction, state);
    instruction->tells_equal = state->has_equal && instruction->flags_written & FLAG_ZF;
    instruction->equal_register = state->equal_register;
    instruction->equal_to = state->equal_to;
}
