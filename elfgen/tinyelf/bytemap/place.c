/* Finds a place by its name: a field, a structure or a symbol. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytemap.h"

/* structure[index].field, structure[index], structure.field, structure or field */
struct place {
    char part[16];
    const char *field; /* NULL: any */
    unsigned long long index;
    bool any_index;
};

static bool is_structure(const char *name, size_t length)
{
    for (int part = ELFGEN_PART_EHDR; part < ELFGEN_PART_PADDING; part++) {
        const char *known = elfgen_part_name((enum elfgen_part)part);
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return true;
    }
    return false;
}

/* Whether any structure has a field of that name, or an instruction a part. */
static bool is_field(const struct bytemap *map, const char *name)
{
    const struct elfgen_machine *machine = map->code ? map->code->machine : NULL;
    for (size_t i = 0; machine && i < machine->encoding_count; i++)
        if (strcmp(machine->encodings[i].field.name, name) == 0)
            return true;
    for (int id = 0; id < ELFGEN_STRUCTURE_COUNT; id++)
        for (size_t i = 0; i < elfgen_structures[id].count; i++)
            if (strcmp(elfgen_structures[id].fields[i].name, name) == 0)
                return true;
    return false;
}

static bool parse_place(const char *name, struct place *place)
{
    size_t length = strcspn(name, "[.");
    *place = (struct place){.any_index = true};
    if (!is_structure(name, length)) {
        place->field = name;
        return name[length] == '\0';
    }
    memcpy(place->part, name, length);
    name += length;
    if (*name == '[') {
        char *end;
        errno = 0;
        place->index = strtoull(name + 1, &end, 0);
        place->any_index = false;
        if (name[1] < '0' || name[1] > '9' || *end != ']' || errno != 0)
            return false;
        name = end + 1;
    }
    if (*name == '.')
        place->field = name + 1;
    else if (*name != '\0')
        return false;
    return true;
}

static bool find_symbol(const struct bytemap *map, const char *name, struct bytemap_place *found)
{
    const struct symbol *symbol = symbols_find(map->symbols, name);
    if (!symbol || symbol->offset >= map->view->length)
        return false;
    const uint64_t left = map->view->length - symbol->offset;
    *found = (struct bytemap_place){.offset = symbol->offset,
                                    .length = symbol->size == 0     ? 1
                                              : symbol->size < left ? symbol->size
                                                                    : left,
                                    .another = UINT64_MAX};
    return true;
}

/* The index by which a claim is named. */
static uint64_t index_of(const struct elfgen_claim *claim)
{
    return claim->part == ELFGEN_PART_SECTION ? claim->section : claim->index;
}

static bool is_of(const struct elfgen_claim *claim, const struct place *place)
{
    return (!place->field || (claim->field && strcmp(claim->field->name, place->field) == 0)) &&
           (!*place->part || strcmp(place->part, elfgen_part_name(claim->part)) == 0) &&
           (place->any_index || index_of(claim) == place->index);
}

bool bytemap_find(const struct bytemap *map, const char *name, struct bytemap_place *found)
{
    struct elfgen_map claims;
    struct elfgen_claim claim, first = {.length = 0};
    struct place place;
    uint64_t end = 0;
    if (!parse_place(name, &place) || (place.field && !is_field(map, place.field)))
        return find_symbol(map, name, found);
    *found = (struct bytemap_place){.another = UINT64_MAX, .whole = !place.field};
    elfgen_map_begin(&claims, map->view, map->code, true, 0, map->view->length);
    while (elfgen_map_next(&claims, &claim)) {
        if (!is_of(&claim, &place))
            continue;
        if (first.length == 0) {
            first = claim;
            found->offset = claim.offset;
        } else if (index_of(&claim) != index_of(&first)) {
            continue;
        } else if (claim.offset >= end &&
                   (claim.section != first.section || claim.field == first.field)) {
            found->another = claim.offset; /* the entry of another table */
            break;
        }
        if (claim.offset < found->offset)
            found->offset = claim.offset;
        if (claim.offset + claim.length > end)
            end = claim.offset + claim.length;
        if (place.field)
            break;
    }
    found->length = end - found->offset;
    return first.length > 0 || find_symbol(map, name, found);
}
