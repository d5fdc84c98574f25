/* Prints instructions in NASM's syntax. It differs from Intel's in sizes without `ptr`, segments
 * inside the brackets, decorators after operands, and the names and forms in nasm_words.def. */
#include "nasm.h"

#include <stdbool.h>
#include <stddef.h>

#include "x86.h"

struct line {
    const ZydisDecodedInstruction *instruction;
    const ZydisDecodedOperand *operands;
    const uint8_t *bytes;
    uint64_t address;
    struct elfgen_text *text;
    unsigned flags; /* of `enum flag`, from the instruction's rows */
};

/* Flags of the rows of nasm_words.def. */
enum flag {
    UNKNOWN = 1 << 0,   /* nasm has no such instruction */
    SILENT = 1 << 1,    /* the name implies the operands */
    FIRST = 1 << 2,     /* only the first operand is written */
    BARE = 1 << 3,      /* the memory operand has no size */
    SIZED = 1 << 4,     /* a prefix gives the operand size */
    SPOKEN = 1 << 5,    /* a word before the number gives the operand size */
    ADDRESSED = 1 << 6, /* a prefix gives the address size */
    STRICT = 1 << 7,    /* the number keeps its size */
};

static unsigned mode_width(const ZydisDecodedInstruction *instruction)
{
    return instruction->machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? 64 : 32;
}

static bool is_far(const ZydisDecodedInstruction *instruction)
{
    return instruction->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR;
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

/* Whether it is the implied operand of push and its like, whose address size depends on the mode
 * alone. */
static bool is_stack(const ZydisDecodedOperandMem *memory)
{
    ZydisRegister base = memory->base;
    return base == ZYDIS_REGISTER_RSP || base == ZYDIS_REGISTER_ESP || base == ZYDIS_REGISTER_SP;
}

static bool has_registers(const ZydisDecodedOperandMem *memory)
{
    return memory->base != ZYDIS_REGISTER_NONE || memory->index != ZYDIS_REGISTER_NONE;
}

static bool is_vector(ZydisRegister value)
{
    ZydisRegisterClass class = ZydisRegisterGetClass(value);
    return class == ZYDIS_REGCLASS_XMM || class == ZYDIS_REGCLASS_YMM ||
           class == ZYDIS_REGCLASS_ZMM;
}

/* Prints the segment if it is not the default one. */
static void put_segment(const struct line *line, const ZydisDecodedOperandMem *memory)
{
    if (!(line->instruction->attributes & ZYDIS_ATTRIB_HAS_SEGMENT) ||
        memory->segment == ZYDIS_REGISTER_NONE)
        return;
    put_register(line->text, memory->segment);
    elfgen_text_char(line->text, ':');
}

/* Prints registers and displacement, as `base+index*scale+0x8`. */
static void put_sum(struct elfgen_text *text, const ZydisDecodedOperandMem *memory)
{
    if (memory->base != ZYDIS_REGISTER_NONE)
        put_register(text, memory->base);
    if (memory->index != ZYDIS_REGISTER_NONE) {
        if (memory->base != ZYDIS_REGISTER_NONE)
            elfgen_text_char(text, '+');
        put_register(text, memory->index);
        if (memory->scale > 1 || memory->base == ZYDIS_REGISTER_NONE) {
            elfgen_text_char(text, '*');
            elfgen_text_decimal(text, memory->scale, 0);
        }
    }
    if (memory->disp.value != 0)
        put_signed(text, memory->disp.value);
}

/* nasm makes labels relative to the instruction, but not numbers. `$`, the line's own address, is a
 * label. */
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
           x86_low_bits((uint64_t)operand->mem.disp.value, line->instruction->address_width));
}

static void put_memory(const struct line *line, const ZydisDecodedOperand *operand)
{
    const ZydisDecodedOperandMem *memory = &operand->mem;
    if (memory->type != ZYDIS_MEMOP_TYPE_AGEN)
        put_size(line, is_far(line->instruction) ? operand->size - 16u : operand->size);
    elfgen_text_char(line->text, '[');
    if (is_relative(memory)) {
        put_relative(line, memory);
    } else if (!has_registers(memory)) {
        put_absolute(line, operand);
    } else {
        /* Without this nasm makes the index a base, and (e|r)bp as a base implies another segment.
         */
        if (memory->base == ZYDIS_REGISTER_NONE && memory->scale <= 2 && !is_vector(memory->index))
            elfgen_text_string(line->text, "nosplit ");
        put_segment(line, memory);
        put_sum(line->text, memory);
    }
    elfgen_text_char(line->text, ']');
}

/* ---- operands -------------------------------------------------------------------------------- */

static void put_pointer(const struct line *line, const ZydisDecodedOperandPtr *pointer)
{
    struct elfgen_text *text = line->text;
    if (line->instruction->operand_width == 16)
        elfgen_text_string(text, "word ");
    put_0x(text, pointer->segment);
    elfgen_text_char(text, ':');
    put_0x(text, pointer->offset);
}

static uint64_t target(const struct line *line, const ZydisDecodedOperand *operand)
{
    uint64_t value = 0;
    ZydisCalcAbsoluteAddress(line->instruction, operand, line->address, &value);
    return x86_low_bits(value, mode_width(line->instruction)); /* Zydis does not wrap at 2^32 */
}

static bool is_near(uint64_t from, uint64_t to)
{
    return to - from + 0x80 < 0x100;
}

/* Whether it is a jmp or jcc of one byte of distance, for which nasm would use the long form if the
 * target is a number. It is not short if a prefix wraps the target, or if the jump without its
 * redundant prefixes, which nasm drops, does not reach it. */
static bool is_short_jump(const struct line *line, uint64_t to)
{
    const ZydisDecodedInstruction *instruction = line->instruction;
    return instruction->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
           (instruction->opcode == 0xeb || (instruction->opcode & 0xf0) == 0x70) &&
           is_near(line->address + instruction->length, to) && is_near(line->address + 2, to);
}

static void put_immediate(const struct line *line, const ZydisDecodedOperand *operand)
{
    uint64_t value = operand->imm.value.u;
    if (operand->imm.is_relative) {
        value = target(line, operand);
        if (is_short_jump(line, value))
            elfgen_text_string(line->text, "short ");
    } else if (operand->imm.is_signed) {
        value = x86_low_bits(value, line->instruction->operand_width);
    }
    if (line->flags & SPOKEN)
        put_size(line, line->instruction->operand_width);
    if (line->flags & STRICT) {
        elfgen_text_string(line->text, "strict ");
        put_size(line, line->instruction->raw.imm[0].size);
    }
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
        put_pointer(line, &operand->ptr);
        break;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
        put_immediate(line, operand);
        break;
    case ZYDIS_OPERAND_TYPE_UNUSED:
        break;
    }
}

/* Whether operand `i` is printed. */
static bool is_shown(const struct line *line, uint8_t i)
{
    return i < line->instruction->operand_count_visible && !(line->flags & SILENT) &&
           !(line->flags & FIRST && i > 0) &&
           line->operands[i].encoding != ZYDIS_OPERAND_ENCODING_MASK;
}

/* Prints {k1}{z}, which follow the first operand. */
static void put_mask(const struct line *line)
{
    const ZydisDecodedInstructionAvx *avx = &line->instruction->avx;
    if (avx->mask.reg == ZYDIS_REGISTER_NONE || avx->mask.reg == ZYDIS_REGISTER_K0)
        return;
    elfgen_text_char(line->text, '{');
    put_register(line->text, avx->mask.reg);
    elfgen_text_char(line->text, '}');
    /* Zydis also calls the mask of a comparison zeroing; nasm goes by the bit. */
    if (line->instruction->raw.evex.z)
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

/* Returns {rn-sae}, {sae} or the like; NULL if there is none. */
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

/* Whether an operand, if it is not the first, comes after {sae}: nasm reads that as an operand of
 * its own, after the last vector. */
static bool is_scalar(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE ||
           (operand->type == ZYDIS_OPERAND_TYPE_REGISTER && !is_vector(operand->reg.value));
}

static void put_sae(struct elfgen_text *text, const char **sae)
{
    if (!*sae)
        return;
    elfgen_text_char(text, ',');
    elfgen_text_string(text, *sae);
    *sae = NULL;
}

static void put_operands(const struct line *line)
{
    const char *sae = rounding(line->instruction);
    bool is_first = true;
    for (uint8_t i = 0; i < line->instruction->operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &line->operands[i];
        if (!is_shown(line, i))
            continue;
        if (!is_first && is_scalar(operand))
            put_sae(line->text, &sae);
        elfgen_text_char(line->text, is_first ? ' ' : ',');
        put_operand(line, operand);
        if (is_first)
            put_mask(line);
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
            put_broadcast(line);
        is_first = false;
    }
    put_sae(line->text, &sae);
}

/* ---- prefixes -------------------------------------------------------------------------------- */

/* The segment of a memory operand that is not printed, if a prefix overrides it: movsb's source,
 * xlatb's table. */
static ZydisRegister hidden_segment(const struct line *line)
{
    static const struct {
        uint64_t attribute;
        ZydisRegister segment;
    } segments[] = {{ZYDIS_ATTRIB_HAS_SEGMENT_CS, ZYDIS_REGISTER_CS},
                    {ZYDIS_ATTRIB_HAS_SEGMENT_SS, ZYDIS_REGISTER_SS},
                    {ZYDIS_ATTRIB_HAS_SEGMENT_DS, ZYDIS_REGISTER_DS},
                    {ZYDIS_ATTRIB_HAS_SEGMENT_ES, ZYDIS_REGISTER_ES},
                    {ZYDIS_ATTRIB_HAS_SEGMENT_FS, ZYDIS_REGISTER_FS},
                    {ZYDIS_ATTRIB_HAS_SEGMENT_GS, ZYDIS_REGISTER_GS}};
    ZydisRegister found = ZYDIS_REGISTER_NONE;
    for (uint8_t i = 0; i < line->instruction->operand_count; i++) {
        const ZydisDecodedOperand *operand = &line->operands[i];
        if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        if (is_shown(line, i))
            return ZYDIS_REGISTER_NONE;
        for (size_t k = 0; k < sizeof segments / sizeof segments[0]; k++)
            if (line->instruction->attributes & segments[k].attribute &&
                operand->mem.segment == segments[k].segment && !is_stack(&operand->mem))
                found = operand->mem.segment;
    }
    return found;
}

/* Whether the address size needs a prefix: it matters, and no register in brackets implies it. */
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
            needs = needs || !is_stack(&operand->mem);
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
    } words[] = {
        {ZYDIS_ATTRIB_HAS_XACQUIRE, "xacquire "}, {ZYDIS_ATTRIB_HAS_XRELEASE, "xrelease "},
        {ZYDIS_ATTRIB_HAS_LOCK, "lock "},         {ZYDIS_ATTRIB_HAS_REP, "rep "},
        {ZYDIS_ATTRIB_HAS_REPE, "repe "},         {ZYDIS_ATTRIB_HAS_REPNE, "repne "},
        {ZYDIS_ATTRIB_HAS_BND, "bnd "},           {ZYDIS_ATTRIB_HAS_NOTRACK, "ds "},
        {ZYDIS_ATTRIB_HAS_BRANCH_TAKEN, "ds "},   {ZYDIS_ATTRIB_HAS_BRANCH_NOT_TAKEN, "cs "}};
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

static bool needs_operand_size(const struct line *line)
{
    const ZydisDecodedInstruction *instruction = line->instruction;
    bool wide = instruction->attributes & ZYDIS_ATTRIB_HAS_REX && instruction->raw.rex.W;
    return line->flags & SIZED && (wide || instruction->attributes & ZYDIS_ATTRIB_HAS_OPERANDSIZE);
}

static void put_hidden_prefixes(const struct line *line)
{
    const ZydisDecodedInstruction *instruction = line->instruction;
    ZydisRegister segment = hidden_segment(line);
    if (segment != ZYDIS_REGISTER_NONE) {
        put_register(line->text, segment);
        elfgen_text_char(line->text, ' ');
    }
    if (needs_address_size(line))
        put_width_prefix(line, 'a', instruction->address_width);
    if (needs_operand_size(line))
        put_width_prefix(line, 'o', instruction->operand_width);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Conditions of the rows of nasm_words.def. */
enum when {
    ALWAYS,
    BITS_32,
    VEX,
    VEX_W,
    BROADCAST,
    WORD_WIDE, /* the operand size */
    DWORD_WIDE,
    QWORD_WIDE,
    WORD_TO_WORD, /* movzx and movsx that extend nothing */
    WORD_SEGMENT, /* a segment register with 16-bit operand size */
    WORD_NUMBER,
    IS_FAR,
    UNREACHED, /* see is_reached() */
    OTHER_NOP, /* a nop that future processors may give a meaning */
};

/* Whether nasm's form of a jump that is always short reaches this one's target: redundant prefixes,
 * which nasm drops, may have made it longer. nasm truncates the distance without a warning. */
static bool is_reached(const struct line *line)
{
    const ZydisDecodedInstruction *instruction = line->instruction;
    int64_t shortest = instruction->address_width == mode_width(instruction) ? 2 : 3;
    return instruction->operand_width != 16 &&
           line->operands[0].imm.value.s + instruction->length - shortest <= INT8_MAX;
}

/* Whether a row's condition holds. Conditions on operands assume those of the row's mnemonic. */
static bool holds(enum when when, const struct line *line)
{
    const ZydisDecodedInstruction *instruction = line->instruction;
    const ZydisDecodedOperand *first = &line->operands[0];
    bool is_word = instruction->operand_width == 16;
    switch (when) {
    case ALWAYS:
        return true;
    case BITS_32:
        return mode_width(instruction) == 32;
    case VEX:
        return instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_VEX;
    case VEX_W:
        return instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_VEX && instruction->raw.vex.W;
    case BROADCAST:
        return instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX && instruction->raw.evex.b;
    case WORD_WIDE:
        return is_word;
    case DWORD_WIDE:
        return instruction->operand_width == 32;
    case QWORD_WIDE:
        return instruction->operand_width == 64;
    case WORD_TO_WORD:
        return is_word && instruction->opcode & 1;
    case WORD_SEGMENT:
        return is_word && first->type == ZYDIS_OPERAND_TYPE_REGISTER &&
               ZydisRegisterGetClass(first->reg.value) == ZYDIS_REGCLASS_SEGMENT;
    case WORD_NUMBER:
        return is_word && first->type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    case IS_FAR:
        return is_far(instruction);
    case UNREACHED:
        return !is_reached(line);
    case OTHER_NOP:
        return instruction->opcode != 0x90 &&
               (instruction->opcode != 0x1f || instruction->raw.modrm.reg != 0);
    }
    return false;
}

struct word {
    uint16_t mnemonic;
    uint8_t when;
    uint8_t flags;
    const char *name; /* NULL: Zydis's */
};

static const struct word words[] = {
#define WORD(mnemonic, when, name, flags) {ZYDIS_MNEMONIC_##mnemonic, when, flags, name},
#include "nasm_words.def"
#undef WORD
};

/* Whether nasm does not know an instruction set, or encodes it wrongly. */
static bool is_unknown_set(ZydisISASet set)
{
    static const uint16_t sets[] = {
#define WORDLESS_SET(set) ZYDIS_ISA_SET_##set,
#include "nasm_sets.def"
#undef WORDLESS_SET
    };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++)
        if (sets[i] == set)
            return true;
    return false;
}

/* Returns the instruction's name, and sets line->flags from its rows. */
static const char *name_of(struct line *line)
{
    const ZydisDecodedInstruction *instruction = line->instruction;
    const char *name = x86_mnemonic(instruction->mnemonic);
    if (is_unknown_set(instruction->meta.isa_set))
        line->flags = UNKNOWN;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].mnemonic != instruction->mnemonic || !holds(words[i].when, line))
            continue;
        line->flags |= words[i].flags;
        if (words[i].name)
            name = words[i].name;
    }
    return name;
}

/* Whether it is a mov of a number to a register of 64 bits, for which nasm would choose a shorter
 * one.
 */
static bool is_strict(const struct line *line)
{
    enum { LONG = 0xb8, SIGNED = 0xc7, REX_W = 0x48, REX_WB = 0x49, SHORTEST = 7 };
    const ZydisDecodedInstruction *instruction = line->instruction;
    uint8_t opcode = instruction->opcode, rex = line->bytes[0];
    return instruction->mnemonic == ZYDIS_MNEMONIC_MOV &&
           instruction->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && instruction->length >= SHORTEST &&
           instruction->operand_width == 64 && (rex == REX_W || rex == REX_WB) &&
           line->bytes[1] == opcode &&
           ((opcode & 0xf8) == LONG || (opcode == SIGNED && instruction->raw.modrm.mod == 3));
}

void nasm_text(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
               const uint8_t *bytes, uint64_t address, struct elfgen_text *text)
{
    struct line line = {instruction, operands, bytes, address, text, 0};
    const char *name = name_of(&line);
    if (!name || line.flags & UNKNOWN || x86_is_nameless(instruction, bytes)) {
        put_bytes(&line);
        return;
    }
    if (is_strict(&line)) {
        line.flags |= STRICT;
    } else if (!nasm_is_exact(instruction, operands, bytes)) {
        put_bytes(&line);
        elfgen_text_string(text, "  ; ");
    }
    if (nasm_needs_evex(instruction, operands))
        elfgen_text_string(text, "{evex} ");
    put_prefixes(&line);
    put_hidden_prefixes(&line);
    elfgen_text_string(text, name);
    if (is_far(instruction) && instruction->raw.modrm.offset)
        elfgen_text_string(text, " far");
    put_operands(&line);
}
