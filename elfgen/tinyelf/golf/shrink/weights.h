/* What an instruction costs among headers: bytes of it may lie on bytes that stand anyway. */
#ifndef GOLF_WEIGHTS_H
#define GOLF_WEIGHTS_H

#include "golf/overlap.h"
#include "golf/pieces.h"

enum { WEIGHTS_MISFIT = UINT8_MAX, WEIGHTS_RUNS = 16, WEIGHTS_WAYS = 6, WEIGHTS_NUMBERS = 32 };

/* Of some overlaps with the same program header: what a value costs at each offset. */
struct weights {
    size_t size;                   /* cells; bytes after them are free */
    uint8_t cost[GOLF_CELLS][256]; /* 0: it stands there; 1: it may; WEIGHTS_MISFIT: never */
    uint8_t least[GOLF_CELLS];     /* of any value */
    bool is_special[GOLF_CELLS];   /* values differ there, or it is bound to other bytes */
    bool is_dead[GOLF_CELLS];      /* code that comes there cannot go on */
    bool is_straight;              /* the program is one block */
    uint8_t run[GOLF_CELLS];       /* of bytes that stand: which it belongs to, plus 1; 0: none */
    uint8_t run_start[WEIGHTS_RUNS];
    uint32_t numbers[WEIGHTS_NUMBERS]; /* that stand there, in four bytes; not 0, each once */
    size_t number_count;
};

/* Ways to place an instruction: what it costs there, and which bytes that stand it takes for
 * itself: two bits a run of them, for those that begin before the run, and in it. Two instructions
 * with the same bit would have a byte in common. */
struct weighing {
    uint8_t count;
    uint8_t cost[WEIGHTS_WAYS];
    uint32_t takes[WEIGHTS_WAYS];
};

/* Of headers that have the program header at the same place, among which `lifted` is to be. */
void weights_open(struct weights *weights, const struct golf_overlap *overlaps, size_t count,
                  const struct golf_lifted *lifted);

/* Adds the ways to place a choice, without those that are worse than others. `data` are what its
 * fields point to; `goes_on`: it is no end of the program, so that code goes on behind it. */
void weights_add(const struct weights *weights, const struct golf_choice *choice, bool goes_on,
                 const struct golf_data *data, struct weighing *weighing);

/* The least cost of a way that takes nothing but what `takes` has; 0: there is none. */
unsigned weighing_least(const struct weighing *weighing, uint32_t takes);

/* Whether an instruction may share a byte with headers or with data, so that another one of its
 * length is not as good. */
bool weights_may_share(const struct weights *weights, const struct golf_choice *choice,
                       const struct golf_data *data, size_t data_count);

#endif
