/* Finds what an instruction reads and writes, from Zydis's operands. */
#include "effects.h"

#include <cpuid.h>
#include <string.h>

enum { READS = ZYDIS_OPERAND_ACTION_MASK_READ, WRITES = ZYDIS_OPERAND_ACTION_MASK_WRITE };

/* The number of a register's largest form: rax, eax, al and ah have the same. */
uint8_t effects_register(ZydisRegister name)
{
    ZydisRegister large = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, name);
    if (large < ZYDIS_REGISTER_RAX || large > ZYDIS_REGISTER_R15)
        return EFFECTS_NONE;
    return (uint8_t)(large - ZYDIS_REGISTER_RAX);
}

static enum effects_segment segment_of(ZydisRegister name)
{
    return name == ZYDIS_REGISTER_FS   ? SEGMENT_FS
           : name == ZYDIS_REGISTER_GS ? SEGMENT_GS
                                       : SEGMENT_FLAT;
}

/* Whether the instruction is bts or its like. In bts [memory], register, the register is a signed
 * bit offset from the memory's address. */
static bool counts_bits(ZydisMnemonic mnemonic)
{
    return mnemonic == ZYDIS_MNEMONIC_BT || mnemonic == ZYDIS_MNEMONIC_BTS ||
           mnemonic == ZYDIS_MNEMONIC_BTR || mnemonic == ZYDIS_MNEMONIC_BTC;
}

static void set_bit_register(const ZydisDecodedOperand *operand, struct effects_place *place)
{
    if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER)
        return;
    place->bit = effects_register(operand->reg.value);
    place->bit_bits = (uint8_t)operand->size;
}

/* How much XSAVE writes depends on the processor and the system. */
static size_t size_of(const ZydisDecodedInstruction *source, const ZydisDecodedOperand *operand)
{
    unsigned most = 0, enabled = 0, features, more;
    size_t size = operand->size / 8u;
    if (source->meta.category == ZYDIS_CATEGORY_XSAVE ||
        source->meta.category == ZYDIS_CATEGORY_XSAVEOPT)
        __get_cpuid_count(0xd, 0, &features, &enabled, &most, &more);
    return enabled > size ? enabled : size;
}

/* Whether an operand is the stack, as push and pop use it. */
static bool is_stack(const ZydisDecodedOperand *operand)
{
    return operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
           operand->mem.segment == ZYDIS_REGISTER_SS;
}

struct effects_place effects_operand_place(const ZydisDecodedInstruction *source,
                                           const ZydisDecodedOperand *operands,
                                           const ZydisDecodedOperand *operand)
{
    const ZydisDecodedOperandMem *memory = &operand->mem;
    bool is_64_bit = source->machine_mode == ZYDIS_MACHINE_MODE_LONG_64;
    size_t size = size_of(source, operand);
    struct effects_place place = {
        .base = effects_register(memory->base),
        .index = effects_register(memory->index),
        .index_bits = memory->index == ZYDIS_REGISTER_AL ? 8 : 64, /* of xlat */
        .scale = memory->scale,
        .address_bits = is_stack(operand) ? is_64_bit ? 64 : 32 : source->address_width,
        .bit = EFFECTS_NONE,
        .segment = segment_of(memory->segment),
        .next = memory->base == ZYDIS_REGISTER_RIP || memory->base == ZYDIS_REGISTER_EIP,
        .displacement = memory->disp.has_displacement ? memory->disp.value : 0,
        .size = (uint16_t)(size < EFFECTS_MOST ? size : EFFECTS_MOST),
    };
    if (counts_bits(source->mnemonic))
        set_bit_register(&operands[1], &place);
    return place;
}

static void add_write(struct effects *effects, const ZydisDecodedInstruction *source,
                      const ZydisDecodedOperand *operands, const ZydisDecodedOperand *operand)
{
    if (operand->mem.type != ZYDIS_MEMOP_TYPE_MEM || effects->write_count == EFFECTS_WRITES) {
        effects->elsewhere = true;
        return;
    }
    struct effects_place *write = &effects->writes[effects->write_count++];
    *write = effects_operand_place(source, operands, operand);
    /* For a push, Zydis gives the stack pointer before it is decremented. */
    if (is_stack(operand))
        write->displacement -= write->size;
    /* pop computes its operand's address after it increments the stack pointer. */
    else if (source->mnemonic == ZYDIS_MNEMONIC_POP &&
             write->base == ZYDIS_REGISTER_RSP - ZYDIS_REGISTER_RAX)
        write->displacement += write->size;
}

/* Whether an operand in memory is only named: nop and prefetch read nothing. */
static bool reads_nothing(const ZydisDecodedInstruction *source)
{
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_CLFLUSH:
    case ZYDIS_MNEMONIC_CLFLUSHOPT:
    case ZYDIS_MNEMONIC_CLWB:
    case ZYDIS_MNEMONIC_CLDEMOTE:
    case ZYDIS_MNEMONIC_INVLPG:
        return true;
    default:
        return source->meta.category == ZYDIS_CATEGORY_PREFETCH ||
               source->meta.category == ZYDIS_CATEGORY_NOP ||
               source->meta.category == ZYDIS_CATEGORY_WIDENOP;
    }
}

static void add_read(struct effects *effects, const ZydisDecodedInstruction *source,
                     const ZydisDecodedOperand *operands, const ZydisDecodedOperand *operand)
{
    if (operand->mem.type == ZYDIS_MEMOP_TYPE_MEM && effects->read_count < EFFECTS_READS &&
        !reads_nothing(source))
        effects->reads[effects->read_count++] = effects_operand_place(source, operands, operand);
}

/* Corrects instructions that push more than once: a far call pushes two values, enter may push
 * several frame pointers. */
static void mend_pushes(struct effects *effects, const ZydisDecodedInstruction *source)
{
    if (effects->write_count == 0)
        return;
    struct effects_place *write = &effects->writes[effects->write_count - 1u];
    if (source->mnemonic == ZYDIS_MNEMONIC_ENTER && source->raw.imm[1].value.u != 0)
        effects->elsewhere = true;
    if (source->mnemonic == ZYDIS_MNEMONIC_CALL &&
        source->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR) {
        write->displacement -= write->size;
        write->size = (uint16_t)(2 * write->size);
    }
}

/* Zydis 4.0 gives clzero only a register operand. */
static void add_clzero(struct effects *effects, const ZydisDecodedInstruction *source)
{
    if (source->mnemonic == ZYDIS_MNEMONIC_CLZERO)
        effects->elsewhere = true;
}

static bool is_vector(ZydisRegister name)
{
    switch (ZydisRegisterGetClass(name)) {
    case ZYDIS_REGCLASS_X87:
    case ZYDIS_REGCLASS_MMX:
    case ZYDIS_REGCLASS_XMM:
    case ZYDIS_REGCLASS_YMM:
    case ZYDIS_REGCLASS_ZMM:
    case ZYDIS_REGCLASS_MASK:
        return true;
    default:
        return name == ZYDIS_REGISTER_MXCSR;
    }
}

/* Whether an instruction changes vector registers that its operands do not include. */
static bool changes_vectors(const ZydisDecodedInstruction *source)
{
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_FXRSTOR:
    case ZYDIS_MNEMONIC_FXRSTOR64:
    case ZYDIS_MNEMONIC_XRSTOR:
    case ZYDIS_MNEMONIC_XRSTOR64:
    case ZYDIS_MNEMONIC_VZEROALL:
    case ZYDIS_MNEMONIC_VZEROUPPER:
    case ZYDIS_MNEMONIC_LDMXCSR:
    case ZYDIS_MNEMONIC_VLDMXCSR:
    case ZYDIS_MNEMONIC_EMMS:
        return true;
    default:
        return source->meta.isa_ext == ZYDIS_ISA_EXT_X87 ||
               source->meta.isa_ext == ZYDIS_ISA_EXT_MMX;
    }
}

static void take_operand(struct effects *effects, const ZydisDecodedInstruction *source,
                         const ZydisDecodedOperand *operands, const ZydisDecodedOperand *operand)
{
    bool in_memory =
        operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.type != ZYDIS_MEMOP_TYPE_AGEN;
    if (in_memory && operand->actions & READS)
        add_read(effects, source, operands, operand);
    if (!(operand->actions & WRITES))
        return;
    if (in_memory)
        add_write(effects, source, operands, operand);
    if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && is_vector(operand->reg.value))
        effects->vectors = true;
}

static bool is_stack_segment(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER && operand->reg.value == ZYDIS_REGISTER_SS;
}

static void take_meaning(struct effects *effects, const ZydisDecodedInstruction *source,
                         const ZydisDecodedOperand *operands)
{
    bool is_64_bit = source->machine_mode == ZYDIS_MACHINE_MODE_LONG_64;
    effects->asks = true;
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_SYSCALL:
        effects->call_instruction = is_64_bit ? CALL_BY_SYSCALL : CALL_BY_SYSCALL32;
        return;
    case ZYDIS_MNEMONIC_SYSENTER:
        effects->call_instruction = CALL_BY_SYSENTER;
        return;
    case ZYDIS_MNEMONIC_INT:
        effects->call_instruction = CALL_BY_INT80;
        effects->asks = source->raw.imm[0].value.u == 0x80;
        effects->traps = source->raw.imm[0].value.u == 3;
        return;
    case ZYDIS_MNEMONIC_INT1:
    case ZYDIS_MNEMONIC_INT3:
        effects->traps = true;
        break;
    case ZYDIS_MNEMONIC_PUSHF:
    case ZYDIS_MNEMONIC_PUSHFD:
    case ZYDIS_MNEMONIC_PUSHFQ:
        effects->pushes_flags = true;
        break;
    case ZYDIS_MNEMONIC_POPF:
    case ZYDIS_MNEMONIC_POPFD:
    case ZYDIS_MNEMONIC_POPFQ:
    case ZYDIS_MNEMONIC_IRET:
    case ZYDIS_MNEMONIC_IRETD:
    case ZYDIS_MNEMONIC_IRETQ:
        effects->loads_flags = true;
        break;
    case ZYDIS_MNEMONIC_SGDT:
    case ZYDIS_MNEMONIC_SIDT:
    case ZYDIS_MNEMONIC_SMSW:
    case ZYDIS_MNEMONIC_SLDT:
    case ZYDIS_MNEMONIC_STR:
    case ZYDIS_MNEMONIC_CLI:
    case ZYDIS_MNEMONIC_STI:
        effects->emulated = true;
        break;
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_POP:
        effects->shadows = is_stack_segment(&operands[0]);
        break;
    default:
        break;
    }
    effects->asks = false;
}

bool effects_of(const struct x86 *machine, const uint8_t *bytes, size_t size,
                struct effects *effects)
{
    ZydisDecodedInstruction source;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    memset(effects, 0, sizeof *effects);
    if (!x86_decode(machine, bytes, size, &source, operands))
        return false;
    effects->length = source.length;
    effects->vectors = changes_vectors(&source);
    for (size_t i = 0; i < source.operand_count; i++)
        take_operand(effects, &source, operands, &operands[i]);
    effects->repeats = (source.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE |
                                             ZYDIS_ATTRIB_HAS_REPNE)) != 0;
    effects->count_bits = source.address_width;
    mend_pushes(effects, &source);
    add_clzero(effects, &source);
    take_meaning(effects, &source, operands);
    return true;
}

/* The distance in bytes of the operand that contains a bit number. */
static uint64_t bit_distance(const struct effects_place *place, uint64_t number)
{
    unsigned bits = place->bit_bits;
    uint64_t low = x86_low_bits(number, bits);
    bool negative = low >> (bits - 1) & 1;
    uint64_t extended = negative && bits < 64 ? low | ~((UINT64_C(1) << bits) - 1) : low;
    uint64_t steps = negative ? ~(~extended / bits) : extended / bits;
    return steps * (bits / 8);
}

uint64_t effects_address(const struct effects_place *place, const struct effects_state *state)
{
    uint64_t address = (uint64_t)place->displacement;
    if (place->next)
        address += state->next;
    if (place->base != EFFECTS_NONE)
        address += state->general[place->base];
    if (place->index != EFFECTS_NONE)
        address += x86_low_bits(state->general[place->index], place->index_bits) * place->scale;
    if (place->bit != EFFECTS_NONE)
        address += bit_distance(place, state->general[place->bit]);
    address = x86_low_bits(address, place->address_bits);
    if (place->segment == SEGMENT_FS)
        address += state->fs_base;
    if (place->segment == SEGMENT_GS)
        address += state->gs_base;
    return address;
}

bool effects_is_idle(const struct effects *effects, const struct effects_state *state)
{
    enum { COUNTER = ZYDIS_REGISTER_RCX - ZYDIS_REGISTER_RAX };
    return effects->repeats && x86_low_bits(state->general[COUNTER], effects->count_bits) == 0;
}
