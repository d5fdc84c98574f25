/* Finds what an instruction writes, from Zydis's operands. */
#include "effects.h"

#include <cpuid.h>
#include <string.h>

enum { WRITES = ZYDIS_OPERAND_ACTION_MASK_WRITE };

/* The number of a register's largest form: rax, eax, al and ah have the same. */
static uint8_t number_of(ZydisRegister name)
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
    return mnemonic == ZYDIS_MNEMONIC_BTS || mnemonic == ZYDIS_MNEMONIC_BTR ||
           mnemonic == ZYDIS_MNEMONIC_BTC;
}

static void set_bit_register(const ZydisDecodedOperand *operand, struct effects_write *write)
{
    if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER)
        return;
    write->bit = number_of(operand->reg.value);
    write->bit_bits = (uint8_t)operand->size;
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

static void add_write(struct effects *effects, const ZydisDecodedInstruction *source,
                      const ZydisDecodedOperand *operands, const ZydisDecodedOperand *operand)
{
    const ZydisDecodedOperandMem *memory = &operand->mem;
    bool is_64_bit = source->machine_mode == ZYDIS_MACHINE_MODE_LONG_64;
    /* For a push, Zydis gives the stack pointer before it is decremented. */
    bool pushes = operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
                  memory->segment == ZYDIS_REGISTER_SS;
    size_t size = size_of(source, operand);
    if (memory->type != ZYDIS_MEMOP_TYPE_MEM || effects->write_count == EFFECTS_WRITES) {
        effects->elsewhere = true;
        return;
    }
    struct effects_write *write = &effects->writes[effects->write_count++];
    *write = (struct effects_write){
        .base = number_of(memory->base),
        .index = number_of(memory->index),
        .scale = memory->scale,
        .address_bits = pushes ? is_64_bit ? 64 : 32 : source->address_width,
        .bit = EFFECTS_NONE,
        .segment = segment_of(memory->segment),
        .next = memory->base == ZYDIS_REGISTER_RIP || memory->base == ZYDIS_REGISTER_EIP,
        .displacement = memory->disp.has_displacement ? memory->disp.value : 0,
        .size = (uint16_t)(size < EFFECTS_MOST ? size : EFFECTS_MOST),
    };
    if (pushes)
        write->displacement -= (int64_t)size;
    /* pop computes its operand's address after it increments the stack pointer. */
    if (source->mnemonic == ZYDIS_MNEMONIC_POP &&
        write->base == ZYDIS_REGISTER_RSP - ZYDIS_REGISTER_RAX)
        write->displacement += (int64_t)size;
    if (counts_bits(source->mnemonic))
        set_bit_register(&operands[1], write);
}

/* Corrects instructions that push more than once: a far call pushes two values, enter may push
 * several frame pointers. */
static void mend_pushes(struct effects *effects, const ZydisDecodedInstruction *source)
{
    if (effects->write_count == 0)
        return;
    struct effects_write *write = &effects->writes[effects->write_count - 1u];
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
    if (!(operand->actions & WRITES))
        return;
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.type != ZYDIS_MEMOP_TYPE_AGEN)
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
    mend_pushes(effects, &source);
    add_clzero(effects, &source);
    take_meaning(effects, &source, operands);
    return true;
}

/* The distance in bytes of the operand that contains a bit number. */
static uint64_t bit_distance(const struct effects_write *write, uint64_t number)
{
    unsigned bits = write->bit_bits;
    uint64_t low = x86_low_bits(number, bits);
    bool negative = low >> (bits - 1) & 1;
    uint64_t extended = negative && bits < 64 ? low | ~((UINT64_C(1) << bits) - 1) : low;
    uint64_t steps = negative ? ~(~extended / bits) : extended / bits;
    return steps * (bits / 8);
}

uint64_t effects_address(const struct effects_write *write, const struct effects_state *state)
{
    uint64_t address = (uint64_t)write->displacement;
    if (write->next)
        address += state->next;
    if (write->base != EFFECTS_NONE)
        address += state->general[write->base];
    if (write->index != EFFECTS_NONE)
        address += state->general[write->index] * write->scale;
    if (write->bit != EFFECTS_NONE)
        address += bit_distance(write, state->general[write->bit]);
    address = x86_low_bits(address, write->address_bits);
    if (write->segment == SEGMENT_FS)
        address += state->fs_base;
    if (write->segment == SEGMENT_GS)
        address += state->gs_base;
    return address;
}
