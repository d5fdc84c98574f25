/* Adds items: bytes that are made, and statements that are read again. */
#include "items.h"

#include <string.h>

enum { CHUNK = 1024 };

void *elfgen_asm_add_item(struct state *state, enum item_kind kind, size_t size)
{
    struct item *item = arena_take(&state->arena, size, 16);
    if (!item)
        return NULL;
    *item = (struct item){.kind = (uint8_t)kind,
                          .mode = state->mode,
                          .default_rel = state->default_rel,
                          .mask = (uint8_t)(state->mask_count - 1),
                          .section = state->section};
    state->item_count++;
    *state->stream.tail = item;
    state->stream.tail = &item->next;
    state->stream.open = NULL;
    return item;
}

static struct bytes_item *add_bytes_item(struct state *state, const uint8_t *bytes)
{
    struct bytes_item *item = elfgen_asm_add_item(state, ITEM_BYTES, sizeof *item);
    if (!item)
        return NULL;
    item->bytes = bytes;
    item->length = 0;
    item->count = 1;
    return item;
}

uint8_t *elfgen_asm_room(struct state *state, size_t length)
{
    struct stream *stream = &state->stream;
    if ((size_t)(stream->end - stream->at) < length || !stream->at) {
        const size_t size = length > CHUNK ? length : CHUNK;
        stream->at = arena_take(&state->arena, size, 1);
        if (!stream->at)
            return NULL;
        stream->end = stream->at + size;
        stream->open = NULL;
    }
    return stream->at;
}

void elfgen_asm_add_bytes(struct state *state, size_t length)
{
    struct stream *stream = &state->stream;
    if (length == 0)
        return;
    if (!stream->open || stream->open->item.section != state->section) {
        struct bytes_item *item = add_bytes_item(state, stream->at);
        if (!item)
            return;
        stream->open = item;
    }
    stream->open->length += length;
    stream->open->item.size += length;
    stream->at += length;
}

bool elfgen_asm_add_repeated(struct state *state, const uint8_t *bytes, uint64_t length,
                             uint64_t count)
{
    struct bytes_item *item = add_bytes_item(state, bytes);
    if (!item)
        return false;
    item->length = length;
    item->count = count;
    item->item.size = length * count;
    return true;
}

struct statement *elfgen_asm_add_statement(struct state *state, enum item_kind kind,
                                           const struct token *times, const struct token *begin)
{
    struct line line = state->line;
    const struct token *tokens = elfgen_asm_lines_keep(&state->lines, &line);
    if (!tokens)
        return NULL;
    struct statement *statement = elfgen_asm_add_item(state, kind, sizeof *statement);
    if (!statement)
        return NULL;
    const struct item item = statement->item;
    *statement = (struct statement){.item = item,
                                    .scope = state->scope,
                                    .line = line,
                                    .times = times ? tokens + (times - line.tokens) : NULL,
                                    .begin = tokens + (begin - line.tokens)};
    statement->line.tokens = tokens;
    return statement;
}

bool elfgen_asm_advance(struct state *state, uint64_t size, const struct token *at)
{
    struct asm_section *section = section_here(state);
    const bool has_bytes = section->type != ELFGEN_SHT_NOBITS;
    const uint64_t most = has_bytes ? MOST_BYTES : INT64_MAX;
    if (size > most || section->size > most - size)
        return asm_error(state, at, ELFGEN_DOES_NOT_FIT,
                         "the section would have more than %s bytes", has_bytes ? "2^32" : "2^63");
    section->size += size;
    section->is_used |= size > 0;
    return true;
}

struct line_begin elfgen_asm_begin_line(const struct state *state)
{
    struct bytes_item *open = state->stream.open;
    return (struct line_begin){
        .tail = state->stream.tail, .open = open, .within = open ? open->item.size : 0};
}

bool elfgen_asm_end_line(struct state *state, const struct line_begin *begin)
{
    const bool is_longer = begin->open && begin->open->item.size > begin->within;
    const struct item *item = is_longer ? &begin->open->item : *begin->tail;
    while (!is_longer && item && (item->kind == ITEM_LABEL || item->kind == ITEM_EQU))
        item = item->next;
    if (!item)
        return true;
    struct line_rows *piece = state->last_lines;
    if (!piece || piece->count == sizeof piece->rows / sizeof *piece->rows) {
        piece = arena_take(&state->arena, sizeof *piece, 16);
        if (!piece)
            return false;
        piece->next = NULL;
        piece->count = 0;
        if (state->last_lines)
            state->last_lines->next = piece;
        else
            state->first_lines = piece;
        state->last_lines = piece;
    }
    piece->rows[piece->count++] =
        (struct line_row){.item = item,
                          .within = is_longer ? begin->within : 0,
                          .place = line_place(&state->line, state->line.tokens)};
    state->line_count++;
    return true;
}
