/* Claims structures that lead to one another: symbol versions.
 *
 * Distances come from the file. Each walk goes forward alone, so that no loop holds it and its time
 * is linear: what leads back, or into what was walked, ends it. */
#include "chains.h"

#include "record_fields.h"

static uint64_t end_of(const struct elfgen_map *map, uint64_t offset, uint64_t size)
{
    if (offset >= map->view->length)
        return offset;
    return size < map->view->length - offset ? offset + size : map->view->length;
}

/* Prepares to claim the structure at `offset`. */
static void claim_one(struct elfgen_map *map, uint64_t offset, enum elfgen_structure_id id)
{
    map->index = map->chain.number++;
    elfgen_walk_table(
        map, (struct elfgen_table){offset, elfgen_structure_size(id, map->view->class_), 1}, id,
        (enum elfgen_stage)map->stage);
}

/* ---- versions ---- */

/* Where the numbers of the two kinds are, in their structures. */
struct layout {
    enum elfgen_structure_id parent, child;
    enum elfgen_record_field first_child, next_parent, next_child;
};

static struct layout layout_of(const struct elfgen_map *map)
{
    if (map->part == ELFGEN_PART_VERNEED)
        return (struct layout){ELFGEN_STRUCTURE_verneed, ELFGEN_STRUCTURE_vernaux,
                               ELFGEN_RECORD_vn_aux, ELFGEN_RECORD_vn_next, ELFGEN_RECORD_vna_next};
    return (struct layout){ELFGEN_STRUCTURE_verdef, ELFGEN_STRUCTURE_verdaux, ELFGEN_RECORD_vd_aux,
                           ELFGEN_RECORD_vd_next, ELFGEN_RECORD_vda_next};
}

void elfgen_versions_enter(struct elfgen_map *map, uint64_t offset, uint64_t size, bool needed,
                           enum elfgen_stage after)
{
    map->part = needed ? ELFGEN_PART_VERNEED : ELFGEN_PART_VERDEF;
    map->chain.start = map->chain.parent = offset;
    map->chain.end = end_of(map, offset, size);
    map->chain.child = 0;
    map->chain.parents_from = map->chain.children_from = offset;
    map->chain.number = 0;
    map->chain_after = (int)after;
    map->stage = STAGE_VERSIONS;
}

/* Follows a distance; 0 where it leads nowhere new. */
static uint64_t follow(const struct elfgen_map *map, uint64_t from, uint64_t distance,
                       uint64_t not_before)
{
    uint64_t to;
    if (distance == 0 || !elfgen_add(from, distance, &to) || to < not_before ||
        to >= map->chain.end)
        return 0;
    return to;
}

bool elfgen_versions_next(struct elfgen_map *map)
{
    const struct layout layout = layout_of(map);
    uint64_t child = map->chain.child, parent = map->chain.parent;
    enum elfgen_structure_id id = child != 0 ? layout.child : layout.parent;
    uint64_t at = child != 0 ? child : parent;
    size_t size = elfgen_structure_size(id, map->view->class_);
    if ((child == 0 && parent < map->chain.parents_from) || at >= map->chain.end ||
        size > map->chain.end - at) {
        map->stage = map->chain_after;
        return false;
    }
    if (child != 0) {
        map->chain.children_from = at + size;
        map->chain.child =
            follow(map, at, elfgen_record_number(map->view, at, layout.next_child), at + size);
    } else {
        uint64_t next =
            follow(map, at, elfgen_record_number(map->view, at, layout.next_parent), at + size);
        map->chain.parents_from = at + size;
        map->chain.parent = next;
        map->chain.child = follow(map, at, elfgen_record_number(map->view, at, layout.first_child),
                                  map->chain.children_from);
    }
    claim_one(map, at, id);
    return false;
}
