/* Encodes an instruction: takes the first form that its operands have. */
#include "elfgen/x86.h"

#include "emit.h"
#include "match.h"

static bool has_direction(const struct form *form, const struct elfgen_x86_instruction *instruction)
{
    const uint8_t place = elfgen_x86_kinds[form->kinds[0]].place;
    return instruction->direction == ELFGEN_X86_ANY_DIRECTION ||
           instruction->operands[0].kind != ELFGEN_X86_REGISTER_OPERAND ||
           instruction->operands[1].kind != ELFGEN_X86_REGISTER_OPERAND ||
           (place != PLACE_REG && place != PLACE_RM) ||
           (instruction->direction == ELFGEN_X86_TO_RM) == (place == PLACE_RM);
}

/* How much an error says: a later one, if several forms fail. */
static unsigned weight(enum elfgen_x86_status status, uint8_t blame)
{
    switch (status) {
    case ELFGEN_X86_NO_FORM:
        return blame < ELFGEN_X86_OPERANDS ? blame : 0;
    case ELFGEN_X86_OTHER_MODE:
        return 10;
    case ELFGEN_X86_SIZE_MISMATCH:
        return 11;
    case ELFGEN_X86_SIZE_UNKNOWN:
        return 12;
    default:
        return 13;
    }
}

/* The search for a form, and what it has found so far. */
struct search {
    enum elfgen_x86_status status;
    uint8_t blame;
    uint16_t unsized;   /* the first form whose memory could have a size, counted from 1 */
    uint8_t candidates; /* all sizes that it could have */
};

static void note(struct search *search, enum elfgen_x86_status status, uint8_t blame)
{
    if (weight(status, blame) >= weight(search->status, search->blame)) {
        search->status = status;
        search->blame = blame;
    }
}

/* Tries one form. True: it is the one, or an error ends the search. */
static bool try_form(const struct elfgen_x86_instruction *instruction, const struct facts *facts,
                     unsigned form, struct search *search, struct elfgen_x86_encoding *encoding)
{
    static const struct shape usual;
    const struct form *row = elfgen_x86_form_row(instruction->mnemonic, form);
    struct match match;
    enum elfgen_x86_status status = elfgen_x86_match(row, instruction, facts, &match);
    if (status == ELFGEN_X86_OK && !has_direction(row, instruction))
        status = ELFGEN_X86_NO_FORM;
    if (status == ELFGEN_X86_SIZE_UNKNOWN) {
        if (!search->unsized)
            search->unsized = (uint16_t)form;
        search->candidates |= match.candidates;
    }
    if (status != ELFGEN_X86_OK) {
        note(search, status, match.blame);
        return false;
    }
    status = elfgen_x86_emit(row, instruction, facts, &match, &usual, encoding);
    encoding->form = (uint16_t)form;
    if (status == ELFGEN_X86_OUT_OF_REACH) {
        note(search, status, encoding->blame);
        return false;
    }
    search->status = status;
    search->blame = status == ELFGEN_X86_OK ? NO_BLAME : encoding->blame;
    return true;
}

/* Whether a form's operands are of the right kinds, which most are not. */
static bool may_match(const struct form *form, const struct facts *facts)
{
    return facts->kinds[0] >> form->kinds[0] & facts->kinds[1] >> form->kinds[1] &
           facts->kinds[2] >> form->kinds[2] & 1;
}

/* Memory without a size, where only one size is possible: that one. */
static enum elfgen_x86_status encode_sized(const struct elfgen_x86_instruction *instruction,
                                           struct facts *facts, const struct search *search,
                                           struct elfgen_x86_encoding *encoding)
{
    static const struct shape usual;
    const struct form *row = elfgen_x86_form_row(instruction->mnemonic, search->unsized);
    struct match match;
    facts->sizes[facts->memory] = search->candidates;
    enum elfgen_x86_status status = elfgen_x86_match(row, instruction, facts, &match);
    encoding->blame = match.blame;
    if (status == ELFGEN_X86_OK)
        status = elfgen_x86_emit(row, instruction, facts, &match, &usual, encoding);
    encoding->form = search->unsized;
    return status;
}

enum elfgen_x86_status elfgen_encode(const struct elfgen_x86_instruction *instruction,
                                     struct elfgen_x86_encoding *encoding)
{
    struct facts facts;
    struct search search = {.status = ELFGEN_X86_NO_FORM, .blame = NO_BLAME};
    const enum elfgen_x86_status status =
        elfgen_x86_facts(instruction, false, &facts, &encoding->blame);
    if (status != ELFGEN_X86_OK)
        return status;
    if (instruction->form) {
        if (!elfgen_x86_form_row(instruction->mnemonic, instruction->form)) {
            encoding->blame = NO_BLAME;
            return ELFGEN_X86_NO_FORM;
        }
        try_form(instruction, &facts, instruction->form, &search, encoding);
    } else {
        const struct mnemonic *mnemonic = &elfgen_x86_table[instruction->mnemonic];
        for (unsigned form = 1; form <= mnemonic->count; form++)
            if (may_match(&mnemonic->forms[form - 1], &facts) &&
                try_form(instruction, &facts, form, &search, encoding))
                return search.status;
        /* Now the other forms, too, for what the error says. */
        search = (struct search){.status = ELFGEN_X86_NO_FORM, .blame = NO_BLAME};
        for (unsigned form = 1; form <= mnemonic->count; form++)
            try_form(instruction, &facts, form, &search, encoding);
    }
    if (search.unsized && (search.candidates & (search.candidates - 1)) == 0)
        return encode_sized(instruction, &facts, &search, encoding);
    encoding->blame = search.blame;
    return search.status;
}

const char *elfgen_x86_status_text(enum elfgen_x86_status status)
{
    switch (status) {
    case ELFGEN_X86_OK:
        return "it is encoded";
    case ELFGEN_X86_NO_MNEMONIC:
        return "there is no such instruction";
    case ELFGEN_X86_NO_FORM:
        return "the instruction has no form with these operands";
    case ELFGEN_X86_SIZE_UNKNOWN:
        return "no operand says how large it is";
    case ELFGEN_X86_SIZE_MISMATCH:
        return "the sizes of the operands do not go together";
    case ELFGEN_X86_OTHER_MODE:
        return "code of this mode does not have it";
    case ELFGEN_X86_NO_FIT:
        return "the number does not fit";
    case ELFGEN_X86_OUT_OF_REACH:
        return "the target is out of reach";
    case ELFGEN_X86_NO_ADDRESS:
        return "no address has these registers, scale and size";
    case ELFGEN_X86_HIGH_BYTE:
        return "ah, ch, dh and bh do not exist in an instruction with a REX prefix";
    case ELFGEN_X86_NO_PREFIX:
        return "the instruction cannot have this prefix";
    case ELFGEN_X86_TOO_LONG:
        return "it would have more than 15 bytes";
    case ELFGEN_X86_BAD_INSTRUCTION:
        return "a field of the structure has a value that it cannot have";
    }
    return "the status is unknown";
}
