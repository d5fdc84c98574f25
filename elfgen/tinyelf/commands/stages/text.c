/* Prints the steps from C to a program on one screen: a column for the compiler, one for
 * tinyelf. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/visible.h"
#include "base/ascii.h"
#include "base/table.h"
#include "base/width.h"
#include "text.h"

enum { WIDTH = 100, LABEL = 9, GAP = 1, COLUMN = 45, LEAST_COLUMN = 20, FIRST_BYTES = 10 };

/* What is written, and how wide it may be. */
struct screen {
    struct elfgen_text *out;
    size_t column;
};

static struct screen open_screen(struct elfgen_text *out)
{
    size_t width = width_of_output();
    if (width == WIDTH_WIDE)
        width = WIDTH;
    size_t column = width > LABEL + GAP ? (width - LABEL - GAP) / 2 : 0;
    return (struct screen){out, column > LEAST_COLUMN ? column : LEAST_COLUMN};
}

/* How many lines there are for a text that has `lines` in the wide form. */
static size_t lines_in(const struct screen *screen, size_t lines)
{
    return screen->column < COLUMN ? (lines * COLUMN + screen->column - 1) / screen->column : lines;
}

/* ---- cells ---- */

static void put_plain(FILE *cell, const char *text, size_t length)
{
    for (size_t i = 0, size; i < length; i += size) {
        size = visible_length(text + i, length - i);
        fwrite(size ? text + i : "?", 1, size ? size : 1, cell);
        size = size ? size : 1;
    }
}

/* Writes the command, with FLAGS in place of flags that tinyelf adds for the compiler. */
static void write_command(FILE *cell, const struct stages *stages, enum stage_way way,
                          enum stage_number number)
{
    const char *command = stages->of[way][number].command;
    const char *flags = command && way == WAY_TINYELF ? strstr(command, stages->flags) : NULL;
    if (!command) {
        fputs("-", cell);
    } else if (!flags) {
        put_plain(cell, command, strlen(command));
    } else {
        const char *rest = flags + strlen(stages->flags);
        put_plain(cell, command, (size_t)(flags - command));
        fputs("FLAGS", cell);
        put_plain(cell, rest, strlen(rest));
    }
}

static void write_kind(FILE *cell, const struct stage *stage, const struct stage_facts *facts,
                       enum stage_number number)
{
    if (stage->made)
        fprintf(cell, "%zu bytes, %s", stage->bytes.size, stages_kind(facts, number));
    else
        fputs(stage->run ? "not made" : "skipped", cell);
}

static void write_bytes(FILE *cell, const struct screen *screen, const struct stage *stage)
{
    enum { PER_BYTE = 4 }; /* in hexadecimal and as a character, with a blank between them */
    size_t fit = (screen->column - 1) / PER_BYTE, most = fit < FIRST_BYTES ? fit : FIRST_BYTES;
    size_t count = stage->bytes.size < most ? stage->bytes.size : most;
    const unsigned char *bytes = (const unsigned char *)stage->bytes.bytes;
    if (!stage->made)
        return;
    for (size_t i = 0; i < count; i++)
        fprintf(cell, "%02x ", bytes[i]);
    fputc(' ', cell);
    for (size_t i = 0; i < count; i++)
        fputc(ascii_printable(bytes[i]), cell);
}

#define LLU(number) ((unsigned long long)(number))

static void write_needs(FILE *cell, const struct stage_facts *facts, size_t most)
{
    for (size_t i = 0; i < facts->undefined && i < most && i < MOST_NEEDS; i++) {
        fputs(i ? ", " : "", cell);
        put_plain(cell, facts->needs[i].at, facts->needs[i].length);
    }
    if (facts->undefined > most)
        fprintf(cell, " and %llu more", LLU(facts->undefined - most));
}

static void write_object_change(FILE *cell, const struct stage_facts *facts)
{
    fprintf(
        cell,
        "%llu bytes of code; %llu section%s to load, %llu relocation%s open; symbols: %llu defined",
        LLU(facts->code_size), LLU(facts->loaded), stages_plural(facts->loaded),
        LLU(facts->relocations), stages_plural(facts->relocations), LLU(facts->defined));
    if (facts->undefined > 0) {
        fputs(", undefined ", cell);
        write_needs(cell, facts, 2);
    }
}

static void write_program_change(FILE *cell, const struct stage_facts *facts)
{
    fprintf(cell, "%llu segment%s, %llu sections; entry 0x%llx; ", LLU(facts->segments),
            stages_plural(facts->segments), LLU(facts->sections), LLU(facts->entry));
    if (facts->interpreter.at) {
        fputs("started by ", cell);
        put_plain(cell, facts->interpreter.at, facts->interpreter.length);
        if (facts->relocations > 0)
            fprintf(cell, ", which fills in %llu more address%s", LLU(facts->relocations),
                    facts->relocations == 1 ? "" : "es");
    } else {
        fputs("started by Linux itself", cell);
    }
}

/* Writes why there is no file: what keeps the object from being a program by itself, or else the
 * words of the tool. */
static void write_failure(FILE *cell, const struct stages *stages, enum stage_way way,
                          enum stage_number number, const struct stages_facts *facts)
{
    const struct stage_facts *object = &facts->of[way][STAGE_OBJECT];
    const struct stage *stage = &stages->of[way][number];
    if (way == WAY_TINYELF && number == STAGE_EXECUTABLE && object->undefined > 0) {
        fputs("needs ", cell);
        write_needs(cell, object, 8);
        fputs(stages->of[WAY_CC][number].made ? ": in the C library, which tinyelf does not link"
                                              : ": no file defines them",
              cell);
    } else if (stage->messages) {
        put_plain(cell, stage->messages + stage->reason,
                  stage->reason_length < 160 ? stage->reason_length : 160);
    }
}

static void write_change(FILE *cell, const struct stages *stages, enum stage_way way,
                         enum stage_number number, const struct stages_facts *all)
{
    const struct stage_facts *facts = &all->of[way][number];
    if (!stages->of[way][number].made) {
        if (stages->of[way][number].run)
            write_failure(cell, stages, way, number, all);
        return;
    }
    switch (number) {
    case STAGE_PREPROCESSED:
        fprintf(cell, "%llu line%s in, %llu out: %llu yours, %llu of %llu header%s",
                LLU(all->input.lines), stages_plural(all->input.lines), LLU(facts->lines),
                LLU(facts->own_lines), LLU(facts->header_lines), LLU(facts->headers),
                stages_plural(facts->headers));
        break;
    case STAGE_ASSEMBLY:
        fprintf(cell, "%llu lines: %llu instruction%s, %llu label%s, %llu directive%s",
                LLU(facts->lines), LLU(facts->instructions), stages_plural(facts->instructions),
                LLU(facts->labels), stages_plural(facts->labels), LLU(facts->directives),
                stages_plural(facts->directives));
        break;
    case STAGE_OBJECT:
        write_object_change(cell, facts);
        break;
    case STAGE_EXECUTABLE:
        write_program_change(cell, facts);
        break;
    case STAGE_COUNT:
        break;
    }
}

/* ---- the screen ---- */

/* How much of `text` fits on a line of `width`: up to a blank if there is one. */
static size_t line_length(const char *text, size_t width)
{
    size_t length = strlen(text);
    if (length <= width)
        return length;
    const size_t least = width < COLUMN ? 0 : width / 2; /* a narrow line has few words */
    for (size_t i = width; i > least; i--)
        if (text[i] == ' ')
            return i;
    return width;
}

/* Prints a row: a label and two cells, on as many lines as the longer cell needs, at most
 * `most` in the wide form. */
static void put_row(const struct screen *screen, const char *label, char *const cells[WAY_COUNT],
                    size_t most)
{
    struct elfgen_text *out = screen->out;
    const size_t column = screen->column;
    const char *left = cells[WAY_CC] ? cells[WAY_CC] : "";
    const char *right = cells[WAY_TINYELF] ? cells[WAY_TINYELF] : "";
    for (size_t line = 0; line < lines_in(screen, most) && (line == 0 || *left || *right); line++) {
        size_t used = line_length(left, column), other = line_length(right, column);
        elfgen_text_column(out, line == 0 ? label : "", LABEL, LABEL);
        elfgen_text_bytes(out, left, used);
        if (other > 0) {
            elfgen_text_blanks(out, column - used + GAP);
            elfgen_text_bytes(out, right, other);
        }
        elfgen_text_char(out, '\n');
        left += used + strspn(left + used, " ");
        right += other + strspn(right + other, " ");
    }
}

enum row { ROW_COMMAND, ROW_KIND, ROW_BYTES, ROW_CHANGE, ROW_COUNT };

static char *make_cell(const struct screen *screen, const struct stages *stages,
                       const struct stages_facts *facts, enum stage_number number,
                       enum stage_way way, enum row row)
{
    char *text = NULL;
    size_t size = 0;
    const struct stage *stage = &stages->of[way][number];
    FILE *cell = open_memstream(&text, &size);
    if (!cell)
        return NULL;
    if (row == ROW_COMMAND)
        write_command(cell, stages, way, number);
    else if (row == ROW_KIND)
        write_kind(cell, stage, &facts->of[way][number], number);
    else if (row == ROW_BYTES)
        write_bytes(cell, screen, stage);
    else
        write_change(cell, stages, way, number, facts);
    return stages_end_text(cell, &text);
}

/* Returns false if there is no memory; that goes for all below. */
static bool put_cells(const struct screen *screen, const char *label, char *cells[WAY_COUNT],
                      size_t most)
{
    bool made = cells[0] && cells[1];
    if (made && (*cells[0] || *cells[1]))
        put_row(screen, label, cells, most);
    free(cells[0]);
    free(cells[1]);
    return made;
}

static bool put_stage(const struct screen *screen, const struct stages *stages,
                      const struct stages_facts *facts, enum stage_number number)
{
    static const char *const names[] = {"1. preprocessed: macros expanded, headers inserted",
                                        "2. compiled: C becomes instructions, still as text",
                                        "3. assembled: text becomes bytes, addresses left open",
                                        "4. linked: addresses filled in, a file that Linux loads"};
    static const char *const labels[ROW_COUNT] = {"command", "file", "bytes", "contains"};
    elfgen_text_string(screen->out, names[number]);
    elfgen_text_char(screen->out, '\n');
    for (enum row row = 0; row < ROW_COUNT; row++) {
        char *cells[WAY_COUNT];
        for (enum stage_way way = 0; way < WAY_COUNT; way++)
            cells[way] = make_cell(screen, stages, facts, number, way, row);
        if (!put_cells(screen, labels[row], cells, 3))
            return false;
    }
    return true;
}

static bool put_runs(const struct screen *screen, const struct stages *stages,
                     const struct profile runs[WAY_COUNT])
{
    enum { MOST_LINES = 9 };
    elfgen_text_string(screen->out, "5. run: Linux loads it, and from then on it asks Linux\n");
    for (size_t row = 0; row < STAGES_RUN_ROWS; row++) {
        char *cells[WAY_COUNT];
        for (enum stage_way way = 0; way < WAY_COUNT; way++)
            cells[way] = stages_run_cell(stages, &runs[way], row);
        if (!put_cells(screen, stages_run_labels[row], cells, MOST_LINES))
            return false;
    }
    return true;
}

/* Prints text wrapped to the width of the screen, lines after the first indented. */
static void put_wrapped(const struct screen *screen, const char *label, const char *text)
{
    const unsigned size = (unsigned)(2 * screen->column + GAP);
    elfgen_text_column(screen->out, label, LABEL, LABEL);
    table_words(screen->out, &(struct table_place){.at = LABEL, .size = size}, text, strlen(text));
    elfgen_text_char(screen->out, '\n');
}

static void put_summary(const struct screen *screen, const struct stages *stages)
{
    const struct stage *theirs = &stages->of[WAY_CC][STAGE_EXECUTABLE];
    const struct stage *ours = &stages->of[WAY_TINYELF][STAGE_EXECUTABLE];
    char line[160] = "";
    if (theirs->made && ours->made)
        snprintf(line, sizeof line, "%zu bytes, or %zu", theirs->bytes.size, ours->bytes.size);
    else if (theirs->made)
        snprintf(line, sizeof line, "%zu bytes, with the C library", theirs->bytes.size);
    else if (ours->made)
        snprintf(line, sizeof line, "%zu bytes, without a C library", ours->bytes.size);
    else
        snprintf(line, sizeof line, "no program");
    put_wrapped(screen, "result", line);
}

/* "the compiler's way: FOLDER/cc", to be freed; NULL if there is no memory. */
static char *make_head(const char *before, const char *folder, const char *way)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    fputs(before, stream);
    visible_write(stream, folder, strlen(folder));
    fputs(way, stream);
    return stages_end_text(stream, &text);
}

bool stages_text(const struct stages *stages, const struct stages_facts *facts, const char *folder,
                 const struct profile *runs, struct elfgen_text *out)
{
    const struct screen screen = open_screen(out);
    char *heads[WAY_COUNT] = {make_head("the compiler's way: ", folder, "/cc"),
                              make_head("tinyelf's way: ", folder, "/tinyelf")};
    bool done = put_cells(&screen, "", heads, 2);
    for (enum stage_number number = 0; done && number < STAGE_COUNT; number++)
        done = put_stage(&screen, stages, facts, number);
    if (done && runs && (runs[WAY_CC].given || runs[WAY_TINYELF].given))
        done = put_runs(&screen, stages, runs);
    if (!done)
        return false;
    put_summary(&screen, stages);
    put_wrapped(&screen, "FLAGS", stages->flags);
    return true;
}
