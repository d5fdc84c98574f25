/* Liveness: from the ends of blocks backward, until nothing more is read. */
#include "golf/lift/live.h"

#include <string.h>

#include "golf/lift/calls.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/narrow.h"
#include "golf/lift/transfer.h"
#include "golf/lift/values.h"

enum { READS = ZYDIS_OPERAND_ACTION_MASK_READ, SAFE_STACK = 64 };

/* What one instruction, or a block's end, has to look at. */
struct back {
    struct lift *lift;
    struct lift_instruction *instruction;
    uint32_t index;
    const struct lift_value *before, *after;
    struct lift_live *live; /* after it; becomes that before it */
};

bool lift_is_operation(const struct lift_instruction *instruction)
{
    if (instruction->kind == LIFT_SYSTEM || instruction->kind == LIFT_FAULT)
        return true;
    return instruction->kind == LIFT_PLAIN && !instruction->is_idle && !instruction->is_dead &&
           (instruction->stays || instruction->is_for_flags);
}

static void read_register(struct lift_live *live, unsigned reg, unsigned bits, bool is_address)
{
    if (live->bits[reg] < bits)
        live->bits[reg] = (uint8_t)bits;
    if (is_address)
        live->addresses |= 1u << reg;
}

static void kill(struct lift_live *live, unsigned reg)
{
    live->bits[reg] = 0;
    live->addresses &= (uint16_t) ~(1u << reg);
}

/* ---- what has to stay ---- */

static void force(struct lift *lift, uint32_t index)
{
    if (index == LIFT_NO_INSTRUCTION || lift->instructions[index]->is_forced)
        return;
    lift->instructions[index]->is_forced = true;
    lift->restart = true;
}

static void use_stack(struct lift *lift)
{
    lift->restart = lift->restart || !lift->keeps_stack;
    lift->keeps_stack = true;
}

/* A value is needed, of which `bits`: whoever makes it must stay. */
static void check_value(struct lift *lift, const struct lift_value *value, unsigned bits)
{
    if (lift->loses_argc && value->number < lift->bits / 8 && value->number != 0 &&
        lift_is_argc(lift, value))
        use_stack(lift);
    if (value->kind != LIFT_OPAQUE)
        return;
    if (value->bits < bits)
        force(lift, value->origin);
    uint32_t maker = lift_maker(value);
    if (maker < lift->instruction_count && !lift->instructions[maker]->stays)
        force(lift, maker);
}

/* ---- instructions that are gone ---- */

/* Whoever reads a copy reads what it is a copy of. */
static void read_source(const struct back *back, unsigned reg, unsigned bits, bool is_address)
{
    const struct lift_value *value = &back->after[reg];
    unsigned most = value->bits < bits ? value->bits : bits;
    check_value(back->lift, value, bits);
    if (is_address && most < back->lift->bits)
        back->lift->narrows_addresses = true;
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < GOLF_REGISTERS; i++) {
            bool is_read = round == 1 || back->instruction->reads >> i & 1;
            const struct lift_value *source = &back->before[i];
            if (is_read && source->kind == LIFT_OPAQUE && source->number == value->number &&
                source->bits >= most) {
                read_register(back->live, i, most, is_address);
                return;
            }
        }
    /* It was in memory alone. */
    if (back->instruction->is_stack)
        use_stack(back->lift);
    else
        force(back->lift, lift_maker(value));
}

/* A stack address is made of another one of the same frame. */
static void read_stack(const struct back *back, unsigned reg)
{
    const struct lift_value *value = &back->after[reg];
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < GOLF_REGISTERS; i++) {
            bool is_read = round == 0   ? back->instruction->reads >> i & 1
                           : round == 1 ? i == X86_RSP
                                        : true;
            const struct lift_value *source = &back->before[i];
            if (is_read && source->kind == LIFT_STACK && source->frame == value->frame) {
                read_register(back->live, i, back->lift->bits, false);
                return;
            }
        }
    force(back->lift, back->index);
}

static void go_back_over_gone(const struct back *back)
{
    struct lift_live after = *back->live;
    uint16_t writes = back->instruction->writes;
    if (back->instruction->kind == LIFT_CALLS || back->instruction->kind == LIFT_RETURNS)
        writes = 1u << X86_RSP;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (writes >> reg & 1)
            kill(back->live, reg);
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        if (!(writes >> reg & 1) || after.bits[reg] == 0)
            continue;
        if (back->after[reg].kind == LIFT_OPAQUE)
            read_source(back, reg, after.bits[reg], after.addresses >> reg & 1);
        if (back->after[reg].kind == LIFT_STACK)
            read_stack(back, reg);
    }
}

/* ---- needs ---- */

static void need(const struct back *back, unsigned reg, unsigned bits, bool is_address)
{
    struct lift_instruction *instruction = back->instruction;
    if (reg == EFFECTS_NONE)
        return;
    if (bits > back->lift->bits)
        bits = back->lift->bits;
    if (instruction->need_bits[reg] < bits)
        instruction->need_bits[reg] = (uint8_t)bits;
    if (is_address)
        instruction->need_addresses |= (uint16_t)(1u << reg);
}

/* Whether what an instruction gives is an address if one of its operands is. */
static bool passes_addresses(const struct lift_instruction *instruction)
{
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_XADD:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_POP:
    case ZYDIS_MNEMONIC_ADC:
    case ZYDIS_MNEMONIC_SBB:
        return true;
    default:
        return instruction->zydis.meta.category == ZYDIS_CATEGORY_CMOV;
    }
}

/* Whether another register that it reads has an address for sure: then this one is a number. */
static bool has_address_besides(const struct back *back, unsigned reg)
{
    for (unsigned i = 0; i < GOLF_REGISTERS; i++) {
        const struct lift_value *value = &back->before[i];
        if (i != reg && back->instruction->reads >> i & 1 &&
            (value->kind == LIFT_STACK ||
             (lift_is_constant(value) && value->known[0].value >= ELFGEN_PAGE &&
              lift_may_be_address(back->lift, value))))
            return true;
    }
    return false;
}

static void need_memory(const struct back *back, const ZydisDecodedOperand *operand)
{
    uint8_t base = effects_register(operand->mem.base),
            index = effects_register(operand->mem.index);
    bool is_address =
        operand->mem.type != ZYDIS_MEMOP_TYPE_AGEN || back->instruction->result_addresses;
    unsigned bits =
        operand->mem.base == ZYDIS_REGISTER_RSP ? 64 : back->instruction->zydis.address_width;
    need(back, base, bits, is_address);
    bool is_alone = base == EFFECTS_NONE && !operand->mem.disp.has_displacement;
    need(back, index, bits, is_address && (operand->mem.scale <= 1 || is_alone));
}

static void need_operand(const struct back *back, const ZydisDecodedOperand *operand,
                         const struct lift_live *after)
{
    uint8_t bits, reg = lift_register(operand, &bits);
    bool is_kept_in_part = lift_may_leave(back->instruction, operand);
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
        need_memory(back, operand);
    if (reg == EFFECTS_NONE)
        return;
    bool passes = back->instruction->result_addresses != 0 && passes_addresses(back->instruction) &&
                  !has_address_besides(back, reg);
    /* What is stored may be loaded as an address. */
    passes = passes || (back->instruction->effects.write_count > 0 &&
                        operand->visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
                        operand->size == back->lift->bits);
    bool is_read = operand->actions & READS || is_kept_in_part;
    if (is_read && back->instruction->reads >> reg & 1)
        need(back, reg, back->instruction->is_narrow ? bits / 2u : bits, passes && bits >= 32);
    if (!(operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
        return;
    /* What is not written stays, if it is read later. */
    bool is_part = bits < 32 || (bits < back->lift->bits && is_kept_in_part);
    unsigned written = operand->size == 8 && bits == 16 ? 0 : bits;
    if (is_part && after->bits[reg] > written)
        need(back, reg, after->bits[reg], passes);
}

static bool need_call(const struct back *back)
{
    struct lift_call call;
    struct lift_instruction *instruction = back->instruction;
    const struct elfgen_call_instruction *by =
        &x86_call_instructions[instruction->effects.call_instruction];
    if (!lift_call_of(back->lift, instruction, instruction->before, &call))
        return false;
    need(back, by->number, by->width, false);
    for (size_t i = 0; i < call.count; i++)
        need(back, call.parameters[i].reg, call.parameters[i].bits, call.parameters[i].is_address);
    return true;
}

/* Whether one of the registers that an instruction reads is computed of an address. */
static bool reads_computed(const struct back *back)
{
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (back->instruction->reads >> reg & 1 && back->before[reg].kind == LIFT_OPAQUE &&
            back->before[reg].of_address)
            return true;
    return false;
}

/* What an address is compared with, or what it is subtracted from, is one as well. */
static void need_compared(const struct back *back, const struct lift_live *after)
{
    const struct lift_instruction *instruction = back->instruction;
    bool is_distance =
        instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SUB && instruction->result_addresses == 0;
    if (instruction->zydis.mnemonic != ZYDIS_MNEMONIC_CMP && !is_distance)
        return;
    if (instruction->reads & after->addresses || reads_computed(back))
        back->instruction->need_addresses |= instruction->reads;
}

/* ---- instructions that stay ---- */

static bool is_safe(const struct back *back)
{
    const struct lift_instruction *instruction = back->instruction;
    const struct lift_value *address = &instruction->address_read;
    if (instruction->effects.read_count == 0)
        return true;
    uint16_t size = instruction->effects.reads[0].size;
    if (instruction->effects.read_count > 1 || instruction->effects.repeats)
        return false;
    if (lift_is_constant(address))
        return lift_is_mapped(back->lift, address->known[0].value, size);
    if (address->kind != LIFT_STACK || address->frame != 0)
        return false;
    return (int64_t)address->number + size <= SAFE_STACK &&
           (back->lift->keeps_stack || (int64_t)address->number >= 0);
}

/* Whether what it does is of no use. */
static bool is_useless(const struct back *back, const struct lift_live *after)
{
    const struct lift_instruction *instruction = back->instruction;
    if (!instruction->is_pure || instruction->effects.write_count > 0 ||
        instruction->flags_written & after->flags || !is_safe(back))
        return false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (instruction->writes >> reg & 1 && after->bits[reg] != 0 &&
            (back->after[reg].kind == LIFT_OPAQUE))
            return false;
    return true;
}

/* A stack address that stays is used in a way that is not followed. */
static void check_escape(const struct back *back, unsigned reg)
{
    const struct lift_instruction *instruction = back->instruction;
    const struct lift_value *value = &back->before[reg];
    if (back->lift->keeps_stack || !lift_is_private(value))
        return;
    bool is_followed = true;
    for (size_t i = 0; i < instruction->effects.read_count; i++) {
        struct lift_value address =
            lift_place_address(instruction, &instruction->effects.reads[i], back->before);
        is_followed = is_followed && address.kind == LIFT_STACK && !lift_is_private(&address);
    }
    if (instruction->effects.write_count > 0 || instruction->effects.read_count == 0 ||
        !is_followed)
        use_stack(back->lift);
}

/* Whether it is a lea of which the result has fewer bits than an address. */
static bool is_narrow_sum(const struct back *back)
{
    const struct lift_instruction *instruction = back->instruction;
    return instruction->zydis.mnemonic == ZYDIS_MNEMONIC_LEA &&
           instruction->operands[0].size < back->lift->bits;
}

static bool go_back_over_operation(const struct back *back)
{
    struct lift_instruction *instruction = back->instruction;
    const struct lift_live after = *back->live;
    memset(instruction->need_bits, 0, sizeof instruction->need_bits);
    instruction->need_addresses = 0;
    instruction->result_addresses = (uint16_t)(instruction->writes & after.addresses);
    instruction->live_after = 0;
    instruction->flags_live = instruction->flags_written & after.flags;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (instruction->writes >> reg & 1 && after.bits[reg] != 0)
            instruction->live_after |= (uint16_t)(1u << reg);
    if (instruction->kind == LIFT_SYSTEM && !need_call(back))
        return false;
    instruction->is_narrow = instruction->kind == LIFT_PLAIN &&
                             lift_is_narrow(back->lift, instruction, back->before, &after);
    if (instruction->kind == LIFT_PLAIN || instruction->kind == LIFT_BRANCH) {
        for (size_t i = 0; i < instruction->zydis.operand_count; i++)
            need_operand(back, &instruction->operands[i], &after);
        need_compared(back, &after);
    }
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (instruction->writes >> reg & 1)
            kill(back->live, reg);
    back->live->flags &= ~lift_flags_set(instruction);
    back->live->flags |= instruction->flags_read;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        if (instruction->need_bits[reg] == 0)
            continue;
        read_register(back->live, reg, instruction->need_bits[reg],
                      instruction->need_addresses >> reg & 1);
        if (instruction->need_addresses >> reg & 1 &&
            (instruction->need_bits[reg] < back->lift->bits || is_narrow_sum(back)))
            back->lift->narrows_addresses = true;
        check_value(back->lift, &back->before[reg], instruction->need_bits[reg]);
        if (instruction->kind == LIFT_PLAIN)
            check_escape(back, reg);
    }
    return true;
}

static bool go_back(const struct back *back)
{
    struct lift_instruction *instruction = back->instruction;
    if (instruction->kind == LIFT_JUMP || instruction->is_idle)
        return true;
    if (instruction->kind == LIFT_CALLS || instruction->kind == LIFT_RETURNS) {
        go_back_over_gone(back);
        return true;
    }
    if (instruction->kind == LIFT_SYSTEM || instruction->kind == LIFT_FAULT)
        return go_back_over_operation(back);
    if (instruction->kind == LIFT_BRANCH)
        return !instruction->stays || go_back_over_operation(back);
    instruction->is_for_flags = (instruction->flags_written & back->live->flags) != 0;
    if (!instruction->stays && !instruction->is_for_flags) {
        go_back_over_gone(back);
        return true;
    }
    instruction->is_dead = is_useless(back, back->live);
    if (!instruction->is_dead)
        return go_back_over_operation(back);
    go_back_over_gone(back);
    return true;
}

/* ---- blocks ---- */

static void add_live(struct lift_live *live, const struct lift_live *other, bool with_stack)
{
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (with_stack || reg != X86_RSP)
            read_register(live, reg, other->bits[reg], other->addresses >> reg & 1);
    live->flags |= other->flags;
}

/* What is live where a subroutine returns. */
static void add_returns(struct lift *lift, uint16_t subroutine, struct lift_live *live)
{
    for (size_t i = 0; i < lift->block_count; i++) {
        const struct lift_block *block = lift->blocks[i];
        if (block->is_reached && block->end == GOLF_CALLS && block->subroutine == subroutine)
            add_live(live, &lift->blocks[block->other]->live_in, false);
    }
    read_register(live, X86_RSP, lift->bits, false);
}

static void find_live_out(struct lift *lift, struct lift_block *block, struct lift_live *live)
{
    memset(live, 0, sizeof *live);
    switch (block->end) {
    case GOLF_GO:
        add_live(live, &lift->blocks[block->taken]->live_in, true);
        break;
    case GOLF_BRANCH:
        add_live(live, &lift->blocks[block->taken]->live_in, true);
        add_live(live, &lift->blocks[block->other]->live_in, true);
        break;
    case GOLF_CALLS:
        add_live(live, &lift->blocks[block->taken]->live_in, false);
        add_live(live, &lift->blocks[block->other]->live_in, true);
        if (lift->keeps_stack || lift->raises_stack)
            read_register(live, X86_RSP, lift->bits, false);
        break;
    case GOLF_RETURNS:
        add_returns(lift, block->subroutine, live);
        break;
    default:
        break;
    }
}

/* Whether a block reads a register, and does not know that it has this value. */
static bool is_other_at(const struct lift_block *block, unsigned reg,
                        const struct lift_value *value)
{
    return block->live_in.bits[reg] != 0 && !lift_is_same(value, &block->in.registers[reg]);
}

/* Whether a register has a stack address at the end, and not the same one in each block after it.
 */
static bool is_stack_lost(const struct lift *lift, const struct lift_block *block, unsigned reg)
{
    const struct lift_value *value = &block->out.registers[reg];
    if (!lift_is_private(value))
        return false;
    if (block->end == GOLF_RETURNS || block->end == GOLF_CALLS)
        return reg != X86_RSP;
    return is_other_at(lift->blocks[block->taken], reg, value) ||
           (block->end == GOLF_BRANCH && is_other_at(lift->blocks[block->other], reg, value));
}

static void check_end(struct lift *lift, const struct lift_block *block)
{
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        if (block->live_out.bits[reg] == 0)
            continue;
        check_value(lift, &block->out.registers[reg], block->live_out.bits[reg]);
        if (is_stack_lost(lift, block, reg))
            use_stack(lift);
    }
}

/* Goes back through a block. Returns false after setting the error; *changed is set if its start
 * has something new. */
static bool live_block(struct lift *lift, struct lift_block *block, bool *changed)
{
    struct lift_live live;
    find_live_out(lift, block, &live);
    block->live_out = live;
    check_end(lift, block);
    live.flags |= block->end == GOLF_BRANCH ? block->branch_flags : 0;
    bool ends_itself = block->end == GOLF_CALLS || block->end == GOLF_RETURNS;
    for (size_t i = block->count; i-- > 0;) {
        struct lift_instruction *instruction = lift->instructions[block->instructions[i]];
        const struct lift_value *after =
            i + 1 < block->count ? lift->instructions[block->instructions[i + 1]]->before
                                 : block->out.registers;
        const struct back back = {lift,  instruction, block->instructions[i], instruction->before,
                                  after, &live};
        bool is_end = ends_itself && i + 1 == block->count;
        if (!is_end && !go_back(&back))
            return false;
    }
    *changed = *changed || memcmp(&live, &block->live_in, sizeof live) != 0;
    block->live_in = live;
    return true;
}

/* Whether a call may write where the arguments are: then it is to write where it always did. */
static bool raises_stack(const struct lift *lift)
{
    for (size_t i = 0; i < lift->block_count; i++) {
        const struct lift_block *block = lift->blocks[i];
        for (size_t k = 0; block->is_reached && k < block->count; k++) {
            const struct lift_value *stack =
                &lift->instructions[block->instructions[k]]->before[X86_RSP];
            if (stack->kind != LIFT_STACK || (stack->frame == 0 && (int64_t)stack->number > 0))
                return true;
        }
    }
    return false;
}

bool lift_live(struct lift *lift)
{
    bool changed = true;
    for (size_t i = 0; i < lift->block_count; i++)
        memset(&lift->blocks[i]->live_in, 0, sizeof lift->blocks[i]->live_in);
    lift->raises_stack = raises_stack(lift);
    while (changed && !lift->restart) {
        changed = false;
        for (size_t i = lift->block_count; i-- > 0;)
            if (lift->blocks[i]->is_reached && !live_block(lift, lift->blocks[i], &changed))
                return false;
    }
    return true;
}
