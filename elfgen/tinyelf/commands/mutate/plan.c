/* Maps the number of a run to the change of bytes that it tries. */
#include "campaign.h"

#include "mutate_private.h"

static size_t byte_count(const struct mutate_plan *plan)
{
    return plan->to - plan->from;
}

uint64_t mutate_pairs(const struct mutate_plan *plan)
{
    uint64_t count = byte_count(plan);
    /* One of the two factors is even; a file's bytes are fewer than 2^63. */
    if (!plan->pairs || count < 2)
        return 0;
    uint64_t a = count % 2 == 0 ? count / 2 : count, b = count % 2 == 0 ? count - 1 : count / 2;
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

bool mutate_runs(const struct mutate_plan *plan, uint64_t *singles, uint64_t *all)
{
    uint64_t pairs = mutate_pairs(plan), squares = (uint64_t)plan->values * plan->values;
    if (byte_count(plan) > UINT64_MAX / 2 / plan->values || pairs > UINT64_MAX / 2 / squares)
        return false;
    *singles = byte_count(plan) * plan->values;
    *all = *singles + pairs * squares;
    return true;
}

void mutate_pair(const struct mutate_plan *plan, uint64_t number, size_t places[2])
{
    size_t first = 0, row = byte_count(plan) - 1;
    while (number >= row) {
        number -= row--;
        first++;
    }
    places[0] = plan->from + first;
    places[1] = places[0] + 1 + (size_t)number;
}

/* A pseudo-random number (splitmix64). */
static uint64_t chance(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 31;
}

/* The byte's value of that number: the other 255 values in random order. For pairs, all bytes have
 * the same order of distances from their own value: two fields that must be equal are found to be
 * so when both are moved by the same distance. */
static uint8_t value_of(const struct mutate_plan *plan, size_t place, unsigned number)
{
    uint8_t distances[MUTATE_MOST_VALUES];
    uint64_t start = plan->pairs ? 0 : (uint64_t)place, state = plan->seed ^ chance(&start);
    for (unsigned i = 0; i < MUTATE_MOST_VALUES; i++)
        distances[i] = (uint8_t)(i + 1);
    for (unsigned i = 0;; i++) {
        unsigned other = i + (unsigned)(chance(&state) % (MUTATE_MOST_VALUES - i));
        uint8_t taken = distances[other];
        if (i == number)
            return (uint8_t)(plan->bytes[place] + taken);
        distances[other] = distances[i];
    }
}

void mutate_change(const struct mutate_plan *plan, uint64_t run, struct mutate_change *change)
{
    uint64_t singles = (uint64_t)byte_count(plan) * plan->values;
    if (run < singles) {
        change->count = 1;
        change->places[0] = plan->from + (size_t)(run % byte_count(plan));
        change->values[0] = value_of(plan, change->places[0], (unsigned)(run / byte_count(plan)));
        return;
    }
    uint64_t pairs = mutate_pairs(plan);
    change->count = pairs == 0 ? 0 : 2;
    if (pairs == 0)
        return;
    uint64_t both = (run - singles) / pairs;
    mutate_pair(plan, (run - singles) % pairs, change->places);
    change->values[0] = value_of(plan, change->places[0], (unsigned)(both / plan->values));
    change->values[1] = value_of(plan, change->places[1], (unsigned)(both % plan->values));
}

/* ---- shards ----
 *
 * Runs form rows of all bytes (or pairs), one row for each value. Each row is dealt out starting
 * with another shard. So each shard has values of all bytes, and slow runs are spread over all
 * shards. */

static uint64_t singles_of(const struct mutate_plan *plan)
{
    return (uint64_t)byte_count(plan) * plan->values;
}

bool mutate_is_of_shard(const struct mutate_plan *plan, uint64_t run)
{
    uint64_t singles = singles_of(plan),
             in_row = run < singles ? byte_count(plan) : mutate_pairs(plan);
    uint64_t at = run < singles ? run : run - singles;
    return in_row != 0 && (at % in_row + at / in_row) % plan->shards == plan->shard;
}

/* How many runs of the first `rows` rows belong to the shard. */
static uint64_t of_rows(const struct mutate_plan *plan, uint64_t rows, uint64_t in_row)
{
    uint64_t sum = 0;
    for (uint64_t row = 0; row < rows; row++) {
        /* Places p of the row with (p + row) % shards == shard; the first of them: */
        uint64_t first = (plan->shard + plan->shards - row % plan->shards) % plan->shards;
        sum += first < in_row ? (in_row - first - 1) / plan->shards + 1 : 0;
    }
    return sum;
}

void mutate_runs_of_shard(const struct mutate_plan *plan, uint64_t *singles, uint64_t *all)
{
    uint64_t squares = (uint64_t)plan->values * plan->values, pairs = mutate_pairs(plan);
    *singles = of_rows(plan, plan->values, byte_count(plan));
    *all = *singles + (pairs == 0 ? 0 : of_rows(plan, squares, pairs));
}
