/* Prints what two programs did when they ran: columns, then the order of their calls. */
#include <stdio.h>
#include <stdlib.h>

#include "base/columns.h"
#include "compare.h"
#include "call_order.h"

enum {
    MOST_LINES = 6,     /* lines of a stretch, in the wide form */
    MOST_STRETCHES = 30 /* stretches that are printed */
};

/* ---- columns ---- */

static void put_ends(struct columns *columns, const struct profile runs[2])
{
    columns_label(columns, 0, "run");
    for (size_t i = 0; i < 2; i++) {
        struct columns_cell cell;
        columns_begin_cell(&cell);
        run_result_end(&runs[i], &cell.text);
        columns_cell(columns, &cell);
    }
    elfgen_text_char(columns->out, '\n');
}

static void put_calls(struct columns *columns, const struct profile runs[2], const bool ran[2],
                      const struct call_order_names *names)
{
    uint64_t failed[2] = {0, 0};
    columns_row_where(columns, 0, "system calls", ran, runs[0].all, runs[1].all);
    if (runs[0].by_abi[CALL_NATIVE] + runs[1].by_abi[CALL_NATIVE] < runs[0].all + runs[1].all)
        for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
            char label[64];
            snprintf(label, sizeof label, abi == 0 ? "by %s's numbers" : "by %s's",
                     syscall_abi(abi)->title);
            columns_row_where(columns, 1, label, ran, runs[0].by_abi[abi], runs[1].by_abi[abi]);
        }
    for (size_t i = 0; i < names->count; i++) {
        uint64_t counts[2] = {0, 0};
        const char *name = "";
        for (size_t side = 0; side < 2; side++) {
            uint16_t place = names->of[side][i];
            if (place == ORDER_NONE)
                continue;
            name = runs[side].calls[place].name;
            counts[side] = runs[side].calls[place].count;
            failed[side] += runs[side].calls[place].failed;
        }
        columns_row_where(columns, 1, name, ran, counts[0], counts[1]);
    }
    if (failed[0] + failed[1] > 0)
        columns_row_where(columns, 1, "of these failed", ran, failed[0], failed[1]);
}

/* Microseconds; the change is always a factor. */
static void put_time(struct columns *columns, unsigned indent, const char *label,
                     const bool there[2], uint64_t a, uint64_t b)
{
    columns_label(columns, indent, label);
    columns_number(columns, there[0], (a + 500) / 1000);
    columns_number(columns, there[1], (b + 500) / 1000);
    if (there[0] && there[1] && a > 0 && b > 0) {
        /* Up to a twentieth they count as equal. */
        bool less = b < a && a - b >= b / 20;
        columns_factor(columns, less, a > b ? a : b, a > b ? b : a);
    }
    elfgen_text_char(columns->out, '\n');
}

static void put_costs(struct columns *columns, const struct profile runs[2])
{
    const struct profile *a = &runs[0], *b = &runs[1];
    const bool pages[2] = {a->has_pages, b->has_pages};
    const bool resident[2] = {a->has_pages && a->has_resident, b->has_pages && b->has_resident};
    const bool timed[2] = {a->runs > 0, b->runs > 0};
    columns_row_where(columns, 0, "page faults", pages, a->minor + a->major, b->minor + b->major);
    if (a->major + b->major > 0)
        columns_row_where(columns, 1, "read from a device", pages, a->major, b->major);
    columns_row_where(columns, 0, "pages at the end", resident, a->resident, b->resident);
    put_time(columns, 0, "microseconds, median", timed, a->median, b->median);
    put_time(columns, 1, "least", timed, a->least, b->least);
    columns_row_where(columns, 1, "runs", timed, a->runs, b->runs);
}

/* ---- order ---- */

/* Words wrapped into lines, those after the first indented. */
struct flow {
    const struct columns *columns;
    size_t begin, column;
    unsigned lines;
};

static void put_item(struct flow *flow, const char *item, size_t length)
{
    struct elfgen_text *out = flow->columns->out;
    if (flow->column + 1 + length > flow->columns->line) {
        elfgen_text_char(out, '\n');
        elfgen_text_blanks(out, flow->begin);
        flow->column = flow->begin;
        flow->lines++;
    }
    elfgen_text_char(out, ' ');
    elfgen_text_bytes(out, item, length);
    flow->column += 1 + length;
}

static void put_rest(struct flow *flow, size_t count)
{
    char room[40];
    struct elfgen_text item = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&item, "and ");
    elfgen_text_decimal(&item, count, 0);
    elfgen_text_string(&item, " more");
    put_item(flow, room, item.length);
}

/* Whether a stretch has as many lines as it may, as many words as six lines of the wide form. */
static bool is_long(const struct flow *flow)
{
    enum { WIDE = 100, ROOM = 40 };
    size_t line = flow->columns->line, words = line - flow->begin;
    size_t most = (MOST_LINES * (WIDE - (size_t)flow->begin) + words - 1) / words;
    return flow->lines >= (most > MOST_LINES ? most : MOST_LINES) && flow->column + ROOM > line;
}

/* Prints the names of a stretch; "mmap 4 times" for four in a row. */
static void put_stretch(struct columns *columns, const struct profile *run,
                        const struct call_order_stretch *stretch)
{
    static const char *const labels[] = {"both", "only the first", "only the second"};
    const size_t begin = columns->places[COLUMNS_LABEL].size;
    struct flow flow = {columns, begin, begin, 1};
    columns_label(columns, 1, labels[stretch->who]);
    for (size_t i = 0; i < stretch->count;) {
        char room[80];
        struct elfgen_text item = {.bytes = room, .capacity = sizeof room};
        size_t end = i;
        while (end < stretch->count && stretch->calls[end] == stretch->calls[i])
            end++;
        if (is_long(&flow)) {
            put_rest(&flow, stretch->count - i);
            break;
        }
        elfgen_text_string(&item, run->calls[stretch->calls[i]].name);
        if (end - i > 1) {
            elfgen_text_char(&item, ' ');
            elfgen_text_decimal(&item, end - i, 0);
            elfgen_text_string(&item, " times");
        }
        if (end < stretch->count)
            elfgen_text_char(&item, ',');
        put_item(&flow, room, item.length);
        i = end;
    }
    elfgen_text_char(columns->out, '\n');
}

static void put_order(struct columns *columns, const struct profile runs[2],
                      const struct call_order_names *names)
{
    size_t count;
    struct call_order_stretch *stretches = call_order_align(runs, names, &count);
    if (!stretches)
        return;
    elfgen_text_string(columns->out, "in this order\n");
    for (size_t i = 0; i < count && i < MOST_STRETCHES; i++)
        put_stretch(columns, &runs[stretches[i].who == ORDER_SECOND], &stretches[i]);
    if (count > MOST_STRETCHES)
        elfgen_text_string(columns->out, "  and so on\n");
    free(stretches);
}

void compare_run_text(const struct profile runs[2], struct columns *columns)
{
    const bool ran[2] = {runs[0].end.ran, runs[1].end.ran};
    struct call_order_names *names = calloc(1, sizeof *names);
    put_ends(columns, runs);
    if (names && (ran[0] || ran[1])) {
        call_order_merge(runs, names);
        const bool several[2] = {runs[0].processes > 1, runs[1].processes > 1};
        if (several[0] || several[1])
            columns_row_where(columns, 1, "processes, threads", ran, runs[0].processes,
                              runs[1].processes);
        columns_row_where(columns, 1, "bytes of output", ran, runs[0].output, runs[1].output);
        put_calls(columns, runs, ran, names);
        put_costs(columns, runs);
        if (ran[0] && ran[1])
            put_order(columns, runs, names);
    }
    free(names);
}
