/* Maps and unmaps areas of the address space, as execve does through mm/mmap.c and mm/util.c. */
#include "kernel_private.h"

#include <string.h>

const struct elfgen_kernel_area *elfgen_kernel_find_area(const struct run *run, uint64_t address)
{
    for (uint64_t i = 0; i < run->map->count; i++)
        if (address < run->map->areas[i].end)
            return address >= run->map->areas[i].start ? &run->map->areas[i] : NULL;
    return NULL;
}

static bool is_free(const struct run *run, uint64_t start, uint64_t end)
{
    for (uint64_t i = 0; i < run->map->count; i++)
        if (start < run->map->areas[i].end && end > run->map->areas[i].start)
            return false;
    return true;
}

static uint64_t committed_pages(const struct elfgen_kernel_area *area, uint64_t start, uint64_t end)
{
    if (!area->committed || start >= area->end || end <= area->start)
        return 0;
    start = start > area->start ? start : area->start;
    end = end < area->end ? end : area->end;
    return (end - start) / PAGE;
}

/* Removes [start, end) from all areas. */
static void cut(struct run *run, uint64_t start, uint64_t end)
{
    struct elfgen_kernel_area *areas = run->map->areas;
    uint64_t count = run->map->count, first = 0;
    while (first < count && areas[first].end <= start)
        first++;
    if (first == count || areas[first].start >= end)
        return;
    if (areas[first].start < start && areas[first].end > end) {
        /* A hole in the middle splits an area in two. There is room for it: see areas_needed(). */
        if (count == run->map->capacity)
            return;
        run->committed -= committed_pages(&areas[first], start, end);
        memmove(&areas[first + 1], &areas[first], (size_t)(count - first) * sizeof *areas);
        areas[first].end = start;
        areas[first + 1].offset += end - areas[first + 1].start;
        areas[first + 1].start = end;
        run->map->count++;
        return;
    }
    uint64_t kept = first, next = first;
    for (; next < count && areas[next].start < end; next++) {
        struct elfgen_kernel_area area = areas[next];
        run->committed -= committed_pages(&area, start, end);
        if (area.start < start) {
            area.end = start;
            areas[kept++] = area;
        } else if (area.end > end) {
            area.offset += end - area.start;
            area.start = end;
            areas[kept++] = area;
        }
    }
    memmove(&areas[kept], &areas[next], (size_t)(count - next) * sizeof *areas);
    run->map->count -= next - kept;
}

void elfgen_kernel_put_area(struct run *run, const struct elfgen_kernel_area *area)
{
    struct elfgen_kernel_map *map = run->map;
    uint64_t at = map->count;
    if (map->count == map->capacity)
        return;
    while (at > 0 && map->areas[at - 1].start > area->start)
        at--;
    if (at < map->count)
        memmove(&map->areas[at + 1], &map->areas[at], (size_t)(map->count - at) * sizeof *area);
    map->areas[at] = *area;
    map->count++;
    if (area->committed)
        run->committed += (area->end - area->start) / PAGE;
}

/* __vm_enough_memory(). */
static bool is_enough(struct run *run, uint64_t pages)
{
    run->limit = run->machine->memory_pages;
    depend(run, ELFGEN_FACT_MEMORY);
    if (run->machine->overcommit == ELFGEN_OVERCOMMIT_ALWAYS)
        return true;
    if (run->machine->overcommit == ELFGEN_OVERCOMMIT_GUESS)
        return pages <= run->machine->memory_pages;
    return pages < run->machine->memory_pages &&
           run->committed < run->machine->memory_pages - pages;
}

/* Where an area begins for mmap(): a stack keeps its guard gap below it. */
static uint64_t guarded_start(const struct elfgen_kernel_area *area)
{
    if (area->kind != ELFGEN_AREA_STACK)
        return area->start;
    return area->start > GUARD ? area->start - GUARD : 0;
}

/* Finds the highest room in [low, high). */
static bool room_from_top(const struct run *run, uint64_t low, uint64_t high, uint64_t size,
                          uint64_t *found)
{
    const struct elfgen_kernel_map *map = run->map;
    uint64_t end = high;
    for (uint64_t i = map->count + 1; i-- > 0;) {
        uint64_t begin = i > 0 && map->areas[i - 1].end > low ? map->areas[i - 1].end : low;
        if (end > begin && end - begin >= size) {
            *found = end - size;
            return true;
        }
        if (i > 0 && guarded_start(&map->areas[i - 1]) < end)
            end = guarded_start(&map->areas[i - 1]);
    }
    return false;
}

/* Finds the lowest room in [low, high). */
static bool room_from_bottom(const struct run *run, uint64_t low, uint64_t high, uint64_t size,
                             uint64_t *found)
{
    const struct elfgen_kernel_map *map = run->map;
    uint64_t begin = low;
    for (uint64_t i = 0; i <= map->count; i++) {
        uint64_t end = i < map->count ? guarded_start(&map->areas[i]) : high;
        end = end < high ? end : high;
        if (end > begin && end - begin >= size) {
            *found = begin;
            return true;
        }
        if (i < map->count && map->areas[i].end > begin)
            begin = map->areas[i].end;
    }
    return false;
}

uint64_t elfgen_kernel_find_room(const struct run *run, uint64_t hint, uint64_t size)
{
    uint64_t found, low = page_up(run->machine->lowest_room);
    /* With addresses of 57 bits, those above 47 bits are only for callers whose hint is there, free
     * or not. */
    uint64_t more = hint > run->stack_end ? run->task_size - run->stack_end : 0;
    low = low < PAGE ? PAGE : low;
    /* First from the top down; if that fails, from the bottom up. */
    if (room_from_top(run, low, run->mmap_base + more, size, &found))
        return found;
    depend(run, ELFGEN_FACT_LOWEST);
    return room_from_bottom(run, run->legacy_base, run->stack_end + more, size, &found) ? found : 0;
}

/* get_unmapped_area(), after it chose an address. */
static enum elfgen_kernel_check_id check_place(struct run *run, uint64_t address, uint64_t size)
{
    if (address > run->task_size - size) {
        run->limit = run->task_size;
        return ELFGEN_CHECK_map_end;
    }
    if (is_too_low(run, address)) {
        run->limit = run->machine->mmap_min_addr;
        return ELFGEN_CHECK_map_low;
    }
    return ELFGEN_CHECK_passed;
}

static struct mapped failed(enum elfgen_kernel_check_id check)
{
    return (struct mapped){.check = check};
}

static uint64_t choose(struct run *run, uint64_t hint, uint64_t size)
{
    if (hint != 0 && hint < run->machine->lowest_room) {
        depend(run, ELFGEN_FACT_LOWEST);
        hint = page_up(run->machine->lowest_room);
    }
    /* mmap_address_hint_valid(): not across the last address of four-level page tables. */
    if (hint != 0 && hint <= run->task_size - size &&
        (hint > run->stack_end) == (hint + size > run->stack_end)) {
        uint64_t found;
        if (room_from_top(run, hint, hint + size, size, &found))
            return hint;
    }
    return elfgen_kernel_find_room(run, hint, size);
}

struct mapped elfgen_kernel_map_file(struct run *run, uint64_t address, uint64_t size,
                                     uint64_t flags, enum placing placing, uint64_t offset)
{
    if (offset + page_up(size) < offset)
        return failed(ELFGEN_CHECK_map_offset_end);
    if (offset & PAGE_MASK)
        return failed(ELFGEN_CHECK_map_offset);
    if (page_up(size) == 0)
        return failed(ELFGEN_CHECK_map_nothing);
    size = page_up(size);
    if ((flags & ELFGEN_PF_R) && run->reads_execute)
        flags |= ELFGEN_PF_X;
    run->limit = run->task_size;
    if (size > run->task_size)
        return failed(ELFGEN_CHECK_map_size);
    if (placing == PLACE_ANYWHERE) {
        address = choose(run, address, size);
        run->limit = size;
        if (address == 0)
            return failed(ELFGEN_CHECK_map_room);
    }
    enum elfgen_kernel_check_id check = check_place(run, address, size);
    if (check != ELFGEN_CHECK_passed)
        return failed(check);
    if (placing == PLACE_NOREPLACE && !is_free(run, address, address + size)) {
        for (uint64_t i = 0; i < run->map->count && run->limit >= address + size; i++)
            if (run->map->areas[i].end > address)
                run->limit = run->map->areas[i].start;
        return failed(ELFGEN_CHECK_map_exists);
    }
    run->limit = run->machine->largest_file;
    if (size > run->limit || offset / PAGE > (run->limit - size) / PAGE)
        return failed(ELFGEN_CHECK_map_offset_large);
    struct elfgen_kernel_area area = {
        .start = address,
        .end = address + size,
        .offset = offset,
        .kind = run->image->is_interpreter ? ELFGEN_AREA_INTERPRETER : ELFGEN_AREA_FILE,
        .segment = run->segment,
        .flags = (uint8_t)(flags & (ELFGEN_PF_R | ELFGEN_PF_W | ELFGEN_PF_X)),
        .committed = (flags & ELFGEN_PF_W) != 0};
    uint64_t pages = area.committed ? size / PAGE : 0;
    /* Up to 6.11 what is replaced is unmapped first; since then only the difference is checked
     * against the limit. */
    if (!is_from(run, 6, 12))
        cut(run, area.start, area.end);
    for (uint64_t i = 0; pages > 0 && i < run->map->count; i++)
        pages -= committed_pages(&run->map->areas[i], area.start, area.end);
    if (pages > 0 && !is_enough(run, pages))
        return failed(ELFGEN_CHECK_map_memory);
    cut(run, area.start, area.end);
    elfgen_kernel_put_area(run, &area);
    return (struct mapped){.check = ELFGEN_CHECK_passed, .address = address};
}

enum elfgen_kernel_check_id elfgen_kernel_map_zeros(struct run *run, uint64_t address,
                                                    uint64_t size, bool executable)
{
    uint64_t length = page_up(size);
    run->limit = run->task_size;
    if (length < size || length > run->task_size)
        return ELFGEN_CHECK_map_size;
    if (length == 0)
        return ELFGEN_CHECK_passed;
    enum elfgen_kernel_check_id check = check_place(run, address, length);
    if (check != ELFGEN_CHECK_passed)
        return check;
    cut(run, address, address + length);
    if (!is_enough(run, length / PAGE))
        return ELFGEN_CHECK_map_memory;
    uint8_t flags = ELFGEN_PF_R | ELFGEN_PF_W;
    if (executable || run->reads_execute)
        flags |= ELFGEN_PF_X;
    elfgen_kernel_put_area(run, &(struct elfgen_kernel_area){.start = address,
                                                             .end = address + length,
                                                             .kind = ELFGEN_AREA_ZERO,
                                                             .segment = run->segment,
                                                             .flags = flags,
                                                             .committed = true});
    return ELFGEN_CHECK_passed;
}

void elfgen_kernel_unmap(struct run *run, uint64_t address, uint64_t size)
{
    if (address > run->task_size || size > run->task_size - address || page_up(size) == 0)
        return;
    cut(run, address, address + page_up(size));
}

bool elfgen_kernel_has_page(const struct run *run, const struct elfgen_kernel_area *area,
                            uint64_t address)
{
    if (area->kind != ELFGEN_AREA_FILE && area->kind != ELFGEN_AREA_INTERPRETER)
        return true;
    return page_down(area->offset + (address - area->start)) <
           run->lengths[area->kind == ELFGEN_AREA_INTERPRETER];
}

void elfgen_kernel_find_missing(struct run *run)
{
    for (uint64_t i = 0; i < run->map->count; i++) {
        struct elfgen_kernel_area *area = &run->map->areas[i];
        bool of_interpreter = area->kind == ELFGEN_AREA_INTERPRETER;
        area->file_end = area->missing = area->end;
        if (area->kind != ELFGEN_AREA_FILE && !of_interpreter)
            continue;
        uint64_t length = run->lengths[of_interpreter], size = area->end - area->start;
        uint64_t there = length > area->offset ? length - area->offset : 0;
        if (there < size)
            area->file_end = area->start + there;
        if (page_up(there) < size)
            area->missing = area->start + page_up(there);
    }
}

bool elfgen_kernel_can_clear(const struct run *run, uint64_t address)
{
    const struct elfgen_kernel_area *area = elfgen_kernel_find_area(run, address);
    return area && (area->flags & ELFGEN_PF_W) && elfgen_kernel_has_page(run, area, address);
}
