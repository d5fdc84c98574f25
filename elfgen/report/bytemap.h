/* The byte map, walked claim by claim, and words for what it claims. */
#ifndef BYTEMAP_H
#define BYTEMAP_H

#include <stdbool.h>

#include "elfgen.h"
#include "symbols.h"

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

    /* The answer, where the walk ended early. */
    const char *problem;
};

/* Opens a view for a byte map: in what is no ELF file nothing is claimed. */
void bytemap_open_view(struct elfgen_view *view, const void *bytes, uint64_t length);

/* Whether a file is an ELF file, by what the view has of it. */
bool bytemap_is_elf(const struct elfgen_view *view);

/* ---- the walk ---- */

/* What a walk calls. `claim` gets the claims in file order, a longer one before those that lie in
 * it; `gap` the bytes that nothing claims, each run once. Like a claim, a gap or padding that only
 * touches the range is given whole if it is asked for. `symbol`, unless NULL, gets the symbols that
 * begin in the range, each before what begins at its first byte or after it. */
struct bytemap_writer {
    struct bytemap *map;
    bool whole_gaps;
    void (*claim)(struct bytemap_writer *writer, const struct elfgen_claim *claim);
    void (*gap)(struct bytemap_writer *writer, uint64_t offset, uint64_t length);
    void (*symbol)(struct bytemap_writer *writer, const struct symbol *symbol);
    size_t next_symbol; /* the walk's own */
};

/* Walks through the range. Returns false if it ended early: `problem` says why. */
bool bytemap_walk(struct bytemap_writer *writer);

/* ---- words ---- */

/* "ehdr", "phdr[0]", "instruction[0x10078]"; with the field: "phdr[0].p_flags". */
void bytemap_put_owner(struct elfgen_text *out, const struct elfgen_claim *claim);
void bytemap_put_name(struct elfgen_text *out, const struct elfgen_claim *claim);

/* The field's value in its kind's form; nothing for what has no value. */
void bytemap_put_value(struct elfgen_text *out, const struct elfgen_claim *claim);

/* What the value says; where it says nothing more, what the field is for. */
void bytemap_put_meaning(struct elfgen_text *out, const struct bytemap *map,
                         const struct elfgen_claim *claim);

/* "main: function, 12 bytes"; a place is its name alone: "_start:" */
void bytemap_put_symbol(struct elfgen_text *out, const struct symbol *symbol);

/* The symbol that has the claim's bytes; NULL: none. */
const struct symbol *bytemap_symbol(const struct bytemap *map, const struct elfgen_claim *claim);

/* ---- places ---- */

/* The place of a field or structure by its name: "e_phentsize", "p_flags", "phdr[1].p_flags",
 * "phdr[1]", "ehdr", "instruction[0x10078]"; or the first byte of a symbol, unless a field has its
 * name. *field: it is one of the first kind, or a symbol. Returns false if the file has none of
 * that name. */
bool bytemap_find(const struct bytemap *map, const char *name, uint64_t *offset, uint64_t *length,
                  bool *field);

#endif
