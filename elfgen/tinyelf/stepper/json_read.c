/* Reads a recorded run from its JSON document. Any bytes are accepted: each value is checked before
 * it is used. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/json_read.h"
#include "syscalls/table.h"
#include "json_names.h"
#include "json_read.h"
#include "pieces.h"

static struct step_recording *recording_of(const struct json_reader *reader)
{
    return reader->into;
}

/* ---- the start ---- */

static bool read_arguments(struct json_reader *reader, const json_t *document)
{
    const json_t *list = json_read_list(reader, document, "arguments");
    json_t *item;
    size_t i, length;
    json_array_foreach(list, i, item)
    {
        char *text = json_read_text(reader, item, "arguments", &length);
        if (!text)
            return false;
        recording_add_argument(recording_of(reader), text, length);
        free(text);
    }
    return list != NULL;
}

static bool read_file(struct json_reader *reader, json_t *item)
{
    struct step_recording *recording = recording_of(reader);
    size_t length;
    char *name = json_read_text(reader, json_object_get(item, "name"), "name", &length);
    uint32_t index = name ? recording_add_file(recording, name, length) : STEP_NONE;
    free(name);
    if (index == STEP_NONE)
        return false;
    struct step_file *file = &recording->files[index];
    if (json_object_get(item, "starts") && !json_read_hex(reader, item, "starts", &file->entry))
        return false;
    if (!json_object_get(item, "bytes"))
        return true;
    file->bytes = json_read_bytes(reader, item, "bytes", STEP_FILE_MOST, &file->size);
    const json_t *size = json_object_get(item, "size");
    if (!file->bytes)
        return false;
    if (!json_is_integer(size) || (size_t)json_integer_value(size) != file->size)
        return json_read_fail(reader, "size", "the number of bytes");
    return true;
}

static bool read_mapping(struct json_reader *reader, json_t *item)
{
    struct step_mapping mapping = {0};
    const char *permissions = json_string_value(json_object_get(item, "permissions"));
    if (!permissions || strlen(permissions) != 4 || strspn(permissions, "rwxps-") != 4)
        return json_read_fail(reader, "permissions", "as /proc/PID/maps has it, r-xp");
    memcpy(mapping.permissions, permissions, 4);
    return json_read_hex(reader, item, "start", &mapping.start) &&
           json_read_hex(reader, item, "end", &mapping.end) &&
           json_read_hex(reader, item, "offset", &mapping.offset) &&
           json_read_index(reader, item, "file", recording_of(reader)->file_count, &mapping.file) &&
           recording_add_mapping(recording_of(reader), &mapping) != STEP_NONE;
}

static bool read_memory(struct json_reader *reader, json_t *item)
{
    uint64_t address;
    size_t size;
    if (!json_read_hex(reader, item, "address", &address))
        return false;
    uint8_t *bytes = json_read_bytes(reader, item, "bytes", STEP_FILE_MOST, &size);
    uint32_t index =
        bytes ? recording_add_memory(recording_of(reader), address, bytes, size) : STEP_NONE;
    free(bytes);
    return index != STEP_NONE;
}

static bool read_instruction(struct json_reader *reader, json_t *item)
{
    struct step_instruction what = {.offset = STEP_NOWHERE};
    uint32_t bits;
    size_t size;
    if (!json_read_hex(reader, item, "address", &what.address) ||
        !json_read_index(reader, item, "file", recording_of(reader)->file_count, &what.file) ||
        !json_read_number(reader, item, "bits", 65, &bits) ||
        (!json_is_null(json_object_get(item, "offset")) &&
         !json_read_hex(reader, item, "offset", &what.offset)))
        return false;
    if (bits != 64 && bits != 32)
        return json_read_fail(reader, "bits", "64 or 32");
    uint8_t *bytes = json_read_bytes(reader, item, "bytes", sizeof what.bytes, &size);
    if (!bytes)
        return false;
    memcpy(what.bytes, bytes, size);
    free(bytes);
    what.length = (uint8_t)size;
    what.is_64_bit = bits == 64;
    return recording_add_instruction(recording_of(reader), &what) != STEP_NONE;
}

/* ---- registers ---- */

/* Finds a register by its 64-bit name; STEP_orig_rax: none. */
static enum step_register register_named(const char *name)
{
    for (size_t place = 0; place < STEP_SHOWN; place++)
        if (strcmp(recording_register_name(recording_register_at(place), true), name) == 0)
            return recording_register_at(place);
    return STEP_orig_rax;
}

static bool read_registers(struct json_reader *reader, const json_t *document)
{
    const json_t *all = json_object_get(document, "registers");
    for (size_t place = 0; place < STEP_SHOWN; place++) {
        enum step_register which = recording_register_at(place);
        if (!json_read_hex(reader, all, recording_register_name(which, true),
                           &recording_of(reader)->start.value[which]))
            return false;
    }
    return true;
}

/* {"rax":["0x0","0x1"]}: the old and the new value. */
static bool read_changes(struct json_reader *reader, json_t *item,
                         const struct step_registers *before, struct step_registers *after)
{
    json_t *all = json_object_get(item, "registers"), *pair;
    const char *name;
    if (all && !json_is_object(all))
        return json_read_fail(reader, "registers", "an object");
    json_object_foreach(all, name, pair)
    {
        enum step_register which = register_named(name);
        uint64_t from;
        if (which == STEP_orig_rax)
            return json_read_fail(reader, "registers", "of registers that there are");
        if (!json_read_to_hex(reader, json_array_get(pair, 0), "registers", &from) ||
            !json_read_to_hex(reader, json_array_get(pair, 1), "registers", &after->value[which]))
            return false;
        if (from != before->value[which] || from == after->value[which])
            return json_read_fail(reader, "registers", "a change of what the step before left");
    }
    return true;
}

/* ---- pieces ---- */

/* A piece that is being read, with its bytes, which are malloc'ed. */
struct draft {
    struct step_piece piece;
    uint8_t *bytes;
    size_t size, room;
    bool is_change;
};

static bool append(struct draft *draft, const void *bytes, size_t size)
{
    if (!grow_array(&draft->bytes, draft->size + size + 1, &draft->room, 1))
        return false;
    if (size > 0)
        memcpy(draft->bytes + draft->size, bytes, size);
    draft->size += size;
    return true;
}

static bool read_bytes(struct json_reader *reader, const json_t *item, const char *key, size_t most,
                       struct draft *draft)
{
    size_t size;
    uint8_t *bytes = json_read_bytes(reader, item, key, most, &size);
    bool done = bytes && append(draft, bytes, size);
    free(bytes);
    return done;
}

/* Bytes before and after, or how many were left out of both. */
static bool read_change(struct json_reader *reader, const json_t *item, size_t most,
                        struct draft *draft)
{
    if (json_object_get(item, "left_out"))
        return json_read_number(reader, item, "left_out", most + 1, &draft->piece.size) &&
               (draft->piece.size > 0 || json_read_fail(reader, "left_out", "a number of bytes"));
    draft->is_change = true;
    if (!read_bytes(reader, item, "from", most, draft))
        return false;
    draft->piece.size = (uint32_t)draft->size;
    if (!read_bytes(reader, item, "to", most, draft))
        return false;
    return draft->size == (size_t)2 * draft->piece.size ||
           json_read_fail(reader, "to", "as many bytes as 'from'");
}

static bool read_string(struct json_reader *reader, const json_t *item, const char *key,
                        struct draft *draft)
{
    enum { TEXT_MOST = 4096 };
    size_t length = 0;
    char *text = json_read_text(reader, json_object_get(item, key), key, &length);
    bool done = text && (length <= TEXT_MOST || json_read_fail(reader, key, "shorter")) &&
                append(draft, text, length + 1);
    free(text);
    draft->piece.size = (uint32_t)draft->size;
    return done;
}

static bool read_code(struct json_reader *reader, const json_t *item, const char *key,
                      struct step_piece *piece)
{
    uint64_t code;
    if (!json_read_hex(reader, item, key, &code))
        return false;
    piece->size = (uint32_t)code;
    return code <= UINT32_MAX || json_read_fail(reader, key, "a number of 32 bits");
}

static bool read_file_index(struct json_reader *reader, const json_t *item, const char *key,
                            struct step_piece *piece)
{
    uint32_t index = 0;
    bool done = json_read_number(reader, item, key, recording_of(reader)->file_count, &index);
    piece->value = index;
    return done;
}

static bool read_abi(struct json_reader *reader, const json_t *item, const char *key,
                     struct step_piece *piece)
{
    const char *abis[CALL_ABIS];
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        abis[abi] = syscall_abi(abi)->name;
    return json_read_word(reader, item, key, abis, CALL_ABIS, &piece->number);
}

static bool read_field(struct json_reader *reader, const json_t *item,
                       const struct step_field *field, struct draft *draft)
{
    struct step_piece *piece = &draft->piece;
    switch (field->kind) {
    case STEP_FIELD_HEX:
        return json_read_hex(reader, item, field->key, &piece->value);
    case STEP_FIELD_NUMBER:
        return json_read_number(reader, item, field->key, field->end, &piece->number);
    case STEP_FIELD_ABI:
        return read_abi(reader, item, field->key, piece);
    case STEP_FIELD_CODE:
        return read_code(reader, item, field->key, piece);
    case STEP_FIELD_FILE:
        return read_file_index(reader, item, field->key, piece);
    case STEP_FIELD_CHANGE:
        return read_change(reader, item, (size_t)field->end, draft);
    case STEP_FIELD_BYTES:
        if (!read_bytes(reader, item, field->key, (size_t)field->end, draft))
            return false;
        piece->size = (uint32_t)draft->size;
        return true;
    case STEP_FIELD_TEXT:
        return read_string(reader, item, field->key, draft);
    case STEP_FIELD_VECTOR_NAME: /* it follows from the number */
    case STEP_FIELD_NONE:
        break;
    }
    return true;
}

static bool read_piece(struct json_reader *reader, json_t *item)
{
    struct draft draft = {0};
    uint32_t kind;
    if (!json_read_word(reader, item, "kind", step_piece_names, STEP_PIECE_KINDS, &kind))
        return false;
    draft.piece.kind = (enum step_piece_kind)kind;
    bool done = true;
    for (const struct step_field *field = step_piece_rows[kind].fields;
         done && field->kind != STEP_FIELD_NONE; field++)
        done = read_field(reader, item, field, &draft);
    draft.piece.bytes = draft.bytes;
    if (done && draft.is_change)
        recording_add_change(recording_of(reader), &draft.piece, draft.bytes,
                             draft.bytes + draft.piece.size);
    else if (done)
        recording_add_piece(recording_of(reader), &draft.piece);
    free(draft.bytes);
    return done;
}

/* ---- steps ---- */

struct step_reader {
    struct json_reader reader;
    struct step_registers now;
};

static bool read_step(struct json_reader *reader, json_t *item)
{
    struct step_registers *now = &((struct step_reader *)reader)->now, after = *now;
    struct step_recording *recording = recording_of(reader);
    json_t *pieces = json_object_get(item, "pieces"), *piece;
    uint32_t kind, instruction;
    size_t i;
    if (!json_read_word(reader, item, "kind", step_kind_names, STEP_KINDS, &kind) ||
        !json_read_index(reader, item, "instruction", recording->instruction_count, &instruction) ||
        !read_changes(reader, item, now, &after))
        return false;
    if (pieces && !json_is_array(pieces))
        return json_read_fail(reader, "pieces", "a list");
    recording_begin_record(recording, (enum step_kind)kind, instruction, now, &after);
    json_array_foreach(pieces, i, piece)
    {
        if (!read_piece(reader, piece))
            return false;
    }
    recording_end_record(recording);
    *now = after;
    return !recording->no_memory;
}

static bool read_end(struct json_reader *reader, const json_t *document)
{
    const json_t *end = json_object_get(document, "end");
    uint32_t kind, number;
    if (!json_read_word(reader, end, "kind", step_end_names, STEP_END_KINDS, &kind) ||
        !json_read_number(reader, end, "number", 256, &number))
        return false;
    recording_of(reader)->end = (enum step_end_kind)kind;
    recording_of(reader)->end_number = (int)number;
    recording_of(reader)->end_core = json_is_true(json_object_get(end, "core"));
    return true;
}

static bool read_document(struct json_reader *reader, const json_t *document)
{
    struct step_reader steps;
    const char *format = json_string_value(json_object_get(document, "format"));
    if (!format || strcmp(format, STEP_FORMAT) != 0)
        return json_read_fail(reader, "format", "\"" STEP_FORMAT "\"");
    if (!json_read_version(reader, document, STEP_VERSION))
        return false;
    recording_of(reader)->is_private = json_is_true(json_object_get(document, "private"));
    if (!read_arguments(reader, document) || !json_read_each(reader, document, "files", read_file))
        return false;
    if (recording_of(reader)->file_count == 0)
        return json_read_fail(reader, "files", "one or more");
    if (!read_registers(reader, document) ||
        !json_read_each(reader, document, "mappings", read_mapping) ||
        !json_read_each(reader, document, "memory", read_memory) ||
        !json_read_each(reader, document, "instructions", read_instruction))
        return false;
    steps = (struct step_reader){*reader, recording_of(reader)->start};
    bool good = json_read_each(&steps.reader, document, "steps", read_step);
    reader->failed = steps.reader.failed;
    return good && read_end(reader, document);
}

bool step_read_json(struct step_recording *recording, const void *bytes, size_t size,
                    struct elfgen_error *error)
{
    struct json_reader reader = {
        .document = "recording of tinyelf", .into = recording, .error = error};
    bool good = json_read_document(&reader, bytes, size, read_document);
    if (!good)
        recording_free(recording);
    return good;
}
