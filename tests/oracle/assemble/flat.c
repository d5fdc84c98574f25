/* Reads a flat file and the map that nasm made with it, and compares them with an assembly. */
#include "flat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/workplace.h"

static char *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    size_t room = 1 << 16;
    *size = 0;
    for (size_t more = 1; file && more > 0; *size += more) {
        if (!bytes || *size == room)
            bytes = realloc(bytes, room = bytes ? 2 * room : room);
        if (!bytes)
            break;
        more = fread(bytes + *size, 1, room - *size, file);
    }
    if (!file || !bytes)
        die(path);
    fclose(file);
    return bytes;
}

static bool bytes_differ(const char *path, const struct elfgen_section *ours, char *text,
                         size_t room, uint64_t *offset)
{
    size_t size;
    char *theirs = read_all(path, &size);
    uint64_t at = 0;
    while (at < size && at < ours->size && (uint8_t)theirs[at] == ours->bytes[at])
        at++;
    const bool differs = at < size || at < ours->size;
    if (differs) {
        *offset = at;
        snprintf(text, room,
                 "the file differs at 0x%llx: %02x, inside %02x; %zu bytes, inside %llu",
                 (unsigned long long)at, at < size ? (uint8_t)theirs[at] : 0,
                 at < ours->size ? ours->bytes[at] : 0, size, (unsigned long long)ours->size);
    }
    free(theirs);
    return differs;
}

/* Whether the assembly has the symbol, as many times as it is asked for. */
static bool has_symbol(const struct elfgen_assembly *assembly, const char *name, bool is_constant,
                       uint64_t value)
{
    for (size_t i = 0; i < assembly->program.symbol_count; i++) {
        const struct elfgen_symbol *symbol = &assembly->program.symbols[i];
        if (strcmp(symbol->name, name) == 0)
            return (symbol->section == ELFGEN_SECTION_ABSOLUTE) == is_constant &&
                   symbol->value == value;
    }
    return false;
}

/* Compares the lines "REAL VIRTUAL NAME" of labels, and "VALUE NAME" of numbers. */
static bool labels_differ(const char *path, const struct elfgen_assembly *assembly, char *text,
                          size_t room)
{
    size_t size, count = 0;
    char *map = read_all(path, &size), *line = map, *next;
    bool is_in_symbols = false, is_constant = false, differs = false;
    for (; !differs && line < map + size; line = next) {
        char *end = memchr(line, '\n', (size_t)(map + size - line)), *after;
        next = end ? end + 1 : map + size;
        if (end)
            *end = '\0';
        if (strncmp(line, "-- ", 3) == 0)
            is_in_symbols = strncmp(line, "-- Symbols", 10) == 0;
        else if (strncmp(line, "---- ", 5) == 0)
            is_constant = strncmp(line, "---- No Section", 15) == 0;
        if (!is_in_symbols || line[strspn(line, " ")] == '\0' || *line == '-')
            continue;
        uint64_t value = strtoull(line, &after, 16);
        if (after == line || *after != ' ')
            continue;
        if (!is_constant) {
            (void)strtoull(after, &after, 16);
            value -= assembly->origin;
        }
        const char *name = after + strspn(after, " ");
        differs = !has_symbol(assembly, name, is_constant, value);
        if (differs)
            snprintf(text, room, "the label %s, 0x%llx, is nasm's alone", name,
                     (unsigned long long)value);
        count++;
    }
    free(map);
    if (!differs && count != assembly->program.symbol_count) {
        differs = true;
        snprintf(text, room, "%zu labels, inside %zu", count, assembly->program.symbol_count);
    }
    return differs;
}

bool flat_differs(const char *file, const char *map, const struct elfgen_assembly *assembly,
                  char *text, size_t room, uint64_t *offset)
{
    return bytes_differ(file, &assembly->program.sections[0], text, room, offset) ||
           labels_differ(map, assembly, text, room);
}
