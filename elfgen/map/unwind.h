/* Reads the records of .eh_frame, whose fields have widths of their own. */
#ifndef ELFGEN_UNWIND_H
#define ELFGEN_UNWIND_H

#include "walk.h"

enum elfgen_unwind_field_id {
#define UNWIND_FIELD(name, kind, reader, meaning) ELFGEN_UNWIND_##name,
#include "unwind_fields.def"
#undef UNWIND_FIELD
    ELFGEN_UNWIND_FIELDS,
    ELFGEN_UNWIND_NONE = ELFGEN_UNWIND_FIELDS /* bytes that no field has */
};

/* How the numbers of a pointer are stored, and what it is a distance from: DW_EH_PE_ of the Linux
 * Standard Base, "DWARF Exception Header Encoding". */
enum {
    ELFGEN_POINTER_FORMAT = 0x0f,
    ELFGEN_POINTER_NATIVE = 0,
    ELFGEN_POINTER_ULEB = 1,
    ELFGEN_POINTER_UDATA2 = 2,
    ELFGEN_POINTER_UDATA4 = 3,
    ELFGEN_POINTER_UDATA8 = 4,
    ELFGEN_POINTER_SIGNED = 8, /* of these formats */
    ELFGEN_POINTER_BASE = 0x70,
    ELFGEN_POINTER_TO_ADDRESS = 0, /* of the bases */
    ELFGEN_POINTER_FROM_HERE = 0x10,
    ELFGEN_POINTER_INDIRECT = 0x80,
    ELFGEN_POINTER_OMITTED = 0xff
};

/* A record, part by part in the order of its bytes. */
struct elfgen_unwind_record {
    uint64_t offset, end;
    bool is_last; /* a length of 0 */
    struct elfgen_unwind_common common;
    unsigned count;
    struct elfgen_unwind_part parts[ELFGEN_UNWIND_PARTS];
};

/* Reads the record at `offset` of a section that begins at `start` and ends at `end`. `known` is
 * the CIE that was read last, or NULL. Returns false if there is no whole record. */
bool elfgen_unwind_read(const struct elfgen_view *view, uint64_t start, uint64_t offset,
                        uint64_t end, const struct elfgen_unwind_common *known,
                        struct elfgen_unwind_record *record);

/* The address that a pointer at a file offset leads to; false: it is not known. */
bool elfgen_unwind_pointer(const struct elfgen_view *view, uint64_t offset, unsigned encoding,
                           uint64_t value, uint64_t *address);

/* Prepares the records of .eh_frame in [offset, offset + size); the owner is set. */
void elfgen_unwind_enter(struct elfgen_map *map, uint64_t offset, uint64_t size,
                         enum elfgen_stage after);

/* Gets the next claim of STAGE_UNWIND. Returns false after the last. */
bool elfgen_unwind_next(struct elfgen_map *map, struct elfgen_claim *claim);

#endif
