/* Compares the bytes of a source's lines with those that their comments say. */
#include "judge_private.h"

#include <stdio.h>
#include <string.h>

#include "object.h"

/* The bytes that a line's comment says, at most `room`; 0: none. */
static size_t read_note(const char *line, size_t length, uint8_t *bytes, size_t room)
{
    const char *at = memchr(line, ';', length), *end = line + length;
    size_t digits = 0;
    if (!at)
        return 0;
    for (at++; at < end && digits / 2 < room; at++) {
        static const char hex[] = "0123456789abcdef";
        if (*at == ' ')
            continue;
        const char *found = *at ? strchr(hex, *at) : NULL;
        if (!found)
            break;
        const uint8_t digit = (uint8_t)(found - hex);
        bytes[digits / 2] = (uint8_t)(digits % 2 ? bytes[digits / 2] << 4 | digit : digit);
        digits++;
    }
    return at == end || *at == ':' || *at == '\r' ? digits / 2 : 0;
}

/* Whether the bytes of the line are the noted ones. */
static bool is_noted(struct judge *judge, const struct object *object,
                     const struct elfgen_assembly *assembly, uint64_t line, const uint8_t *noted,
                     size_t size)
{
    char ours[100] = "";
    size_t length = 0, printed = 0;
    bool is_same = true;
    for (size_t i = 0; i < assembly->line_count; i++) {
        const struct elfgen_assembly_line *at = &assembly->lines[i];
        if (at->place.line != line || at->place.file)
            continue;
        const struct object_section *section = &object->sections[at->section];
        const bool is_last = i + 1 == assembly->line_count || at[1].section != at->section;
        const uint64_t end = is_last ? section->size : at[1].offset;
        for (uint64_t offset = at->offset; offset < end && section->bytes; offset++) {
            is_same = is_same && length < size && section->bytes[offset] == noted[length];
            if (++length < 40)
                printed += (size_t)snprintf(ours + printed, sizeof ours - printed, "%02x",
                                            section->bytes[offset]);
        }
    }
    judge->line = line;
    say(judge, "its comment says other bytes than %s", ours);
    return is_same && length == size;
}

bool judge_notes(struct judge *judge, const char *text, size_t length, uint8_t mode,
                 size_t *checked)
{
    struct inside inside = {.judge = judge};
    struct object object;
    bool is_same = assemble_in(&inside, text, length, mode, ELFGEN_ASSEMBLE_MEMORY(length)) &&
                   inside.status == ELFGEN_OK;
    if (!is_same) {
        say(judge, "%s", inside.error.text);
        release(&inside);
        return false;
    }
    object_take(&object, &inside.assembly);
    uint64_t line = 1;
    for (size_t at = 0; at < length && is_same; line++) {
        const char *end = memchr(text + at, '\n', length - at);
        const size_t size = end ? (size_t)(end - text) - at : length - at;
        uint8_t noted[32];
        const size_t count = read_note(text + at, size, noted, sizeof noted);
        if (count > 0) {
            is_same = is_noted(judge, &object, &inside.assembly, line, noted, count);
            ++*checked;
        }
        at += size + 1;
    }
    object_free(&object);
    release(&inside);
    return is_same;
}
