/* A relocatable object as the linker works on it: what an object file says, by the file's own
 * section and symbol numbers, and what becomes of each part. */
#ifndef LINK_OBJECT_H
#define LINK_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/image.h"

/* `section` of a symbol that lies in none. */
#define LINK_UNDEFINED UINT32_MAX
#define LINK_ABSOLUTE  (UINT32_MAX - 1)
#define LINK_COMMON    (UINT32_MAX - 2)

/* As an index: there is none. */
#define LINK_NONE UINT32_MAX

/* One string or constant of a section whose contents may be merged (SHF_MERGE). */
struct link_piece {
    uint64_t offset, size; /* in its section */
    uint64_t place;        /* in the program's section, once merged */
    uint32_t section;      /* the program's, once merged */
    bool live;
};

/* Why a section is in the program. */
struct link_reason {
    uint32_t object;     /* which asks for it; LINK_NONE: nothing does, it is where all begins */
    uint32_t relocation; /* of that object */
};

struct link_section {
    /* What the file says. */
    const char *name;
    const uint8_t *bytes; /* NULL: zeros */
    uint64_t size, align, flags, entry_size;
    uint32_t type;
    uint32_t first_relocation, relocation_count;
    /* What becomes of it. */
    bool discarded; /* another object has the same COMDAT group */
    bool live;
    bool merges; /* its pieces are placed, not the section */
    bool whole;  /* something reads beyond a piece: it stays as it is */
    struct link_piece *pieces;
    size_t piece_count;
    uint32_t place; /* index of the program's section, LINK_NONE */
    uint64_t delta; /* where it begins in that */
    struct link_reason reason;
};

struct link_symbol {
    const char *name; /* "" where it has none */
    uint64_t value;   /* of LINK_COMMON: the alignment */
    uint64_t size;
    uint32_t section;      /* of the object, or one of the three above */
    uint32_t global;       /* index of the name that all objects share; LINK_NONE: local */
    uint8_t type, binding; /* STT_..., STB_... */
};

/* Sections of which a program has one set, by the name of their signature. */
struct link_group {
    const char *signature;
    uint32_t *members; /* section numbers */
    size_t member_count;
};

struct link_object {
    const char *name; /* as messages show it: "util.o", "libx.a(util.o)" */
    uint16_t machine;
    struct link_section *sections; /* [0] is the header that is none */
    size_t section_count;
    struct link_symbol *symbols; /* [0] is the symbol that is none */
    size_t symbol_count;
    struct elfgen_relocation *relocations; /* by section; section and symbol are the object's */
    size_t relocation_count;
    struct link_group *groups;
    size_t group_count;
    bool keeps_all; /* nothing in it says what is used: raw machine code */
    /* Whoever made the object frees what it points to; NULL: nothing. */
    void (*release)(void *owner);
    void *owner;
};

/* A file of objects of which those are taken that define something needed. Names are owned by
 * whoever made the archive. */
struct link_archive {
    const char *name;
    struct link_offer {
        const char *symbol;
        size_t member; /* file offset of the member's header */
    } * offers;
    size_t offer_count;
    /* Reads the member of an offer. NULL: it is in the program already, or *failed, told why. */
    struct link_object *(*load)(void *owner, size_t offer, bool *failed);
    /* Whether the member of an offer has the symbol with a value, rather than as COMMON. */
    bool (*defines)(void *owner, size_t offer);
    void (*release)(void *owner);
    void *owner;
};

void link_object_release(struct link_object *object);

#endif
