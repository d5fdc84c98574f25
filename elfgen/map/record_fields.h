/* Reads single fields of the structures of records.h, by their rows. */
#ifndef ELFGEN_RECORD_FIELDS_H
#define ELFGEN_RECORD_FIELDS_H

#include "elfgen/records.h"
#include "elfgen/view.h"

#include "../format/codec.h"

/* The number of `width` bytes, 1 to 8, at a file offset; 0 if it is not all in the file. */
static inline uint64_t elfgen_number_at(const struct elfgen_view *view, uint64_t offset,
                                        unsigned width)
{
    const uint8_t *bytes = elfgen_view_bytes(view, offset, width);
    return bytes ? elfgen_load(bytes, width, view->order) : 0;
}

/* The structures that are the same in files of both classes. */
#define ELFGEN_RECORD_FIELDS(X)                                                                    \
    ELFGEN_GNU_HASH_FIELDS(X)                                                                      \
    ELFGEN_VERNEED_FIELDS(X)                                                                       \
    ELFGEN_VERNAUX_FIELDS(X)                                                                       \
    ELFGEN_VERDEF_FIELDS(X)                                                                        \
    ELFGEN_VERDAUX_FIELDS(X)                                                                       \
    ELFGEN_EH_FRAME_HDR_FIELDS(X)                                                                  \
    ELFGEN_XSAVE_HEADER_FIELDS(X)

#define X(field, offset32, width32, offset64, width64, kind, reader, meaning)                      \
    _Static_assert((offset32) == (offset64) && (width32) == (width64), #field);
ELFGEN_RECORD_FIELDS(X)
#undef X

/* A field: its offset in the structure, and its width in the low four bits. */
enum elfgen_record_field {
    ELFGEN_RECORD_fx_xcr0 = 464 << 4 | 8, /* the other fields of FXSAVE differ */
#define X(field, offset32, width32, offset64, width64, kind, reader, meaning)                      \
    ELFGEN_RECORD_##field = (offset64) << 4 | (width64),
    ELFGEN_RECORD_FIELDS(X)
#undef X
};

/* The field of the structure at a file offset; 0 if it is not all in the file. */
static inline uint64_t elfgen_record_number(const struct elfgen_view *view, uint64_t start,
                                            enum elfgen_record_field field)
{
    return elfgen_number_at(view, start + (field >> 4), field & 15);
}

#endif
