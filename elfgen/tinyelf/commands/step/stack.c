/* Follows a program's stack through a recorded run, and names what is on it at the start. */
#include "stack.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/names.h"
#include "text.h"

/* What the program may push below where it starts. */
enum { BELOW = 1 << 20 };

/* The memory of the start that has an address. */
static const struct step_memory *find_start(const struct step_recording *recording,
                                            uint64_t address)
{
    for (size_t i = 0; i < recording->memory_count; i++)
        if (address - recording->memory[i].address < recording->memory[i].size)
            return &recording->memory[i];
    return NULL;
}

static void set(struct step_stack *stack, uint64_t address, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint64_t place = address + i - stack->from;
        if (place >= stack->size)
            continue;
        stack->known[place] = bytes != NULL;
        stack->bytes[place] = bytes ? bytes[i] : 0;
    }
}

void step_stack_open(struct step_stack *stack, const struct step_recording *recording)
{
    uint64_t start = recording->start.value[STEP_rsp];
    const struct step_memory *memory = find_start(recording, start);
    *stack = (struct step_stack){.recording = recording, .start = start};
    stack->width = recording_word_size(recording_is_64_bit(&recording->start));
    if (!memory || start < BELOW)
        return;
    stack->from = start - BELOW;
    size_t size = (size_t)(memory->address + memory->size - stack->from);
    stack->bytes = calloc(2, size);
    if (!stack->bytes)
        return;
    stack->known = stack->bytes + size;
    stack->size = size;
    set(stack, memory->address, memory->bytes, memory->size);
}

void step_stack_close(struct step_stack *stack)
{
    free(stack->bytes);
    *stack = (struct step_stack){0};
}

/* The pieces of a step do not overlap, so that their order does not matter. */
void step_stack_follow(struct step_stack *stack, const struct step_record *record, bool forward)
{
    struct step_piece piece;
    size_t position = 0;
    while (recording_next_piece(record, &position, &piece))
        if (piece.kind == STEP_PIECE_MEMORY)
            set(stack, piece.value, piece.bytes && forward ? piece.bytes + piece.size : piece.bytes,
                piece.size);
}

bool step_stack_word(const struct step_stack *stack, uint64_t address, uint64_t *word)
{
    uint64_t place = address - stack->from;
    *word = 0;
    if (place >= stack->size || stack->size - place < stack->width)
        return false;
    for (size_t i = 0; i < stack->width; i++)
        if (!stack->known[place + i])
            return false;
    memcpy(word, stack->bytes + place, stack->width);
    return true;
}

/* ---- names ---- */

/* The word at an index of the memory of the start. */
static uint64_t word_at(const struct step_stack *stack, const struct step_memory *memory,
                        size_t index)
{
    uint64_t word = 0;
    uint64_t place = stack->start - memory->address + index * stack->width;
    if (place < memory->size && memory->size - place >= stack->width)
        memcpy(&word, memory->bytes + place, stack->width);
    return word;
}

/* The index of the first word that is 0, from `index` on, before `count`. */
static size_t find_null(const struct step_stack *stack, const struct step_memory *memory,
                        size_t index, size_t count)
{
    while (index < count && word_at(stack, memory, index) != 0)
        index++;
    return index;
}

static void put_indexed(struct elfgen_text *out, const char *list, size_t index)
{
    elfgen_text_string(out, list);
    elfgen_text_char(out, '[');
    elfgen_text_decimal(out, index, 0);
    elfgen_text_char(out, ']');
}

/* The string of an argument, if the recording has it. */
static void put_string(const struct step_stack *stack, uint64_t address, struct elfgen_text *out)
{
    enum { COLUMNS = 40 };
    const struct step_memory *memory = find_start(stack->recording, address);
    if (!memory)
        return;
    const uint8_t *string = memory->bytes + (address - memory->address);
    size_t room = (size_t)(memory->address + memory->size - address);
    elfgen_text_char(out, ' ');
    step_put_quoted(out, string, strnlen((const char *)string, room), COLUMNS);
}

/* Pairs of a type and a value. The type's name says what the value after it is. */
static void put_auxiliary(const struct step_stack *stack, const struct step_memory *memory,
                          size_t index, size_t first, struct elfgen_text *out)
{
    bool is_value = (index - first) % 2 == 1;
    uint64_t type = word_at(stack, memory, index - is_value);
    const char *name = elfgen_auxv_type_name(type);
    if (is_value) {
        elfgen_text_string(out, "its value");
    } else if (name) {
        elfgen_text_string(out, name);
    } else {
        elfgen_text_string(out, "auxv type ");
        elfgen_text_decimal(out, type, 0);
    }
}

size_t step_stack_put_name(const struct step_stack *stack, uint64_t address,
                           struct elfgen_text *out)
{
    enum { FEW = 3 };
    const struct step_memory *memory = find_start(stack->recording, address);
    uint64_t now;
    if (!memory || address < stack->start || (address - stack->start) % stack->width != 0 ||
        address - memory->address >= memory->size || stack->start - memory->address >= memory->size)
        return 0;
    size_t index = (size_t)((address - stack->start) / stack->width);
    size_t count = (size_t)((memory->address + memory->size - stack->start) / stack->width);
    size_t arguments_end = find_null(stack, memory, 1, count);
    size_t environment = arguments_end + 1;
    size_t environment_end = find_null(stack, memory, environment, count);
    if (index >= count || !step_stack_word(stack, address, &now) ||
        now != word_at(stack, memory, index))
        return 0;
    if (index == 0) {
        elfgen_text_string(out, "argc");
    } else if (index < arguments_end) {
        put_indexed(out, "argv", index - 1);
        put_string(stack, now, out);
    } else if (index == arguments_end || index == environment_end) {
        elfgen_text_string(out, index == arguments_end ? "end of argv" : "end of envp");
    } else if (index < environment_end) {
        size_t left = environment_end - index;
        put_indexed(out, "envp", index - environment);
        if (index == environment || left <= FEW)
            return 1;
        elfgen_text_string(out, " to ");
        put_indexed(out, "envp", environment_end - 1 - environment);
        return left;
    } else {
        put_auxiliary(stack, memory, index, environment_end + 1, out);
    }
    return 1;
}
