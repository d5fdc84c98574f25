/* tinyelf encode: lists the encodings of instructions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "base/ascii.h"
#include "base/file.h"
#include "base/fold.h"
#include "base/report.h"
#include "base/width.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "elfgen/assemble.h"

static const struct option_choice modes[] = {
    {"64", 64, NULL},
    {"32", 32, NULL},
    {NULL, 0, NULL},
};

#define OPTIONS "commands/encode/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_encode_options = {
    .name = "encode",
    .usage = "[OPTIONS] INSTRUCTION\n[OPTIONS] -",
    .about = "Lists every encoding of an instruction in NASM's language, the shortest first, taken "
             "apart: prefixes, REX, opcode, ModRM, SIB, displacement and immediate. It says which "
             "one NASM takes, and what the instruction reads and writes. With -, each line of "
             "standard input is an instruction.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_encode,
    .notes = "The instruction's address is 0, from which $ and targets of jumps are counted. There "
             "are no labels. Words after INSTRUCTION belong to it; a shell leaves brackets and "
             "stars alone in quotes.",
    .exit_status = "0 if each instruction has an encoding, 1 if not, 2 for a usage error.",
};

/* What was asked, and what was answered so far. */
struct question {
    uint8_t mode;
    bool useless, ask, json;
    const char *file; /* of messages */
    struct standard_output *output;
    size_t width;           /* of the output */
    size_t answered, bytes; /* instructions, and what NASM makes of them */
    int status;
};

static int take_option(void *context, const struct option_given *given)
{
    struct question *question = context;
    switch ((enum option_id)given->id) {
    case OPTION_BITS:
        question->mode = (uint8_t)given->choice;
        break;
    case OPTION_ALL:
        question->useless = true;
        break;
    case OPTION_ASK:
        question->ask = true;
        break;
    case OPTION_JSON:
        question->json = true;
        break;
    }
    return EXIT_YES;
}

/* ---- one instruction ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* Whether a line has nothing but blanks and a comment. */
static bool is_empty(const char *text, size_t length)
{
    while (length > 0 && is_blank(*text)) {
        text++;
        length--;
    }
    return length == 0 || *text == ';';
}

static void refuse(struct question *question, const struct encode_error *error)
{
    question->status = EXIT_NO;
    stdout_flush(question->output);
    encode_report(error);
    if (question->json)
        encode_put_json_error(&question->output->text, error);
}

static struct encode_error error_of(const struct question *question,
                                    const struct encode_answer *answer)
{
    return (struct encode_error){.file = question->file,
                                 .line = answer->line,
                                 .text = answer->text,
                                 .length = answer->length,
                                 .mode = question->mode};
}

static void put_answer(struct question *question, const struct encode_answer *answer)
{
    struct elfgen_text *out = &question->output->text;
    if (question->json) {
        encode_put_json(out, answer);
    } else {
        elfgen_text_string(out, question->answered > 0 ? "\n" : "");
        encode_put_text(out, question->width, answer);
    }
    question->answered++;
    question->bytes += answer->encodings[answer->usual].length;
}

/* Below several instructions: how long they are together. */
static void put_sum(const struct question *question)
{
    struct fold fold;
    if (question->answered < 2 || question->json)
        return;
    fold_open(&fold, &question->output->text, question->width, 0);
    elfgen_text_char(&fold.text, '\n');
    elfgen_text_decimal(&fold.text, question->answered, 0);
    elfgen_text_string(&fold.text, " instructions: nasm makes ");
    elfgen_text_decimal(&fold.text, question->bytes, 0);
    elfgen_text_string(&fold.text, " bytes of them\n");
    fold_close(&fold);
}

/* Where an operand is, or where one would be that is not there, or the mnemonic; from 1. */
static size_t find_column(const struct encode_answer *answer,
                          const uint32_t places[1 + ELFGEN_X86_OPERANDS], unsigned blame)
{
    size_t end = answer->length;
    if (blame >= ELFGEN_X86_OPERANDS)
        return (size_t)places[0] + 1;
    if (answer->instruction.operands[blame].kind != ELFGEN_X86_NO_OPERAND)
        return (size_t)places[1 + blame] + 1;
    const char *comment = memchr(answer->text, ';', answer->length);
    end = comment ? (size_t)(comment - answer->text) : end;
    while (end > 0 && is_blank(answer->text[end - 1]))
        end--;
    return end + 1;
}

/* The instruction cannot be read. */
static __attribute__((noinline)) void refuse_line(struct question *question,
                                                  const struct encode_answer *answer,
                                                  const struct elfgen_error *why, bool is_name)
{
    struct encode_error error = error_of(question, answer);
    error.column = why->offset < error.length ? (size_t)why->offset + 1 : error.length + 1;
    error.advice = is_name ? "a number is the target of a jump, 0x10, or a distance, $+5: both are "
                             "counted from the instruction, whose address is 0"
                           : NULL;
    snprintf(error.sentence, sizeof error.sentence, "%s", why->text);
    refuse(question, &error);
}

/* The instruction has no encoding. */
static __attribute__((noinline)) void refuse_operands(struct question *question,
                                                      const struct encode_answer *answer,
                                                      enum elfgen_x86_status status, unsigned blame,
                                                      size_t column)
{
    struct encode_error error = error_of(question, answer);
    error.column = column;
    error.instruction = answer->instruction;
    error.status = status;
    error.blame = blame;
    encode_explain(&error);
    refuse(question, &error);
}

/* Encodes what NASM makes all the same: a number that does not fit is cut, and any prefix is
 * written. Reports a warning of each. */
static __attribute__((noinline)) enum elfgen_x86_status
encode_with_warnings(struct question *question, struct encode_answer *answer,
                     const uint32_t places[1 + ELFGEN_X86_OPERANDS], enum elfgen_x86_status status,
                     struct elfgen_x86_encoding *usual)
{
    static struct encode_error warnings[2];
    struct elfgen_x86_instruction *instruction = &answer->instruction;
    const struct elfgen_x86_instruction asked = *instruction;
    size_t count = 0;
    while ((status == ELFGEN_X86_NO_FIT && !instruction->truncate) ||
           (status == ELFGEN_X86_NO_PREFIX && !instruction->any_prefix)) {
        struct encode_error *warning = &warnings[count++];
        *warning = error_of(question, answer);
        warning->is_warning = true;
        warning->instruction = *instruction;
        warning->status = status;
        warning->blame = usual->blame;
        warning->column = find_column(answer, places, usual->blame);
        if (status == ELFGEN_X86_NO_FIT)
            instruction->truncate = true;
        else
            instruction->any_prefix = true;
        status = elfgen_encode(instruction, usual);
    }
    if (status != ELFGEN_X86_OK) {
        *instruction = asked;
        return elfgen_encode(instruction, usual);
    }
    stdout_flush(question->output);
    for (size_t i = 0; i < count; i++) {
        encode_explain(&warnings[i]);
        encode_report(&warnings[i]);
    }
    answer->warnings = warnings;
    answer->warning_count = count;
    return status;
}

/* A byte that ends a line for NASM, and after which more comes; NULL: none. */
static const char *find_end(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0' || text[i] == '\x1a' || (text[i] == '\r' && i + 1 < length))
            return text + i;
    return NULL;
}

/* Whether a line begins with a label: a name and a colon. */
static bool has_label(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    const size_t begin = at;
    while (at < length &&
           (ascii_is_letter(text[at]) || ascii_is_digit(text[at]) || strchr("_.$?@~#", text[at])))
        at++;
    const bool is_name = at > begin;
    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    return is_name && at < length && text[at] == ':';
}

/* Answers one line, which is not empty. Returns false if there is no memory. */
static bool answer_line(struct question *question, struct encode_answer *answer)
{
    static struct elfgen_error why; /* not on the stack, of which few pages are used */
    struct elfgen_x86_encoding usual;
    uint32_t places[1 + ELFGEN_X86_OPERANDS];
    const char *end = find_end(answer->text, answer->length);
    if (end) {
        elfgen_error_set(&why, ELFGEN_BAD_VALUE, (uint64_t)(end - answer->text),
                         "a control character, %x", (uint64_t)(unsigned char)*end);
        refuse_line(question, answer, &why, false);
        return true;
    }
    if (elfgen_assemble_instruction(answer->text, answer->length, question->mode,
                                    &answer->instruction, places, &why) != ELFGEN_OK) {
        if (has_label(answer->text, answer->length))
            elfgen_error_set(&why, ELFGEN_UNSUPPORTED, why.offset,
                             "there are no labels here, only instructions: 'tinyelf build' makes a "
                             "program of a source");
        refuse_line(question, answer, &why,
                    why.status == ELFGEN_UNDEFINED && why.offset > places[0]);
        return true;
    }
    answer->warning_count = 0;
    enum elfgen_x86_status status = elfgen_encode(&answer->instruction, &usual);
    if (status == ELFGEN_X86_NO_FIT || status == ELFGEN_X86_NO_PREFIX)
        status = encode_with_warnings(question, answer, places, status, &usual);
    if (status != ELFGEN_X86_OK) {
        refuse_operands(question, answer, status, usual.blame,
                        find_column(answer, places, usual.blame));
        return true;
    }
    if (!encode_list(answer, &usual, question->useless))
        return message_no_memory(question->file);
    if (question->ask)
        encode_ask(answer);
    put_answer(question, answer);
    return true;
}

/* Answers every line of a text. A text of one line that is an argument has no number. */
static void answer_lines(struct question *question, const char *text, size_t size, bool is_argument)
{
    const char *const end = text + size;
    const bool is_alone = is_argument && !memchr(text, '\n', size);
    struct encode_answer answer;
    bool has_memory = true, any = false;
    unsigned number = 0;
    answer.encodings = NULL;
    answer.is_allocated = answer.is_asked = false;
    for (const char *line = text, *next; line < end && has_memory; line = next) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const size_t length = (size_t)((newline ? newline : end) - line);
        next = newline ? newline + 1 : end;
        number++;
        answer.line = is_alone ? PLACE_NO_LINE : number;
        answer.text = line;
        answer.length = length;
        if (is_empty(line, length))
            continue;
        any = true;
        has_memory = answer_line(question, &answer);
    }
    if (answer.is_allocated)
        free(answer.encodings);
    put_sum(question);
    if (!any)
        message(question->file, "error", "there is no instruction");
    if (!any || !has_memory)
        question->status = EXIT_NO;
}

/* Answers the words of the command line, which are one instruction. */
static void answer_words(struct question *question, int count, char **words)
{
    char room[256];
    size_t needed = 1;
    question->file = "encode";
    for (int i = 0; i < count; i++)
        needed += strlen(words[i]) + 1;
    char *memory = needed > sizeof room ? malloc(needed) : NULL;
    struct elfgen_text text = {.bytes = memory ? memory : room, .capacity = needed};
    if (needed > sizeof room && !memory) {
        message_no_memory("encode");
        question->status = EXIT_NO;
        return;
    }
    for (int i = 0; i < count; i++) {
        elfgen_text_string(&text, i ? " " : "");
        elfgen_text_string(&text, words[i]);
    }
    answer_lines(question, text.bytes, text.length, true);
    free(memory);
}

static void answer_input(struct question *question)
{
    struct file_bytes bytes = {0};
    question->file = input_name("-");
    if (input_read_after(question->output, "-", &bytes))
        answer_lines(question, bytes.bytes, bytes.size, false);
    else
        question->status = EXIT_NO;
    file_free(&bytes);
}

int command_encode(int argc, char **argv)
{
    struct question question = {.mode = 64, .output = stdout_open()};
    const int status = options_read(&command_encode_options, argc, argv, take_option, &question);
    if (status != OPTIONS_READ)
        return status;
    question.width = question.json ? WIDTH_WIDE : width_of_output();
    if (optind == argc)
        return usage_error("encode", "no instruction given");
    if (argc - optind == 1 && strcmp(argv[optind], "-") == 0)
        answer_input(&question);
    else
        answer_words(&question, argc - optind, argv + optind);
    return stdout_finish(question.output) ? question.status : EXIT_NO;
}
