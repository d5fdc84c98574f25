/* What the files of overlap/ share: what an overlap promises, and what the model said of each bit.
 */
#ifndef OVERLAP_PRIVATE_H
#define OVERLAP_PRIVATE_H

#include "elfgen/format.h"
#include "elfgen/memory.h"
#include "golf/overlap/overlaps.h"

enum {
    PAGE = ELFGEN_PAGE,
    LARGEST_FILE = 65536, /* of those that the model is asked about */
    FIELDS = 40,
    TIES = 512,
    FIELD_BITS = 64
};

/* What every filling of an overlap has to keep. */
struct promise {
    unsigned bits;
    uint16_t type;
    bool is_readable, is_writable; /* the file's segment: R or W; W. Otherwise it has no W */
    bool is_spec;
    uint64_t most_space;  /* bytes of address space */
    uint64_t most_memory; /* bytes that count as memory */
    uint64_t size;        /* bytes of the file that are mapped as they stand; whole pages */
    uint32_t first, last; /* kernels */
    uint32_t also;        /* a kernel besides; 0: none */
    uint64_t written_at;  /* 0, or all of the file is mapped once more, so many bytes after it, with
                             W  and without X in p_flags */
    uint64_t written_zeros; /* and so many bytes of memory are there */
    bool is_long_term;      /* of those between, only the series with long-term support: others are
                               past their end */
};

enum bit_kind { BIT_FIXED, BIT_FREE, BIT_TIED };

/* A field that Linux reads, in the headers as they are where none overlaps another. */
struct rule {
    const struct elfgen_field *field;
    bool in_program_header;
    bool is_given;  /* e_type, and e_phoff and e_phnum, which the caller of combine() says */
    bool is_size;   /* level spec: the size of the file, which the placer fills in */
    uint64_t value; /* in the file that was asked about first */
    uint64_t fixed; /* bits that have to stay as in `value` */
    uint64_t tied;  /* bits that are those of another field */
    uint8_t allowed[8][32]; /* values of each byte, besides */
};

/* Two fields have the same bits there. */
struct tie {
    uint8_t one, other; /* rules; one < other */
    uint64_t mask;
};

struct rules {
    struct promise promise;
    struct rule rules[FIELDS];
    size_t count;
    struct tie ties[TIES];
    size_t tie_count;
    size_t entry, vaddr; /* which rules these are */
    uint64_t base_low, base_high;
    uint8_t inert[32]; /* lowest bytes of p_type with which another header does nothing, whatever
                          the rest of it is */
};

/* Where the program headers are: from `phoff` on, `count` of them; that of the file's segment is
 * number `load`, and the others do nothing. */
struct headers {
    uint16_t phoff, count, load;
};

/* ---- promise.c ---- */

/* Whether Linux of this version starts the file and all that is promised of it is so. */
bool promise_holds(const struct promise *promise, uint32_t version, const uint8_t *bytes,
                   uint64_t size);
/* On the oldest and the newest of the kernels, and the one besides; on all of them. */
bool promise_holds_at_ends(const struct promise *promise, const uint8_t *bytes, uint64_t size);
bool promise_holds_always(const struct promise *promise, const uint8_t *bytes, uint64_t size);

/* ---- learn.c ---- */

/* Sizes in file and memory: two examples of their relation. */
struct sizes {
    uint64_t filesz[2], memsz[2];
};

/* Asks the model what each bit of the headers may be while the sizes keep their relation;
 * `has_inert`: and what other program headers may be that do nothing. `file` is room for
 * LARGEST_FILE bytes. Returns false if not even the examples keep the promise. */
bool overlap_learn(const struct promise *promise, const struct sizes *sizes, bool has_inert,
                   uint8_t *file, struct rules *rules);

/* ---- combine.c ---- */

/* Lays the program headers over the ELF header: what each byte may be then. Returns false if two
 * owners of a byte want different values. */
bool overlap_combine(const struct rules *rules, const struct headers *headers,
                     struct golf_overlap *overlap);

/* Whether everything that `part` admits is admitted by `whole`, which promises as much. */
bool overlap_contains(const struct golf_overlap *whole, const struct golf_overlap *part);

/* ---- second.c ---- */

/* Makes the rules those of a file in which one more program header begins as PT_LOAD does. */
void overlap_begin_second(struct rules *rules);

/* Makes the header after the first one that of a segment for what is written: all of the file once
 * more, and zeros, at addresses that do not change any more. Returns false if that cannot be. */
bool overlap_add_second(struct rules *rules, struct golf_overlap *overlap);

/* ---- random ---- */

static inline uint64_t overlap_random(uint64_t *seed) /* splitmix64 */
{
    uint64_t value = *seed += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static inline bool set_has(const uint8_t *set, unsigned value)
{
    return set[value / 8] >> value % 8 & 1;
}

#endif
