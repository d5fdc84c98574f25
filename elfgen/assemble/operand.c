/* Parses operands: registers, numbers, targets, and what stands in brackets. */
#include "operand.h"

#include "address.h"

/* What stands before an operand. */
struct qualifiers {
    uint8_t size; /* the first one that was said; 0: none */
    bool has_size, strict, is_far, is_near, is_short;
};

/* Takes `strict`, `dword`, `far` and their like. */
static bool take_qualifiers(struct parser *parser, struct qualifiers *qualifiers)
{
    *qualifiers = (struct qualifiers){0};
    for (;; parser->at++) {
        const struct word *word = word_of(parser->at);
        unsigned size = word->kind == WORD_SIZE ? word->number : 0;
        if (word->kind != WORD_SIZE && word->kind != WORD_SPECIAL)
            return true;
        if (word->kind == WORD_SPECIAL) {
            switch (word->number) {
            case SPECIAL_LONG:
                size = 4;
                break;
            case SPECIAL_STRICT:
                qualifiers->strict = true;
                break;
            case SPECIAL_FAR:
                qualifiers->is_far = true;
                break;
            case SPECIAL_NEAR:
                qualifiers->is_near = true;
                break;
            case SPECIAL_SHORT:
                qualifiers->is_short = true;
                break;
            case SPECIAL_TO:
                return parse_fail(parser, parser->at, ELFGEN_UNSUPPORTED,
                                  "`to` belongs to instructions of the x87, which this assembler "
                                  "does not have");
            default:
                return parse_fail(parser, parser->at, ELFGEN_BAD_VALUE,
                                  "rel, abs and nosplit belong into the brackets of an address");
            }
        }
        if (size == 10)
            return parse_fail(parser, parser->at, ELFGEN_UNSUPPORTED,
                              "operands of ten bytes are the x87's, which this assembler does not "
                              "have");
        if (size && !qualifiers->has_size) {
            qualifiers->size = (uint8_t)size;
            qualifiers->has_size = true;
        }
    }
}

static bool expected(const struct parser *parser, const char *what)
{
    char text[TOKEN_TEXT];
    return fault_at(parser->fault, parser->at,
                    elfgen_error_set(parser->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                     "%s was expected, not %s", what,
                                     elfgen_asm_token_text(parser->at, text)));
}

/* A segment register before the colon of an address. */
static bool take_segment(struct parser *parser, struct reference *reference, struct sum sum,
                         const struct token *token)
{
    const unsigned reg =
        sum.count == 1 && sum.terms->factor == 1 && term_is_register(sum.terms->type)
            ? register_of_term(sum.terms->type)
            : 0;
    if (!register_is_segment(reg))
        return parse_fail(parser, token, ELFGEN_BAD_VALUE,
                          "before the colon of an address stands a segment register");
    if (parser->asked_segment)
        return parse_fail(parser, token, ELFGEN_BAD_VALUE,
                          "the instruction names a segment already, and has one only");
    parser->asked_segment = token;
    reference->segment = reg;
    parser->at++;
    return true;
}

/* Takes the words before an expression, and the bracket of fs:[5]. */
static bool take_reference_words(struct parser *parser, struct reference *reference,
                                 bool *has_bracket)
{
    for (;; parser->at++) {
        const struct word *word = word_of(parser->at);
        if (token_is(parser->at, '[')) {
            if (*has_bracket)
                return parse_fail(parser, parser->at, ELFGEN_BAD_VALUE,
                                  "brackets do not stand in brackets: parentheses do");
            *has_bracket = true;
        } else if (word->kind != WORD_SIZE && word->kind != WORD_SPECIAL &&
                   word->kind != WORD_PREFIX) {
            return true;
        } else if (!elfgen_asm_reference_word(parser, reference, parser->at)) {
            return false;
        }
    }
}

/* An address from its first expression on: segment:expression, base, index. */
static bool take_reference(struct parser *parser, struct reference *reference, bool has_bracket)
{
    struct term terms[SUM_TERMS];
    struct sum sum = {terms, 0};
    bool has_segment = reference->segment != 0;
    for (;;) {
        if (!take_reference_words(parser, reference, &has_bracket))
            return false;
        reference->expression = parser->at;
        if (!elfgen_asm_sum(parser->names, &parser->at, &sum, &reference->hint, parser->fault))
            return false;
        if (!token_is(parser->at, ':'))
            break;
        if (has_segment)
            return expected(parser, "the end of the address");
        if (!take_segment(parser, reference, sum, reference->expression))
            return false;
        has_segment = true;
    }
    if (!elfgen_asm_reference_add(parser, reference, sum))
        return false;
    if (has_bracket && token_is(parser->at, ',')) {
        struct hint hint;
        reference->expression = ++parser->at;
        if (!elfgen_asm_sum(parser->names, &parser->at, &sum, &hint, parser->fault) ||
            !elfgen_asm_reference_index(parser, reference, sum))
            return false;
    }
    if (!has_bracket)
        return true;
    if (!token_is(parser->at, ']'))
        return expected(parser, "`]`");
    parser->at++;
    return true;
}

/* Ends an address, and makes its operand. */
static bool end_reference(struct parser *parser, const struct reference *reference,
                          const struct qualifiers *qualifiers)
{
    const unsigned i = parser->count;
    struct elfgen_x86_operand *operand = &parser->result->instruction.operands[i];
    struct value *value = &parser->result->values[i];
    if (parser->at->kind != TOKEN_END && !token_is(parser->at, ','))
        return expected(parser, "a comma or the end of the instruction");
    const bool may_be_far = mnemonic_has_far_target(parser->result->instruction.mnemonic);
    if (qualifiers->is_short || ((qualifiers->is_far || qualifiers->is_near) && !may_be_far))
        return parse_fail(parser, reference->first, ELFGEN_BAD_VALUE,
                          "memory is far or near as the operand of jmp and call, and never short");
    operand->size = qualifiers->size;
    if (may_be_far)
        operand->reach = qualifiers->is_far    ? ELFGEN_X86_FAR
                         : qualifiers->is_near ? ELFGEN_X86_NEAR
                                               : ELFGEN_X86_ANY_REACH;
    if (!elfgen_asm_reference_end(parser, reference, operand, value))
        return false;
    parser->result->is_open |= (uint8_t)((value->kind != VALUE_NUMBER) << i);
    return true;
}

/* The bytes that NASM knows a register to have. */
static uint8_t register_size(unsigned reg)
{
    if (register_is_segment(reg))
        return 2;
    return reg >= ELFGEN_X86_REG_cr0 && reg <= ELFGEN_X86_REG_dr7 ? 4
                                                                  : elfgen_x86_register_size(reg);
}

/* A register, alone. */
static bool end_register(struct parser *parser, const struct token *first, struct sum sum,
                         const struct qualifiers *qualifiers)
{
    struct elfgen_x86_operand *operand = &parser->result->instruction.operands[parser->count];
    bool is_alone = term_is_register(sum.terms->type) && sum.terms->factor == 1;
    for (unsigned i = 1; i < sum.count; i++)
        is_alone = is_alone && sum.terms[i].factor == 0;
    if (!is_alone)
        return parse_fail(parser, first, ELFGEN_BAD_VALUE,
                          "a register stands alone as an operand: calculations with it belong "
                          "into the brackets of an address");
    operand->kind = ELFGEN_X86_REGISTER_OPERAND;
    operand->reg = (uint8_t)register_of_term(sum.terms->type);
    const uint8_t size = register_size(operand->reg);
    const bool has_reach = qualifiers->is_short || qualifiers->is_near || qualifiers->is_far;
    if (size && (has_reach || (qualifiers->size && qualifiers->size != size)))
        parse_warn(parser, ELFGEN_ASSEMBLE_REGSIZE, first,
                   "the register has another size, which it keeps");
    return true;
}

/* Whether a jump or a call has what was said of its target. `near` is what a size says, too. */
static bool check_target(struct parser *parser, const struct token *first,
                         struct qualifiers *qualifiers)
{
    const unsigned mnemonic = parser->result->instruction.mnemonic;
    const bool may_have_size = mnemonic_has_far_target(mnemonic);
    if (qualifiers->is_short && qualifiers->is_near)
        return parse_fail(parser, first, ELFGEN_BAD_VALUE,
                          "a target is short or near, but not both");
    if (mnemonic_is_always_short(mnemonic) && (qualifiers->is_short || qualifiers->is_near))
        return parse_fail(parser, first, ELFGEN_BAD_VALUE,
                          "this jump is short always, which is not said");
    if (mnemonic == ELFGEN_X86_OP_call && qualifiers->is_short)
        return parse_fail(parser, first, ELFGEN_BAD_VALUE, "a call is near: none is short");
    if (may_have_size && parser->names->mode == 32 && qualifiers->size == 2)
        return parse_fail(parser, first, ELFGEN_UNSUPPORTED,
                          "this assembler has no targets of 16 bits");
    if (qualifiers->size &&
        (!may_have_size || qualifiers->size * 8 != parser->names->mode || qualifiers->is_short))
        return parse_fail(parser, first, ELFGEN_BAD_VALUE,
                          "a target has no such size: `short` and `near` say how far the jump is");
    qualifiers->is_near |= qualifiers->size != 0;
    return true;
}

/* Where a jump or a call goes. */
static void end_target(struct parser *parser, struct elfgen_x86_operand *operand,
                       const struct value *value, const struct qualifiers *qualifiers)
{
    const bool is_here = value->kind == VALUE_ADDRESS && value->base == parser->names->section &&
                         value->minus == VALUE_NO_BASE;
    operand->kind = ELFGEN_X86_TARGET;
    operand->reach = qualifiers->is_short  ? ELFGEN_X86_SHORT
                     : qualifiers->is_near ? ELFGEN_X86_NEAR
                                           : ELFGEN_X86_ANY_REACH;
    operand->strict = qualifiers->strict;
    operand->value = value->number;
    if (value->kind == VALUE_UNKNOWN)
        operand->value = parser->names->here.number;
    else if (!is_here)
        operand->strict = true;
    operand->symbolic = value->kind == VALUE_ADDRESS && !is_here;
}

static bool end_number(struct parser *parser, const struct token *first, struct sum sum,
                       struct qualifiers *qualifiers)
{
    const unsigned i = parser->count;
    struct elfgen_x86_operand *operand = &parser->result->instruction.operands[i];
    struct value *value = &parser->result->values[i];
    elfgen_asm_sum_value(parser->names, sum, value);
    if (value->kind == VALUE_OTHER)
        return parse_fail(parser, first, ELFGEN_BAD_VALUE,
                          "no relocation can make this number: it may add one address, and "
                          "subtract one of this section");
    if (value->kind != VALUE_NUMBER)
        parser->result->is_open |= (uint8_t)(1u << i);
    if (qualifiers->size == 16)
        return parse_fail(parser, first, ELFGEN_BAD_VALUE, "numbers have at most eight bytes");
    if (i == 0 && mnemonic_has_target(parser->result->instruction.mnemonic) &&
        !token_is(parser->at, ':')) {
        if (!check_target(parser, first, qualifiers))
            return false;
        end_target(parser, operand, value, qualifiers);
        return true;
    }
    if (qualifiers->is_short || qualifiers->is_near)
        return parse_fail(parser, first, ELFGEN_BAD_VALUE,
                          "`short` and `near` belong to the targets of jumps and calls");
    operand->size = qualifiers->size;
    operand->kind = ELFGEN_X86_IMMEDIATE;
    operand->strict = qualifiers->strict;
    operand->value = value->kind == VALUE_UNKNOWN ? 1 : value->number;
    operand->symbolic = value->kind == VALUE_ADDRESS;
    return true;
}

static bool has_register(struct sum sum)
{
    for (unsigned i = 0; i < sum.count; i++)
        if (term_is_register(sum.terms[i].type) && sum.terms[i].factor)
            return true;
    return false;
}

/* An operand that does not begin with a bracket. */
static bool plain_operand(struct parser *parser, struct qualifiers *qualifiers)
{
    struct term terms[SUM_TERMS];
    struct sum sum = {terms, 0};
    struct reference reference;
    const struct token *first = parser->at;
    const bool may_be_far = mnemonic_has_far_target(parser->result->instruction.mnemonic);
    reference_begin(&reference, first);
    if (!elfgen_asm_sum(parser->names, &parser->at, &sum, &reference.hint, parser->fault))
        return false;
    if (token_is(parser->at, '[')) { /* displacement[registers] */
        parser->at++;
        return elfgen_asm_reference_add(parser, &reference, sum) &&
               take_reference(parser, &reference, true) &&
               end_reference(parser, &reference, qualifiers);
    }
    if (token_is(parser->at, ':') && !may_be_far) /* fs:5, which NASM takes for [fs:5] */
        return take_segment(parser, &reference, sum, first) &&
               take_reference(parser, &reference, false) &&
               end_reference(parser, &reference, qualifiers);
    if (parser->at->kind != TOKEN_END && !token_is(parser->at, ',') && !token_is(parser->at, ':'))
        return expected(parser, "a comma, an operator or the end of the instruction");
    if (qualifiers->is_far && !may_be_far)
        return parse_fail(parser, first, ELFGEN_BAD_VALUE,
                          "`far` belongs to the operands of jmp and call");
    if (parser->result->instruction.mnemonic == ELFGEN_X86_OP_lea && parser->count == 1 &&
        !has_register(sum)) /* lea rax, 5, which NASM takes for [5] */
        return elfgen_asm_reference_add(parser, &reference, sum) &&
               end_reference(parser, &reference, qualifiers);
    if (!elfgen_asm_sum_is_unknown(sum) && has_register(sum))
        return end_register(parser, first, sum, qualifiers);
    if (qualifiers->is_far)
        return parse_fail(parser, first, ELFGEN_UNSUPPORTED,
                          "a far target is a selector, a colon and an offset, without `far`, or "
                          "memory that has them: far [rax]");
    return end_number(parser, first, sum, qualifiers);
}

bool elfgen_asm_operand(struct parser *parser)
{
    struct qualifiers qualifiers;
    struct reference reference;
    parser->result->operands[parser->count] = parser->at;
    if (!take_qualifiers(parser, &qualifiers))
        return false;
    const bool has_bracket = token_is(parser->at, '[');
    if (!has_bracket && !token_is(parser->at, '&'))
        return plain_operand(parser, &qualifiers);
    reference_begin(&reference, parser->at++);
    return take_reference(parser, &reference, has_bracket) &&
           end_reference(parser, &reference, &qualifiers);
}
