/* Fills bytes of a file under the rules of its headers, and takes them back. */
#include "board.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/memory.h"

enum board_change_kind {
    CHANGE_PUT,
    CHANGE_JOIN,
    CHANGE_SET,
    CHANGE_SPECIAL,
    CHANGE_RESERVE,
    CHANGE_RELEASE
};

static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Of a cell that is bound to others the value counts, and one that instructions may share; of all
 * others that it is taken. */
static uint64_t hash_of(const struct board *board, size_t cell)
{
    bool is_bound = !board->is_coarse && board->state[cell] & BOARD_SPECIAL;
    bool is_shared = !board->is_coarse && board_set_has(&board->counts, board->value[cell]);
    bool counts = is_bound || is_shared;
    return mix(cell << 10 | (counts ? 256u + board->value[cell] : 0) | (is_bound ? 512u : 0));
}

/* Of a set that a cell has, and of how it came to it. */
static uint64_t hash_of_set(size_t cell, size_t number, const struct board_set *set)
{
    uint64_t hash = mix(cell << 32 | number << 1 | 1);
    for (size_t i = 0; i < 4; i++)
        hash = mix(hash ^ set->bits[i]);
    return hash;
}

static bool note(struct board *board, enum board_change_kind kind, size_t cell, size_t other)
{
    if (board->changes == board->trail_capacity) {
        board->is_full = true;
        return false;
    }
    board->trail[board->changes++] =
        (struct board_change){(uint8_t)kind, (uint16_t)cell, (uint16_t)other};
    return true;
}

bool board_make(struct board *board, size_t capacity)
{
    enum { CHANGES = 8 }; /* of a cell, with all that undo each other */
    *board = (struct board){.capacity = capacity, .trail_capacity = CHANGES * capacity};
    board->value = calloc(capacity, sizeof *board->value);
    board->state = calloc(capacity, sizeof *board->state);
    board->leader = calloc(capacity, sizeof *board->leader);
    board->next = calloc(capacity, sizeof *board->next);
    board->set = calloc(capacity, sizeof *board->set);
    board->free = calloc((capacity + 63) / 64, sizeof *board->free);
    board->trail = calloc(board->trail_capacity, sizeof *board->trail);
    return board->value && board->state && board->leader && board->next && board->set &&
           board->free && board->trail;
}

void board_free(struct board *board)
{
    free(board->value);
    free(board->state);
    free(board->leader);
    free(board->next);
    free(board->set);
    free(board->free);
    free(board->trail);
}

bool board_put(struct board *board, size_t cell, uint8_t value)
{
    if (!board_may_be(board, cell, value))
        return false;
    if (board->state[cell] & BOARD_KNOWN)
        return true;
    size_t at = cell;
    do {
        if (!note(board, CHANGE_PUT, at, 0))
            return false;
        board->value[at] = value;
        board->state[at] |= BOARD_KNOWN;
        board->free[at / 64] &= ~(UINT64_C(1) << at % 64);
        board->hash ^= hash_of(board, at);
        at = board->next[at];
    } while (at != cell);
    return true;
}

static void switch_reserved(struct board *board, size_t cell, bool is_reserved)
{
    uint64_t bit = UINT64_C(1) << cell % 64;
    board->hash ^= mix(cell << 3 | 5);
    if (is_reserved) {
        board->state[cell] |= BOARD_RESERVED;
        board->free[cell / 64] &= ~bit;
    } else {
        board->state[cell] &= (uint8_t)~BOARD_RESERVED;
        if (!(board->state[cell] & BOARD_KNOWN))
            board->free[cell / 64] |= bit;
    }
}

bool board_reserve(struct board *board, size_t cell, size_t length)
{
    for (size_t at = cell; at < cell + length; at++) {
        if (at >= board->size || board->state[at] & (BOARD_LOCKED | BOARD_RESERVED))
            return false;
        if (board->state[at] & BOARD_KNOWN)
            continue;
        if (!note(board, CHANGE_RESERVE, at, 0))
            return false;
        switch_reserved(board, at, true);
    }
    return true;
}

bool board_release(struct board *board, size_t cell, size_t length)
{
    for (size_t at = cell; at < cell + length; at++) {
        if (!(board->state[at] & BOARD_RESERVED))
            continue;
        if (!note(board, CHANGE_RELEASE, at, 0))
            return false;
        switch_reserved(board, at, false);
    }
    return true;
}

static bool make_special(struct board *board, size_t cell)
{
    if (board->state[cell] & BOARD_SPECIAL)
        return true;
    if (!note(board, CHANGE_SPECIAL, cell, 0))
        return false;
    board->state[cell] |= BOARD_SPECIAL;
    return true;
}

bool board_allow(struct board *board, size_t cell, const struct board_set *set)
{
    if (cell >= board->size)
        return false;
    if (board->state[cell] & BOARD_KNOWN)
        return board_set_has(set, board->value[cell]);
    size_t leader = board->leader[cell];
    struct board_set both = *set;
    if (board->set[leader] != 0)
        for (size_t i = 0; i < 4; i++)
            both.bits[i] &= board->sets[board->set[leader] - 1].bits[i];
    board->is_full |= board->set_count == BOARD_SETS;
    if (!(both.bits[0] | both.bits[1] | both.bits[2] | both.bits[3]) ||
        board->set_count == BOARD_SETS || !make_special(board, leader) ||
        !make_special(board, cell) || !note(board, CHANGE_SET, leader, board->set[leader]))
        return false;
    board->hash ^= hash_of_set(leader, board->set_count, &both);
    board->sets[board->set_count++] = both;
    board->set[leader] = (uint16_t)board->set_count;
    return true;
}

/* Makes two cells equal from now on. */
static bool join(struct board *board, size_t a, size_t b)
{
    if (a >= board->size || b >= board->size)
        return false;
    if (board->state[a] & BOARD_KNOWN)
        return board_put(board, b, board->value[a]);
    if (board->state[b] & BOARD_KNOWN)
        return board_put(board, a, board->value[b]);
    size_t keeps = board->leader[a], goes = board->leader[b];
    if (keeps == goes)
        return true;
    if (board->set[goes] != 0 && !board_allow(board, a, &board->sets[board->set[goes] - 1]))
        return false;
    if (!make_special(board, a) || !make_special(board, b) ||
        !note(board, CHANGE_JOIN, keeps, goes))
        return false;
    size_t at = goes;
    do {
        board->leader[at] = (uint16_t)keeps;
        at = board->next[at];
    } while (at != goes);
    uint16_t next = board->next[keeps];
    board->next[keeps] = board->next[goes];
    board->next[goes] = next;
    board->hash ^= mix(keeps << 32 | goes << 16 | 2);
    return true;
}

static void part(struct board *board, size_t keeps, size_t goes)
{
    uint16_t next = board->next[keeps];
    board->next[keeps] = board->next[goes];
    board->next[goes] = next;
    size_t at = goes;
    do {
        board->leader[at] = (uint16_t)goes;
        at = board->next[at];
    } while (at != goes);
    board->hash ^= mix(keeps << 32 | goes << 16 | 2);
}

static void undo(struct board *board, struct board_change change)
{
    size_t cell = change.cell;
    switch ((enum board_change_kind)change.kind) {
    case CHANGE_PUT:
        board->hash ^= hash_of(board, cell);
        board->state[cell] &= (uint8_t)~BOARD_KNOWN;
        if (!(board->state[cell] & BOARD_RESERVED))
            board->free[cell / 64] |= UINT64_C(1) << cell % 64;
        break;
    case CHANGE_RESERVE:
        switch_reserved(board, cell, false);
        break;
    case CHANGE_RELEASE:
        switch_reserved(board, cell, true);
        break;
    case CHANGE_JOIN:
        part(board, cell, change.other);
        break;
    case CHANGE_SET:
        board->set_count--;
        board->hash ^= hash_of_set(cell, board->set_count, &board->sets[board->set_count]);
        board->set[cell] = change.other;
        break;
    case CHANGE_SPECIAL:
        board->state[cell] &= (uint8_t)~BOARD_SPECIAL;
        break;
    }
}

void board_undo(struct board *board, size_t changes)
{
    while (board->changes > changes)
        undo(board, board->trail[--board->changes]);
}

void board_give(struct board *board)
{
    for (size_t cell = 0; cell < board->size; cell++)
        if (board->state[cell] & BOARD_KNOWN)
            board->state[cell] |= BOARD_GIVEN;
    board->hash = 0;
}

bool board_put_number(struct board *board, size_t cell, size_t length, uint64_t number)
{
    for (size_t i = 0; i < length; i++)
        if (!board_put(board, cell + i, (uint8_t)(number >> 8 * i)))
            return false;
    return true;
}

bool board_put_sizes(struct board *board, const struct golf_overlap *overlap, size_t size)
{
    const uint8_t fields[] = {overlap->filesz_at, overlap->memsz_at};
    for (size_t i = 0; i < sizeof fields; i++)
        if (fields[i] != GOLF_NOWHERE && (!board_release(board, fields[i], board->word) ||
                                          !board_put_number(board, fields[i], board->word, size)))
            return false;
    return true;
}

bool board_reserve_sizes(struct board *board, const struct golf_overlap *overlap)
{
    const uint8_t fields[] = {overlap->filesz_at, overlap->memsz_at};
    for (size_t i = 0; i < sizeof fields; i++)
        if (fields[i] != GOLF_NOWHERE && !board_reserve(board, fields[i], board->word))
            return false;
    return true;
}

/* ---- addresses ---- */

/* The second byte: four bits of the offset, and the lowest four of the base. */
static bool put_second(struct board *board, size_t cell, uint8_t offset)
{
    size_t base = board->base_at + 1u;
    if (board->state[base] & BOARD_KNOWN)
        return board_put(board, cell, (uint8_t)((board->value[base] & 0xf0) | offset));
    const struct board_set *set = &board->sets[board->set[board->leader[base]] - 1];
    for (unsigned high = 0; high < 256; high += 16) /* the low bits are the same for all */
        if (board_set_has(set, (uint8_t)(high | offset)))
            return join(board, cell, base);
    for (unsigned value = 0; value < 16; value++)
        if (board_set_has(set, (uint8_t)value) && board_put(board, base, (uint8_t)value))
            return board_put(board, cell, offset);
    return false;
}

/* That an address fits in four bytes. */
static bool limit_base(struct board *board, bool is_signed)
{
    static const struct board_set positive = {{~UINT64_C(0), ~UINT64_C(0), 0, 0}};
    for (size_t i = 4; i < board->word; i++)
        if (!board_put(board, board->base_at + i, 0))
            return false;
    return board->word == 4 || !is_signed || board_allow(board, board->base_at + 3u, &positive);
}

/* The base, where all of it is known. */
static bool has_base(const struct board *board, uint64_t *base)
{
    *base = 0;
    for (size_t i = 1; i < board->word; i++) {
        if (!(board->state[board->base_at + i] & BOARD_KNOWN))
            return false;
        *base |= (uint64_t)board->value[board->base_at + i] << 8 * i;
    }
    *base -= *base % ELFGEN_PAGE;
    return true;
}

static bool put_address(struct board *board, size_t cell, size_t length, int64_t offset)
{
    uint64_t base;
    if (has_base(board, &base))
        return board_put_number(board, cell, length, base + (uint64_t)offset);
    if (offset < 0 || offset >= ELFGEN_PAGE || !board_put(board, cell, (uint8_t)offset))
        return false;
    if (length > 1 && !put_second(board, cell + 1, (uint8_t)(offset >> 8)))
        return false;
    for (size_t i = 2; i < length && i < board->word; i++)
        if (!join(board, cell + i, board->base_at + i))
            return false;
    return true;
}

bool board_limit_base(struct board *board)
{
    return board->word == 4 || limit_base(board, true);
}

bool board_put_entry(struct board *board, size_t cell, uint16_t offset)
{
    return put_address(board, cell, board->word, offset);
}

bool board_put_address(struct board *board, size_t cell, size_t length, bool is_signed,
                       int64_t offset)
{
    if ((board->has_random_base && length > 1) ||
        (length == 1 && (offset > 255 || board->size > 256)))
        return false;
    return put_address(board, cell, length, offset) &&
           (length != 4 || limit_base(board, is_signed));
}

/* ---- the overlap ---- */

/* The lowest twelve bits of the field with the base are given. */
static bool put_base(struct board *board, const struct golf_overlap *overlap)
{
    if (overlap->base_skip == 0 && !board_put(board, overlap->base_at, (uint8_t)overlap->base_add))
        return false;
    struct board_set set = {{0}};
    for (unsigned high = 0; high < 16; high++) {
        unsigned value = high << 4 | (unsigned)(overlap->base_add >> 8 & 15);
        set.bits[value / 64] |= UINT64_C(1) << value % 64;
    }
    return board_allow(board, overlap->base_at + 1u, &set);
}

static bool put_cell(struct board *board, size_t at, const struct golf_cell *cell)
{
    struct board_set set = {{0}};
    switch ((enum golf_cell_kind)cell->kind) {
    case GOLF_CELL_FREE:
        return true;
    case GOLF_CELL_FIXED:
        return board_put(board, at, cell->value);
    case GOLF_CELL_MIRROR:
        return join(board, at, cell->other);
    case GOLF_CELL_SET:
        for (unsigned value = 0; value < 256; value++)
            if (cell->allowed[value / 8] >> value % 8 & 1)
                set.bits[value / 64] |= UINT64_C(1) << value % 64;
        return board_allow(board, at, &set);
    }
    return false;
}

bool board_open(struct board *board, const struct golf_overlap *overlap, size_t size)
{
    if (size > board->capacity || size < (overlap->least > 0 ? overlap->least : overlap->size) ||
        size < overlap->fewest || overlap->base_add >= ELFGEN_PAGE)
        return false;
    memset(board->value, 0, size);
    memset(board->state, 0, size);
    memset(board->set, 0, size * sizeof *board->set);
    memset(board->free, 0, (board->capacity + 63) / 64 * sizeof *board->free);
    board->set_count = board->changes = 0;
    board->hash = 0;
    board->is_full = false;
    board->size = size;
    board->base_at = overlap->base_at;
    board->word = overlap->bits / 8;
    board->has_random_base = overlap->has_random_base;
    for (size_t cell = 0; cell < size; cell++) {
        board->leader[cell] = board->next[cell] = (uint16_t)cell;
        board->free[cell / 64] |= UINT64_C(1) << cell % 64;
    }
    for (size_t cell = 0; cell < overlap->size && cell < size; cell++)
        if (!put_cell(board, cell, &overlap->cells[cell]))
            return false;
    return put_base(board, overlap);
}
