/* nasm reads what Intel's style writes, but for the words that this file is about: sizes without
 * `ptr`, the segment inside the brackets, decorators behind operands, and the names and forms of
 * nasm_words.def. */
#include "nasm.h"

#include <stdbool.h>
#include <stddef.h>

struct line {
    const ZydisDecodedInstruction *instruction;
    const ZydisDecodedOperand *operands;
    const uint8_t *bytes;
    uint64_t address;
    struct elfgen_text *text;
    unsigned flags; /* of `enum flag`, from the instruction's row */
};

/* What the rows of nasm_words.def say about an instruction. */
enum flag {
    SILENT = 1,  /* nasm has the operands in the name */
    BARE = 2,    /* nasm knows the memory operand without a size only */
    SIZED = 4,   /* only a prefix says the operand size */
    UNKNOWN = 8, /* nasm has no such instruction */
    ADDRESSED = 16, /* only a prefix says the address size */
};

static unsigned mode_width(const ZydisDecodedInstruction *instruction)
{
    return instruction->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? 64 : 32;
}

static void put_0x(struct elfgen_text *text, uint64_t value)
{
    elfgen_text_string(text, "0x");
    elfgen_text_hex(text, value, 1);
}

static void put_signed(struct elfgen_text *text, int64_t value)
{
    elfgen_text_char(text, value < 0 ? '-' : '+');
    put_0x(text, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static void put_bytes(const struct line *line)
{
    elfgen_text_string(line->text, "db ");
    for (uint8_t i = 0; i < line->instruction->length; i++) {
        elfgen_text_string(line->text, i > 0 ? ",0x" : "0x");
        elfgen_text_hex(line->text, line->bytes[i], 2);
    }
}

static uint64_t low_bits(uint64_t value, unsigned width)
{
    return width < 64 ? value & ((UINT64_C(1) << width) - 1) : value;
}

/* ---- registers and memory -------------------------------------------------------------------- */

static void put_register(struct elfgen_text *text, ZydisRegister value)
{
    const char *name = ZydisRegisterGetString(value);
    elfgen_text_string(text, name ? name : "?");
}

static void put_size(const struct line *line, unsigned bits)
{
    static const struct {
        unsigned bits;
        const char *word;
    } sizes[] = {{8, "byte "},   {16, "word "},   {32, "dword "},  {64, "qword "},
                 {80, "tword "}, {128, "oword "}, {256, "yword "}, {512, "zword "}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && !(line->flags & BARE); i++)
        if (sizes[i].bits == bits)
            elfgen_text_string(line->text, sizes[i].word);
}

static bool is_relative(const ZydisDecodedOperandMem *memory)
{
    return memory->base == ZYDIS_REGISTER_RIP || memory->base == ZYDIS_REGISTER_EIP;
}

static bool has_registers(const ZydisDecodedOperandMem *memory)
{
    return memory->base != ZYDIS_REGISTER_NONE || memory->index != ZYDIS_REGISTER_NONE;
}

static bool is_vector(ZydisRegister value)
{
    ZydisRegisterClass class = ZydisRegisterGetClass(value);
    return class == ZYDIS_REGCLASS_XMM || class == ZYDIS_REGCLASS_YMM || class == ZYDIS_REGCLASS_ZMM;
}

/* The segment, if it is not the one that the processor takes by itself. */
static void put_segment(const struct line *line, const ZydisDecodedOperandMem *memory)
{
    if (!(line->instruction->attributes & ZYDIS_ATTRIB_HAS_SEGMENT) ||
        memory->segment == ZYDIS_REGISTER_NONE)
        return;
    put_register(line->text, memory->segment);
    elfgen_text_char(line->text, ':');
}

/* Registers and displacement, as `base+index*scale+0x8`. */
static void put_sum(struct elfgen_text *text, const ZydisDecodedOperandMem *memory)
{
    if (memory->base != ZYDIS_REGISTER_NONE)
        put_register(text, memory->base);
    if (memory->index != ZYDIS_REGISTER_NONE) {
        if (memory->base != ZYDIS_REGISTER_NONE)
            elfgen_text_char(text, '+');
        put_register(text, memory->index);
        if (memory->scale > 0) {
            elfgen_text_char(text, '*');
            elfgen_text_decimal(text, memory->scale, 0);
        }
    }
    if (memory->disp.value != 0)
        put_signed(text, memory->disp.value);
}

/* A number is no place that nasm takes as relative to the instruction, only a label is: `$`, the
 * line's own address, makes the number one. */
static void put_relative(const struct line *line, const ZydisDecodedOperandMem *memory)
{
    elfgen_text_string(line->text, "rel ");
    put_segment(line, memory);
    elfgen_text_char(line->text, '$');
    put_signed(line->text, memory->disp.value + line->instruction->length);
}

static void put_absolute(const struct line *line, const ZydisDecodedOperand *operand)
{
    if (operand->encoding == ZYDIS_OPERAND_ENCODING_DISP16_32_64 &&
        line->instruction->address_width == 64)
        elfgen_text_string(line->text, "qword ");
    if (mode_width(line->instruction) == 64)
        elfgen_text_string(line->text, "abs ");
    put_segment(line, &operand->mem);
    put_0x(line->text,
           low_bits((uint64_t)operand->mem.disp.value, line->instruction->address_width));
}

static void put_memory(const struct line *line, const ZydisDecodedOperand *operand)
{
    const ZydisDecodedOperandMem *memory = &operand->mem;
    if (memory->type != ZYDIS_MEMOP_TYPE_AGEN)
        put_size(line, operand->size);
    elfgen_text_char(line->text, '[');
    if (is_relative(memory)) {
        put_relative(line, memory);
    } else if (!has_registers(memory)) {
        put_absolute(line, operand);
    } else {
        /* Else nasm makes a base of it, which for (e|r)bp is another segment. */
        if (memory->base == ZYDIS_REGISTER_NONE && memory->scale <= 2 && !is_vector(memory->index))
            elfgen_text_string(line->text, "nosplit ");
        put_segment(line, memory);
        put_sum(line->text, memory);
    }
    elfgen_text_char(line->text, ']');
}

/* ---- operands -------------------------------------------------------------------------------- */

static void put_pointer(struct elfgen_text *text, const ZydisDecodedOperandPtr *pointer)
{
    put_0x(text, pointer->segment);
    elfgen_text_char(text, ':');
    put_0x(text, pointer->offset);
}

static uint64_t target(const struct line *line, const ZydisDecodedOperand *operand)
{
    uint64_t value = 0;
    ZydisCalcAbsoluteAddress(line->instruction, operand, line->address, &value);
    return value;
}

static void put_immediate(const struct line *line, const ZydisDecodedOperand *operand)
{
    uint64_t value = operand->imm.value.u;
    if (operand->imm.is_relative)
        value = target(line, operand);
    else if (operand->imm.is_signed)
        value = low_bits(value, line->instruction->operand_width);
    put_0x(line->text, value);
}

static void put_operand(const struct line *line, const ZydisDecodedOperand *operand)
{
    switch (operand->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
        put_register(line->text, operand->reg.value);
        break;
    case ZYDIS_OPERAND_TYPE_MEMORY:
        put_memory(line, operand);
        break;
    case ZYDIS_OPERAND_TYPE_POINTER:
        put_pointer(line->text, &operand->ptr);
        break;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        put_immediate(line, operand);
        break;
    case ZYDIS_OPERAND_TYPE_UNUSED:
        break;
    }
}

/* {k1}{z}, behind the first operand. */
static void put_mask(const struct line *line)
{
    const ZydisDecodedInstructionAvx *avx = &line->instruction->avx;
    if (avx->mask.reg == ZYDIS_REGISTER_NONE || avx->mask.reg == ZYDIS_REGISTER_K0)
        return;
    elfgen_text_char(line->text, '{');
    put_register(line->text, avx->mask.reg);
    elfgen_text_char(line->text, '}');
    if (avx->mask.mode == ZYDIS_MASK_MODE_ZEROING ||
        avx->mask.mode == ZYDIS_MASK_MODE_CONTROL_ZEROING)
        elfgen_text_string(line->text, "{z}");
}

static void put_broadcast(const struct line *line)
{
    static const char *const words[] = {
        [ZYDIS_BROADCAST_MODE_1_TO_2] = "{1to2}",   [ZYDIS_BROADCAST_MODE_1_TO_4] = "{1to4}",
        [ZYDIS_BROADCAST_MODE_1_TO_8] = "{1to8}",   [ZYDIS_BROADCAST_MODE_1_TO_16] = "{1to16}",
        [ZYDIS_BROADCAST_MODE_1_TO_32] = "{1to32}", [ZYDIS_BROADCAST_MODE_1_TO_64] = "{1to64}"};
    const ZydisDecodedInstructionAvx *avx = &line->instruction->avx;
    if (!avx->broadcast.is_static && avx->broadcast.mode < sizeof words / sizeof words[0] &&
        words[avx->broadcast.mode])
        elfgen_text_string(line->text, words[avx->broadcast.mode]);
}

/* {rn-sae} or {sae}, which stand as an operand of their own before an immediate. */
static const char *rounding(const ZydisDecodedInstruction *instruction)
{
    static const char *const words[] = {[ZYDIS_ROUNDING_MODE_RN] = "{rn-sae}",
                                        [ZYDIS_ROUNDING_MODE_RD] = "{rd-sae}",
                                        [ZYDIS_ROUNDING_MODE_RU] = "{ru-sae}",
                                        [ZYDIS_ROUNDING_MODE_RZ] = "{rz-sae}"};
    if (!instruction->avx.has_sae)
        return NULL;
    const char *word = words[instruction->avx.rounding.mode];
    return word ? word : "{sae}";
}

static void put_operands(const struct line *line)
{
    const char *sae = rounding(line->instruction);
    unsigned put = 0;
    for (uint8_t i = 0; i < line->instruction->operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &line->operands[i];
        if (operand->encoding == ZYDIS_OPERAND_ENCODING_MASK)
            continue;
        if (sae && operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
            elfgen_text_char(line->text, ',');
            elfgen_text_string(line->text, sae);
            sae = NULL;
        }
        elfgen_text_char(line->text, put > 0 ? ',' : ' ');
        put_operand(line, operand);
        if (put++ == 0)
            put_mask(line);
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
            put_broadcast(line);
    }
    if (sae) {
        elfgen_text_char(line->text, ',');
        elfgen_text_string(line->text, sae);
    }
}

/* ---- prefixes -------------------------------------------------------------------------------- */

/* Whether operand `i` stands in the text. */
static bool is_shown(const struct line *line, uint8_t i)
{
    return i < line->instruction->operand_count_visible && !(line->flags & SILENT);
}

/* The memory operand that nasm has no brackets for and whose segment a prefix changes: movsb's
 * source, xlatb's table. */
static const ZydisDecodedOperand *hidden_memory(const struct line *line)
{
    for (uint8_t i = 0; i < line->instruction->operand_count; i++) {
        const ZydisDecodedOperand *operand = &line->operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && !is_shown(line, i) &&
            operand->mem.segment != ZYDIS_REGISTER_ES && operand->mem.segment != ZYDIS_REGISTER_SS)
            return operand;
    }
    return NULL;
}

/* Whether no register in brackets says the address size, and it matters. */
static bool needs_address_size(const struct line *line)
{
    bool needs = line->flags & ADDRESSED;
    if (line->instruction->address_width == mode_width(line->instruction))
        return false;
    for (uint8_t i = 0; i < line->instruction->operand_count; i++) {
        const ZydisDecodedOperand *operand = &line->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        if (!is_shown(line, i))
            needs = needs || operand->mem.segment != ZYDIS_REGISTER_SS;
        else if (!has_registers(&operand->mem) || is_relative(&operand->mem))
            needs = true;
        else
            return false;
    }
    return needs;
}

static void put_prefixes(const struct line *line)
{
    static const struct {
        uint64_t attribute;
        const char *word;
    } words[] = {{ZYDIS_ATTRIB_HAS_XACQUIRE, "xacquire "},
                 {ZYDIS_ATTRIB_HAS_XRELEASE, "xrelease "},
                 {ZYDIS_ATTRIB_HAS_LOCK, "lock "},
                 {ZYDIS_ATTRIB_HAS_REP, "rep "},
                 {ZYDIS_ATTRIB_HAS_REPE, "repe "},
                 {ZYDIS_ATTRIB_HAS_REPNE, "repne "},
                 {ZYDIS_ATTRIB_HAS_BND, "bnd "},
                 {ZYDIS_ATTRIB_HAS_NOTRACK, "ds "},
                 {ZYDIS_ATTRIB_HAS_BRANCH_TAKEN, "ds "},
                 {ZYDIS_ATTRIB_HAS_BRANCH_NOT_TAKEN, "cs "}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (line->instruction->attributes & words[i].attribute)
            elfgen_text_string(line->text, words[i].word);
}

static void put_width_prefix(const struct line *line, char letter, unsigned width)
{
    elfgen_text_char(line->text, letter);
    elfgen_text_decimal(line->text, width, 0);
    elfgen_text_char(line->text, ' ');
}

static void put_hidden_prefixes(const struct line *line)
{
    const ZydisDecodedInstruction *instruction = line->instruction;
    const ZydisDecodedOperand *hidden = hidden_memory(line);
    if (hidden && instruction->attributes & ZYDIS_ATTRIB_HAS_SEGMENT) {
        put_register(line->text, hidden->mem.segment);
        elfgen_text_char(line->text, ' ');
    }
    if (needs_address_size(line))
        put_width_prefix(line, 'a', instruction->address_width);
    if (line->flags & SIZED && instruction->operand_width != 32)
        put_width_prefix(line, 'o', instruction->operand_width);
}

/* ---- names ----------------------------------------------------------------------------------- */

static const char *name_of(struct line *line)
{
    return ZydisMnemonicGetString(line->instruction->mnemonic);
}

void nasm_text(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
               const uint8_t *bytes, uint64_t address, struct elfgen_text *text)
{
    struct line line = {instruction, operands, bytes, address, text, 0};
    const char *name = name_of(&line);
    if (!name || line.flags & UNKNOWN) {
        put_bytes(&line);
        return;
    }
    put_prefixes(&line);
    put_hidden_prefixes(&line);
    elfgen_text_string(text, name);
    if (!(line.flags & SILENT))
        put_operands(&line);
}
