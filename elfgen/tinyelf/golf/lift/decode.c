/* Decodes instructions of a program to be lifted, and says which are not. */
#include "golf/lift/decode.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/no_memory.h"
#include "golf/lift/lift.h"
#include "golf/lift/memory.h"

enum { TABLE = 1 << 15, READS = ZYDIS_OPERAND_ACTION_MASK_READ };

bool lift_is_arithmetic(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_NEG:
        return true;
    default:
        return false;
    }
}

uint8_t lift_register(const ZydisDecodedOperand *operand, uint8_t *bits)
{
    *bits = 0;
    if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER)
        return EFFECTS_NONE;
    ZydisRegister name = operand->reg.value;
    *bits = (uint8_t)operand->size;
    if (name >= ZYDIS_REGISTER_AH && name <= ZYDIS_REGISTER_BH)
        *bits = 16;
    return effects_register(name);
}

/* ---- what it is ---- */

/* What a program learns of the processor, its clock or its state; NULL: nothing. */
static const char *inquiry(const ZydisDecodedInstruction *source)
{
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_RDTSC:
    case ZYDIS_MNEMONIC_RDTSCP:
    case ZYDIS_MNEMONIC_RDPMC:
    case ZYDIS_MNEMONIC_RDPRU:
        return "it reads the processor's clock or counters";
    case ZYDIS_MNEMONIC_RDRAND:
    case ZYDIS_MNEMONIC_RDSEED:
        return "it takes random numbers of the processor";
    case ZYDIS_MNEMONIC_TPAUSE:
    case ZYDIS_MNEMONIC_UMWAIT:
    case ZYDIS_MNEMONIC_MWAITX:
        return "it waits by the processor's clock";
    case ZYDIS_MNEMONIC_CPUID:
    case ZYDIS_MNEMONIC_XGETBV:
    case ZYDIS_MNEMONIC_LSL: /* Linux has the processor's number in a limit */
    case ZYDIS_MNEMONIC_LAR:
    case ZYDIS_MNEMONIC_RDPKRU:
    case ZYDIS_MNEMONIC_RDSSPD: /* without a shadow stack it changes nothing */
    case ZYDIS_MNEMONIC_RDSSPQ:
    case ZYDIS_MNEMONIC_RDPID:
    case ZYDIS_MNEMONIC_SGDT:
    case ZYDIS_MNEMONIC_SIDT:
    case ZYDIS_MNEMONIC_SLDT:
    case ZYDIS_MNEMONIC_STR:
    case ZYDIS_MNEMONIC_SMSW:
    case ZYDIS_MNEMONIC_RDFSBASE:
    case ZYDIS_MNEMONIC_RDGSBASE:
        return "it asks the processor about itself";
    case ZYDIS_MNEMONIC_CLZERO: /* of AMD: how much depends on the processor */
        return "it clears a line of the processor's cache";
    case ZYDIS_MNEMONIC_VMCALL:
    case ZYDIS_MNEMONIC_VMMCALL:
    case ZYDIS_MNEMONIC_VMFUNC:
        return "it calls a hypervisor";
    case ZYDIS_MNEMONIC_FNSTENV:
    case ZYDIS_MNEMONIC_FNSAVE:
    case ZYDIS_MNEMONIC_FXSAVE:
    case ZYDIS_MNEMONIC_FXSAVE64:
    case ZYDIS_MNEMONIC_XSAVE:
    case ZYDIS_MNEMONIC_XSAVE64:
    case ZYDIS_MNEMONIC_XSAVEC:
    case ZYDIS_MNEMONIC_XSAVEC64:
    case ZYDIS_MNEMONIC_XSAVEOPT:
    case ZYDIS_MNEMONIC_XSAVEOPT64:
        return "it stores the processor's state, in which addresses of instructions are";
    default:
        return NULL;
    }
}

/* What a program does by an instruction that is not lifted; NULL: it is. */
static const char *refusal(const ZydisDecodedInstruction *source)
{
    switch (source->mnemonic) {
    case ZYDIS_MNEMONIC_PUSHF:
    case ZYDIS_MNEMONIC_PUSHFD:
    case ZYDIS_MNEMONIC_PUSHFQ:
    case ZYDIS_MNEMONIC_POPF:
    case ZYDIS_MNEMONIC_POPFD:
    case ZYDIS_MNEMONIC_POPFQ:
        return "it saves or loads all flags";
    case ZYDIS_MNEMONIC_INT:
        return source->raw.imm[0].value.u == 0x80 ? NULL : "it raises an interrupt";
    case ZYDIS_MNEMONIC_INT1:
    case ZYDIS_MNEMONIC_INT3:
    case ZYDIS_MNEMONIC_INTO:
    case ZYDIS_MNEMONIC_BOUND:
        return "it raises an interrupt";
    case ZYDIS_MNEMONIC_SYSENTER:
        return "it makes a system call by sysenter";
    case ZYDIS_MNEMONIC_XBEGIN:
    case ZYDIS_MNEMONIC_XEND:
    case ZYDIS_MNEMONIC_XABORT:
        return "it makes a transaction";
    case ZYDIS_MNEMONIC_PUSHA:
    case ZYDIS_MNEMONIC_PUSHAD:
    case ZYDIS_MNEMONIC_POPA:
    case ZYDIS_MNEMONIC_POPAD:
        return "it pushes or pops all registers at once";
    case ZYDIS_MNEMONIC_IRET:
    case ZYDIS_MNEMONIC_IRETD:
    case ZYDIS_MNEMONIC_IRETQ:
        return "it returns from an interrupt";
    default:
        break;
    }
    if (source->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
        return "it jumps to another segment";
    if (source->meta.category == ZYDIS_CATEGORY_IOSTRINGOP)
        return "it reads or writes ports";
    if (source->mnemonic == ZYDIS_MNEMONIC_SYSCALL &&
        source->machine_mode != ZYDIS_MACHINE_MODE_LONG_64)
        return "it makes a system call by syscall in 32-bit code";
    return inquiry(source);
}

/* Processors of AMD cut the target to 16 bits where those of Intel pass over the prefix. */
static bool is_cut_by_some(const ZydisDecodedInstruction *source)
{
    return source->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 &&
           source->meta.branch_type != ZYDIS_BRANCH_TYPE_NONE &&
           source->attributes & ZYDIS_ATTRIB_HAS_OPERANDSIZE && !source->raw.rex.W;
}

static uint8_t kind_of(const ZydisDecodedInstruction *source)
{
    if (source->mnemonic == ZYDIS_MNEMONIC_SYSCALL || source->mnemonic == ZYDIS_MNEMONIC_INT)
        return LIFT_SYSTEM;
    switch (source->meta.category) {
    case ZYDIS_CATEGORY_CALL:
        return LIFT_CALLS;
    case ZYDIS_CATEGORY_UNCOND_BR:
        return LIFT_JUMP;
    case ZYDIS_CATEGORY_COND_BR:
        return LIFT_BRANCH;
    case ZYDIS_CATEGORY_RET:
        return LIFT_RETURNS;
    default:
        return x86_faults(source) ? LIFT_FAULT : LIFT_PLAIN;
    }
}

/* Whether an instruction of which neither memory nor vector registers change may still do more than
 * write general registers and flags. */
static bool has_other_effects(const struct lift_instruction *instruction)
{
    switch (instruction->zydis.meta.category) {
    case ZYDIS_CATEGORY_BINARY:
    case ZYDIS_CATEGORY_LOGICAL:
    case ZYDIS_CATEGORY_DATAXFER:
    case ZYDIS_CATEGORY_SHIFT:
    case ZYDIS_CATEGORY_ROTATE:
    case ZYDIS_CATEGORY_BITBYTE:
    case ZYDIS_CATEGORY_SETCC:
    case ZYDIS_CATEGORY_CMOV:
    case ZYDIS_CATEGORY_CONVERT:
    case ZYDIS_CATEGORY_FLAGOP:
    case ZYDIS_CATEGORY_NOP:
    case ZYDIS_CATEGORY_WIDENOP:
    case ZYDIS_CATEGORY_MISC:
    case ZYDIS_CATEGORY_PUSH:
    case ZYDIS_CATEGORY_POP:
    case ZYDIS_CATEGORY_BMI1:
    case ZYDIS_CATEGORY_BMI2:
    case ZYDIS_CATEGORY_LZCNT:
        break;
    default:
        return true;
    }
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    return mnemonic == ZYDIS_MNEMONIC_DIV || mnemonic == ZYDIS_MNEMONIC_IDIV ||
           mnemonic == ZYDIS_MNEMONIC_PAUSE || mnemonic == ZYDIS_MNEMONIC_AAM ||
           instruction->effects.vectors || instruction->effects.elsewhere;
}

/* ---- what it reads and writes ---- */

static void take_memory(struct lift_instruction *instruction, const ZydisDecodedOperand *operand)
{
    uint8_t base = effects_register(operand->mem.base),
            index = effects_register(operand->mem.index);
    if (base != EFFECTS_NONE)
        instruction->reads |= (uint16_t)(1u << base);
    if (index != EFFECTS_NONE)
        instruction->reads |= (uint16_t)(1u << index);
    if (operand->mem.segment == ZYDIS_REGISTER_FS || operand->mem.segment == ZYDIS_REGISTER_GS)
        instruction->is_pure = false;
}

bool lift_is_same_register(const struct lift_instruction *instruction)
{
    const ZydisDecodedOperand *operands = instruction->operands;
    return instruction->zydis.operand_count_visible >= 2 &&
           operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
           operands[1].type == ZYDIS_OPERAND_TYPE_REGISTER &&
           operands[0].reg.value == operands[1].reg.value;
}

bool lift_is_string(const struct lift_instruction *instruction)
{
    return instruction->zydis.meta.category == ZYDIS_CATEGORY_STRINGOP;
}

/* xor r,r and sub r,r do not depend on the register. */
static bool is_zeroing(const struct lift_instruction *instruction)
{
    return (instruction->zydis.mnemonic == ZYDIS_MNEMONIC_XOR ||
            instruction->zydis.mnemonic == ZYDIS_MNEMONIC_SUB) &&
           lift_is_same_register(instruction);
}

/* bsf and bsr of 0 leave their destination as it is: AMD says so, and Intel's processors do. */
bool lift_may_leave(const struct lift_instruction *instruction, const ZydisDecodedOperand *operand)
{
    return operand->actions & ZYDIS_OPERAND_ACTION_CONDWRITE ||
           instruction->zydis.mnemonic == ZYDIS_MNEMONIC_BSF ||
           instruction->zydis.mnemonic == ZYDIS_MNEMONIC_BSR;
}

/* Whether a shift changes the flags: not by 0, and the count may be 0 if it is in cl. */
static bool shifts(const struct lift_instruction *instruction)
{
    const ZydisDecodedInstruction *source = &instruction->zydis;
    const ZydisDecodedOperand *count = &instruction->operands[source->operand_count_visible - 1];
    unsigned mask = instruction->operands[0].size == 64 ? 63 : 31;
    return count->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && (count->imm.value.u & mask) != 0 &&
           source->mnemonic != ZYDIS_MNEMONIC_RCL && source->mnemonic != ZYDIS_MNEMONIC_RCR;
}

uint32_t lift_flags_set(const struct lift_instruction *instruction)
{
    bool is_shift = instruction->zydis.meta.category == ZYDIS_CATEGORY_SHIFT ||
                    instruction->zydis.meta.category == ZYDIS_CATEGORY_ROTATE;
    bool is_certain = (!is_shift || shifts(instruction)) && !instruction->effects.repeats;
    return is_certain ? instruction->flags_written & ~instruction->flags_undefined : 0;
}

uint16_t lift_implied(const struct lift_instruction *instruction)
{
    uint16_t registers = 0;
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        uint8_t bits, reg = lift_register(&instruction->operands[i], &bits);
        if (reg != EFFECTS_NONE &&
            instruction->operands[i].visibility != ZYDIS_OPERAND_VISIBILITY_EXPLICIT)
            registers |= (uint16_t)(1u << reg);
    }
    return registers;
}

static void take_operands(struct lift_instruction *instruction)
{
    for (size_t i = 0; i < instruction->zydis.operand_count; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        uint8_t bits, reg = lift_register(operand, &bits);
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
            take_memory(instruction, operand);
        if (reg == EFFECTS_NONE)
            continue;
        if ((operand->actions & READS || lift_may_leave(instruction, operand)) &&
            !is_zeroing(instruction))
            instruction->reads |= (uint16_t)(1u << reg);
        if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
            instruction->writes |= (uint16_t)(1u << reg);
    }
    const ZydisAccessedFlags *flags = instruction->zydis.cpu_flags;
    /* The kernel gives the flags back, and after a fault nobody asks. */
    if (!flags || instruction->kind == LIFT_SYSTEM || instruction->kind == LIFT_FAULT)
        return;
    instruction->flags_read = flags->tested;
    instruction->flags_written = flags->modified | flags->set_0 | flags->set_1 | flags->undefined;
    instruction->flags_undefined = flags->undefined;
}

static void take(struct lift_instruction *instruction)
{
    instruction->kind = kind_of(&instruction->zydis);
    instruction->is_pure = !has_other_effects(instruction);
    take_operands(instruction);
    instruction->is_pure = instruction->is_pure && instruction->kind == LIFT_PLAIN;
    instruction->owner = instruction->walk = instruction->leads = LIFT_NO_INSTRUCTION;
}

/* ---- the table ---- */

static size_t place_of(const struct lift *lift, uint64_t address)
{
    size_t at = (size_t)((address * UINT64_C(0x9e3779b97f4a7c15)) >> 40) & (TABLE - 1);
    while (lift->table[at] != LIFT_NO_INSTRUCTION &&
           lift->instructions[lift->table[at]]->address != address)
        at = (at + 1) & (TABLE - 1);
    return at;
}

static bool prepare(struct lift *lift)
{
    if (!lift->table) {
        lift->table = malloc(TABLE * sizeof *lift->table);
        for (size_t i = 0; lift->table && i < TABLE; i++)
            lift->table[i] = LIFT_NO_INSTRUCTION;
    }
    if (!lift->table ||
        !grow_array(&lift->instructions, lift->instruction_count + 1, &lift->instruction_capacity,
                    sizeof(struct lift_instruction *))) {
        lift->failed = true;
        return error_no_memory(lift->error);
    }
    if (lift->instruction_count < GOLF_LIFT_INSTRUCTIONS)
        return true;
    return lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                       "it has more than 8192 instructions");
}

/* What names one: calls, too, change cs and ss, and set them back. */
static bool loads_segment(const struct lift_instruction *instruction)
{
    for (size_t i = 0; i < instruction->zydis.operand_count; i++)
        if (instruction->operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            instruction->operands[i].visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
            instruction->operands[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE &&
            ZydisRegisterGetClass(instruction->operands[i].reg.value) == ZYDIS_REGCLASS_SEGMENT)
            return true;
    return false;
}

/* The offset in the file of an operand's number; its size in *size. */
static uint64_t offset_of_number(const struct lift_instruction *instruction, size_t operand,
                                 uint64_t *size)
{
    const ZydisDecodedInstruction *source = &instruction->zydis;
    bool is_memory = instruction->operands[operand].type == ZYDIS_OPERAND_TYPE_MEMORY;
    size_t which =
        operand > 0 && instruction->operands[operand - 1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    *size = (is_memory ? source->raw.disp.size : source->raw.imm[which].size) / 8u;
    return instruction->offset +
           (is_memory ? source->raw.disp.offset : source->raw.imm[which].offset);
}

bool lift_is_number_operand(const struct lift *lift, const struct lift_instruction *instruction,
                            size_t operand)
{
    uint64_t size, offset = offset_of_number(instruction, operand, &size);
    const ZydisDecodedOperand *what = &instruction->operands[operand];
    if (what->type == ZYDIS_OPERAND_TYPE_MEMORY && what->mem.base == ZYDIS_REGISTER_RIP)
        return false;
    return size < 4 ? lift->addresses != NULL : lift_is_number_at(lift, offset, offset + size);
}

/* Whether it counts from an address of the program's that is not in its memory: golf would not know
 * which object that is about. A place right behind an object is known as its end. */
static bool counts_from_outside(const struct lift *lift, const struct lift_instruction *instruction)
{
    for (size_t i = 0; lift->addresses && i < instruction->zydis.operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        bool is_memory = operand->type == ZYDIS_OPERAND_TYPE_MEMORY;
        if (!is_memory && operand->type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
            continue;
        if (is_memory && operand->mem.base == ZYDIS_REGISTER_RIP)
            continue;
        uint64_t number = is_memory ? (uint64_t)operand->mem.disp.value : operand->imm.value.u;
        if (!lift_is_number_operand(lift, instruction, i) &&
            !lift_is_address(lift, x86_low_bits(number, lift->bits)))
            return true;
    }
    return false;
}

/* Refuses what cannot stay as it is either. */
static bool refuse_all(struct lift *lift, const struct lift_instruction *instruction,
                       const char *why)
{
    lift->does_other = true;
    return lift_refuse_at(lift, instruction, why);
}

static bool decode(struct lift *lift, uint64_t address, struct lift_instruction *instruction)
{
    uint64_t size = ELFGEN_X86_LONGEST;
    const struct lift_segment *segment = lift_segment_of(lift, address);
    instruction->address = address;
    instruction->bytes = lift_bytes(lift, address, &size);
    instruction->offset =
        instruction->bytes ? (uint64_t)(instruction->bytes - lift->file) : ELFGEN_NOWHERE;
    if (!instruction->bytes || !segment)
        return lift_refuse_at(lift, instruction, "there is no code of the file");
    if (!(segment->flags & ELFGEN_PF_X) && !lift->reads_execute)
        return refuse_all(lift, instruction, "there is memory that may not be executed");
    if (!x86_decode(lift->machine, instruction->bytes, size, &instruction->zydis,
                    instruction->operands) ||
        !effects_of(lift->machine, instruction->bytes, size, &instruction->effects))
        return lift_refuse_at(lift, instruction, "there is no instruction");
    if (x86_is_disputed(&instruction->zydis, instruction->bytes) ||
        is_cut_by_some(&instruction->zydis))
        return lift_refuse_at(lift, instruction, "processors differ in what they do");
    const char *why = refusal(&instruction->zydis);
    if (why)
        return lift_refuse_at(lift, instruction, why);
    if (instruction->zydis.attributes & (ZYDIS_ATTRIB_HAS_SEGMENT_FS | ZYDIS_ATTRIB_HAS_SEGMENT_GS))
        return refuse_all(lift, instruction, "it reaches memory by fs or gs");
    if (loads_segment(instruction))
        return lift_refuse_at(lift, instruction, "it loads a segment register");
    if (counts_from_outside(lift, instruction))
        return lift_refuse_at(lift, instruction,
                              "it counts from an address outside of its memory, so that it is not "
                              "known from which object: labels of the object can be followed");
    take(instruction);
    return true;
}

struct lift_instruction *lift_instruction_at(struct lift *lift, uint64_t address, uint32_t *index)
{
    if (!prepare(lift))
        return NULL;
    size_t at = place_of(lift, address);
    if (lift->table[at] != LIFT_NO_INSTRUCTION) {
        *index = lift->table[at];
        return lift->instructions[*index];
    }
    struct lift_instruction *instruction = calloc(1, sizeof *instruction);
    if (!instruction) {
        lift->failed = true;
        error_no_memory(lift->error);
        return NULL;
    }
    if (!decode(lift, address, instruction)) {
        free(instruction);
        return NULL;
    }
    *index = (uint32_t)lift->instruction_count;
    lift->table[at] = *index;
    lift->instructions[lift->instruction_count++] = instruction;
    return instruction;
}

bool lift_is_decoded(const struct lift *lift, uint64_t address)
{
    return lift->table && lift->table[place_of(lift, address)] != LIFT_NO_INSTRUCTION;
}

bool lift_is_no_code(const struct lift *lift, uint64_t address)
{
    uint64_t size = ELFGEN_X86_LONGEST;
    const uint8_t *bytes = lift_bytes(lift, address, &size);
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    return !bytes || !x86_decode(lift->machine, bytes, size, &instruction, operands) ||
           instruction.attributes & ZYDIS_ATTRIB_IS_PRIVILEGED ||
           instruction.meta.category == ZYDIS_CATEGORY_IOSTRINGOP ||
           instruction.meta.category == ZYDIS_CATEGORY_IO;
}

bool lift_is_counted(const struct lift_instruction *instruction)
{
    return instruction->zydis.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
           instruction->zydis.opcode >= GOLF_LOOPNE && instruction->zydis.opcode <= GOLF_JRCXZ;
}

/* ---- as data ---- */

static uint8_t register_named(ZydisRegister name)
{
    const char *text = ZydisRegisterGetString(name);
    size_t length = 0;
    while (text && text[length])
        length++;
    return name == ZYDIS_REGISTER_NONE || !text ? ELFGEN_X86_REG_NONE
                                                : (uint8_t)elfgen_x86_register(text, length);
}

static bool memory_as_data(const struct lift_instruction *source,
                           const ZydisDecodedOperand *operand, struct elfgen_x86_operand *result)
{
    const ZydisDecodedOperandMem *memory = &operand->mem;
    result->kind = ELFGEN_X86_MEMORY;
    result->size = (uint8_t)(operand->size / 8);
    if (operand->size > 128 || memory->type == ZYDIS_MEMOP_TYPE_MIB)
        return false;
    result->base = register_named(memory->base);
    result->index = register_named(memory->index);
    result->scale = memory->scale;
    result->value = memory->disp.has_displacement ? memory->disp.value : 0;
    if (memory->segment == ZYDIS_REGISTER_FS || memory->segment == ZYDIS_REGISTER_GS)
        result->segment = register_named(memory->segment);
    if (memory->base == ZYDIS_REGISTER_RIP) {
        result->base = ELFGEN_X86_REG_NONE;
        result->relative = true;
        result->value += (int64_t)(source->address + source->zydis.length);
    }
    return (memory->base == ZYDIS_REGISTER_NONE || result->base || result->relative) &&
           (memory->index == ZYDIS_REGISTER_NONE || result->index);
}

static bool operand_as_data(const struct lift_instruction *source,
                            const ZydisDecodedOperand *operand, struct elfgen_x86_operand *result)
{
    switch (operand->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        result->kind = ELFGEN_X86_REGISTER_OPERAND;
        result->reg = register_named(operand->reg.value);
        return result->reg != ELFGEN_X86_REG_NONE;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        return memory_as_data(source, operand, result);
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        result->kind = ELFGEN_X86_IMMEDIATE;
        result->value = operand->imm.value.s;
        return !operand->imm.is_relative;
    default:
        return false;
    }
}

/* Whether its encoding is decoded to the same instruction. */
static bool is_said(const struct lift_instruction *source, struct x86 *machine,
                    const struct elfgen_x86_instruction *data)
{
    struct elfgen_x86_encoding encoding;
    ZydisDecodedInstruction again;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (elfgen_encode(data, &encoding) != ELFGEN_X86_OK ||
        !x86_decode(machine, encoding.bytes, encoding.length, &again, operands) ||
        again.mnemonic != source->zydis.mnemonic ||
        again.operand_width != source->zydis.operand_width ||
        again.address_width != source->zydis.address_width ||
        again.operand_count != source->zydis.operand_count)
        return false;
    for (size_t i = 0; i < again.operand_count; i++)
        if (operands[i].type != source->operands[i].type ||
            operands[i].size != source->operands[i].size)
            return false;
    return true;
}

bool lift_as_data(const struct lift_instruction *source, struct x86 *machine,
                  struct elfgen_x86_instruction *result)
{
    const char *name = x86_mnemonic(source->zydis.mnemonic);
    size_t length = 0;
    *result = (struct elfgen_x86_instruction){0};
    while (name && name[length])
        length++;
    if (!name || source->zydis.operand_count_visible > ELFGEN_X86_OPERANDS)
        return false;
    result->mnemonic = (uint16_t)elfgen_x86_mnemonic(name, length);
    result->mode = source->zydis.stack_width;
    result->address = source->address;
    if (source->zydis.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE))
        result->prefixes |= ELFGEN_X86_REP;
    if (source->zydis.attributes & ZYDIS_ATTRIB_HAS_REPNE)
        result->prefixes |= ELFGEN_X86_REPNE;
    if (source->zydis.attributes & ZYDIS_ATTRIB_HAS_LOCK)
        result->prefixes |= ELFGEN_X86_LOCK;
    bool is_string = lift_is_string(source);
    size_t count = is_string ? 0 : source->zydis.operand_count_visible;
    for (size_t i = 0; i < count; i++)
        if (!operand_as_data(source, &source->operands[i], &result->operands[i]))
            return false;
    return result->mnemonic && is_said(source, machine, result);
}
