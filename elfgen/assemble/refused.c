/* Says why an instruction does not exist, and which ones do. */
#include <string.h>

#include "instruction.h"

enum { FORMS_TEXT = 400, REST = 80 };
enum { CLASS_BYTE = 1, CLASS_WORD, CLASS_DWORD, CLASS_QWORD, CLASS_HIGH, CLASS_SEGMENT };
enum { CLASS_CONTROL = 7, CLASS_DEBUG, CLASS_XMM };
enum { STACK_POINTER = 4 };

/* What is refused, and where its error goes. */
struct refusal {
    const struct operand_values *values;
    const struct elfgen_x86_instruction *instruction;
    unsigned blame; /* an operand; ELFGEN_X86_OPERANDS: none */
    struct fault *fault;
    const struct token *token; /* of that operand, or the mnemonic */
};

static bool say(const struct refusal *refusal, enum elfgen_status status)
{
    return fault_at(refusal->fault, refusal->token, status);
}

static bool starts_with(const char *text, const char *start)
{
    return strlen(text) >= strlen(start) && memcmp(text, start, strlen(start)) == 0;
}

/* Whether an operand is of the kind that a form's text names, whatever its size. */
static bool is_of_kind(const char *text, const struct elfgen_x86_operand *operand)
{
    const unsigned class_ = operand->reg >> 4;
    switch (operand->kind) {
    case ELFGEN_X86_REGISTER_OPERAND:
        if (class_ == CLASS_SEGMENT)
            return starts_with(text, "segment") ||
                   strcmp(text, elfgen_x86_register_name(operand->reg)) == 0;
        if (class_ == CLASS_CONTROL || class_ == CLASS_DEBUG)
            return starts_with(text, class_ == CLASS_CONTROL ? "control" : "debug");
        if (class_ == CLASS_XMM)
            return starts_with(text, "xmm");
        return text[0] == 'r' && !starts_with(text, "rel");
    case ELFGEN_X86_MEMORY:
        return text[0] == 'm' || strstr(text, "/m") != NULL;
    case ELFGEN_X86_IMMEDIATE:
        return starts_with(text, "imm") || starts_with(text, "1");
    case ELFGEN_X86_TARGET:
        return starts_with(text, "rel");
    default:
        return starts_with(text, "ptr");
    }
}

/* How well a form goes with the operands: the worst ones are listed only if there are no others. */
static unsigned fitness(const struct refusal *refusal, const struct elfgen_x86_form *form)
{
    unsigned count = 0, given = 0;
    bool all_fit = true;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const struct elfgen_x86_operand *operand = &refusal->instruction->operands[i];
        count += form->operands[i] != NULL;
        given += operand->kind != ELFGEN_X86_NO_OPERAND;
        if (form->operands[i] && operand->kind != ELFGEN_X86_NO_OPERAND && i != refusal->blame)
            all_fit = all_fit && is_of_kind(form->operands[i], operand);
    }
    return count == given ? 1 + all_fit : 0;
}

/* Whether a form is a shorter encoding of another one, or has registers that are rarely meant. */
static bool is_special(const struct elfgen_x86_form *form)
{
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && form->operands[i]; i++)
        if (starts_with(form->operands[i], "moffs") || strstr(form->operands[i], "extended") ||
            strcmp(form->operands[i], "1") == 0 || strcmp(form->operands[i], "al") == 0 ||
            strstr(form->operands[i], " or ") || strstr(form->operands[i], " register"))
            return true;
    return false;
}

/* Whether a form of this mode is to be listed. */
static bool is_listed(const struct refusal *refusal, unsigned number, unsigned least,
                      bool with_special, struct elfgen_x86_form *form)
{
    struct elfgen_x86_form other;
    const unsigned mnemonic = refusal->instruction->mnemonic;
    if (!elfgen_x86_form(mnemonic, number, form) ||
        !(refusal->instruction->mode == 64 ? form->in_64 : form->in_32) ||
        fitness(refusal, form) < least || (!with_special && is_special(form)))
        return false;
    for (unsigned i = 1; i < number; i++)
        if (elfgen_x86_form(mnemonic, i, &other) &&
            memcmp(other.operands, form->operands, sizeof other.operands) == 0)
            return false;
    return true;
}

static void put_form(struct elfgen_text *text, const struct elfgen_x86_form *form)
{
    if (!form->operands[0])
        elfgen_text_string(text, "no operands");
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && form->operands[i]; i++) {
        elfgen_text_string(text, i ? ", " : "`");
        elfgen_text_string(text, form->operands[i]);
    }
    elfgen_text_string(text, form->operands[0] ? "`" : "");
}

/* Lists the forms that go best with the operands. Returns whether they have as many. */
static bool put_forms(const struct refusal *refusal, char bytes[FORMS_TEXT + 1])
{
    struct elfgen_text text = {.bytes = bytes, .capacity = FORMS_TEXT};
    struct elfgen_x86_form form;
    const unsigned mnemonic = refusal->instruction->mnemonic;
    unsigned step = 0;
    for (; text.length == 0 && step < 6; step++)
        for (unsigned i = 1; elfgen_x86_form(mnemonic, i, &form); i++) {
            if (!is_listed(refusal, i, 2 - step / 2, step & 1, &form))
                continue;
            if (text.length > FORMS_TEXT - REST) {
                elfgen_text_string(&text, " and others");
                break;
            }
            elfgen_text_string(&text, text.length ? "; " : "");
            put_form(&text, &form);
        }
    bytes[text.length] = '\0';
    return step <= 4;
}

static bool no_form(const struct refusal *refusal)
{
    static const char *const places[] = {"first", "second", "third"};
    static const char *const kinds[] = {"", "", "memory", "a number", "a target", "a far target"};
    char text[TOKEN_TEXT];
    char forms[FORMS_TEXT + 1];
    const struct elfgen_x86_operand *operands = refusal->instruction->operands;
    const char *name = elfgen_x86_mnemonic_name(refusal->instruction->mnemonic);
    unsigned memories = 0, count = 0;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        memories += operands[i].kind == ELFGEN_X86_MEMORY;
        count += operands[i].kind != ELFGEN_X86_NO_OPERAND;
    }
    const bool has_as_many = put_forms(refusal, forms);
    if (memories > 1)
        return say(refusal,
                   elfgen_error_set(refusal->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                    "an instruction has one memory operand: %s takes the other "
                                    "one in a register",
                                    name));
    if (refusal->blame < count && has_as_many)
        return say(refusal,
                   elfgen_error_set(refusal->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                    "the %s operand of %s cannot be %s here: there is %s",
                                    places[refusal->blame], name,
                                    operands[refusal->blame].kind == ELFGEN_X86_REGISTER_OPERAND
                                        ? elfgen_asm_token_text(refusal->token, text)
                                        : kinds[operands[refusal->blame].kind],
                                    forms));
    return say(refusal,
               elfgen_error_set(refusal->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                "%s does not have these operands: it has %s", name, forms));
}

/* The bits of a register, or of memory whose size was said; 0: not known. */
static unsigned bits_of(const struct elfgen_x86_operand *operand)
{
    return 8u * (operand->kind == ELFGEN_X86_REGISTER_OPERAND
                     ? elfgen_x86_register_size(operand->reg)
                     : operand->size);
}

/* Lists the sizes that the only operand may have instead. */
static void put_sizes(const struct refusal *refusal, char bytes[REST + 1])
{
    struct elfgen_text text = {.bytes = bytes, .capacity = REST};
    struct elfgen_x86_instruction other = *refusal->instruction;
    struct elfgen_x86_operand *operand = &other.operands[0];
    struct elfgen_x86_encoding encoding;
    for (unsigned i = 0; i < 4; i++) {
        operand->size = (uint8_t)(1u << i);
        if (operand->kind == ELFGEN_X86_REGISTER_OPERAND)
            operand->reg = (uint8_t)((CLASS_BYTE + i) << 4 | (operand->reg & 15));
        if (elfgen_encode(&other, &encoding) != ELFGEN_X86_OK)
            continue;
        elfgen_text_string(&text, text.length ? " and " : "");
        elfgen_text_decimal(&text, 8u << i, 0);
    }
    bytes[text.length] = '\0';
}

static bool size_mismatch(const struct refusal *refusal)
{
    const struct elfgen_x86_operand *operands = refusal->instruction->operands;
    const char *name = elfgen_x86_mnemonic_name(refusal->instruction->mnemonic);
    const unsigned first = bits_of(&operands[0]), second = bits_of(&operands[1]);
    char text[FORMS_TEXT + 1];
    if (operands[1].kind == ELFGEN_X86_NO_OPERAND) {
        put_sizes(refusal, text);
        return say(refusal, elfgen_error_set(
                                refusal->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                "%u-bit code has no %s of %u bits: it has %s",
                                (uint64_t)refusal->instruction->mode, name, (uint64_t)first, text));
    }
    if (first && second && first != second && operands[1].kind != ELFGEN_X86_IMMEDIATE)
        return say(refusal,
                   elfgen_error_set(refusal->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                    "the sizes of the operands do not go together: the first one "
                                    "has %u bits, the second one %u",
                                    (uint64_t)first, (uint64_t)second));
    put_forms(refusal, text);
    return say(refusal, elfgen_error_set(refusal->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                         "the sizes of the operands do not go together: %s has %s",
                                         name, text));
}

/* What is wrong with the registers of an address. */
static bool no_address(const struct refusal *refusal)
{
    const struct elfgen_x86_operand *operand =
        &refusal->instruction->operands[refusal->blame % ELFGEN_X86_OPERANDS];
    const unsigned base = operand->base, index = operand->index;
    const unsigned one = base ? base : index;
    struct elfgen_error *error = refusal->fault->error;
    const unsigned class_ = one >> 4;
    if (one && (class_ == CLASS_BYTE || class_ == CLASS_HIGH))
        return say(refusal, elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                             "%s cannot be in an address: registers as large as an "
                                             "address can",
                                             elfgen_x86_register_name(one)));
    if (base && index && base >> 4 != index >> 4)
        return say(refusal,
                   elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                    "%s has %u bits and %s %u: the registers of an address have "
                                    "the same size",
                                    elfgen_x86_register_name(base),
                                    (uint64_t)8 * elfgen_x86_register_size(base),
                                    elfgen_x86_register_name(index),
                                    (uint64_t)8 * elfgen_x86_register_size(index)));
    if (class_ == CLASS_WORD)
        return say(refusal, elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                             "an address of 16 bits has bx or bp, si or di, and a "
                                             "displacement of one or two bytes"));
    if (index && (index & 15) == STACK_POINTER)
        return say(refusal, elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                             "%s cannot be multiplied in an address, nor be there "
                                             "twice",
                                             elfgen_x86_register_name(index)));
    return say(refusal, elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                         "no address has these sizes: the displacement has one or "
                                         "four bytes, and the registers, a16, a32 and a64 agree"));
}

static bool out_of_reach(const struct refusal *refusal)
{
    const struct elfgen_x86_operand *operand =
        &refusal->instruction->operands[refusal->blame % ELFGEN_X86_OPERANDS];
    const int64_t distance = (int64_t)((uint64_t)operand->value - refusal->instruction->address);
    return say(refusal,
               elfgen_error_set(refusal->fault->error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                                "the target is out of reach: it is %d bytes away, and a short jump "
                                "goes 127 bytes from its end, or 128 back",
                                distance));
}

bool elfgen_asm_refused(const struct operand_values *values, enum elfgen_x86_status status,
                        const struct elfgen_x86_encoding *encoding, struct fault *fault)
{
    struct refusal refusal = {.values = values,
                              .instruction = &values->instruction,
                              .blame = ELFGEN_X86_OPERANDS,
                              .fault = fault,
                              .token = values->mnemonic};
    char text[TOKEN_TEXT];
    if (encoding->blame < ELFGEN_X86_OPERANDS && values->operands[encoding->blame]) {
        refusal.blame = encoding->blame;
        refusal.token = values->operands[encoding->blame];
    }
    const char *word = elfgen_asm_token_text(refusal.token, text);
    switch (status) {
    case ELFGEN_X86_NO_FORM:
        return no_form(&refusal);
    case ELFGEN_X86_SIZE_MISMATCH:
        return size_mismatch(&refusal);
    case ELFGEN_X86_SIZE_UNKNOWN:
        return say(&refusal, elfgen_error_set(fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                              "%s: byte, word, dword or qword before it says so",
                                              elfgen_x86_status_text(status)));
    case ELFGEN_X86_OTHER_MODE:
        return say(&refusal, elfgen_error_set(fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                              token_is(refusal.token, '[')
                                                  ? "%u-bit code does not have this address"
                                                  : "%u-bit code does not have %s",
                                              (uint64_t)values->instruction.mode, word));
    case ELFGEN_X86_NO_ADDRESS:
        return no_address(&refusal);
    case ELFGEN_X86_OUT_OF_REACH:
        return out_of_reach(&refusal);
    default:
        return say(
            &refusal,
            elfgen_error_set(fault->error,
                             status == ELFGEN_X86_NO_FIT ? ELFGEN_DOES_NOT_FIT : ELFGEN_BAD_VALUE,
                             ELFGEN_NOWHERE, "%s", elfgen_x86_status_text(status)));
    }
}
