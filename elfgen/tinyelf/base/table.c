/* Lays out the columns of a table for the width of the output, and puts cells into them. */
#include "table.h"

#include <string.h>

#include "visible.h"

enum { MOST = 16 };

/* ---- layout ---- */

/* The columns of a table as they are being shared out. */
struct layout {
    const struct table_column *columns;
    size_t count;
    unsigned sizes[MOST];
    bool out[MOST]; /* left out */
};

static size_t total(const struct layout *layout)
{
    size_t all = 0;
    for (size_t i = 0; i < layout->count; i++)
        if (!layout->out[i])
            all += layout->columns[i].gap + layout->sizes[i];
    return all;
}

static void widen(struct layout *layout)
{
    for (size_t i = 0; i < layout->count; i++)
        layout->sizes[i] = layout->out[i] ? 0 : layout->columns[i].wide;
}

static bool may_shrink(const struct layout *layout, size_t i)
{
    return !layout->out[i] && layout->columns[i].shrink > 0 &&
           layout->sizes[i] > layout->columns[i].least;
}

/* Takes its share from each column that can give. Returns how much was taken. */
static size_t take(struct layout *layout, size_t missing)
{
    size_t taken = 0, shares = 0;
    for (size_t i = 0; i < layout->count; i++)
        shares += may_shrink(layout, i) ? layout->columns[i].shrink : 0;
    for (size_t i = 0; i < layout->count && shares > 0 && taken < missing; i++) {
        if (!may_shrink(layout, i))
            continue;
        size_t can = layout->sizes[i] - layout->columns[i].least;
        size_t part = (missing * layout->columns[i].shrink + shares - 1) / shares;
        part = part < can ? part : can;
        part = part < missing - taken ? part : missing - taken;
        layout->sizes[i] -= (unsigned)part;
        taken += part;
    }
    return taken;
}

/* Makes the table as narrow as `width` if it can. */
static bool shrink(struct layout *layout, size_t width)
{
    while (total(layout) > width)
        if (take(layout, total(layout) - width) == 0)
            return false;
    return true;
}

/* Shortens columns that have steps by whole ones. */
static void round_down(struct layout *layout)
{
    for (size_t i = 0; i < layout->count; i++) {
        const struct table_column *column = &layout->columns[i];
        unsigned rest = column->step > 0 ? (column->wide - layout->sizes[i]) % column->step : 0;
        if (layout->out[i] || rest == 0)
            continue;
        unsigned less = column->step - rest;
        layout->sizes[i] -= less < layout->sizes[i] ? less : layout->sizes[i];
    }
}

/* Shares out `more` columns. */
static void grow(struct layout *layout, size_t more)
{
    size_t shares = 0, left = more;
    for (size_t i = 0; i < layout->count; i++)
        shares += layout->out[i] ? 0 : layout->columns[i].grow;
    for (size_t i = 0; i < layout->count && shares > 0 && left > 0; i++) {
        if (layout->out[i] || layout->columns[i].grow == 0)
            continue;
        size_t part = (more * layout->columns[i].grow + shares - 1) / shares;
        part = part < left ? part : left;
        layout->sizes[i] += (unsigned)part;
        left -= part;
    }
}

/* Leaves out one more column. Returns false if there is none. */
static bool leave_out(struct layout *layout)
{
    for (size_t i = 0; i < layout->count; i++)
        if (layout->columns[i].optional && !layout->out[i])
            return layout->out[i] = true;
    return false;
}

size_t table_fit(const struct table_column *columns, size_t count, size_t width,
                 struct table_place *places)
{
    struct layout layout = {.columns = columns, .count = count < MOST ? count : MOST};
    widen(&layout);
    while (width > 0 && !shrink(&layout, width) && leave_out(&layout))
        widen(&layout);
    round_down(&layout);
    if (width > total(&layout))
        grow(&layout, width - total(&layout));
    unsigned at = 0;
    for (size_t i = 0; i < layout.count; i++) {
        unsigned gap = layout.out[i] ? 0 : columns[i].gap, size = layout.sizes[i];
        places[i] = (struct table_place){gap, at + gap, size};
        at += gap + size;
    }
    return at;
}

/* ---- cells ---- */

static const char dots[] = "...";
enum { DOTS = sizeof dots - 1 };

/* The shortest end of a text that leaves out `columns` columns at least. */
static const char *end_of(const char *text, size_t *length, size_t columns)
{
    size_t part = visible_fitting(text, *length, columns);
    if (visible_columns(text, part) < columns)
        part += visible_fitting(text + part, *length - part, 2);
    *length -= part;
    return text + part;
}

/* Appends the text in `size` columns. Returns how many it took. */
static size_t put_short(struct elfgen_text *out, size_t size, bool end, const char *text,
                        size_t length)
{
    size_t columns = visible_columns(text, length), marks = size < DOTS ? size : DOTS;
    if (columns <= size) {
        elfgen_text_bytes(out, text, length);
        return columns;
    }
    if (end) {
        text = end_of(text, &length, columns - (size - marks));
        elfgen_text_bytes(out, dots, marks);
        elfgen_text_bytes(out, text, length);
        return marks + visible_columns(text, length);
    }
    length = visible_fitting(text, length, size - marks);
    elfgen_text_bytes(out, text, length);
    elfgen_text_bytes(out, dots, marks);
    return visible_columns(text, length) + marks;
}

void table_put(struct elfgen_text *out, const struct table_place *place, unsigned alignment,
               const char *text, size_t length)
{
    size_t columns = visible_columns(text, length);
    size_t blanks = columns < place->size ? place->size - columns : 0;
    if (place->size == 0)
        return;
    elfgen_text_blanks(out, place->gap + (alignment & TABLE_RIGHT ? blanks : 0));
    columns = put_short(out, place->size, (alignment & TABLE_END) != 0, text, length);
    if ((alignment & (TABLE_RIGHT | TABLE_LAST)) == 0)
        elfgen_text_blanks(out, place->size - columns);
}

void table_put_string(struct elfgen_text *out, const struct table_place *place, unsigned alignment,
                      const char *string)
{
    table_put(out, place, alignment, string, strlen(string));
}

size_t table_fitting(const char *text, size_t length, size_t size)
{
    size_t most = visible_fitting(text, length, size), end = most;
    if (most == length)
        return length;
    while (end > 0 && text[end] != ' ')
        end--;
    return end > 0 ? end : most > 0 ? most : length;
}

void table_words(struct elfgen_text *out, const struct table_place *place, const char *text,
                 size_t length)
{
    elfgen_text_blanks(out, place->gap);
    while (length > 0) {
        size_t part = table_fitting(text, length, place->size);
        elfgen_text_bytes(out, text, part);
        while (part < length && text[part] == ' ')
            part++;
        text += part;
        length -= part;
        if (length > 0) {
            elfgen_text_char(out, '\n');
            elfgen_text_blanks(out, place->at);
        }
    }
}

void table_cut(struct elfgen_text *line, size_t columns)
{
    if (visible_columns(line->bytes, line->length) <= columns)
        return;
    size_t marks = columns < DOTS ? columns : DOTS;
    line->length = visible_fitting(line->bytes, line->length, columns - marks);
    elfgen_text_bytes(line, dots, marks);
}
