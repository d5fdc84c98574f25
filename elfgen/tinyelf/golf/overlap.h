/* Ways in which the headers of an ELF file may overlap: what each byte of them may be.
 *
 * overlap/ derives them from the kernel's model; place/ fills them. A file is the overlap's cells,
 * followed by any bytes. Offset 0 of the file is at address `base`, a multiple of the page, whose
 * bytes are cells as well where the header says them. */
#ifndef GOLF_OVERLAP_H
#define GOLF_OVERLAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GOLF_CELLS = 176, GOLF_NOWHERE = UINT8_MAX };

enum golf_cell_kind {
    GOLF_CELL_FREE,
    GOLF_CELL_FIXED,  /* `value` */
    GOLF_CELL_MIRROR, /* the same as the cell `other`, which is before it */
    GOLF_CELL_SET     /* one of `allowed` */
};
struct golf_cell {
    uint8_t kind; /* enum golf_cell_kind */
    uint8_t value, other;
    uint8_t allowed[32]; /* GOLF_CELL_SET: a bit for each value */
};

/* One way to fill the bytes that depend on each other (flags, sizes, the address); what is left is
 * free, fixed, or a copy of another byte. */
struct golf_overlap {
    /* Offset 0 of the file is at a base that Linux takes: a multiple of the page from .. to. */
    uint64_t base_low, base_high;
    uint64_t base_add;
    uint64_t memory; /* the largest file: so many bytes are mapped as they stand */
    uint64_t zeros;  /* so many bytes from `base` on are there, what is not in the file being 0 */
    uint64_t fewest; /* in a smaller file they are not; 0: in any */
    /* 0, or what is written is not there, but in a second segment, which has all of the file once
     * more: so many bytes after it; and so many bytes are there. */
    uint64_t written_at, written_zeros;
    uint64_t address_space; /* bytes of address space that it takes, at most */
    uint32_t flags;         /* permissions of the segment that has the file, those that are sure */
    uint16_t type;          /* e_type: ET_EXEC or ET_DYN */
    uint16_t phoff;         /* where the program headers begin */
    uint16_t headers;       /* how many; all but one do nothing, whatever they have but p_type */
    uint16_t size;          /* cells */
    uint16_t least; /* the smallest file: cells from here on are 0 where the file ends before them,
                       and what they say where it does not; at most `size` */
    uint16_t entry_low, entry_high; /* offsets at which it may start: from .. to, inclusive */
    uint8_t bits;                   /* 64 or 32 */
    /* Where the bytes of e_entry and of the p_vaddr of the file's segment are, which the placer
     * fills: address of the entry, and `base` plus `base_add`. A cell of them that is fixed, or has
     * a set, holds the placer to it. */
    uint8_t entry_at, base_at;
    /* 1: the lowest byte of p_vaddr is not the base's: it is a copy of p_offset's, which is free. 0
     * otherwise. */
    uint8_t base_skip;
    uint8_t flags_at; /* the byte of p_flags that has the permissions */
    /* Where p_filesz and p_memsz are that the placer fills with the size of the file (level spec);
     * GOLF_NOWHERE: their cells say what they are. */
    uint8_t filesz_at, memsz_at;
    bool has_random_base;  /* ET_DYN: no address is known; the entry is an offset */
    bool is_overcommitted; /* it counts gigabytes of memory, or takes terabytes of addresses */
    struct golf_cell cells[GOLF_CELLS];
};

/* How many bytes from offset 0 on are there for data that are not in the file. */
static inline uint64_t golf_overlap_zeros(const struct golf_overlap *overlap, bool is_written)
{
    return is_written && overlap->written_at ? overlap->written_zeros : overlap->zeros;
}

#endif
