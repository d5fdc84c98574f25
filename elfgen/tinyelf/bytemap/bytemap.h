/* The byte map, walked claim by claim, and words for what it claims. */
#ifndef BYTEMAP_H
#define BYTEMAP_H

#include <stdbool.h>

#include "elfgen.h"
#include "symbols/symbols.h"

struct coverage;

/* A file, and the part of it that a report is about. */
struct bytemap {
    /* Set by the caller. */
    const struct elfgen_view *view; /* bytemap_open_view() */
    const char *file;               /* its name */
    struct elfgen_code *code;       /* its code, followed; NULL: none is shown */
    struct symbols *symbols;        /* names of places; NULL: none */
    bool encodings;                 /* the parts of instructions, too */
    uint64_t from, to;              /* only claims that touch [from, to) */
    struct elfgen_text *out;        /* for the writers; the walk writes nothing */
    const struct coverage *run;     /* for the writers: what a run did; NULL: none is known */

    volatile size_t walked; /* how far a walk is, for who watches it */

    /* Why a walk ended early; its status is ELFGEN_OK if none did. */
    struct elfgen_error error;
};

/* Opens a view for a byte map. In a file that is not ELF, nothing is claimed. */
void bytemap_open_view(struct elfgen_view *view, const void *bytes, uint64_t length);

/* ---- the walk ---- */

/* What a walk calls. `claim` gets the claims in file order, a longer one before those inside it;
 * `gap` gets the bytes that nothing claims, each run once. A claim that only touches the range is
 * passed whole; so are gaps and padding if `whole_gaps` is set. `symbol`, unless NULL, gets the
 * symbols that begin in the range, each before whatever begins at or after its first byte. */
struct bytemap_writer {
    struct bytemap *map;
    bool whole_gaps;
    void (*claim)(struct bytemap_writer *writer, const struct elfgen_claim *claim);
    void (*gap)(struct bytemap_writer *writer, uint64_t offset, uint64_t length);
    void (*symbol)(struct bytemap_writer *writer, const struct symbol *symbol);
    size_t next_symbol; /* the walk's own */
};

/* Walks through the range. Returns false if it ended early: `error` says why. */
bool bytemap_walk(struct bytemap_writer *writer);

/* ---- addresses ---- */

/* Where offsets are in memory. Its answer holds for offsets from `from` up to `to`, so that a walk
 * in file order asks the program headers seldom. Begin with zeros. */
struct bytemap_addresses {
    uint64_t from, to;
    bool in_memory;
    uint64_t distance; /* address - offset */
};

/* The address of the byte at `offset`, as elfgen_memory_address() finds it; false: there is none,
 * as in an object. */
bool bytemap_address(struct bytemap_addresses *addresses, const struct elfgen_view *view,
                     uint64_t offset, uint64_t *address);

/* ---- words ---- */

/* "ehdr", "phdr[0]", "instruction[0x10078]"; with the field: "phdr[0].p_flags". */
void bytemap_put_owner(struct elfgen_text *out, const struct elfgen_claim *claim);
void bytemap_put_name(struct elfgen_text *out, const struct elfgen_claim *claim);

/* Whether the index of a claim is an address. */
bool bytemap_is_by_address(const struct elfgen_claim *claim);

/* Whether values of that kind are shown in decimal; others are in hexadecimal. */
bool bytemap_is_decimal(enum elfgen_kind kind);

/* The value of the field, in the form of its kind; nothing for a claim without a value. */
void bytemap_put_value(struct elfgen_text *out, const struct elfgen_claim *claim);

/* The same in decimal; signed where the field is. */
void bytemap_put_decimal(struct elfgen_text *out, const struct elfgen_claim *claim);

/* The same in hexadecimal, for columns of one base. */
void bytemap_put_hex(struct elfgen_text *out, const struct elfgen_claim *claim);

/* What the claim's field is for. */
void bytemap_put_explanation(struct elfgen_text *out, const struct bytemap *map,
                             const struct elfgen_claim *claim);

/* What the value means; where that adds nothing, what the field is for. */
void bytemap_put_meaning(struct elfgen_text *out, const struct bytemap *map,
                         const struct elfgen_claim *claim);

/* "main: function, 12 bytes"; for a symbol without type and size the name alone: "_start:" */
void bytemap_put_symbol(struct elfgen_text *out, const struct symbol *symbol);

/* The symbol that contains the bytes of the claim, or NULL. */
const struct symbol *bytemap_symbol(const struct bytemap *map, const struct elfgen_claim *claim);

/* ---- purposes ---- */

/* The fields of which a report has said what they are for, each with the table that it last said it
 * in. Begin with zeros. */
struct bytemap_purposes {
    struct bytemap_purpose {
        const struct elfgen_field *field;
        enum elfgen_part part;
        uint64_t section;
    } rows[512]; /* twice the fields of all structures and more */
};

/* What the field is for, after its value in decimal ("56: size of one program header") if that is
 * its form and has other digits than the hexadecimal one. Further entries of a table have the
 * decimal value alone ("56 bytes"). Nothing for a claim without a field. */
void bytemap_put_purpose(struct elfgen_text *out, struct bytemap_purposes *purposes,
                         const struct bytemap *map, const struct elfgen_claim *claim);

/* ---- places ---- */

struct bytemap_place {
    uint64_t offset, length; /* in the file; at least one byte, none past its end */
    uint64_t another;        /* a structure of the same name begins there; UINT64_MAX: none */
    bool whole;              /* a structure, not a field or symbol */
};

/* Finds a field or structure by its name: "e_phentsize", "p_flags", "phdr[1].p_flags", "phdr[1]",
 * "ehdr", "instruction[0x10078]". Of entries that several tables have, it is the first in the file.
 * Any other name is a symbol's. Returns false if the file has nothing of that name. */
bool bytemap_find(const struct bytemap *map, const char *name, struct bytemap_place *found);

#endif
