/* Prints one system call, with a column per ABI. */
#include "syscall.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fold.h"
#include "base/table.h"
#include "syscalls/parameter_text.h"

enum { CELL = 96, ROWS = 16, LABEL = 15, GAP = 3 };

/* The table, kept until the width of its columns is known. */
struct grid {
    struct row {
        const char *label;
        struct elfgen_text texts[CALL_ABIS];
        char cells[CALL_ABIS][CELL];
    } rows[ROWS];
    unsigned count;
};

/* Adds a row. If there is no room, the last row is overwritten. */
static unsigned add_row(struct grid *grid, const char *label)
{
    if (grid->count < ROWS)
        grid->count++;
    struct row *row = &grid->rows[grid->count - 1];
    row->label = label;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        row->texts[abi] = (struct elfgen_text){.bytes = row->cells[abi], .capacity = CELL - 1};
    return grid->count - 1;
}

/* The text of a cell, to which more may be appended. What does not fit is dropped. */
static struct elfgen_text *cell_of(struct grid *grid, unsigned row, enum call_abi abi)
{
    return &grid->rows[row].texts[abi];
}

/* Appends text to a cell. */
static void add(struct grid *grid, unsigned row, enum call_abi abi, const char *text)
{
    elfgen_text_string(cell_of(grid, row, abi), text);
}

/* Narrows the widest columns until a line fits. */
static void narrow(size_t widths[CALL_ABIS], size_t width)
{
    enum { LEAST = 8 };
    for (;;) {
        size_t all = LABEL, widest = 0;
        for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
            all += widths[abi] > 0 ? (abi > 0 && widths[0] > 0 ? GAP : 0) + widths[abi] : 0;
            widest = widths[abi] > widths[widest] ? abi : widest;
        }
        if (all <= width || widths[widest] <= LEAST)
            return;
        widths[widest]--;
    }
}

/* Prints a row on as many lines as it needs. Nothing follows the last text of a line. */
static void put_row(struct elfgen_text *out, const struct row *row, const size_t widths[CALL_ABIS])
{
    size_t done[CALL_ABIS] = {0};
    const char *label = row->label;
    for (bool more = true; more; label = "") {
        size_t blanks = LABEL - strlen(label);
        more = false;
        elfgen_text_string(out, label);
        for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
            if (widths[abi] == 0)
                continue;
            const char *text = row->cells[abi];
            const size_t length = row->texts[abi].length;
            size_t part = table_fitting(text + done[abi], length - done[abi], widths[abi]);
            if (part > 0) {
                elfgen_text_blanks(out, blanks);
                elfgen_text_bytes(out, text + done[abi], part);
                blanks = 0;
            }
            blanks += widths[abi] + GAP - part;
            done[abi] += part;
            while (done[abi] < length && text[done[abi]] == ' ')
                done[abi]++;
            more = more || done[abi] < length;
        }
        elfgen_text_char(out, '\n');
    }
}

/* Prints the rows that have any text. A column that was not asked for has a width of 0. */
static void put_grid(struct elfgen_text *out, size_t width, const struct grid *grid,
                     const bool asked[CALL_ABIS])
{
    size_t widths[CALL_ABIS] = {0};
    for (unsigned i = 0; i < grid->count; i++)
        for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
            size_t length = asked[abi] ? grid->rows[i].texts[abi].length : 0;
            widths[abi] = length > widths[abi] ? length : widths[abi];
        }
    if (width > 0)
        narrow(widths, width);
    for (unsigned i = 0; i < grid->count; i++) {
        bool any = false;
        for (unsigned abi = 0; abi < CALL_ABIS; abi++)
            any = any || (asked[abi] && grid->rows[i].texts[abi].length > 0);
        if (any)
            put_row(out, &grid->rows[i], widths);
    }
}

/* ---- the rows ---- */

static bool knows_parameters(const struct call_facts *call)
{
    return call && call->number >= 0 && call->row;
}

static void add_number(struct grid *grid, const struct call_facts *const calls[CALL_ABIS])
{
    unsigned row = add_row(grid, "number");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        if (!calls[abi])
            continue;
        if (calls[abi]->number < 0) {
            add(grid, row, abi, "none");
            continue;
        }
        struct elfgen_text *cell = cell_of(grid, row, abi);
        elfgen_text_string(cell, syscall_abi(abi)->number);
        elfgen_text_string(cell, " = ");
        elfgen_text_decimal(cell, (uint64_t)calls[abi]->number, 0);
        elfgen_text_string(cell, " (");
        elfgen_text_0x(cell, (uint64_t)calls[abi]->number);
        elfgen_text_char(cell, ')');
    }
}

static void add_arguments(struct grid *grid, const struct call_facts *const calls[CALL_ABIS])
{
    static const char *const labels[ELFGEN_ARGUMENTS] = {"1st argument", "2nd argument",
                                                         "3rd argument", "4th argument",
                                                         "5th argument", "6th argument"};
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++) {
        bool any = false;
        for (unsigned abi = 0; abi < CALL_ABIS; abi++)
            any |= knows_parameters(calls[abi]) && calls[abi]->row->parameters[i].name;
        if (!any)
            return;
        unsigned row = add_row(grid, labels[i]);
        for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
            if (!knows_parameters(calls[abi]) || !calls[abi]->row->parameters[i].name)
                continue;
            struct elfgen_text *cell = cell_of(grid, row, abi);
            elfgen_text_string(cell, syscall_abi(abi)->arguments[i]);
            elfgen_text_string(cell, ": ");
            parameter_text_declare(cell, &calls[abi]->row->parameters[i]);
        }
    }
}

/* Adds all argument registers, for ABIs whose parameters are unknown. */
static void add_registers(struct grid *grid, const bool shown[CALL_ABIS])
{
    bool any = false;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        any |= shown[abi];
    if (!any)
        return;
    unsigned row = add_row(grid, "arguments");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        for (unsigned i = 0; shown[abi] && i < ELFGEN_ARGUMENTS; i++) {
            add(grid, row, abi, i ? ", " : "");
            add(grid, row, abi, syscall_abi(abi)->arguments[i]);
        }
}

static bool comes_back(const struct call_facts *call)
{
    return !call || !call->row || call->row->result_kind != ELFGEN_RESULT_NEVER;
}

/* Adds the rules of all calls; `calls` NULL: without a call. */
static void add_rules(struct grid *grid, const bool shown[CALL_ABIS],
                      const struct call_facts *const calls[CALL_ABIS])
{
    unsigned instruction = add_row(grid, "instruction"), result = add_row(grid, "result"),
             error = add_row(grid, "error"), lost = add_row(grid, "lost");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const struct call_abi_row *convention = syscall_abi(abi);
        const struct call_facts *call = calls ? calls[abi] : NULL;
        if (!shown[abi])
            continue;
        add(grid, instruction, abi, syscall_instruction(convention->instruction)->name);
        if (!comes_back(call)) {
            add(grid, result, abi, "none: it does not return");
            continue;
        }
        add(grid, result, abi, convention->result);
        if (call && call->row) {
            add(grid, result, abi, ": ");
            add(grid, result, abi, syscall_type_text(call->row->result));
        }
        struct elfgen_text *cell = cell_of(grid, error, abi);
        elfgen_text_string(cell, convention->result);
        elfgen_text_string(cell, " from -");
        elfgen_text_decimal(cell, ELFGEN_ERRNO_MOST, 0);
        elfgen_text_string(cell, " to -1 is -errno");
        add(grid, lost, abi, convention->lost[0] ? convention->lost[0] : "nothing");
        for (unsigned i = 1; convention->lost[0] && convention->lost[i]; i++) {
            add(grid, lost, abi, ", ");
            add(grid, lost, abi, convention->lost[i]);
        }
    }
}

static void add_entry(struct grid *grid, const struct call_facts *const calls[CALL_ABIS])
{
    unsigned row = add_row(grid, "entry point");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        if (calls[abi] && calls[abi]->number >= 0)
            add(grid, row, abi, calls[abi]->implemented ? calls[abi]->entry : "not implemented");
}

/* ---- around the table ---- */

static void put_prototype(struct elfgen_text *out, size_t width, const struct call_facts *call,
                          bool labelled)
{
    char text[CALL_PROTOTYPE_ROOM];
    size_t indent = labelled ? 8 : 0, room = width - indent;
    parameter_text_prototype(call, text);
    if (labelled) {
        char label[CALL_ABI_NAMES_ROOM];
        snprintf(label, sizeof label, "%s:", syscall_abi(call->abi)->name);
        elfgen_text_column(out, label, indent, indent);
    }
    const char *rest = text;
    while (strlen(rest) > room) {
        size_t cut = room;
        while (cut > 0 && rest[cut] != ' ')
            cut--;
        cut = cut ? cut : room;
        elfgen_text_bytes(out, rest, cut);
        elfgen_text_char(out, '\n');
        elfgen_text_blanks(out, indent + 4);
        rest += cut + (rest[cut] == ' ');
        room = width - indent - 4;
    }
    elfgen_text_string(out, rest);
    elfgen_text_char(out, '\n');
}

static void put_prototypes(struct elfgen_text *out, size_t width,
                           const struct call_facts *const calls[CALL_ABIS])
{
    enum { LEAST = 24 };
    const size_t line = width == 0 ? SYSCALL_WIDTH : width < LEAST ? LEAST : width;
    char texts[CALL_ABIS][CALL_PROTOTYPE_ROOM] = {{0}};
    const char *first = NULL;
    bool same = true;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        if (!calls[abi] || calls[abi]->number < 0)
            continue;
        parameter_text_prototype(calls[abi], texts[abi]);
        first = first ? first : texts[abi];
        same = same && strcmp(texts[abi], first) == 0;
    }
    bool done = false;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        if (!calls[abi] || calls[abi]->number < 0 || (same && done))
            continue;
        put_prototype(out, line, calls[abi], !same);
        done = true;
    }
    elfgen_text_char(out, '\n');
}

/* The lines below the table. */
struct notes {
    struct elfgen_text *out;
    size_t width;
    bool any;
};

/* Prints a line below the table; the first after an empty line. */
__attribute__((format(printf, 2, 3))) static void put_note(struct notes *notes, const char *format,
                                                           ...)
{
    char text[256];
    struct fold fold;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fold_open(&fold, notes->out, notes->width, 0);
    elfgen_text_string(&fold.text, notes->any ? "" : "\n");
    elfgen_text_string(&fold.text, text);
    elfgen_text_char(&fold.text, '\n');
    fold_close(&fold);
    notes->any = true;
}

/* Prints that the ABI has no such call. */
static void put_missing(struct notes *notes, const struct call_facts *call)
{
    const char *abi = syscall_abi(call->abi)->name;
    const char *through = syscall_through(call->abi, call->name);
    if (through)
        put_note(notes, "%s has no %s: %s (%d) does it.", abi, call->name, through,
                 syscall_number(call->abi, through));
    else if (call->name[0])
        put_note(notes, "%s has no %s.", abi, call->name);
    else
        put_note(notes, "%s has no call of that number.", abi);
}

/* Prints what the call of one column is in the ABIs whose columns have another. */
static void put_elsewhere(struct notes *notes, const struct call_facts *call,
                          const struct call_facts *const calls[CALL_ABIS])
{
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const char *other = syscall_abi(abi)->name;
        if (abi == call->abi || (calls[abi] && strcmp(calls[abi]->name, call->name) == 0))
            continue;
        if (call->numbers[abi] >= 0)
            put_note(notes, "%s is number %d (0x%x) in %s.", call->name, call->numbers[abi],
                     (unsigned)call->numbers[abi], other);
        else
            put_note(notes, "%s has no %s.", other, call->name);
    }
}

/* Whether the columns are of several calls. */
static bool are_different(const struct call_facts *const calls[CALL_ABIS])
{
    const struct call_facts *first = NULL;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        if (first && calls[abi] && strcmp(first->name, calls[abi]->name) != 0)
            return true;
        first = first ? first : calls[abi];
    }
    return false;
}

/* Prints what the columns leave open. */
static void put_notes(struct notes *notes, const struct call_facts *const calls[CALL_ABIS])
{
    bool differ = are_different(calls);
    bool noted = false;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const struct call_facts *call = calls[abi];
        if (call && call->number < 0)
            put_missing(notes, call);
        if (!call || call->number < 0)
            continue;
        if (!call->implemented)
            put_note(notes, "%s: Linux has no such call, only the number: it answers -38 (ENOSYS).",
                     syscall_abi(abi)->name);
        else if (!call->row && (differ || !noted))
            put_note(notes, "The parameters of %s are not in tinyelf's table: see man 2.",
                     call->name);
        noted |= call->implemented && !call->row;
        if (differ)
            put_elsewhere(notes, call, calls);
    }
}

static void add_head(struct grid *grid, const bool asked[CALL_ABIS])
{
    unsigned row = add_row(grid, "");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        if (asked[abi])
            add(grid, row, abi, syscall_abi(abi)->name);
}

void syscall_put_one(struct elfgen_text *out, size_t width,
                     const struct call_facts *const calls[CALL_ABIS])
{
    bool asked[CALL_ABIS], shown[CALL_ABIS], bare[CALL_ABIS];
    struct grid grid;
    grid.count = 0;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        asked[abi] = calls[abi] != NULL;
        shown[abi] = asked[abi] && calls[abi]->number >= 0;
        bare[abi] = shown[abi] && !calls[abi]->row;
    }
    put_prototypes(out, width, calls);
    add_head(&grid, asked);
    unsigned name = add_row(&grid, "name");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        if (shown[abi])
            add(&grid, name, abi, calls[abi]->name);
    add_number(&grid, calls);
    add_arguments(&grid, calls);
    add_registers(&grid, bare);
    add_rules(&grid, shown, calls);
    add_entry(&grid, calls);
    put_grid(out, width, &grid, asked);
    put_notes(&(struct notes){out, width, false}, calls);
}

void syscall_put_rules(struct elfgen_text *out, size_t width, const bool asked[CALL_ABIS])
{
    struct grid grid;
    grid.count = 0;
    add_head(&grid, asked);
    unsigned number = add_row(&grid, "number");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        if (asked[abi])
            add(&grid, number, abi, syscall_abi(abi)->number);
    add_registers(&grid, asked);
    add_rules(&grid, asked, NULL);
    put_grid(out, width, &grid, asked);
}
