/* A program's memory for symbolic evaluation: its file, its stack, and what was written to them. */
#include <string.h>

#include "elfgen/kernel.h"
#include "symbolic_private.h"
#include "x86/known_bits.h"

enum { MOST_SIZE = 1 << 17 }; /* of what the kernel writes */

/* What Linux clears behind p_filesz in a page that may be written (padzero()). */
static void find_cleared(struct symbolic_program *program, const struct elfgen_view *view,
                         uint64_t bias)
{
    for (size_t i = 0; i < program->area_count; i++) {
        const struct elfgen_kernel_area *area = &program->areas[i];
        struct elfgen_phdr header;
        program->cleared[i] = area->kind == ELFGEN_AREA_FILE ? area->file_end : area->start;
        if (area->kind != ELFGEN_AREA_FILE || !(area->flags & ELFGEN_PF_W) ||
            elfgen_view_segment(view, area->segment, &header, NULL) != ELFGEN_OK ||
            header.p_memsz <= header.p_filesz)
            continue;
        uint64_t end = bias + header.p_vaddr + header.p_filesz;
        if (end >= area->start && end < program->cleared[i])
            program->cleared[i] = end;
    }
}

bool symbolic_open(struct symbolic_program *program, struct x86 *const decoders[2],
                   const uint8_t *bytes, size_t size)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_kernel_area areas[SYMBOLIC_AREAS];
    struct elfgen_kernel_map map = {.areas = areas, .capacity = SYMBOLIC_AREAS};
    struct elfgen_view view;
    *program = (struct symbolic_program){.bytes = bytes, .size = size};
    elfgen_kernel_usual(&machine);
    if (elfgen_kernel_ask(bytes, size, &machine, NULL, &answer, &map) != ELFGEN_OK ||
        answer.verdict != ELFGEN_STARTS || answer.is_script)
        return false;
    elfgen_view_open_program(&view, bytes, size, NULL);
    program->bits = 8 * elfgen_address_size(view.class_);
    program->decoder = decoders[program->bits == 32];
    program->entry = answer.entry;
    for (uint64_t i = 0; i < map.count; i++)
        if (areas[i].kind == ELFGEN_AREA_FILE || areas[i].kind == ELFGEN_AREA_ZERO)
            program->areas[program->area_count++] = areas[i];
    find_cleared(program, &view, answer.entry - view.ehdr.e_entry);
    return true;
}

/* The byte that a program has at an address when it starts. Returns false if it has none, or not
 * one of these rights (ELFGEN_PF_R and so on). */
static bool first_byte(const struct symbolic_program *program, uint64_t address, unsigned rights,
                       uint8_t *byte)
{
    for (size_t i = 0; i < program->area_count; i++) {
        const struct elfgen_kernel_area *area = &program->areas[i];
        if (address < area->start || address >= area->end || address >= area->missing)
            continue;
        if (!(area->flags & rights))
            return false;
        uint64_t offset = area->offset + (address - area->start);
        *byte =
            address >= program->cleared[i] || offset >= program->size ? 0 : program->bytes[offset];
        return true;
    }
    return false;
}

static bool overlaps(const struct symbolic_store *store, bool is_stack, uint64_t address,
                     uint64_t size)
{
    return store->is_stack == is_stack &&
           (address - store->address < store->size || store->address - address < size);
}

size_t symbolic_code(const struct symbolic_program *program, const struct symbolic_state *state,
                     uint64_t address, uint8_t *bytes, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < state->store_count; i++)
        if (overlaps(&state->stores[i], false, address, size)) {
            const uint64_t there = state->stores[i].address;
            size = there > address ? (size_t)(there - address) : 0;
        }
    while (count < size && first_byte(program, address + count, ELFGEN_PF_X, &bytes[count]))
        count++;
    return count;
}

/* ---- where an address is ---- */

enum { DEPTH = 6 };

/* Whether an address was made of the stack pointer. */
static bool is_of_stack(const struct symbolic_run *run, uint32_t at, unsigned depth)
{
    const struct expression *item = expression_at(&run->all, at);
    if (at == run->stack)
        return true;
    if (depth == 0 || (item->kind != EXPRESSION_ADD && item->kind != EXPRESSION_AND))
        return false;
    return is_of_stack(run, item->a, depth - 1) || is_of_stack(run, item->b, depth - 1);
}

/* Whether it is what Linux put on the stack as a pointer: any word there but the first one, argc.
 */
static bool is_pointer(const struct symbolic_run *run, uint32_t at)
{
    const struct expression *item = expression_at(&run->all, at);
    return item->kind == EXPRESSION_LOAD && 8 * item->number == run->bits &&
           item->a != run->stack && is_of_stack(run, item->a, DEPTH);
}

/* Whether an address was made of such a pointer, to an argument. */
static bool is_of_pointer(const struct symbolic_run *run, uint32_t at, unsigned depth)
{
    const struct expression *item = expression_at(&run->all, at);
    if (is_pointer(run, at))
        return true;
    if (depth == 0 || (item->kind != EXPRESSION_ADD && item->kind != EXPRESSION_AND))
        return false;
    return is_of_pointer(run, item->a, depth - 1) || is_of_pointer(run, item->b, depth - 1);
}

/* Whether an address is the stack pointer, or above it. */
static bool is_above_stack(const struct symbolic_run *run, uint32_t at, unsigned depth)
{
    const struct expression *item = expression_at(&run->all, at);
    const uint64_t sign = UINT64_C(1) << 63;
    if (at == run->stack)
        return true;
    if (depth == 0 || item->kind != EXPRESSION_ADD)
        return false;
    const struct elfgen_bits a = expression_at(&run->all, item->a)->known,
                             b = expression_at(&run->all, item->b)->known;
    return (is_above_stack(run, item->a, depth - 1) && b.known & ~b.value & sign) ||
           (is_above_stack(run, item->b, depth - 1) && a.known & ~a.value & sign);
}

enum symbolic_place symbolic_place(const struct symbolic_run *run, uint32_t address,
                                   uint64_t *number)
{
    const struct expression *item = expression_at(&run->all, address);
    uint64_t mask;
    /* In 32 bits: what is below the stack pointer is a sum that wraps. */
    const bool wraps = run->bits == 32 && item->kind == EXPRESSION_AND &&
                       expression_is(&run->all, item->b, &mask) && mask == UINT32_MAX;
    uint32_t base = expression_base(&run->all, wraps ? item->a : address, number);
    if (wraps)
        *number = (uint64_t)(int32_t)*number;
    if (base == UINT32_MAX)
        return SYMBOLIC_IMAGE;
    if (base == run->stack)
        return SYMBOLIC_STACK;
    return is_of_stack(run, address, DEPTH) || is_of_pointer(run, address, DEPTH)
               ? SYMBOLIC_GIVEN
               : SYMBOLIC_NOWHERE;
}

bool symbolic_is_given(const struct symbolic_run *run, const struct symbolic_state *state,
                       uint32_t address)
{
    uint64_t number;
    if (symbolic_place(run, address, &number) != SYMBOLIC_GIVEN)
        return false;
    const bool may_be_below =
        is_of_stack(run, address, DEPTH) && !is_above_stack(run, address, DEPTH);
    for (size_t i = 0; i < state->store_count; i++)
        if (state->stores[i].is_stack && (may_be_below || (int64_t)state->stores[i].address >= 0))
            return false;
    return true;
}

bool symbolic_may_write(const struct symbolic_run *run, const struct symbolic_program *program,
                        uint32_t address, uint64_t size)
{
    uint64_t number;
    uint8_t byte;
    const enum symbolic_place place = symbolic_place(run, address, &number);
    if (place == SYMBOLIC_STACK)
        return symbolic_is_there(run, address, size);
    for (uint64_t i = 0; i < size && place == SYMBOLIC_IMAGE; i++)
        if (i >= MOST_SIZE || !first_byte(program, number + i, ELFGEN_PF_W, &byte))
            return false;
    return place == SYMBOLIC_IMAGE;
}

bool symbolic_is_there(const struct symbolic_run *run, uint32_t address, uint64_t size)
{
    /* Below it: what a program may use; above it: argc, the ends, the auxiliary vector. */
    enum { BELOW = 128 << 10, WORDS = 32 };
    uint64_t number;
    const enum symbolic_place place = symbolic_place(run, address, &number);
    const uint64_t from = number + BELOW, most = BELOW + WORDS * run->bits / 8;
    return place == SYMBOLIC_IMAGE ||
           (place == SYMBOLIC_STACK && from <= most && size <= most - from);
}

bool symbolic_touch(const struct symbolic_run *run, struct symbolic_state *state, uint32_t address,
                    unsigned bytes)
{
    size_t i = 0;
    if (symbolic_is_there(run, address, bytes))
        return true;
    while (i < state->touch_count &&
           (state->touches[i].address != address || state->touches[i].bytes != bytes))
        i++;
    if (i == SYMBOLIC_TOUCHES)
        return false;
    if (i == state->touch_count)
        state->touches[state->touch_count++] = (struct symbolic_touch){address, bytes};
    return true;
}

/* ---- loads and stores ---- */

/* Part of a store: all of it, or bytes of what the kernel wrote. */
static bool load_store(struct symbolic_run *run, const struct symbolic_store *store,
                       uint64_t address, unsigned bytes, uint32_t *value)
{
    const uint64_t from = address - store->address;
    struct expressions *all = &run->all;
    if (from >= store->size || bytes > store->size - from)
        return false;
    if (!store->content) {
        *value = expression_low(
            all, expression_one(all, EXPRESSION_SHIFT_RIGHT, store->value, (unsigned)(8 * from)),
            8 * bytes);
        return true;
    }
    if (!store->is_whole)
        return false;
    *value = expression_constant(all, 0);
    for (unsigned i = 0; i < bytes; i++) {
        uint32_t byte = expression_content(all, store->content, expression_constant(all, from + i));
        *value = expression_two(all, EXPRESSION_OR, *value,
                                expression_one(all, EXPRESSION_SHIFT_LEFT, byte, 8 * i), 0);
    }
    return true;
}

/* argc is below what an address space may have of arguments; the rest is any. */
static struct elfgen_bits known_at(enum symbolic_place place, uint64_t number)
{
    enum { ARGUMENTS = 21 };
    return place == SYMBOLIC_STACK && number == 0 ? (struct elfgen_bits){0, ~bits_ones(ARGUMENTS)}
                                                  : (struct elfgen_bits){0, 0};
}

bool symbolic_load(struct symbolic_run *run, const struct symbolic_program *program,
                   const struct symbolic_state *state, uint32_t address, unsigned bytes,
                   uint32_t *value)
{
    uint64_t number, all = 0;
    const enum symbolic_place place = symbolic_place(run, address, &number);
    if (place == SYMBOLIC_NOWHERE || bytes > sizeof number ||
        (place == SYMBOLIC_GIVEN && !symbolic_is_given(run, state, address)))
        return false;
    for (size_t i = state->store_count; i-- > 0;) {
        const struct symbolic_store *store = &state->stores[i];
        if (place != SYMBOLIC_GIVEN && overlaps(store, place == SYMBOLIC_STACK, number, bytes))
            return load_store(run, store, number, bytes, value);
    }
    /* Linux writes nothing below the stack pointer, in pages that were 0. */
    if (place == SYMBOLIC_STACK && (int64_t)number < 0) {
        *value = expression_constant(&run->all, 0);
        return (int64_t)number + bytes <= 0;
    }
    const unsigned word = program->bits / 8, within = (unsigned)(number % word);
    if (place == SYMBOLIC_STACK && bytes < word && bytes <= word - within) {
        /* A part of a word that Linux put there. */
        uint32_t whole =
            expression_load(&run->all,
                            expression_two(&run->all, EXPRESSION_ADD, run->stack,
                                           expression_constant(&run->all, number - within), 0),
                            word, known_at(place, number - within));
        *value = expression_low(
            &run->all, expression_one(&run->all, EXPRESSION_SHIFT_RIGHT, whole, 8 * within),
            8 * bytes);
        return true;
    }
    if (place != SYMBOLIC_IMAGE) {
        *value = expression_load(&run->all, address, bytes, known_at(place, number));
        return true;
    }
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t byte;
        if (!first_byte(program, number + i, ELFGEN_PF_R | ELFGEN_PF_W, &byte))
            return false;
        all |= (uint64_t)byte << 8 * i;
    }
    *value = expression_constant(&run->all, all);
    return true;
}

bool symbolic_store(const struct symbolic_run *run, const struct symbolic_program *program,
                    struct symbolic_state *state, uint32_t address, uint64_t bytes, uint32_t value,
                    uint64_t content)
{
    struct symbolic_store store = {.size = bytes, .value = value, .content = content};
    const enum symbolic_place place = symbolic_place(run, address, &store.address);
    store.is_stack = place == SYMBOLIC_STACK;
    if (place != SYMBOLIC_STACK && !symbolic_may_write(run, program, address, bytes))
        return false;
    /* What it covers is gone. */
    size_t kept = 0;
    for (size_t i = 0; i < state->store_count; i++) {
        const struct symbolic_store *old = &state->stores[i];
        const uint64_t from = old->address - store.address; /* addresses of the stack wrap at 0 */
        if (old->is_stack != store.is_stack || from >= store.size || old->size > store.size - from)
            state->stores[kept++] = *old;
    }
    state->store_count = kept;
    if (kept == SYMBOLIC_STORES)
        return false;
    state->stores[state->store_count++] = store;
    return true;
}

bool symbolic_is_whole(const struct symbolic_run *run, const struct symbolic_program *program,
                       const struct symbolic_state *state, uint32_t address, uint64_t size,
                       uint64_t *content)
{
    uint64_t number;
    uint8_t byte = 0;
    *content = 0;
    if (symbolic_place(run, address, &number) != SYMBOLIC_IMAGE || size > MOST_SIZE)
        return false;
    for (size_t i = 0; i < state->store_count; i++) {
        const struct symbolic_store *store = &state->stores[i];
        if (!overlaps(store, false, number, size))
            continue;
        if (!store->is_whole || store->address != number || store->size != size)
            return false;
        *content = store->content;
    }
    for (uint64_t i = 0; i < size && *content == 0; i++)
        if (!first_byte(program, number + i, ELFGEN_PF_W, &byte) || byte != 0)
            return false;
    return true;
}

uint32_t symbolic_lost(struct symbolic_run *run, unsigned width)
{
    return expression_symbol(&run->all, ++run->symbols, (struct elfgen_bits){0, ~bits_ones(width)},
                             expression_constant(&run->all, UINT64_MAX), false);
}
