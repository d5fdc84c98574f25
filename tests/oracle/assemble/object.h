/* An object file as the comparison of assemblers sees it, whoever made it. */
#ifndef TEST_ORACLE_ASSEMBLE_OBJECT_H
#define TEST_ORACLE_ASSEMBLE_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "elfgen/assemble.h"

struct object_section {
    char *name;
    uint32_t type;
    uint64_t flags, align, entry_size, size;
    uint8_t *bytes; /* `size` of them, fields of relocations zero; NULL: the section has none */
};

/* `section` of a symbol: an index, or one of these. */
enum { OBJECT_UNDEFINED = -1, OBJECT_ABSOLUTE = -2, OBJECT_COMMON = -3 };

struct object_symbol {
    char *name; /* "" of a section */
    uint8_t type, binding, visibility;
    int section;
    uint64_t value, size;
};

struct object_relocation {
    size_t section, symbol;
    uint32_t type;
    uint64_t offset;
    int64_t addend;
};

struct object {
    uint16_t machine;
    struct object_section *sections;
    size_t section_count;
    struct object_symbol *symbols; /* without the empty one and that of the file's name */
    size_t symbol_count;
    struct object_relocation *relocations; /* by section, within it in the file's order */
    size_t relocation_count;
};

/* Reads an object of nasm's, without the sections that describe the others. Exits if it cannot. */
void object_read(struct object *object, const char *path);

/* Copies what the assembler made. */
void object_take(struct object *object, const struct elfgen_assembly *assembly);

void object_free(struct object *object);

/* The first difference between what nasm made and what the assembler made, as a sentence in `text`
 * of `room` bytes. False: there is none. *section and *offset are where the bytes first differ;
 * *section is SIZE_MAX if they do not. */
bool object_differs(const struct object *theirs, const struct object *ours, char *text, size_t room,
                    size_t *section, uint64_t *offset);

#endif
