/* Keeps a recording's records in one buffer: appends them, and walks them in both directions. */
#include "recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

/* ---- registers ---- */

static const struct {
    const char *name, *name32;
    uint8_t place;
} registers[] = {
#define R(name, name32, place) {#name, name32, place},
#include "registers.def"
#undef R
};

enum step_register recording_register_at(size_t place)
{
    for (size_t i = 0; i < STEP_REGISTERS; i++)
        if (registers[i].place == place + 1)
            return (enum step_register)i;
    return STEP_orig_rax;
}

const char *recording_register_name(enum step_register which, bool is_64_bit)
{
    return is_64_bit ? registers[which].name : registers[which].name32;
}

unsigned recording_word_size(bool is_64_bit)
{
    return is_64_bit ? 8 : 4;
}

enum step_register recording_register_named(const char *name)
{
    unsigned i = 0;
    while (i < STEP_REGISTERS && strcmp(registers[i].name, name) != 0 &&
           (!registers[i].name32 || strcmp(registers[i].name32, name) != 0))
        i++;
    return (enum step_register)i;
}

void recording_vector_name(unsigned which, size_t size, char name[STEP_VECTOR_NAME])
{
    static const char *const controls[] = {"fcw", "fsw", "ftw", "mxcsr"};
    if (which < STEP_VECTOR)
        snprintf(name, STEP_VECTOR_NAME, "st%u", which % 8);
    else if (which < STEP_MASK)
        snprintf(name, STEP_VECTOR_NAME, "%cmm%u",
                 size <= 16   ? 'x'
                 : size <= 32 ? 'y'
                              : 'z',
                 (which - STEP_VECTOR) % 32);
    else if (which < STEP_FCW)
        snprintf(name, STEP_VECTOR_NAME, "k%u", (which - STEP_MASK) % 8);
    else
        snprintf(name, STEP_VECTOR_NAME, "%s", controls[(which - STEP_FCW) % 4]);
}

bool recording_is_64_bit(const struct step_registers *all)
{
    enum { CODE_64 = 0x33 }; /* __USER_CS (arch/x86/include/asm/segment.h) */
    return all->value[STEP_cs] == CODE_64;
}

/* ---- lists that grow ---- */

/* Makes room for one more item of `size` bytes. Returns false if there is no memory, or no index.
 */
static bool make_room(struct step_recording *recording, void *list, size_t count, size_t *room,
                      size_t size)
{
    bool done = count < STEP_NONE - 1 && grow_array(list, count + 1, room, size);
    recording->no_memory = recording->no_memory || !done;
    return done;
}

static char *copied(struct step_recording *recording, const char *text, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy) {
        recording->no_memory = true;
        return NULL;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

uint32_t recording_add_argument(struct step_recording *recording, const char *text, size_t length)
{
    char *copy = copied(recording, text, length);
    if (!copy || !make_room(recording, &recording->arguments, recording->argument_count,
                            &recording->argument_room, sizeof(char *))) {
        free(copy);
        return STEP_NONE;
    }
    recording->arguments[recording->argument_count] = copy;
    return (uint32_t)recording->argument_count++;
}

uint32_t recording_add_file(struct step_recording *recording, const char *name, size_t length)
{
    char *copy = copied(recording, name, length);
    if (!copy || !make_room(recording, &recording->files, recording->file_count,
                            &recording->file_room, sizeof *recording->files)) {
        free(copy);
        return STEP_NONE;
    }
    recording->files[recording->file_count] = (struct step_file){.name = copy};
    return (uint32_t)recording->file_count++;
}

uint32_t recording_add_mapping(struct step_recording *recording, const struct step_mapping *mapping)
{
    if (!make_room(recording, &recording->mappings, recording->mapping_count,
                   &recording->mapping_room, sizeof *recording->mappings))
        return STEP_NONE;
    recording->mappings[recording->mapping_count] = *mapping;
    return (uint32_t)recording->mapping_count++;
}

uint32_t recording_add_memory(struct step_recording *recording, uint64_t address, const void *bytes,
                              size_t size)
{
    char *copy = copied(recording, bytes, size);
    if (!copy || !make_room(recording, &recording->memory, recording->memory_count,
                            &recording->memory_room, sizeof *recording->memory)) {
        free(copy);
        return STEP_NONE;
    }
    recording->memory[recording->memory_count] =
        (struct step_memory){address, (uint8_t *)copy, size};
    return (uint32_t)recording->memory_count++;
}

uint32_t recording_add_instruction(struct step_recording *recording,
                                   const struct step_instruction *instruction)
{
    if (!make_room(recording, &recording->instructions, recording->instruction_count,
                   &recording->instruction_room, sizeof *recording->instructions))
        return STEP_NONE;
    recording->instructions[recording->instruction_count] = *instruction;
    return (uint32_t)recording->instruction_count++;
}

void recording_free(struct step_recording *recording)
{
    for (size_t i = 0; i < recording->argument_count; i++)
        free(recording->arguments[i]);
    for (size_t i = 0; i < recording->file_count; i++) {
        free(recording->files[i].name);
        free(recording->files[i].bytes);
    }
    for (size_t i = 0; i < recording->memory_count; i++)
        free(recording->memory[i].bytes);
    free(recording->arguments);
    free(recording->files);
    free(recording->mappings);
    free(recording->memory);
    free(recording->instructions);
    free(recording->records);
    *recording = (struct step_recording){0};
}

/* ---- records ---- */

/* The head of a record. The XORs and then the pieces follow it, each padded to a multiple of 8
 * bytes. */
struct head {
    uint32_t size;   /* of the record */
    uint32_t before; /* of the record before it; 0: it is the first */
    uint32_t instruction;
    uint32_t changed;
    uint64_t kind;
};

struct piece_head {
    uint32_t kind, number;
    uint64_t value;
    uint32_t size, length; /* the piece's `size`; bytes that follow */
};

/* Returns NULL if there is no memory, or if the record's size would not fit into its head. */
static uint8_t *append(struct step_recording *recording, size_t size)
{
    size_t padded = (size + 7) & ~(size_t)7;
    if (recording->no_memory || padded > UINT32_MAX - (recording->at - recording->size)) {
        recording->no_memory = true;
        return NULL;
    }
    if (!grow_array(&recording->records, recording->at + padded, &recording->room, 1)) {
        recording->no_memory = true;
        return NULL;
    }
    uint8_t *place = recording->records + recording->at;
    if (padded != size)
        memset(place + padded - 8, 0, 8);
    recording->at += padded;
    return place;
}

void recording_begin_record(struct step_recording *recording, enum step_kind kind,
                            uint32_t instruction, const struct step_registers *before,
                            const struct step_registers *after)
{
    struct head head = {.instruction = instruction, .kind = kind};
    uint64_t changes[STEP_REGISTERS];
    size_t count = 0;
    for (size_t i = 0; i < STEP_REGISTERS; i++) {
        uint64_t change = before->value[i] ^ after->value[i];
        if (change == 0 || i == STEP_orig_rax)
            continue;
        head.changed |= UINT32_C(1) << i;
        changes[count++] = change;
    }
    recording->at = recording->size;
    head.before = recording->count == 0 ? 0 : (uint32_t)(recording->size - recording->last);
    uint8_t *place = append(recording, sizeof head + count * sizeof changes[0]);
    if (!place)
        return;
    memcpy(place, &head, sizeof head);
    memcpy(place + sizeof head, changes, count * sizeof changes[0]);
}

static uint8_t *append_piece(struct step_recording *recording, const struct step_piece *piece,
                             size_t length)
{
    struct piece_head head = {piece->kind, piece->number, piece->value, piece->size,
                              (uint32_t)length};
    uint8_t *place = append(recording, sizeof head + length);
    if (!place)
        return NULL;
    memcpy(place, &head, sizeof head);
    return place + sizeof head;
}

void recording_add_piece(struct step_recording *recording, const struct step_piece *piece)
{
    size_t length = piece->bytes ? piece->size : 0;
    uint8_t *place = append_piece(recording, piece, length);
    if (place && length > 0)
        memcpy(place, piece->bytes, length);
}

void recording_add_change(struct step_recording *recording, const struct step_piece *piece,
                          const void *before, const void *after)
{
    uint8_t *place = append_piece(recording, piece, 2 * (size_t)piece->size);
    if (!place)
        return;
    memcpy(place, before, piece->size);
    memcpy(place + piece->size, after, piece->size);
}

void recording_end_record(struct step_recording *recording)
{
    if (recording->no_memory)
        return;
    uint32_t size = (uint32_t)(recording->at - recording->size);
    memcpy(recording->records + recording->size, &size, sizeof size);
    recording->last = recording->size;
    recording->size = recording->at;
    recording->count++;
}

void recording_drop_records(struct step_recording *recording)
{
    recording->size = recording->at = recording->last = 0;
    recording->count = 0;
}

/* ---- reading ---- */

void recording_cursor_open(struct step_cursor *cursor, const struct step_recording *recording)
{
    *cursor = (struct step_cursor){.recording = recording, .registers = recording->start};
}

/* Reads the record at the cursor, and applies its XORs to the registers, whatever the direction. */
static void take(struct step_cursor *cursor, const struct head *head, struct step_record *record)
{
    const struct step_recording *recording = cursor->recording;
    const uint8_t *place = recording->records + cursor->at + sizeof *head;
    record->kind = (enum step_kind)head->kind;
    record->instruction = head->instruction < recording->instruction_count
                              ? &recording->instructions[head->instruction]
                              : NULL;
    record->changed = head->changed;
    for (size_t i = 0; i < STEP_REGISTERS; i++) {
        uint64_t change;
        if (!(head->changed >> i & 1))
            continue;
        memcpy(&change, place, sizeof change);
        place += sizeof change;
        cursor->registers.value[i] ^= change;
    }
    record->pieces = place;
    record->pieces_size = head->size - (size_t)(place - (recording->records + cursor->at));
}

bool recording_cursor_forward(struct step_cursor *cursor, struct step_record *record)
{
    struct head head;
    if (cursor->index >= cursor->recording->count)
        return false;
    memcpy(&head, cursor->recording->records + cursor->at, sizeof head);
    record->index = cursor->index++;
    record->before = cursor->registers;
    take(cursor, &head, record);
    record->after = cursor->registers;
    cursor->at += head.size;
    return true;
}

/* Where the record before the cursor begins. */
static size_t place_before(const struct step_cursor *cursor)
{
    const struct step_recording *recording = cursor->recording;
    struct head head;
    if (cursor->index == recording->count)
        return recording->last;
    memcpy(&head, recording->records + cursor->at, sizeof head);
    return cursor->at - head.before;
}

bool recording_cursor_back(struct step_cursor *cursor, struct step_record *record)
{
    struct head head;
    if (cursor->index == 0)
        return false;
    cursor->at = place_before(cursor);
    memcpy(&head, cursor->recording->records + cursor->at, sizeof head);
    record->index = --cursor->index;
    record->after = cursor->registers;
    take(cursor, &head, record);
    record->before = cursor->registers;
    return true;
}

bool recording_next_piece(const struct step_record *record, size_t *position,
                          struct step_piece *piece)
{
    struct piece_head head;
    if (*position >= record->pieces_size)
        return false;
    memcpy(&head, record->pieces + *position, sizeof head);
    *piece = (struct step_piece){(enum step_piece_kind)head.kind, head.number, head.size,
                                 head.value, record->pieces + *position + sizeof head};
    if (head.length == 0 && head.size > 0)
        piece->bytes = NULL;
    *position += (sizeof head + head.length + 7) & ~(size_t)7;
    return true;
}
