/* Compares elfgen_encode() with nasm: instructions of every form, printed as text and assembled by
 * nasm, must have the same bytes; what one refuses the other must refuse, and where nasm warns that
 * a number does not fit the encoder must say so and cut it in the same way.
 *
 *   encode-nasm [--full] [--count N] [--seed N] [--mode 32|64] [--only MNEMONIC] [--list]
 *
 * N is how many instructions of each form are made in each mode. --full makes more than 2 million.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "oracle/workplace.h"
#include "sample.h"

enum { SYMBOL = 0x5ca1ab1e };
enum { FIRST = 3 }; /* line of the source with an instruction */
enum { LINE = 160, SAMPLE = 100, FULL = 2000, SHOWN = 60 };

struct item {
    struct elfgen_x86_encoding encoding;
    enum elfgen_x86_status status; /* as it was asked for */
    char *text;
    bool is_refused, is_warned; /* by nasm */
    uint8_t symbols;            /* a bit for each operand whose number is a symbol */
};

struct run {
    struct sample sample;
    bool symbols; /* numbers are symbols */
    struct item *items;
    size_t item_count, room;
    size_t compared, refused, cut, failed, excepted;
    struct workplace place;
};

/* Replaces the number that stands for the symbol with its name. */
static void name_symbol(char *line)
{
    static const char *const numbers[] = {"$+0x5ca1ab1e", "0x5ca1ab1e"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (char *at; (at = strstr(line, numbers[i])) != NULL;) {
            *at = 's';
            memmove(at + 1, at + strlen(numbers[i]), strlen(at + strlen(numbers[i])) + 1);
        }
}

/* Adds an instruction, and what the encoder makes of it. */
static void add(struct run *run, const struct elfgen_x86_instruction *instruction)
{
    char line[LINE];
    struct elfgen_text text = {.bytes = line, .capacity = sizeof line - 1};
    run->items = grow(run->items, run->item_count, &run->room, sizeof *run->items);
    struct item *item = &run->items[run->item_count++];
    struct elfgen_x86_instruction asked = *instruction;
    memset(item, 0, sizeof *item);
    item->status = elfgen_encode(&asked, &item->encoding);
    if (item->status == ELFGEN_X86_NO_FIT) {
        asked.truncate = true;
        const enum elfgen_x86_status status = elfgen_encode(&asked, &item->encoding);
        if (status != ELFGEN_X86_OK)
            item->status = status;
    }
    if (run->symbols)
        for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
            item->symbols |= (uint8_t)((unsigned)asked.operands[i].symbolic << i);
            if (asked.operands[i].symbolic)
                asked.operands[i].value = SYMBOL;
        }
    elfgen_x86_print(run->symbols ? &asked : instruction, &text);
    line[text.length] = '\0';
    if (run->symbols)
        name_symbol(line);
    item->text = strdup(line);
    if (!item->text)
        die("memory");
}

/* Runs nasm over the items that it has not refused, and notes which lines it complains of. */
static bool run_nasm(struct run *run, uint8_t mode, bool *has_errors)
{
    const struct item_lines lines = {.first = FIRST, .step = 1, .count = run->item_count};
    char line[WORKPLACE_LINE];
    size_t about;
    FILE *file = workplace_file(&run->place, "source.asm", "w");
    fprintf(file, "bits %d\n%s\n", mode, run->symbols ? "extern s" : "");
    for (size_t i = 0; i < run->item_count; i++)
        fprintf(file, "%s\n", run->items[i].is_refused ? "" : run->items[i].text);
    workplace_written(file);
    const int status =
        run->symbols
            ? workplace_run(&run->place,
                            "nasm -w-all -w+number-overflow -f elf%d -o object source.asm >log "
                            "2>&1 && objcopy -O binary -j .text object binary",
                            mode)
            : workplace_run(&run->place, "nasm -w-all -w+number-overflow -f bin -o binary "
                                         "source.asm >log 2>&1");
    file = workplace_file(&run->place, "log", "r");
    *has_errors = false;
    while (workplace_complaint(file, &lines, line, &about)) {
        struct item *item = &run->items[about];
        if (strstr(line, " error:")) {
            item->is_refused = true;
            *has_errors = true;
        } else if (strstr(line, " warning:")) {
            item->is_warned = true;
        }
    }
    fclose(file);
    return status == 0;
}

/* What nasm and the encoder do differently, with the reason. */
static const struct {
    const char *mnemonic, *word, *reason;
} exceptions[] = {
    {"enter", "word ", "nasm has no size of these immediates"},
    {"enter", "byte ", "the same"},
    {"shld", ", byte ", "the same"},
    {"shrd", ", byte ", "the same"},
    {"pshuf", ", byte ", "nasm 2.16.01 refuses sizes of pshufd, pshufhw and pshuflw"},
    {"pshuf", "strict ", "the same"},
    {"pshuf", "oword [", "the same"},
    {"pextrw", ", byte ", "nasm takes the form of SSE4.1"},
    {"pextrw [", "", "the same"},
    {"pextrw word [", "", "the same"},
    {"pextrw", "strict byte ", "the same"},
    {"pinsrw", "byte ", "nasm has no size of this immediate"},
    {"shld", "strict byte ", "the same"},
    {"shrd", "strict byte ", "the same"},
    {"imul", ", dword ", "nasm does not warn of 0xffffffff, which is extended to -1"},
    {"cmpsd", "word ", "nasm takes its memory for 16 bytes; it is 8"},
};

static bool is_excepted(const char *text)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (strncmp(text, exceptions[i].mnemonic, strlen(exceptions[i].mnemonic)) == 0 &&
            strstr(text, exceptions[i].word))
            return true;
    return false;
}

static void fail(struct run *run, const struct item *item, const char *what, const uint8_t *bytes,
                 size_t length)
{
    /* nasm does not warn of a displacement that it does not write. */
    const bool is_unwritten = item->status == ELFGEN_X86_NO_FIT && !item->is_warned &&
                              item->encoding.part_length[ELFGEN_X86_DISPLACEMENT] == 0;
    /* It warns of [eax+0xffffffff], in which a byte says -1 and nothing is lost. */
    const bool is_wrapped = item->status == ELFGEN_X86_OK && item->is_warned &&
                            item->encoding.part_length[ELFGEN_X86_DISPLACEMENT] <= 1 &&
                            strchr(item->text, '[');
    if (is_excepted(item->text) || is_unwritten || is_wrapped) {
        run->excepted++;
        return;
    }
    if (run->failed++ >= SHOWN && !run->sample.list)
        return;
    printf("%-44s %s: ", item->text, what);
    for (size_t i = 0; i < item->encoding.length; i++)
        printf("%02x", item->encoding.bytes[i]);
    printf(" (%s)", elfgen_x86_status_text(item->status));
    if (bytes) {
        printf(" nasm ");
        for (size_t i = 0; i < length; i++)
            printf("%02x", bytes[i]);
    }
    printf("\n");
}

static uint8_t *read_binary(const struct run *run, size_t *size)
{
    FILE *file = workplace_file(&run->place, "binary", "rb");
    if (fseek(file, 0, SEEK_END) != 0)
        die("binary");
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    if (!bytes || fread(bytes, 1, *size, file) != *size)
        die("binary");
    fclose(file);
    return bytes;
}

/* Whether nasm's bytes are ours. The fields of symbols are for the linker. */
static bool is_same(const struct item *item, const uint8_t *bytes, size_t length)
{
    uint8_t copy[ELFGEN_X86_LONGEST];
    if (length != item->encoding.length)
        return false;
    memcpy(copy, bytes, length);
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (item->symbols >> i & 1)
            memset(copy + item->encoding.fields[i].offset, 0, item->encoding.fields[i].length);
    return memcmp(copy, item->encoding.bytes, length) == 0;
}

/* Compares an item with nasm's bytes for it. */
static void compare_item(struct run *run, const struct item *item, const uint8_t *bytes,
                         size_t length)
{
    const bool is_cut = item->status == ELFGEN_X86_NO_FIT;
    if (item->is_refused) {
        run->refused++;
        if (item->status == ELFGEN_X86_OK || is_cut)
            fail(run, item, "nasm refuses it", NULL, 0);
        return;
    }
    run->compared++;
    run->cut += is_cut;
    if (item->status != ELFGEN_X86_OK && !is_cut)
        fail(run, item, "refused", bytes, length);
    else if (!is_same(item, bytes, length))
        fail(run, item, "other bytes", bytes, length);
    else if (item->is_warned != is_cut)
        fail(run, item, is_cut ? "nasm does not warn" : "nasm warns", NULL, 0);
}

/* Where nasm's listing says that the bytes of each item begin, the end after the last. */
static size_t *read_offsets(struct run *run, uint8_t mode, size_t size)
{
    char line[512];
    size_t *offsets = calloc(run->item_count + 1, sizeof *offsets);
    /* nasm removes what -o names if there is an error */
    if (!offsets || workplace_run(&run->place, "nasm -w-all -f %s%.0d -o unused -l list source.asm",
                                  run->symbols ? "elf" : "bin", run->symbols ? mode : 0) != 0)
        die("list");
    FILE *file = workplace_file(&run->place, "list", "r");
    for (size_t i = 0; i <= run->item_count; i++)
        offsets[i] = SIZE_MAX;
    while (fgets(line, sizeof line, file)) {
        unsigned long number, offset;
        if (sscanf(line, "%lu %8lx", &number, &offset) == 2 && number >= FIRST &&
            number < run->item_count + FIRST && offsets[number - FIRST] == SIZE_MAX &&
            line[7] != ' ')
            offsets[number - FIRST] = offset;
    }
    fclose(file);
    offsets[run->item_count] = size;
    for (size_t i = run->item_count; i-- > 0;)
        if (offsets[i] == SIZE_MAX)
            offsets[i] = offsets[i + 1];
    return offsets;
}

/* Compares nasm's bytes with ours: by our lengths if all have them, otherwise by a listing. */
static void compare(struct run *run, uint8_t mode)
{
    size_t size, at = 0;
    bool are_same = true;
    uint8_t *bytes = read_binary(run, &size);
    for (size_t i = 0; i < run->item_count && are_same; i++) {
        const struct item *item = &run->items[i];
        if (item->is_refused)
            continue;
        are_same =
            at + item->encoding.length <= size && is_same(item, bytes + at, item->encoding.length);
        at += item->encoding.length;
    }
    size_t *offsets = are_same && at == size ? NULL : read_offsets(run, mode, size);
    at = 0;
    for (size_t i = 0; i < run->item_count; i++) {
        const struct item *item = &run->items[i];
        const size_t length = offsets            ? offsets[i + 1] - offsets[i]
                              : item->is_refused ? 0
                                                 : item->encoding.length;
        compare_item(run, item, bytes + at, length);
        at += length;
    }
    free(offsets);
    free(bytes);
}

static void finish(struct run *run, uint8_t mode)
{
    bool has_errors;
    if (!run_nasm(run, mode, &has_errors) && has_errors && !run_nasm(run, mode, &has_errors)) {
        if (has_errors && !run_nasm(run, mode, &has_errors))
            die("nasm");
    }
    compare(run, mode);
    for (size_t i = 0; i < run->item_count; i++)
        free(run->items[i].text);
    run->item_count = 0;
}

/* Makes symbols of numbers. False: the instruction has none that may be one. */
static bool make_symbols(struct elfgen_x86_instruction *instruction)
{
    bool has_symbol = false;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        struct elfgen_x86_operand *operand = &instruction->operands[i];
        if (operand->kind != ELFGEN_X86_MEMORY && operand->kind != ELFGEN_X86_IMMEDIATE &&
            operand->kind != ELFGEN_X86_TARGET)
            continue;
        operand->symbolic = has_symbol = true;
        operand->value = 0;
    }
    return has_symbol;
}

static void run_mode(struct run *run, uint8_t mode)
{
    struct generator generator = {.state = run->sample.seed};
    struct sample_form form = {0};
    while (sample_next_form(&run->sample, &form)) {
        const unsigned all = run->symbols ? run->sample.count / 8 : run->sample.count;
        const unsigned count = form.row.operands[0] ? all : (all < 24 ? all : 24);
        for (unsigned n = 0; n < count; n++) {
            struct elfgen_x86_instruction instruction;
            generate_instruction(&generator, form.mnemonic, form.number, mode, &instruction);
            if (!run->symbols || make_symbols(&instruction))
                add(run, &instruction);
        }
        if (run->item_count > 250000)
            finish(run, mode);
    }
    finish(run, mode);
}

int main(int argc, char **argv)
{
    struct run run = {0};
    if (!sample_read(&run.sample, "encode-nasm", SAMPLE, FULL, argc, argv))
        return 2;
    workplace_open(&run.place, "nasm objcopy");
    for (int symbols = 0; symbols < 2; symbols++) {
        run.symbols = symbols;
        if (sample_has_mode(&run.sample, 64))
            run_mode(&run, 64);
        if (sample_has_mode(&run.sample, 32))
            run_mode(&run, 32);
    }
    workplace_close(&run.place);
    free(run.items);
    printf("%zu instructions have nasm's bytes (%zu with a number cut), %zu are refused by both, "
           "%zu are exceptions, %zu differ\n",
           run.compared - run.failed, run.cut, run.refused, run.excepted, run.failed);
    return run.failed ? 1 : 0;
}
