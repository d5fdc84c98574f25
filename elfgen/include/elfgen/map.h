/* Maps bytes to what owns them: a header field, table entry, string, section or instruction.
 *
 * Claims come from an iterator over a window of the file, so that nothing is allocated and a large
 * file needs no more memory than a small one. A byte may have several claims (tiny files overlap
 * their headers), or none. Any bytes are accepted: what is not in the file claims nothing, and in a
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
    ELFGEN_PART_NOTE,    /* a note: its header's fields, its name, its description */
    ELFGEN_PART_HASH,    /* a hash table, DT_HASH's or DT_GNU_HASH's */
    ELFGEN_PART_VERSYM,  /* the version of a symbol */
    ELFGEN_PART_VERNEED, /* a file whose versions are needed, or such a version */
    ELFGEN_PART_VERDEF,  /* a version that is defined, or a name of one */
    ELFGEN_PART_ARRAY,   /* an entry of DT_INIT_ARRAY and its like */
    ELFGEN_PART_GROUP,   /* a section group, or a member of it */
    ELFGEN_PART_UNWIND,  /* the table of PT_GNU_EH_FRAME, or a record of .eh_frame */
    ELFGEN_PART_TLS,     /* what a PT_TLS segment has in the file */
    ELFGEN_PART_SECTION, /* a section's contents, if its type is none of the others here */
    ELFGEN_PART_STRING,  /* a string of a string table, with its NUL; what a system call reads */
    ELFGEN_PART_INSTRUCTION,
    ELFGEN_PART_ENCODING, /* a part of an instruction */
    ELFGEN_PART_PADDING   /* zeros up to an aligned place; never from the iterator, see
                           * elfgen_map_is_padding() */
};

/* `section` of a claim that is not in a section. */
#define ELFGEN_NO_SECTION UINT64_MAX

/* What the program headers lead to where no section header describes it. */
enum elfgen_area {
    ELFGEN_AREA_DYNAMIC,
    ELFGEN_AREA_STRINGS,
    ELFGEN_AREA_SYMBOLS,
    ELFGEN_AREA_HASH,
    ELFGEN_AREA_GNU_HASH,
    ELFGEN_AREA_VERSYM,
    ELFGEN_AREA_VERNEED,
    ELFGEN_AREA_VERDEF,
    ELFGEN_AREA_REL,
    ELFGEN_AREA_RELA,
    ELFGEN_AREA_JMPREL,
    ELFGEN_AREA_RELR,
    ELFGEN_AREA_PREINIT_ARRAY,
    ELFGEN_AREA_INIT_ARRAY,
    ELFGEN_AREA_FINI_ARRAY,
    ELFGEN_AREA_EH_FRAME_HDR,
    ELFGEN_AREA_EH_FRAME,
    ELFGEN_AREA_COUNT
};

struct elfgen_areas {
    bool known;    /* they were looked for */
    bool sections; /* section headers describe what is loaded, so that nothing else is needed */
    bool jmprel_has_addends;
    struct elfgen_table tables[ELFGEN_AREA_COUNT]; /* count 0: there is none; those that are not
                                                    * tables have an entry size of 1 */
};

struct elfgen_claim {
    uint64_t offset, length; /* in the file; at least one byte, none past its end */
    enum elfgen_part part;
    enum elfgen_reader reader;
    uint64_t section; /* index of the section that it is in */
    uint64_t index;   /* of the header, entry or note in its table; a string's offset in its table
                       * (what sh_name and st_name hold); the address of an instruction, or of bytes
                       * that a system call reads; 0 for other parts */
    const struct elfgen_field *field; /* NULL for parts without fields */
    const struct elfgen_encoding
        *encoding;   /* of ELFGEN_PART_ENCODING, whose field it is; or NULL */
    uint64_t value;  /* of the field; bytes of it that are past the end of the file are zero; 0 of
                      * ELFGEN_KIND_TEXT and ELFGEN_KIND_BYTES */
    uint64_t record; /* file offset of the record of .eh_frame that the field is in; else 0 */
    const struct elfgen_areas *areas; /* of the map: by which it was found, or which have the names
                                       * of a symbol's version; NULL: neither */
};

/* A part of a structure whose parts are found one after another. */
struct elfgen_piece {
    struct elfgen_table table;
    int structure; /* enum elfgen_structure_id; ELFGEN_PIECE_BYTES: no structure */
};

/* A part of a record of .eh_frame. */
struct elfgen_unwind_part {
    uint64_t offset, length; /* in the file */
    uint64_t value;
    unsigned field; /* the library's own */
};

/* What a CIE says of its FDEs. */
struct elfgen_unwind_common {
    uint64_t offset; /* of the CIE */
    bool known;      /* it is a CIE that can be read */
    bool has_extra;  /* augmentation z */
    uint8_t pointer_encoding, lsda_encoding, personality_encoding;
    uint64_t code_align;
    int64_t data_align;
};

enum { ELFGEN_UNWIND_PARTS = 20 };

enum {
    ELFGEN_PIECES = 24,
    ELFGEN_PIECE_BYTES = -1,
    ELFGEN_PIECE_STRINGS = -2 /* strings with their NUL */
};

/* The iterator. The caller owns it; only the library uses what is in it, except `beginning`, and
 * `areas`, which may be read once it is `known`. */
struct elfgen_map {
    const struct elfgen_view *view;
    struct elfgen_code *code;
    bool encodings;
    bool beginning; /* set it after elfgen_map_begin() to skip strings that begin before the window,
                     * which saves searching for their start */
    uint64_t from, to;
    int stage;
    uint64_t segment, section;
    unsigned area;
    struct elfgen_areas areas;
    struct elfgen_table table; /* the table that is being walked */
    const struct elfgen_structure *structure;
    enum elfgen_part part;
    uint64_t table_section;
    bool by_areas;             /* the table was found by them */
    bool one_index;            /* all entries of the table have the first one's */
    uint64_t index;            /* of its first entry */
    uint64_t entry, entry_end; /* the next entry, and the one after the window's last */
    uint64_t entry_start;      /* where the entry begins whose fields are walked */
    unsigned field;
    int fields_after, strings_after, pieces_after, notes_after,
        chain_after; /* the stages that follow */
    struct elfgen_piece pieces[ELFGEN_PIECES];
    unsigned piece, piece_count;
    uint64_t start, at, end; /* of a walk through strings or code */
    struct {
        uint64_t at, end, align;
        uint64_t number; /* of the note */
        unsigned part;   /* a field of its header, then its name, then its description */
    } notes;
    struct {
        uint64_t start, end, parent, child;   /* offsets of the next structures; 0: there is none */
        uint64_t parents_from, children_from; /* none before is walked again */
        uint64_t number;
    } chain; /* of versions */
    struct {
        uint64_t start, end, at, number; /* of .eh_frame; the next record */
        uint64_t resume, resume_number;  /* a record from which another window may begin */
        uint64_t record;                 /* whose parts are walked */
        unsigned part, count;
        struct elfgen_unwind_part parts[ELFGEN_UNWIND_PARTS];
        struct elfgen_unwind_common common; /* of that record */
    } unwind;
    struct elfgen_code_place instruction; /* found last */
    struct elfgen_parts parts;            /* its own */
    unsigned encoding, argument;          /* the next one */
    size_t call;
};

/* Begins a walk over the claims that have a byte in [from, to) of the view's file. `code` is NULL
 * or from elfgen_code_follow(): with it, instructions and the bytes that system calls read are
 * claimed; with `encodings`, also the parts of each instruction. */
ELFGEN_API void elfgen_map_begin(struct elfgen_map *map, const struct elfgen_view *view,
                                 struct elfgen_code *code, bool encodings, uint64_t from,
                                 uint64_t to);

/* Begins again in another window of the same file, and keeps what is known of the file: a walk
 * through many windows takes time for the dynamic section once. */
ELFGEN_API void elfgen_map_move(struct elfgen_map *map, uint64_t from, uint64_t to);

/* Gets the next claim; false after the last. The time for a window depends on the headers of the
 * tables and the claims in it, and for notes and strings that begin before it on their bytes up to
 * it. Order: ELF header, program headers, interpreters, section headers, then sections by index,
 * each from its start, then instructions and what system calls read. Where no section header
 * describes what is loaded, notes and thread-local data of segments, and what PT_DYNAMIC and
 * PT_GNU_EH_FRAME lead to, come before the sections. */
ELFGEN_API bool elfgen_map_next(struct elfgen_map *map, struct elfgen_claim *claim);

/* Appends what the claim's value means to `text`: a name, a file offset for an address,
 * permissions, the string itself, the instruction; nothing if there is nothing to add to the
 * number. One line of printable ASCII. `code` as above. */
ELFGEN_API void elfgen_claim_meaning(const struct elfgen_view *view, const struct elfgen_code *code,
                                     const struct elfgen_claim *claim, struct elfgen_text *text);

/* Whether the claim has a value: its field is a number, not characters or bytes. */
ELFGEN_API bool elfgen_claim_has_value(const struct elfgen_claim *claim);

/* A group of bits in a field that has several meanings. */
struct elfgen_bit_group {
    const char *name;
    unsigned low, width; /* bits low to low + width - 1 */
    uint64_t value;
};

/* Gets group `number` (0...) of the claim's field, from bit 0 up; false: there are no more. */
ELFGEN_API bool elfgen_claim_bits(const struct elfgen_view *view, const struct elfgen_claim *claim,
                                  unsigned number, struct elfgen_bit_group *group);

/* A place that a value leads to. */
struct elfgen_reference {
    uint64_t offset;  /* in the file; ELFGEN_NOWHERE: it is in memory only */
    uint64_t length;  /* bytes from there, none of them past the file's end; 0: not known */
    uint64_t address; /* if `in_memory` */
    bool in_memory;
};

/* Finds what the claim's value leads to: the table of e_phoff, the bytes of a segment or section,
 * the name of st_name, the symbol of r_info, the target of a jump, the first bytes that a system
 * call reads. Returns false if it leads nowhere; *reference may have changed. `code` as above. */
ELFGEN_API bool elfgen_claim_refers(const struct elfgen_view *view, const struct elfgen_code *code,
                                    const struct elfgen_claim *claim,
                                    struct elfgen_reference *reference);

/* The most characters of a label; of a label for one byte. */
enum { ELFGEN_LABEL_MOST = 9, ELFGEN_LABEL_OF_BYTE = 4 };

/* Appends a label that fits below the claim's bytes: the field's name without prefix, or the
 * instruction's mnemonic, cut. At least one character. `code` as above. */
ELFGEN_API void elfgen_claim_label(const struct elfgen_view *view, const struct elfgen_code *code,
                                   const struct elfgen_claim *claim, struct elfgen_text *text);

/* Whether unclaimed bytes, [from, to) of the view's file, are padding: zeros before a claim at
 * `to`, fewer than the largest power of two that divides `to`. */
ELFGEN_API bool elfgen_map_is_padding(const struct elfgen_view *view, uint64_t from, uint64_t to);

/* The names of parts and readers: "phdr", "kernel"; NULL: a number that is none of them. */
ELFGEN_API const char *elfgen_part_name(enum elfgen_part part);
ELFGEN_API const char *elfgen_reader_name(enum elfgen_reader reader);

/* What a part is: "program header"; NULL as above. */
ELFGEN_API const char *elfgen_part_title(enum elfgen_part part);

#endif
