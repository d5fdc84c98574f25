/* Writes what Linux gives a program besides its file: arguments and environment. */
#include <string.h>

#include "base/json_write.h"
#include "page_run_private.h"

/* The byte at an address when the program starts; -1: it is not known. */
static int byte_at(const struct step_recording *recording, uint64_t address)
{
    for (size_t i = 0; i < recording->memory_count; i++) {
        const struct step_memory *memory = &recording->memory[i];
        if (address - memory->address < memory->size)
            return memory->bytes[address - memory->address];
    }
    return -1;
}

static uint64_t word_at(const struct step_recording *recording, uint64_t address, unsigned size)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < size; i++) {
        int byte = byte_at(recording, address + i);
        word |= byte < 0 ? 0 : (uint64_t)byte << 8 * i;
    }
    return word;
}

static void put_string_at(struct elfgen_text *out, const struct step_recording *recording,
                          uint64_t address)
{
    enum { MOST = 4096 };
    char room[MOST];
    size_t length = 0;
    for (int byte; length < MOST && (byte = byte_at(recording, address + length)) > 0;)
        room[length++] = (char)byte;
    json_bytes(out, room, length);
}

/* The strings of envp, which comes after argv's NULL. */
static void put_environment(struct elfgen_text *out, const struct step_recording *recording)
{
    enum { MOST = 1024 };
    unsigned size = recording_word_size(recording_is_64_bit(&recording->start));
    uint64_t stack = recording->start.value[STEP_rsp];
    uint64_t at = stack + size * (word_at(recording, stack, size) + 2), pointer;
    json_key(out, "environment");
    elfgen_text_char(out, '[');
    for (unsigned i = 0; i < MOST && (pointer = word_at(recording, at, size)) != 0; i++) {
        elfgen_text_string(out, i == 0 ? "" : ",");
        put_string_at(out, recording, pointer);
        at += size;
    }
    elfgen_text_char(out, ']');
}

void page_run_put_private(struct elfgen_text *out, const struct step_recording *recording)
{
    json_key_string(out, "program", recording->files[0].name);
    json_key(out, "arguments");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < recording->argument_count; i++) {
        elfgen_text_string(out, i == 0 ? "" : ",");
        json_string(out, recording->arguments[i]);
    }
    elfgen_text_char(out, ']');
    put_environment(out, recording);
}
