/* Says why an instruction does not exist, and which ones do. */
#include <string.h>

#include "instruction.h"

enum { LONGEST_WORD = 16, FORMS_TEXT = 400 };

/* How many letters must be changed, added, left out or exchanged; more than `most`: most + 1. */
static unsigned distance(const char *word, size_t length, const char *other, unsigned most)
{
    const size_t other_length = strlen(other);
    unsigned rows[3][LONGEST_WORD + 1];
    if (length > LONGEST_WORD || other_length > LONGEST_WORD ||
        (length > other_length ? length - other_length : other_length - length) > most)
        return most + 1;
    for (unsigned k = 0; k <= other_length; k++)
        rows[0][k] = k;
    for (unsigned i = 1; i <= length; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *over = rows[(i + 1) % 3];
        const char letter = (char)(word[i - 1] | 0x20);
        row[0] = i;
        for (unsigned k = 1; k <= other_length; k++) {
            unsigned best = above[k - 1] + (letter != other[k - 1]);
            best = above[k] + 1 < best ? above[k] + 1 : best;
            best = row[k - 1] + 1 < best ? row[k - 1] + 1 : best;
            if (i > 1 && k > 1 && letter == other[k - 2] && (word[i - 2] | 0x20) == other[k - 1] &&
                over[k - 2] + 1 < best)
                best = over[k - 2] + 1;
            row[k] = best;
        }
    }
    const unsigned result = rows[length % 3][other_length];
    return result > most ? most + 1 : result;
}

const char *elfgen_asm_nearest(const char *word, size_t length)
{
    const char *nearest = NULL;
    unsigned best = length < 4 ? 2 : 3;
    for (unsigned i = 1; i < ELFGEN_X86_MNEMONICS; i++) {
        const char *name = elfgen_x86_mnemonic_name(i);
        const unsigned found = distance(word, length, name, best - 1);
        if (found < best) {
            best = found;
            nearest = name;
        }
    }
    return nearest;
}

/* Appends the operands of a form, with the sizes that they can have in this mode. */
static void put_form(struct elfgen_text *text, const struct elfgen_x86_form *form)
{
    if (!form->operands[0])
        elfgen_text_string(text, "without operands");
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && form->operands[i]; i++) {
        elfgen_text_string(text, i ? ", " : "`");
        elfgen_text_string(text, form->operands[i]);
    }
    elfgen_text_string(text, form->operands[0] ? "`" : "");
}

static bool is_same_form(const struct elfgen_x86_form *a, const struct elfgen_x86_form *b)
{
    return memcmp(a->operands, b->operands, sizeof a->operands) == 0;
}

/* Whether a form before this one reads the same. */
static bool is_repeated(unsigned mnemonic, unsigned number, const struct elfgen_x86_form *form)
{
    struct elfgen_x86_form other;
    for (unsigned i = 1; i < number; i++)
        if (elfgen_x86_form(mnemonic, i, &other) && is_same_form(&other, form))
            return true;
    return false;
}

/* Lists the forms of a mnemonic that code of this mode has. */
static void put_forms(struct elfgen_text *text, const struct elfgen_x86_instruction *instruction)
{
    struct elfgen_x86_form form;
    bool is_first = true;
    for (unsigned i = 1; elfgen_x86_form(instruction->mnemonic, i, &form); i++) {
        if (!(instruction->mode == 64 ? form.in_64 : form.in_32) ||
            is_repeated(instruction->mnemonic, i, &form))
            continue;
        if (text->length > FORMS_TEXT - 80) {
            elfgen_text_string(text, " and others");
            return;
        }
        elfgen_text_string(text, is_first ? "" : "; ");
        put_form(text, &form);
        is_first = false;
    }
}

bool elfgen_asm_refused(const struct operand_values *values, enum elfgen_x86_status status,
                        const struct elfgen_x86_encoding *encoding, struct fault *fault)
{
    const struct elfgen_x86_instruction *instruction = &values->instruction;
    const char *name = elfgen_x86_mnemonic_name(instruction->mnemonic);
    const struct token *blamed =
        encoding->blame < ELFGEN_X86_OPERANDS ? values->operands[encoding->blame] : NULL;
    const struct token *token = blamed ? blamed : values->mnemonic;
    char bytes[FORMS_TEXT + 1];
    struct elfgen_text forms = {.bytes = bytes, .capacity = FORMS_TEXT};
    put_forms(&forms, instruction);
    bytes[forms.length] = '\0';
    enum elfgen_status kind = ELFGEN_BAD_VALUE;
    switch (status) {
    case ELFGEN_X86_NO_FORM:
    case ELFGEN_X86_SIZE_MISMATCH:
        return fault_at(fault, token,
                        elfgen_error_set(fault->error, kind, ELFGEN_NOWHERE, "%s: %s has %s",
                                         elfgen_x86_status_text(status), name, bytes));
    case ELFGEN_X86_SIZE_UNKNOWN:
        return fault_at(fault, token,
                        elfgen_error_set(fault->error, kind, ELFGEN_NOWHERE,
                                         "%s: byte, word, dword or qword before it says so",
                                         elfgen_x86_status_text(status)));
    case ELFGEN_X86_OTHER_MODE:
        return fault_at(fault, token,
                        elfgen_error_set(fault->error, kind, ELFGEN_NOWHERE,
                                         "%u-bit code does not have this",
                                         (uint64_t)instruction->mode));
    case ELFGEN_X86_NO_ADDRESS:
        return fault_at(
            fault, token,
            elfgen_error_set(fault->error, kind, ELFGEN_NOWHERE,
                             "%s: there are a base, an index that is not %s times 1, 2, 4 or 8, "
                             "both as large as an address, and a displacement of one or four bytes",
                             elfgen_x86_status_text(status),
                             instruction->mode == 64 ? "rsp" : "esp"));
    case ELFGEN_X86_NO_FIT:
    case ELFGEN_X86_OUT_OF_REACH:
        kind = ELFGEN_DOES_NOT_FIT;
        break;
    default:
        break;
    }
    return fault_at(
        fault, token,
        elfgen_error_set(fault->error, kind, ELFGEN_NOWHERE, "%s", elfgen_x86_status_text(status)));
}
