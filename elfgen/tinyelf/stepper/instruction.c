/* Reads the instructions of a stopped program, decodes each once, and finds what they write. */
#include "stepper_private.h"
#include "effects_state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "base/grow.h"

static uint64_t hash_of(const struct step_instruction *what)
{
    uint64_t words[2] = {0}, hash = what->address + what->is_64_bit;
    memcpy(words, what->bytes, sizeof what->bytes);
    hash = (hash ^ words[0]) * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 29 ^ words[1]) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static bool is_same(const struct step_instruction *a, const struct step_instruction *b)
{
    return a->address == b->address && a->length == b->length && a->is_64_bit == b->is_64_bit &&
           a->file == b->file && a->offset == b->offset &&
           memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool grow_table(struct stepper *stepper)
{
    size_t size = stepper->table_size ? 2 * stepper->table_size : 1024;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table)
        return false;
    for (size_t i = 0; i < stepper->seen_count; i++) {
        size_t at = hash_of(&stepper->seen[i].what) & (size - 1);
        while (table[at] != 0)
            at = (at + 1) & (size - 1);
        table[at] = (uint32_t)i + 1;
    }
    free(stepper->seen_table);
    stepper->seen_table = table;
    stepper->table_size = size;
    return true;
}

static bool make_room(struct stepper *stepper)
{
    if (stepper->seen_count * 2 >= stepper->table_size && !grow_table(stepper))
        return false;
    return grow_array(&stepper->seen, stepper->seen_count + 1, &stepper->seen_room,
                      sizeof *stepper->seen);
}

/* Returns the index of an instruction, which is added if it is new. STEP_NONE: no memory. */
static uint32_t find_or_add(struct stepper *stepper, const struct step_instruction *what,
                            const struct effects *effects)
{
    if (!make_room(stepper))
        return STEP_NONE;
    size_t at = hash_of(what) & (stepper->table_size - 1);
    for (; stepper->seen_table[at] != 0; at = (at + 1) & (stepper->table_size - 1))
        if (is_same(&stepper->seen[stepper->seen_table[at] - 1].what, what))
            return stepper->seen_table[at] - 1;
    uint32_t index = recording_add_instruction(stepper->recording, what);
    if (index == STEP_NONE)
        return STEP_NONE;
    stepper->seen[stepper->seen_count] = (struct seen){*what, *effects, index};
    stepper->seen_table[at] = (uint32_t)++stepper->seen_count;
    return (uint32_t)stepper->seen_count - 1;
}

static uint32_t *fast_place(struct stepper *stepper, uint64_t address)
{
    return &stepper->fast[(address ^ address >> 14) & (SEEN_FAST - 1)];
}

/* The page through which old programs call the kernel, which runs what is there for them
 * (arch/x86/entry/vsyscall/vsyscall_64.c). */
static bool is_vsyscall(uint64_t address)
{
    const uint64_t page = UINT64_C(0xffffffffff600000);
    return address - page < 4096;
}

/* Reads and decodes the instruction at the current place. */
static bool read_next(struct stepper *stepper)
{
    const struct step_registers *now = &stepper->now;
    struct step_instruction what = {.address = now->value[STEP_rip],
                                    .is_64_bit = recording_is_64_bit(now)};
    struct effects effects;
    uint8_t bytes[ELFGEN_INSTRUCTION_MOST] = {0};
    size_t size = process_read(stepper->id, what.address, bytes, sizeof bytes);
    if (stepper->mappings.stale && !stepper_read_mappings(stepper))
        return false;
    effects_of(stepper->decoders[what.is_64_bit], bytes, size, &effects);
    effects.emulated = effects.emulated || is_vsyscall(what.address);
    what.length = effects.length;
    memcpy(what.bytes, bytes, what.length);
    stepper_find_file(stepper, what.address, &what.file, &what.offset);
    stepper->next = find_or_add(stepper, &what, &effects);
    if (stepper->next == STEP_NONE)
        return false;
    *fast_place(stepper, what.address) = stepper->next + 1;
    return true;
}

static void find_places(struct stepper *stepper)
{
    const struct seen *seen = &stepper->seen[stepper->next];
    if (seen->effects.write_count == 0)
        return;
    struct effects_state state =
        recording_effects_state(&stepper->now, seen->what.address + seen->effects.length);
    for (size_t i = 0; i < seen->effects.write_count; i++)
        stepper->places[i] =
            (struct place){.address = effects_address(&seen->effects.writes[i], &state),
                           .size = seen->effects.writes[i].size};
}

static void read_places(struct stepper *stepper)
{
    for (size_t i = 0; i < stepper->seen[stepper->next].effects.write_count; i++) {
        struct place *place = &stepper->places[i];
        /* xsave need not fill a place that is not mapped to its end. */
        place->size = (uint16_t)process_read(stepper->id, place->address,
                                             stepper->before + i * EFFECTS_MOST, place->size);
        place->known = place->size > 0;
    }
}

bool stepper_read_next(struct stepper *stepper)
{
    if (!read_next(stepper))
        return false;
    find_places(stepper);
    read_places(stepper);
    return true;
}

bool stepper_is_emulated(const struct stepper *stepper, uint64_t address)
{
    uint8_t bytes[ELFGEN_INSTRUCTION_MOST];
    struct effects effects;
    size_t size = process_read(stepper->id, address, bytes, sizeof bytes);
    effects_of(stepper->decoders[recording_is_64_bit(&stepper->now)], bytes, size, &effects);
    return effects.emulated;
}

/* What one system call reads, and the buffers for it. */
struct reading {
    struct iovec here[2 * EFFECTS_WRITES + 1], there[2 * EFFECTS_WRITES + 1];
    size_t count;
};

static void want(struct reading *reading, uint64_t address, void *bytes, size_t size)
{
    reading->here[reading->count] = (struct iovec){bytes, size};
    reading->there[reading->count++] = (struct iovec){process_pointer(address), size};
}

/* Reads what the last instruction wrote, one place at a time: reading all at once failed. */
static void read_written(struct stepper *stepper, struct place *written, size_t count)
{
    for (size_t i = 0; i < count; i++)
        written[i].known = written[i].known && process_read(stepper->id, written[i].address,
                                                            stepper->after + i * EFFECTS_MOST,
                                                            written[i].size) == written[i].size;
}

/* Guesses that the instruction seen last at this address is still there. Returns false if none was.
 */
static bool guess_next(struct stepper *stepper)
{
    uint64_t address = stepper->now.value[STEP_rip];
    uint32_t guess = *fast_place(stepper, address);
    if (guess == 0 || stepper->mappings.stale)
        return false;
    const struct step_instruction *what = &stepper->seen[guess - 1].what;
    stepper->next = guess - 1;
    return what->address == address && what->length > 0 &&
           what->is_64_bit == recording_is_64_bit(&stepper->now);
}

bool stepper_read_around(struct stepper *stepper, struct place *written, size_t written_count)
{
    uint8_t bytes[ELFGEN_INSTRUCTION_MOST];
    struct reading reading = {.count = 0};
    size_t all = 0;
    if (!guess_next(stepper)) {
        read_written(stepper, written, written_count);
        return stepper_read_next(stepper);
    }
    const struct seen *seen = &stepper->seen[stepper->next];
    find_places(stepper);
    want(&reading, seen->what.address, bytes, seen->what.length);
    for (size_t i = 0; i < written_count; i++)
        if (written[i].known)
            want(&reading, written[i].address, stepper->after + i * EFFECTS_MOST, written[i].size);
    for (size_t i = 0; i < seen->effects.write_count; i++)
        want(&reading, stepper->places[i].address, stepper->before + i * EFFECTS_MOST,
             stepper->places[i].size);
    for (size_t i = 0; i < reading.count; i++)
        all += reading.here[i].iov_len;
    ssize_t got =
        process_vm_readv(stepper->id, reading.here, reading.count, reading.there, reading.count, 0);
    if (got < 0 || (size_t)got != all || memcmp(bytes, seen->what.bytes, seen->what.length) != 0) {
        read_written(stepper, written, written_count);
        return stepper_read_next(stepper);
    }
    for (size_t i = 0; i < seen->effects.write_count; i++)
        stepper->places[i].known = true;
    return true;
}
