/* Names of places in a program, from its own symbol table or that of FILE.debug, which has the same
 * addresses. */
#ifndef SYMBOLS_H
#define SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen.h"

struct symbol {
    const char *name; /* in the bytes of the file; symbols_put() finds its end */
    uint32_t room;    /* bytes that it may have, 1 to 255; a longer name is cut */
    uint8_t type;     /* ELFGEN_STT_NOTYPE, OBJECT, FUNC or GNU_IFUNC */
    uint8_t binding;
    uint64_t address; /* in an object: relative to its section */
    uint64_t offset;  /* of its first byte in the program's file; UINT64_MAX: not in the file */
    uint64_t size;    /* as the table says; 0: a place */
};

/* Symbols sorted by address or by file offset. */
struct symbol_span {
    uint64_t from, to; /* cut to the mapping; equal: a place without a size */
    uint32_t symbol;   /* its index */
    uint32_t outer;    /* index plus 1 of the nearest earlier span that continues here; 0: none */
};
struct symbol_spans {
    struct symbol_span *spans;
    size_t count;
    /* Equal parts of 2^shift places each: the index of the first span at or after the start of each
     * part. A search begins among few spans. */
    uint32_t *parts;
    size_t part_count;
    unsigned shift;
    /* The last answer, which holds for places from `low` up to `high`. */
    uint64_t low, high;
    size_t number; /* index plus 1 of the last span that begins there; 0: none */
};

struct symbols {
    struct symbol *all;
    size_t count;
    struct symbol_spans by_address, by_offset; /* an object has the second only */
    bool fixed;                                /* addresses are those of the running program */
    /* The symbol that a text named last, and the distance from its start; symbols_forget() clears
     * it. */
    const struct symbol *named;
    uint64_t named_distance;
};

/* Reads names for `program` from the tables of type `type` (ELFGEN_SHT_SYMTAB or DYNSYM) in `file`,
 * which may be the same view. Symbols that are undefined, nameless or not mapped by the program are
 * omitted. The bytes of both views must stay while the symbols are used. symbols_free() is needed
 * either way. Returns false if memory ran out. */
bool symbols_read(struct symbols *symbols, const struct elfgen_view *program,
                  const struct elfgen_view *file, uint64_t type);
void symbols_free(struct symbols *symbols);

/* Whether `debug`, an ELF file, can be of the build that made `program`, as far as headers tell.
 * Returns false with a sentence about the difference in `why`. */
bool symbols_belong(const struct elfgen_view *program, const struct elfgen_view *debug,
                    struct elfgen_text *why);

/* The innermost symbol that contains [from, from + length) or begins at `from`, or NULL. `symbols`
 * may be NULL here and below. */
const struct symbol *symbols_at_offset(struct symbols *symbols, uint64_t from, uint64_t length);

/* The symbol of that name, a visible one if there are several, or NULL. */
const struct symbol *symbols_find(const struct symbols *symbols, const char *name);

/* Clears `named`. */
void symbols_forget(struct symbols *symbols);

/* The index of the first span by offset that begins at `offset` or after it. */
size_t symbols_from(const struct symbols *symbols, uint64_t offset);

/* Prints the name; a dot for each byte that is not printable. */
void symbols_put(struct elfgen_text *out, const struct symbol *symbol);

/* "function", "object", "symbol" */
const char *symbols_type_name(const struct symbol *symbol);

/* For struct x86_names: prints "main" or "table+0x4", and sets `named`. `context` is a struct
 * symbols. */
bool symbols_put_name(void *context, uint64_t address, const char *before, const char *after,
                      struct elfgen_text *out);

#endif
