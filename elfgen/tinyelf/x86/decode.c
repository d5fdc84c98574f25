/* Decodes an instruction: its length, its parts, and where control goes. */
#include "x86.h"
#include "formatter.h"

#include "flags.h"
#include "head.h"

#include <stdio.h>
#include <string.h>

static void own(uint8_t *owners, unsigned offset, unsigned length, enum x86_encoding what)
{
    for (unsigned i = offset; i < offset + length && i < ELFGEN_INSTRUCTION_MOST; i++)
        owners[i] = (uint8_t)what;
}

/* Marks the bytes of a VEX, EVEX, XOP or REX prefix. */
static void own_vector_prefix(const ZydisDecodedInstruction *instruction, uint8_t *owners)
{
    const ZydisDecodedInstructionRaw *raw = &instruction->raw;
    switch (instruction->encoding) {
    case ZYDIS_INSTRUCTION_ENCODING_XOP:
        own(owners, raw->xop.offset, 3, X86_ENCODING_xop);
        break;
    case ZYDIS_INSTRUCTION_ENCODING_VEX:
        own(owners, raw->vex.offset, raw->vex.size, X86_ENCODING_vex);
        break;
    case ZYDIS_INSTRUCTION_ENCODING_EVEX:
    case ZYDIS_INSTRUCTION_ENCODING_MVEX:
        own(owners, raw->evex.offset, 4, X86_ENCODING_evex);
        break;
    default:
        if (instruction->attributes & ZYDIS_ATTRIB_HAS_REX)
            own(owners, raw->rex.offset, 1, X86_ENCODING_rex);
        break;
    }
}

/* Splits an instruction into parts. Bytes of no other part are opcode; two immediates are two
 * parts. */
static void split_decoded(const ZydisDecodedInstruction *source, struct elfgen_parts *parts)
{
    const ZydisDecodedInstructionRaw *raw = &source->raw;
    uint8_t owners[ELFGEN_INSTRUCTION_MOST];
    memset(owners, X86_ENCODING_opcode, sizeof owners);
    own(owners, 0, raw->prefix_count, X86_ENCODING_prefix);
    own_vector_prefix(source, owners);
    if (source->attributes & ZYDIS_ATTRIB_HAS_MODRM)
        own(owners, raw->modrm.offset, 1, X86_ENCODING_modrm);
    if (source->attributes & ZYDIS_ATTRIB_HAS_SIB)
        own(owners, raw->sib.offset, 1, X86_ENCODING_sib);
    own(owners, raw->disp.offset, raw->disp.size / 8u, X86_ENCODING_displacement);
    for (size_t i = 0; i < 2; i++)
        own(owners, raw->imm[i].offset, raw->imm[i].size / 8u, X86_ENCODING_immediate);
    parts->count = 0;
    for (uint8_t i = 0; i < source->length; i++) {
        bool apart = i == 0 || owners[i] != owners[i - 1] || owners[i] == X86_ENCODING_prefix ||
                     (raw->imm[1].size != 0 && i == raw->imm[1].offset);
        if (apart) {
            uint8_t part = parts->count++;
            parts->parts[part].what = owners[i];
            parts->parts[part].offset = i;
            parts->parts[part].length = 0;
        }
        parts->parts[parts->count - 1].length++;
    }
}

static void split(void *context, const uint8_t *bytes, size_t size, struct elfgen_parts *parts)
{
    const struct x86 *machine = context;
    ZydisDecodedInstruction source;
    parts->count = 0;
    if (x86_scan(machine, bytes, size, &source))
        split_decoded(&source, parts);
}

/* Whether an instruction is invalid on purpose, or the system's alone. */
static bool is_refused(const ZydisDecodedInstruction *source)
{
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_HLT:
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2:
    case ZYDIS_MNEMONIC_CLI:
    case ZYDIS_MNEMONIC_STI:
        return true;
    default:
        return (source->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED) != 0;
    }
}

/* Whether an instruction ends a program: it is refused, or a trap. */
static bool ends_program(const ZydisDecodedInstruction *source)
{
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_INT:
    case ZYDIS_MNEMONIC_INT1:
    case ZYDIS_MNEMONIC_INT3:
        return true;
    default:
        return is_refused(source);
    }
}

static enum elfgen_flow flow_of(const ZydisDecodedInstruction *source, uint8_t *by)
{
    bool is_32_bit = source->machine_mode != ZYDIS_MACHINE_MODE_LONG_64;
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_SYSCALL:
        *by = is_32_bit ? CALL_BY_SYSCALL32 : CALL_BY_SYSCALL;
        return ELFGEN_FLOW_SYSTEM;
    case ZYDIS_MNEMONIC_SYSENTER:
        *by = CALL_BY_SYSENTER;
        return ELFGEN_FLOW_SYSTEM;
    case ZYDIS_MNEMONIC_INT:
        *by = CALL_BY_INT80;
        return source->raw.imm[0].value.u == 0x80 ? ELFGEN_FLOW_SYSTEM : ELFGEN_FLOW_END;
    default:
        break;
    }
    switch (source->meta.category) {
    case ZYDIS_CATEGORY_CALL:
        return ELFGEN_FLOW_CALL;
    case ZYDIS_CATEGORY_UNCOND_BR:
        return ELFGEN_FLOW_JUMP;
    case ZYDIS_CATEGORY_COND_BR:
        return ELFGEN_FLOW_BRANCH;
    case ZYDIS_CATEGORY_RET:
        return ELFGEN_FLOW_RETURN;
    default:
        return ends_program(source) ? ELFGEN_FLOW_END : ELFGEN_FLOW_NEXT;
    }
}

/* Finds the target of a jump, call or return. Returns false if it is not known. */
static bool target_of(const ZydisDecodedInstruction *source, const ZydisDecodedOperand *operands,
                      uint64_t address, enum elfgen_flow flow,
                      const struct elfgen_registers *registers, uint64_t *target)
{
    uint64_t width = source->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? UINT64_MAX : UINT32_MAX;
    struct elfgen_bits value = {0, 0};
    if (flow == ELFGEN_FLOW_RETURN) {
        /* A far return pops two values, iret more. */
        if (registers->depth > 0 && source->mnemonic == ZYDIS_MNEMONIC_RET &&
            source->meta.branch_type != ZYDIS_BRANCH_TYPE_FAR)
            value = registers->stack[registers->depth - 1];
    } else if (operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operands[0].imm.is_relative) {
        if (!ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(source, &operands[0], address, target)))
            return false;
        *target &= width;
        return true;
    } else if (operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER) {
        ZyanI8 id = ZydisRegisterGetId(operands[0].reg.value);
        if (id >= 0 && id < X86_REGISTERS)
            value = registers->general[id];
    }
    *target = value.value & width;
    return (value.known & width) == width;
}

/* The number of bytes before displacement and immediates, which determine an instruction's length;
 * 0 if others do, too. */
static uint8_t head_of(const ZydisDecodedInstruction *source)
{
    const ZydisDecodedInstructionRaw *raw = &source->raw;
    uint8_t head = source->length;
    /* The opcode of AMD's 3DNow! comes last. */
    if (source->encoding == ZYDIS_INSTRUCTION_ENCODING_3DNOW)
        return 0;
    if (raw->disp.size != 0 && raw->disp.offset < head)
        head = raw->disp.offset;
    for (size_t i = 0; i < 2; i++)
        if (raw->imm[i].size != 0 && raw->imm[i].offset < head)
            head = raw->imm[i].offset;
    return head;
}

static uint8_t length_of(void *context, const uint8_t *bytes, size_t size)
{
    enum { MOST_HEAD = 6, NUMBER = 48, LENGTH = 56 };
    struct x86 *machine = context;
    ZydisDecodedInstruction source;
    uint64_t key = 0, *place = NULL;
    uint8_t head = 0;
    if (size >= ELFGEN_INSTRUCTION_MOST)
        head = x86_head(machine->decoder.machine_mode == ZYDIS_MACHINE_MODE_LONG_64, bytes, size);
    if (head != 0 && head <= MOST_HEAD) {
        memcpy(&key, bytes, sizeof key);
        key = x86_low_bits(key, 8u * head) | (uint64_t)head << NUMBER;
        place = &machine->lengths[key * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (X86_LENGTHS - 1)];
        if (x86_low_bits(*place, LENGTH) == key)
            return (uint8_t)(*place >> LENGTH);
    }
    if (!x86_scan(machine, bytes, size, &source))
        return 0;
    if (place && head_of(&source) == head)
        *place = key | (uint64_t)source.length << LENGTH;
    return source.length;
}

/* Forgets what is in the registers that an exchange may have changed or not. */
static void forget_exchanged(struct elfgen_registers *registers)
{
    registers->general[X86_RAX] = registers->general[X86_R8] = (struct elfgen_bits){0, 0};
}

static enum elfgen_condition condition_of(const ZydisDecodedInstruction *source,
                                          const struct elfgen_registers *registers)
{
    struct elfgen_bits holds = x86_condition(source, registers);
    if (!(holds.known & 1))
        return ELFGEN_CONDITION_UNKNOWN;
    return holds.value ? ELFGEN_CONDITION_HOLDS : ELFGEN_CONDITION_FAILS;
}

static bool decode(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                   struct elfgen_registers *registers, struct elfgen_instruction *instruction)
{
    const struct x86 *machine = context;
    ZydisDecodedInstruction source;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!x86_decode(machine, bytes, size, &source, operands))
        return false;
    instruction->length = source.length;
    instruction->flow = flow_of(&source, &instruction->call_instruction);
    instruction->has_target = false;
    instruction->condition = ELFGEN_CONDITION_UNKNOWN;
    if (instruction->flow == ELFGEN_FLOW_BRANCH)
        instruction->condition = condition_of(&source, registers);
    if (instruction->flow != ELFGEN_FLOW_NEXT && instruction->flow != ELFGEN_FLOW_SYSTEM &&
        instruction->flow != ELFGEN_FLOW_END)
        instruction->has_target = target_of(&source, operands, address, instruction->flow,
                                            registers, &instruction->target);
    /* The library knows what the kernel does to registers. */
    if (instruction->flow != ELFGEN_FLOW_SYSTEM && instruction->flow != ELFGEN_FLOW_CALL)
        x86_propagate(&source, operands, address, registers);
    if (x86_is_disputed(&source, bytes))
        forget_exchanged(registers);
    return true;
}

/* How the processor runs the code of an architecture. */
static const struct mode {
    uint16_t machine; /* the architecture's first */
    ZydisMachineMode mode;
    ZydisStackWidth stack;
} modes[] = {
    {ELFGEN_EM_X86_64, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64},
    {ELFGEN_EM_386, ZYDIS_MACHINE_MODE_LONG_COMPAT_32, ZYDIS_STACK_WIDTH_32},
};

static const struct mode *mode_of(uint64_t e_machine)
{
    const struct elfgen_arch *arch = elfgen_arch_find(e_machine);
    for (size_t i = 0; arch && i < sizeof modes / sizeof modes[0]; i++)
        if (modes[i].machine == arch->machines[0])
            return &modes[i];
    return NULL;
}

bool x86_knows(uint64_t e_machine)
{
    return mode_of(e_machine) != NULL;
}

static void open_mode(struct x86 *machine, const struct mode *mode, enum x86_syntax syntax)
{
    machine->syntax = syntax;
    machine->machine = (struct elfgen_machine){.context = machine,
                                               .encodings = x86_encodings,
                                               .encoding_count = X86_ENCODINGS,
                                               .register_count = X86_REGISTERS,
                                               .stack_pointer = X86_RSP,
                                               .cleared_flags = X86_CLEARED_FLAGS,
                                               .return_address = ELFGEN_NO_REGISTER,
                                               .call_instructions = x86_call_instructions,
                                               .call_instruction_count = CALL_INSTRUCTIONS,
                                               .length = length_of,
                                               .decode = decode,
                                               .split = split,
                                               .text = x86_print,
                                               .refers = x86_refers,
                                               .call = x86_syscall_signature};
    ZydisDecoderInit(&machine->decoder, mode->mode, mode->stack);
    machine->scanner = machine->decoder;
    ZydisDecoderEnableMode(&machine->scanner, ZYDIS_DECODER_MODE_MINIMAL, ZYAN_TRUE);
    x86_set_up_formatter(machine);
}

bool x86_open(struct x86 *machine, uint64_t e_machine, enum x86_syntax syntax)
{
    const struct mode *mode = mode_of(e_machine);
    if (mode)
        open_mode(machine, mode, syntax);
    return mode != NULL;
}

void x86_open_width(struct x86 *machine, bool is_64_bit, enum x86_syntax syntax)
{
    const enum elfgen_class class_ = is_64_bit ? ELFGEN_CLASS64 : ELFGEN_CLASS32;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (elfgen_arch_find(modes[i].machine)->class_ == class_)
            open_mode(machine, &modes[i], syntax);
}

static void describe(const struct call *call, struct elfgen_signature *signature)
{
    const struct call_row *row = call->row;
    /* No parameter tells what vfork's child does to the stack. */
    *signature = (struct elfgen_signature){.known = row && row->result != CALL_TYPE_VFORK,
                                           .result = row ? row->result_kind : ELFGEN_RESULT_ANY,
                                           .count_in = row ? row->count_in : CALL_NO_SIZE};
    memcpy(signature->name, call->name, sizeof call->name);
    for (const struct call_parameter *p = row ? row->parameters : NULL; p && p->name; p++) {
        snprintf(signature->parameters[signature->count].name, sizeof signature->parameters[0].name,
                 "%s", p->name);
        signature->parameters[signature->count].kind = syscall_type_kind(p->type);
        signature->parameters[signature->count].size_in = p->size_in;
        signature->count++;
    }
}

bool x86_syscall_signature(void *context, uint8_t by, uint64_t number,
                           struct elfgen_signature *signature)
{
    struct x86 *machine = context;
    const struct call *call =
        syscall_find(&machine->calls, syscall_instruction((enum call_instruction)by)->abi, number);
    if (call)
        describe(call, signature);
    return call != NULL;
}

bool x86_faults(const ZydisDecodedInstruction *source)
{
    if (source->mnemonic == ZYDIS_MNEMONIC_IN || source->mnemonic == ZYDIS_MNEMONIC_OUT)
        return true;
    /* A repeated one does nothing if it is to be done no time. */
    return is_refused(source) && source->meta.category != ZYDIS_CATEGORY_IOSTRINGOP;
}

bool x86_has_other_meaning(const ZydisDecodedInstruction *source)
{
    const ZydisInstructionAttributes has = source->attributes;
    const unsigned width = source->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? 64 : 32;
    switch (source->meta.category) {
    case ZYDIS_CATEGORY_UNCOND_BR:
    case ZYDIS_CATEGORY_COND_BR:
    case ZYDIS_CATEGORY_CALL:
    case ZYDIS_CATEGORY_RET:
        return has & ZYDIS_ATTRIB_HAS_OPERANDSIZE;
    case ZYDIS_CATEGORY_STRINGOP:
        return has & ZYDIS_ATTRIB_HAS_SEGMENT || source->address_width != width;
    default:
        return has & ZYDIS_ATTRIB_HAS_SEGMENT_CS && width == 32;
    }
}
