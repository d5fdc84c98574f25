/* A local search for the best way to pack a program: it changes the order of blocks, the headers,
 * what follows what and where the data is. */
#include <stdlib.h>
#include <string.h>

#include "pack_private.h"

enum {
    PRICE_MOST = 6 * ROUTE_BYTE,
    STRANDS = 8, /* searches that begin with the same plan, in a round */
    ROOM = 24    /* bytes by which a file may be larger than the best one, on the way to another */
};

/* A search of its own: what it has found. Its plan's words follow. */
struct strand {
    size_t size; /* 0: nothing */
    uint64_t cost, nodes;
    struct plan plan;
    uint16_t words[];
};

/* What all of them begin with. */
struct packing {
    struct pack *packs;
    struct strand **bests; /* of each program */
    size_t count;
    size_t best; /* size of the file that was accepted; 0: none was */
    size_t word_count;
    uint64_t seed, rounds;
    const struct golf_place_options *options;
    struct jobs *jobs;
};

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed += UINT64_C(0x9e3779b97f4a7c15);
    return memo_mix(*seed) % below;
}

/* ---- plans ---- */

static void save(const struct pack *pack, struct strand *strand)
{
    strand->plan = pack->plan;
    memcpy(strand->words, pack->words, pack->word_count * sizeof *pack->words);
}

static void load(struct pack *pack, const struct strand *strand)
{
    pack->plan = strand->plan;
    memcpy(pack->words, strand->words, pack->word_count * sizeof *pack->words);
}

/* Changes a plan a little. */
static void change(struct pack *pack, uint64_t *seed)
{
    const struct golf_pieces *pieces = pack->search.pieces;
    struct plan *plan = &pack->plan;
    size_t block = draw(seed, pieces->block_count);
    switch (draw(seed, 8)) {
    case 0:
        plan->overlap = draw(seed, pack->overlap_count);
        break;
    case 1:
        plan->price = (uint16_t)(ROUTE_BYTE + draw(seed, PRICE_MOST));
        break;
    case 2:
        plan->shift[draw(seed, ROUTE_GAPS)] = (uint8_t)(draw(seed, 2) > 0 ? draw(seed, 8) : 0);
        break;
    case 3:
        pack->avoid[block] = (uint16_t)(pack->avoid[block] ^ 1u << draw(seed, ROUTE_GAPS));
        break;
    case 4:
        pack->turns[block] ^= TURN_AWAY;
        break;
    case 5:
        if (pieces->data_count > 0)
            pack->data_place[draw(seed, pieces->data_count)] = (uint16_t)draw(seed, 6);
        break;
    case 6:
        pack->turns[block] ^= TURN_OPPOSITE;
        break;
    default:
        pack->rank[block] = (uint16_t)draw(seed, UINT16_MAX);
        break;
    }
}

/* What is better: a smaller file, and one in which fewer bytes are taken. */
static uint64_t cost_of(const struct pack *pack, size_t size)
{
    enum { WEIGHT = 3 };
    const struct board *board = &pack->search.board;
    uint64_t taken = 0;
    for (size_t cell = 0; cell < size; cell++)
        taken += board_is_known(board, cell);
    return WEIGHT * size + taken;
}

/* ---- a strand ---- */

static size_t largest(const struct packing *packing)
{
    size_t most = packing->options->largest, with_room = packing->best + ROOM;
    return packing->best > 0 && with_room < most ? with_room : most;
}

/* Strands take turns with the programs. */
static size_t program_of(const struct packing *packing, size_t strand)
{
    return packing->count > 1 ? strand % packing->count : 0;
}

/* Packs as the plan says. Returns what that costs; UINT64_MAX: it is impossible. */
static uint64_t attempt(const struct packing *packing, struct pack *pack, size_t *size)
{
    *size = pack_once(pack, largest(packing));
    pack->nodes++;
    return *size > 0 ? cost_of(pack, *size) : UINT64_MAX;
}

/* Changes the plan step by step, and goes on from what is not much worse: less so as it comes to
 * its end. */
static void run_strand(const struct packing *packing, size_t which, uint64_t nodes,
                       struct strand *best, struct strand *current)
{
    enum { HEAT = 24, CHANGES = 3 };
    const struct golf_place_options *options = packing->options;
    struct pack *pack = &packing->packs[program_of(packing, which)];
    uint64_t shards = options->shards > 0 ? options->shards : 1;
    uint64_t seed = memo_mix(packing->seed + memo_mix((packing->rounds * STRANDS + which) * shards +
                                                      options->shard + 1));
    memcpy(best, packing->bests[program_of(packing, which)],
           sizeof *best + packing->word_count * sizeof *best->words);
    load(pack, best);
    save(pack, current);
    uint64_t cost = best->cost;
    pack->nodes = 0;
    while (pack->nodes < nodes && !search_is_late(&pack->search)) {
        size_t size;
        uint64_t heat = HEAT - HEAT * pack->nodes / nodes;
        for (uint64_t i = draw(&seed, CHANGES) + 1; i > 0; i--)
            change(pack, &seed);
        uint64_t now = attempt(packing, pack, &size);
        if (now == UINT64_MAX || (cost != UINT64_MAX && now > cost + draw(&seed, heat + 1))) {
            load(pack, current);
            continue;
        }
        cost = now;
        save(pack, current);
        if (now < best->cost) {
            save(pack, best);
            best->size = size;
            best->cost = now;
        }
    }
    best->nodes = pack->nodes;
}

/* ---- rounds ---- */

/* Asks the caller about the file that was just packed, if it is smaller than all before. */
static bool offer(struct packing *packing, struct pack *pack, size_t size)
{
    if (packing->best > 0 && size >= packing->best)
        return true;
    if (!pack_finish(pack, size))
        return false;
    packing->best = size;
    return true;
}

/* The first plan: blocks in their order, in the overlap where that takes the least; of the larger
 * ones none is tried once that has taken the program's part of the states. */
static void begin(struct packing *packing, size_t which, struct strand *best)
{
    struct pack *pack = &packing->packs[which];
    size_t blocks = pack->search.pieces->block_count, size;
    for (size_t i = 0; i < blocks; i++)
        pack->rank[i] = (uint16_t)(UINT16_MAX - i * UINT16_MAX / blocks);
    best->cost = UINT64_MAX;
    save(pack, best);
    const uint64_t most = packing->options->nodes / packing->count;
    for (size_t n = 0; n < pack->overlap_count && !search_is_late(&pack->search); n++) {
        if (most != 0 && pack->nodes > most && best->size > 0)
            break;
        pack->plan.overlap = search_nth_overlap(packing->options, n);
        uint64_t cost = attempt(packing, pack, &size);
        if (cost >= best->cost || !offer(packing, pack, size))
            continue;
        save(pack, best);
        best->size = size;
        best->cost = cost;
    }
    best->nodes = pack->nodes;
}

static struct strand *result_of(const struct packing *packing, struct strand *const *alone,
                                size_t which)
{
    return packing->jobs ? jobs_result(packing->jobs, which) : alone[which];
}

/* Does all strands of a round, in several processes if there may be some. */
static void run_round(struct packing *packing, struct strand *const *strands, uint64_t nodes)
{
    const struct golf_place_options *options = packing->options;
    struct strand *current = strands[STRANDS];
    bool is_child =
        packing->jobs && jobs_fork(packing->jobs, options->is_interrupted, options->context);
    for (size_t i = 0; i < STRANDS; i++) {
        struct strand *strand = result_of(packing, strands, i);
        bool is_mine = is_child        ? jobs_take(packing->jobs, i)
                       : packing->jobs ? strand->nodes == 0 /* its process was killed */
                                       : true;
        if (is_mine)
            run_strand(packing, i, nodes, strand, current);
    }
    if (is_child)
        jobs_exit();
}

/* Takes over what the strands have found: the caller is asked about the smallest files first. */
static uint64_t end_round(struct packing *packing, struct strand *const *strands)
{
    uint64_t nodes = 0;
    bool is_tried[STRANDS] = {false};
    for (size_t n = 0; n < STRANDS; n++) {
        size_t least = STRANDS;
        for (size_t i = 0; i < STRANDS; i++) {
            const struct strand *strand = result_of(packing, strands, i);
            if (!is_tried[i] &&
                (least == STRANDS || strand->size < result_of(packing, strands, least)->size))
                least = i;
        }
        is_tried[least] = true;
        const struct strand *strand = result_of(packing, strands, least);
        struct strand *best = packing->bests[program_of(packing, least)];
        struct pack *pack = &packing->packs[program_of(packing, least)];
        nodes += strand->nodes;
        if (strand->size == 0 || strand->cost >= best->cost)
            continue;
        load(pack, strand);
        size_t size = pack_once(pack, largest(packing));
        if (size > 0 && offer(packing, pack, size))
            memcpy(best, strand, sizeof *best + packing->word_count * sizeof *best->words);
    }
    return nodes;
}

/* Rounds, each longer than the one before, until the limit. Returns the states that were seen. */
static uint64_t improve(struct packing *packing, struct strand *const *strands)
{
    enum { FIRST = 1 << 15, LAST = 1 << 20 };
    const struct golf_place_options *options = packing->options;
    uint64_t nodes = 0, each = FIRST;
    for (size_t i = 0; i < packing->count; i++)
        nodes += packing->bests[i]->nodes;
    while (!search_is_late(&packing->packs[0].search) && packing->best != options->smallest) {
        uint64_t left = options->nodes > nodes ? (options->nodes - nodes) / STRANDS : 0;
        if (options->nodes != 0 && left == 0)
            break;
        uint64_t most = options->nodes != 0 && left < each ? left : each;
        if (options->progress)
            options->progress(packing->best - 1, nodes, options->context);
        run_round(packing, strands, most);
        nodes += end_round(packing, strands);
        packing->rounds++;
        each = each < LAST ? each + each / 4 : LAST;
    }
    return nodes;
}

/* ---- all of it ---- */

static struct strand *make_strand(const struct packing *packing)
{
    return calloc(1, sizeof(struct strand) + packing->word_count * sizeof(uint16_t));
}

/* Packs first, and searches then. */
static bool run(struct packing *packing, struct golf_place_result *result)
{
    struct strand *strands[STRANDS + 1];
    bool is_open = true;
    for (size_t i = 0; i <= STRANDS; i++)
        is_open = (strands[i] = make_strand(packing)) != NULL && is_open;
    for (size_t i = packing->count; is_open && i-- > 0;)
        is_open = (packing->bests[i] = make_strand(packing)) != NULL;
    if (is_open) {
        for (size_t i = packing->count; i-- > 0;)
            begin(packing, i, packing->bests[i]);
        result->nodes = improve(packing, strands);
    }
    for (size_t i = 0; i <= STRANDS; i++)
        free(strands[i]);
    for (size_t i = 0; i < packing->count; i++)
        free(packing->bests[i]);
    return is_open;
}

struct golf_place_result golf_pack(const struct golf_place_program *programs, size_t program_count,
                                   const struct golf_overlap *overlaps, size_t count,
                                   const struct golf_place_options *options,
                                   golf_candidate *candidate)
{
    struct golf_place_result result = {.end = GOLF_PLACE_NO_MEMORY};
    struct packing packing = {.count = program_count,
                              .seed = options->seed,
                              .options = options,
                              .packs = calloc(program_count, sizeof *packing.packs),
                              .bests = calloc(program_count, sizeof(void *))};
    bool is_open = packing.packs && packing.bests && count > 0;
    for (size_t i = 0; i < program_count && is_open; i++) {
        is_open = pack_open(&packing.packs[i], &programs[i], overlaps, count, options, candidate,
                            options->largest);
        if (packing.packs[i].word_count > packing.word_count)
            packing.word_count = packing.packs[i].word_count;
    }
    if (is_open && options->jobs > 1)
        packing.jobs = jobs_open(options->jobs < STRANDS ? options->jobs : STRANDS, STRANDS,
                                 sizeof(struct strand) + packing.word_count * sizeof(uint16_t));
    if (is_open && run(&packing, &result)) {
        result.end = packing.best > 0 ? GOLF_PLACE_FOUND : GOLF_PLACE_STOPPED;
        result.size = packing.best;
    }
    for (size_t i = 0; i < program_count && packing.packs; i++)
        pack_close(&packing.packs[i]);
    jobs_close(packing.jobs);
    free(packing.packs);
    free(packing.bests);
    return result;
}
