/* Makes memory operands of addresses: which register is the base, as NASM chooses it, and whether
 * an address is relative. */
#include "address.h"

enum { CLASS_BYTE = 1, CLASS_WORD, CLASS_DWORD, CLASS_QWORD, CLASS_HIGH };
enum { STACK_POINTER = 4 };

static unsigned class_of(unsigned reg)
{
    return reg >> 4;
}

static unsigned number_of(unsigned reg)
{
    return reg & 15;
}

bool elfgen_asm_ask_address_size(struct parser *parser, const struct token *token)
{
    const unsigned number = word_of(token)->number;
    const uint16_t bit = number == PREFIX_A16   ? ELFGEN_X86_A16
                         : number == PREFIX_A32 ? ELFGEN_X86_A32
                                                : ELFGEN_X86_A64;
    uint16_t *prefixes = &parser->result->instruction.prefixes;
    if (parser->asked_address && !(*prefixes & bit))
        return parse_fail(parser, token, ELFGEN_BAD_VALUE,
                          "the instruction has another address size already: only one of a16, a32 "
                          "and a64 may be there");
    *prefixes |= bit;
    parser->asked_address = token;
    return true;
}

bool elfgen_asm_reference_word(struct parser *parser, struct reference *reference,
                               const struct token *token)
{
    const struct word *word = word_of(token);
    const unsigned size =
        word->kind == WORD_SPECIAL && word->number == SPECIAL_LONG ? 4u : word->number;
    if (word->kind == WORD_SPECIAL && word->number == SPECIAL_NOSPLIT)
        reference->nosplit = true;
    else if (word->kind == WORD_SPECIAL && word->number == SPECIAL_REL)
        reference->rel = true;
    else if (word->kind == WORD_SPECIAL && word->number == SPECIAL_ABS)
        reference->abs = true;
    else if (word->kind == WORD_PREFIX && word->number >= PREFIX_A16 && word->number <= PREFIX_A64)
        return elfgen_asm_ask_address_size(parser, token);
    else if ((word->kind == WORD_SIZE || (word->kind == WORD_SPECIAL && size == 4)) && size <= 8) {
        reference->displacement_size = (uint8_t)size;
        reference->byte_asked |= size == 1;
        reference->long_asked |= size != 1;
    } else
        return parse_fail(parser, token, ELFGEN_BAD_VALUE,
                          "this word has no place in an address: byte, word, dword and qword say "
                          "how large the displacement is, rel, abs and nosplit how it is encoded, "
                          "a16, a32 and a64 how large an address is");
    return true;
}

/* One register times a number. The first one that stands alone may be the base. */
static bool add_register(struct parser *parser, struct reference *reference,
                         const struct term *term)
{
    const unsigned reg = register_of_term(term->type);
    const unsigned class_ = class_of(reg);
    if ((class_ < CLASS_BYTE || class_ > CLASS_HIGH) && (int)term->factor != 0)
        return fault_at(parser->fault, reference->expression,
                        elfgen_error_set(parser->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                         "%s cannot be in an address: general-purpose registers "
                                         "can, and a segment register before a colon",
                                         elfgen_x86_register_name(reg)));
    if (term->factor == 1 && !reference->base) {
        reference->base = reg;
    } else if (!reference->index) {
        reference->index = reg;
        reference->scale = (int)term->factor;
    } else {
        return parse_fail(parser, reference->expression, ELFGEN_BAD_VALUE,
                          reference->base
                              ? "the address has too many registers: a base and an index, one of "
                                "them multiplied with 1, 2, 4 or 8, and a displacement"
                              : "the address multiplies two registers: only the index is "
                                "multiplied");
    }
    return true;
}

bool elfgen_asm_reference_add(struct parser *parser, struct reference *reference, struct sum sum)
{
    for (unsigned i = 0; i < sum.count; i++) {
        const struct term *term = &sum.terms[i];
        const uint32_t base = (uint32_t)term->type;
        if (term_is_register(term->type)) {
            if (!add_register(parser, reference, term))
                return false;
        } else if (term->type == TERM_UNKNOWN) {
            reference->is_unknown = true;
        } else if (term->type == TERM_NUMBER) {
            reference->offset = (int64_t)((uint64_t)reference->offset + (uint64_t)term->factor);
        } else if (term->factor == 1 && reference->symbol == VALUE_NO_BASE) {
            reference->symbol = base;
        } else if (term->factor == -1 && base == parser->names->section &&
                   reference->minus == VALUE_NO_BASE) {
            reference->minus = base;
        } else {
            return parse_fail(parser, reference->expression, ELFGEN_BAD_VALUE,
                              term->factor == 1
                                  ? "the address is the sum of two addresses: a relocation adds one"
                                  : "no relocation can make this address: one that adds an "
                                    "address exists, and one that also subtracts one of this "
                                    "section");
        }
    }
    return true;
}

bool elfgen_asm_reference_index(struct parser *parser, struct reference *reference, struct sum sum)
{
    struct reference other;
    reference_begin(&other, reference->first);
    other.expression = reference->expression;
    if (!elfgen_asm_reference_add(parser, &other, sum))
        return false;
    if (other.base && !other.index) {
        other.index = other.base;
        other.scale = 1;
        other.base = 0;
    }
    if (reference->index || other.base || other.offset || other.symbol != VALUE_NO_BASE)
        return parse_fail(parser, reference->expression, ELFGEN_BAD_VALUE,
                          "after the comma in an address stands its index alone, and no other is "
                          "before it");
    reference->index = other.index;
    reference->scale = other.scale;
    reference->hint = reference->base    ? (struct hint){HINT_BASE, (uint8_t)reference->base}
                      : reference->index ? (struct hint){HINT_INDEX, (uint8_t)reference->index}
                                         : (struct hint){HINT_NONE, 0};
    return true;
}

/* Distributes registers as NASM does, so far as elfgen_encode() does not. */
static bool place_registers(const struct parser *parser, const struct reference *reference,
                            struct elfgen_x86_operand *operand)
{
    const struct hint hint = reference->hint;
    unsigned base = reference->base, index = reference->scale ? reference->index : 0;
    int scale = index ? reference->scale : 0;
    operand->no_split = reference->nosplit && hint.kind != HINT_SUMMED;
    if (class_of(base | index) != CLASS_WORD) {
        if (scale == 1 && base && number_of(base) != number_of(index) &&
            ((hint.kind == HINT_INDEX && hint.reg == base) ||
             (hint.kind == HINT_BASE && hint.reg == index))) {
            const unsigned other = base;
            base = index;
            index = other;
        }
        if (!base && scale == 2 && reference->nosplit && hint.kind == HINT_SUMMED &&
            number_of(index) != STACK_POINTER) {
            base = index;
            scale = 1;
        } else if (base && !index && reference->nosplit && hint.kind == HINT_INDEX &&
                   hint.reg == base && (base & 7) != STACK_POINTER) {
            index = base;
            base = 0;
            scale = 1;
        } else if (!base && index && scale == 1 && hint.kind == HINT_INDEX && hint.reg == index) {
            operand->no_split = true; /* [5, rax*1] */
        }
    }
    if (index && (scale < 1 || scale > 9 || scale == 6 || scale == 7 ||
                  (base && (scale & (scale - 1)) != 0)))
        return fault_at(
            parser->fault, reference->expression,
            elfgen_error_set(parser->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                             "no address multiplies a register with %d: with 1, 2, 4 and 8, and "
                             "without another register with 3, 5 and 9",
                             (int64_t)scale));
    operand->base = (uint8_t)base;
    operand->index = (uint8_t)index;
    operand->scale = (uint8_t)scale;
    return true;
}

/* Whether the other operand of mov is the accumulator, so that an address needs no ModRM. */
static bool is_beside_accumulator(const struct parser *parser)
{
    const struct elfgen_x86_instruction *instruction = &parser->result->instruction;
    const struct token *other = parser->at;
    unsigned reg = parser->count == 1 ? instruction->operands[0].reg : 0;
    if (instruction->mnemonic != ELFGEN_X86_OP_mov)
        return false;
    if (parser->count == 0 && token_is(other, ',') && token_is_word(other + 1, WORD_REGISTER))
        reg = word_of(other + 1)->number;
    return reg == ELFGEN_X86_REG_al || reg == ELFGEN_X86_REG_ax || reg == ELFGEN_X86_REG_eax ||
           reg == ELFGEN_X86_REG_rax;
}

/* An address without registers. */
static void place_plain(const struct parser *parser, const struct reference *reference,
                        struct elfgen_x86_operand *operand)
{
    const uint8_t mode = parser->names->mode;
    const unsigned prefixes = parser->result->instruction.prefixes;
    const bool is_fs_gs =
        reference->segment == ELFGEN_X86_REG_fs || reference->segment == ELFGEN_X86_REG_gs;
    const bool is_relative = mode == 64 && !reference->abs &&
                             (reference->rel || (parser->names->default_rel && !is_fs_gs));
    /* A name that is not known yet makes it absolute, as in NASM's first pass. */
    const bool is_absolute = reference->symbol == VALUE_NO_BASE;
    const unsigned size =
        prefixes & ELFGEN_X86_A16 || (mode == 32 && operand->displacement_size == 2) ? 2
        : prefixes & ELFGEN_X86_A32                                                  ? 4
                                                                                     : mode / 8u;
    const unsigned usual = size == 2 ? 2 : 4;
    const unsigned asked = operand->displacement_size ? operand->displacement_size : usual;
    operand->relative = is_relative && !is_absolute && reference->minus == VALUE_NO_BASE;
    if (is_relative && !operand->relative)
        parse_warn(parser, ELFGEN_ASSEMBLE_EA_ABSOLUTE, reference->expression,
                   "this address is absolute, and cannot be relative to rip");
    const bool has_no_modrm = asked == size && !is_relative && is_beside_accumulator(parser);
    if (!has_no_modrm &&
        (reference->byte_asked || (reference->long_asked && operand->displacement_size != usual)))
        parse_warn(parser, ELFGEN_ASSEMBLE_EA_DISPSIZE, reference->expression,
                   "the size of the displacement is ignored in an address without registers");
    /* Never mov's form without ModRM, whose displacement is as large as an address. */
    if (is_relative && operand->displacement_size != 2)
        operand->displacement_size = (uint8_t)(operand->relative ? 0 : 32 / size);
}

bool elfgen_asm_reference_end(struct parser *parser, const struct reference *reference,
                              struct elfgen_x86_operand *operand, struct value *value)
{
    operand->kind = ELFGEN_X86_MEMORY;
    operand->segment = (uint8_t)reference->segment;
    operand->value = reference->offset;
    operand->displacement_size = reference->displacement_size;
    if (!place_registers(parser, reference, operand))
        return false;
    if (reference->byte_asked && reference->long_asked && operand->displacement_size == 1 &&
        (operand->base || operand->index))
        operand->displacement_size = class_of(operand->base | operand->index) == CLASS_WORD ? 2 : 4;
    if (!operand->base && !operand->index)
        place_plain(parser, reference, operand);
    else if (reference->rel)
        parse_warn(parser, ELFGEN_ASSEMBLE_OTHER, reference->expression,
                   "an address with a register cannot be relative to rip");
    *value = (struct value){.number = reference->offset,
                            .base = reference->symbol,
                            .minus = reference->minus,
                            .kind = VALUE_NUMBER};
    if (reference->is_unknown)
        value->kind = VALUE_UNKNOWN;
    else if (reference->symbol != VALUE_NO_BASE || reference->minus != VALUE_NO_BASE)
        value->kind = VALUE_ADDRESS;
    /* The distance to an address of the same section is known. */
    operand->symbolic =
        value->kind != VALUE_NUMBER && !(operand->relative && value->kind == VALUE_ADDRESS &&
                                         value->base == parser->names->section);
    return true;
}
