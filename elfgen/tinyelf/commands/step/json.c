/* Writes a recorded run as a JSON document, which docs/step.md describes. Numbers of 64 bits are
 * strings, since JSON readers often support only 53 bits. */
#include <string.h>

#include "base/json_write.h"
#include "commands/json_versions.h"
#include "text.h"
#include "stepper/json_names.h"
#include "stepper/pieces.h"

_Static_assert((int)JSON_VERSION_step == (int)STEP_VERSION, "what is written is what is read");

static void put_hex(struct elfgen_text *out, uint64_t value)
{
    elfgen_text_string(out, "\"0x");
    elfgen_text_hex(out, value, 0);
    elfgen_text_char(out, '"');
}

static void put_bytes(struct elfgen_text *out, const uint8_t *bytes, size_t size)
{
    elfgen_text_char(out, '"');
    elfgen_text_hex_bytes(out, bytes, size, 0);
    elfgen_text_char(out, '"');
}

/* Starts a new line, after a comma unless this is the first item. */
static void begin_item(struct elfgen_text *out, size_t index)
{
    elfgen_text_string(out, index == 0 ? "\n" : ",\n");
}

static void put_number(struct elfgen_text *out, uint64_t value)
{
    elfgen_text_decimal(out, value, 0);
}

static void put_index(struct elfgen_text *out, uint32_t index)
{
    if (index == STEP_NONE)
        elfgen_text_string(out, "null");
    else
        put_number(out, index);
}

/* ---- the start ---- */

static void put_files(struct elfgen_text *out, const struct step_recording *recording)
{
    elfgen_text_string(out, "\"files\":[");
    for (size_t i = 0; i < recording->file_count; i++) {
        const struct step_file *file = &recording->files[i];
        begin_item(out, i);
        elfgen_text_string(out, "{\"name\":");
        json_string(out, file->name);
        if (file->entry) {
            json_key(out, "starts");
            put_hex(out, file->entry);
        }
        if (file->bytes) {
            json_key(out, "size");
            put_number(out, file->size);
            json_key(out, "bytes");
            put_bytes(out, file->bytes, file->size);
        }
        elfgen_text_char(out, '}');
    }
    elfgen_text_string(out, "],\n");
}

static void put_registers(struct elfgen_text *out, const struct step_registers *registers)
{
    elfgen_text_string(out, "\"registers\":{");
    for (size_t place = 0; place < STEP_SHOWN; place++) {
        enum step_register which = recording_register_at(place);
        elfgen_text_string(out, place == 0 ? "\"" : ",\"");
        elfgen_text_string(out, recording_register_name(which, true));
        elfgen_text_string(out, "\":");
        put_hex(out, registers->value[which]);
    }
    elfgen_text_string(out, "},\n");
}

static void put_mappings(struct elfgen_text *out, const struct step_recording *recording)
{
    elfgen_text_string(out, "\"mappings\":[");
    for (size_t i = 0; i < recording->mapping_count; i++) {
        const struct step_mapping *mapping = &recording->mappings[i];
        begin_item(out, i);
        elfgen_text_string(out, "{\"start\":");
        put_hex(out, mapping->start);
        json_key(out, "end");
        put_hex(out, mapping->end);
        json_key_string(out, "permissions", mapping->permissions);
        json_key(out, "offset");
        put_hex(out, mapping->offset);
        json_key(out, "file");
        put_index(out, mapping->file);
        elfgen_text_char(out, '}');
    }
    elfgen_text_string(out, "],\n");
}

static void put_memory(struct elfgen_text *out, const struct step_recording *recording)
{
    elfgen_text_string(out, "\"memory\":[");
    for (size_t i = 0; i < recording->memory_count; i++) {
        begin_item(out, i);
        elfgen_text_string(out, "{\"address\":");
        put_hex(out, recording->memory[i].address);
        json_key(out, "bytes");
        put_bytes(out, recording->memory[i].bytes, recording->memory[i].size);
        elfgen_text_char(out, '}');
    }
    elfgen_text_string(out, "],\n");
}

static void put_instructions(struct elfgen_text *out, struct step_machines *machines,
                             const struct step_recording *recording)
{
    elfgen_text_string(out, "\"instructions\":[");
    for (size_t i = 0; i < recording->instruction_count; i++) {
        const struct step_instruction *what = &recording->instructions[i];
        char room[256];
        struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
        step_put_instruction(&text, machines, what);
        begin_item(out, i);
        elfgen_text_string(out, "{\"address\":");
        put_hex(out, what->address);
        json_key(out, "file");
        put_index(out, what->file);
        json_key(out, "offset");
        if (what->offset == STEP_NOWHERE)
            elfgen_text_string(out, "null");
        else
            put_hex(out, what->offset);
        json_key(out, "bits");
        put_number(out, UINT64_C(8) * recording_word_size(what->is_64_bit));
        json_key(out, "bytes");
        put_bytes(out, what->bytes, what->length);
        json_key(out, "text");
        json_bytes(out, room, text.length);
        elfgen_text_char(out, '}');
    }
    elfgen_text_string(out, "],\n");
}

/* ---- steps ---- */

static void put_changed(struct elfgen_text *out, const struct step_record *record)
{
    bool first = true;
    json_key(out, "registers");
    for (size_t place = 0; place < STEP_SHOWN; place++) {
        enum step_register which = recording_register_at(place);
        if (!(record->changed >> which & 1))
            continue;
        elfgen_text_string(out, first ? "{\"" : ",\"");
        first = false;
        elfgen_text_string(out, recording_register_name(which, true));
        elfgen_text_string(out, "\":[");
        put_hex(out, record->before.value[which]);
        elfgen_text_char(out, ',');
        put_hex(out, record->after.value[which]);
        elfgen_text_char(out, ']');
    }
    elfgen_text_char(out, '}');
}

static void put_from_to(struct elfgen_text *out, const struct step_piece *piece)
{
    bool left_out = !piece->bytes;
    json_key(out, "from");
    put_bytes(out, piece->bytes, left_out ? 0 : piece->size);
    json_key(out, "to");
    put_bytes(out, left_out ? NULL : piece->bytes + piece->size, left_out ? 0 : piece->size);
    if (left_out) {
        json_key(out, "left_out");
        put_number(out, piece->size);
    }
}

/* `text` is the piece's next string. */
static void put_field(struct elfgen_text *out, const struct step_field *field,
                      const struct step_piece *piece, const char **text)
{
    char name[STEP_VECTOR_NAME];
    if (field->kind == STEP_FIELD_CHANGE) {
        put_from_to(out, piece);
        return;
    }
    json_key(out, field->key);
    switch (field->kind) {
    case STEP_FIELD_HEX:
        put_hex(out, piece->value);
        break;
    case STEP_FIELD_NUMBER:
        put_number(out, piece->number);
        break;
    case STEP_FIELD_ABI:
        json_string(out, syscall_abi(piece->number)->name);
        break;
    case STEP_FIELD_CODE:
        put_hex(out, piece->size);
        break;
    case STEP_FIELD_FILE:
        put_number(out, piece->value);
        break;
    case STEP_FIELD_VECTOR_NAME:
        recording_vector_name(piece->number, piece->size, name);
        json_string(out, name);
        break;
    case STEP_FIELD_BYTES:
        put_bytes(out, piece->bytes, piece->size);
        break;
    case STEP_FIELD_TEXT:
        json_string(out, *text);
        *text += strlen(*text) + 1;
        break;
    case STEP_FIELD_CHANGE:
    case STEP_FIELD_NONE:
        break;
    }
}

static void put_piece(struct elfgen_text *out, const struct step_piece *piece)
{
    const struct step_piece_row *row = &step_piece_rows[piece->kind];
    const char *text = (const char *)piece->bytes;
    elfgen_text_string(out, "{\"kind\":");
    json_string(out, row->name);
    for (const struct step_field *field = row->fields; field->kind != STEP_FIELD_NONE; field++)
        put_field(out, field, piece, &text);
    if (piece->kind == STEP_PIECE_SIGNAL) {
        json_key(out, "signal_name");
        json_signal(out, (int)piece->number);
    }
    elfgen_text_char(out, '}');
}

static void put_step(struct elfgen_text *out, const struct step_recording *recording,
                     const struct step_record *record)
{
    struct step_piece piece;
    size_t position = 0, count = 0;
    elfgen_text_string(out, "{\"kind\":");
    json_string(out, step_kind_names[record->kind]);
    json_key(out, "instruction");
    put_index(out, record->instruction ? (uint32_t)(record->instruction - recording->instructions)
                                       : STEP_NONE);
    if (record->changed != 0)
        put_changed(out, record);
    while (recording_next_piece(record, &position, &piece)) {
        if (count++ == 0) {
            json_key(out, "pieces");
            elfgen_text_char(out, '[');
        } else {
            elfgen_text_char(out, ',');
        }
        put_piece(out, &piece);
    }
    elfgen_text_string(out, count ? "]}" : "}");
}

/* Writes steps until the next one would leave no room for the end. Returns how many. */
static uint64_t put_steps(struct elfgen_text *out, const struct step_recording *recording,
                          size_t most)
{
    enum { END = 200 };
    struct step_cursor cursor;
    struct step_record record;
    uint64_t count = 0;
    elfgen_text_string(out, "\"steps\":[");
    recording_cursor_open(&cursor, recording);
    while (recording_cursor_forward(&cursor, &record)) {
        const struct elfgen_text before = *out;
        begin_item(out, record.index);
        put_step(out, recording, &record);
        if (out->length + END > most) {
            out->length = before.length;
            break;
        }
        count++;
    }
    elfgen_text_string(out, "],\n");
    return count;
}

static void put_end(struct elfgen_text *out, const struct step_recording *recording, bool whole)
{
    const enum step_end_kind end = whole ? recording->end : STEP_FULL;
    const int number = whole ? recording->end_number : 0;
    elfgen_text_string(out, "\"end\":{\"kind\":");
    json_string(out, step_end_names[end]);
    json_key(out, "number");
    put_number(out, (uint64_t)number);
    json_key_bool(out, "core", whole && recording->end_core);
    json_key(out, "signal_name");
    if (end == STEP_KILLED || end == STEP_INTERRUPTED)
        json_signal(out, number);
    else
        elfgen_text_string(out, "null");
    elfgen_text_string(out, "}}\n");
}

uint64_t step_write_json(struct elfgen_text *out, struct step_machines *machines,
                         const struct step_recording *recording, size_t most)
{
    json_begin(out, JSON_VERSION_step);
    elfgen_text_string(out, ",\"format\":\"" STEP_FORMAT "\",\n");
    if (recording->is_private)
        elfgen_text_string(out, "\"private\":true,\n");
    elfgen_text_string(out, "\"arguments\":[");
    for (size_t i = 0; i < recording->argument_count; i++) {
        elfgen_text_string(out, i == 0 ? "" : ",");
        json_string(out, recording->arguments[i]);
    }
    elfgen_text_string(out, "],\n");
    put_files(out, recording);
    put_registers(out, &recording->start);
    put_mappings(out, recording);
    put_memory(out, recording);
    put_instructions(out, machines, recording);
    uint64_t count = put_steps(out, recording, most);
    put_end(out, recording, count == recording->count);
    return count;
}
