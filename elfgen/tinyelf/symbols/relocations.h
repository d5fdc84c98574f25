/* Relocations of an object's code: where they apply, and to which symbols they refer. */
#ifndef SYMBOLS_RELOCATIONS_H
#define SYMBOLS_RELOCATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen.h"

struct relocation {
    uint64_t offset;  /* in the file, of the first byte that it changes */
    uint64_t address; /* r_offset: in an object, from the section's first byte */
    uint64_t type;
    const char *name; /* of its symbol, or of the section that this stands for; not terminated */
    uint32_t name_length;
    bool has_addend; /* false: the addend is in the bytes that it changes */
    int64_t addend;
};

struct relocations {
    const struct elfgen_view *view;
    struct relocation *all; /* by offset */
    size_t count, room;
};

/* Reads the relocations of a relocatable object's executable sections; other files count as having
 * none. The view and its bytes must outlive them. relocations_free() is needed either way. Returns
 * false if memory ran out. */
bool relocations_read(struct relocations *relocations, const struct elfgen_view *view);
void relocations_free(struct relocations *relocations);

/* The first one that applies to [offset, offset + size) of the file; NULL: none does. `relocations`
 * may be NULL. */
const struct relocation *relocations_find(const struct relocations *relocations, uint64_t offset,
                                          uint64_t size);

/* For struct x86_names, whose contract is in x86/x86.h. `context` is a struct relocations. */
bool relocations_get(void *context, const uint8_t *bytes, size_t size, struct elfgen_rela *found,
                     struct elfgen_text *symbol);

/* Prints the name of its symbol, as symbols_put() does. */
void relocations_put_symbol(struct elfgen_text *out, const struct relocation *relocation);

/* Prints "0xc: R_X86_64_PLT32 puts-0x4", as objdump -r does: an addend that is in the bytes is not
 * printed. */
void relocations_put(struct elfgen_text *out, const struct relocations *relocations,
                     const struct relocation *relocation);

#endif
