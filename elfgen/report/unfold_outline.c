#include "unfold_outline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who owns a byte of the old file; of several claims, the last in this order. */
enum owner {
    OWNER_NONE,
    OWNER_HEADER,
    OWNER_DYNAMIC,
    OWNER_INTERPRETER,
    OWNER_STRING,
    OWNER_CODE,
    OWNER_NAMES, /* strings of the dynamic entries */
    OWNER_DONE   /* a segment has shown it already, and sections of it were made */
};

/* The sections, by what they hold. */
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

/* More sections than anybody reads; from there on, one a segment. */
enum { SECTIONS_MOST = 1000 };

/* ---- arrays that grow ---------------------------------------------------------------------- */

static void *grown(struct unfold_outline *outline, void *array, size_t count, size_t *room,
                   size_t size)
{
    if (outline->failed || count < *room)
        return array;
    size_t more = *room ? *room * 2 : 64;
    void *larger = realloc(array, more * size);
    if (larger)
        *room = more;
    else
        outline->failed = true;
    return larger ? larger : array;
}

static char *copy_name(struct unfold_outline *outline, const char *name, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy) {
        outline->failed = true;
        return NULL;
    }
    memcpy(copy, name, length);
    copy[length] = '\0';
    return copy;
}

static void add_section(struct unfold_outline *outline, const struct elfgen_section_header *section)
{
    outline->sections = grown(outline, outline->sections, outline->section_count,
                              &outline->section_room, sizeof *outline->sections);
    if (!outline->failed)
        outline->sections[outline->section_count++] = *section;
}

void unfold_outline_symbol(struct unfold_outline *outline, const char *name, size_t length,
                           const struct elfgen_symbol_entry *symbol)
{
    outline->symbols = grown(outline, outline->symbols, outline->symbol_count,
                             &outline->symbol_room, sizeof *outline->symbols);
    char *copy = outline->failed ? NULL : copy_name(outline, name, length);
    if (!copy)
        return;
    outline->symbols[outline->symbol_count] = *symbol;
    outline->symbols[outline->symbol_count++].name = copy;
}

/* ---- who owns what ------------------------------------------------------------------------- */

static void own(struct unfold_outline *outline, uint64_t offset, uint64_t length, enum owner owner)
{
    for (uint64_t i = offset; i < offset + length; i++)
        if (outline->owners[i] < owner)
            outline->owners[i] = (uint8_t)owner;
}

/* What the program runs or reads may stand in a page of a segment, outside of what the segment's
 * header names. */
static void use(struct unfold_outline *outline, const struct elfgen_claim *claim, enum owner owner)
{
    own(outline, claim->offset, claim->length, owner);
    elfgen_unfold_reach(outline->plan, claim->index, claim->length);
}

/* The string table that dynamic entries name, which tools that read them ask for. */
static void find_dynamic_strings(struct unfold_outline *outline, const struct elfgen_phdr *phdr)
{
    const struct elfgen_view *view = outline->view;
    const struct elfgen_shdr table = {
        .sh_type = ELFGEN_SHT_DYNAMIC,
        .sh_offset = phdr->p_offset,
        .sh_size = phdr->p_filesz,
        .sh_entsize = elfgen_structure_size(ELFGEN_STRUCTURE_dyn, view->class_)};
    struct elfgen_dyn entry;
    uint64_t address = 0, size = 0, offset;
    for (uint64_t i = 0; elfgen_view_dynamic(view, &table, i, &entry, NULL) == ELFGEN_OK &&
                         entry.d_tag != ELFGEN_DT_NULL;
         i++) {
        if (entry.d_tag == ELFGEN_DT_STRTAB)
            address = entry.d_val;
        else if (entry.d_tag == ELFGEN_DT_STRSZ)
            size = entry.d_val;
    }
    if (size == 0 || outline->has_dynamic_strings ||
        !elfgen_memory_offset(view, address, &offset) || !elfgen_view_bytes(view, offset, size))
        return;
    outline->has_dynamic_strings = true;
    own(outline, offset, size, OWNER_NAMES);
}

static void find_owners(struct unfold_outline *outline)
{
    const struct elfgen_view *view = outline->view;
    struct elfgen_map map;
    struct elfgen_claim claim;
    struct elfgen_phdr phdr;
    elfgen_map_begin(&map, view, outline->code, false, 0, view->length);
    while (elfgen_map_next(&map, &claim)) {
        /* Section headers of a file that is not well-formed are hardly any. */
        if (claim.section != ELFGEN_NO_SECTION)
            continue;
        if (claim.part == ELFGEN_PART_EHDR || claim.part == ELFGEN_PART_PHDR)
            own(outline, claim.offset, claim.length, OWNER_HEADER);
        else if (claim.part == ELFGEN_PART_INTERPRETER)
            own(outline, claim.offset, claim.length, OWNER_INTERPRETER);
        else if (claim.part == ELFGEN_PART_INSTRUCTION)
            use(outline, &claim, OWNER_CODE);
        else if (claim.part == ELFGEN_PART_STRING)
            use(outline, &claim, OWNER_STRING);
    }
    for (uint64_t i = 0; i < view->ehdr.e_phnum; i++)
        if (elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK &&
            phdr.p_type == ELFGEN_PT_DYNAMIC &&
            elfgen_view_bytes(view, phdr.p_offset, phdr.p_filesz)) {
            own(outline, phdr.p_offset, phdr.p_filesz, OWNER_DYNAMIC);
            find_dynamic_strings(outline, &phdr);
        }
}

/* ---- sections ------------------------------------------------------------------------------ */

/* A segment whose bytes are being shared out. */
struct share {
    const struct elfgen_phdr *phdr;
    bool executable;
    uint64_t begin, end; /* in the old file */
};

static void put_section(struct unfold_outline *outline, const struct share *share,
                        enum section which, uint64_t from, uint64_t to)
{
    const struct elfgen_phdr *phdr = share->phdr;
    const bool is_64 = outline->view->class_ == ELFGEN_CLASS64;
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
        if (outline->has_dynamic_strings)
            section.type = ELFGEN_SHT_DYNAMIC;
        section.entry_size = elfgen_structure_size(ELFGEN_STRUCTURE_dyn, outline->view->class_);
        section.align = is_64 ? 8 : 4;
    } else if (which == SECTION_DYNSTR) {
        section.type = ELFGEN_SHT_STRTAB;
    }
    add_section(outline, &section);
}

/* Whether instructions one after the other lead from `from` to `to`, as objdump reads. */
static bool is_swept(const struct unfold_outline *outline, uint64_t from, uint64_t to)
{
    const struct elfgen_machine *machine = outline->code->machine;
    while (from < to) {
        unsigned length =
            machine->length(machine->context, outline->view->bytes + from, (size_t)(to - from));
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

/* The end of what begins at `at` and has one owner, code with what can be read through as code. */
static uint64_t end_of_run(const struct unfold_outline *outline, const struct share *share,
                           uint64_t at)
{
    const uint8_t *owners = outline->owners;
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
            !is_swept(outline, end, next))
            return end;
        end = next;
    }
}

static enum section section_of(const struct unfold_outline *outline, const struct share *share,
                               uint64_t at, uint64_t end)
{
    bool writable = share->phdr->p_flags & ELFGEN_PF_W;
    switch ((enum owner)outline->owners[at]) {
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
        /* Zeros that nobody writes to fill up. */
        if (!writable && is_zero(outline->view->bytes + at, end - at))
            return SECTION_NONE;
        break;
    default:
        break;
    }
    return writable ? SECTION_DATA : SECTION_RODATA;
}

/* Shares a segment's bytes out to sections: each run to one, data that adjoin to the same. */
static void share_out(struct unfold_outline *outline, const struct share *share)
{
    enum section open = SECTION_NONE;
    uint64_t from = share->begin, at = share->begin;
    while (at < share->end) {
        uint64_t end = end_of_run(outline, share, at);
        enum section section = section_of(outline, share, at, end);
        if (outline->section_count >= SECTIONS_MOST) {
            section = share->executable ? SECTION_TEXT : SECTION_DATA;
            end = share->end;
        }
        if (section != open) {
            if (open != SECTION_NONE)
                put_section(outline, share, open, from, at);
            open = section;
            from = at;
        }
        at = end;
    }
    if (open != SECTION_NONE)
        put_section(outline, share, open, from, at);
    memset(outline->owners + share->begin, OWNER_DONE, (size_t)(share->end - share->begin));
}

static void put_segment(struct unfold_outline *outline, size_t index)
{
    struct elfgen_unfold *plan = outline->plan;
    const struct elfgen_unfold_segment *segment = &plan->segments[index];
    if (segment->phdr.p_type != ELFGEN_PT_LOAD || index == plan->headers)
        return;
    struct share share = {.phdr = &segment->phdr};
    struct elfgen_mapping mapping = {.flags = segment->phdr.p_flags};
    share.executable = elfgen_mapping_is_executable(outline->view, &mapping);
    if (segment->phdr.p_filesz > 0) {
        share.begin = segment->phdr.p_offset - plan->front;
        share.end = share.begin + segment->phdr.p_filesz;
        if (share.end > outline->view->length)
            share.end = outline->view->length;
        share_out(outline, &share);
    }
    if (segment->phdr.p_memsz > segment->phdr.p_filesz)
        put_section(outline, &share, SECTION_BSS, 0,
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

/* .text, .text.2, .text.3 and so on, by address. The names were section_names[]; until all are
 * copies, named_count says how many are. */
static void name_sections(struct unfold_outline *outline)
{
    unsigned numbers[SECTION_NONE] = {0};
    for (; outline->named_count < outline->section_count; outline->named_count++) {
        struct elfgen_section_header *section = &outline->sections[outline->named_count];
        char name[32];
        unsigned number = 0;
        for (int i = 0; i < SECTION_NONE; i++)
            if (section->name == section_names[i])
                number = ++numbers[i];
        int length =
            snprintf(name, sizeof name, number > 1 ? "%s.%u" : "%s", section->name, number);
        char *copy = copy_name(outline, name, (size_t)length);
        if (!copy)
            return;
        section->name = copy;
    }
}

static void put_sections(struct unfold_outline *outline)
{
    /* Of segments that show the same bytes, the one that runs has their sections. */
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < outline->plan->count; i++)
            if (has_entry(outline->plan, i) == (pass == 0))
                put_segment(outline, i);
    if (!outline->failed && outline->section_count > 0)
        qsort(outline->sections, outline->section_count, sizeof *outline->sections, by_address);
    name_sections(outline);
}

uint32_t unfold_outline_find(const struct unfold_outline *outline, uint64_t address)
{
    size_t low = 0, high = outline->section_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (outline->sections[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0 && address - outline->sections[low - 1].address < outline->sections[low - 1].size)
        return (uint32_t)(low - 1);
    return ELFGEN_SYMBOL_ABSOLUTE;
}

bool unfold_outline_make(struct unfold_outline *outline, struct elfgen_unfold *plan,
                         struct elfgen_code *code)
{
    *outline = (struct unfold_outline){.plan = plan, .code = code, .view = plan->view};
    outline->owners = calloc(1, (size_t)plan->view->length);
    if (!outline->owners)
        return false;
    find_owners(outline);
    put_sections(outline);
    if (!outline->failed)
        unfold_outline_symbols(outline);
    outline->outline = (struct elfgen_section_headers){outline->sections, outline->section_count,
                                                       outline->symbols, outline->symbol_count};
    return !outline->failed;
}

void unfold_outline_free(struct unfold_outline *outline)
{
    for (size_t i = 0; i < outline->named_count; i++)
        free((char *)outline->sections[i].name);
    for (size_t i = 0; i < outline->symbol_count; i++)
        free((char *)outline->symbols[i].name);
    free(outline->sections);
    free(outline->symbols);
    free(outline->owners);
}
