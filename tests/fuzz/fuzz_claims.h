/* Wraps an input into a file with chosen program headers, and walks over its claims: windows have
 * the same claims as the whole file, and every claim can be put into words. */
#ifndef FUZZ_CLAIMS_H
#define FUZZ_CLAIMS_H

#include <stdlib.h>
#include <string.h>

#include "elfgen.h"

/* Writes an ELF header and `count` program headers that are set before; the input's first byte
 * chooses class, byte order and machine. */
static inline size_t claims_write_headers(uint8_t *bytes, uint8_t choice, uint64_t type,
                                          const struct elfgen_phdr *segments, unsigned count)
{
    static const uint16_t machines[] = {
        ELFGEN_EM_X86_64, ELFGEN_EM_386,     ELFGEN_EM_S390,   ELFGEN_EM_MIPS, 40,
        ELFGEN_EM_ALPHA,  ELFGEN_EM_SPARCV9, ELFGEN_EM_AARCH64};
    enum elfgen_class class_ = choice & 1 ? ELFGEN_CLASS64 : ELFGEN_CLASS32;
    enum elfgen_order order = choice & 2 ? ELFGEN_BIG_ENDIAN : ELFGEN_LITTLE_ENDIAN;
    const struct elfgen_structure *ehdr = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    const struct elfgen_structure *phdr = &elfgen_structures[ELFGEN_STRUCTURE_phdr];
    size_t head = ehdr->size[elfgen_class_index(class_)];
    size_t size = phdr->size[elfgen_class_index(class_)];
    struct {
        const char *name;
        uint64_t value;
    } values[] = {{"ei_class", class_}, {"ei_data", order},
                  {"e_type", type},     {"e_machine", machines[choice >> 2 & 7]},
                  {"e_phoff", head},    {"e_phentsize", size},
                  {"e_phnum", count}};
    memset(bytes, 0, head + count * size);
    memcpy(bytes, ELFGEN_MAGIC, ELFGEN_MAGIC_SIZE);
    for (unsigned i = 0; i < ehdr->count; i++)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++)
            if (strcmp(ehdr->fields[i].name, values[v].name) == 0)
                elfgen_field_set(&ehdr->fields[i], class_, order, bytes, values[v].value);
    for (unsigned s = 0; s < count; s++) {
        const uint64_t numbers[] = {segments[s].p_type,  segments[s].p_offset, segments[s].p_vaddr,
                                    segments[s].p_paddr, segments[s].p_filesz, segments[s].p_memsz,
                                    segments[s].p_flags, segments[s].p_align};
        for (unsigned i = 0; i < phdr->count; i++)
            elfgen_field_set(&phdr->fields[i], class_, order, bytes + head + s * size, numbers[i]);
    }
    return head + count * size;
}

/* A sum over the claims that begin in [from, to), so that a claim across a border counts once. */
static inline uint64_t claims_sum(struct elfgen_map *map, uint64_t from, uint64_t to, bool words)
{
    const struct elfgen_view *view = map->view;
    struct elfgen_claim claim;
    uint64_t sum = 0;
    elfgen_map_move(map, from, to);
    while (elfgen_map_next(map, &claim)) {
        char room[100];
        struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
        if (claim.length == 0 || claim.offset >= view->length ||
            claim.length > view->length - claim.offset || claim.offset >= to ||
            claim.offset + claim.length <= from)
            abort();
        if (claim.offset >= from)
            sum += (claim.offset * 31 + claim.length) * 31 + claim.index * 7 + claim.value +
                   (uint64_t)claim.part;
        if (!words)
            continue;
        struct elfgen_bit_group group;
        struct elfgen_reference reference;
        elfgen_claim_meaning(view, NULL, &claim, &text);
        if (elfgen_claim_refers(view, NULL, &claim, &reference) &&
            reference.offset != ELFGEN_NOWHERE &&
            (reference.offset >= view->length ||
             reference.length > view->length - reference.offset))
            abort();
        elfgen_claim_label(view, NULL, &claim, &text);
        for (unsigned i = 0; elfgen_claim_bits(view, &claim, i, &group); i++)
            if (group.width == 0)
                abort();
    }
    return sum;
}

/* Compares the whole file with three windows, of which the last is asked for first. */
static inline void claims_check(const uint8_t *bytes, size_t size)
{
    struct elfgen_view view;
    struct elfgen_map whole, parts;
    elfgen_view_open(&view, bytes, size, NULL);
    elfgen_map_begin(&whole, &view, NULL, false, 0, 0);
    elfgen_map_begin(&parts, &view, NULL, false, 0, 0);
    uint64_t a = size / 3, b = size - size / 4;
    uint64_t last = claims_sum(&parts, b, size, false);
    if (claims_sum(&whole, 0, size, true) !=
        claims_sum(&parts, 0, a, false) + claims_sum(&parts, a, b, false) + last)
        abort();
}

#endif
