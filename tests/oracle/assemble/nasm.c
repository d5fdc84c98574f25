/* Compares elfgen_assemble() with nasm: objects, warnings and refusals of sources.
 *
 *   assemble-nasm [--full] [--count N] [--seed N] [--mode 32|64] [--flat] [--reduce] [--show]
 *   assemble-nasm [--reduce] [--notes] [--mode 32|64] [--flat] FILE...
 *
 * Without files, N random sources are made in each mode; --full makes 10,000 in all. --reduce
 * prints the shortest part of a source that differs, --show prints sources. --notes also compares
 * the bytes that comments of the lines say. --flat compares with nasm -f bin instead: the file, the
 * labels of its map. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "source.h"

enum { USUAL = 150, FULL = 5000, SHOWN = 20 };

struct run {
    struct judge judge;
    unsigned count, mode;
    uint64_t seed;
    bool reduces, shows, notes;
    size_t verdicts[VERDICTS], noted;
};

static const char *line_text(const char *text, size_t length, uint64_t line, size_t *size)
{
    const char *end = text + length;
    for (uint64_t i = 1; i < line && text < end; i++) {
        const char *next = memchr(text, '\n', (size_t)(end - text));
        text = next ? next + 1 : end;
    }
    const char *next = memchr(text, '\n', (size_t)(end - text));
    *size = (size_t)((next ? next : end) - text);
    return text;
}

/* Judges a source that may be changed. */
static void judge_text(struct run *run, const char *name, char *text, size_t length, uint8_t mode)
{
    struct judge *judge = &run->judge;
    const enum verdict verdict = judge_source(judge, text, length, mode);
    run->verdicts[verdict]++;
    bool differs = verdict == VERDICT_DIFFERENT;
    if (!differs && run->notes && !judge_notes(judge, text, length, mode, &run->noted)) {
        differs = true;
        run->verdicts[verdict]--;
        run->verdicts[VERDICT_DIFFERENT]++;
    }
    if (verdict == VERDICT_FOREIGN && run->shows)
        printf("%s (%d bits):%llu: %s\n", name, mode, (unsigned long long)judge->line, judge->text);
    if (!differs || (run->verdicts[VERDICT_DIFFERENT] > SHOWN && !run->shows))
        return;
    if (run->reduces && verdict == VERDICT_DIFFERENT)
        length = judge_reduce(judge, text, length, mode);
    size_t size;
    const char *line = line_text(text, length, judge->line, &size);
    printf("%s (%d bits):%llu: %s\n", name, mode, (unsigned long long)judge->line, judge->text);
    if (judge->line > 0)
        printf("  | %.*s\n", (int)(size < 200 ? size : 200), line);
    if (run->reduces && verdict == VERDICT_DIFFERENT && length < 3000)
        printf("-- shortest:\n%.*s--\n", (int)length, text);
    fflush(stdout);
}

static void judge_file(struct run *run, const char *path)
{
    enum { ROOM = 1 << 22 };
    FILE *file = fopen(path, "rb");
    char *text = malloc(ROOM);
    if (!file || !text)
        die(path);
    const size_t length = fread(text, 1, ROOM, file);
    fclose(file);
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    run->judge.from = folder;
    for (uint8_t mode = 64; mode >= 32; mode = (uint8_t)(mode - 32))
        if (run->judge.flat ? mode == 64 : run->mode == 0 || run->mode == mode)
            judge_text(run, path, text, length, mode);
    run->judge.from = NULL;
    free(text);
}

static void judge_random(struct run *run)
{
    struct source *source = malloc(sizeof *source);
    if (!source)
        die("memory");
    printf("# seed %llu\n", (unsigned long long)run->seed);
    judge_write(&run->judge, source_incbin_name, source_incbin_bytes, sizeof source_incbin_bytes);
    judge_write(&run->judge, source_include_name, source_include_text, strlen(source_include_text));
    for (unsigned i = 0; i < run->count; i++)
        for (uint8_t mode = 64; mode >= 32; mode = (uint8_t)(mode - 32)) {
            char name[40];
            if (run->mode != 0 && run->mode != mode)
                continue;
            snprintf(name, sizeof name, "seed %llu", (unsigned long long)run->seed + i);
            source_make(source, run->seed + i, mode, run->judge.flat);
            if (run->shows)
                printf("== %s, %d bits\n%.*s", name, mode, (int)source->length, source->text);
            judge_text(run, name, source->text, source->length, mode);
        }
    free(source);
}

/* Reads the options; returns the index of the first file. */
static int read_options(struct run *run, int argc, char **argv)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        const char *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        bool has_value = false;
        if (strcmp(option, "--full") == 0)
            run->count = FULL;
        else if (strcmp(option, "--reduce") == 0)
            run->reduces = true;
        else if (strcmp(option, "--show") == 0)
            run->shows = true;
        else if (strcmp(option, "--flat") == 0)
            run->judge.flat = true;
        else if (strcmp(option, "--notes") == 0)
            run->notes = true;
        else if ((has_value = strcmp(option, "--count") == 0))
            run->count = (unsigned)strtoul(value, NULL, 10);
        else if ((has_value = strcmp(option, "--seed") == 0))
            run->seed = strtoull(value, NULL, 10);
        else if ((has_value = strcmp(option, "--mode") == 0))
            run->mode = (unsigned)strtoul(value, NULL, 10);
        else {
            fprintf(stderr, "assemble-nasm: unknown option %s\n", option);
            exit(2);
        }
        i += has_value;
    }
    return i;
}

int main(int argc, char **argv)
{
    struct run run = {.count = USUAL, .seed = 20};
    judge_open(&run.judge);
    int i = read_options(&run, argc, argv);
    if (i == argc)
        judge_random(&run);
    for (; i < argc; i++)
        judge_file(&run, argv[i]);
    judge_close(&run.judge);
    printf("%zu sources are the same (%zu lines, %zu warnings), %zu are refused by both, %zu are "
           "for nasm, %zu differ\n",
           run.verdicts[VERDICT_SAME], run.judge.lines, run.judge.warnings,
           run.verdicts[VERDICT_REFUSED], run.verdicts[VERDICT_FOREIGN],
           run.verdicts[VERDICT_DIFFERENT]);
    if (run.notes)
        printf("%zu lines have the bytes that they say\n", run.noted);
    return run.verdicts[VERDICT_DIFFERENT] ? 1 : 0;
}
