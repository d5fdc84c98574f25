/* Plans and writes the unfolded file: program headers that do not overlap, for the same memory. */
#include "elfgen/unfold.h"

#include "elfgen/kernel.h"
#include "elfgen/memory.h"

#include "../format/argument.h"
#include "../format/codec.h"
#include "exec.h"
#include "unfold_check.h"

enum {
    LARGEST_ALIGN = 0x200000, /* the largest p_align of a PIE that is kept */
    REGIONS = 3               /* that one PT_LOAD makes at most */
};

/* Where headers whose address can be chosen must end: below the stack and what is mapped below it.
 * A 32-bit program that fits a 32-bit kernel's user space still fits it afterwards. */
static const uint64_t most_64 = (UINT64_C(1) << 47) - (UINT64_C(1) << 37), most_32 = 0xc0000000,
                      most_32_of_64 = 0xfe000000;

/* What pages of a PT_LOAD hold. */
enum kind {
    KIND_FILE, /* bytes of the file */
    KIND_HOLE, /* past the end of the file: an access is SIGBUS */
    KIND_ZERO  /* zeros */
};

struct region {
    uint64_t start, end;
    enum kind kind;
    uint64_t segment; /* index */
};

static uint64_t page_up(uint64_t value)
{
    return (value + ELFGEN_PAGE - 1) & ~(uint64_t)(ELFGEN_PAGE - 1);
}

static uint64_t page_down(uint64_t value)
{
    return value & ~(uint64_t)(ELFGEN_PAGE - 1);
}

/* The regions of a segment, as elf_load() (fs/binfmt_elf.c) makes them. Returns how many. The file
 * passed the check, so that no sum overflows. */
static unsigned regions_of(const struct elfgen_view *view, uint64_t index, struct elfgen_phdr *phdr,
                           struct region regions[REGIONS])
{
    elfgen_view_segment(view, index, phdr, NULL);
    if (phdr->p_type != ELFGEN_PT_LOAD || phdr->p_memsz == 0)
        return 0;
    uint64_t start = page_down(phdr->p_vaddr), end = page_up(phdr->p_vaddr + phdr->p_memsz);
    uint64_t file_end = phdr->p_filesz > 0 ? page_up(phdr->p_vaddr + phdr->p_filesz) : start;
    uint64_t there = 0;
    if (phdr->p_filesz > 0 && page_down(phdr->p_offset) < view->length)
        there = page_up(view->length) - page_down(phdr->p_offset);
    uint64_t hole = there < file_end - start ? start + there : file_end;
    unsigned count = 0;
    if (hole > start)
        regions[count++] = (struct region){start, hole, KIND_FILE, index};
    if (file_end > hole)
        regions[count++] = (struct region){hole, file_end, KIND_HOLE, index};
    if (end > file_end)
        regions[count++] = (struct region){file_end, end, KIND_ZERO, index};
    return count;
}

/* Finds what is mapped at `at`, by the last segment that maps it, up to where something else
 * begins. Returns false if nothing is mapped there; piece->end is where something next is, or
 * UINT64_MAX. */
static bool piece_at(const struct elfgen_view *view, uint64_t at, struct region *piece)
{
    struct region regions[REGIONS];
    struct elfgen_phdr phdr;
    uint64_t next = UINT64_MAX;
    bool found = false;
    for (uint64_t i = 0; i < view->ehdr.e_phnum; i++) {
        unsigned count = regions_of(view, i, &phdr, regions);
        for (unsigned r = 0; r < count; r++) {
            if (regions[r].start > at && regions[r].start < next)
                next = regions[r].start;
            if (regions[r].end > at && regions[r].end < next)
                next = regions[r].end;
            if (at < regions[r].start || at >= regions[r].end)
                continue;
            *piece = regions[r];
            found = true;
        }
    }
    piece->start = at;
    piece->end = next;
    return found;
}

/* ---- PT_LOADs ------------------------------------------------------------------------------ */

/* Adjacent pages of one segment: of the file, then zeros. Either may be missing. */
struct run {
    bool open;
    uint64_t segment;
    uint64_t start, file_end, end;
};

/* p_align of a PIE decides where Linux puts it, so that it is kept; all others get the page size.
 */
static uint64_t align_of(const struct elfgen_view *view, const struct elfgen_phdr *phdr)
{
    uint64_t align = phdr->p_align;
    bool keeps = view->ehdr.e_type == ELFGEN_ET_DYN && phdr->p_filesz > 0 && align > ELFGEN_PAGE &&
                 align <= LARGEST_ALIGN && (align & (align - 1)) == 0 &&
                 ((phdr->p_vaddr - phdr->p_offset) & (align - 1)) == 0;
    return keeps ? align : ELFGEN_PAGE;
}

/* Cuts a program header to a run that has pages of the file. Offsets are still those of the old
 * file. */
static void cut_to_file(const struct elfgen_view *view, const struct run *run,
                        struct elfgen_phdr *phdr)
{
    const uint64_t start = page_down(phdr->p_vaddr), offset = page_down(phdr->p_offset);
    const uint64_t old_file_end = phdr->p_vaddr + phdr->p_filesz;
    const uint64_t old_end = phdr->p_vaddr + phdr->p_memsz;
    uint64_t address = run->start == start ? phdr->p_vaddr : run->start;
    uint64_t file_end = run->file_end < old_file_end ? run->file_end : old_file_end;
    uint64_t last_byte = start + (view->length - offset);
    if (file_end > last_byte)
        file_end = last_byte;
    if (file_end <= address)
        address = run->start;
    uint64_t end = file_end;
    /* Zeros after the file's bytes: those that Linux clears in the last page, and whole pages of
     * them. */
    if (old_end > old_file_end && page_up(old_file_end) == run->file_end)
        end = run->end < old_end ? run->end : old_end;
    phdr->p_offset = offset + (address - start);
    phdr->p_vaddr = phdr->p_paddr = address;
    phdr->p_filesz = file_end - address;
    phdr->p_memsz = end - address;
}

static void cut_to_zeros(const struct run *run, struct elfgen_phdr *phdr)
{
    uint64_t old_end = phdr->p_vaddr + phdr->p_memsz;
    uint64_t address = run->start == page_down(phdr->p_vaddr) ? phdr->p_vaddr : run->start;
    phdr->p_vaddr = phdr->p_paddr = address;
    phdr->p_memsz = (run->end < old_end ? run->end : old_end) - address;
    phdr->p_filesz = 0;
    phdr->p_offset = address % phdr->p_align;
}

static struct elfgen_unfold_segment *add(struct elfgen_unfold *unfold)
{
    if (unfold->count == unfold->room)
        return NULL;
    struct elfgen_unfold_segment *segment = &unfold->segments[unfold->count++];
    *segment = (struct elfgen_unfold_segment){.start = 0};
    return segment;
}

static bool close_run(struct elfgen_unfold *unfold, struct run *run)
{
    if (!run->open)
        return true;
    struct elfgen_unfold_segment *segment = add(unfold);
    if (!segment)
        return false;
    elfgen_view_segment(unfold->view, run->segment, &segment->phdr, NULL);
    segment->phdr.p_align = align_of(unfold->view, &segment->phdr);
    segment->phdr.p_flags &= ELFGEN_PF_R | ELFGEN_PF_W | ELFGEN_PF_X;
    segment->start = run->start;
    segment->end = run->file_end;
    if (run->file_end > run->start)
        cut_to_file(unfold->view, run, &segment->phdr);
    else
        cut_to_zeros(run, &segment->phdr);
    run->open = false;
    return true;
}

static bool put_piece(struct elfgen_unfold *unfold, struct run *run, const struct region *piece)
{
    bool follows = run->open && run->segment == piece->segment && run->end == piece->start;
    /* In one run, pages of the file cannot follow zeros. */
    bool joins = follows && (piece->kind == KIND_ZERO || run->file_end == run->end);
    if (!joins || piece->kind == KIND_HOLE) {
        if (!close_run(unfold, run))
            return false;
        if (piece->kind == KIND_HOLE)
            return true;
        *run = (struct run){true, piece->segment, piece->start, piece->start, piece->start};
    }
    run->end = piece->end;
    if (piece->kind == KIND_FILE)
        run->file_end = piece->end;
    return true;
}

/* Where in memory the headers could go. */
struct gap {
    uint64_t size;            /* of the headers */
    uint64_t lowest, highest; /* of what is mapped */
    uint64_t between;         /* the highest address with room below what is mapped next; 0: none */
};

static bool put_loads(struct elfgen_unfold *unfold, struct gap *gap)
{
    struct run run = {.open = false};
    struct region piece = {.kind = KIND_HOLE};
    gap->lowest = UINT64_MAX;
    unfold->past_end = 0;
    for (uint64_t at = 0; at != UINT64_MAX; at = piece.end) {
        bool mapped = piece_at(unfold->view, at, &piece);
        if (mapped) {
            if (gap->lowest == UINT64_MAX)
                gap->lowest = at;
            else if (at - gap->highest >= gap->size)
                gap->between = at - gap->size;
            gap->highest = piece.end;
            if (piece.kind == KIND_HOLE)
                unfold->past_end += piece.end - piece.start;
        }
        if (!(mapped ? put_piece(unfold, &run, &piece) : close_run(unfold, &run)))
            return false;
    }
    return close_run(unfold, &run);
}

/* ---- the other program headers ------------------------------------------------------------- */

/* The size of the dynamic entries at a file offset, with DT_NULL, which alone ends them for the
 * dynamic linker. */
static uint64_t dynamic_size(const struct elfgen_view *view, uint64_t offset)
{
    const uint64_t size = elfgen_structure_size(ELFGEN_STRUCTURE_dyn, view->class_);
    const struct elfgen_shdr table = {.sh_type = ELFGEN_SHT_DYNAMIC,
                                      .sh_offset = offset,
                                      .sh_size = view->length - offset,
                                      .sh_entsize = size};
    struct elfgen_dyn entry;
    uint64_t count = 0;
    bool more = true;
    while (more && elfgen_view_dynamic(view, &table, count, &entry, NULL) == ELFGEN_OK) {
        more = entry.d_tag != ELFGEN_DT_NULL;
        count++;
    }
    return count * size;
}

/* Finds the file offset of the byte that is in memory at `address`; false: none of the file is. */
static bool offset_at(const struct elfgen_view *view, uint64_t address, uint64_t *offset)
{
    struct region piece;
    struct elfgen_phdr phdr;
    if (!piece_at(view, address, &piece) || piece.kind != KIND_FILE)
        return false;
    elfgen_view_segment(view, piece.segment, &phdr, NULL);
    *offset = page_down(phdr.p_offset) + (address - page_down(phdr.p_vaddr));
    /* Linux clears what follows the file's bytes in the last page. */
    bool cleared = phdr.p_flags & ELFGEN_PF_W && phdr.p_memsz > phdr.p_filesz &&
                   address >= phdr.p_vaddr + phdr.p_filesz;
    return !cleared && *offset < view->length;
}

/* Makes p_offset and p_filesz those of the bytes at p_vaddr, for segments that a program and its
 * dynamic linker find in memory: they read neither, so that both may say anything, and tools read
 * them alone. */
static void place_by_memory(const struct elfgen_view *view, struct elfgen_phdr *phdr)
{
    uint64_t offset;
    if (!offset_at(view, phdr->p_vaddr, &offset)) {
        phdr->p_offset = phdr->p_filesz = 0;
        return;
    }
    if (phdr->p_type == ELFGEN_PT_DYNAMIC) {
        uint64_t size = dynamic_size(view, offset);
        if (phdr->p_filesz < size || !elfgen_view_bytes(view, offset, phdr->p_filesz))
            phdr->p_filesz = phdr->p_memsz = size;
    } else if (!elfgen_view_bytes(view, offset, phdr->p_filesz)) {
        phdr->p_filesz = view->length - offset;
    }
    phdr->p_offset = offset;
}

/* Whether a program header stays, with what is in its bytes. */
static bool keep(const struct elfgen_view *view, struct elfgen_phdr *phdr)
{
    bool gnu = phdr->p_type >= ELFGEN_PT_GNU_EH_FRAME && phdr->p_type <= ELFGEN_PT_GNU_MBIND_HI;
    switch (phdr->p_type) {
    case ELFGEN_PT_DYNAMIC:
    case ELFGEN_PT_TLS:
    case ELFGEN_PT_GNU_EH_FRAME:
    case ELFGEN_PT_GNU_RELRO:
        place_by_memory(view, phdr);
        return true;
    case ELFGEN_PT_GNU_STACK: /* its flags alone are read */
        if (!elfgen_view_bytes(view, phdr->p_offset, phdr->p_filesz))
            phdr->p_offset = phdr->p_filesz = 0;
        return true;
    case ELFGEN_PT_INTERP:
    case ELFGEN_PT_NOTE:
    case ELFGEN_PT_PHDR:
        break;
    default:
        if (!gnu)
            return false;
    }
    return phdr->p_filesz == 0 || elfgen_view_bytes(view, phdr->p_offset, phdr->p_filesz);
}

/* Adds the other program headers: `before`, those that come before the PT_LOADs (PT_PHDR and
 * PT_INTERP, gABI chapter 5); otherwise the rest. */
static bool put_others(struct elfgen_unfold *unfold, bool before)
{
    bool seen[2] = {false, false};
    for (uint64_t i = 0; i < unfold->view->ehdr.e_phnum; i++) {
        struct elfgen_phdr phdr;
        elfgen_view_segment(unfold->view, i, &phdr, NULL);
        bool first = phdr.p_type == ELFGEN_PT_PHDR || phdr.p_type == ELFGEN_PT_INTERP;
        if (first != before || !keep(unfold->view, &phdr))
            continue;
        /* Linux takes the first PT_INTERP, and there may be only one PT_PHDR. */
        bool *again = &seen[phdr.p_type == ELFGEN_PT_INTERP];
        if (first && *again)
            continue;
        *again = first;
        struct elfgen_unfold_segment *segment = add(unfold);
        if (!segment)
            return false;
        segment->phdr = phdr;
        if (phdr.p_align & (phdr.p_align - 1))
            segment->phdr.p_align = 1;
    }
    return true;
}

/* ---- the new headers' own place ------------------------------------------------------------ */

static uint64_t headers_size(const struct elfgen_view *view, uint64_t count)
{
    return elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_) +
           count * elfgen_structure_size(ELFGEN_STRUCTURE_phdr, view->class_);
}

/* Chooses an address for the headers; false: there is none. Below the program they move nothing
 * else, but the first address of a PIE decides how it is aligned. After the program they make the
 * heap begin later. */
static bool choose_place(const struct elfgen_view *view, const struct gap *gap, uint64_t *address)
{
    uint64_t end = gap->highest < most_32 ? most_32 : most_32_of_64;
    if (view->class_ == ELFGEN_CLASS64)
        end = most_64;
    bool moves = view->ehdr.e_type == ELFGEN_ET_DYN;
    uint64_t lowest = moves ? ELFGEN_PAGE : ELFGEN_USUAL_MMAP_MIN_ADDR;
    if (!moves && gap->lowest >= lowest + gap->size)
        *address = gap->lowest - gap->size;
    else if (gap->between >= lowest)
        *address = gap->between;
    else
        *address = gap->highest > lowest ? gap->highest : lowest;
    return *address <= end - gap->size;
}

/* Inserts a PT_LOAD for the headers among the others, by address. */
static bool put_headers(struct elfgen_unfold *unfold, uint64_t address)
{
    if (!add(unfold))
        return false;
    size_t at = unfold->count - 1;
    struct elfgen_unfold_segment *segments = unfold->segments;
    while (at > 0 && segments[at - 1].phdr.p_type == ELFGEN_PT_LOAD &&
           segments[at - 1].phdr.p_vaddr > address) {
        segments[at] = segments[at - 1];
        at--;
    }
    segments[at] = (struct elfgen_unfold_segment){.phdr = {.p_type = ELFGEN_PT_LOAD,
                                                           .p_flags = ELFGEN_PF_R,
                                                           .p_vaddr = address,
                                                           .p_paddr = address,
                                                           .p_align = ELFGEN_PAGE}};
    unfold->headers = at;
    return true;
}

/* Sets sizes, and offsets in the new file, once all headers are known. */
static void finish(struct elfgen_unfold *unfold)
{
    const struct elfgen_view *view = unfold->view;
    const uint64_t ehdr = elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_);
    const uint64_t size = headers_size(view, unfold->count);
    uint64_t align = ELFGEN_PAGE;
    for (size_t i = 0; i < unfold->count; i++)
        if (unfold->segments[i].phdr.p_type == ELFGEN_PT_LOAD &&
            unfold->segments[i].phdr.p_align > align)
            align = unfold->segments[i].phdr.p_align;
    unfold->front = (size + align - 1) & ~(align - 1);
    unfold->size = unfold->front + page_up(view->length);
    bool mapped = unfold->headers < unfold->count;
    uint64_t address = mapped ? unfold->segments[unfold->headers].phdr.p_vaddr : 0;
    for (size_t i = 0; i < unfold->count; i++) {
        struct elfgen_phdr *phdr = &unfold->segments[i].phdr;
        if (mapped && i == unfold->headers) {
            phdr->p_filesz = phdr->p_memsz = size;
        } else if (phdr->p_type == ELFGEN_PT_PHDR) {
            phdr->p_offset = ehdr;
            phdr->p_vaddr = phdr->p_paddr = mapped ? address + ehdr : 0;
            phdr->p_filesz = phdr->p_memsz = size - ehdr;
            phdr->p_align = elfgen_address_size(view->class_);
        } else if (phdr->p_filesz > 0) {
            phdr->p_offset += unfold->front;
        }
    }
}

size_t elfgen_unfold_room(const struct elfgen_view *view)
{
    /* Each region has two ends, and between two neighbouring ends there is at most one piece. */
    return (size_t)view->ehdr.e_phnum * (2 * REGIONS + 1) + 1;
}

/* Adds a PT_LOAD for the headers if there is room for it in memory. ELFGEN_NO_ROOM: the array is
 * full. */
static enum elfgen_status place_headers(struct elfgen_unfold *unfold, const struct gap *gap,
                                        struct elfgen_error *error)
{
    uint64_t address;
    size_t first = 0;
    while (first < unfold->count && unfold->segments[first].phdr.p_type != ELFGEN_PT_LOAD)
        first++;
    /* The first PT_LOAD must have bytes in the file (see check_first()). If it has none, the
     * headers go below it and are the first. */
    bool below = elfgen_unfold_is_placed(unfold->view) && first < unfold->count &&
                 unfold->segments[first].phdr.p_filesz == 0;
    if (below && gap->lowest < gap->size)
        return elfgen_error_set(error, ELFGEN_UNSUPPORTED, unfold->view->ehdr.e_phoff,
                                "its lowest segment has no bytes in the file, and no room for "
                                "headers below it: Linux would not find a place for the twin");
    if (below)
        address = gap->lowest - gap->size;
    else if (!choose_place(unfold->view, gap, &address))
        return ELFGEN_OK;
    return put_headers(unfold, address) ? ELFGEN_OK : ELFGEN_NO_ROOM;
}

/* Removes the headers' own PT_LOAD, where there is one program header too many. */
static void remove_headers(struct elfgen_unfold *unfold)
{
    for (size_t i = unfold->headers; i + 1 < unfold->count; i++)
        unfold->segments[i] = unfold->segments[i + 1];
    unfold->headers = --unfold->count;
}

enum elfgen_status elfgen_unfold_plan(struct elfgen_unfold *unfold, const struct elfgen_view *view,
                                      struct elfgen_unfold_segment *segments, size_t room,
                                      struct elfgen_error *error)
{
    *unfold = (struct elfgen_unfold){.view = view, .segments = segments, .room = room};
    if (!elfgen_has_memory(segments, room, "segments", error))
        return ELFGEN_BAD_ARGUMENT;
    const uint64_t most =
        ELFGEN_PHDRS_LARGEST / elfgen_structure_size(ELFGEN_STRUCTURE_phdr, view->class_);
    struct gap gap = {.size = page_up(headers_size(view, view->ehdr.e_phnum + (uint64_t)1))};
    unfold->headers = SIZE_MAX;
    enum elfgen_status status = ELFGEN_NO_ROOM;
    if (put_others(unfold, true) && put_loads(unfold, &gap)) {
        /* Segments that were cut into pieces take more program headers. */
        if (headers_size(view, unfold->count + view->ehdr.e_phnum + (uint64_t)1) > gap.size) {
            gap.size = page_up(headers_size(view, most));
            gap.between = 0;
        }
        status = place_headers(unfold, &gap, error);
    }
    if (status == ELFGEN_UNSUPPORTED)
        return status;
    if (status != ELFGEN_OK || !put_others(unfold, false))
        return elfgen_error_set(error, ELFGEN_NO_ROOM, ELFGEN_NOWHERE,
                                "there is room for %u program headers, %u may be needed",
                                (uint64_t)room, (uint64_t)elfgen_unfold_room(view));
    if (unfold->count > most && unfold->headers != SIZE_MAX)
        remove_headers(unfold);
    if (unfold->headers == SIZE_MAX)
        unfold->headers = unfold->count;
    if (unfold->count > most)
        return elfgen_error_set(error, ELFGEN_UNSUPPORTED, view->ehdr.e_phoff,
                                "its segments overlap so much that %u program headers would be "
                                "needed, and Linux reads %u",
                                (uint64_t)unfold->count, most);
    finish(unfold);
    return ELFGEN_OK;
}

bool elfgen_unfold_reach(struct elfgen_unfold *unfold, uint64_t address, uint64_t size)
{
    for (size_t i = 0; i < unfold->count; i++) {
        struct elfgen_unfold_segment *segment = &unfold->segments[i];
        struct elfgen_phdr *phdr = &segment->phdr;
        if (address < segment->start || address >= segment->end || size > segment->end - address)
            continue;
        uint64_t file_end = phdr->p_vaddr + phdr->p_filesz, end = address + size;
        /* What Linux clears does not come from the file. */
        if (end > file_end && phdr->p_memsz > phdr->p_filesz && (phdr->p_flags & ELFGEN_PF_W))
            return false;
        if (address < phdr->p_vaddr) {
            uint64_t more = phdr->p_vaddr - address;
            phdr->p_offset -= more;
            phdr->p_vaddr = phdr->p_paddr = address;
            phdr->p_filesz += more;
            phdr->p_memsz += more;
        }
        if (end > file_end) {
            phdr->p_filesz = end - phdr->p_vaddr;
            if (phdr->p_memsz < phdr->p_filesz)
                phdr->p_memsz = phdr->p_filesz;
        }
        return true;
    }
    return false;
}

static void put_elf_header(const struct elfgen_unfold *unfold, uint8_t *bytes)
{
    const struct elfgen_view *view = unfold->view;
    const enum elfgen_class class_ = view->class_;
    const struct elfgen_arch *arch = elfgen_arch_find(view->ehdr.e_machine);
    bool right = elfgen_unfold_header_is_right(view);
    const struct elfgen_ehdr ehdr = {
        ELFGEN_IDENTIFICATION(class_, ELFGEN_LITTLE_ENDIAN),
        .ei_osabi = right ? view->ehdr.ei_osabi : ELFGEN_OSABI_NONE,
        .ei_abiversion = right ? view->ehdr.ei_abiversion : 0,
        .e_type = view->ehdr.e_type,
        /* The usual number: debuggers know i386 by 3 alone. */
        .e_machine = arch ? arch->machines[0] : view->ehdr.e_machine,
        .e_entry = view->ehdr.e_entry,
        .e_phoff = elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, class_),
        .e_ehsize = elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, class_),
        .e_phentsize = elfgen_structure_size(ELFGEN_STRUCTURE_phdr, class_),
        .e_phnum = unfold->count,
        .e_shentsize = elfgen_structure_size(ELFGEN_STRUCTURE_shdr, class_),
    };
    elfgen_encode_ehdr(bytes, &ehdr, class_, ELFGEN_LITTLE_ENDIAN);
}

size_t elfgen_write_unfolded(const struct elfgen_unfold *unfold, void *buffer, size_t capacity,
                             struct elfgen_error *error)
{
    const struct elfgen_view *view = unfold->view;
    uint8_t *bytes = buffer;
    /* The size is set when everything else is. */
    if (unfold->size == 0) {
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE, "no file is planned");
        return 0;
    }
    if (!elfgen_has_room(unfold->size, capacity, error))
        return (size_t)unfold->size;
    if (!elfgen_has_memory(buffer, capacity, "bytes of the buffer", error))
        return 0;
    memset(bytes, 0, (size_t)unfold->front);
    memcpy(bytes + unfold->front, view->bytes, (size_t)view->length);
    memset(bytes + unfold->front + view->length, 0,
           (size_t)(unfold->size - unfold->front - view->length));
    put_elf_header(unfold, bytes);
    for (size_t i = 0; i < unfold->count; i++)
        elfgen_encode_phdr(bytes + headers_size(view, i), &unfold->segments[i].phdr, view->class_,
                           ELFGEN_LITTLE_ENDIAN);
    return (size_t)unfold->size;
}
