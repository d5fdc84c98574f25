/* Collects the sections and symbols of an unfolded file. */
#include <stdlib.h>
#include <string.h>

#include "section_headers.h"

static void *grown(struct unfold_section_headers *headers, void *array, size_t count, size_t *room,
                   size_t size)
{
    if (headers->failed || count < *room)
        return array;
    size_t more = *room ? *room * 2 : 64;
    void *larger = realloc(array, more * size);
    if (larger)
        *room = more;
    else
        headers->failed = true;
    return larger ? larger : array;
}

char *unfold_headers_copy_name(struct unfold_section_headers *headers, const char *name,
                               size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy) {
        headers->failed = true;
        return NULL;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    return copy;
}

void unfold_headers_add_section(struct unfold_section_headers *headers,
                                const struct elfgen_section_header *section)
{
    headers->sections = grown(headers, headers->sections, headers->section_count,
                              &headers->section_room, sizeof *headers->sections);
    if (!headers->failed)
        headers->sections[headers->section_count++] = *section;
}

void unfold_headers_add_symbol(struct unfold_section_headers *headers, const char *name,
                               size_t length, const struct elfgen_symbol_entry *symbol)
{
    headers->symbols = grown(headers, headers->symbols, headers->symbol_count,
                             &headers->symbol_room, sizeof *headers->symbols);
    char *copy = headers->failed ? NULL : unfold_headers_copy_name(headers, name, length);
    if (!copy)
        return;
    headers->symbols[headers->symbol_count] = *symbol;
    headers->symbols[headers->symbol_count++].name = copy;
}

uint32_t unfold_headers_find(const struct unfold_section_headers *headers, uint64_t address)
{
    size_t low = 0, high = headers->section_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (headers->sections[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && address - headers->sections[low - 1].address < headers->sections[low - 1].size)
        return (uint32_t)(low - 1);
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
