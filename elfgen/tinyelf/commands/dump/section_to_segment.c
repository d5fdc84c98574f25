/* Prints which sections are in which segment, the last part of readelf -l.
 *
 * readelf looks at each pair; but a core file can have 65,000 of both. So sections are sorted by
 * where they begin, and for each segment only those are looked at that begin in it. */
#include <stdlib.h>
#include <string.h>

#include "elfgen/search.h"
#include "dump.h"

/* Whether `offset` and `size` lie in the range that starts at `start` and has `room` bytes. The
 * sums wrap, as in readelf. */
static bool lies_in(uint64_t offset, uint64_t size, uint64_t start, uint64_t room)
{
    return offset >= start && offset - start <= room - 1 && offset - start + size <= room;
}

static bool begins_within(uint64_t offset, uint64_t start, uint64_t room)
{
    return offset > start && offset - start < room;
}

static bool has_alloc_sections_only(uint64_t type)
{
    return type == ELFGEN_PT_LOAD || type == ELFGEN_PT_DYNAMIC || type == ELFGEN_PT_GNU_EH_FRAME ||
           type == ELFGEN_PT_GNU_STACK || type == ELFGEN_PT_GNU_RELRO ||
           type == ELFGEN_PT_GNU_SFRAME ||
           (type >= ELFGEN_PT_GNU_MBIND_LO && type <= ELFGEN_PT_GNU_MBIND_HI);
}

/* No field says which section belongs to which segment. readelf decides by type, place and size; so
 * does this. */
static bool is_in_segment(const struct elfgen_shdr *shdr, const struct elfgen_phdr *phdr)
{
    uint64_t type = phdr->p_type;
    bool tls = shdr->sh_flags & ELFGEN_SHF_TLS, alloc = shdr->sh_flags & ELFGEN_SHF_ALLOC;
    bool zeros = shdr->sh_type == ELFGEN_SHT_NOBITS;
    if (tls && zeros && type != ELFGEN_PT_TLS)
        return false;
    if (tls ? type != ELFGEN_PT_TLS && type != ELFGEN_PT_GNU_RELRO && type != ELFGEN_PT_LOAD
            : type == ELFGEN_PT_TLS || type == ELFGEN_PT_PHDR)
        return false;
    if (!alloc && has_alloc_sections_only(type))
        return false;
    if (!zeros && !lies_in(shdr->sh_offset, shdr->sh_size, phdr->p_offset, phdr->p_filesz))
        return false;
    if (alloc && !lies_in(shdr->sh_addr, shdr->sh_size, phdr->p_vaddr, phdr->p_memsz))
        return false;
    /* An empty section at the edge of a table is not part of it. */
    if ((type != ELFGEN_PT_DYNAMIC && type != ELFGEN_PT_NOTE) || shdr->sh_size != 0 ||
        phdr->p_memsz == 0)
        return true;
    return (zeros || begins_within(shdr->sh_offset, phdr->p_offset, phdr->p_filesz)) &&
           (!alloc || begins_within(shdr->sh_addr, phdr->p_vaddr, phdr->p_memsz));
}

/* A section by where it begins: file offset, or address if it has no bytes in the file. */
struct place {
    uint64_t begin;
    uint32_t index;
};

struct mapping {
    struct readelf *report;
    struct elfgen_shdr *sections;
    struct place *in_file, *in_memory;
    uint32_t *anywhere; /* sections without a place, or whose size wraps */
    uint32_t *found;    /* candidates for one segment */
    size_t count, in_file_count, in_memory_count, anywhere_count;
    uint64_t looks; /* pairs looked at so far */
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts what mostly is in order, as compilers and linkers leave sections, which a look shows. */
static void sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *))
{
    size_t i = 1;
    while (i < count && order((char *)items + (i - 1) * size, (char *)items + i * size) <= 0)
        i++;
    if (i < count)
        qsort(items, count, size, order);
}

static void sort_sections(struct mapping *mapping)
{
    for (uint32_t i = 1; i < mapping->count; i++) {
        const struct elfgen_shdr *shdr = &mapping->sections[i];
        bool zeros = shdr->sh_type == ELFGEN_SHT_NOBITS;
        if (shdr->sh_size >> 63 || (zeros && !(shdr->sh_flags & ELFGEN_SHF_ALLOC)))
            mapping->anywhere[mapping->anywhere_count++] = i;
        else if (zeros)
            mapping->in_memory[mapping->in_memory_count++] = (struct place){shdr->sh_addr, i};
        else
            mapping->in_file[mapping->in_file_count++] = (struct place){shdr->sh_offset, i};
    }
    sort(mapping->in_file, mapping->in_file_count, sizeof(struct place), by_place);
    sort(mapping->in_memory, mapping->in_memory_count, sizeof(struct place), by_place);
}

static bool begins_before(const void *place, const void *start)
{
    return ((const struct place *)place)->begin < *(const uint64_t *)start;
}

/* Adds the sections that begin in [start, start + room), or at start if that is empty. */
static size_t add_candidates(struct mapping *mapping, const struct place *places, size_t count,
                             uint64_t start, uint64_t room, size_t found)
{
    uint64_t last = room ? start + (room - 1) : start;
    if (last < start)
        last = UINT64_MAX;
    size_t low = elfgen_search(places, count, sizeof *places, &start, begins_before);
    while (low < count && places[low].begin <= last)
        mapping->found[found++] = places[low++].index;
    return found;
}

/* How many bytes at the beginning of a name are printed as they are. */
static size_t plain_length(const char *name, size_t length)
{
    size_t i = 0;
    while (i < length && (unsigned char)name[i] >= 0x20 && (unsigned char)name[i] < 0x7f)
        i++;
    return i;
}

/* Prints a name, at most 256 bytes of it. Bytes that could upset a terminal are escaped. */
static bool put_printable_name(struct readelf *report, const struct elfgen_shdr *shdr)
{
    enum { MOST = 256 };
    static const char hex[] = "0123456789ABCDEF";
    const char *name;
    size_t length = readelf_section_name(report, shdr, MOST, &name);
    if (!readelf_may_print(report, length))
        return false;
    const size_t plain = plain_length(name, length < MOST ? length : MOST);
    size_t left = MOST - plain;
    elfgen_text_bytes(report->out, name, plain);
    for (size_t i = plain; i < length && left > 0; i++) {
        unsigned char c = (unsigned char)name[i];
        char text[4] = {(char)c};
        size_t size = 1;
        if (c < 0x20 || c == 0x7f) {
            text[0] = '^';
            text[1] = (char)(c + 0x40);
            size = 2;
        } else if (c >= 0x80) {
            memcpy(text, (const char[4]){'<', hex[c >> 4], hex[c & 15], '>'}, 4);
            size = 4;
        }
        if (size > left)
            break;
        elfgen_text_bytes(report->out, text, size);
        left -= size;
    }
    elfgen_text_char(report->out, ' ');
    return true;
}

/* Prints one line of the mapping. Returns false if a crafted file has more than anybody would
 * read. */
static bool put_segment(struct mapping *mapping, uint64_t index)
{
    enum { MOST_LOOKS = INT32_MAX };
    struct elfgen_text *out = mapping->report->out;
    struct elfgen_phdr phdr;
    elfgen_view_segment(&mapping->report->view, index, &phdr, NULL);
    elfgen_text_string(out, index < 10 ? "   0" : "   ");
    elfgen_text_decimal(out, index, 0);
    elfgen_text_string(out, "     ");
    memcpy(mapping->found, mapping->anywhere, mapping->anywhere_count * sizeof *mapping->found);
    size_t found = mapping->anywhere_count;
    found = add_candidates(mapping, mapping->in_file, mapping->in_file_count, phdr.p_offset,
                           phdr.p_filesz, found);
    found = add_candidates(mapping, mapping->in_memory, mapping->in_memory_count, phdr.p_vaddr,
                           phdr.p_memsz, found);
    mapping->looks += found;
    if (mapping->looks > MOST_LOOKS) {
        readelf_complain(mapping->report, true, ELFGEN_NOWHERE, NULL,
                         "too many segments and sections to map on each other");
        return false;
    }
    sort(mapping->found, found, sizeof *mapping->found, by_number);
    for (size_t i = 0; i < found; i++) {
        const struct elfgen_shdr *shdr = &mapping->sections[mapping->found[i]];
        if (is_in_segment(shdr, &phdr) && !put_printable_name(mapping->report, shdr))
            return false;
    }
    elfgen_text_char(out, '\n');
    return true;
}

void readelf_mapping(struct readelf *report)
{
    /* No program has more sections than this; they would take a gigabyte. */
    enum { MOST_SECTIONS = 1 << 22 };
    size_t count = (size_t)report->section_count;
    struct mapping mapping = {.report = report, .count = count};
    if (count <= MOST_SECTIONS) {
        mapping.sections = calloc(count, sizeof *mapping.sections);
        mapping.in_file = calloc(count, sizeof *mapping.in_file);
        mapping.in_memory = calloc(count, sizeof *mapping.in_memory);
        mapping.anywhere = calloc(count, sizeof *mapping.anywhere);
        mapping.found = calloc(count, sizeof *mapping.found);
    }
    if (mapping.sections && mapping.in_file && mapping.in_memory && mapping.anywhere &&
        mapping.found) {
        for (size_t i = 0; i < count; i++)
            elfgen_view_section(&report->view, i, &mapping.sections[i], NULL);
        sort_sections(&mapping);
        elfgen_text_string(report->out, "\n Section to Segment mapping:\n  Segment Sections...\n");
        for (uint64_t i = 0; i < report->segments_present && put_segment(&mapping, i);)
            i++;
    } else {
        readelf_complain(report, true, ELFGEN_NOWHERE, "e_shnum",
                         "%u sections are too many to map on segments", (uint64_t)count);
    }
    free(mapping.sections);
    free(mapping.in_file);
    free(mapping.in_memory);
    free(mapping.anywhere);
    free(mapping.found);
}
