/* What the stages of one search share: private to golf.c and this folder. */
#ifndef GOLF_FINDING_H
#define GOLF_FINDING_H

#include "golf/golf.h"
#include "golf/overlap/overlaps.h"

enum {
    FINDING_ANYWHERE = 4, /* pieces for any headers, at most */
    FINDING_TIGHT = 3,    /* overlaps that take few bytes and have pieces of their own, at most */
    FINDING_WAYS = 2      /* pieces for each of these, at most */
};

/* `options`, `found` and `error` are the caller's; pieces and `lifted` are allocated. */
struct finding {
    const struct golf_options *options;
    struct golf_found *found;
    struct elfgen_error *error;
    struct golf_lifted lifted;
    struct golf_lifted set; /* the same, which sets a byte of its data; empty: there is none */
    /* Pieces that are right among any headers, and then those for headers that take few bytes. */
    struct golf_pieces pieces[FINDING_ANYWHERE + FINDING_TIGHT * FINDING_WAYS];
    struct golf_place_program programs[FINDING_ANYWHERE + FINDING_TIGHT * FINDING_WAYS];
    size_t anywhere_count, piece_count;
    unsigned slack, tight_slack; /* of the pieces */
    bool has_few;                /* of those for any headers */
    bool is_low;                 /* some of these are right in files of GOLF_LOW_BYTES alone */
    bool is_quick;               /* those for headers that take few bytes */
    bool is_cut;                 /* some of them have too many ways */
    bool no_low_bytes, is_apart; /* as in struct golf_shrink_options */
    struct golf_overlap overlaps[GOLF_OVERLAPS];
    size_t overlap_count;
    uint16_t order[GOLF_OVERLAPS]; /* in which they are tried */
    bool has_failed;               /* *error is set */
    uint64_t rewrite_until;        /* a point in time; 0: none */
};

/* ---- limits.c ---- */

/* Whether the caller, its deadline or a failure ends the search. `context`: a struct finding. */
bool finding_is_interrupted(void *context);

/* Whether that or the number of nodes ends it. */
bool finding_is_over(const struct finding *finding);

/* What is left of a limit of which `used` is used, at least 1; 0: no limit. */
uint64_t finding_left(uint64_t limit, uint64_t used);

/* The bytes of which the next file has to have fewer: those of the best one, or of the original. */
size_t finding_below(const struct finding *finding);

/* ---- candidate.c ---- */

/* Proves a file, and keeps it as the best one if it does the same: as golf_place() and golf_pack()
 * ask for it, with a struct finding as `context`. */
bool finding_prove(const uint8_t *bytes, size_t size, const struct golf_placed *how, void *context);

/* ---- headers.c ---- */

/* Sets the overlaps that are tried for the lifted program, and is_apart. Returns false after
 * setting *error if there is no memory. */
bool finding_take_overlaps(struct finding *finding);

/* ---- make_pieces.c ---- */

/* Makes the pieces for any headers, unless there are those of this slack. False: *error says why;
 * it stays unset if the search was interrupted. */
bool finding_shrink(struct finding *finding, unsigned slack, bool has_few);

/* Makes those for headers of fewer bytes than the best file has, as above. A program of much code
 * does not fit among them, and has too many ways. `is_quick`: of a few states. */
bool finding_shrink_tight(struct finding *finding, unsigned slack, bool is_quick);

/* Frees the pieces but the first `kept`. */
void finding_free_pieces(struct finding *finding, size_t kept);

/* Whether there may be shorter ways than those of the pieces from `first` on. */
bool finding_has_cut(const struct finding *finding, size_t first);

/* Whether headers without pieces of their own may have a file that is smaller than the best one. */
bool finding_needs_any(const struct finding *finding);

#endif
