/* Objects and archives -> one program.
 *
 * symbols.c finds out who defines what and takes members out of archives; live.c keeps what the
 * entry needs; merge.c has equal constants once; join.c makes the program: one symbol table, GOT
 * slots, relocations of the kinds that image/ applies. Nothing is printed: what there is to say
 * goes to a callback. */
#ifndef LINK_H
#define LINK_H

#include "object.h"
#include "table.h"

/* Who defines a name, from the weakest claim to the strongest. */
enum link_claim {
    LINK_CLAIM_NONE,   /* nobody needs it; an archive may offer it */
    LINK_CLAIM_WEAK,   /* needed, but 0 will do */
    LINK_CLAIM_NEEDED, /* needed, not defined */
    LINK_CLAIM_DEFINED_WEAK,
    LINK_CLAIM_COMMON,
    LINK_CLAIM_LINKER, /* the linker itself knows it: _end, __start_names, ... */
    LINK_CLAIM_DEFINED
};

/* A name that all objects share. */
struct link_global {
    const char *name;
    enum link_claim claim;
    uint32_t object, symbol; /* the definition, where there is one */
    uint32_t archive, offer; /* who would define it; LINK_NONE: nobody */
    uint64_t size, align;    /* of COMMON: the largest asked for */
    uint32_t section;        /* the program's, of COMMON and of what the linker defines */
    uint64_t value;          /* there; without a section, the address */
    bool live;
    struct link_reason reason;
};

/* A section that __start_NAME may stand in front of. */
struct link_named {
    const char *name;
    uint32_t object, section;
};

/* One line for the user, an error. */
typedef void link_reporter(void *context, const char *text);

struct link {
    /* Set by the caller. */
    link_reporter *report;
    void *context;
    const char *entry; /* symbol; NULL: everything is kept */
    bool keep_all;     /* even what nothing needs */
    uint16_t machine;  /* ELFGEN_EM_... */
    uint64_t base;     /* of the program: code is shorter when addresses fit 31 bits */
    /* Called once when names are undefined that every object was asked for: adds what may define
     * them. NULL: nothing does. */
    bool (*more)(struct link *link);
    /* Answers, after link_program(). */
    struct elfgen_program program;
    bool no_entry; /* nothing defines the entry symbol, which is not told */
    /* The room's own. */
    struct link_object **objects;
    size_t object_count, object_capacity;
    struct link_archive **archives;
    size_t archive_count, archive_capacity;
    struct link_table names; /* -> globals */
    struct link_global *globals;
    size_t global_count, global_capacity;
    struct link_table signatures; /* -> object */
    size_t unread;                /* objects from here on have not been looked at */
    size_t duplicates, absent;    /* what was told of symbols and sections */
    struct link_named *named;     /* by name */
    size_t named_count;
    uint32_t got;            /* the program's section */
    struct link_table slots; /* of the global offset table, of local symbols */
    size_t slot_count;
    uint32_t *symbol_base; /* by object: the program's number of its symbol 0 */
    struct elfgen_section *sections;
    size_t section_count, section_capacity;
    struct elfgen_symbol *symbols;
    struct elfgen_relocation *relocations;
    size_t relocation_count, relocation_capacity;
    void **kept; /* memory that lives as long as the program */
    size_t kept_count, kept_capacity;
};

/* Adds an object or an archive, which then belongs to the link, also when the call fails. False:
 * out of memory, told. */
bool link_add_object(struct link *link, struct link_object *object);
bool link_add_archive(struct link *link, struct link_archive *archive);

/* Everything that was added -> link->program. False: told why; all undefined and all duplicate
 * symbols are told, each with the places that need it. */
bool link_program(struct link *link);

/* Frees everything. */
void link_release(struct link *link);

/* ---- inside the room ---- */

/* context.c: messages and memory. */
__attribute__((format(printf, 2, 3))) bool link_report(const struct link *link, const char *format,
                                                       ...);

/* Makes room for one more element. False: out of memory, told. */
bool link_grow(const struct link *link, void *array, size_t count, size_t *capacity,
               size_t element);

/* Memory that was handed on as const, to its owner again. */
void *link_own(const void *memory);

/* Memory that link_release() frees. NULL: told. */
void *link_keep(struct link *link, size_t size);

/* output_sections.c: appends to the program. The section's number, or LINK_NONE and false: out of
 * memory, told. */
uint32_t link_add_section(struct link *link, const struct elfgen_section *section);
bool link_add_relocation(struct link *link, const struct elfgen_relocation *relocation);

/* The segment permissions (ELFGEN_PF_...) that an object's section asks for. */
uint32_t link_permissions(const struct link_section *section);

/* symbols.c: names, archives, groups. */
bool link_resolve(struct link *link);
bool link_all_defined(struct link *link);

/* The definition of the entry symbol; local ones count where no object has a global one. */
bool link_find_entry(const struct link *link, uint32_t *object, uint32_t *symbol);

/* live.c: what is needed. */
bool link_mark(struct link *link);

/* merge.c: pieces. */
bool link_find_pieces(struct link *link, struct link_section *section);
struct link_piece *link_piece_at(const struct link_section *section, uint64_t offset);
bool link_merge(struct link *link);

/* around.c: the sections of a name that C can say, in the order of objects; *count of them. */
const struct link_named *link_find_named(const struct link *link, const char *name, size_t *count);
bool link_index_named(struct link *link);

/* Names that the linker itself defines, and what they stand for. */
bool link_define(struct link *link);

/* join.c */
bool link_emit(struct link *link);

/* Makes a relocation of an object point to the program's symbol. */
void link_point(const struct link *link, uint32_t from, struct elfgen_relocation *relocation);

#endif
