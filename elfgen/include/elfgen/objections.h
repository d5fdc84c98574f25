/* What the ELF specification, good practice, portability and other loaders object to in a program.
 * Each objection is a row with a source. Any bytes are accepted; nothing is allocated. */
#ifndef ELFGEN_OBJECTIONS_H
#define ELFGEN_OBJECTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/api.h"
#include "elfgen/text.h"

/* Who objects. The first three are warnings, the others refuse. */
enum elfgen_objector {
    ELFGEN_OBJECTOR_SPECIFICATION = 1,
    ELFGEN_OBJECTOR_PRACTICE = 2,
    ELFGEN_OBJECTOR_PORTABILITY = 4,
    ELFGEN_OBJECTOR_QEMU_USER = 8, /* linux-user of QEMU 7.2: measured by running it */
    ELFGEN_OBJECTOR_WSL1 = 16,     /* cited */
    ELFGEN_OBJECTOR_FREEBSD = 32,  /* cited; without its Linux emulation */
    ELFGEN_OBJECTOR_WARNINGS = 7
};

struct elfgen_objection {
    enum elfgen_objector who;
    const char *name;     /* "p_align-power" */
    const char *source;   /* where the rule is written */
    const char *sentence; /* see elfgen_objection_text() */
    const char *field;    /* NULL: none in particular */
    uint64_t offset;      /* of the field in the file, or ELFGEN_NOWHERE */
    uint64_t value;
    uint64_t other;   /* what it was compared with */
    uint16_t segment; /* program header that the field is in, 0xffff: none */
};

/* Gets the next objection by one of `who` (bits), from row *row on, which is 0 at first. Each row
 * objects once, to the first place where it can. Returns false if there are no more. */
ELFGEN_API bool elfgen_objection_next(const void *bytes, uint64_t length, unsigned who,
                                      unsigned *row, struct elfgen_objection *objection);

/* Appends the sentence of an objection, with its numbers. */
ELFGEN_API void elfgen_objection_text(const struct elfgen_objection *objection,
                                      struct elfgen_text *text);

#endif
