/* Two files in columns: a label, the first, the second, and what the second is to the first. */
#include <string.h>

#include "compare.h"
#include "explain_walk.h"

enum {
    LABEL = 22,
    COLUMN = 30,       /* and a blank before it */
    MOST_DIGITS = 11,  /* of a difference: 100 columns have no room for more */
    MOST_LIBRARIES = 8 /* named one a line; the rest is counted */
};

struct table {
    const struct compare_facts *files; /* two of them */
    struct elfgen_text *out;
};

/* ---- cells ---- */

struct cell {
    char room[COLUMN];
    struct elfgen_text text;
};

static void begin_cell(struct cell *cell)
{
    cell->text = (struct elfgen_text){.bytes = cell->room, .capacity = sizeof cell->room};
}

/* To the right; of what did not fit the end is "...". */
static void put_cell(struct table *table, struct cell *cell)
{
    if (cell->text.cut)
        memcpy(cell->room + COLUMN - 3, "...", 3);
    elfgen_text_blanks(table->out, 1 + COLUMN - cell->text.length);
    elfgen_text_bytes(table->out, cell->room, cell->text.length);
}

static void put_string(struct table *table, const char *string, size_t length)
{
    struct cell cell;
    begin_cell(&cell);
    for (size_t i = 0; i < length && !cell.text.cut; i++)
        elfgen_text_char(&cell.text, printable((uint8_t)string[i]));
    put_cell(table, &cell);
}

static void put_word(struct table *table, const char *word)
{
    put_string(table, word, strlen(word));
}

/* The file's name, whose end says more. */
static void put_file(struct table *table, const char *name)
{
    size_t length = strlen(name);
    struct cell cell;
    begin_cell(&cell);
    if (length > COLUMN) {
        elfgen_text_string(&cell.text, "...");
        name += length - (COLUMN - 3);
    }
    for (; *name; name++)
        elfgen_text_char(&cell.text, printable((uint8_t)*name));
    put_cell(table, &cell);
}

static void put_label(struct table *table, unsigned indent, const char *label)
{
    elfgen_text_blanks(table->out, (size_t)indent * 2);
    elfgen_text_column(table->out, label, LABEL - (size_t)indent * 2, SIZE_MAX);
}

/* ---- numbers ---- */

/* How many decimal digits a number has. */
static unsigned digits(uint64_t value)
{
    unsigned count = 1;
    while (value >= 10) {
        value /= 10;
        count++;
    }
    return count;
}

/* How often `small` goes into `large`, with one place behind the point below 100. */
static void put_times(struct elfgen_text *out, uint64_t large, uint64_t small)
{
    uint64_t whole = large / small, tenths = 0;
    if (whole < 100 && small <= UINT64_MAX / 10) {
        tenths = (large % small * 10 + small / 2) / small;
        whole += tenths / 10;
        tenths %= 10;
    } else if (large % small > small / 2) {
        whole++;
    }
    elfgen_text_decimal(out, whole, 0);
    if (whole >= 100)
        return;
    elfgen_text_char(out, '.');
    elfgen_text_decimal(out, tenths, 0);
}

/* From double on, how many times as much; below, the difference. */
static void put_change(struct elfgen_text *out, uint64_t a, uint64_t b)
{
    uint64_t large = a > b ? a : b, small = a > b ? b : a;
    if (large == small)
        return;
    if (small > 0 && large / small >= 2 && digits(large / small) < MOST_DIGITS) {
        elfgen_text_string(out, a > b ? "  1/" : "  ");
        put_times(out, large, small);
        elfgen_text_string(out, a > b ? "" : " times");
    } else if (digits(large - small) <= MOST_DIGITS) {
        elfgen_text_string(out, a > b ? "  -" : "  +");
        elfgen_text_decimal(out, large - small, 0);
    }
}

static void put_number(struct table *table, bool there, uint64_t value)
{
    struct cell cell;
    begin_cell(&cell);
    if (there)
        elfgen_text_decimal(&cell.text, value, 0);
    else
        elfgen_text_string(&cell.text, "n/a");
    put_cell(table, &cell);
}

/* A row of numbers; `there`: whether each file has one. */
static void put_row_where(struct table *table, unsigned indent, const char *label,
                          const bool there[2], uint64_t a, uint64_t b)
{
    put_label(table, indent, label);
    put_number(table, there[0], a);
    put_number(table, there[1], b);
    if (there[0] && there[1])
        put_change(table->out, a, b);
    elfgen_text_char(table->out, '\n');
}

static const bool both[2] = {true, true};

static void put_row(struct table *table, unsigned indent, const char *label, uint64_t a, uint64_t b)
{
    put_row_where(table, indent, label, both, a, b);
}

/* The same, unless neither file has any. */
static void put_row_of_some(struct table *table, unsigned indent, const char *label, uint64_t a,
                            uint64_t b)
{
    if (a != 0 || b != 0)
        put_row_where(table, indent, label, both, a, b);
}

/* ---- parts ---- */

static void put_words(struct table *table, const char *label, const char *a, const char *b)
{
    put_label(table, 0, label);
    put_word(table, a ? a : "unknown");
    put_word(table, b ? b : "unknown");
    elfgen_text_char(table->out, '\n');
}

/* "EXEC", of "EXEC (Executable file)". */
static void put_type(struct table *table, const struct compare_facts *facts)
{
    const char *type = elfgen_file_type_name(facts->view->ehdr.e_type);
    type = type ? type : "unknown";
    put_string(table, type, strcspn(type, " "));
}

static void put_entry(struct table *table, const struct compare_facts *facts)
{
    struct cell cell;
    begin_cell(&cell);
    if (facts->runs)
        elfgen_text_0x(&cell.text, facts->view->ehdr.e_entry);
    else
        elfgen_text_string(&cell.text, "n/a");
    put_cell(table, &cell);
}

static void put_interpreter(struct table *table, const struct compare_facts *facts)
{
    const struct compare_string *path = &facts->interpreter;
    put_string(table, path->bytes ? path->bytes : "none", path->bytes ? path->length : 4);
}

/* One cell a file, made by `put`. */
static void put_cells(struct table *table, const char *label,
                      void (*put)(struct table *, const struct compare_facts *))
{
    put_label(table, 0, label);
    put(table, &table->files[0]);
    put(table, &table->files[1]);
    elfgen_text_char(table->out, '\n');
}

static void put_library(struct table *table, const struct compare_facts *facts, uint64_t index)
{
    struct cell cell;
    if (index == 0 && facts->needed_count == 0) {
        put_word(table, "none");
    } else if (index >= facts->needed_count) {
        put_word(table, "");
    } else if (index < MOST_LIBRARIES) {
        const struct compare_string *name = &facts->needed[index];
        put_string(table, name->bytes ? name->bytes : "?", name->bytes ? name->length : 1);
    } else {
        begin_cell(&cell);
        elfgen_text_string(&cell.text, "and ");
        elfgen_text_decimal(&cell.text, facts->needed_count - MOST_LIBRARIES, 0);
        elfgen_text_string(&cell.text, " more");
        put_cell(table, &cell);
    }
}

static void put_libraries(struct table *table)
{
    uint64_t a = table->files[0].needed_count, b = table->files[1].needed_count;
    uint64_t rows = a > b ? a : b;
    for (uint64_t i = 0; i == 0 || (i < rows && i <= MOST_LIBRARIES); i++) {
        put_label(table, 0, i == 0 ? "needed libraries" : "");
        put_library(table, &table->files[0], i);
        put_library(table, &table->files[1], i);
        elfgen_text_char(table->out, '\n');
    }
}

static void put_head(struct table *table, bool identical)
{
    const struct compare_facts *a = &table->files[0], *b = &table->files[1];
    if (identical)
        elfgen_text_string(table->out, "the files are identical\n");
    put_label(table, 0, "");
    put_file(table, a->file);
    put_file(table, b->file);
    elfgen_text_char(table->out, '\n');
    put_row(table, 0, "size", a->view->length, b->view->length);
    put_words(table, "class", elfgen_class_name(a->view->class_),
              elfgen_class_name(b->view->class_));
    put_words(table, "machine", elfgen_machine_name(a->view->ehdr.e_machine),
              elfgen_machine_name(b->view->ehdr.e_machine));
    put_cells(table, "type", put_type);
    put_cells(table, "entry", put_entry);
    put_cells(table, "interpreter", put_interpreter);
    put_libraries(table);
}

static void put_bytes(struct table *table)
{
    const struct compare_bytes *a = &table->files[0].bytes, *b = &table->files[1].bytes;
    elfgen_text_string(table->out, "bytes by kind\n");
    put_row(table, 1, "headers", compare_headers(a), compare_headers(b));
    for (size_t i = 0; i < COMPARE_OWNER_COUNT; i++)
        put_row_of_some(table, i < COMPARE_HEADERS ? 2 : 1, compare_owner_names[i].label,
                        a->alone[i], b->alone[i]);
    put_row_of_some(table, 1, "several of these", a->several, b->several);
    for (size_t i = 0; i < COMPARE_OWNER_COUNT; i++)
        put_row_of_some(table, 2, compare_owner_names[i].label, a->shared[i], b->shared[i]);
    put_row_of_some(table, 1, "padding", a->padding, b->padding);
    put_row_of_some(table, 1, "unknown", a->unknown, b->unknown);
}

/* "LOAD r-x", "loaded r-x", "r-x". */
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
            put_row_where(table, 1, room, there, a[i], b[i]);
    }
}

static void put_counts(struct table *table, const char *label, const char *before,
                       const char *others, const struct compare_count *a,
                       const struct compare_count *b)
{
    put_row(table, 0, label, a->all, b->all);
    put_by_permission(table, before, both, a->loaded, b->loaded);
    put_row_of_some(table, 1, others, a->others, b->others);
}

static void put_memory(struct table *table)
{
    const struct compare_facts *a = &table->files[0], *b = &table->files[1];
    const struct compare_memory *x = &a->memory, *y = &b->memory;
    const bool runs[2] = {a->runs, b->runs};
    put_row_where(table, 0, "memory mapped", runs, x->bytes, y->bytes);
    if (!a->runs && !b->runs)
        return;
    put_row_where(table, 1, "pages", runs, x->pages, y->pages);
    put_by_permission(table, "", runs, x->by, y->by);
    put_row_where(table, 1, "from the file", runs, x->from_file, y->from_file);
    if (x->refused || y->refused)
        put_words(table, "  Linux maps it", x->refused ? "no" : "yes", y->refused ? "no" : "yes");
}

void compare_text(const struct compare_facts files[2], bool identical, struct elfgen_text *out)
{
    struct table table = {files, out};
    const bool known[2] = {files[0].has_instructions, files[1].has_instructions};
    put_head(&table, identical);
    put_bytes(&table);
    put_counts(&table, "segments", "LOAD ", "others", &files[0].segments, &files[1].segments);
    put_counts(&table, "sections", "loaded ", "not loaded", &files[0].sections, &files[1].sections);
    put_memory(&table);
    put_row_where(&table, 0, "instructions", known, files[0].instructions, files[1].instructions);
}
