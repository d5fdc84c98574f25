/* Compares what elfgen_assemble_instruction() reads with nasm: texts in many writings, assembled by
 * nasm, must have the same bytes and warnings of the same classes, and what one refuses the other
 * must refuse. Then instructions of every form are printed and read, and must stay the same.
 *
 *   assemble-instructions [--full] [--count N] [--seed N] [--mode 32|64] [--only MNEMONIC] [--list]
 *
 * Of each mode 40 * N texts are made, and N / 25 of each form with prefixes; N instructions of each
 * form are printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../elfgen/assemble/instruction.h"
#include "oracle/encode/sample.h"
#include "oracle/workplace.h"
#include "writings.h"

enum { FIRST = 2 }; /* line of the source with an instruction */
enum {
    LINE = 512,
    TOKENS = 256,
    SAMPLE = 100,
    FULL = 2000,
    WRITINGS = 40,
    PREFIXED = 25,
    SHOWN = 60
};

struct item {
    struct elfgen_x86_encoding encoding;
    enum elfgen_x86_status status;
    bool is_read, is_refused;         /* by us, by nasm */
    uint32_t warnings, nasm_warnings; /* a bit for each class */
    char *text, *reason;
};

struct run {
    struct sample sample;
    struct item *items;
    size_t item_count, room;
    size_t same, both_refuse, printed, excepted, failed;
    struct workplace place;
};

static bool look_up(void *context, const struct token *name, struct value *value,
                    struct fault *fault)
{
    (void)context;
    (void)value;
    return fault_at(fault, name,
                    elfgen_error_set(fault->error, ELFGEN_UNDEFINED, 0, "it is not defined"));
}

static void warn(void *context, enum elfgen_assemble_class class_, const struct token *token,
                 const char *text)
{
    struct item *item = context;
    (void)token;
    (void)text;
    item->warnings |= 1u << class_;
}

/* Reads and encodes an item. */
static void read_item(struct item *item, uint8_t mode)
{
    struct token tokens[TOKENS];
    struct operand_values values;
    struct elfgen_error error;
    struct fault fault = {.error = &error};
    const struct value zero = {.minus = VALUE_NO_BASE, .kind = VALUE_ADDRESS};
    const struct names names = {.look_up = look_up,
                                .warn = warn,
                                .context = item,
                                .here = zero,
                                .section_start = zero,
                                .mode = mode};
    const char *at = item->text;
    size_t count;
    if (elfgen_asm_lex_line(&at, at + strlen(at), tokens, TOKENS, &count) != LEX_LINE)
        die(item->text);
    item->is_read = elfgen_asm_instruction(&names, tokens, &values, &fault);
    if (item->is_read) {
        values.instruction.truncate = values.instruction.any_prefix = true;
        item->status = elfgen_asm_encode(&values.instruction, &item->encoding);
        if (item->status == ELFGEN_X86_OK &&
            elfgen_asm_overflow(&values.instruction, &item->encoding) < ELFGEN_X86_OPERANDS)
            item->warnings |= 1u << ELFGEN_ASSEMBLE_NUMBER_OVERFLOW;
        if (item->status == ELFGEN_X86_OK &&
            elfgen_asm_has_other_size(&values.instruction, &item->encoding))
            item->warnings |= 1u << ELFGEN_ASSEMBLE_PREFIX_OPSIZE;
        if (item->status == ELFGEN_X86_OK &&
            elfgen_asm_is_not_lockable(&values.instruction, &item->encoding))
            item->warnings |= 1u << ELFGEN_ASSEMBLE_PREFIX_LOCK;
        if (item->status != ELFGEN_X86_OK)
            elfgen_asm_refused(&values, item->status, &item->encoding, &fault);
    }
    item->reason =
        strdup(item->is_read && item->status == ELFGEN_X86_OK ? "it is read" : error.text);
    if (!item->reason)
        die("memory");
}

static void add(struct run *run, const char *text, uint8_t mode)
{
    run->items = grow(run->items, run->item_count, &run->room, sizeof *run->items);
    struct item *item = &run->items[run->item_count++];
    *item = (struct item){.text = strdup(text)};
    if (!item->text)
        die("memory");
    read_item(item, mode);
}

/* Notes what nasm says of a line. */
static void take_complaint(struct item *item, const char *line, bool *has_errors)
{
    const char *bracket = strstr(line, "[-w+");
    if (strstr(line, " error:")) {
        item->is_refused = true;
        *has_errors = true;
    } else if (bracket) {
        for (unsigned i = 1; i < ELFGEN_ASSEMBLE_CLASSES; i++) {
            const char *name = elfgen_assemble_class_name(i);
            const size_t length = strlen(name);
            if (strncmp(bracket + 4, name, length) == 0 && bracket[4 + length] == ']')
                item->nasm_warnings |= 1u << i;
        }
    }
}

/* Runs nasm over the items that it has not refused. */
static bool run_nasm(struct run *run, uint8_t mode, bool *has_errors)
{
    const struct item_lines lines = {.first = FIRST, .step = 1, .count = run->item_count};
    char line[WORKPLACE_LINE];
    size_t about;
    FILE *file = workplace_file(&run->place, "source.asm", "w");
    fprintf(file, "bits %d\n", mode);
    for (size_t i = 0; i < run->item_count; i++)
        fprintf(file, "%s\n", run->items[i].is_refused ? "" : run->items[i].text);
    workplace_written(file);
    const int status =
        workplace_run(&run->place, "nasm -f bin -o binary -l list source.asm >log 2>&1");
    file = workplace_file(&run->place, "log", "r");
    *has_errors = false;
    while (workplace_complaint(file, &lines, line, &about))
        take_complaint(&run->items[about], line, has_errors);
    fclose(file);
    return status == 0;
}

/* The bytes that nasm's listing has of each line, as hex digits. */
static char (*read_list(const struct run *run))[2 * ELFGEN_X86_LONGEST + 1]
{
    char line[LINE];
    char(*bytes)[2 * ELFGEN_X86_LONGEST + 1] = calloc(run->item_count + 1, sizeof *bytes);
    if (!bytes)
        die("memory");
    FILE *file = workplace_file(&run->place, "list", "r");
    while (fgets(line, sizeof line, file)) {
        unsigned long number, offset;
        char digits[64];
        if (sscanf(line, "%lu %8lx %40s", &number, &offset, digits) != 3 || line[7] == ' ' ||
            number < FIRST || number >= run->item_count + FIRST)
            continue;
        char *to = bytes[number - FIRST];
        to += strlen(to);
        for (const char *from = digits; *from; from++)
            if (strchr("0123456789ABCDEF", *from) && to < bytes[number - FIRST] + sizeof *bytes - 1)
                *to++ = (char)(*from | 0x20);
    }
    fclose(file);
    return bytes;
}

/* What nasm and the assembler do differently, with the reason. */
static const struct {
    const char *start, *word, *reason;
} exceptions[] = {
    {"bnd jmp ", "$", "nasm drops bnd if the jump is short, which is not known yet"},
    {"repne j", "$", "nasm has bnd for it if the jump is not short"},
    {"o16 call dword ", "", "nasm warns of the prefix"},
    {"o16 jmp dword ", "", "the same"},
    {"o16 push byte", "", "nasm counts bits of a word"},
    {"o16 add ecx", "", "the same"},
    {"o64 ", "qword $", "nasm leaves it out before such a size"},
    {"lea ", "short ", "nasm does not look at sizes of lea's address"},
    {"lea ", "far ", "the same"},
    {"lea ", "near ", "the same"},
    {"mov", " xmm", "nasm looks at sizes before registers of SSE"},
    {"enter ", "word ", "nasm has no size of these immediates"},
    {"enter ", "byte ", "the same"},
    {"shld ", "byte ", "the same"},
    {"shrd ", "byte ", "the same"},
    {"pinsrw ", "byte ", "the same"},
    {"pshuf", "byte ", "nasm 2.16.01 refuses sizes of pshufd, pshufhw and pshuflw"},
    {"pshuf", "oword ", "the same"},
    {"pshuf", "strict ", "the same"},
    {"pextrw ", "", "nasm takes the form of SSE4.1"},
    {"cmpsd ", "word ", "nasm takes its memory for 16 bytes; it is 8"},
    {"a64 jecxz", "", "nasm lets these prefixes say nothing here"},
    {"a16 jecxz", "", "the same"},
    {"xacquire mov ", "[qword", "nasm warns that it does not take the form with such an address"},
    {"xrelease mov ", "[qword", "the same"},
    {"o64 push ", "byte ", "nasm counts bits of a word"},
};

static bool is_excepted(const char *text)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (strstr(text, exceptions[i].start) && strstr(text, exceptions[i].word))
            return true;
    return false;
}

static void fail(struct run *run, const struct item *item, const char *what, const char *nasm)
{
    if (is_excepted(item->text)) {
        run->excepted++;
        return;
    }
    if (run->failed++ >= SHOWN && !run->sample.list)
        return;
    printf("%-44s %s: ", item->text, what);
    for (size_t i = 0; item->is_read && item->status == ELFGEN_X86_OK && i < item->encoding.length;
         i++)
        printf("%02x", item->encoding.bytes[i]);
    printf(" (%s) nasm %s\n", item->reason, nasm);
}

/* Classes as a word for each. */
static void put_classes(uint32_t classes, char *text, size_t size)
{
    text[0] = '\0';
    for (unsigned i = 1; i < ELFGEN_ASSEMBLE_CLASSES; i++)
        if (classes >> i & 1)
            snprintf(text + strlen(text), size - strlen(text), "%s ",
                     elfgen_assemble_class_name(i));
}

static void compare_item(struct run *run, const struct item *item, const char *nasm)
{
    char hex[2 * ELFGEN_X86_LONGEST + 1] = "", classes[200];
    const bool is_ours = item->is_read && item->status == ELFGEN_X86_OK;
    for (size_t i = 0; is_ours && i < item->encoding.length; i++)
        snprintf(hex + 2 * i, 3, "%02x", item->encoding.bytes[i]);
    if (!is_ours && item->is_refused) {
        run->both_refuse++;
    } else if (item->is_refused) {
        fail(run, item, "nasm refuses it", "");
    } else if (!is_ours) {
        fail(run, item, "refused", nasm);
    } else if (strcmp(hex, nasm) != 0) {
        fail(run, item, "other bytes", nasm);
    } else if (item->warnings != item->nasm_warnings) {
        put_classes(item->nasm_warnings, classes, sizeof classes);
        fail(run, item, "other warnings", classes);
    } else {
        run->same++;
    }
}

/* Whether an instruction has the same bytes at any address. */
static bool is_movable(const struct elfgen_x86_instruction *instruction)
{
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (instruction->operands[i].kind == ELFGEN_X86_TARGET || instruction->operands[i].relative)
            return false;
    return true;
}

/* Adds instructions of each form with a prefix that they may have or not. */
static void add_prefixed(struct run *run, struct generator *generator, uint8_t mode)
{
    char line[LINE];
    struct sample_form form = {0};
    while (sample_next_form(&run->sample, &form))
        for (unsigned n = 0; n < (run->sample.count + PREFIXED - 1) / PREFIXED; n++) {
            struct elfgen_text text = {.bytes = line, .capacity = sizeof line - 1};
            struct elfgen_x86_instruction instruction;
            generate_instruction(generator, form.mnemonic, form.number, mode, &instruction);
            instruction.prefixes = 0;
            instruction.segment = 0;
            if (!is_movable(&instruction))
                continue;
            write_prefix(generator, &text);
            elfgen_x86_print(&instruction, &text);
            line[text.length] = '\0';
            add(run, line, mode);
        }
}

static void compare_writings(struct run *run, uint8_t mode)
{
    struct generator generator = {.state = run->sample.seed + mode};
    char line[LINE];
    bool has_errors;
    add_prefixed(run, &generator, mode);
    for (unsigned i = 0; i < run->sample.count * WRITINGS; i++) {
        struct elfgen_text text = {.bytes = line, .capacity = sizeof line - 1};
        write_instruction(&generator, mode, &text);
        line[text.length] = '\0';
        if (!text.cut)
            add(run, line, mode);
    }
    while (!run_nasm(run, mode, &has_errors))
        if (!has_errors)
            die("nasm");
    char(*bytes)[2 * ELFGEN_X86_LONGEST + 1] = read_list(run);
    for (size_t i = 0; i < run->item_count; i++) {
        compare_item(run, &run->items[i], bytes[i]);
        free(run->items[i].text);
        free(run->items[i].reason);
    }
    run->item_count = 0;
    free(bytes);
}

/* Prints an instruction, and reads it again. */
static void compare_printed(struct run *run, const struct elfgen_x86_instruction *instruction)
{
    char line[LINE];
    struct elfgen_text text = {.bytes = line, .capacity = sizeof line - 1};
    struct elfgen_x86_instruction asked = *instruction;
    struct elfgen_x86_encoding encoding;
    asked.truncate = true;
    if (elfgen_encode(&asked, &encoding) != ELFGEN_X86_OK)
        return;
    elfgen_x86_print(instruction, &text);
    line[text.length] = '\0';
    struct item item = {.text = line};
    read_item(&item, instruction->mode);
    run->printed++;
    if (!item.is_read || item.status != ELFGEN_X86_OK || item.encoding.length != encoding.length ||
        memcmp(item.encoding.bytes, encoding.bytes, encoding.length) != 0) {
        char hex[2 * ELFGEN_X86_LONGEST + 1] = "";
        for (size_t i = 0; i < encoding.length; i++)
            snprintf(hex + 2 * i, 3, "%02x", encoding.bytes[i]);
        fail(run, &item, "printed, it was other bytes", hex);
    }
    free(item.reason);
}

static void compare_forms(struct run *run, uint8_t mode)
{
    struct generator generator = {.state = run->sample.seed};
    struct sample_form form = {0};
    while (sample_next_form(&run->sample, &form))
        for (unsigned n = 0; n < run->sample.count; n++) {
            struct elfgen_x86_instruction instruction;
            generate_instruction(&generator, form.mnemonic, form.number, mode, &instruction);
            compare_printed(run, &instruction);
        }
}

int main(int argc, char **argv)
{
    struct run run = {0};
    if (!sample_read(&run.sample, "assemble-instructions", SAMPLE, FULL, argc, argv))
        return 2;
    workplace_open(&run.place, "nasm");
    for (unsigned mode = 32; mode <= 64; mode += 32)
        if (sample_has_mode(&run.sample, mode)) {
            compare_writings(&run, (uint8_t)mode);
            compare_forms(&run, (uint8_t)mode);
        }
    workplace_close(&run.place);
    free(run.items);
    printf(
        "%zu texts have nasm's bytes and warnings, %zu are refused by both, %zu printed ones are "
        "read, %zu are exceptions, %zu differ\n",
        run.same, run.both_refuse, run.printed, run.excepted, run.failed);
    return run.failed ? 1 : 0;
}
