/* A relocatable object in memory: what the object file says, with the file's own section and symbol
 * numbers, and what the linker decides about each part. */
#ifndef LINK_OBJECT_H
#define LINK_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/image.h"

/* Values of a symbol's `section` that are no section. */
#define LINK_UNDEFINED UINT32_MAX
#define LINK_ABSOLUTE  (UINT32_MAX - 1)
#define LINK_COMMON    (UINT32_MAX - 2)

/* An index of nothing. */
#define LINK_NONE UINT32_MAX

/* One string or constant of a section whose contents may be merged (SHF_MERGE). */
struct link_piece {
    uint64_t offset, size; /* in its section */
    uint64_t place;        /* in the program's section, once merged */
    uint32_t section;      /* the program's, once merged */
    bool live;
};

/* Why a section is in the program: a relocation that refers to it. */
struct link_reason {
    uint32_t object;     /* LINK_NONE: none, it is the entry or asks to be kept */
    uint32_t relocation; /* of that object */
};

struct link_section {
    /* What the file says. */
    const char *name;
    char *made_name; /* `name`, if the file does not have it so: freed with the object; or NULL */
    uint8_t *made_bytes;  /* `bytes`, if the file has them compressed; or NULL */
    const uint8_t *bytes; /* NULL: zeros */
    uint64_t size, align, flags, entry_size;
    uint32_t type;
    uint32_t first_relocation, relocation_count;
    /* What the linker decides. */
    bool discarded; /* another object provides the same COMDAT group */
    bool live;
    bool merges; /* its pieces are placed, not the section */
    bool whole;  /* something reads beyond one piece, so it is not cut */
    struct link_piece *pieces;
    size_t piece_count;
    uint32_t place; /* index of the program's section, or LINK_NONE */
    uint64_t delta; /* its offset in that */
    struct link_reason reason;
};

struct link_symbol {
    const char *name; /* "" if it has none */
    uint64_t value;   /* of LINK_COMMON: the alignment */
    uint64_t size;
    uint32_t section;      /* the object's, or one of the three values above */
    uint32_t global;       /* index in the link's globals; LINK_NONE: local */
    uint8_t type, binding; /* STT_..., STB_... */
};

/* A COMDAT group: sections that a program has once for each signature. */
struct link_group {
    const char *signature;
    uint32_t *members; /* section numbers */
    size_t member_count;
};

struct link_object {
    const char *name; /* as shown in messages: "util.o", "libx.a(util.o)" */
    uint16_t machine;
    struct link_section *sections; /* [0] is the null section */
    size_t section_count;
    struct link_symbol *symbols; /* [0] is the null symbol */
    size_t symbol_count;
    size_t local_count; /* decided by the linker: every symbol from here on is global */
    struct elfgen_relocation *relocations; /* by section; numbers are the object's own */
    size_t relocation_count;
    struct link_group *groups;
    size_t group_count;
    bool keeps_all; /* all its sections are kept: raw machine code does not say what it uses */
    /* Frees what the object points to; may be NULL. */
    void (*release)(void *owner);
    void *owner;
};

/* A file of objects; a member is linked if it defines a symbol that is needed. The archive's maker
 * owns the names. */
struct link_archive {
    const char *name;
    struct link_offer {
        const char *symbol;
        size_t member; /* file offset of the member's header */
    } * offers;
    size_t offer_count;
    /* Reads the member of an offer. Returns NULL if that is linked already, or with *failed set
     * after reporting the error. */
    struct link_object *(*load)(void *owner, size_t offer, bool *failed);
    /* Whether the member of an offer defines the symbol with a value, not as COMMON. */
    bool (*defines)(void *owner, size_t offer);
    void (*release)(void *owner);
    void *owner;
};

void link_object_release(struct link_object *object);

/* The same memory without its const, for the code that owns it. */
void *link_own(const void *memory);

#endif
