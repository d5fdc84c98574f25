/* Tries rewrites one after the other, and keeps those that make the program cheaper. */
#include "rewrite.h"

#include <stdlib.h>
#include <string.h>

#include "blocks.h"
#include "carry.h"
#include "climb.h"
#include "climb_pops.h"
#include "cost.h"
#include "counter_jumps.h"
#include "entries.h"
#include "inline.h"
#include "operands.h"
#include "pops.h"
#include "pushes.h"
#include "ranges.h"
#include "rename.h"
#include "tails.h"
#include "threads.h"
#include "web.h"

struct rewriting {
    const struct golf_rewrite_options *options;
    struct golf_lifted *lifted;
    struct golf_rewritten *rewritten;
    size_t count;
    uint32_t cost; /* of *lifted */
    struct costs costs;
    /* The cheapest one of a kind so far; blocks NULL: none. */
    struct golf_lifted best;
    uint32_t best_cost;
    struct golf_rewritten best_is;
    bool has_ranges; /* of values, in *lifted and in each trial */
    bool has_no_memory;
};

static bool is_over(const struct rewriting *rewriting)
{
    const struct golf_rewrite_options *options = rewriting->options;
    return rewriting->has_no_memory ||
           (options->is_interrupted && options->is_interrupted(options->context));
}

/* ---- trials ---- */

/* Begins a trial. False: no memory. */
static bool begin(struct rewriting *rewriting, struct golf_lifted *trial)
{
    if (blocks_copy(rewriting->lifted, trial))
        return true;
    rewriting->has_no_memory = true;
    return false;
}

/* Ends a trial: it is the best one, or thrown away. */
static void end(struct rewriting *rewriting, struct golf_lifted *trial, bool is_right,
                const struct golf_rewritten *what)
{
    rewriting->has_no_memory |= is_right && rewriting->has_ranges && !ranges_find(trial);
    uint32_t cost = is_right ? cost_of_blocks(&rewriting->costs, trial) : UINT32_MAX;
    if (cost >= rewriting->cost || (rewriting->best.blocks && cost >= rewriting->best_cost)) {
        blocks_free(trial);
        return;
    }
    blocks_free(&rewriting->best);
    rewriting->best = *trial;
    rewriting->best_cost = cost;
    rewriting->best_is = *what;
}

/* The same for a change of blocks: those that nothing reaches any more, or that only follow
 * another, are not in it. */
static void end_tidied(struct rewriting *rewriting, struct golf_lifted *trial, bool is_right,
                       bool has_memory, const struct golf_rewritten *what)
{
    if (is_right) {
        blocks_tidy(trial);
        has_memory = has_memory && blocks_join(trial);
    }
    rewriting->has_no_memory |= !has_memory;
    end(rewriting, trial, is_right && has_memory, what);
}

/* Keeps the best trial. Returns whether there is one. */
static bool keep(struct rewriting *rewriting)
{
    if (!rewriting->best.blocks)
        return false;
    blocks_free(rewriting->lifted);
    *rewriting->lifted = rewriting->best;
    rewriting->best = (struct golf_lifted){0};
    rewriting->cost = rewriting->best_cost;
    if (rewriting->count < GOLF_REWRITES)
        rewriting->rewritten[rewriting->count++] = rewriting->best_is;
    return true;
}

/* ---- blocks that do nothing ---- */

static void try_tidy(struct rewriting *rewriting)
{
    static const struct golf_rewritten what = {"blocks that follow each other are one", 0};
    struct golf_lifted trial;
    if (!begin(rewriting, &trial))
        return;
    blocks_tidy(&trial);
    rewriting->has_no_memory |= !blocks_join(&trial);
    end(rewriting, &trial, !rewriting->has_no_memory, &what);
}

/* ---- registers ---- */

static void try_renames(struct rewriting *rewriting)
{
    enum { LOW = 8 };
    const uint16_t mentioned = rename_mentioned(rewriting->lifted);
    const struct golf_rewritten what = {"a register that takes no prefix is used instead", 0};
    for (unsigned from = LOW; from < GOLF_REGISTERS && rewriting->lifted->bits == 64; from++)
        for (unsigned to = 0; to < LOW && mentioned >> from & 1; to++) {
            struct golf_lifted trial;
            if (to == X86_RSP || mentioned >> to & 1 || !begin(rewriting, &trial))
                continue;
            end(rewriting, &trial, rename_register(&trial, from, to), &what);
        }
}

/* Makes values be in registers in which they are needed anyway, or that take no prefix. */
static void try_webs_of(struct rewriting *rewriting, unsigned from)
{
    enum { LOW = 8 };
    struct block_set tried = {.has = {false}};
    for (size_t i = 0; i < rewriting->lifted->count; i++) {
        struct web web;
        web_find(rewriting->lifted, (uint16_t)i, from, &web);
        bool is_known = web.begins.has[i] && tried.has[i];
        for (size_t k = 0; k < rewriting->lifted->count; k++)
            tried.has[k] |= web.begins.has[k];
        for (unsigned to = 0; to < LOW && !is_known && !is_over(rewriting); to++) {
            struct golf_lifted trial;
            const struct golf_rewritten what = {"a value is in another register",
                                                rewriting->lifted->blocks[i].offset};
            if (to == from || to == X86_RSP ||
                (from < LOW && !web_has_both(rewriting->lifted, &web, to)) ||
                !begin(rewriting, &trial))
                continue;
            end(rewriting, &trial, web_rename(&trial, &web, to), &what);
        }
    }
}

static void try_webs(struct rewriting *rewriting)
{
    const uint16_t mentioned = rename_mentioned(rewriting->lifted);
    for (unsigned from = 0; from < GOLF_REGISTERS && !is_over(rewriting); from++)
        if (from != X86_RSP && mentioned >> from & 1)
            try_webs_of(rewriting, from);
}

/* ---- common ends ---- */

static void try_tail(struct rewriting *rewriting, uint16_t one, uint16_t other, size_t count)
{
    struct golf_lifted trial;
    const struct golf_block *block = &rewriting->lifted->blocks[one];
    const struct golf_rewritten what = {"the end that another block has, too, is one for both",
                                        block->operations[block->count - count].offset};
    bool has_memory = true;
    if (!begin(rewriting, &trial))
        return;
    const bool is_right = tails_merge(&trial, one, other, count, &has_memory);
    end_tidied(rewriting, &trial, is_right, has_memory, &what);
}

static void try_tails(struct rewriting *rewriting)
{
    const size_t blocks = rewriting->lifted->count;
    for (size_t i = 0; i < blocks; i++)
        for (size_t k = i + 1; k < blocks && !is_over(rewriting); k++)
            for (size_t count = tails_common(rewriting->lifted, (uint16_t)i, (uint16_t)k);
                 count > 0; count--)
                try_tail(rewriting, (uint16_t)i, (uint16_t)k, count);
}

/* ---- tests ---- */

static void try_threads(struct rewriting *rewriting)
{
    for (size_t i = 1; i < rewriting->lifted->count && !is_over(rewriting); i++) {
        struct golf_lifted trial;
        const struct golf_rewritten what = {"a test is left out where its result is known",
                                            rewriting->lifted->blocks[i].offset};
        bool has_memory = true;
        if (!threads_is_test(&rewriting->lifted->blocks[i]) || !begin(rewriting, &trial))
            continue;
        const bool is_right = threads_lead(&trial, (uint16_t)i, &has_memory);
        end_tidied(rewriting, &trial, is_right, has_memory, &what);
    }
}

/* ---- calls ---- */

/* Inlines the call at the end of a block, or all calls of what it calls. */
static void try_inline(struct rewriting *rewriting, uint16_t block, bool is_all)
{
    struct golf_lifted trial;
    const struct golf_lifted *lifted = rewriting->lifted;
    uint16_t called = lifted->blocks[block].taken;
    const struct golf_rewritten what = {is_all ? "all calls of it are part of the callers"
                                               : "what it calls is part of it",
                                        lifted->blocks[is_all ? called : block].offset};
    if (!begin(rewriting, &trial))
        return;
    bool is_right = true, has_memory = true;
    for (size_t i = 0; i < lifted->count && is_right; i++)
        if (lifted->blocks[i].end == GOLF_CALLS && lifted->blocks[i].taken == called &&
            (is_all || i == block))
            is_right = inline_call(&trial, (uint16_t)i, &has_memory);
    end_tidied(rewriting, &trial, is_right, has_memory, &what);
}

static void try_inlines(struct rewriting *rewriting)
{
    const struct golf_lifted *lifted = rewriting->lifted;
    struct block_set tried = {.has = {false}};
    for (size_t i = 0; i < lifted->count && !is_over(rewriting); i++) {
        if (lifted->blocks[i].end != GOLF_CALLS)
            continue;
        try_inline(rewriting, (uint16_t)i, false);
        if (!tried.has[lifted->blocks[i].taken])
            try_inline(rewriting, (uint16_t)i, true);
        tried.has[lifted->blocks[i].taken] = true;
    }
}

static void try_entries(struct rewriting *rewriting)
{
    const struct golf_lifted *lifted = rewriting->lifted;
    for (size_t i = 0; i < lifted->count; i++)
        for (unsigned reg = 0; reg < GOLF_REGISTERS && lifted->blocks[i].end == GOLF_CALLS; reg++) {
            struct golf_lifted trial;
            const struct golf_rewritten what = {"what calls need is made where they lead",
                                                lifted->blocks[i].offset};
            bool has_memory;
            if (is_over(rewriting) || !begin(rewriting, &trial))
                return;
            const bool is_right = entries_add(&trial, (uint16_t)i, reg, &has_memory);
            rewriting->has_no_memory |= !has_memory;
            end(rewriting, &trial, is_right, &what);
        }
}

/* ---- jumps by rcx ---- */

/* A register that is tested by the end of a block becomes rcx: where the block begins, or where one
 * after it does. */
static void try_counter_web(struct rewriting *rewriting, size_t block, uint16_t from, unsigned reg)
{
    struct golf_lifted trial;
    struct web web;
    const struct golf_rewritten what = {"a jump asks rcx instead of flags",
                                        rewriting->lifted->blocks[block].offset};
    if (!begin(rewriting, &trial))
        return;
    bool is_right = true;
    if (reg != X86_RCX) {
        web_find(&trial, from, reg, &web);
        is_right = web_rename(&trial, &web, X86_RCX);
    }
    is_right = is_right && counter_jumps_make(&trial, block);
    end(rewriting, &trial, is_right, &what);
}

static void try_counter_jumps(struct rewriting *rewriting)
{
    for (size_t i = 0; i < rewriting->lifted->count && !is_over(rewriting); i++) {
        const unsigned reg = counter_jumps_register(rewriting->lifted, i);
        const struct golf_block *block = &rewriting->lifted->blocks[i];
        if (reg == GOLF_REGISTERS)
            continue;
        try_counter_web(rewriting, i, (uint16_t)i, reg);
        if (reg != X86_RCX) {
            try_counter_web(rewriting, i, block->taken, reg);
            try_counter_web(rewriting, i, block->other, reg);
        }
    }
}

/* ---- values that stay ---- */

static void try_carry(struct rewriting *rewriting, const struct carried *carried,
                      const struct block_set *set, size_t block)
{
    struct golf_lifted trial;
    struct golf_rewritten what = {"a value stays in its register",
                                  rewriting->lifted->blocks[block].offset};
    bool is_told;
    if (!begin(rewriting, &trial))
        return;
    const bool is_right = carry(&trial, carried, set, &is_told);
    if (is_told)
        what.what = "a number that a test tells stays in its register";
    end(rewriting, &trial, is_right, &what);
}

static void try_found(struct rewriting *rewriting, const struct carried *found, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct block_set all, part;
        carry_blocks(rewriting->lifted, &found[i], &all);
        for (size_t k = 0, tried = 0; k < rewriting->lifted->count; k++) {
            if (!all.has[k] || is_over(rewriting))
                continue;
            if (tried++ == 0)
                try_carry(rewriting, &found[i], &all, k);
            part = all;
            carry_to(rewriting->lifted, &found[i], (uint16_t)k, &part);
            try_carry(rewriting, &found[i], &part, k);
        }
    }
}

/* Makes instructions take a number from a register, which has it from block to block. */
static void try_operands_by(struct rewriting *rewriting, uint64_t number, unsigned reg)
{
    const struct golf_rewritten what = {"a number in instructions is in a register", 0};
    const struct carried carried = {(uint8_t)reg, {.kind = GOLF_CONSTANT, .number = number}};
    struct golf_lifted trial;
    struct block_set set;
    bool is_told;
    if (!begin(rewriting, &trial))
        return;
    const bool is_any = operands_by_register(&trial, number, reg) > 0;
    carry_blocks(&trial, &carried, &set);
    end(rewriting, &trial, is_any && carry(&trial, &carried, &set, &is_told), &what);
}

static void try_operands(struct rewriting *rewriting)
{
    enum { LOW = 8 };
    const uint16_t mentioned = rename_mentioned(rewriting->lifted);
    struct carried found[CARRIED];
    uint64_t numbers[OPERANDS_NUMBERS];
    const size_t found_count = carry_find(rewriting->lifted, found),
                 count = operands_numbers(rewriting->lifted, numbers);
    for (size_t i = 0; i < count; i++) {
        for (unsigned reg = 0; reg < LOW && !is_over(rewriting); reg++) {
            bool has = !(mentioned >> reg & 1);
            for (size_t k = 0; k < found_count; k++)
                has |= found[k].reg == reg && found[k].value.kind == GOLF_CONSTANT &&
                       found[k].value.number == numbers[i];
            if (has && reg != X86_RSP)
                try_operands_by(rewriting, numbers[i], reg);
        }
    }
}

static void try_carries(struct rewriting *rewriting)
{
    struct carried found[CARRIED];
    try_found(rewriting, found, carry_find(rewriting->lifted, found));
}

/* After all others: what ranges make cheaper keeps some of them from being tried. */
static void try_ranges(struct rewriting *rewriting)
{
    rewriting->has_ranges = true;
    rewriting->has_no_memory |= !ranges_find(rewriting->lifted);
    rewriting->cost = cost_of_blocks(&rewriting->costs, rewriting->lifted);
    do {
        struct carried found[CARRIED];
        try_found(rewriting, found, carry_find_bytes(rewriting->lifted, found));
    } while (keep(rewriting) && !is_over(rewriting));
}

/* ---- the stack ---- */

static void try_pops(struct rewriting *rewriting)
{
    const struct golf_lifted *lifted = rewriting->lifted;
    for (size_t i = 0; i < lifted->count; i++)
        for (size_t k = 0; k < lifted->blocks[i].count && !is_over(rewriting); k++) {
            struct golf_lifted trial;
            const struct golf_rewritten what = {"a pop loads what is on the stack",
                                                lifted->blocks[i].operations[k].offset};
            if (pops_may_load(lifted, i, k) && begin(rewriting, &trial))
                end(rewriting, &trial, pops_load(&trial, i, k), &what);
        }
}

/* Pops of words that the stack pointer climbs over: of *from, which is what was rewritten so far or
 * a change of it. */
static void try_climb_pops(struct rewriting *rewriting, const struct golf_lifted *from)
{
    for (size_t i = 0; i < from->count; i++)
        for (size_t k = 0; k < from->blocks[i].count && !is_over(rewriting); k++) {
            struct golf_lifted trial;
            const struct golf_rewritten what = {"a pop loads what the stack pointer climbs over",
                                                from->blocks[i].operations[k].offset};
            if (!climb_pops_may_load(from, i, k))
                continue;
            if (!blocks_copy(from, &trial)) {
                rewriting->has_no_memory = true;
                return;
            }
            end(rewriting, &trial, climb_pops_load(&trial, i, k), &what);
        }
}

/* Comparisons of such words with 0. */
static void try_climb_tests(struct rewriting *rewriting)
{
    const struct golf_lifted *lifted = rewriting->lifted;
    for (size_t i = 0; i < lifted->count && !is_over(rewriting); i++) {
        struct golf_lifted trial;
        const struct golf_rewritten what = {
            "a pop and a jrcxz test what the stack pointer climbs over", lifted->blocks[i].offset};
        bool has_memory;
        if (!climb_pops_may_test(lifted, i) || !begin(rewriting, &trial))
            continue;
        bool is_right = climb_pops_test(&trial, i, &has_memory);
        has_memory = has_memory && (!is_right || blocks_join(&trial));
        rewriting->has_no_memory |= !has_memory;
        end(rewriting, &trial, is_right && has_memory, &what);
    }
}

static void try_climb(struct rewriting *rewriting, uint16_t block, unsigned reg)
{
    struct golf_lifted trial, climbed;
    const struct golf_rewritten what = {"a pointer to words of the stack is the stack pointer",
                                        rewriting->lifted->blocks[block].offset};
    if (!begin(rewriting, &climbed))
        return;
    if (climb(&climbed, block, reg)) {
        if (blocks_copy(&climbed, &trial))
            end(rewriting, &trial, true, &what);
        else
            rewriting->has_no_memory = true;
        try_climb_pops(rewriting, &climbed);
    }
    blocks_free(&climbed);
}

static void try_climbs(struct rewriting *rewriting)
{
    const struct golf_lifted *lifted = rewriting->lifted;
    if (lifted->climbing) {
        try_climb_pops(rewriting, lifted);
        try_climb_tests(rewriting);
        return;
    }
    for (size_t i = 1; i < lifted->count; i++)
        for (unsigned reg = 0; reg < GOLF_REGISTERS && !is_over(rewriting); reg++)
            if (climb_is_pointer(lifted, (uint16_t)i, reg))
                try_climb(rewriting, (uint16_t)i, reg);
}

/* ---- all ---- */

bool golf_rewrite(struct golf_lifted *lifted, const struct golf_rewrite_options *options,
                  struct golf_rewritten *rewritten, size_t *count)
{
    *count = 0;
    if (lifted->count > GOLF_REWRITE_BLOCKS)
        return true;
    struct rewriting *rewriting = calloc(1, sizeof *rewriting);
    if (!rewriting)
        return false;
    rewriting->options = rewriting->costs.options = options;
    rewriting->lifted = lifted;
    rewriting->rewritten = rewritten;
    pushes_note(lifted);
    rewriting->cost = cost_of_blocks(&rewriting->costs, lifted);
    static void (*const kinds[])(struct rewriting * rewriting) = {
        try_pops,  try_climbs, try_tidy,    try_renames,  try_threads, try_inlines,
        try_tails, try_webs,   try_carries, try_operands, try_entries, try_counter_jumps};
    enum { KINDS = sizeof kinds / sizeof kinds[0] };
    /* Only the first one is about a block by itself. */
    const size_t kind_count = lifted->count < 2 ? 1 : KINDS;
    /* What one kind changes may be what another one needs. */
    for (size_t kind = 0, idle = 0; idle < kind_count && !is_over(rewriting);
         kind = (kind + 1) % kind_count) {
        size_t kept = 0;
        do
            kinds[kind](rewriting);
        while (keep(rewriting) && !is_over(rewriting) && ++kept);
        idle = kept ? 0 : idle + 1;
    }
    try_ranges(rewriting);
    bool is_done = !rewriting->has_no_memory;
    *count = rewriting->count;
    free(rewriting);
    return is_done;
}
