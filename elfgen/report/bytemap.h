/* What the formats of the byte map share: the walk that calls them, and words. */
#ifndef BYTEMAP_H
#define BYTEMAP_H

#include "explain.h"

/* A format. `claim` gets the claims in file order, a longer one before those that lie in it; `gap`
 * the bytes that nothing claims, each run once. Like a claim, a gap or padding that only touches
 * the report's range is given whole if it is asked for. `symbol`, unless NULL, gets the symbols
 * that begin in the range, each before what begins at its first byte or behind it. */
struct explain_writer {
    struct explain *explain;
    bool whole_gaps;
    void (*claim)(struct explain_writer *writer, const struct elfgen_claim *claim);
    void (*gap)(struct explain_writer *writer, uint64_t offset, uint64_t length);
    void (*symbol)(struct explain_writer *writer, const struct symbol *symbol);
    size_t next_symbol; /* the walk's own */
};

/* Walks through the report's range. False: `problem` says why not. */
bool explain_walk(struct explain_writer *writer);

/* One report each. */
bool explain_text(struct explain *explain);
bool explain_detail(struct explain *explain);
bool explain_memory(struct explain *explain);
bool explain_json(struct explain *explain);
bool explain_markdown(struct explain *explain);
bool explain_hex(struct explain *explain);

/* "ehdr", "phdr[0]", "instruction[0x10078]"; with the field: "phdr[0].p_flags". */
void put_owner(struct elfgen_text *out, const struct elfgen_claim *claim);
void put_name(struct elfgen_text *out, const struct elfgen_claim *claim);

/* The field's value in its kind's form; nothing for what has no value. */
void put_value(struct elfgen_text *out, const struct elfgen_claim *claim);

/* What the value says; where it says nothing more, what the field is for. */
void put_meaning(struct elfgen_text *out, const struct explain *explain,
                 const struct elfgen_claim *claim);

/* "main: function, 12 bytes"; a place is its name alone: "_start:" */
void put_symbol_words(struct elfgen_text *out, const struct symbol *symbol);

/* The symbol that has the claim's bytes; NULL: none. */
const struct symbol *symbol_of(const struct explain *explain, const struct elfgen_claim *claim);

/* Whether a file is an ELF file, by what the view has of it. */
bool explain_is_elf(const struct elfgen_view *view);

#endif
