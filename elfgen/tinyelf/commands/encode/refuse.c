/* Says why an instruction has no encoding, and which forms there are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "base/memory_text.h"
#include "base/report.h"
#include "cli/cli.h"

/* An operand that is as large as the operand size: "r/m16/32/64". */
static void put_sized(struct elfgen_text *out, const struct elfgen_x86_form *form, unsigned i,
                      unsigned mode)
{
    const char *between = "";
    if (form->places[i] == ELFGEN_X86_IMPLIED || form->operands[i][0] == 'p' ||
        strchr(form->operands[i], ' ')) {
        elfgen_text_string(out, form->operands[i]);
        return;
    }
    elfgen_text_string(out, form->operands[i]);
    const unsigned most = form->places[i] == ELFGEN_X86_IN_IMMEDIATE ? 4 : mode / 8;
    for (unsigned size = 2; size <= most; size *= 2)
        if (form->sizes & size) {
            elfgen_text_string(out, between);
            elfgen_text_decimal(out, (uint64_t)size * 8, 0);
            between = "/";
        }
}

/* Whether the instruction fails in this form for the reason that is reported. */
static bool is_near(const struct encode_error *error, unsigned number,
                    const struct elfgen_x86_form *form)
{
    struct elfgen_x86_instruction one = error->instruction;
    struct elfgen_x86_encoding encoding;
    if (!(error->mode == 64 ? form->in_64 : form->in_32))
        return false;
    one.form = (uint16_t)number;
    return elfgen_encode(&one, &encoding) == error->status &&
           (error->status != ELFGEN_X86_NO_FORM || encoding.blame == error->blame);
}

/* Appends a form's operands. Returns false if it is not to be listed. */
static bool put_form(struct elfgen_text *out, const struct encode_error *error, unsigned number)
{
    struct elfgen_x86_form form;
    if (!elfgen_x86_form(error->instruction.mnemonic, number, &form) ||
        !is_near(error, number, &form))
        return false;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && form.operands[i]; i++) {
        elfgen_text_string(out, i ? ", " : "");
        if (form.is_sized[i])
            put_sized(out, &form, i, error->mode);
        else
            elfgen_text_string(out, form.operands[i]);
    }
    if (!form.operands[0])
        elfgen_text_string(out, "no operand");
    return true;
}

bool encode_next_form(const struct encode_error *error, unsigned *number, struct elfgen_text *out)
{
    struct elfgen_x86_form form;
    while (elfgen_x86_form(error->instruction.mnemonic, ++*number, &form)) {
        char other_room[128];
        bool is_known = false;
        out->length = 0;
        if (!put_form(out, error, *number))
            continue;
        for (unsigned earlier = 1; earlier < *number && !is_known; earlier++) {
            struct elfgen_text other = {.bytes = other_room, .capacity = sizeof other_room};
            is_known = put_form(&other, error, earlier) && other.length == out->length &&
                       memcmp(other.bytes, out->bytes, out->length) == 0;
        }
        if (!is_known)
            return true;
    }
    return false;
}

static void report(const struct encode_error *error, enum report_severity severity,
                   const char *text, const char *excerpt)
{
    const struct place place = {.file = error->file,
                                .offset = PLACE_NO_OFFSET,
                                .line = error->line,
                                .column = excerpt ? (unsigned)error->column : 0};
    message_report(
        NULL,
        &(struct report){.severity = severity, .place = place, .text = text, .excerpt = excerpt});
}

void encode_report(const struct encode_error *error)
{
    char room[128];
    struct elfgen_text form = {.bytes = room, .capacity = sizeof room}, forms;
    unsigned number = 0;
    char *excerpt = error->column > 0 ? strndup(error->text, error->length) : NULL;
    report(error, error->is_warning ? REPORT_WARNING : REPORT_ERROR, error->sentence, excerpt);
    free(excerpt);
    if (error->advice)
        report(error, REPORT_NOTE, error->advice, NULL);
    if (!error->has_forms || !memory_text_open(&forms))
        return;
    const char *between = error->status == ELFGEN_X86_NO_FORM && error->blame > 0 &&
                                  error->blame < ELFGEN_X86_OPERANDS
                              ? " could have here: "
                              : " has the forms: ";
    elfgen_text_string(&forms, elfgen_x86_mnemonic_name(error->instruction.mnemonic));
    while (encode_next_form(error, &number, &form)) {
        elfgen_text_string(&forms, between);
        elfgen_text_bytes(&forms, form.bytes, form.length);
        between = "; ";
    }
    elfgen_text_char(&forms, '\0');
    if (!forms.cut && between[0] == ';')
        report(error, REPORT_NOTE, forms.bytes, NULL);
    free(forms.bytes);
}

/* ---- sentences ---- */

/* The number that an operand has, as text. */
static const char *number_text(int64_t value, char room[24])
{
    if (value < 0)
        snprintf(room, 24, "-0x%llx", (unsigned long long)(0 - (uint64_t)value));
    else
        snprintf(room, 24, "0x%llx", (unsigned long long)value);
    return room;
}

/* A number is too large: for how many bits, which the form says that cuts it. */
static void explain_number(struct encode_error *error)
{
    const struct elfgen_x86_instruction *instruction = &error->instruction;
    const unsigned blame = error->blame;
    struct elfgen_x86_instruction cut = *instruction;
    struct elfgen_x86_encoding encoding;
    char number[24], taken[48] = "";
    cut.truncate = cut.any_prefix = true;
    if (blame >= ELFGEN_X86_OPERANDS || elfgen_encode(&cut, &encoding) != ELFGEN_X86_OK ||
        encoding.fields[blame].length == 0)
        return;
    const struct elfgen_x86_operand *operand = &instruction->operands[blame];
    const unsigned bits = encoding.fields[blame].length * 8u;
    const bool is_wide = instruction->mode == 64 && encoding.operand_size == 8 &&
                         operand->kind == ELFGEN_X86_IMMEDIATE && bits == 32 &&
                         instruction->mnemonic != ELFGEN_X86_OP_mov;
    uint64_t low = 0;
    for (unsigned i = encoding.fields[blame].length; i-- > 0;)
        low = low << 8 | encoding.bytes[encoding.fields[blame].offset + i];
    if (error->is_warning)
        snprintf(taken, sizeof taken, "%s nasm takes 0x%llx", is_wide ? ";" : ":",
                 (unsigned long long)low);
    snprintf(error->sentence, sizeof error->sentence, "%s does not fit into %u bits%s%s%s",
             number_text(operand->value, number), bits,
             encoding.fields[blame].is_signed ? ", which are sign-extended" : "",
             is_wide ? ": only mov to a register has a number of 64 bits" : "", taken);
}

/* The other mode has the instruction. */
static void explain_mode(struct encode_error *error)
{
    const struct elfgen_x86_instruction *instruction = &error->instruction;
    struct elfgen_x86_instruction other = *instruction;
    struct elfgen_x86_encoding encoding;
    other.mode = instruction->mode == 64 ? 32 : 64;
    const enum elfgen_x86_status status = elfgen_encode(&other, &encoding);
    snprintf(error->sentence, sizeof error->sentence, "%u-bit code does not have this%s",
             instruction->mode,
             status != ELFGEN_X86_OK ? ""
             : other.mode == 64      ? ": --bits 64 has it"
                                     : ": --bits 32 has it");
    error->has_forms = status != ELFGEN_X86_OK;
}

/* A jump goes too far: with 8 bits where no form has 32, or short was asked for. */
static void explain_reach(struct encode_error *error)
{
    const struct elfgen_x86_instruction *instruction = &error->instruction;
    struct elfgen_x86_form form;
    bool has_near = false;
    for (unsigned i = 1; elfgen_x86_form(instruction->mnemonic, i, &form); i++)
        has_near |= form.operands[0] && strcmp(form.operands[0], "rel32") == 0;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        has_near &= instruction->operands[i].reach != ELFGEN_X86_SHORT;
    snprintf(error->sentence, sizeof error->sentence,
             "the target is out of reach: it has %s after the end of the instruction",
             has_near ? "to be at most 2 GB before or"
                      : "to be at most 128 bytes before or 127 bytes");
}

/* Whether the operand that is to blame was not given. */
static bool lacks_operand(const struct encode_error *error)
{
    return error->blame < ELFGEN_X86_OPERANDS &&
           error->instruction.operands[error->blame].kind == ELFGEN_X86_NO_OPERAND;
}

void encode_explain(struct encode_error *error)
{
    const struct elfgen_x86_instruction *instruction = &error->instruction;
    const char *name = elfgen_x86_mnemonic_name(instruction->mnemonic);
    const char *sentence = elfgen_x86_status_text(error->status);
    snprintf(error->sentence, sizeof error->sentence, "%s", sentence);
    switch (error->status) {
    case ELFGEN_X86_NO_FORM:
        snprintf(error->sentence, sizeof error->sentence,
                 instruction->operands[0].kind == ELFGEN_X86_NO_OPERAND ? "%s needs operands"
                 : lacks_operand(error)                                 ? "%s needs another operand"
                                        : "%s has no form with these operands",
                 name);
        error->has_forms = true;
        break;
    case ELFGEN_X86_SIZE_MISMATCH:
        error->has_forms = true;
        break;
    case ELFGEN_X86_SIZE_UNKNOWN:
        snprintf(error->sentence, sizeof error->sentence,
                 "%s: write byte, word, dword or qword before the bracket", sentence);
        break;
    case ELFGEN_X86_OTHER_MODE:
        explain_mode(error);
        break;
    case ELFGEN_X86_NO_FIT:
        explain_number(error);
        break;
    case ELFGEN_X86_OUT_OF_REACH:
        explain_reach(error);
        break;
    case ELFGEN_X86_NO_PREFIX:
        snprintf(error->sentence, sizeof error->sentence,
                 instruction->prefixes & ELFGEN_X86_LOCK
                     ? "%s cannot have this prefix: lock needs memory that is read and written%s"
                     : "%s cannot have this prefix%s",
                 name, error->is_warning ? "; nasm writes it all the same" : "");
        break;
    default:
        break;
    }
}
