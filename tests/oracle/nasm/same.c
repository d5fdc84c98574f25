/* Compares x86/nasm.c with nasm: prints instructions of real programs, of all forms that Zydis
 * decodes and of random bytes, and assembles them with nasm. Their bytes must be the same.
 *
 *   nasm-same [--mode 32|64] [--origin N] [--seed N] [--all] [--dense] [--forms] [--random COUNT]
 *             [--list] [FILE...]
 *
 * Without sources, it takes a sample of the system's ELF files, of forms and of random bytes, which
 * is the same for a seed. --all takes every ELF file of the system (or those named), and each
 * instruction that differs in more than a number; otherwise it takes a few of each kind, so that a
 * sample is not half `mov`. Files of one mode are also swept in the other, which gives unlikely but
 * valid instructions. --dense takes more forms. --list prints all failures, and the first `db` line
 * of each mnemonic. */
#include "same.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_SAMPLE = 300000 }; /* random strings of bytes in a sample */

const struct part_row parts[PART_COUNT] = {
    [PART_FILES] = {"files", 120}, [PART_FORMS] = {"forms", 700}, [PART_RANDOM] = {"random", 800}};

void *more(void *memory, size_t count, size_t size)
{
    void *bigger = reallocarray(memory, count, size);
    if (!bigger)
        die("memory");
    return bigger;
}

static void set_mode(struct run *run, int mode)
{
    run->mode = mode;
    ZydisDecoderInit(&run->decoder,
                     mode == 64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                     mode == 64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    if (run->seen)
        memset(run->seen, 0, run->seen_room * sizeof *run->seen);
    run->seen_count = 0;
}

/* Each part begins with the seed: what is generated does not depend on the files of the machine. */
static void take_part(struct run *run)
{
    const struct options *options = &run->options;
    const uint64_t seed = options->seed;
    bool sample = !*options->files && !options->all && !options->forms && options->random == 0;
    switch (run->part) {
    case PART_FILES:
        for (char **file = options->files; *file; file++)
            if (!take_file(run, *file))
                fprintf(stderr, "nasm-same: %s: no x86 ELF file\n", *file);
        if (sample || (options->all && !*options->files))
            take_system(run);
        break;
    case PART_FORMS:
        if (options->forms || sample)
            take_forms(run);
        break;
    case PART_RANDOM:
        take_random(run, sample ? RANDOM_SAMPLE : options->random);
        break;
    case PART_COUNT:
        break;
    }
    run->options.seed = seed;
}

/* Returns true if no instruction failed. */
static bool report(const struct run *run)
{
    bool good = run->failed == 0;
    for (int i = 0; i <= ZYDIS_MNEMONIC_MAX_VALUE; i++)
        if (run->tally[i].raw > 0 && run->options.list)
            printf("  db: %s %zu of %zu\n", ZydisMnemonicGetString((ZydisMnemonic)i),
                   run->tally[i].raw, run->tally[i].checked);
    for (int i = 0; i < PART_COUNT; i++) {
        const struct tally *tally = &run->part_tally[i];
        if (tally->checked == 0)
            continue;
        double permille = 1000.0 * (double)tally->raw / (double)tally->checked;
        printf("%s: %zu instructions, %zu of them as db: %.2f in 1000 (at most %u)\n",
               parts[i].name, tally->checked, tally->raw, permille, parts[i].permille);
        good = good && permille <= parts[i].permille;
    }
    printf("%zu failed\n", run->failed);
    return good;
}

static uint64_t number(const char *text)
{
    char *end;
    uint64_t value = text ? strtoull(text, &end, 0) : 0;
    if (!text || *text == '\0' || *end != '\0') {
        fprintf(stderr, "nasm-same: an option needs a number\n");
        exit(2);
    }
    return value;
}

static void read_options(struct options *options, char **argument)
{
    for (argument++; *argument && strncmp(*argument, "--", 2) == 0; argument++) {
        const char *name = *argument + 2;
        if (strcmp(name, "all") == 0)
            options->all = true;
        else if (strcmp(name, "dense") == 0)
            options->dense = true;
        else if (strcmp(name, "forms") == 0)
            options->forms = true;
        else if (strcmp(name, "list") == 0)
            options->list = true;
        else if (strcmp(name, "mode") == 0)
            options->mode = (int)number(*++argument);
        else if (strcmp(name, "origin") == 0)
            options->origin = number(*++argument);
        else if (strcmp(name, "random") == 0)
            options->random = number(*++argument);
        else if (strcmp(name, "seed") == 0)
            options->seed = number(*++argument);
        else {
            fprintf(stderr, "nasm-same: %s: no such option\n", *argument);
            exit(2);
        }
    }
    options->files = argument;
}

int main(int argc, char **argv)
{
    struct run run = {.options = {.seed = 1, .origin = 0x400000}};
    (void)argc;
    read_options(&run.options, argv);
    run.tally = calloc(ZYDIS_MNEMONIC_MAX_VALUE + 1, sizeof *run.tally);
    if (!run.tally)
        die("memory");
    workplace_open(&run.place, "nasm");
    for (int mode = 64; mode >= 32; mode -= 32) {
        if (run.options.mode != 0 && mode != run.options.mode)
            continue;
        set_mode(&run, mode);
        for (run.part = 0; run.part < PART_COUNT; run.part++) {
            take_part(&run);
            check_shapes(&run);
        }
    }
    workplace_close(&run.place);
    bool good = report(&run);
    free(run.seen);
    free(run.shapes);
    free(run.tally);
    return good ? 0 : 1;
}
