/* A link in progress, and what its steps tell each other. */
#ifndef LINK_PRIVATE_H
#define LINK_PRIVATE_H

#include "elfgen/section_headers.h"
#include "hash_table.h"
#include "link.h"

/* How a symbol is defined, from the weakest claim to the strongest. */
enum link_claim {
    LINK_CLAIM_NONE,   /* not needed; an archive may define it */
    LINK_CLAIM_WEAK,   /* needed only if something defines it; else it is 0 */
    LINK_CLAIM_NEEDED, /* needed, not defined */
    LINK_CLAIM_DEFINED_WEAK,
    LINK_CLAIM_COMMON,
    LINK_CLAIM_LINKER, /* by the linker itself: _end, __start_names, ... */
    LINK_CLAIM_DEFINED
};

/* A global symbol, shared by all objects. */
struct link_global {
    const char *name;
    enum link_claim claim;
    uint32_t object, symbol; /* the definition, if there is one */
    uint32_t archive, offer; /* the archive's member that defines it; LINK_NONE: none does */
    uint64_t size, align;    /* of COMMON: the largest of all objects */
    uint32_t section;        /* the program's, of COMMON symbols and the linker's own */
    uint64_t value;          /* offset in it; without a section, the address */
    bool live;
    struct link_reason reason;
};

/* A section that __start_NAME may refer to. */
struct link_named {
    const char *name;
    uint32_t object, section;
};

struct link {
    struct reporter reporter;
    struct link_options options;
    struct elfgen_program program; /* once link_emit() has made it */
    struct link_object **objects;
    size_t object_count, object_capacity;
    struct link_archive **archives;
    size_t archive_count, archive_capacity;
    struct link_table names; /* -> globals */
    struct link_global *globals;
    size_t global_count, global_capacity;
    struct link_table signatures; /* -> object */
    size_t unread;                /* index of the first object whose symbols have not been read */
    size_t duplicates, absent;    /* how many errors were reported about symbols and sections */
    struct link_named *named;     /* sorted by name */
    size_t named_count;
    uint32_t got;            /* the program's section */
    struct link_table slots; /* of the global offset table */
    size_t slot_count;
    uint32_t *symbol_base; /* by object: index of its symbol 0 in `symbols` */
    uint32_t global_base;  /* index of the first global symbol there */
    struct elfgen_section *sections;
    size_t section_count, section_capacity;
    struct elfgen_symbol *symbols;
    struct elfgen_relocation *relocations;
    size_t relocation_count, relocation_capacity;
    void **kept; /* memory that lives as long as the program */
    size_t kept_count, kept_capacity;
};

/* Where a relocation of an object is, and where its section is. */
struct place link_relocation_place(const struct link_object *object,
                                   const struct elfgen_relocation *relocation);
struct place link_section_place(const struct link_object *object,
                                const struct link_section *section);

/* Makes room for one more element. Returns false after reporting that there is no memory. */
bool link_grow(const struct link *link, void *array, size_t count, size_t *capacity,
               size_t element);

/* Allocates zeroed memory that link_release() frees. Returns NULL after reporting the error. */
void *link_keep(struct link *link, size_t size);

/* Append to the program. link_add_section() returns the section's number; both return LINK_NONE or
 * false after reporting that there is no memory. */
uint32_t link_add_section(struct link *link, const struct elfgen_section *section);
bool link_add_relocation(struct link *link, const struct elfgen_relocation *relocation);

/* The segment permissions (ELFGEN_PF_...) that an object's section asks for. */
uint32_t link_permissions(const struct link_section *section);

/* Resolves all symbols, with archives and COMDAT groups. */
bool link_resolve(struct link *link);
bool link_all_defined(struct link *link);

/* Finds the definition of the entry symbol; a local symbol counts if no object defines a global
 * one. */
bool link_find_entry(const struct link *link, uint32_t *object, uint32_t *symbol);

/* Marks the sections, pieces and symbols that the program needs. */
bool link_mark(struct link *link);

/* Mergeable sections: cuts one into pieces; finds the piece at an offset, NULL if the section has
 * none; places the pieces that are needed. */
bool link_find_pieces(struct link *link, struct link_section *section);
struct link_piece *link_piece_at(const struct link_section *section, uint64_t offset);
bool link_merge(struct link *link);

/* The sections of a name that is an identifier in C, in the order of objects; *count of them. The
 * index is built once. */
const struct link_named *link_find_named(const struct link *link, const char *name, size_t *count);
bool link_index_named(struct link *link);

/* Defines the symbols that the linker itself provides. */
bool link_define(struct link *link);

/* Makes link->program. */
bool link_emit(struct link *link);

/* The index in link->symbols of an object's symbol. */
uint32_t link_symbol_number(const struct link *link, uint32_t object, uint32_t index);

/* Makes a relocation of an object point to the program's symbol. */
void link_point(const struct link *link, uint32_t from, struct elfgen_relocation *relocation);

/* Section headers for the program; the link owns the arrays. */
struct link_section_headers {
    struct elfgen_section_header *sections;
    size_t section_count, extra; /* `extra`: how many more there is room for */
    struct elfgen_symbol_entry *symbols;
    size_t symbol_count;
    uint32_t *header_of; /* by section of the program: its index in `sections` */
    bool *named;         /* by global: its symbol was added */
};

/* Makes the headers of link->program, which must be laid out. Returns false after reporting that
 * there is no memory. */
bool link_make_section_headers(struct link *link, size_t extra,
                               struct link_section_headers *headers);

/* Appends the headers to a file of *size bytes at `file`, which is malloc'ed. Returns the file's
 * new address and *size, or NULL after reporting the error and freeing `file`. */
uint8_t *link_put_section_headers(struct link *link, const struct link_section_headers *headers,
                                  uint8_t *file, size_t *size);

#endif
