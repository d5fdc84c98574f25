/* Weighs instructions by the bytes of headers that they may share. */
#include "weights.h"

#include <string.h>

enum { NUMBER = 4, FAR = 256 };

/* ---- what headers allow ---- */

static void take_cell(struct weights *weights, size_t at, const struct golf_overlap *overlap)
{
    static const struct golf_cell free_cell = {.kind = GOLF_CELL_FREE};
    const struct golf_cell *cell = at < overlap->size ? &overlap->cells[at] : &free_cell;
    weights->is_special[at] |= cell->kind != GOLF_CELL_FREE;
    if (cell->kind == GOLF_CELL_MIRROR)
        cell = &overlap->cells[cell->other];
    for (unsigned value = 0; value < 256; value++) {
        bool is_allowed =
            cell->kind == GOLF_CELL_FREE ||
            (cell->kind == GOLF_CELL_FIXED && cell->value == value) ||
            (cell->kind == GOLF_CELL_SET && cell->allowed[value / 8] >> value % 8 & 1);
        uint8_t cost = cell->kind == GOLF_CELL_FIXED ? 0 : 1;
        if (is_allowed && cost < weights->cost[at][value])
            weights->cost[at][value] = cost;
    }
}

/* Numbers the runs of bytes that stand; the last number is that of all others. */
static void find_runs(struct weights *weights)
{
    unsigned count = 0;
    for (size_t at = 0; at < weights->size; at++) {
        if (weights->least[at] != 0)
            continue;
        bool is_new = at == 0 || weights->run[at - 1] == 0;
        if (is_new && count < WEIGHTS_RUNS)
            weights->run_start[count++] = (uint8_t)at;
        weights->run[at] = (uint8_t)count;
    }
}

/* The value that a cell has in every file; UINT8_MAX + 1: it may have others. */
static unsigned value_at(const struct weights *weights, size_t at)
{
    unsigned found = UINT8_MAX + 1;
    for (unsigned value = 0; at < weights->size && value < 256; value++) {
        if (weights->cost[at][value] == WEIGHTS_MISFIT)
            continue;
        if (found <= UINT8_MAX || weights->cost[at][value] > 0)
            return UINT8_MAX + 1;
        found = value;
    }
    return found;
}

/* Notes the numbers that stand somewhere, as an immediate of an instruction may be. */
static void find_numbers(struct weights *weights)
{
    for (size_t at = 0; at + NUMBER <= weights->size; at++) {
        uint32_t number = 0;
        bool is_known = true;
        for (size_t i = 0; i < NUMBER; i++) {
            const unsigned value = value_at(weights, at + i);
            is_known &= value <= UINT8_MAX;
            number |= (uint32_t)(uint8_t)value << 8 * i;
        }
        for (size_t i = 0; i < weights->number_count; i++)
            is_known &= weights->numbers[i] != number;
        if (is_known && number != 0 && weights->number_count < WEIGHTS_NUMBERS)
            weights->numbers[weights->number_count++] = number;
    }
}

/* Whether an operation that reads or writes memory may have this opcode. */
static bool uses_opcode(const struct golf_lifted *lifted, unsigned opcode)
{
    for (size_t i = 0; i < lifted->count; i++)
        for (size_t k = 0; k < lifted->blocks[i].count; k++) {
            const struct golf_operation *operation = &lifted->blocks[i].operations[k];
            if (memchr(operation->bytes, (int)opcode, operation->length))
                return true;
        }
    return false;
}

/* Whether no instruction can begin at an offset: what stands there would read or write memory by a
 * register, or leads to such a place. Of instructions only the arithmetic below 0x40 is looked at,
 * of which the headers' small numbers and zeros are made. */
static bool is_dead(const struct weights *weights, const struct golf_lifted *lifted, size_t at)
{
    enum { ARITHMETIC = 0x40, KIND = 7, AL = 4, EAX = 5, REGISTERS = 0xc0 };
    unsigned opcode = value_at(weights, at), second = value_at(weights, at + 1);
    size_t end = at + 2;
    if (opcode >= ARITHMETIC || (opcode & KIND) > EAX)
        return false;
    if ((opcode & KIND) < AL && second < REGISTERS)
        return !uses_opcode(lifted, opcode);
    if ((opcode & KIND) < AL && second > UINT8_MAX)
        return false;
    if ((opcode & KIND) == EAX)
        end = at + 1 + NUMBER;
    return end < weights->size && weights->is_dead[end];
}

void weights_open(struct weights *weights, const struct golf_overlap *overlaps, size_t count,
                  const struct golf_lifted *lifted)
{
    memset(weights, 0, sizeof *weights);
    memset(weights->cost, WEIGHTS_MISFIT, sizeof weights->cost);
    weights->is_straight = lifted->count == 1;
    for (size_t i = 0; i < count; i++)
        if (overlaps[i].size > weights->size)
            weights->size = overlaps[i].size;
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; at < weights->size; at++)
            take_cell(weights, at, &overlaps[i]);
    for (size_t at = 0; at < weights->size; at++) {
        weights->least[at] = WEIGHTS_MISFIT;
        for (unsigned value = 0; value < 256; value++)
            if (weights->cost[at][value] < weights->least[at])
                weights->least[at] = weights->cost[at][value];
    }
    find_runs(weights);
    find_numbers(weights);
    /* Of several blocks ways were found no sooner by what follows. */
    for (size_t at = weights->size; at-- > 0 && weights->is_straight;)
        weights->is_dead[at] = is_dead(weights, lifted, at);
}

static unsigned cost_at(const struct weights *weights, size_t at, uint8_t value)
{
    return at < weights->size ? weights->cost[at][value] : 1;
}

static unsigned least_at(const struct weights *weights, size_t at)
{
    return at < weights->size ? weights->least[at] : 1;
}

/* ---- fields ---- */

/* Whether bytes of data may stand there. */
static bool may_hold(const struct weights *weights, size_t at, const struct golf_data *data)
{
    for (size_t i = data->set_size; i < data->file_size; i++)
        if (cost_at(weights, at + i, data->bytes[i]) == WEIGHTS_MISFIT)
            return false;
    return true;
}

/* Whether what a field is about may be at this offset. */
static bool may_lead(const struct weights *weights, const struct golf_field *field, size_t target,
                     const struct golf_data *data)
{
    bool is_data = field->kind == GOLF_RELATIVE_FIELD && !field->is_block;
    if (target >= weights->size + FAR)
        return false;
    if (field->kind == GOLF_NEXT_FIELD && target < weights->size && weights->is_dead[target])
        return false;
    return !is_data || may_hold(weights, target - (size_t)field->addend, &data[field->target]);
}

/* A distance within a file of at most 256 bytes: its upper bytes are all 0, or all ones. */
static unsigned cost_of_distance(const struct weights *weights, const struct golf_field *field,
                                 size_t at, size_t end, const struct golf_data *data)
{
    unsigned low = value_at(weights, at);
    unsigned forward = least_at(weights, at), backward = forward;
    for (size_t i = 1; i < field->length; i++) {
        forward += cost_at(weights, at + i, 0);
        backward += cost_at(weights, at + i, UINT8_MAX);
    }
    if (low > UINT8_MAX)
        return forward < backward ? forward : backward;
    /* Where the low byte stands the target is known. */
    size_t before = field->length == 1 ? (low < 128 ? low : low - FAR) : low - FAR;
    if (!may_lead(weights, field, end + low, data))
        forward = WEIGHTS_MISFIT;
    if (!may_lead(weights, field, end + before, data))
        backward = WEIGHTS_MISFIT;
    return forward < backward ? forward : backward;
}

/* An address: its bytes are those of the base, which stand in the headers, too. */
static unsigned cost_of_address(const struct golf_field *field)
{
    return field->length == NUMBER ? 1 : field->length;
}

/* The free bytes that a choice takes at an offset, at most `most`. */
static unsigned cost_of(const struct weights *weights, const struct golf_choice *choice, size_t at,
                        unsigned most, const struct golf_data *data)
{
    unsigned cost = 0;
    size_t end = at + choice->length;
    if (choice->followed_by != GOLF_NONE && !may_hold(weights, end, &data[choice->followed_by]))
        return WEIGHTS_MISFIT;
    for (size_t i = 0; i < choice->length && cost < most; i++) {
        bool is_field = false;
        for (size_t k = 0; k < choice->field_count; k++)
            is_field |= i - choice->fields[k].offset < choice->fields[k].length;
        cost += is_field ? 0 : cost_at(weights, at + i, choice->bytes[i]);
    }
    for (size_t k = 0; k < choice->field_count && cost < most; k++) {
        const struct golf_field *field = &choice->fields[k];
        cost += field->kind == GOLF_ABSOLUTE_FIELD
                    ? cost_of_address(field)
                    : cost_of_distance(weights, field, at + field->offset, end, data);
    }
    return cost;
}

/* What an instruction takes for itself of the bytes that stand. */
static uint32_t takes_at(const struct weights *weights, size_t at, size_t length)
{
    uint32_t takes = 0;
    for (size_t i = at; i < at + length && i < weights->size; i++)
        if (weights->run[i]) {
            unsigned run = weights->run[i] - 1u;
            takes |= (uint32_t)1 << (2 * run + (weights->run_start[run] <= at));
        }
    return takes;
}

static void add_way(struct weighing *weighing, unsigned cost, uint32_t takes)
{
    size_t kept = 0;
    for (size_t i = 0; i < weighing->count; i++) {
        if (weighing->cost[i] <= cost && !(weighing->takes[i] & ~takes))
            return; /* as good */
        if (weighing->cost[i] >= cost && !(takes & ~weighing->takes[i]))
            continue; /* worse */
        weighing->cost[kept] = weighing->cost[i];
        weighing->takes[kept++] = weighing->takes[i];
    }
    if (kept < WEIGHTS_WAYS) {
        weighing->cost[kept] = (uint8_t)cost;
        weighing->takes[kept++] = takes;
    }
    weighing->count = (uint8_t)kept;
}

/* Whether it goes on anywhere. */
static bool is_jump(const struct golf_choice *choice)
{
    for (size_t i = 0; i < choice->field_count; i++)
        if (choice->fields[i].kind == GOLF_NEXT_FIELD)
            return true;
    return false;
}

/* What an instruction saves that goes on anywhere: among headers code is in parts, and it is the
 * jump from one to the next. Of several blocks, the last jump of one may be that. */
static unsigned saved_by(const struct weights *weights, const struct golf_choice *choice)
{
    enum { JUMP = 2 };
    bool is_saving = weights->is_straight && choice->followed_by == GOLF_NONE;
    return is_saving && is_jump(choice) ? JUMP : 0;
}

void weights_add(const struct weights *weights, const struct golf_choice *choice, bool goes_on,
                 const struct golf_data *data, struct weighing *weighing)
{
    unsigned saved = saved_by(weights, choice);
    bool needs_more = goes_on && !is_jump(choice);
    /* First where nothing stands: the way that is always there. */
    for (size_t i = 0; i <= weights->size; i++) {
        size_t at = weights->size - i, end = at + choice->length;
        if (needs_more && end < weights->size && weights->is_dead[end])
            continue;
        unsigned cost = cost_of(weights, choice, at, WEIGHTS_MISFIT, data);
        if (cost < WEIGHTS_MISFIT)
            add_way(weighing, cost > saved ? cost - saved : 1,
                    takes_at(weights, at, choice->length));
    }
}

unsigned weighing_least(const struct weighing *weighing, uint32_t takes)
{
    unsigned least = WEIGHTS_MISFIT;
    for (size_t i = 0; i < weighing->count; i++)
        if (!(weighing->takes[i] & ~takes) && weighing->cost[i] < least)
            least = weighing->cost[i];
    return least < WEIGHTS_MISFIT ? least : 0;
}

/* ---- sharing ---- */

static bool shares_data(const struct golf_choice *choice, const struct golf_data *data)
{
    size_t length = choice->length, size = data->file_size;
    for (size_t at = 0; at + 1 < length + size; at++) {
        /* The choice's byte i lies on the data's byte i + at - (length - 1). */
        bool is_same = true;
        for (size_t i = 0; i < length && is_same; i++) {
            size_t byte = i + at - (length - 1);
            is_same = byte >= size || choice->bytes[i] == data->bytes[byte];
        }
        if (is_same)
            return true;
    }
    return false;
}

bool weights_may_share(const struct weights *weights, const struct golf_choice *choice,
                       const struct golf_data *data, size_t data_count)
{
    if (choice->field_count > 0 || !weights->size)
        return true;
    for (size_t i = 0; i < data_count; i++)
        if (data[i].file_size && shares_data(choice, &data[i]))
            return true;
    for (size_t at = 0; at < weights->size; at++) {
        bool is_special = false;
        for (size_t i = 0; i < choice->length; i++)
            is_special |= at + i < weights->size && weights->is_special[at + i];
        if (is_special && cost_of(weights, choice, at, WEIGHTS_MISFIT, data) < WEIGHTS_MISFIT)
            return true;
    }
    return false;
}
