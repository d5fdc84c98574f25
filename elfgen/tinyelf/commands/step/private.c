/* Makes a recording that can be shown to others: without paths, arguments, environment, stack. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "elfgen/search.h"

/* All runs of four bytes in what must not be shown, sorted. */
enum { GRAM = sizeof(uint32_t) };
struct secrets {
    uint32_t *grams;
    size_t count, room;
    bool no_memory;
};

static uint32_t gram_at(const void *bytes)
{
    uint32_t gram;
    memcpy(&gram, bytes, sizeof gram);
    return gram;
}

static void add_secret(struct secrets *secrets, const char *text, size_t length)
{
    if (length < GRAM)
        return;
    if (!grow_array(&secrets->grams, secrets->count + length, &secrets->room,
                    sizeof *secrets->grams)) {
        secrets->no_memory = true;
        return;
    }
    for (size_t i = 0; i + GRAM <= length; i++)
        secrets->grams[secrets->count++] = gram_at(text + i);
}

static int compare_grams(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool comes_before(const void *item, const void *key)
{
    return *(const uint32_t *)item < *(const uint32_t *)key;
}

static bool is_secret(const struct secrets *secrets, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i + GRAM <= size; i++) {
        uint32_t gram = gram_at(bytes + i);
        size_t at = elfgen_search(secrets->grams, secrets->count, sizeof gram, &gram, comes_before);
        if (at < secrets->count && secrets->grams[at] == gram)
            return true;
    }
    return false;
}

static bool is_path(const char *name)
{
    return name[0] == '/' || strcmp(name, STEP_LEFT_OUT) == 0;
}

/* The text of an argument follows its name. */
static const char *text_of(const struct step_piece *argument)
{
    const char *name = (const char *)argument->bytes;
    return name + strlen(name) + 1;
}

/* Adds what calls were given as paths: strings with a slash. */
static void add_given_paths(struct secrets *secrets, const struct step_recording *recording)
{
    struct step_cursor cursor;
    struct step_record record;
    struct step_piece piece;
    recording_cursor_open(&cursor, recording);
    while (recording_cursor_forward(&cursor, &record)) {
        size_t position = 0;
        while (recording_next_piece(&record, &position, &piece)) {
            const char *text = piece.kind == STEP_PIECE_ARGUMENT ? text_of(&piece) : "";
            if (text[0] == '"' && strchr(text, '/'))
                add_secret(secrets, text + 1, strcspn(text + 1, "\""));
        }
    }
}

static bool collect(struct secrets *secrets, const struct step_recording *recording,
                    char *const *environment)
{
    for (size_t i = 0; i < recording->argument_count; i++)
        add_secret(secrets, recording->arguments[i], strlen(recording->arguments[i]));
    for (; environment && *environment; environment++)
        add_secret(secrets, *environment, strlen(*environment));
    for (size_t i = 0; i < recording->file_count; i++)
        if (is_path(recording->files[i].name))
            add_secret(secrets, recording->files[i].name, strlen(recording->files[i].name));
    add_given_paths(secrets, recording);
    if (secrets->count > 0)
        qsort(secrets->grams, secrets->count, sizeof *secrets->grams, compare_grams);
    return !secrets->no_memory;
}

/* ---- the copy ---- */

/* Whether an address is on the stack of the first program, which Linux lets grow downwards, or near
 * the stack pointer, as on that of a program that took its place. */
static bool is_on_stack(const struct step_recording *recording, const struct step_record *record,
                        uint64_t address)
{
    enum { NEAR = 64 << 10, GROWTH = 128 << 20 };
    if (address - (record->before.value[STEP_rsp] - NEAR) < (uint64_t)2 * NEAR)
        return true;
    for (size_t i = 0; i < recording->mapping_count; i++) {
        const struct step_mapping *mapping = &recording->mappings[i];
        if (mapping->file < recording->file_count &&
            strcmp(recording->files[mapping->file].name, "[stack]") == 0 &&
            address < mapping->end && address >= mapping->start - GROWTH)
            return true;
    }
    return false;
}

static bool is_left_out(const struct secrets *secrets, const struct step_recording *recording,
                        const struct step_record *record, const struct step_piece *piece)
{
    bool changes = piece->kind == STEP_PIECE_MEMORY || piece->kind == STEP_PIECE_VECTOR;
    if (!changes || !piece->bytes)
        return false;
    return (piece->kind == STEP_PIECE_MEMORY && is_on_stack(recording, record, piece->value)) ||
           is_secret(secrets, piece->bytes, piece->size) ||
           is_secret(secrets, piece->bytes + piece->size, piece->size);
}

/* An argument with a string in it, or with what was left out before. */
static void copy_argument(struct step_recording *private, const struct step_piece *piece)
{
    char room[4096];
    size_t length = strlen((const char *)piece->bytes) + 1;
    struct step_piece copy = *piece;
    if (strchr(text_of(piece), '"') && length + sizeof STEP_LEFT_OUT <= sizeof room) {
        memcpy(room, piece->bytes, length);
        memcpy(room + length, STEP_LEFT_OUT, sizeof STEP_LEFT_OUT);
        copy.bytes = (const uint8_t *)room;
        copy.size = (uint32_t)(length + sizeof STEP_LEFT_OUT);
    }
    recording_add_piece(private, &copy);
}

static void copy_piece(struct step_recording *private, const struct secrets *secrets,
                       const struct step_recording *recording, const struct step_record *record,
                       const struct step_piece *piece)
{
    struct step_piece copy = *piece;
    bool changes = piece->kind == STEP_PIECE_MEMORY || piece->kind == STEP_PIECE_VECTOR;
    if (is_left_out(secrets, recording, record, piece))
        copy.bytes = NULL;
    if (piece->kind == STEP_PIECE_ARGUMENT)
        copy_argument(private, piece);
    else if (changes && copy.bytes)
        recording_add_change(private, piece, piece->bytes, piece->bytes + piece->size);
    else
        recording_add_piece(private, &copy);
}

static void copy_steps(struct step_recording *private, const struct secrets *secrets,
                       const struct step_recording *recording)
{
    struct step_cursor cursor;
    struct step_record record;
    struct step_piece piece;
    recording_cursor_open(&cursor, recording);
    while (recording_cursor_forward(&cursor, &record) && !private->no_memory) {
        uint32_t instruction = record.instruction
                                   ? (uint32_t)(record.instruction - recording->instructions)
                                   : STEP_NONE;
        size_t position = 0;
        recording_begin_record(private, record.kind, instruction, &record.before, &record.after);
        while (recording_next_piece(&record, &position, &piece))
            copy_piece(private, secrets, recording, &record, &piece);
        recording_end_record(private);
    }
}

static void copy_file(struct step_recording *private, const struct step_file *file)
{
    const char *name = is_path(file->name) ? STEP_LEFT_OUT : file->name;
    uint32_t index = recording_add_file(private, name, strlen(name));
    if (index == STEP_NONE)
        return;
    private->files[index].entry = file->entry;
    if (!file->bytes)
        return;
    uint8_t *bytes = malloc(file->size ? file->size : 1);
    if (!bytes) {
        private->no_memory = true;
        return;
    }
    memcpy(bytes, file->bytes, file->size);
    private->files[index].bytes = bytes;
    private->files[index].size = file->size;
}

bool step_make_private(struct step_recording *private, const struct step_recording *recording,
                       char *const *environment)
{
    struct secrets secrets = {.grams = NULL};
    bool done = collect(&secrets, recording, environment);
    private->is_private = true;
    private->start = recording->start;
    for (size_t i = 0; i < recording->file_count; i++)
        copy_file(private, &recording->files[i]);
    for (size_t i = 0; i < recording->mapping_count; i++)
        recording_add_mapping(private, &recording->mappings[i]);
    for (size_t i = 0; i < recording->instruction_count; i++)
        recording_add_instruction(private, &recording->instructions[i]);
    if (done)
        copy_steps(private, &secrets, recording);
    private->end = recording->end;
    private->end_number = recording->end_number;
    private->end_core = recording->end_core;
    free(secrets.grams);
    return done && !private->no_memory;
}
