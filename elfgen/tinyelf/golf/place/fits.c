/* Where the bytes of choices fit on a board, and how many free ones they take there. */
#include <string.h>

#include "place_private.h"

bool bound_may_stand(const struct search *search, const struct golf_choice *choice)
{
    for (size_t i = 0; i < choice->field_count; i++) {
        const struct golf_field *field = &choice->fields[i];
        if (search_is_apart(search, field) && field->length < sizeof(uint32_t))
            return false;
        if (field->kind == GOLF_ABSOLUTE_FIELD &&
            ((field->length > 1 && search->overlap->has_random_base) ||
             (field->length == 4 && !search->has_small_addresses)))
            return false;
    }
    return true;
}

/* Whether a field is a number that a datum's place says. */
static bool is_of_datum(const struct golf_field *field)
{
    return !field->is_block && field->kind != GOLF_NEXT_FIELD;
}

/* Whether the bytes of a number that is known, of a datum's place, may stand there. */
static bool may_hold(const struct search *search, const struct golf_field *field, size_t cell,
                     size_t end)
{
    if (!is_of_datum(field) || search->data_at[field->target] == SEARCH_NOWHERE)
        return true;
    int64_t number = search->data_at[field->target] + field->addend;
    if (search_is_apart(search, field))
        number += (int64_t)search->overlap->written_at;
    size_t length = 1;
    if (field->kind == GOLF_RELATIVE_FIELD) {
        number -= (int64_t)end;
        length = field->length;
    }
    for (size_t i = 0; i < length; i++)
        if (!board_may_be(&search->board, cell + i, (uint8_t)((uint64_t)number >> 8 * i)))
            return false;
    return true;
}

/* The free bytes that a choice takes at an offset; SEARCH_MISFIT: it does not fit. */
static uint8_t fit(const struct search *search, const struct golf_choice *choice, size_t offset)
{
    const struct board *board = &search->board;
    size_t end = offset + choice->length;
    uint8_t takes = 0;
    if (end > board->size)
        return SEARCH_MISFIT;
    for (size_t i = 0; i < choice->length; i++) {
        bool is_field = false;
        for (size_t j = 0; j < choice->field_count; j++)
            is_field |= i - choice->fields[j].offset < choice->fields[j].length;
        if (board->state[offset + i] & BOARD_LOCKED ||
            (!is_field && !board_may_be(board, offset + i, choice->bytes[i])))
            return SEARCH_MISFIT;
        takes = (uint8_t)(takes + board_is_free(board, offset + i));
    }
    for (size_t j = 0; j < choice->field_count; j++)
        if (!may_hold(search, &choice->fields[j], offset + choice->fields[j].offset, end))
            return SEARCH_MISFIT;
    return takes;
}

static bool has_datum(const struct golf_choice *choice)
{
    for (size_t i = 0; i < choice->field_count; i++)
        if (is_of_datum(&choice->fields[i]))
            return true;
    return false;
}

/* How many cells it is from each one to the next that is not as on the board without data; none is
 * further than BOARD_CELLS. */
static void find_changes(const struct search *search, uint16_t *distances)
{
    const struct board *board = &search->board;
    uint16_t distance = BOARD_CELLS;
    for (size_t cell = board->size; cell-- > 0;) {
        unsigned differs = board->state[cell] ^ search->plain_states[cell];
        bool is_same = !(differs & ~(unsigned)BOARD_GIVEN) &&
                       board->set[board->leader[cell]] == search->plain_sets[cell];
        distance = (uint16_t)(is_same ? distance + (distance < BOARD_CELLS) : 0);
        distances[cell] = distance;
    }
}

/* On the board without data. */
static void find_all(struct search *search)
{
    for (size_t i = 0; i < search->pattern_count; i++) {
        const struct golf_choice *choice = &search->pieces->choices[search->patterns[i].choice];
        uint8_t *fits = &search->plain_fits[i * BOARD_CELLS];
        bool possible = bound_may_stand(search, choice);
        for (size_t offset = 0; offset < search->board.size; offset++)
            fits[offset] = possible ? fit(search, choice, offset) : SEARCH_MISFIT;
    }
}

void fits_open(struct search *search)
{
    const struct board *board = &search->board;
    memcpy(search->plain_states, board->state, board->size);
    for (size_t cell = 0; cell < board->size; cell++)
        search->plain_sets[cell] = board->set[board->leader[cell]];
    find_all(search);
}

void fits_find(struct search *search)
{
    uint16_t distances[BOARD_CELLS];
    size_t size = search->board.size;
    find_changes(search, distances);
    for (size_t i = 0; i < search->pattern_count; i++) {
        const struct golf_choice *choice = &search->pieces->choices[search->patterns[i].choice];
        const uint8_t *plain = &search->plain_fits[i * BOARD_CELLS];
        uint8_t *fits = &search->fits[i * BOARD_CELLS];
        bool is_known = !has_datum(choice);
        memcpy(fits, plain, size);
        /* What does not fit without data does not with them. */
        for (size_t offset = 0; offset < size; offset++)
            if (plain[offset] != SEARCH_MISFIT && (!is_known || distances[offset] < choice->length))
                fits[offset] = fit(search, choice, offset);
    }
}
