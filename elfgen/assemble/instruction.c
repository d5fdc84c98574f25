/* Parses instructions: prefixes, the mnemonic, operands. */
#include "instruction.h"

#include <string.h>

#include "operand.h"

enum { OPERAND_SIZES = ELFGEN_X86_O16 | ELFGEN_X86_O32 | ELFGEN_X86_O64 };
enum { LINE_TOKENS = 256, USUAL_TOKENS = 24, LOCK_BYTE = 0xf0, REX_W = 8 };

/* Prefixes of one group exclude one another. */
static const struct {
    uint16_t bit;
    uint16_t group;
    uint8_t word;
} prefixes[] = {
    {ELFGEN_X86_LOCK, ELFGEN_X86_LOCK, PREFIX_LOCK},
    {ELFGEN_X86_REP, ELFGEN_X86_REP | ELFGEN_X86_REPNE, PREFIX_REP},
    {ELFGEN_X86_REP, ELFGEN_X86_REP | ELFGEN_X86_REPNE, PREFIX_XRELEASE},
    {ELFGEN_X86_REPNE, ELFGEN_X86_REP | ELFGEN_X86_REPNE, PREFIX_REPNE},
    {ELFGEN_X86_REPNE, ELFGEN_X86_REP | ELFGEN_X86_REPNE, PREFIX_XACQUIRE},
    {ELFGEN_X86_REPNE, ELFGEN_X86_REP | ELFGEN_X86_REPNE, PREFIX_BND},
    {ELFGEN_X86_O16, OPERAND_SIZES, PREFIX_O16},
    {ELFGEN_X86_O32, OPERAND_SIZES, PREFIX_O32},
    {ELFGEN_X86_O64, OPERAND_SIZES, PREFIX_O64},
};

static bool take_word_prefix(struct parser *parser)
{
    struct elfgen_x86_instruction *instruction = &parser->result->instruction;
    const unsigned word = word_of(parser->at)->number;
    if (word >= PREFIX_A16 && word <= PREFIX_A64)
        return elfgen_asm_ask_address_size(parser, parser->at);
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (prefixes[i].word != word)
            continue;
        if (instruction->prefixes & prefixes[i].bit)
            parse_warn(parser, ELFGEN_ASSEMBLE_OTHER, parser->at, "the prefix is there twice");
        else if (instruction->prefixes & prefixes[i].group)
            return parse_fail(parser, parser->at, ELFGEN_BAD_VALUE,
                              "the instruction has another prefix of this kind already: one of "
                              "rep, repne, xacquire, xrelease and bnd, and one of o16, o32 and "
                              "o64 may be there");
        instruction->prefixes |= prefixes[i].bit;
        if (word == PREFIX_BND)
            parser->bnd = parser->at;
        if (word == PREFIX_XACQUIRE || word == PREFIX_XRELEASE)
            parser->hle = parser->at;
        if (word == PREFIX_LOCK)
            parser->result->lock = parser->at;
        if (word == PREFIX_REPNE)
            parser->repne = parser->at;
        return true;
    }
    return parse_fail(parser, parser->at, ELFGEN_UNSUPPORTED,
                      "this assembler does not have the prefix");
}

static bool take_segment_prefix(struct parser *parser)
{
    struct elfgen_x86_instruction *instruction = &parser->result->instruction;
    const unsigned reg = word_of(parser->at)->number;
    if (instruction->segment == reg)
        parse_warn(parser, ELFGEN_ASSEMBLE_OTHER, parser->at, "the prefix is there twice");
    else if (instruction->segment)
        return parse_fail(parser, parser->at, ELFGEN_BAD_VALUE,
                          "the instruction names a segment already, and has one only");
    instruction->segment = (uint8_t)reg;
    parser->asked_segment = parser->at;
    return true;
}

static bool is_braced(const struct token *token, const char *word)
{
    const size_t length = strlen(word);
    return token_is(token, '{') && token[1].kind == TOKEN_NAME && token[1].length == length &&
           memcmp(token[1].text, word, length) == 0 && token_is(token + 2, '}');
}

static bool take_prefixes(struct parser *parser)
{
    for (;; parser->at++) {
        const struct word *word = word_of(parser->at);
        if (is_braced(parser->at, "rex")) {
            parser->result->instruction.prefixes |= ELFGEN_X86_REX;
            parser->at += 2;
        } else if (word->kind == WORD_PREFIX) {
            if (!take_word_prefix(parser))
                return false;
        } else if (word->kind == WORD_REGISTER && register_is_segment(word->number)) {
            if (!take_segment_prefix(parser))
                return false;
        } else {
            return true;
        }
    }
}

static bool take_mnemonic(struct parser *parser)
{
    char text[TOKEN_TEXT];
    const struct elfgen_x86_instruction *instruction = &parser->result->instruction;
    if (parser->at->kind == TOKEN_END && (instruction->prefixes || instruction->segment)) {
        parser->result->mnemonic = parser->at;
        return true;
    }
    const struct word *word = word_of(parser->at);
    if (word->kind == WORD_MNEMONIC) {
        parser->result->instruction.mnemonic = word->number;
        parser->result->mnemonic = parser->at++;
        return true;
    }
    elfgen_asm_token_text(parser->at, text);
    if (word->kind == WORD_FOREIGN || word->kind == WORD_FOREIGN_DIRECTIVE)
        return fault_at(parser->fault, parser->at,
                        elfgen_error_set(parser->fault->error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                                         "this assembler does not have %s, which nasm knows",
                                         text));
    if (parser->at->kind != TOKEN_NAME || word->kind != WORD_NONE)
        return fault_at(parser->fault, parser->at,
                        elfgen_error_set(parser->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                         "an instruction was expected, not %s",
                                         elfgen_asm_token_text(parser->at, text)));
    const char *near =
        parser->fault->error ? elfgen_asm_nearest(parser->at->text, parser->at->length) : NULL;
    return fault_at(parser->fault, parser->at,
                    elfgen_error_set(parser->fault->error, ELFGEN_UNDEFINED, ELFGEN_NOWHERE,
                                     near ? "there is no instruction %s; there is `%s`"
                                          : "there is no instruction %s",
                                     text, near));
}

/* Makes one operand of the selector and the offset of a far target. */
static bool join_far_target(struct parser *parser)
{
    struct operand_values *result = parser->result;
    struct elfgen_x86_operand *operands = result->instruction.operands;
    if (operands[0].kind != ELFGEN_X86_IMMEDIATE || operands[1].kind != ELFGEN_X86_IMMEDIATE)
        return parse_fail(parser, result->operands[0], ELFGEN_BAD_VALUE,
                          "before and after the colon of a far target stand numbers");
    if (result->values[0].kind == VALUE_ADDRESS)
        return parse_fail(parser, result->operands[0], ELFGEN_UNSUPPORTED,
                          "the selector of a far target is a number");
    const uint8_t size = operands[1].size ? operands[1].size : operands[0].size;
    if (size == 1 || size == 8)
        return parse_fail(parser, result->operands[0], ELFGEN_BAD_VALUE,
                          "the offset of a far target has two or four bytes");
    const uint16_t selector = (uint16_t)result->values[0].number;
    if (result->values[0].number != selector && result->values[0].number != (int16_t)selector)
        parse_warn(parser, ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, result->operands[0],
                   "the selector does not fit into 16 bits: its low ones are taken");
    operands[0] = (struct elfgen_x86_operand){.kind = ELFGEN_X86_FAR_TARGET,
                                              .size = size,
                                              .selector = selector,
                                              .symbolic = operands[1].symbolic,
                                              .value = result->values[1].number};
    operands[1] = (struct elfgen_x86_operand){.kind = ELFGEN_X86_NO_OPERAND};
    result->values[0] = result->values[1];
    result->is_open = result->is_open >> 1 & 1;
    return true;
}

/* Prefixes without an instruction, as of a line before the one that has it. */
static bool check_alone(const struct parser *parser)
{
    const struct elfgen_x86_instruction *instruction = &parser->result->instruction;
    const unsigned address = instruction->mode == 64 ? ELFGEN_X86_A16 : ELFGEN_X86_A64;
    if (parser->bnd)
        return parse_fail(parser, parser->bnd, ELFGEN_BAD_VALUE,
                          "bnd belongs to near jumps, calls and returns");
    if (instruction->prefixes & (address | ELFGEN_X86_O64 | ELFGEN_X86_REX))
        return parse_fail(parser, parser->at, ELFGEN_BAD_VALUE,
                          "this prefix needs an instruction after it");
    return true;
}

static bool take_operands(struct parser *parser)
{
    bool is_far = false;
    while (parser->at->kind != TOKEN_END) {
        if (parser->count == ELFGEN_X86_OPERANDS)
            return parse_fail(parser, parser->at, ELFGEN_BAD_VALUE,
                              "no instruction of this assembler has more than three operands");
        if (!elfgen_asm_operand(parser))
            return false;
        parser->count++;
        if (token_is(parser->at, ':')) {
            if (is_far || parser->count > 1)
                return parse_fail(parser, parser->at, ELFGEN_BAD_VALUE,
                                  "a far target has one colon, between its selector and its "
                                  "offset");
            is_far = true;
        }
        if (parser->at->kind != TOKEN_END)
            parser->at++;
    }
    if (is_far && parser->count != 2)
        return parse_fail(parser, parser->result->operands[0], ELFGEN_BAD_VALUE,
                          "after the colon of a far target stands its offset, and nothing else");
    return !is_far || join_far_target(parser);
}

/* Checks bnd, and repne where the same byte is bnd. */
static bool check_bnd(const struct parser *parser)
{
    const struct elfgen_x86_instruction *instruction = &parser->result->instruction;
    const struct elfgen_x86_operand *operand = &instruction->operands[0];
    const unsigned mnemonic = instruction->mnemonic;
    const bool is_far = operand->reach == ELFGEN_X86_FAR || operand->kind == ELFGEN_X86_FAR_TARGET;
    const bool may_be =
        mnemonic == ELFGEN_X86_OP_ret || mnemonic == ELFGEN_X86_OP_retn ||
        (mnemonic_has_target(mnemonic) && !mnemonic_is_always_short(mnemonic) && !is_far);
    const bool is_open = operand->kind == ELFGEN_X86_TARGET && !operand->strict &&
                         operand->reach == ELFGEN_X86_ANY_REACH && mnemonic != ELFGEN_X86_OP_call;
    if (parser->bnd && !may_be)
        return parse_fail(parser, parser->bnd, ELFGEN_BAD_VALUE,
                          "bnd belongs to near jumps, calls and returns");
    if (parser->bnd && mnemonic == ELFGEN_X86_OP_jmp && operand->reach == ELFGEN_X86_SHORT)
        return parse_fail(parser, parser->bnd, ELFGEN_BAD_VALUE,
                          "bnd does not stand before a short jmp");
    if (parser->bnd && mnemonic == ELFGEN_X86_OP_jmp && is_open)
        return parse_fail(parser, parser->bnd, ELFGEN_UNSUPPORTED,
                          "for this assembler bnd before jmp needs `near`");
    if (parser->repne && may_be && !is_open)
        return parse_fail(parser, parser->repne, ELFGEN_BAD_VALUE,
                          "this prefix is called bnd here");
    return true;
}

/* Checks xacquire and xrelease: they belong to lock with memory, to xchg without it, and xrelease
 * to mov. */
static void check_hle(const struct parser *parser)
{
    const struct elfgen_x86_instruction *instruction = &parser->result->instruction;
    const unsigned mnemonic = instruction->mnemonic;
    struct elfgen_x86_form form;
    bool may_lock = false;
    if (!parser->hle)
        return;
    for (unsigned i = 1; elfgen_x86_form(mnemonic, i, &form); i++)
        may_lock = may_lock || form.may_lock;
    const bool is_store = mnemonic == ELFGEN_X86_OP_mov &&
                          word_of(parser->hle)->number == PREFIX_XRELEASE &&
                          !register_is_segment(instruction->operands[1].reg);
    if (instruction->operands[0].kind != ELFGEN_X86_MEMORY || (!may_lock && !is_store))
        parse_warn(parser, ELFGEN_ASSEMBLE_PREFIX_HLE, parser->hle,
                   "this prefix means nothing before this instruction");
    else if (!(instruction->prefixes & ELFGEN_X86_LOCK) && !is_store &&
             mnemonic != ELFGEN_X86_OP_xchg)
        parse_warn(parser, ELFGEN_ASSEMBLE_PREFIX_HLE, parser->hle,
                   "this prefix means nothing without lock");
}

/* A segment that is ignored in 64-bit code. */
static void check_segment(const struct parser *parser)
{
    const struct elfgen_x86_instruction *instruction = &parser->result->instruction;
    unsigned segment = instruction->segment;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (instruction->operands[i].kind == ELFGEN_X86_MEMORY && instruction->operands[i].segment)
            segment = instruction->operands[i].segment;
    if (parser->names->mode == 64 && segment && segment != ELFGEN_X86_REG_fs &&
        segment != ELFGEN_X86_REG_gs)
        parse_warn(parser, ELFGEN_ASSEMBLE_PREFIX_SEG, parser->asked_segment,
                   "the processor ignores this segment in 64-bit code");
}

/* With xacquire and xrelease NASM does not take mov's forms that have an address and no ModRM. */
static void avoid_offset(struct elfgen_x86_instruction *instruction)
{
    struct elfgen_x86_form form;
    const unsigned reg = instruction->operands[1].reg;
    const bool is_byte = reg == ELFGEN_X86_REG_al;
    if (instruction->mnemonic != ELFGEN_X86_OP_mov ||
        instruction->operands[0].kind != ELFGEN_X86_MEMORY ||
        (!is_byte && reg != ELFGEN_X86_REG_ax && reg != ELFGEN_X86_REG_eax &&
         reg != ELFGEN_X86_REG_rax))
        return;
    for (unsigned i = 1; elfgen_x86_form(ELFGEN_X86_OP_mov, i, &form); i++)
        if (form.operands[1] && form.places[0] == ELFGEN_X86_IN_RM &&
            strcmp(form.operands[0], is_byte ? "r/m8" : "r/m") == 0 &&
            strcmp(form.operands[1], is_byte ? "r8" : "r") == 0)
            instruction->form = (uint16_t)i;
}

bool elfgen_asm_instruction(const struct names *names, const struct token *tokens,
                            struct operand_values *result, struct fault *fault)
{
    struct parser parser = {.names = names, .at = tokens, .result = result, .fault = fault};
    memset(result, 0, sizeof *result);
    result->instruction.mode = names->mode;
    result->instruction.address = (uint64_t)names->here.number;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        result->values[i].base = result->values[i].minus = VALUE_NO_BASE;
    if (!take_prefixes(&parser) || !take_mnemonic(&parser) || !take_operands(&parser) ||
        !(result->instruction.mnemonic ? check_bnd(&parser) : check_alone(&parser)))
        return false;
    check_segment(&parser);
    check_hle(&parser);
    if (parser.hle)
        avoid_offset(&result->instruction);
    return true;
}

enum elfgen_x86_status elfgen_asm_encode(const struct elfgen_x86_instruction *instruction,
                                         struct elfgen_x86_encoding *encoding)
{
    struct elfgen_x86_instruction other = *instruction;
    if (instruction->mnemonic)
        return elfgen_encode(instruction, encoding);
    /* They are those of an instruction of one byte that may have all of them but lock. */
    other.mnemonic = ELFGEN_X86_OP_movsb;
    other.prefixes &= (uint16_t)~ELFGEN_X86_LOCK;
    const enum elfgen_x86_status status = elfgen_encode(&other, encoding);
    if (status != ELFGEN_X86_OK)
        return status;
    encoding->length--;
    encoding->part_length[ELFGEN_X86_OPCODE] = 0;
    if (instruction->prefixes & ELFGEN_X86_LOCK) {
        const size_t at = other.prefixes & (ELFGEN_X86_REP | ELFGEN_X86_REPNE) ? 1 : 0;
        memmove(encoding->bytes + at + 1, encoding->bytes + at, encoding->length - at);
        encoding->bytes[at] = LOCK_BYTE;
        encoding->length++;
        encoding->part_length[ELFGEN_X86_PREFIXES]++;
    }
    return ELFGEN_X86_OK;
}

/* Whether a number besides that of the memory operand is cut. */
static bool cuts_others(const struct elfgen_x86_instruction *instruction, unsigned memory)
{
    struct elfgen_x86_instruction other = *instruction;
    struct elfgen_x86_encoding encoding;
    other.operands[memory].value = 0;
    return elfgen_encode(&other, &encoding) == ELFGEN_X86_OK && encoding.truncated;
}

/* Whether an immediate does not fit. A byte that is sign-extended counts as one of the size that
 * o16, o32 or o64 asks for. */
static bool cuts_immediate(const struct elfgen_x86_instruction *instruction,
                           const struct elfgen_x86_encoding *encoding, unsigned i)
{
    const unsigned asked = instruction->prefixes & OPERAND_SIZES;
    const bool is_wide = encoding->part_length[ELFGEN_X86_REX_PART] &&
                         (encoding->bytes[encoding->part_offset[ELFGEN_X86_REX_PART]] & REX_W);
    const unsigned bits = is_wide                   ? 64
                          : asked == ELFGEN_X86_O16 ? 16
                          : asked == ELFGEN_X86_O32 ? 32
                                                    : 64;
    const uint64_t value = (uint64_t)instruction->operands[i].value;
    const uint64_t last = UINT64_MAX >> (64 - bits);
    if (!asked || instruction->operands[i].kind != ELFGEN_X86_IMMEDIATE ||
        encoding->fields[i].length != 1 || !encoding->fields[i].is_signed)
        return encoding->truncated;
    return value > INT8_MAX && value < (uint64_t)INT8_MIN &&
           (value <= last - INT8_MAX - 1 || value > last);
}

unsigned elfgen_asm_overflow(const struct elfgen_x86_instruction *instruction,
                             const struct elfgen_x86_encoding *encoding)
{
    unsigned memory = ELFGEN_X86_OPERANDS, immediate = ELFGEN_X86_OPERANDS;
    for (unsigned i = ELFGEN_X86_OPERANDS; i-- > 0;) {
        const struct elfgen_x86_operand *operand = &instruction->operands[i];
        const unsigned bits = 8u * encoding->fields[i].length;
        if (operand->kind == ELFGEN_X86_MEMORY && !operand->symbolic)
            memory = i;
        else if ((operand->kind == ELFGEN_X86_IMMEDIATE ||
                  operand->kind == ELFGEN_X86_FAR_TARGET) &&
                 (immediate == ELFGEN_X86_OPERANDS ||
                  (bits < 64 && (operand->value < -(INT64_C(1) << bits) ||
                                 operand->value >= INT64_C(1) << bits))))
            immediate = i;
    }
    if (memory < ELFGEN_X86_OPERANDS && encoding->fields[memory].length == 1 &&
        instruction->operands[memory].value != (int8_t)instruction->operands[memory].value)
        return memory;
    if (encoding->truncated && memory < ELFGEN_X86_OPERANDS && !cuts_others(instruction, memory))
        return encoding->fields[memory].length ? memory : (unsigned)ELFGEN_X86_OPERANDS;
    return immediate < ELFGEN_X86_OPERANDS && cuts_immediate(instruction, encoding, immediate)
               ? immediate
               : (unsigned)ELFGEN_X86_OPERANDS;
}

/* Whether NASM knows no size of an instruction's 32 bits, which is no other than any. */
static bool has_no_size(unsigned mnemonic)
{
    static const uint16_t without[] = {
        ELFGEN_X86_OP_adcx,     ELFGEN_X86_OP_adox,      ELFGEN_X86_OP_cvtsd2si,
        ELFGEN_X86_OP_cvtss2si, ELFGEN_X86_OP_cvttsd2si, ELFGEN_X86_OP_cvttss2si,
        ELFGEN_X86_OP_movnti,   ELFGEN_X86_OP_rdfsbase,  ELFGEN_X86_OP_rdgsbase,
        ELFGEN_X86_OP_wrfsbase, ELFGEN_X86_OP_wrgsbase,
    };
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (without[i] == mnemonic)
            return true;
    return false;
}

bool elfgen_asm_has_other_size(const struct elfgen_x86_instruction *instruction,
                               const struct elfgen_x86_encoding *encoding)
{
    const unsigned asked = instruction->prefixes & OPERAND_SIZES;
    const unsigned mnemonic = instruction->mnemonic;
    const bool has_32 = (encoding->operand_size == 4 && !has_no_size(mnemonic)) ||
                        mnemonic == ELFGEN_X86_OP_popfq ||
                        mnemonic == ELFGEN_X86_OP_pushfq; /* in NASM's table */
    const struct elfgen_x86_operand *operand = &instruction->operands[0];
    const bool is_far = operand->kind == ELFGEN_X86_FAR_TARGET || operand->reach == ELFGEN_X86_FAR;
    return asked && (!is_far || operand->size) &&
           ((encoding->operand_size == 2 && asked != ELFGEN_X86_O16) ||
            (has_32 && asked != ELFGEN_X86_O32));
}

bool elfgen_asm_is_not_lockable(const struct elfgen_x86_instruction *instruction,
                                const struct elfgen_x86_encoding *encoding)
{
    struct elfgen_x86_form form;
    return (instruction->prefixes & ELFGEN_X86_LOCK) &&
           !(instruction->operands[0].kind == ELFGEN_X86_MEMORY &&
             elfgen_x86_form(instruction->mnemonic, encoding->form, &form) && form.may_lock);
}

/* One instruction knows no names. */
static bool knows_no_name(void *context, const struct token *name, struct value *value,
                          struct fault *fault)
{
    char text[TOKEN_TEXT];
    (void)context;
    (void)value;
    if (elfgen_asm_is_rip(name))
        return fault_at(fault, name,
                        elfgen_error_set(fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                         "%s is no register of NASM's: `[rel $+16]` is an address "
                                         "that is stored relative to it",
                                         elfgen_asm_token_text(name, text)));
    return fault_at(fault, name,
                    elfgen_error_set(fault->error, ELFGEN_UNDEFINED, ELFGEN_NOWHERE,
                                     "%s is not defined: one instruction has no labels but $",
                                     elfgen_asm_token_text(name, text)));
}

/* What is asked of one instruction. */
struct question {
    const char *text;
    size_t length;
    uint8_t mode;
    struct elfgen_x86_instruction *instruction;
    uint32_t *places; /* NULL: not wanted */
    struct elfgen_error *error;
};

/* Reads the instruction from the tokens of its line. */
static enum elfgen_status read_tokens(const struct question *question, const struct token *tokens)
{
    struct operand_values values;
    const struct value zero = {.base = 0, .minus = VALUE_NO_BASE, .kind = VALUE_ADDRESS};
    const struct names names = {
        .look_up = knows_no_name, .here = zero, .section_start = zero, .mode = question->mode};
    struct fault fault = {.token = tokens, .error = question->error};
    bool is_read = elfgen_asm_instruction(&names, tokens, &values, &fault);
    for (const struct token *token = tokens; is_read && token->kind != TOKEN_END; token++)
        if (token->overflow)
            is_read = fault_at(&fault, token,
                               elfgen_error_set(fault.error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                                                "the number does not fit into 64 bits"));
    if (is_read && !values.instruction.mnemonic)
        is_read = fault_at(&fault, values.mnemonic,
                           elfgen_error_set(fault.error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                            "an instruction was expected after its prefixes"));
    for (unsigned i = 0; question->places && i <= ELFGEN_X86_OPERANDS; i++) {
        const struct token *token = i == 0 ? values.mnemonic : values.operands[i - 1];
        if (token)
            question->places[i] = (uint32_t)(token->place - question->text);
    }
    if (!is_read) {
        elfgen_asm_hint_of_comment(&fault);
        fault.error->offset = (uint64_t)(fault.token->place - question->text);
        return fault.error->status;
    }
    *question->instruction = values.instruction;
    return ELFGEN_OK;
}

/* Rare calls have room of their own, so that the others touch few pages of the stack. */
static __attribute__((noinline)) enum elfgen_status read_long(const struct question *question)
{
    struct token tokens[LINE_TOKENS];
    const char *at = question->text;
    size_t count;
    if (elfgen_asm_lex_line(&at, at + question->length, tokens, LINE_TOKENS, &count) != LEX_LINE)
        return elfgen_error_set(question->error, ELFGEN_UNSUPPORTED, 0,
                                "an instruction is one line of at most %u words and signs",
                                (uint64_t)LINE_TOKENS - 1);
    return read_tokens(question, tokens);
}

static enum elfgen_status read_short(const struct question *question)
{
    struct token tokens[USUAL_TOKENS];
    const char *at = question->text;
    size_t count;
    if (elfgen_asm_lex_line(&at, at + question->length, tokens, USUAL_TOKENS, &count) != LEX_LINE)
        return read_long(question);
    return read_tokens(question, tokens);
}

static __attribute__((noinline)) enum elfgen_status read_quietly(struct question question)
{
    struct elfgen_error unwanted;
    question.error = &unwanted;
    return read_short(&question);
}

enum elfgen_status elfgen_assemble_instruction(const char *text, size_t length, uint8_t mode,
                                               struct elfgen_x86_instruction *instruction,
                                               uint32_t places[1 + ELFGEN_X86_OPERANDS],
                                               struct elfgen_error *error)
{
    const struct question question = {text, length, mode, instruction, places, error};
    if ((mode != 64 && mode != 32) || (!text && length) || !instruction || length > UINT32_MAX)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "code has 64 or 32 bits, and the text less than 4 GB");
    for (unsigned i = 0; places && i <= ELFGEN_X86_OPERANDS; i++)
        places[i] = (uint32_t)length;
    return error ? read_short(&question) : read_quietly(question);
}
