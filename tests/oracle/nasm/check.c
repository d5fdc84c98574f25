/* Assembles the collected instructions with nasm and compares the bytes. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "same.h"

extern char **environ;

enum {
    SLOT = 32,         /* bytes of the output for each instruction */
    BATCH = 16384,     /* instructions in one call of nasm */
    PAD = 0xcc,        /* between them: `int3`, so that a missing instruction is noticed */
    MOST_TEXT = 200,   /* far more than any line has */
    MOST_REPORTED = 40 /* failures that are printed */
};

struct batch {
    const struct shape *shapes;
    size_t count;
    ZydisDecodedInstruction *instructions;
    ZydisDecodedOperand (*operands)[ZYDIS_MAX_OPERAND_COUNT];
    char (*texts)[MOST_TEXT];
    bool *refused; /* by nasm, with a message */
};

static uint64_t address_of(const struct run *run, size_t i)
{
    return run->options.origin + i * SLOT;
}

static void print_batch(const struct run *run, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct shape *shape = &batch->shapes[i];
        struct elfgen_text text = {.bytes = batch->texts[i], .capacity = MOST_TEXT - 1};
        if (ZYAN_FAILED(ZydisDecoderDecodeFull(&run->decoder, shape->bytes, shape->length,
                                               &batch->instructions[i], batch->operands[i])))
            die("decoding twice");
        nasm_text(&batch->instructions[i], batch->operands[i], shape->bytes, address_of(run, i),
                  &text);
        if (text.cut)
            die("a line without an end");
        text.bytes[text.length] = '\0';
    }
}

/* Three lines, then two for each instruction. */
static void write_source(const struct run *run, const struct batch *batch)
{
    FILE *source = workplace_file(&run->place, "a.asm", "w");
    fprintf(source, "bits %d\norg 0x%" PRIx64 "\n[warning -prefix-seg]\n", run->mode,
            run->options.origin);
    for (size_t i = 0; i < batch->count; i++)
        fprintf(source, "%s\ntimes %zu-($-$$) db 0x%x\n",
                batch->refused[i] ? "nop" : batch->texts[i], (i + 1) * SLOT, PAD);
    workplace_written(source);
}

static int start_nasm(const struct run *run)
{
    char source[WORKPLACE_PATH], output[WORKPLACE_PATH], messages[WORKPLACE_PATH];
    workplace_path(&run->place, "a.asm", source);
    workplace_path(&run->place, "a.bin", output);
    workplace_path(&run->place, "messages", messages);
    char *arguments[] = {"nasm", "-f", "bin", "-w+all", "-o", output, source, NULL};
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages,
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    errno = posix_spawnp(&child, "nasm", &actions, NULL, arguments, environ);
    if (errno != 0)
        die("nasm");
    posix_spawn_file_actions_destroy(&actions);
    if (waitpid(child, &status, 0) != child)
        die("nasm");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void report_failure(struct run *run, const struct batch *batch, size_t i, const char *why)
{
    if (run->failed++ >= MOST_REPORTED && !run->options.list)
        return;
    printf("FAILED ");
    for (unsigned k = 0; k < batch->shapes[i].length; k++)
        printf("%02x", batch->shapes[i].bytes[k]);
    printf(" %s: %s\n", batch->texts[i], why);
}

/* Marks the instructions that nasm has messages about; returns how many are new. */
static size_t read_messages(struct run *run, const struct batch *batch)
{
    char message[1024];
    size_t count = 0;
    FILE *messages = workplace_file(&run->place, "messages", "r");
    while (fgets(message, sizeof message, messages)) {
        char *colon = strchr(message, ':');
        unsigned long line = colon ? strtoul(colon + 1, &colon, 10) : 0;
        size_t i = (line - 4) / 2;
        if (line < 4 || i >= batch->count) {
            printf("nasm: %s", message);
            run->failed++;
            continue;
        }
        if (batch->refused[i])
            continue;
        batch->refused[i] = true;
        count++;
        message[strcspn(message, "\n")] = '\0';
        report_failure(run, batch, i, colon + 1);
    }
    fclose(messages);
    return count;
}

static uint8_t *read_output(const struct run *run, size_t size)
{
    char path[WORKPLACE_PATH];
    workplace_path(&run->place, "a.bin", path);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *bytes = more(NULL, size, 1);
    if (file < 0 || read(file, bytes, size) != (ssize_t)size)
        die("what nasm wrote");
    close(file);
    return bytes;
}

/* The difference between an instruction's bytes and nasm's; NULL: there is none. */
static const char *difference(const struct batch *batch, size_t i, const uint8_t *slot)
{
    static char text[80];
    const struct shape *shape = &batch->shapes[i];
    size_t length = SLOT;
    while (length > 0 && slot[length - 1] == PAD)
        length--;
    /* An instruction may end with the byte of the padding. */
    bool same = memcmp(slot, shape->bytes, shape->length) == 0;
    for (size_t k = shape->length; k < SLOT && same; k++)
        same = slot[k] == PAD;
    if (same)
        return NULL;
    size_t used = (size_t)snprintf(text, sizeof text, "nasm's are ");
    for (size_t k = 0; k < length; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%02x", slot[k]);
    return text;
}

static void count(struct run *run, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        ZydisMnemonic mnemonic = batch->instructions[i].mnemonic;
        struct tally *tallies[] = {&run->tally[mnemonic], &run->part_tally[run->part]};
        bool raw = strncmp(batch->texts[i], "db ", 3) == 0;
        if (raw && run->options.list && run->tally[mnemonic].raw == 0)
            printf("RAW %s %s\n", ZydisMnemonicGetString(mnemonic), batch->texts[i]);
        for (size_t k = 0; k < sizeof tallies / sizeof tallies[0]; k++) {
            tallies[k]->checked++;
            tallies[k]->raw += raw;
        }
    }
}

static void check_batch(struct run *run, const struct batch *batch)
{
    enum { MOST_TRIES = 60 };
    int status = 1;
    memset(batch->refused, 0, batch->count * sizeof *batch->refused);
    print_batch(run, batch);
    count(run, batch);
    for (int try = 0; try < MOST_TRIES; try++) {
        write_source(run, batch);
        status = start_nasm(run);
        if (read_messages(run, batch) == 0)
            break;
    }
    if (status != 0) {
        printf("FAILED nasm gives nothing for a batch\n");
        run->failed++;
        return;
    }
    uint8_t *output = read_output(run, batch->count * SLOT);
    for (size_t i = 0; i < batch->count; i++) {
        const char *what = batch->refused[i] ? NULL : difference(batch, i, output + i * SLOT);
        if (what)
            report_failure(run, batch, i, what);
    }
    free(output);
}

void check_shapes(struct run *run)
{
    struct batch batch = {.instructions = more(NULL, BATCH, sizeof *batch.instructions),
                          .operands = more(NULL, BATCH, sizeof *batch.operands),
                          .texts = more(NULL, BATCH, sizeof *batch.texts),
                          .refused = more(NULL, BATCH, sizeof *batch.refused)};
    for (size_t done = 0; done < run->count; done += batch.count) {
        batch.shapes = run->shapes + done;
        batch.count = run->count - done < BATCH ? run->count - done : BATCH;
        check_batch(run, &batch);
    }
    printf("%d bits, %s: %zu instructions\n", run->mode, parts[run->part].name, run->count);
    run->count = 0;
    free(batch.instructions);
    free(batch.operands);
    free(batch.texts);
    free(batch.refused);
}
