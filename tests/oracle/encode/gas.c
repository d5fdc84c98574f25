/* Compares the encoder with GNU as: what as makes of an instruction in Intel syntax is one of the
 * encodings that elfgen_encodings() lists.
 *
 *   encode-as [--full] [--count N] [--seed N] [--mode 32|64] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/encode/encode.h"
#include "generate.h"
#include "oracle/workplace.h"
#include "sample.h"

enum { LINE = 160, SLOT = 16, SAMPLE = 60, FULL = 300, SHOWN = 40, FILLER = 0xcc };

struct item {
    struct elfgen_x86_instruction instruction;
    char text[LINE];
    bool is_refused; /* by as */
};

struct run {
    struct sample sample;
    struct item *items;
    size_t item_count, room;
    size_t same, other, refused, failed;
    struct workplace place;
};

/* Prints an instruction for as. False: as has no such operand, or not in this form. */
static bool print(const struct elfgen_x86_instruction *instruction, char *line)
{
    struct elfgen_text text = {.bytes = line, .capacity = LINE - 1};
    if ((instruction->prefixes & ~(unsigned)ELFGEN_X86_LOCK) || instruction->segment)
        return false;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const struct elfgen_x86_operand *operand = &instruction->operands[i];
        /* nasm makes [ebp*2] ebp+ebp, in the segment ss; as does not. */
        if (operand->kind == ELFGEN_X86_MEMORY && instruction->mode == 32 && !operand->base &&
            operand->index == ELFGEN_X86_REG_ebp)
            return false;
    }
    const bool is_printed = encode_put_for_as(&text, instruction);
    line[text.length] = '\0';
    return is_printed && !text.cut;
}

/* What was asked for beyond the instruction itself, as does not know. */
static void drop_wishes(struct elfgen_x86_instruction *instruction)
{
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        struct elfgen_x86_operand *operand = &instruction->operands[i];
        operand->strict = operand->no_split = false;
        operand->displacement_size = 0;
        if (operand->segment <= ELFGEN_X86_REG_ds)
            operand->segment = 0; /* as leaves out those that say nothing */
        if (operand->kind == ELFGEN_X86_IMMEDIATE)
            operand->size = 0;
        if (operand->kind == ELFGEN_X86_TARGET)
            operand->reach = ELFGEN_X86_ANY_REACH;
    }
}

static void add(struct run *run, struct elfgen_x86_instruction *instruction)
{
    struct elfgen_x86_encoding encoding;
    drop_wishes(instruction);
    run->items = grow(run->items, run->item_count, &run->room, sizeof *run->items);
    struct item *item = &run->items[run->item_count];
    *item = (struct item){.instruction = *instruction};
    if (elfgen_encode(instruction, &encoding) == ELFGEN_X86_OK && print(instruction, item->text))
        run->item_count++;
}

/* Runs as over the items that it has not refused; notes which it refuses. */
static bool run_as(struct run *run, uint8_t mode)
{
    const struct item_lines lines = {.first = 2, .step = 1, .count = run->item_count};
    char line[WORKPLACE_LINE];
    bool is_clean = true;
    size_t refused;
    FILE *file = workplace_file(&run->place, "source.s", "w");
    fprintf(file, ".intel_syntax noprefix\n");
    for (size_t i = 0; i < run->item_count; i++)
        fprintf(file, "%s; .p2align 4, %d\n", run->items[i].is_refused ? "" : run->items[i].text,
                FILLER);
    workplace_written(file);
    const int status =
        workplace_run(&run->place,
                      "as --%d -o object source.s >log 2>&1 && objcopy -O binary -j .text object "
                      "binary",
                      mode);
    file = workplace_file(&run->place, "log", "r");
    while (workplace_complaint(file, &lines, line, &refused)) {
        run->items[refused].is_refused = true; /* with a warning as well */
        is_clean = false;
    }
    fclose(file);
    return status == 0 && is_clean;
}

struct looking {
    const uint8_t *bytes; /* a slot of as */
    size_t rank;          /* how many encodings were there before the one that is as's */
    bool is_found;
};

/* Sorts legacy prefixes, since as has an order of its own. */
static void sort_prefixes(uint8_t *bytes, size_t length)
{
    static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
                                       0x66, 0x67, 0xf0, 0xf2, 0xf3};
    size_t count = 0;
    while (count < length && memchr(prefixes, bytes[count], sizeof prefixes))
        count++;
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && bytes[j - 1] > bytes[j]; j--) {
            const uint8_t byte = bytes[j];
            bytes[j] = bytes[j - 1];
            bytes[j - 1] = byte;
        }
}

static bool look(const struct elfgen_x86_encoding *encoding, void *context)
{
    struct looking *looking = context;
    uint8_t sorted[ELFGEN_X86_LONGEST];
    memcpy(sorted, encoding->bytes, encoding->length);
    sort_prefixes(sorted, encoding->length);
    bool is_same = memcmp(looking->bytes, sorted, encoding->length) == 0;
    for (size_t i = encoding->length; i < SLOT && is_same; i++)
        is_same = looking->bytes[i] == FILLER;
    looking->is_found = is_same;
    looking->rank += !is_same;
    return !is_same;
}

/* What as makes otherwise, with the reason. */
static bool is_excepted(const struct item *item)
{
    static const struct {
        const char *start, *reason;
    } exceptions[] = {
        {"int 3", "as writes it as int3, one byte"},
        {"xchg rax, rax", "as writes it as nop"},
    };
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (strncmp(item->text, exceptions[i].start, strlen(exceptions[i].start)) == 0)
            return true;
    return false;
}

static void compare(struct run *run)
{
    FILE *file = workplace_file(&run->place, "binary", "rb");
    for (size_t i = 0; i < run->item_count; i++) {
        const struct item *item = &run->items[i];
        struct elfgen_x86_encoding encoding;
        uint8_t slot[SLOT];
        struct looking looking = {.bytes = slot};
        if (item->is_refused) {
            run->refused++;
            continue;
        }
        if (fread(slot, 1, SLOT, file) != SLOT)
            die("the binary is too short");
        sort_prefixes(slot, SLOT);
        if (elfgen_encode(&item->instruction, &encoding) == ELFGEN_X86_OK &&
            look(&encoding, &looking) == false) {
            run->same++;
            continue;
        }
        looking.rank = 0;
        elfgen_encodings(&item->instruction, true, look, &looking);
        if (looking.is_found || is_excepted(item)) {
            run->other++;
        } else if (run->failed++ < SHOWN) {
            printf("%-40s as ", item->text);
            for (size_t j = 0; j < SLOT; j++)
                printf("%02x", slot[j]);
            printf("\n");
        }
    }
    fclose(file);
}

static void run_mode(struct run *run, uint8_t mode)
{
    struct generator generator = {.state = run->sample.seed};
    struct sample_form form = {0};
    run->item_count = 0;
    while (sample_next_form(&run->sample, &form))
        for (unsigned n = 0; n < (form.row.operands[0] ? run->sample.count : 24); n++) {
            struct elfgen_x86_instruction instruction;
            generate_instruction(&generator, form.mnemonic, form.number, mode, &instruction);
            add(run, &instruction);
        }
    for (unsigned tries = 0; !run_as(run, mode); tries++)
        if (tries == 4)
            die("as");
    compare(run);
}

int main(int argc, char **argv)
{
    struct run run = {0};
    if (!sample_read(&run.sample, "encode-as", SAMPLE, FULL, argc, argv))
        return 2;
    workplace_open(&run.place, "as objcopy");
    if (sample_has_mode(&run.sample, 64))
        run_mode(&run, 64);
    if (sample_has_mode(&run.sample, 32))
        run_mode(&run, 32);
    workplace_close(&run.place);
    free(run.items);
    printf(
        "as makes the same of %zu instructions, another listed encoding of %zu, refuses %zu, and "
        "%zu differ\n",
        run.same, run.other, run.refused, run.failed);
    return run.failed ? 1 : 0;
}
