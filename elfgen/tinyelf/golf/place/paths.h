/* The fewest free bytes that a way to a block's end takes, from each node at each offset. */
#ifndef GOLF_PATHS_H
#define GOLF_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct search;
struct search_at;

/* Two ways to count: with the bytes of jumps; and without them, so that those are lost of each run
 * of free bytes, which is left by one. */
enum paths_kind { PATHS_ALL, PATHS_NO_JUMPS };
enum { PATHS_KINDS = 2, PATHS_NEVER = UINT8_MAX };

struct paths;

/* Gets memory for a search's program. NULL: there is none. */
struct paths *paths_open(const struct search *search);
void paths_close(struct paths *paths);

/* How many states of a board cost as much as paths_find(), more or less; UINT64_MAX: it would take
 * too much memory. */
uint64_t paths_worth(const struct search *search);

/* Computes them for a board on which header and data stand, after bound_open(). */
void paths_find(struct paths *paths, const struct search *search);

/* How many bytes the rest of a block may take, in each way to count: less than PATHS_NEVER. */
struct paths_room {
    unsigned all, no_jumps;
};

/* That from now on, where the code goes on at an offset; SEARCH_NOWHERE: anywhere. */
struct paths_room paths_room(const struct paths *paths, const struct search *search, size_t offset);

/* Whether they suffice for the rest from a node on, at an offset. */
bool paths_suffices(const struct paths *paths, uint32_t node, size_t offset,
                    struct paths_room room);

/* Whether they may suffice from here on; sets *room. */
bool paths_allow(const struct paths *paths, const struct search *search, const struct search_at *at,
                 struct paths_room *room);

/* What the rest of the block takes, all counted, after each of the steps that are possible at a
 * place: a choice, an instruction that passes bytes which stand, or a jump; PATHS_NEVER. */
unsigned paths_by_choice(const struct paths *paths, const struct search *search,
                         const struct search_at *at, uint32_t which);
unsigned paths_by_passing(const struct paths *paths, const struct search *search,
                          const struct search_at *at);
unsigned paths_by_jump(const struct paths *paths, const struct search_at *at);

/* All offsets of the board, those first from which the rest takes the fewest. */
const uint16_t *paths_targets(const struct paths *paths, uint32_t node);

#endif
