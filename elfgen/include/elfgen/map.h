/* The byte map: which header field, table entry, string, section or instruction owns which bytes.
 *
 * Claims come out of an iterator over a window of the file, so that nothing is allocated and a
 * large file needs no more than a small one. A byte may have several claims (tiny files overlap
 * their headers), or none. Any bytes are accepted: what is not in the file claims nothing, and of a
 * file without the magic number nothing is claimed. */
#ifndef ELFGEN_MAP_H
#define ELFGEN_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/code.h"
#include "elfgen/text.h"
#include "elfgen/view.h"

/* What a claim belongs to. */
enum elfgen_part {
    ELFGEN_PART_EHDR,        /* the ELF header */
    ELFGEN_PART_PHDR,        /* a program header */
    ELFGEN_PART_INTERPRETER, /* the path that a PT_INTERP segment holds */
    ELFGEN_PART_SHDR,        /* a section header */
    ELFGEN_PART_SYMBOL,
    ELFGEN_PART_RELOCATION,
    ELFGEN_PART_DYNAMIC, /* a dynamic entry */
    ELFGEN_PART_NOTE,    /* a note: its header's fields, its name, what it says */
    ELFGEN_PART_SECTION, /* a section's contents, of no type above or below */
    ELFGEN_PART_STRING,  /* one string of a string table, its NUL included; bytes that a system call
                          * reads */
    ELFGEN_PART_INSTRUCTION,
    ELFGEN_PART_ENCODING, /* a part of an instruction */
    ELFGEN_PART_PADDING   /* zeros up to an aligned place; never comes out of the iterator, see
                           * elfgen_map_is_padding() */
};

/* `section` of a claim that no section makes. */
#define ELFGEN_NO_SECTION UINT64_MAX

struct elfgen_claim {
    uint64_t offset, length; /* in the file; at least one byte, all of them inside it */
    enum elfgen_part part;
    uint64_t section; /* index of the section that holds it */
    uint64_t index;   /* of the header, entry or note in its table; a string's offset in its table
                       * (what sh_name and st_name hold); the address of an instruction, or of bytes
                       * that a system call reads; 0 for other parts */
    const struct elfgen_field *field; /* NULL for parts without fields */
    uint64_t value; /* of the field; bytes of it that are past the end of the file are zero */
    enum elfgen_reader reader;
};

/* The iterator. The caller owns it; all but `beginning` is the library's. */
struct elfgen_map {
    const struct elfgen_view *view;
    struct elfgen_code *code;
    bool encodings;
    bool beginning; /* set it after elfgen_map_begin(): strings that begin before the window are
                     * not wanted, which saves a search back and through them */
    uint64_t from, to;
    int stage;
    uint64_t segment, section;
    struct elfgen_table table; /* that is being walked */
    const struct elfgen_structure *structure;
    enum elfgen_part part;
    uint64_t table_section;
    uint64_t entry, entry_end; /* the next entry, and the one behind the window's last */
    unsigned field;
    uint64_t start, at, end; /* of a walk through strings or notes */
    uint64_t number;         /* of the note */
    unsigned note_part;      /* which field of its header, then its name, then what it says */
    struct elfgen_code_place instruction; /* found last */
    struct elfgen_parts parts;            /* its own */
    unsigned encoding, argument;          /* the next one */
    size_t call;
};

/* Begins a walk over the claims that have a byte in [from, to) of the view's file. `code`, unless
 * NULL, is what following its code has found (elfgen_code_follow()): with it, instructions and the
 * bytes that system calls read are claimed; with `encodings`, the parts of each instruction, too.
 */
ELFGEN_API void elfgen_map_begin(struct elfgen_map *map, const struct elfgen_view *view,
                                 struct elfgen_code *code, bool encodings, uint64_t from,
                                 uint64_t to);

/* The next claim, false after the last. A walk over one window costs what the tables' headers and
 * the claims in it cost, and for notes and strings that begin before it their bytes up to it.
 * Order: ELF header, program headers, interpreters, section headers, then sections by index, each
 * from its start, instructions, and what system calls read. */
ELFGEN_API bool elfgen_map_next(struct elfgen_map *map, struct elfgen_claim *claim);

/* What the claim's value says, in words, appended to `text`: a name, a file offset for an address,
 * permissions, the string itself, the instruction; nothing where the number says it all. One line,
 * printable ASCII. `code` as above. */
ELFGEN_API void elfgen_claim_meaning(const struct elfgen_view *view, const struct elfgen_code *code,
                                     const struct elfgen_claim *claim, struct elfgen_text *text);

/* A group of bits in a field that has several meanings. */
struct elfgen_bit_group {
    const char *name;
    unsigned low, width; /* bits low to low + width - 1 */
    uint64_t value;
};

/* Group `number` (0...) of the claim's field, from bit 0 up; false: it has no more. */
ELFGEN_API bool elfgen_claim_bits(const struct elfgen_view *view, const struct elfgen_claim *claim,
                                  unsigned number, struct elfgen_bit_group *group);

/* Whether bytes that nothing claims, [from, to) of the view's file, are padding: zeros before a
 * claim at `to` that fill up to a multiple of some power of two. */
ELFGEN_API bool elfgen_map_is_padding(const struct elfgen_view *view, uint64_t from, uint64_t to);

/* "phdr", "kernel": the words for parts and readers. */
ELFGEN_API const char *elfgen_part_name(enum elfgen_part part);
ELFGEN_API const char *elfgen_reader_name(enum elfgen_reader reader);

#endif
