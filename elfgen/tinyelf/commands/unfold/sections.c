/* Makes sections of an unfolded file from the byte map of the old one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "section_headers.h"

/* The owner of a byte in the old file. If several claim it, the last in this order. */
enum owner {
    OWNER_NONE,
    OWNER_HEADER,
    OWNER_INTERPRETER,
    OWNER_STRING,
    OWNER_CODE,
    OWNER_NAMES,   /* strings of the dynamic entries */
    OWNER_DYNAMIC, /* tools read them from one section, whole */
    OWNER_DONE     /* another segment has the byte, too, and sections were made of it */
};

/* Sections by their contents. */
enum section {
    SECTION_TEXT,
    SECTION_RODATA,
    SECTION_DATA,
    SECTION_BSS,
    SECTION_INTERP,
    SECTION_DYNAMIC,
    SECTION_DYNSTR,
    SECTION_NONE
};

static const char *const section_names[] = {".text",   ".rodata",  ".data",  ".bss",
                                            ".interp", ".dynamic", ".dynstr"};

/* Nobody reads more sections; after these, each segment becomes one. */
enum { SECTIONS_MOST = 1000 };

/* ---- owners -------------------------------------------------------------------------------- */

static void own(struct unfold_section_headers *headers, uint64_t offset, uint64_t length,
                enum owner owner)
{
    for (uint64_t i = offset; i < offset + length; i++)
        if (headers->owners[i] < owner)
            headers->owners[i] = (uint8_t)owner;
}

/* Code and strings may lie in a page of a segment but outside of what its header names: the segment
 * grows. */
static void use(struct unfold_section_headers *headers, const struct elfgen_claim *claim,
                enum owner owner)
{
    own(headers, claim->offset, claim->length, owner);
    elfgen_unfold_reach(headers->plan, claim->index, claim->length);
}

/* What dynamic entries say about their strings. */
struct dynamic_strings {
    uint64_t address, size; /* DT_STRTAB, DT_STRSZ */
    uint64_t last;          /* the largest offset of a string that an entry names */
};

static struct dynamic_strings read_dynamic_strings(const struct elfgen_view *view,
                                                   const struct elfgen_phdr *phdr)
{
    const struct elfgen_shdr table = {
        .sh_type = ELFGEN_SHT_DYNAMIC,
        .sh_offset = phdr->p_offset,
        .sh_size = phdr->p_filesz,
        .sh_entsize = elfgen_structure_size(ELFGEN_STRUCTURE_dyn, view->class_)};
    struct dynamic_strings strings = {0};
    struct elfgen_dyn entry;
    for (uint64_t i = 0; elfgen_view_dynamic(view, &table, i, &entry, NULL) == ELFGEN_OK &&
                         entry.d_tag != ELFGEN_DT_NULL;
         i++) {
        enum elfgen_kind kind = elfgen_dynamic_tag_kind(view->ehdr.e_machine, entry.d_tag);
        if (entry.d_tag == ELFGEN_DT_STRTAB)
            strings.address = entry.d_val;
        else if (entry.d_tag == ELFGEN_DT_STRSZ)
            strings.size = entry.d_val;
        else if (kind == ELFGEN_KIND_STRING && entry.d_val > strings.last)
            strings.last = entry.d_val;
    }
    return strings;
}

/* Finds the string table of the dynamic entries, for tools that read them. If its size is missing,
 * not true, or takes the entries themselves in, the table ends with the last string that they name:
 * the dynamic linker needs no size. */
static void find_dynamic_strings(struct unfold_section_headers *headers,
                                 const struct elfgen_phdr *phdr)
{
    const struct elfgen_view *view = headers->view;
    struct dynamic_strings strings = read_dynamic_strings(view, phdr);
    uint64_t offset, size = strings.size;
    const char *name;
    if (headers->has_dynamic_strings || !elfgen_memory_offset(view, strings.address, &offset))
        return;
    bool apart = size <= view->length &&
                 (offset + size <= phdr->p_offset || offset >= phdr->p_offset + phdr->p_filesz);
    if (size == 0 || !apart || !elfgen_view_bytes(view, offset, size)) {
        size_t length =
            elfgen_view_string(view, offset, view->length - offset, strings.last, &name);
        if (strings.last == 0 || length == SIZE_MAX)
            return;
        size = strings.last + length + 1;
    }
    headers->has_dynamic_strings = true;
    own(headers, offset, size, OWNER_NAMES);
}

static void find_owners(struct unfold_section_headers *headers)
{
    const struct elfgen_view *view = headers->view;
    struct elfgen_map map;
    struct elfgen_claim claim;
    struct elfgen_phdr phdr;
    elfgen_map_begin(&map, view, headers->code, false, 0, view->length);
    while (elfgen_map_next(&map, &claim)) {
        /* Section headers of a malformed file are hardly right. */
        if (claim.section != ELFGEN_NO_SECTION)
            continue;
        if (claim.part == ELFGEN_PART_EHDR || claim.part == ELFGEN_PART_PHDR)
            own(headers, claim.offset, claim.length, OWNER_HEADER);
        else if (claim.part == ELFGEN_PART_INTERPRETER)
            own(headers, claim.offset, claim.length, OWNER_INTERPRETER);
        else if (claim.part == ELFGEN_PART_INSTRUCTION)
            use(headers, &claim, OWNER_CODE);
        else if (claim.part == ELFGEN_PART_STRING)
            use(headers, &claim, OWNER_STRING);
    }
    for (size_t i = 0; i < headers->plan->count; i++) {
        phdr = headers->plan->segments[i].phdr;
        if (phdr.p_type != ELFGEN_PT_DYNAMIC || phdr.p_filesz == 0)
            continue;
        phdr.p_offset -= headers->plan->front;
        own(headers, phdr.p_offset, phdr.p_filesz, OWNER_DYNAMIC);
        elfgen_unfold_reach(headers->plan, phdr.p_vaddr, phdr.p_filesz);
        find_dynamic_strings(headers, &phdr);
    }
}

/* ---- sections ------------------------------------------------------------------------------ */

/* A segment whose bytes are being divided into sections. */
struct share {
    const struct elfgen_phdr *phdr;
    bool executable;
    uint64_t begin, end; /* in the old file */
};

static void put_section(struct unfold_section_headers *headers, const struct share *share,
                        enum section which, uint64_t from, uint64_t to)
{
    const struct elfgen_phdr *phdr = share->phdr;
    struct elfgen_section_header section = {.name = section_names[which],
                                            .type = ELFGEN_SHT_PROGBITS,
                                            .flags = ELFGEN_SHF_ALLOC,
                                            .address = phdr->p_vaddr + (from - share->begin),
                                            .offset = phdr->p_offset + (from - share->begin),
                                            .size = to - from,
                                            .align = 1};
    if (which == SECTION_TEXT)
        section.flags |= ELFGEN_SHF_EXECINSTR;
    if (phdr->p_flags & ELFGEN_PF_W)
        section.flags |= ELFGEN_SHF_WRITE;
    if (which == SECTION_BSS) {
        section.type = ELFGEN_SHT_NOBITS;
        section.address = phdr->p_vaddr + phdr->p_filesz;
        section.offset = phdr->p_offset + phdr->p_filesz;
    } else if (which == SECTION_DYNAMIC) {
        if (headers->has_dynamic_strings)
            section.type = ELFGEN_SHT_DYNAMIC;
        section.entry_size = elfgen_structure_size(ELFGEN_STRUCTURE_dyn, headers->view->class_);
        section.align = elfgen_address_size(headers->view->class_);
        if (section.address % section.align != 0)
            section.align = 1;
    } else if (which == SECTION_DYNSTR) {
        section.type = ELFGEN_SHT_STRTAB;
    }
    unfold_headers_add_section(headers, &section);
}

/* Whether consecutive instructions lead from `from` to `to`, as objdump reads. */
static bool is_swept(const struct unfold_section_headers *headers, uint64_t from, uint64_t to)
{
    const struct elfgen_machine *machine = headers->code->machine;
    while (from < to) {
        unsigned length =
            machine->length(machine->context, headers->view->bytes + from, (size_t)(to - from));
        if (length == 0)
            return false;
        from += length;
    }
    return from == to;
}

static bool is_zero(const uint8_t *bytes, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/* The end of the run of bytes with one owner at `at`. A run of code includes gaps that read as
 * code. */
static uint64_t end_of_run(const struct unfold_section_headers *headers, const struct share *share,
                           uint64_t at)
{
    const uint8_t *owners = headers->owners;
    const uint8_t owner = owners[at];
    uint64_t end = at;
    for (;;) {
        while (end < share->end && owners[end] == owner)
            end++;
        if (owner != OWNER_CODE)
            return end;
        uint64_t next = end;
        while (next < share->end && owners[next] == OWNER_NONE)
            next++;
        if (next == end || next == share->end || owners[next] != OWNER_CODE ||
            !is_swept(headers, end, next))
            return end;
        end = next;
    }
}

static enum section section_of(const struct unfold_section_headers *headers,
                               const struct share *share, uint64_t at, uint64_t end)
{
    bool writable = share->phdr->p_flags & ELFGEN_PF_W;
    switch ((enum owner)headers->owners[at]) {
    case OWNER_HEADER:
        return SECTION_NONE;
    case OWNER_DYNAMIC:
        return SECTION_DYNAMIC;
    case OWNER_INTERPRETER:
        return SECTION_INTERP;
    case OWNER_NAMES:
        return SECTION_DYNSTR;
    case OWNER_CODE:
        if (share->executable)
            return SECTION_TEXT;
        break;
    case OWNER_NONE:
        /* Zeros in a read-only segment are padding. */
        if (!writable && is_zero(headers->view->bytes + at, end - at))
            return SECTION_NONE;
        break;
    default:
        break;
    }
    return writable ? SECTION_DATA : SECTION_RODATA;
}

/* Divides a segment into sections, one per run; adjacent data share one. */
static void share_out(struct unfold_section_headers *headers, const struct share *share)
{
    enum section open = SECTION_NONE;
    uint64_t from = share->begin, at = share->begin;
    while (at < share->end) {
        uint64_t end = end_of_run(headers, share, at);
        enum section section = section_of(headers, share, at, end);
        if (headers->section_count >= SECTIONS_MOST) {
            section = share->executable ? SECTION_TEXT : SECTION_DATA;
            end = share->end;
        }
        if (section != open) {
            if (open != SECTION_NONE)
                put_section(headers, share, open, from, at);
            open = section;
            from = at;
        }
        at = end;
    }
    if (open != SECTION_NONE)
        put_section(headers, share, open, from, at);
    memset(headers->owners + share->begin, OWNER_DONE, (size_t)(share->end - share->begin));
}

static void put_segment(struct unfold_section_headers *headers, size_t index)
{
    struct elfgen_unfold *plan = headers->plan;
    const struct elfgen_unfold_segment *segment = &plan->segments[index];
    if (segment->phdr.p_type != ELFGEN_PT_LOAD || index == plan->headers)
        return;
    struct share share = {.phdr = &segment->phdr};
    struct elfgen_mapping mapping = {.flags = segment->phdr.p_flags};
    share.executable = elfgen_mapping_is_executable(headers->view, &mapping);
    if (segment->phdr.p_filesz > 0) {
        share.begin = segment->phdr.p_offset - plan->front;
        share.end = share.begin + segment->phdr.p_filesz;
        if (share.end > headers->view->length)
            share.end = headers->view->length;
        share_out(headers, &share);
    }
    if (segment->phdr.p_memsz > segment->phdr.p_filesz)
        put_section(headers, &share, SECTION_BSS, 0,
                    segment->phdr.p_memsz - segment->phdr.p_filesz);
}

static int by_address(const void *left, const void *right)
{
    const struct elfgen_section_header *a = left, *b = right;
    return a->address < b->address ? -1 : a->address > b->address;
}

static bool has_entry(const struct elfgen_unfold *plan, size_t index)
{
    uint64_t entry = plan->view->ehdr.e_entry;
    return entry >= plan->segments[index].start && entry < plan->segments[index].end;
}

/* Names sections .text, .text.2, .text.3 and so on, by address. The first named_count names are
 * copies, the others point to section_names[]. */
static void name_sections(struct unfold_section_headers *headers)
{
    unsigned numbers[SECTION_NONE] = {0};
    for (; headers->named_count < headers->section_count; headers->named_count++) {
        struct elfgen_section_header *section = &headers->sections[headers->named_count];
        char name[32];
        unsigned number = 0;
        for (int i = 0; i < SECTION_NONE; i++)
            if (section->name == section_names[i])
                number = ++numbers[i];
        int length =
            snprintf(name, sizeof name, number > 1 ? "%s.%u" : "%s", section->name, number);
        char *copy = unfold_headers_copy_name(headers, name, (size_t)length);
        if (!copy)
            return;
        section->name = copy;
    }
}

static void put_sections(struct unfold_section_headers *headers)
{
    /* If segments show the same bytes, the one with the entry point gets the sections. */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < headers->plan->count; i++)
            if (has_entry(headers->plan, i) == (pass == 0))
                put_segment(headers, i);
    if (!headers->failed && headers->section_count > 0)
        qsort(headers->sections, headers->section_count, sizeof *headers->sections, by_address);
    name_sections(headers);
}

bool unfold_headers_make(struct unfold_section_headers *headers, struct elfgen_unfold *plan,
                         struct elfgen_code *code)
{
    *headers = (struct unfold_section_headers){.plan = plan, .code = code, .view = plan->view};
    headers->owners = calloc(1, (size_t)plan->view->length);
    if (!headers->owners)
        return false;
    find_owners(headers);
    put_sections(headers);
    if (!headers->failed)
        unfold_put_symbols(headers);
    headers->whole = (struct elfgen_section_headers){headers->sections, headers->section_count,
                                                     headers->symbols, headers->symbol_count};
    return !headers->failed;
}
