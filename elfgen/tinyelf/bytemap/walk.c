/* Walks through the byte map in windows: only the claims of one window are sorted by place, so that
 * memory use does not grow with the file. */
#include <stdlib.h>

#include "base/grow.h"
#include "base/no_memory.h"
#include "bytemap.h"

enum { WINDOW = 1 << 17 };

/* The claims that begin in one window, in file order. */
struct batch {
    struct elfgen_map walk;
    struct elfgen_claim *claims;
    size_t count, room;
};

static int by_place(const void *a, const void *b)
{
    const struct elfgen_claim *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static bool collect(struct bytemap *map, uint64_t from, uint64_t to, struct batch *batch)
{
    /* Eight per byte. Only a crafted file has as many: one whose thousands of sections are all the
     * same strings. */
    enum { MOST_CLAIMS = 8 * WINDOW };
    bool sorted = true;
    batch->count = 0;
    elfgen_map_move(&batch->walk, from, to);
    batch->walk.beginning = from != map->from;
    for (;;) {
        if (!grow_array(&batch->claims, batch->count + 1, &batch->room, sizeof *batch->claims)) {
            error_no_memory(&map->error);
            return false;
        }
        struct elfgen_claim *claim = &batch->claims[batch->count];
        if (!elfgen_map_next(&batch->walk, claim))
            break;
        /* A claim that began earlier was in an earlier window; the first window keeps its own. */
        if (claim->offset < from && from != map->from)
            continue;
        if (batch->count == MOST_CLAIMS) {
            elfgen_error_set(&map->error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                             "too many headers, tables and strings overlap");
            return false;
        }
        sorted = sorted && (batch->count == 0 || claim[-1].offset < claim->offset ||
                            by_place(&claim[-1], claim) <= 0);
        batch->count++;
    }
    if (!sorted)
        qsort(batch->claims, batch->count, sizeof *batch->claims, by_place);
    return true;
}

/* Passes the symbols that begin at or before `offset` and were not passed yet. */
static void put_symbols(struct bytemap_writer *writer, uint64_t offset)
{
    const struct symbols *symbols = writer->map->symbols;
    if (!symbols || !writer->symbol)
        return;
    for (; writer->next_symbol < symbols->by_offset.count; writer->next_symbol++) {
        const struct symbol_span *span = &symbols->by_offset.spans[writer->next_symbol];
        if (span->from > offset)
            break;
        writer->symbol(writer, &symbols->all[span->symbol]);
    }
}

/* Passes bytes that nothing claims, before a claim at `to` or the end. */
static void put_gap(struct bytemap_writer *writer, uint64_t from, uint64_t to, bool before_claim)
{
    if (from >= to)
        return;
    put_symbols(writer, from);
    if (before_claim && elfgen_map_is_padding(writer->map->view, from, to)) {
        const struct elfgen_claim padding = {.offset = from,
                                             .length = to - from,
                                             .part = ELFGEN_PART_PADDING,
                                             .section = ELFGEN_NO_SECTION,
                                             .index = from,
                                             .reader = ELFGEN_READER_NOBODY};
        writer->claim(writer, &padding);
    } else {
        writer->gap(writer, from, to - from);
    }
}

/* The run of unclaimed bytes around an offset, found by a walk through the whole file. */
struct around {
    struct bytemap_writer writer;
    uint64_t offset;
    uint64_t from, to;
    bool is_padding;
};

static void look_at(struct around *around, uint64_t from, uint64_t length, bool is_padding)
{
    if (around->offset < from || around->offset - from >= length)
        return;
    around->from = from;
    around->to = from + length;
    around->is_padding = is_padding;
}

static void look_at_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    if (claim->part == ELFGEN_PART_PADDING)
        look_at((struct around *)writer, claim->offset, claim->length, true);
}

static void look_at_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    look_at((struct around *)writer, offset, length, false);
}

/* Passes a gap that reaches beyond the range, whole. Returns false if the walk ended early:
 * `error` says why. */
static bool put_whole_gap(struct bytemap_writer *writer, uint64_t offset)
{
    struct bytemap whole = *writer->map;
    struct around around = {.writer = {.map = &whole, .claim = look_at_claim, .gap = look_at_gap},
                            .offset = offset};
    whole.from = 0;
    whole.to = whole.view->length;
    bool good = bytemap_walk(&around.writer);
    writer->map->error = whole.error;
    if (good)
        put_gap(writer, around.from, around.to, around.is_padding);
    return good;
}

bool bytemap_walk(struct bytemap_writer *writer)
{
    struct bytemap *map = writer->map;
    struct batch batch = {0};
    struct elfgen_claim before = {.length = 0};
    uint64_t done = map->from;
    bool good = true;
    writer->next_symbol = symbols_from(map->symbols, map->from);
    elfgen_map_begin(&batch.walk, map->view, map->code, map->encodings, map->from, map->from);
    for (uint64_t from = map->from; good && from < map->to; from += WINDOW) {
        uint64_t to = map->to - from < WINDOW ? map->to : from + WINDOW;
        map->walked = (size_t)from;
        good = collect(map, from, to, &batch);
        for (size_t i = 0; good && i < batch.count; i++) {
            const struct elfgen_claim *claim = &batch.claims[i];
            /* Two system calls may read the same string. */
            if (claim->part == ELFGEN_PART_STRING && before.part == claim->part &&
                claim->length == before.length && by_place(claim, &before) == 0 &&
                claim->section == before.section)
                continue;
            if (claim->part == ELFGEN_PART_STRING)
                before = *claim;
            else
                before.part = claim->part;
            if (done == map->from && done > 0 && done < claim->offset && writer->whole_gaps)
                good = put_whole_gap(writer, done);
            else
                put_gap(writer, done, claim->offset, true);
            put_symbols(writer, claim->offset);
            writer->claim(writer, claim);
            if (claim->offset + claim->length > done)
                done = claim->offset + claim->length;
        }
    }
    bool partial = map->to < map->view->length || map->from > 0;
    if (good && done < map->to && partial && writer->whole_gaps)
        good = put_whole_gap(writer, done);
    else if (good)
        put_gap(writer, done, map->to, false);
    if (good && map->to > map->from)
        put_symbols(writer, map->to - 1);
    free(batch.claims);
    return good;
}

void bytemap_open_view(struct elfgen_view *view, const void *bytes, uint64_t length)
{
    if (elfgen_view_open_program(view, bytes, length, NULL) != ELFGEN_NOT_ELF) {
        /* An offset of 0 says that there are none, whatever their number. */
        if (view->ehdr.e_shoff == 0)
            view->sections.count = view->names = 0;
        return;
    }
    view->segments.count = view->sections.count = 0;
    view->ehdr = (struct elfgen_ehdr){0};
}
