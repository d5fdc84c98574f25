/* A small generator of golf's pieces, and two overlaps typed from the kernel's rules. */
#include "golf_samples.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen.h"

enum { A, B, D, SI, DI, TRACKED };
static const uint8_t numbers[TRACKED] = {0, 3, 2, 6, 7};

/* Values below 256 are constants. */
enum { OTHER = 256, RESULT, IN_FILE, TEXT, NOTHING };

struct state {
    uint16_t value[TRACKED], stack;
    uint16_t operation; /* 0: before write, 1: before exit, 2: done */
};

enum { NODES = 60000, CHOICES = 900000 };
struct edge {
    uint32_t from;
    uint8_t cost;
    struct golf_choice choice;
};
static struct {
    struct state states[NODES];
    uint16_t ahead[NODES], behind[NODES];
    size_t count;
    struct edge *edges;
    size_t edge_count;
    uint16_t constants[4];
    size_t constant_count;
    uint16_t length, status, most;
    uint32_t table[1 << 18];
} maker;

static uint32_t node_of(const struct state *state)
{
    uint64_t hash = 1469598103934665603u;
    for (size_t i = 0; i < sizeof *state; i++)
        hash = (hash ^ ((const uint8_t *)state)[i]) * 1099511628211u;
    size_t slot = hash >> 20 & 0x3ffff;
    for (; maker.table[slot] != 0; slot = (slot + 1) & 0x3ffff)
        if (!memcmp(&maker.states[maker.table[slot] - 1], state, sizeof *state))
            return maker.table[slot] - 1;
    if (maker.count == NODES)
        abort();
    maker.states[maker.count] = *state;
    maker.ahead[maker.count] = UINT16_MAX;
    maker.table[slot] = (uint32_t)++maker.count;
    return (uint32_t)maker.count - 1;
}

/* The fewest bytes from a state to the end, or less. */
static unsigned least(const struct state *state)
{
    const uint16_t *value = state->value;
    if (state->operation == 2)
        return 0;
    bool is_out = value[DI] == maker.status;
    if (state->operation == 1)
        return 2u + !is_out + (value[A] == 60 ? 0 : 2u) + (state->stack != NOTHING);
    unsigned text = value[SI] == TEXT ? 0 : state->stack == TEXT ? 1 : value[SI] == IN_FILE ? 3 : 4;
    return 2u + 6u + text + (value[A] != 1) + (value[DI] != 1) +
           (value[D] == maker.length ? 0 : 2u);
}

static struct golf_choice *edge(uint32_t from, const struct state *to, const char *reason,
                                size_t length, const uint8_t *bytes)
{
    static struct golf_choice nowhere;
    nowhere.field_count = 0;
    unsigned cost_here = length > 4 ? 2 : (unsigned)length;
    if (maker.ahead[from] + cost_here + least(to) > maker.most)
        return &nowhere;
    if (maker.edge_count == CHOICES)
        abort();
    struct edge *edge = &maker.edges[maker.edge_count++];
    *edge = (struct edge){.from = from, .cost = (uint8_t)(length > 4 ? 2 : length)};
    edge->choice = (struct golf_choice){
        .length = (uint8_t)length, .followed_by = GOLF_NONE, .to = node_of(to), .reason = reason};
    memcpy(edge->choice.bytes, bytes, length);
    uint16_t cost = (uint16_t)(maker.ahead[from] + edge->cost);
    if (cost < maker.ahead[edge->choice.to])
        maker.ahead[edge->choice.to] = cost;
    return &edge->choice;
}
#define EDGE(from, to, reason, ...)                                                                \
    edge(from, to, reason, sizeof((const uint8_t[]){__VA_ARGS__}), (const uint8_t[]){__VA_ARGS__})

static void field(struct golf_choice *choice, uint8_t kind, uint8_t offset, uint8_t length)
{
    choice->fields[choice->field_count++] =
        (struct golf_field){.kind = kind, .offset = offset, .length = length};
}

static void add_constants(uint32_t from, struct state state, size_t reg)
{
    uint8_t n = numbers[reg];
    for (size_t i = 0; i < maker.constant_count; i++) {
        struct state to = state;
        uint8_t value = (uint8_t)maker.constants[i];
        to.value[reg] = value;
        EDGE(from, &to, "mov r32, imm32", (uint8_t)(0xb8 + n), value, 0, 0, 0);
        if (state.value[reg] > 255)
            continue;
        if (n < 4)
            EDGE(from, &to, "mov r8, imm8", (uint8_t)(0xb0 + n), value);
        else
            EDGE(from, &to, "mov r8, imm8", 0x40, (uint8_t)(0xb0 + n), value);
    }
}

static void add_computing(uint32_t from, struct state state, size_t reg)
{
    uint8_t n = numbers[reg];
    struct state to = state;
    to.value[reg] = 0;
    EDGE(from, &to, "xor r32, r32", 0x31, (uint8_t)(0xc0 | n << 3 | n));
    EDGE(from, &to, "sub r32, r32", 0x29, (uint8_t)(0xc0 | n << 3 | n));
    if (state.value[reg] < 255) {
        to.value[reg] = (uint16_t)(state.value[reg] + 1);
        EDGE(from, &to, "inc r32", 0xff, (uint8_t)(0xc0 | n));
    }
    if (state.value[reg] == IN_FILE) {
        to.value[reg] = TEXT;
        if (n < 4)
            field(EDGE(from, &to, "mov r8, imm8", (uint8_t)(0xb0 + n), 0), GOLF_ABSOLUTE_FIELD, 1,
                  1);
        else
            field(EDGE(from, &to, "mov r8, imm8", 0x40, (uint8_t)(0xb0 + n), 0),
                  GOLF_ABSOLUTE_FIELD, 2, 1);
    }
    for (size_t other = 0; other < TRACKED; other++) {
        if (other == reg)
            continue;
        to = state;
        to.value[reg] = state.value[other];
        if (state.value[other] != TEXT && state.value[other] != IN_FILE) {
            EDGE(from, &to, "mov r32, r32", 0x89, (uint8_t)(0xc0 | numbers[other] << 3 | n));
            EDGE(from, &to, "mov r32, r32", 0x8b, (uint8_t)(0xc0 | n << 3 | numbers[other]));
        }
        if (other == A && state.value[A] < TEXT && state.value[A] != IN_FILE &&
            state.value[reg] != TEXT && state.value[reg] != IN_FILE) {
            to.value[A] = state.value[reg];
            EDGE(from, &to, "xchg eax, r32", (uint8_t)(0x90 + n));
        }
    }
}

static void add_stack(uint32_t from, struct state state)
{
    struct state to = state;
    if (state.stack != NOTHING) {
        for (size_t reg = 0; reg < TRACKED; reg++) {
            to = state;
            to.value[reg] = state.stack;
            to.stack = NOTHING;
            EDGE(from, &to, "pop r64", (uint8_t)(0x58 + numbers[reg]));
        }
        return;
    }
    for (size_t i = 0; i < maker.constant_count; i++) {
        to.stack = maker.constants[i];
        EDGE(from, &to, "push imm8", 0x6a, (uint8_t)maker.constants[i]);
    }
    to.stack = IN_FILE;
    field(EDGE(from, &to, "call next", 0xe8, 0, 0, 0, 0), GOLF_NEXT_FIELD, 1, 4);
    if (maker.length > 0) {
        to.stack = TEXT;
        struct golf_choice *choice = EDGE(from, &to, "call next, data behind it", 0xe8, 0, 0, 0, 0);
        field(choice, GOLF_NEXT_FIELD, 1, 4);
        choice->followed_by = 0;
    }
}

static void add_calls(uint32_t from, struct state state)
{
    const uint16_t *value = state.value;
    struct state to = state;
    if (value[A] < 128 && state.value[D] != 0) {
        to.value[D] = 0;
        EDGE(from, &to, "cdq", 0x99);
        to = state;
    }
    if (maker.length > 0 && state.operation == 0) {
        to.value[SI] = TEXT;
        field(EDGE(from, &to, "lea rsi, [rip + disp32]", 0x48, 0x8d, 0x35, 0, 0, 0, 0),
              GOLF_RELATIVE_FIELD, 3, 4);
        field(EDGE(from, &to, "mov esi, imm32", 0xbe, 0, 0, 0, 0), GOLF_ABSOLUTE_FIELD, 1, 4);
    }
    bool writes = value[A] == 1 && value[DI] == 1 && value[SI] == TEXT && value[D] == maker.length;
    if (state.operation == 0 && writes) {
        to = state;
        to.operation = 1;
        to.value[A] = RESULT;
        EDGE(from, &to, "syscall", 0x0f, 0x05);
    }
    if (state.operation == 1 && (value[A] == 60 || value[A] == 231) && value[DI] == maker.status) {
        to = (struct state){.operation = 2};
        EDGE(from, &to, "syscall", 0x0f, 0x05);
    }
}

static void explore(uint16_t most)
{
    for (uint16_t cost = 0; cost <= most; cost++)
        for (bool again = true; again;) {
            again = false;
            for (uint32_t node = 0; node < maker.count; node++) {
                if (maker.ahead[node] != cost || maker.behind[node] != 0)
                    continue;
                maker.behind[node] = 1;
                struct state state = maker.states[node];
                if (state.operation == 2)
                    return;
                again = true;
                for (size_t reg = 0; reg < TRACKED; reg++) {
                    add_constants(node, state, reg);
                    add_computing(node, state, reg);
                }
                add_stack(node, state);
                add_calls(node, state);
            }
        }
}

static uint16_t find_behind(void)
{
    for (size_t node = 0; node < maker.count; node++)
        maker.behind[node] = maker.states[node].operation == 2 ? 0 : 9999;
    for (bool again = true; again;) {
        again = false;
        for (size_t i = maker.edge_count; i-- > 0;) {
            const struct edge *at = &maker.edges[i];
            uint16_t cost = (uint16_t)(at->cost + maker.behind[at->choice.to]);
            if (cost < maker.behind[at->from]) {
                maker.behind[at->from] = cost;
                again = true;
            }
        }
    }
    return maker.behind[0];
}

static int by_from(const void *a, const void *b)
{
    const struct edge *one = a, *other = b;
    if (one->from != other->from)
        return one->from < other->from ? -1 : 1;
    return one->choice.length - other->choice.length;
}

static void write_pieces(struct golf_pieces *pieces, uint16_t most)
{
    size_t kept = 0;
    for (size_t i = 0; i < maker.edge_count; i++) {
        const struct edge *at = &maker.edges[i];
        if (maker.ahead[at->from] + at->cost + maker.behind[at->choice.to] <= most)
            maker.edges[kept++] = *at;
    }
    qsort(maker.edges, kept, sizeof *maker.edges, by_from);
    pieces->nodes = calloc(maker.count, sizeof *pieces->nodes);
    pieces->choices = calloc(kept + 1, sizeof *pieces->choices);
    pieces->blocks = calloc(1, sizeof *pieces->blocks);
    uint32_t *renamed = calloc(maker.count, sizeof *renamed);
    for (size_t node = 0; node < maker.count; node++) {
        if (maker.ahead[node] + maker.behind[node] > most)
            continue;
        renamed[node] = (uint32_t)pieces->node_count;
        struct golf_node *to = &pieces->nodes[pieces->node_count++];
        *to = (struct golf_node){.kind = GOLF_STEP, .least = 0, .flags_are_dead = true};
        to->dead_registers = 0xff22;
        if (maker.states[node].operation == 2)
            to->kind = GOLF_NODE_STOP;
    }
    for (size_t i = 0; i < kept; i++) {
        struct golf_node *from = &pieces->nodes[renamed[maker.edges[i].from]];
        if (from->count++ == 0)
            from->first = (uint32_t)i;
        pieces->choices[i] = maker.edges[i].choice;
        pieces->choices[i].to = renamed[maker.edges[i].choice.to];
    }
    pieces->choice_count = kept;
    pieces->block_count = 1;
    free(renamed);
}

void sample_write_and_exit(struct golf_pieces *pieces, const char *text, uint8_t status)
{
    memset(&maker, 0, sizeof maker);
    memset(pieces, 0, sizeof *pieces);
    maker.edges = malloc(CHOICES * sizeof *maker.edges);
    maker.length = (uint16_t)strlen(text);
    maker.status = status;
    const uint16_t all[4] = {1, 60, maker.length, status};
    for (size_t i = 0; i < 4; i++) {
        bool is_new = all[i] != 0 && all[i] < 128;
        for (size_t j = 0; j < maker.constant_count; j++)
            is_new = is_new && maker.constants[j] != all[i];
        if (is_new)
            maker.constants[maker.constant_count++] = all[i];
    }
    struct state start;
    memset(&start, 0, sizeof start);
    start.stack = NOTHING;
    start.operation = maker.length > 0 ? 0 : 1;
    maker.ahead[node_of(&start)] = 0;
    maker.most = maker.length > 0 ? 23 : 12;
    explore(maker.most);
    uint16_t best = find_behind();
    write_pieces(pieces, (uint16_t)(best + 2));
    pieces->bits = 64;
    struct golf_data *data = calloc(1, sizeof *data);
    *data = (struct golf_data){
        .bytes = (const uint8_t *)text, .size = maker.length, .file_size = maker.length};
    pieces->data = data;
    pieces->data_count = maker.length > 0;
    free(maker.edges);
}

void sample_free(struct golf_pieces *pieces)
{
    free(pieces->nodes);
    free(pieces->choices);
    free(pieces->blocks);
    free((void *)pieces->data);
}

/* ---- overlaps ---- */

static void fix(struct golf_overlap *overlap, size_t at, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        overlap->cells[at + i] =
            (struct golf_cell){.kind = GOLF_CELL_FIXED, .value = (uint8_t)bytes[i]};
}
#define FIX(overlap, at, bytes) fix(overlap, at, bytes, sizeof(bytes) - 1)

static void mirror(struct golf_overlap *overlap, size_t at, size_t other, size_t length)
{
    for (size_t i = 0; i < length; i++)
        overlap->cells[at + i] =
            (struct golf_cell){.kind = GOLF_CELL_MIRROR, .other = (uint8_t)(other + i)};
}

static void allow(struct golf_overlap *overlap, size_t at, uint8_t mask, uint8_t value)
{
    struct golf_cell *cell = &overlap->cells[at];
    cell->kind = GOLF_CELL_SET;
    for (unsigned i = 0; i < 256; i++)
        if ((i & mask) == value)
            cell->allowed[i / 8] |= (uint8_t)(1u << i % 8);
}

void sample_overlap_24(struct golf_overlap *overlap)
{
    *overlap = (struct golf_overlap){.bits = 64,
                                     .type = 2,
                                     .filesz_at = GOLF_NOWHERE,
                                     .memsz_at = GOLF_NOWHERE,
                                     .phoff = 24,
                                     .headers = 1,
                                     .size = 80,
                                     .entry_at = 24,
                                     .base_at = 40,
                                     .base_add = 24,
                                     .base_low = 0x100000000,
                                     .base_high = 0x7fff00000000,
                                     .entry_low = 1,
                                     .entry_high = 1,
                                     .flags = ELFGEN_PF_R | ELFGEN_PF_X,
                                     .memory = 4096};
    FIX(overlap, 0,
        "\x7f"
        "ELF");
    FIX(overlap, 16, "\2\0\x3e\0");
    FIX(overlap, 24, "\1\0\0\0");
    allow(overlap, 28, 7, 5);
    allow(overlap, 29, 0x80, 0);
    FIX(overlap, 30, "\0\0");
    FIX(overlap, 32, "\x18\0\0\0\0\0\0\0\x18\0\0\0");
    mirror(overlap, 44, 28, 4);
    FIX(overlap, 54, "\x38\0\1\0");
    allow(overlap, 59, 0xf8, 0);
    FIX(overlap, 60, "\0\0\0\0\1\0");
    mirror(overlap, 66, 58, 6);
}

void sample_overlap_56(struct golf_overlap *overlap)
{
    *overlap = (struct golf_overlap){.bits = 64,
                                     .type = 2,
                                     .filesz_at = GOLF_NOWHERE,
                                     .memsz_at = GOLF_NOWHERE,
                                     .phoff = 56,
                                     .headers = 1,
                                     .size = 112,
                                     .entry_at = 24,
                                     .base_at = 72,
                                     .base_low = 0x10000,
                                     .base_high = 0x7fff00000000,
                                     .entry_high = 111,
                                     .flags = ELFGEN_PF_R | ELFGEN_PF_X,
                                     .memory = 4096};
    FIX(overlap, 0,
        "\x7f"
        "ELF");
    FIX(overlap, 16, "\2\0\x3e\0");
    FIX(overlap, 32, "\x38\0\0\0\0\0\0\0");
    FIX(overlap, 54, "\x38\0\1\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0");
    FIX(overlap, 72, "\0");
    FIX(overlap, 78, "\0\0");
    FIX(overlap, 88, "\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0");
}
