/* Prints two files in columns: label, first, second, and the second relative to the first. */
#include <string.h>

#include "base/columns.h"
#include "base/width.h"
#include "compare.h"

enum { MOST_LIBRARIES = 8 /* on a line of their own; the rest is counted */ };

struct table {
    const struct compare_facts *files; /* two */
    struct columns *columns;
};

/* ---- parts ---- */

/* Prints "EXEC" of "EXEC (Executable file)". */
static void put_type(struct table *table, const struct compare_facts *facts)
{
    const char *type = elfgen_file_type_name(facts->view->ehdr.e_type);
    type = type ? type : "unknown";
    columns_string(table->columns, type, strcspn(type, " "));
}

static void put_entry(struct table *table, const struct compare_facts *facts)
{
    struct columns_cell cell;
    columns_begin_cell(&cell);
    if (facts->runs)
        elfgen_text_0x(&cell.text, facts->view->ehdr.e_entry);
    else
        elfgen_text_string(&cell.text, "n/a");
    columns_cell(table->columns, &cell);
}

static void put_interpreter(struct table *table, const struct compare_facts *facts)
{
    const struct compare_string *path = &facts->interpreter;
    columns_end_of(table->columns, path->bytes ? path->bytes : "none",
                   path->bytes ? path->length : 4);
}

/* Prints one cell per file, made by `put`. */
static void put_cells(struct table *table, const char *label,
                      void (*put)(struct table *, const struct compare_facts *))
{
    columns_label(table->columns, 0, label);
    put(table, &table->files[0]);
    put(table, &table->files[1]);
    elfgen_text_char(table->columns->out, '\n');
}

static void put_library(struct table *table, const struct compare_facts *facts, uint64_t index)
{
    struct columns_cell cell;
    if (index == 0 && facts->needed_count == 0) {
        columns_word(table->columns, "none");
    } else if (index >= facts->needed_count) {
        columns_word(table->columns, "");
    } else if (index < MOST_LIBRARIES) {
        const struct compare_string *name = &facts->needed[index];
        columns_string(table->columns, name->bytes ? name->bytes : "?",
                       name->bytes ? name->length : 1);
    } else {
        columns_begin_cell(&cell);
        elfgen_text_string(&cell.text, "and ");
        elfgen_text_decimal(&cell.text, facts->needed_count - MOST_LIBRARIES, 0);
        elfgen_text_string(&cell.text, " more");
        columns_cell(table->columns, &cell);
    }
}

static void put_libraries(struct table *table)
{
    uint64_t a = table->files[0].needed_count, b = table->files[1].needed_count;
    uint64_t rows = a > b ? a : b;
    for (uint64_t i = 0; i == 0 || (i < rows && i <= MOST_LIBRARIES); i++) {
        columns_label(table->columns, 0, i == 0 ? "needed libraries" : "");
        put_library(table, &table->files[0], i);
        put_library(table, &table->files[1], i);
        elfgen_text_char(table->columns->out, '\n');
    }
}

static void put_head(struct table *table, bool identical)
{
    const struct compare_facts *a = &table->files[0], *b = &table->files[1];
    if (identical)
        elfgen_text_string(table->columns->out, "the files are identical\n");
    columns_label(table->columns, 0, "");
    columns_end_of(table->columns, a->file, strlen(a->file));
    columns_end_of(table->columns, b->file, strlen(b->file));
    elfgen_text_char(table->columns->out, '\n');
    columns_row(table->columns, 0, "size", a->view->length, b->view->length);
    columns_words(table->columns, "class", elfgen_class_name(a->view->class_),
                  elfgen_class_name(b->view->class_));
    columns_words(table->columns, "machine", elfgen_machine_name(a->view->ehdr.e_machine),
                  elfgen_machine_name(b->view->ehdr.e_machine));
    put_cells(table, "type", put_type);
    put_cells(table, "entry", put_entry);
    put_cells(table, "interpreter", put_interpreter);
    put_libraries(table);
}

static void put_bytes(struct table *table)
{
    const struct compare_bytes *a = &table->files[0].bytes, *b = &table->files[1].bytes;
    elfgen_text_string(table->columns->out, "bytes by kind\n");
    columns_row(table->columns, 1, "headers", compare_headers(a), compare_headers(b));
    for (size_t i = 0; i < COMPARE_OWNER_COUNT; i++)
        columns_row_of_some(table->columns, i < COMPARE_HEADERS ? 2 : 1,
                            compare_owner_names[i].label, a->alone[i], b->alone[i]);
    columns_row_of_some(table->columns, 1, "several of these", a->several, b->several);
    for (size_t i = 0; i < COMPARE_OWNER_COUNT; i++)
        columns_row_of_some(table->columns, 2, compare_owner_names[i].label, a->shared[i],
                            b->shared[i]);
    columns_row_of_some(table->columns, 1, "padding", a->padding, b->padding);
    columns_row_of_some(table->columns, 1, "unknown", a->unknown, b->unknown);
}

/* Prints a row per permission: "LOAD r-x", "loaded r-x", "r-x". */
static void put_by_permission(struct table *table, const char *before, const bool there[2],
                              const uint64_t *a, const uint64_t *b)
{
    for (size_t i = COMPARE_PERMISSIONS; i-- > 0;) {
        char room[16];
        struct elfgen_text label = {.bytes = room, .capacity = sizeof room - 1};
        elfgen_text_string(&label, before);
        elfgen_text_string(&label, compare_permission_names[i]);
        room[label.length] = '\0';
        if (a[i] != 0 || b[i] != 0)
            columns_row_where(table->columns, 1, room, there, a[i], b[i]);
    }
}

static void put_counts(struct table *table, const char *label, const char *before,
                       const char *others, const struct compare_count *a,
                       const struct compare_count *b)
{
    columns_row(table->columns, 0, label, a->all, b->all);
    put_by_permission(table, before, columns_both, a->loaded, b->loaded);
    columns_row_of_some(table->columns, 1, others, a->others, b->others);
}

static void put_memory(struct table *table)
{
    const struct compare_facts *a = &table->files[0], *b = &table->files[1];
    const struct compare_memory *x = &a->memory, *y = &b->memory;
    const bool runs[2] = {a->runs, b->runs};
    columns_row_where(table->columns, 0, "memory mapped", runs, x->bytes, y->bytes);
    if (!a->runs && !b->runs)
        return;
    columns_row_where(table->columns, 1, "pages", runs, x->pages, y->pages);
    put_by_permission(table, "", runs, x->by, y->by);
    columns_row_where(table->columns, 1, "from the file", runs, x->from_file, y->from_file);
    if (x->refused || y->refused)
        columns_words(table->columns, "  Linux maps it", x->refused ? "no" : "yes",
                      y->refused ? "no" : "yes");
}

void compare_text(const struct compare_facts files[2], bool identical, const struct profile *runs,
                  struct elfgen_text *out)
{
    struct columns columns;
    struct table table = {files, &columns};
    const bool known[2] = {files[0].has_instructions, files[1].has_instructions};
    columns_open(&columns, out, width_of_output());
    put_head(&table, identical);
    put_bytes(&table);
    put_counts(&table, "segments", "LOAD ", "others", &files[0].segments, &files[1].segments);
    put_counts(&table, "sections", "loaded ", "not loaded", &files[0].sections, &files[1].sections);
    put_memory(&table);
    columns_row_where(&columns, 0, "instructions", known, files[0].instructions,
                      files[1].instructions);
    if (runs)
        compare_run_text(runs, &columns);
}
