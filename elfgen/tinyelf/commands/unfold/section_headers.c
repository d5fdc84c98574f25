/* Collects the sections and symbols of an unfolded file. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "elfgen/search.h"
#include "section_headers.h"

char *unfold_headers_copy_name(struct unfold_section_headers *headers, const char *name,
                               size_t length)
{
    char *copy = strndup(name, length);
    headers->failed = headers->failed || !copy;
    return copy;
}

void unfold_headers_add_section(struct unfold_section_headers *headers,
                                const struct elfgen_section_header *section)
{
    if (headers->failed || !grow_array(&headers->sections, headers->section_count + 1,
                                       &headers->section_room, sizeof *headers->sections))
        headers->failed = true;
    else
        headers->sections[headers->section_count++] = *section;
}

void unfold_headers_add_symbol(struct unfold_section_headers *headers, const char *name,
                               size_t length, const struct elfgen_symbol_entry *symbol)
{
    char *copy = headers->failed ? NULL : unfold_headers_copy_name(headers, name, length);
    if (!copy || !grow_array(&headers->symbols, headers->symbol_count + 1, &headers->symbol_room,
                             sizeof *headers->symbols)) {
        headers->failed = true;
        free(copy);
        return;
    }
    headers->symbols[headers->symbol_count] = *symbol;
    headers->symbols[headers->symbol_count++].name = copy;
}

static bool begins_at_or_before(const void *section, const void *address)
{
    return ((const struct elfgen_section_header *)section)->address <= *(const uint64_t *)address;
}

uint32_t unfold_headers_find(const struct unfold_section_headers *headers, uint64_t address)
{
    size_t next = elfgen_search(headers->sections, headers->section_count,
                                sizeof *headers->sections, &address, begins_at_or_before);
    if (next > 0 &&
        address - headers->sections[next - 1].address < headers->sections[next - 1].size)
        return (uint32_t)(next - 1);
    return ELFGEN_SYMBOL_ABSOLUTE;
}

void unfold_headers_free(struct unfold_section_headers *headers)
{
    for (size_t i = 0; i < headers->named_count; i++)
        free((char *)headers->sections[i].name);
    for (size_t i = 0; i < headers->symbol_count; i++)
        free((char *)headers->symbols[i].name);
    free(headers->sections);
    free(headers->symbols);
    free(headers->owners);
}
