/* Decodes with Zydis what the encoder made, and compares. */
#include "decode.h"

#include <stdio.h>
#include <string.h>

void decoder_init(struct decoder *decoder, int mode)
{
    memset(decoder, 0, sizeof *decoder);
    ZydisDecoderInit(&decoder->decoder,
                     mode == 64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     mode == 64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    ZydisFormatterInit(&decoder->formatter, ZYDIS_FORMATTER_STYLE_INTEL);
}

const char *decoded_text(struct decoder *decoder)
{
    if (ZYAN_FAILED(ZydisFormatterFormatInstruction(
            &decoder->formatter, &decoder->decoded, decoder->operands,
            decoder->decoded.operand_count_visible, decoder->text, sizeof decoder->text, 0x1000,
            NULL)))
        return "?";
    return decoder->text;
}

/* The condition's number, after a prefix of a name such as "cmov"; -1: it is none. */
static int condition(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } conditions[] = {
#define CONDITION(name, number, effect) {#name, number},
#include "../../../elfgen/encode/conditions.def"
#undef CONDITION
    };
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
        if (strcmp(conditions[i].name, name) == 0)
            return conditions[i].number;
    return -1;
}

/* Names that Zydis has for what others call otherwise, by the size of operands: NULL: any. */
static bool is_alias(const char *ours, const char *theirs, unsigned mode)
{
    static const struct {
        const char *ours, *theirs64, *theirs32;
    } aliases[] = {
        {"sal", "shl", "shl"},          {"xlatb", "xlat", "xlat"},     {"retn", "ret", "ret"},
        {"retf", "ret", "ret"},         {"retfd", "ret", "ret"},       {"retfq", "ret", "ret"},
        {"loopnz", "loopne", "loopne"}, {"loopz", "loope", "loope"},   {"iret", "iretd", "iretd"},
        {"iretw", "iret", "iret"},      {"pushf", "pushfq", "pushfd"}, {"pushfw", "pushf", "pushf"},
        {"popf", "popfq", "popfd"},     {"popfw", "popf", "popf"},     {"pusha", "", "pushad"},
        {"pushaw", "", "pusha"},        {"popa", "", "popad"},         {"popaw", "", "popa"},
        {"movsx", "movsxd", ""},        {"xchg", "nop", "nop"}};
    static const char *const prefixes[] = {"cmov", "set", "j"};
    if (strcmp(ours, theirs) == 0)
        return true;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].ours, ours) == 0 &&
            strcmp(mode == 64 ? aliases[i].theirs64 : aliases[i].theirs32, theirs) == 0)
            return true;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        const size_t length = strlen(prefixes[i]);
        if (strncmp(ours, prefixes[i], length) == 0 && strncmp(theirs, prefixes[i], length) == 0)
            return condition(ours + length) >= 0 &&
                   condition(ours + length) == condition(theirs + length);
    }
    return false;
}

/* Our number of a register of Zydis's. */
static unsigned register_of(ZydisRegister reg)
{
    const char *name = ZydisRegisterGetString(reg);
    return reg == ZYDIS_REGISTER_NONE || !name ? 0 : elfgen_x86_register(name, strlen(name));
}

/* Whether an instruction does the same with its operand under each name or size. */
static bool has_any_width(const struct elfgen_x86_instruction *instruction)
{
    static const char *const names[] = {"movmskps", "movmskpd",  "rdpid",  "ud0",   "ud1",
                                        "prefetch", "prefetchw", "lar",    "lsl",   "sldt",
                                        "str",      "smsw",      "pinsrw", "pextrw"};
    const char *name = elfgen_x86_mnemonic_name(instruction->mnemonic);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    /* mov of 32 bits to a register clears its upper half, as one of 64 bits would. */
    return strcmp(name, "mov") == 0 &&
           (instruction->operands[0].reg >> 4 == 6 || instruction->operands[1].reg >> 4 == 6 ||
            (instruction->operands[1].kind == ELFGEN_X86_IMMEDIATE &&
             (uint64_t)instruction->operands[1].value <= UINT32_MAX));
}

/* An address as a sum: how often each register is in it, and a number. */
struct sum {
    unsigned times[17]; /* the last one is rip */
    unsigned size;      /* bytes of the registers; 0: there are none */
    uint64_t number;
};

static void add_register(struct sum *sum, unsigned reg, unsigned times)
{
    if (!reg || times == 0)
        return;
    sum->size = elfgen_x86_register_size(reg);
    sum->times[reg >> 4 == 0xa ? 16 : reg & 15] += times;
}

/* What was asked for, as an address. A relative one becomes rip and a distance. */
static void sum_asked(const struct elfgen_x86_instruction *instruction,
                      const struct elfgen_x86_operand *operand,
                      const struct elfgen_x86_encoding *encoding, struct sum *sum)
{
    *sum = (struct sum){.number = (uint64_t)operand->value};
    add_register(sum, operand->base, 1);
    add_register(sum, operand->index, operand->scale ? operand->scale : 1);
    if (operand->relative) {
        add_register(sum, ELFGEN_X86_REG_rip, 1);
        sum->number -= instruction->address + encoding->length;
    }
}

static bool is_same_address(const struct decoder *decoder,
                            const struct elfgen_x86_instruction *instruction,
                            const struct elfgen_x86_operand *asked,
                            const struct elfgen_x86_encoding *encoding,
                            const ZydisDecodedOperandMem *memory)
{
    struct sum ours,
        theirs = {.number = memory->disp.has_displacement ? (uint64_t)memory->disp.value : 0};
    const unsigned width = decoder->decoded.address_width;
    const uint64_t mask = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
    sum_asked(instruction, asked, encoding, &ours);
    add_register(&theirs, register_of(memory->base), 1);
    add_register(&theirs, register_of(memory->index), memory->scale);
    if (asked->relative && width == 32)
        ours.size = 4;
    /* ds before jmp and call is notrack, which leaves the segment as it is. */
    if (asked->segment && !(decoder->decoded.attributes & ZYDIS_ATTRIB_HAS_NOTRACK) &&
        (instruction->mode == 32 || asked->segment == ELFGEN_X86_REG_fs ||
         asked->segment == ELFGEN_X86_REG_gs) &&
        register_of(memory->segment) != asked->segment)
        return memory->type == ZYDIS_MEMOP_TYPE_AGEN;
    const bool is_stack = instruction->mode == 32 && width == 32 && !asked->segment &&
                          register_of(memory->segment) == ELFGEN_X86_REG_ss;
    if (is_stack != decoder->is_stack && memory->type != ZYDIS_MEMOP_TYPE_AGEN &&
        instruction->mode == 32 && width == 32 && !asked->segment && decoder->knows_stack)
        return false;
    return memcmp(ours.times, theirs.times, sizeof ours.times) == 0 && ours.size == theirs.size &&
           ((ours.number ^ theirs.number) & mask) == 0;
}

/* Compares an operand with the one that Zydis counts as `theirs`; NULL: it is the same. */
static const char *compare_operand(const struct decoder *decoder,
                                   const struct elfgen_x86_instruction *instruction,
                                   const struct elfgen_x86_encoding *encoding, unsigned i,
                                   unsigned theirs)
{
    const struct elfgen_x86_operand *asked = &instruction->operands[i];
    const ZydisDecodedOperand *decoded = &decoder->operands[theirs];
    const struct elfgen_x86_field *field = &encoding->fields[i];
    uint64_t target = 0;
    unsigned reg;
    switch (asked->kind) {
    case ELFGEN_X86_REGISTER_OPERAND:
        reg = decoded->type == ZYDIS_OPERAND_TYPE_REGISTER ? register_of(decoded->reg.value) : 0;
        return reg == asked->reg || (has_any_width(instruction) && reg >> 4 >= 2 && reg >> 4 <= 4 &&
                                     (reg & 15) == (asked->reg & 15))
                   ? NULL
                   : "another register";
    case ELFGEN_X86_MEMORY:
        if (decoded->type != ZYDIS_OPERAND_TYPE_MEMORY)
            return "no memory";
        if (asked->size && asked->reach != ELFGEN_X86_FAR && decoded->size != asked->size * 8u &&
            decoded->mem.type != ZYDIS_MEMOP_TYPE_AGEN && !has_any_width(instruction))
            return "another size of memory";
        return is_same_address(decoder, instruction, asked, encoding, &decoded->mem)
                   ? NULL
                   : "another address";
    case ELFGEN_X86_IMMEDIATE: {
        const unsigned width = field->length == 0 ? 8u
                               : field->is_signed ? encoding->operand_size * 8u
                                                  : field->length * 8u;
        const uint64_t mask = width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
        return decoded->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                       ((decoded->imm.value.u ^ (uint64_t)asked->value) & mask) == 0
                   ? NULL
                   : "another number";
    }
    case ELFGEN_X86_TARGET:
        ZydisCalcAbsoluteAddress(&decoder->decoded, decoded, instruction->address, &target);
        if (instruction->mode == 32)
            target ^= ((uint64_t)asked->value ^ target) & ~UINT64_C(0xffffffff);
        return target == (uint64_t)asked->value ? NULL : "another target";
    default:
        return decoded->type == ZYDIS_OPERAND_TYPE_POINTER &&
                       decoded->ptr.segment == asked->selector &&
                       decoded->ptr.offset ==
                           ((uint64_t)asked->value & (field->length == 2 ? 0xffff : 0xffffffff))
                   ? NULL
                   : "another far target";
    }
}

void decoder_keep_segment(struct decoder *decoder)
{
    decoder->is_stack = false;
    decoder->knows_stack = true;
    for (unsigned i = 0; i < decoder->decoded.operand_count_visible; i++)
        if (decoder->operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
            register_of(decoder->operands[i].mem.segment) == ELFGEN_X86_REG_ss)
            decoder->is_stack = true;
}

static bool decode(struct decoder *decoder, const struct elfgen_x86_encoding *encoding)
{
    return ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder->decoder, encoding->bytes, encoding->length,
                                               &decoder->decoded, decoder->operands)) &&
           decoder->decoded.length == encoding->length;
}

/* Compares where Zydis sees the parts with what the encoding says. */
static bool are_same_parts(const struct decoder *decoder,
                           const struct elfgen_x86_encoding *encoding)
{
    const ZydisDecodedInstructionRaw *raw = &decoder->decoded.raw;
    const bool has_rex = (decoder->decoded.attributes & ZYDIS_ATTRIB_HAS_REX) != 0;
    const uint8_t *lengths = encoding->part_length, *offsets = encoding->part_offset;
    unsigned at = 0;
    for (unsigned part = 0; part < ELFGEN_X86_PARTS; part++) {
        if (lengths[part] && offsets[part] != at)
            return false;
        at += lengths[part];
    }
    const bool has_address_alone = lengths[ELFGEN_X86_MODRM] == 0;
    return at == encoding->length && has_rex == (lengths[ELFGEN_X86_REX_PART] == 1) &&
           raw->prefix_count == lengths[ELFGEN_X86_PREFIXES] + lengths[ELFGEN_X86_REX_PART] &&
           (!(decoder->decoded.attributes & ZYDIS_ATTRIB_HAS_MODRM) ||
            raw->modrm.offset == offsets[ELFGEN_X86_MODRM]) &&
           (!(decoder->decoded.attributes & ZYDIS_ATTRIB_HAS_SIB) ==
            (lengths[ELFGEN_X86_SIB] == 0)) &&
           (has_address_alone || raw->disp.size == lengths[ELFGEN_X86_DISPLACEMENT] * 8u);
}

const char *decode_same(struct decoder *decoder, const struct elfgen_x86_instruction *instruction,
                        const struct elfgen_x86_encoding *encoding)
{
    if (!decode(decoder, encoding))
        return "it is not decoded";
    const char *name = elfgen_x86_mnemonic_name(instruction->mnemonic);
    if (!is_alias(name, ZydisMnemonicGetString(decoder->decoded.mnemonic), instruction->mode))
        return "another instruction";
    if (!are_same_parts(decoder, encoding))
        return "other parts";
    if (decoder->decoded.mnemonic == ZYDIS_MNEMONIC_NOP && strcmp(name, "xchg") == 0)
        return instruction->operands[0].reg == instruction->operands[1].reg ? NULL
                                                                            : "a nop, no xchg";
    if (strcmp(name, "imul") == 0 && instruction->operands[1].kind == ELFGEN_X86_IMMEDIATE)
        return decoder->operands[0].reg.value == decoder->operands[1].reg.value &&
                       register_of(decoder->operands[0].reg.value) == instruction->operands[0].reg
                   ? compare_operand(decoder, instruction, encoding, 1, 2)
                   : "another register";
    if ((strcmp(name, "xchg") == 0 || strcmp(name, "test") == 0) &&
        !compare_operand(decoder, instruction, encoding, 0, 1) &&
        !compare_operand(decoder, instruction, encoding, 1, 0))
        return NULL; /* which comes first makes no difference */
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        if (instruction->operands[i].kind == ELFGEN_X86_NO_OPERAND)
            break;
        if (strncmp(name, "loop", 4) == 0 && i == 1) /* rcx is hidden, as the size of addresses */
            return decoder->decoded.address_width ==
                           elfgen_x86_register_size(instruction->operands[1].reg) * 8u
                       ? NULL
                       : "another counter";
        const char *problem = i < decoder->decoded.operand_count_visible
                                  ? compare_operand(decoder, instruction, encoding, i, i)
                                  : "fewer operands";
        if (problem)
            return problem;
    }
    return NULL;
}

static const char *compare_flags(const struct decoder *decoder,
                                 const struct elfgen_x86_effects *effects)
{
    static const ZydisAccessedFlags none;
    const ZydisAccessedFlags *flags =
        decoder->decoded.cpu_flags ? decoder->decoded.cpu_flags : &none;
    const uint32_t known = ELFGEN_X86_CF | ELFGEN_X86_PF | ELFGEN_X86_AF | ELFGEN_X86_ZF |
                           ELFGEN_X86_SF | ELFGEN_X86_TF | ELFGEN_X86_IF | ELFGEN_X86_DF |
                           ELFGEN_X86_OF | ELFGEN_X86_AC;
    static char text[200];
    const uint32_t written = (flags->modified | flags->set_0 | flags->set_1) & known;
    if ((flags->tested & known) == effects->flags_read && written == effects->flags_written &&
        (flags->undefined & known) == effects->flags_undefined)
        return NULL;
    snprintf(text, sizeof text, "flags read %x written %x undefined %x, Zydis %x %x %x",
             effects->flags_read, effects->flags_written, effects->flags_undefined,
             flags->tested & known, written, flags->undefined & known);
    return text;
}

/* The registers that Zydis's operands name besides ours, read or written. */
static void add_hidden(const struct decoder *decoder, unsigned first, uint32_t *reads,
                       uint32_t *writes)
{
    for (unsigned i = first; i < decoder->decoded.operand_count; i++) {
        const ZydisDecodedOperand *operand = &decoder->operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER) {
            const unsigned reg = register_of(operand->reg.value);
            const unsigned class_ = reg >> 4;
            const uint32_t bit = class_ == 5 ? 1u << (reg & 3) : 1u << (reg & 15);
            if (class_ < 1 || class_ > 5)
                continue;
            if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ)
                *reads |= bit;
            if (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
                *writes |= bit;
        } else if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
            const unsigned base = register_of(operand->mem.base);
            const unsigned index = register_of(operand->mem.index);
            if (base >> 4 >= 2 && base >> 4 <= 4)
                *reads |= 1u << (base & 15);
            if (index >> 4 >= 1 && index >> 4 <= 4)
                *reads |= 1u << (index & 15);
        }
    }
}

/* Where the table says something else about effects than Zydis 4.0, with the reason. */
static bool is_excepted(const char *name)
{
    static const struct {
        const char *name, *reason;
    } exceptions[] = {
        {"bsf", "of 0 the destination stays as it is (AMD) or is undefined (Intel)"},
        {"bsr", "the same"},
        {"cmpsb", "rsi and rdi are changed, which Zydis does not say"},
        {"cmpsw", "the same"},
        {"cmpsd", "the same"},
        {"cmpsq", "the same"},
        {"insb", "rdi is changed, which Zydis does not say"},
        {"insw", "the same"},
        {"insd", "the same"},
        {"outsb", "rsi is changed, which Zydis does not say"},
        {"outsw", "the same"},
        {"outsd", "the same"},
        {"scasb", "rdi is changed, which Zydis does not say"},
        {"scasw", "the same"},
        {"scasd", "the same"},
        {"scasq", "the same"},
        {"xlat", "al is read, which Zydis does not say"},
        {"xlatb", "the same"},
        {"prefetch", "no memory is read for the program"},
        {"prefetchw", "the same"},
        {"prefetchnta", "the same"},
        {"prefetcht0", "the same"},
        {"prefetcht1", "the same"},
        {"prefetcht2", "the same"},
        {"sbb", "AF is set by the result, which Zydis has as undefined"},
        {"syscall", "r11 gets the flags, which are read"},
        {"movhlps", "half of the destination stays"},
        {"movlhps", "the same"},
        {"nop", "it reads nothing"},
        {"int1", "it is an interrupt as int3 is"},
        {"leave", "rsp is not read: it becomes rbp first"},
        {"invlpg", "no memory is read"},
    };
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (strcmp(exceptions[i].name, name) == 0)
            return true;
    return false;
}

const char *decode_same_effects(struct decoder *decoder,
                                const struct elfgen_x86_instruction *instruction,
                                const struct elfgen_x86_encoding *encoding)
{
    static char text[200];
    struct elfgen_x86_effects effects;
    uint32_t reads = 0, writes = 0;
    unsigned count = 0;
    if (!elfgen_x86_effects(instruction->mnemonic, encoding->form, &effects) ||
        !decode(decoder, encoding))
        return "it is not decoded";
    /* imul's register is read, too, where Zydis has it as two operands. */
    if (is_excepted(elfgen_x86_mnemonic_name(instruction->mnemonic)) ||
        /* Of a shift by 1 the overflow flag is defined. */
        (decoder->decoded.opcode & 0xfe) == 0xd0 ||
        /* xchg eax, eax is nop. */
        (instruction->mnemonic == ELFGEN_X86_OP_xchg &&
         decoder->decoded.mnemonic == ZYDIS_MNEMONIC_NOP) ||
        /* The manual has all flags undefined after mov with cr and dr. */
        (instruction->mnemonic == ELFGEN_X86_OP_mov && effects.flags_undefined) ||
        (instruction->mnemonic == ELFGEN_X86_OP_imul &&
         instruction->operands[1].kind == ELFGEN_X86_IMMEDIATE))
        return NULL;
    const char *problem = compare_flags(decoder, &effects);
    if (problem)
        return problem;
    for (; count < ELFGEN_X86_OPERANDS && instruction->operands[count].kind; count++) {
        const ZydisDecodedOperand *operand = &decoder->operands[count];
        /* What is written only sometimes keeps its value, and so depends on it. */
        const bool is_read =
            operand->actions & (ZYDIS_OPERAND_ACTION_MASK_READ | ZYDIS_OPERAND_ACTION_CONDWRITE);
        const bool is_written = operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE;
        if (is_read != effects.reads[count] || is_written != effects.writes[count]) {
            snprintf(text, sizeof text, "operand %u is %s%s, to Zydis %s%s", count,
                     effects.reads[count] ? "r" : "", effects.writes[count] ? "w" : "",
                     is_read ? "r" : "", is_written ? "w" : "");
            return text;
        }
    }
    add_hidden(decoder, count, &reads, &writes);
    if (reads == effects.registers_read && writes == effects.registers_written)
        return NULL;
    snprintf(text, sizeof text, "registers read %x written %x, to Zydis %x %x",
             effects.registers_read, effects.registers_written, reads, writes);
    return text;
}
