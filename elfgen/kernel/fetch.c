/* Tells whether the first instruction can be fetched, as far as the bytes of the file say. */
#include "kernel_private.h"

#include <string.h>

/* The stack, if an access to `address` makes it grow down to there (expand_stack()); else NULL. */
static const struct elfgen_kernel_area *grown_stack(const struct run *run, uint64_t address)
{
    const struct elfgen_kernel_map *map = run->map;
    uint64_t i = 0;
    while (i < map->count && map->areas[i].end <= address)
        i++;
    if (i == map->count || map->areas[i].kind != ELFGEN_AREA_STACK)
        return NULL;
    /* Up to 4.20 only near the stack pointer, which is below the arguments. */
    uint64_t used = page_up(run->machine->stack_used), cushion = 65536 + 32 * 8;
    if (!is_from(run, 5, 0) && address + cushion < run->stack_end - used)
        return NULL;
    address = page_down(address);
    if (address < run->machine->lowest_room ||
        map->areas[i].end - address > run->machine->stack_limit)
        return NULL;
    /* Not close to another area that is accessible. */
    if (i > 0 && map->areas[i - 1].flags != 0 && address - map->areas[i - 1].end < GUARD)
        return NULL;
    return &map->areas[i];
}

/* Whether the byte at `address` can be fetched: ELFGEN_CHECK_passed or ..._first_... */
static enum elfgen_kernel_check_id fetch_byte(const struct run *run, uint64_t address)
{
    const struct elfgen_kernel_area *area = elfgen_kernel_find_area(run, address);
    if (!area || area->kind == ELFGEN_AREA_VDSO || area->kind == ELFGEN_AREA_VVAR)
        depend(run, ELFGEN_FACT_OWN_PAGES | ELFGEN_FACT_LOWEST);
    if (!area)
        area = grown_stack(run, address);
    if (!area)
        return ELFGEN_CHECK_first_nothing;
    if (area->kind == ELFGEN_AREA_VDSO)
        return ELFGEN_CHECK_first_vdso;
    if (area->kind == ELFGEN_AREA_VVAR)
        return ELFGEN_CHECK_first_vvar;
    /* A page past the end of the file is SIGBUS whether it is executable or not. */
    if (area->flags != 0 && address >= area->start && !elfgen_kernel_has_page(run, area, address))
        return ELFGEN_CHECK_first_past_end;
    if (!(area->flags & ELFGEN_PF_X))
        return ELFGEN_CHECK_first_not_executable;
    return ELFGEN_CHECK_passed;
}

/* Whether the rest of the page is not as in the file from offset `at` on: cleared, or not known to
 * be. */
static bool is_cleared(const struct elfgen_phdr *phdr, uint64_t at)
{
    return phdr->p_memsz > phdr->p_filesz && (phdr->p_flags & ELFGEN_PF_W) &&
           at >= phdr->p_offset && at - phdr->p_offset >= phdr->p_filesz;
}

/* Copies what is in memory from `address` on, up to the end of its page. Returns the number of
 * bytes that are known. */
static unsigned read_page_end(const struct run *run, const struct image *image, uint64_t address,
                              uint8_t *bytes, unsigned room)
{
    const struct elfgen_kernel_area *area = elfgen_kernel_find_area(run, address);
    uint64_t left = PAGE - (address & PAGE_MASK);
    unsigned count = left < room ? (unsigned)left : room;
    memset(bytes, 0, room);
    if (area && area->kind == ELFGEN_AREA_ZERO)
        return count;
    if (!area || area->segment == NO_SEGMENT ||
        area->kind != (image->is_interpreter ? ELFGEN_AREA_INTERPRETER : ELFGEN_AREA_FILE))
        return 0;
    struct elfgen_phdr phdr;
    get_header(image, area->segment, &phdr);
    for (unsigned i = 0; i < count; i++) {
        uint64_t at = area->offset + (address - area->start) + i;
        if (is_cleared(&phdr, at)) {
            if (!is_from(run, 6, 7))
                return 0; /* which pages are cleared depends on the other segments */
            continue;
        }
        if (at < image->length)
            bytes[i] = *image_bytes(image, at, 1);
    }
    return count;
}

enum elfgen_kernel_check_id elfgen_kernel_fetch(const struct run *run, const struct image *image,
                                                uint64_t entry)
{
    enum { LONGEST = 15 };
    uint8_t bytes[LONGEST];
    enum elfgen_kernel_check_id check = fetch_byte(run, entry);
    uint64_t next = page_down(entry) + PAGE;
    if (check != ELFGEN_CHECK_passed || next - entry >= LONGEST)
        return check;
    unsigned count = read_page_end(run, image, entry, bytes, LONGEST);
    if (!elfgen_kernel_goes_on(bytes, count, image->class_ == ELFGEN_CLASS64))
        return check;
    switch (fetch_byte(run, next)) {
    case ELFGEN_CHECK_first_nothing:
        return ELFGEN_CHECK_crosses_nothing;
    case ELFGEN_CHECK_first_vvar:
    case ELFGEN_CHECK_first_not_executable:
        return ELFGEN_CHECK_crosses_not_executable;
    case ELFGEN_CHECK_first_past_end:
        return ELFGEN_CHECK_crosses_past_end;
    default:
        return ELFGEN_CHECK_passed;
    }
}
