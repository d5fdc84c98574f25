/* The names of a program's places, from a symbol table: its own, or that of FILE.debug, which
 * stands at the same addresses. */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen.h"

struct symbol {
    const char *name; /* in the file that has the table; symbols_put() looks for its end */
    uint32_t room;    /* bytes that are there for it, 1 to 255: what is longer is cut */
    uint8_t type;     /* ELFGEN_STT_NOTYPE, OBJECT, FUNC or GNU_IFUNC */
    uint8_t binding;
    uint64_t address; /* in an object: in its section */
    uint64_t offset;  /* of its first byte in the program's file; UINT64_MAX: it is not there */
    uint64_t size;    /* as the table says; 0: a place */
};

/* The places of symbols in one counting, addresses or file offsets, by their start. */
struct symbol_span {
    uint64_t from, to; /* cut to what is mapped; the same: a place */
    uint32_t symbol;   /* its number */
    uint32_t outer;    /* number plus 1 of the nearest one before that goes on here, 0: none does */
};
struct symbol_spans {
    struct symbol_span *spans;
    size_t count;
    /* Places in equal parts of 2^shift each: the number of the first span in each part, or behind
     * it, so that a search begins among few. */
    uint32_t *parts;
    size_t part_count;
    unsigned shift;
    /* The last answer: it holds for all places from `low` up to `high`. */
    uint64_t low, high;
    size_t number; /* plus 1, of the last span that begins there; 0: none */
};

struct symbols {
    struct symbol *all;
    size_t count;
    struct symbol_spans by_address, by_offset; /* of an object, the second alone */
    bool fixed;                                /* addresses are those of the running program */
    /* What a text named last, and how far behind its start; symbols_forget() empties it. */
    const struct symbol *named;
    uint64_t named_distance;
};

/* Takes the names for `program` from the tables of type `type` (ELFGEN_SHT_SYMTAB or DYNSYM) in
 * `file`, which may be the same view. What is undefined, nameless or outside of what the program
 * maps is left out. Both views' bytes must stay while the symbols are used; symbols_free() them
 * either way. False: out of memory. */
bool symbols_read(struct symbols *symbols, const struct elfgen_view *program,
                  const struct elfgen_view *file, uint64_t type);
void symbols_free(struct symbols *symbols);

/* Whether `debug` may be of the build that made `program`, by what both say. False: `why` is a
 * sentence about what differs. */
bool symbols_belong(const struct elfgen_view *program, const struct elfgen_view *debug,
                    struct elfgen_text *why);

/* The innermost symbol that has all of [from, from + length), or is the place `from`. NULL: none.
 * `symbols` may be NULL here and below. */
const struct symbol *symbols_at_address(struct symbols *symbols, uint64_t from, uint64_t length);
const struct symbol *symbols_at_offset(struct symbols *symbols, uint64_t from, uint64_t length);

/* The one of that name, of several the one that others see; NULL: none has it. */
const struct symbol *symbols_find(const struct symbols *symbols, const char *name);

/* Empties `named`. */
void symbols_forget(struct symbols *symbols);

/* The number of the first span by offset that begins at `offset` or behind it. */
size_t symbols_from(const struct symbols *symbols, uint64_t offset);

/* The name, without what is not printable. */
void symbols_put(struct elfgen_text *out, const struct symbol *symbol);

/* "function", "object", "symbol" */
const char *symbols_type_name(const struct symbol *symbol);

/* For struct x86_names: "main", "table+0x4", and what was named is kept. `context` is a struct
 * symbols. */
bool symbols_put_name(void *context, uint64_t address, const char *before, const char *behind,
                      struct elfgen_text *out);

#endif
