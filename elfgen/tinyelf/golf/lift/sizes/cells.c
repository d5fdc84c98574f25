/* Which numbers from outside are in memory: in places of the stack, and at constant addresses. What
 * is stored where an index or a pointer leads is taken to be elsewhere. */
#include "golf/lift/sizes/cells.h"

#include <string.h>

#include "golf/lift/addresses/address_parts.h"
#include "golf/lift/decode.h"
#include "golf/lift/sizes/given.h"
#include "golf/lift/state.h"
#include "golf/lift/values.h"

#define ARGC UINT32_MAX
/* Arguments, of a byte and a pointer each, in 6 MiB of stack. */
#define MOST_WORDS (INT64_C(1) << 19)

/* ---- places ---- */

/* Sets where a cell at an address is. Returns false if that is not known. */
static bool cell_at(const struct lift_value *address, uint64_t size, struct lift_cell *cell)
{
    const bool is_stack = address->kind == LIFT_STACK;
    *cell = (struct lift_cell){.frame = is_stack ? address->frame : LIFT_NO_FRAME,
                               .size = (uint16_t)size,
                               .at = is_stack ? address->number : address->known[0].value};
    return size > 0 && size <= 8 && (is_stack || lift_is_constant(address));
}

static bool is_at(const struct lift_cell *cell, const struct lift_cell *other)
{
    return cell->frame == other->frame && cell->at == other->at;
}

static bool overlaps(const struct lift_cell *cell, uint16_t frame, uint64_t at, uint64_t size)
{
    return cell->frame == frame && (at - cell->at < cell->size || cell->at - at < size);
}

static void remove_cell(struct lift_state *state, size_t index)
{
    state->cell_count--;
    memmove(&state->cells[index], &state->cells[index + 1],
            (state->cell_count - index) * sizeof *state->cells);
}

static void forget(struct lift_state *state, uint16_t frame, uint64_t at, uint64_t size)
{
    for (size_t i = state->cell_count; i-- > 0;)
        if (overlaps(&state->cells[i], frame, at, size))
            remove_cell(state, i);
}

static size_t find(const struct lift_state *state, uint16_t frame, uint64_t at, uint16_t size)
{
    size_t found = state->cell_count;
    for (size_t i = 0; i < state->cell_count; i++) {
        const struct lift_cell *cell = &state->cells[i];
        if (cell->frame == frame && cell->at == at && cell->size >= size &&
            (found == state->cell_count || cell->size < state->cells[found].size))
            found = i;
    }
    return found;
}

struct lift_given *lift_cell_at(struct lift_state *state, uint16_t frame, uint64_t at,
                                uint16_t size)
{
    const size_t found = find(state, frame, at, size);
    return found < state->cell_count ? &state->cells[found].given : NULL;
}

/* ---- operands ---- */

struct lift_given lift_given_in_memory(const struct lift *lift,
                                       const struct lift_instruction *instruction,
                                       const struct lift_state *state)
{
    const struct lift_value *address = &instruction->address_read;
    const uint16_t size = instruction->effects.read_count ? instruction->effects.reads[0].size : 0;
    const unsigned bits = size * 8u;
    if (size == 0 || size > 8 || instruction->effects.read_count != 1)
        return (struct lift_given){0};
    if (instruction->is_folded) {
        const struct lift_value folded = lift_constant(instruction->folded);
        return lift_given_of(&folded, bits);
    }
    struct lift_cell place;
    const size_t found = cell_at(address, size, &place) ? find(state, place.frame, place.at, size)
                                                        : state->cell_count;
    if (found < state->cell_count)
        return lift_given_part(&state->cells[found].given, bits);
    if (lift_is_argc(lift, address) && address->number == 0 && !state->has_lost_argc) {
        const struct lift_given argc = {
            .bits = (uint8_t)lift->bits, .from = ARGC, .most = MOST_WORDS, .scale = 1};
        return lift_given_part(&argc, bits);
    }
    const struct lift_value *slot =
        address->kind == LIFT_STACK
            ? lift_slot_find(state, address->frame, (int64_t)address->number, size)
            : NULL;
    return slot ? lift_given_of(slot, bits) : (struct lift_given){0};
}

struct lift_given lift_operand_given(const struct lift *lift,
                                     const struct lift_instruction *instruction,
                                     const struct lift_state *state, size_t which)
{
    const ZydisDecodedOperand *operand = &instruction->operands[which];
    uint8_t bits, reg = lift_register(operand, &bits);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        const struct lift_value number = lift_constant(operand->imm.value.u);
        return lift_given_of(&number, instruction->operands[0].size);
    }
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
        return lift_given_in_memory(lift, instruction, state);
    if (reg == EFFECTS_NONE || bits != operand->size)
        return (struct lift_given){0};
    return lift_given_of(&instruction->before[reg], bits);
}

/* ---- what is stored ---- */

static void set(struct lift_state *state, const struct lift_cell *cell)
{
    if (state->cell_count == LIFT_CELLS)
        remove_cell(state, 0);
    state->cells[state->cell_count++] = *cell;
}

/* Forgets what may be stored where an address leads that is not known. */
static void write_somewhere(const struct lift *lift, const struct lift_instruction *instruction,
                            const struct effects_place *place, struct lift_state *state)
{
    const struct lift_value number = lift_constant((uint64_t)place->displacement);
    uint64_t near = lift_near(lift, &number);
    if (place->base != EFFECTS_NONE && near == 0)
        near = lift_near(lift, &instruction->before[place->base]);
    if (near != 0)
        forget(state, LIFT_NO_FRAME, near, place->size);
    else if (place->base == EFFECTS_NONE || instruction->before[place->base].kind != LIFT_STACK)
        state->cell_count = 0;
}

void lift_cells_write(const struct lift *lift, const struct lift_instruction *instruction,
                      const struct effects_place *place, const struct lift_value *address,
                      const struct lift_given *given, struct lift_state *state)
{
    const bool repeats = instruction->effects.repeats;
    struct lift_cell cell;
    if (address->kind != LIFT_STACK && !lift_is_constant(address)) {
        write_somewhere(lift, instruction, place, state);
        return;
    }
    const bool is_cell = cell_at(address, place->size, &cell);
    forget(state, cell.frame, cell.at, repeats ? INT32_MAX : place->size);
    if (!is_cell || repeats || !given || (given->bits == 0 && !lift_is_argc(lift, address)))
        return;
    cell.given = *given;
    set(state, &cell);
}

void lift_cells_fill(const struct lift_value *address, uint64_t size, struct lift_state *state)
{
    struct lift_cell cell;
    if (cell_at(address, 1, &cell))
        forget(state, cell.frame, cell.at, size ? size : INT32_MAX);
}

void lift_cells_forget_from(struct lift_state *state, uint32_t from)
{
    for (size_t i = 0; i < state->cell_count; i++)
        if (state->cells[i].given.from == from)
            state->cells[i].given.from = 0;
}

/* ---- from place to place ---- */

bool lift_cells_merge(struct lift_state *into, const struct lift_state *from)
{
    bool changed = false;
    for (size_t i = 0; i < from->cell_count; i++) {
        const struct lift_cell *other = &from->cells[i];
        struct lift_cell *cell = NULL;
        for (size_t k = 0; k < into->cell_count; k++)
            if (is_at(&into->cells[k], other) && into->cells[k].size == other->size)
                cell = &into->cells[k];
        /* What only one way has stored is there on both: the other one has something that is not
         * known. */
        if (!cell && into->cell_count < LIFT_CELLS) {
            set(into, other);
            changed = true;
        }
        if (!cell)
            continue;
        const struct lift_given either = lift_given_either(&cell->given, &other->given);
        changed = changed || !lift_given_is_same(&cell->given, &either) ||
                  (cell->is_kept && !other->is_kept);
        cell->given = either;
        cell->is_kept = cell->is_kept && other->is_kept;
    }
    return changed;
}

void lift_cells_enter(struct lift_state *state, uint16_t caller, int64_t down, uint16_t frame)
{
    enum { ARGUMENTS = 64 };
    for (size_t i = state->cell_count; i-- > 0;) {
        struct lift_cell *cell = &state->cells[i];
        const int64_t up = (int64_t)cell->at - down;
        cell->is_kept = true;
        if (cell->frame == LIFT_NO_FRAME)
            continue;
        if (cell->frame != caller || up < 0 || up >= ARGUMENTS) {
            remove_cell(state, i);
            continue;
        }
        cell->frame = frame;
        cell->at = (uint64_t)up;
    }
}

void lift_cells_leave(struct lift_state *state)
{
    for (size_t i = state->cell_count; i-- > 0;)
        if (state->cells[i].frame != LIFT_NO_FRAME)
            remove_cell(state, i);
}

void lift_cells_returned(struct lift_state *state, const struct lift_state *after)
{
    for (size_t i = 0; i < after->cell_count; i++) {
        const struct lift_cell *cell = &after->cells[i];
        if (cell->is_kept)
            continue;
        forget(state, cell->frame, cell->at, cell->size);
        set(state, cell);
    }
    for (size_t i = 0; i < state->cell_count; i++)
        state->cells[i].given.from = 0;
}
