/* Asks the model of Linux whether a file starts, and whether all that is promised of it is so. */
#include "overlap_private.h"

#include <string.h>

#include "elfgen/kernel.h"
#include "elfgen/objections.h"

enum { AREAS = 48 };

static enum elfgen_class class_of(const struct promise *promise)
{
    return promise->bits == 64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32;
}

static uint64_t get(enum elfgen_structure_id id, const char *name, enum elfgen_class class_,
                    const uint8_t *bytes)
{
    const struct elfgen_structure *structure = &elfgen_structures[id];
    for (unsigned i = 0; i < structure->count; i++)
        if (strcmp(structure->fields[i].name, name) == 0)
            return elfgen_field_get(&structure->fields[i], class_, ELFGEN_LITTLE_ENDIAN, bytes);
    return 0;
}

/* Where the bytes of the file end that stand in memory as in the file: Linux clears the rest of the
 * page after p_filesz if there is more in memory, and the page may be written (padzero()). */
static uint64_t end_of_bytes(const struct promise *promise, const uint8_t *bytes, uint64_t size,
                             uint16_t segment)
{
    enum elfgen_class class_ = class_of(promise);
    const uint8_t *header = bytes + get(ELFGEN_STRUCTURE_ehdr, "e_phoff", class_, bytes) +
                            segment * elfgen_structure_size(ELFGEN_STRUCTURE_phdr, class_);
    uint64_t filesz = get(ELFGEN_STRUCTURE_phdr, "p_filesz", class_, header);
    uint64_t memsz = get(ELFGEN_STRUCTURE_phdr, "p_memsz", class_, header);
    uint64_t end = get(ELFGEN_STRUCTURE_phdr, "p_offset", class_, header) + filesz;
    return memsz > filesz && end < size && end % PAGE != 0 ? end : size;
}

/* Whether the file is all in memory, by one area, and the entry is in its first page. */
static bool keeps_file(const struct promise *promise, const uint8_t *bytes, uint64_t size,
                       const struct elfgen_kernel_area *area, uint64_t entry)
{
    bool is_writable = area->flags & ELFGEN_PF_W;
    if (area->offset != 0 || area->end - area->start < size || area->missing - area->start < size ||
        entry < area->start || entry - area->start >= (size < PAGE ? size : PAGE))
        return false;
    if (is_writable != promise->is_writable ||
        (promise->is_readable && !(area->flags & (ELFGEN_PF_R | ELFGEN_PF_W))))
        return false;
    return !is_writable || end_of_bytes(promise, bytes, size, area->segment) >= size;
}

/* Whether what is written has its own segment, and zeros after the file's page. */
static bool has_second(const struct promise *promise, const struct elfgen_kernel_map *map,
                       const uint8_t *bytes, uint64_t size, uint64_t start)
{
    const uint64_t first = start + promise->written_at, end = first + promise->written_zeros;
    uint64_t covered = first;
    for (uint64_t i = 0; i < map->count; i++) {
        const struct elfgen_kernel_area *area = &map->areas[i];
        bool is_file = area->kind == ELFGEN_AREA_FILE;
        if ((!is_file && area->kind != ELFGEN_AREA_ZERO) || area->start != covered ||
            is_file != (covered == first) || !(area->flags & ELFGEN_PF_R) ||
            !(area->flags & ELFGEN_PF_W))
            continue;
        if (is_file &&
            (area->offset != 0 || area->missing < area->end || area->end - area->start < size ||
             end_of_bytes(promise, bytes, size, area->segment) < size))
            return false;
        covered = area->end;
    }
    return covered >= end;
}

bool promise_holds(const struct promise *promise, uint32_t version, const uint8_t *bytes,
                   uint64_t size)
{
    struct elfgen_kernel_area areas[AREAS];
    struct elfgen_kernel_map map = {.areas = areas, .capacity = AREAS};
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    uint64_t space = 0, memory = 0;
    const struct elfgen_kernel_area *file = NULL;
    elfgen_kernel_usual(&machine);
    machine.version = version;
    if (elfgen_kernel_ask(bytes, size, &machine, NULL, &answer, &map) != ELFGEN_OK ||
        answer.verdict != ELFGEN_STARTS || answer.check != ELFGEN_CHECK_passed || answer.asks ||
        answer.class_ != class_of(promise))
        return false;
    for (uint64_t i = 0; i < map.count; i++) {
        if (areas[i].kind != ELFGEN_AREA_FILE && areas[i].kind != ELFGEN_AREA_ZERO)
            continue;
        space += areas[i].end - areas[i].start;
        memory += areas[i].committed ? areas[i].end - areas[i].start : 0;
        if (areas[i].kind == ELFGEN_AREA_FILE && answer.entry >= areas[i].start &&
            answer.entry < areas[i].end)
            file = &areas[i];
    }
    if (!file || space > promise->most_space || memory > promise->most_memory ||
        !keeps_file(promise, bytes, size, file, answer.entry) ||
        (promise->written_at && !has_second(promise, &map, bytes, size, file->start)))
        return false;
    struct elfgen_objection objection;
    unsigned row = 0, who = ELFGEN_OBJECTOR_SPECIFICATION | ELFGEN_OBJECTOR_PORTABILITY |
                            ELFGEN_OBJECTOR_QEMU_USER | ELFGEN_OBJECTOR_WSL1;
    if (promise->bits == 32)
        who &= ~(unsigned)ELFGEN_OBJECTOR_WSL1;
    return !promise->is_spec || !elfgen_objection_next(bytes, size, who, &row, &objection);
}

bool promise_holds_at_ends(const struct promise *promise, const uint8_t *bytes, uint64_t size)
{
    return promise_holds(promise, promise->last, bytes, size) &&
           (promise->first == promise->last ||
            promise_holds(promise, promise->first, bytes, size)) &&
           (!promise->also || promise_holds(promise, promise->also, bytes, size));
}

/* The series after this one. */
static uint32_t next_version(uint32_t version)
{
    enum { LAST_OF_4 = 20, LAST_OF_5 = 19 };
    if (version == ELFGEN_LINUX(4, LAST_OF_4))
        return ELFGEN_LINUX(5, 0);
    if (version == ELFGEN_LINUX(5, LAST_OF_5))
        return ELFGEN_LINUX(6, 0);
    return version + 1;
}

/* kernel.org/category/releases.html. The newest one counts as one of them. */
static bool is_long_term(uint32_t version)
{
    static const uint32_t series[] = {ELFGEN_LINUX(4, 19), ELFGEN_LINUX(5, 4), ELFGEN_LINUX(5, 10),
                                      ELFGEN_LINUX(5, 15), ELFGEN_LINUX(6, 1), ELFGEN_LINUX(6, 6),
                                      ELFGEN_LINUX(6, 12), ELFGEN_LINUX(6, 18)};
    for (size_t i = 0; i < sizeof series / sizeof *series; i++)
        if (series[i] == version)
            return true;
    return false;
}

bool promise_holds_always(const struct promise *promise, const uint8_t *bytes, uint64_t size)
{
    for (uint32_t version = promise->first; version <= promise->last;
         version = next_version(version)) {
        bool is_end = version == promise->first || version == promise->last;
        if ((is_end || !promise->is_long_term || is_long_term(version)) &&
            !promise_holds(promise, version, bytes, size))
            return false;
    }
    return true;
}
