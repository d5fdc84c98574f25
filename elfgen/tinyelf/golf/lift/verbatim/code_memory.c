/* Looks up and notes addresses of code in memory. Which data an index reaches is taken from labels:
 * it begins at an address that something refers to, and ends at the next one. */
#include "golf/lift/verbatim/code_memory.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/no_memory.h"
#include "elfgen/search.h"
#include "golf/lift/memory.h"
#include "golf/lift/verbatim/references.h"

enum { ADDRESS = 4 }; /* bytes that have all of an address: the others are 0 */

static int by_number(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;
    return first < second ? -1 : first > second;
}

bool code_memory_open(struct code_memory *memory, const struct verbatim *all)
{
    const struct golf_addresses *known = all->known;
    *memory = (struct code_memory){.all = all, .word = all->lift->bits / 8};
    memory->labels = calloc(known->reference_count + 1, sizeof *memory->labels);
    if (!memory->labels) {
        all->lift->failed = true;
        return error_no_memory(all->lift->error);
    }
    for (size_t i = 0; i < known->reference_count; i++) {
        const struct elfgen_relocation *reference = &known->references[i];
        if (!verbatim_is_code(all, reference->symbol))
            memory->labels[memory->label_count++] =
                known->sections[reference->symbol].address + (uint64_t)reference->addend;
    }
    if (memory->label_count > 0)
        qsort(memory->labels, memory->label_count, sizeof *memory->labels, by_number);
    return true;
}

void code_memory_forget(struct code_memory *memory)
{
    memory->stored_count = 0;
    memory->stores_code = memory->stack_holds = memory->elsewhere_holds = false;
    memory->compares_code = memory->has_changed = false;
}

void code_memory_close(struct code_memory *memory)
{
    free(memory->labels);
    free(memory->stored);
}

static bool is_at_most(const void *item, const void *key)
{
    return *(const uint64_t *)item <= *(const uint64_t *)key;
}

/* The labels at or before an address. */
static size_t labels_until(const struct code_memory *memory, uint64_t address)
{
    return elfgen_search(memory->labels, memory->label_count, sizeof *memory->labels, &address,
                         is_at_most);
}

/* The next label after an address; the section's end if there is none in it. */
static uint64_t next_label(const struct code_memory *memory, uint64_t address, uint64_t end)
{
    size_t next = labels_until(memory, address);
    return next < memory->label_count && memory->labels[next] < end ? memory->labels[next] : end;
}

uint64_t code_memory_label(const struct code_memory *memory, uint64_t address)
{
    size_t count = labels_until(memory, address);
    return count > 0 ? memory->labels[count - 1] : 0;
}

uint64_t code_memory_end(const struct code_memory *memory, const struct held *place)
{
    const struct elfgen_section *of = &memory->all->known->sections[place->section];
    return next_label(memory, place->high, of->address + of->size);
}

struct held code_memory_sum(const struct code_memory *memory, const struct held *a,
                            const struct held *b)
{
    struct held result = held_sum(a, b);
    if (held_is_exact(a) ? code_memory_is_elsewhere(memory, a)
                         : held_is_exact(b) && code_memory_is_elsewhere(memory, b))
        result.traits |=
            result.kind == HELD_NUMBER && result.step != 0 && result.is_outer ? HELD_IS_FAR : 0;
    if (result.kind != HELD_DATA || result.section == HELD_NO_SECTION)
        return result;
    const struct held *number = a->kind == HELD_NUMBER ? a : b;
    bool is_before = result.step == 0 ? result.number < result.low : number->low != 0;
    if (is_before && result.step != 0) {
        result.high = result.low;
        result.low = code_memory_label(memory, result.low - 1);
    } else if (is_before) {
        result.high = result.low;
        result.low = code_memory_label(memory, result.number);
    } else if (result.step != 0 && a->step == 0 && result.high - result.low <= memory->word) {
        uint64_t end = code_memory_end(memory, &result);
        result.low = end > result.high ? result.high : result.low;
        result.high = end;
    }
    return result;
}

struct held code_memory_address(const struct code_memory *memory, size_t section, uint64_t address)
{
    struct held result = held_number(address);
    if (section == SIZE_MAX)
        return result;
    const struct elfgen_section *of = &memory->all->known->sections[section];
    if (verbatim_is_code(memory->all, section)) {
        result.kind = HELD_CODE;
        result.is_label = true;
        return result;
    }
    result.kind = HELD_DATA;
    result.section = (uint16_t)section;
    result.low = address;
    result.high = next_label(memory, address, of->address + of->size);
    return result;
}

struct held code_memory_target(const struct code_memory *memory,
                               const struct elfgen_relocation *reference)
{
    const struct elfgen_section *section = &memory->all->known->sections[reference->symbol];
    return code_memory_address(memory, reference->symbol,
                               section->address + (uint64_t)reference->addend);
}

bool code_memory_refuse(const struct code_memory *memory,
                        const struct lift_instruction *instruction, const char *text)
{
    return !memory->is_final || lift_refuse_at(memory->all->lift, instruction, text);
}

bool code_memory_is_outside(const struct code_memory *memory, const struct held *place,
                            uint64_t size)
{
    if (!memory->is_final || place->kind != HELD_DATA || place->step != 0 ||
        place->section == HELD_NO_SECTION || size == 0)
        return false;
    const struct elfgen_section *section = &memory->all->known->sections[place->section];
    uint64_t before = place->number - section->address;
    return before > section->size || size > section->size - before;
}

/* ---- data ---- */

/* Whether `size` bytes at a place may meet `width` at an address; in *begins, whether they do so
 * from its first byte on. */
static bool meets(const struct code_memory *memory, const struct held *place, unsigned size,
                  uint64_t address, unsigned width, bool *begins)
{
    uint64_t first = held_next(place, address - size + 1);
    *begins = held_next(place, address) == address;
    bool is_in = (place->step == 0 && memory->is_settled) ||
                 (place->low < address + width && address < place->high);
    return is_in && first + size > address && first < address + width;
}

/* Adds to *value what may be loaded from an address; `*is_sure`: it is nothing else. */
static bool add_value(const struct code_memory *memory, const struct held *place, unsigned size,
                      uint64_t address, unsigned width, const struct held *there,
                      struct held *value, bool *is_sure)
{
    bool begins;
    if (!meets(memory, place, size, address, width, &begins))
        return true;
    if (there->kind == HELD_CODE && (!begins || size < ADDRESS || size > width))
        return false;
    if (held_is_data(there) && place->step == 0 && memory->is_final && (!begins || size < ADDRESS))
        return false;
    if (!begins || size < ADDRESS || size > width)
        return true;
    struct held found = *there;
    if (place->step != 0 && found.kind == HELD_CODE) {
        found.low = place->low;
        found.high = place->high;
        found.number = 0;
        found.step = 1;
    }
    bool is_first = place->step == 0 && !*is_sure;
    *value = is_first ? found : held_either(value, &found);
    *is_sure = place->step == 0;
    return true;
}

static bool load_data(const struct code_memory *memory, const struct held *place, unsigned size,
                      struct held *value)
{
    const struct golf_addresses *known = memory->all->known;
    bool is_sure = false;
    *value = held_anything();
    /* Of several objects it is not known which one; most likely, it is the one that fits. */
    if (place->step != 0 && next_label(memory, place->low, place->high) < place->high)
        return true;
    for (size_t i = 0; i < known->reference_count; i++) {
        const struct elfgen_relocation *reference = &known->references[i];
        const struct elfgen_section *section = &known->sections[reference->section];
        if (verbatim_is_code(memory->all, reference->section))
            continue;
        struct held there = code_memory_target(memory, reference);
        if (!add_value(memory, place, size, section->address + reference->offset, memory->word,
                       &there, value, &is_sure))
            return false;
    }
    for (size_t i = 0; i < memory->stored_count; i++) {
        const struct code_stored *stored = &memory->stored[i];
        uint64_t from = place->step == 0 ? place->number : place->low;
        uint64_t address = place->step > stored->place.step && stored->place.step != 0
                               ? held_next(place, from)
                               : held_next(&stored->place, from - memory->word + 1);
        bool is_near =
            stored->place.step == 0 ||
            (stored->place.low < (place->step == 0 ? place->number + size : place->high) &&
             from < stored->place.high);
        if (is_near &&
            !add_value(memory, place, size, address, memory->word, &stored->value, value, &is_sure))
            return false;
    }
    return true;
}

/* ---- the stack ---- */

static const struct held any_code = {
    .kind = HELD_CODE, .section = HELD_NO_SECTION, .high = UINT64_MAX, .step = 1};

static bool load_stack(const struct code_memory *memory, const struct code_state *state,
                       const struct held *place, unsigned size, struct held *value)
{
    bool holds = memory->stack_holds;
    *value = held_anything();
    if (place->step == 0) {
        for (unsigned i = 0; i < size; i += memory->word) {
            size_t slot = code_state_slot(place->number + i, memory->word);
            if (slot == CODE_SLOTS)
                continue;
            bool is_whole =
                size >= ADDRESS && size <= memory->word && place->number % memory->word == 0;
            *value = state->slots[slot];
            if (value->traits & HELD_IS_RETURN)
                value->kind = HELD_RETURN;
            holds = false;
            bool is_part = size < ADDRESS || place->number % memory->word != 0;
            if ((value->kind >= HELD_CODE && !is_whole) ||
                (held_is_data(value) && is_part && memory->is_final))
                return false;
            if (!is_whole)
                *value = held_anything();
        }
    } else {
        for (size_t i = 0; i < CODE_SLOTS; i++)
            holds = holds || state->slots[i].kind == HELD_CODE;
    }
    if (holds && size == memory->word)
        *value = any_code;
    return true;
}

bool code_memory_load(struct code_memory *memory, const struct lift_instruction *instruction,
                      const struct code_state *state, const struct held *place, unsigned size,
                      struct held *value)
{
    bool is_whole = true;
    *value = held_anything();
    if (code_memory_is_outside(memory, place, size))
        return code_memory_refuse(
            memory, instruction,
            "it reads past the end of a section, where something else may be when it is "
            "moved");
    if (place->kind == HELD_DATA)
        is_whole = load_data(memory, place, size, value);
    else if (place->kind == HELD_STACK)
        is_whole = load_stack(memory, state, place, size, value);
    else if (place->kind == HELD_NUMBER && place->step != 0 && memory->elsewhere_holds &&
             size == memory->word)
        *value = any_code;
    if (!is_whole)
        *value = held_anything();
    if (value->kind == HELD_NUMBER && size < ADDRESS)
        value->is_outer = true;
    if (value->kind == HELD_NUMBER && size >= ADDRESS && place->step != 0 &&
        place->kind == HELD_STACK && place->traits & HELD_IS_UPWARDS)
        value->traits |= HELD_IS_FROM_ABOVE;
    return is_whole || code_memory_refuse(memory, instruction,
                                          "it reads a part of an address, which is another one "
                                          "when code and data are moved");
}

bool code_memory_is_elsewhere(const struct code_memory *memory, const struct held *place)
{
    enum { NEGATIVE = 0xffff };
    const uint64_t number = place->number;
    if (place->kind != HELD_NUMBER)
        return false;
    return place->step != 0 ? place->traits & HELD_IS_FAR
                            : lift_can_be_mapped(number) && number >> 16 != NEGATIVE &&
                                  !lift_is_address(memory->all->lift, number);
}

/* ---- what is stored ---- */

static bool is_same_value(const struct held *a, const struct held *b)
{
    return a->kind == b->kind && a->is_label == b->is_label && a->low == b->low &&
           a->high == b->high && a->number == b->number && a->step == b->step;
}

static bool store_data(struct code_memory *memory, const struct held *place,
                       const struct held *value)
{
    struct code_stored stored = {*place, *value};
    enum { MOST = 1000 };
    if (place->step != 0 && next_label(memory, place->low, place->high) < place->high)
        return true; /* as when it is loaded */
    stored.value.origin = stored.place.origin = 0;
    for (size_t i = 0; i < memory->stored_count; i++)
        if (is_same_value(&memory->stored[i].place, place) &&
            is_same_value(&memory->stored[i].value, value))
            return true;
    struct lift *lift = memory->all->lift;
    if (memory->stored_count == MOST)
        return lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                           "it stores more than 1000 addresses");
    if (!grow_array(&memory->stored, memory->stored_count + 1, &memory->stored_capacity,
                    sizeof *memory->stored)) {
        lift->failed = true;
        return error_no_memory(lift->error);
    }
    memory->stored[memory->stored_count++] = stored;
    memory->stores_code = memory->stores_code || value->kind == HELD_CODE;
    memory->has_changed = true;
    return true;
}

static void set_flag(struct code_memory *memory, bool *flag)
{
    memory->has_changed = memory->has_changed || !*flag;
    *flag = true;
}

void code_memory_compare(struct code_memory *memory)
{
    set_flag(memory, &memory->compares_code);
}

static void store_stack(struct code_memory *memory, struct code_state *state,
                        const struct held *place, unsigned size, const struct held *value)
{
    bool is_whole = size >= ADDRESS && place->step == 0 && place->number % memory->word == 0;
    size_t slot = code_state_slot(place->number, memory->word);
    if (value->kind == HELD_CODE && (!is_whole || slot == CODE_SLOTS))
        set_flag(memory, &memory->stack_holds);
    if (place->step != 0)
        code_state_overwrite(state);
    for (unsigned i = 0; place->step == 0 && i < size; i += memory->word) {
        slot = code_state_slot(place->number + i, memory->word);
        if (slot < CODE_SLOTS)
            state->slots[slot] = is_whole && i == 0 ? *value : held_anything();
    }
}

bool code_memory_store(struct code_memory *memory, const struct lift_instruction *instruction,
                       struct code_state *state, const struct held *place, unsigned size,
                       const struct held *value)
{
    if (code_memory_is_outside(memory, place, size))
        return code_memory_refuse(
            memory, instruction,
            "it writes past the end of a section, where something else may be when it is "
            "moved");
    bool is_part = value->kind >= HELD_CODE && size < ADDRESS;
    const struct held unknown = held_anything(), *stored = is_part ? &unknown : value;
    if (is_part &&
        !code_memory_refuse(memory, instruction,
                            "it stores a part of an address of its code, which is another one "
                            "when code is moved"))
        return false;
    if (place->kind == HELD_NUMBER && place->step != 0)
        code_state_overwrite(state);
    if (place->kind == HELD_STACK)
        store_stack(memory, state, place, size, stored);
    else if (place->kind == HELD_DATA && stored->kind >= HELD_DATA)
        return store_data(memory, place, stored);
    else if (stored->kind == HELD_CODE)
        set_flag(memory, &memory->elsewhere_holds);
    return true;
}

bool code_memory_is_given(const struct code_memory *memory, const struct code_state *state,
                          const struct held *place, uint64_t size)
{
    struct held value, from = *place;
    uint64_t low = place->step == 0 ? place->number : place->low;
    uint64_t most = size > 0 ? size : place->high - low;
    if (place->kind == HELD_STACK && size > 0 && place->step == 0) {
        for (uint64_t i = 0; i < size && i < (uint64_t)CODE_SLOTS * memory->word; i++) {
            size_t slot = code_state_slot(place->number + i, memory->word);
            if (slot < CODE_SLOTS && state->slots[slot].kind >= HELD_CODE)
                return true;
        }
    }
    if (place->kind != HELD_DATA || most == 0 || low >= place->high)
        return false;
    from.number = low;
    from.step = 0;
    return !load_data(memory, &from, most < INT32_MAX ? (unsigned)most : INT32_MAX, &value) ||
           value.kind == HELD_CODE;
}

static bool is_pointer_to_code(const struct code_memory *memory, const struct code_state *state,
                               const struct held *value)
{
    return value->kind == HELD_DATA && code_memory_is_given(memory, state, value, 0);
}

bool code_memory_leads_to_code(const struct code_memory *memory, const struct code_state *state,
                               const struct held *place)
{
    const struct golf_addresses *known = memory->all->known;
    for (size_t i = 0; place->kind == HELD_STACK && i < CODE_SLOTS; i++)
        if (is_pointer_to_code(memory, state, &state->slots[i]))
            return true;
    for (size_t i = 0; place->kind == HELD_DATA && i < known->reference_count; i++) {
        const struct elfgen_relocation *reference = &known->references[i];
        uint64_t at = known->sections[reference->section].address + reference->offset;
        struct held value = code_memory_target(memory, reference);
        if (at >= place->low && at < place->high && is_pointer_to_code(memory, state, &value))
            return true;
    }
    for (size_t i = 0; place->kind == HELD_DATA && i < memory->stored_count; i++) {
        const struct held *at = &memory->stored[i].place;
        if (at->low < place->high && place->low < at->high &&
            is_pointer_to_code(memory, state, &memory->stored[i].value))
            return true;
    }
    return false;
}
