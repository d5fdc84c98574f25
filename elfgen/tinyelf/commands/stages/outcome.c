/* Prints what a program at the end of the steps did when it ran. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/visible.h"
#include "commands/compare/run_result.h"
#include "text.h"

const char *const stages_run_labels[STAGES_RUN_ROWS] = {"command", "ended", "at first", "then",
                                                        "cost"};

#define LLU(number) ((unsigned long long)(number))

const char *stages_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void write_end(FILE *cell, const struct profile *run)
{
    char room[80];
    struct elfgen_text end = {.bytes = room, .capacity = sizeof room};
    run_result_end(run, &end);
    fwrite(room, 1, end.length, cell);
    if (run->end.ran)
        fprintf(cell, ", %llu byte%s of output", LLU(run->output), stages_plural(run->output));
}

/* Writes how many calls there were, and each name once, in the order of the first calls. */
static void write_calls(FILE *cell, const struct profile *run, size_t from, size_t to,
                        const char *what)
{
    uint32_t counts[PROFILE_NAMES] = {0};
    const char *between = ": ";
    fprintf(cell, "%zu system call%s%s", to - from, stages_plural(to - from), what);
    for (size_t i = from; i < to; i++)
        counts[run->order[i]]++;
    for (size_t i = from; i < to; i++) {
        uint32_t *count = &counts[run->order[i]];
        if (*count == 0)
            continue;
        fprintf(cell, "%s%s", between, run->calls[run->order[i]].name);
        if (*count > 1)
            fprintf(cell, " %u times", (unsigned)*count);
        *count = 0;
        between = ", ";
    }
}

static void write_cost(FILE *cell, const struct profile *run)
{
    if (run->has_pages)
        fprintf(cell, "%llu page fault%s", LLU(run->minor + run->major),
                stages_plural(run->minor + run->major));
    if (run->runs > 0)
        fprintf(cell, "%s%llu microseconds, the median of %llu runs", run->has_pages ? "; " : "",
                LLU((run->median + 500) / 1000), LLU(run->runs));
}

static void write_cell(FILE *cell, const struct stages *stages, const struct profile *run,
                       size_t row)
{
    size_t before = run_result_before_write(run), length = run_result_length(run);
    if (row == 0) {
        fputs("./", cell);
        visible_write(cell, stages->name, strlen(stages->name));
    } else if (row == 1)
        write_end(cell, run);
    else if (row == 2 && before == length && run->end.ran)
        write_calls(cell, run, 0, length, ", no write among them");
    else if (row == 2 && run->end.ran)
        write_calls(cell, run, 0, before, " before the first write");
    else if (row == 3 && before < length)
        write_calls(cell, run, before, length, "");
    else if (row == 4)
        write_cost(cell, run);
}

char *stages_run_cell(const struct stages *stages, const struct profile *run, size_t row)
{
    char *text = NULL;
    size_t size = 0;
    FILE *cell = open_memstream(&text, &size);
    if (!cell)
        return NULL;
    if (run->given)
        write_cell(cell, stages, run, row);
    else if (row == 0)
        fputc('-', cell);
    return stages_end_text(cell, &text);
}
