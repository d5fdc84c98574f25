/* The hex language: bytes written by hand, with comments, labels and references to labels.
 *
 * stage0's hex0, hex1 and hex2 (mescc-tools) are accepted as they are, for x86 and amd64:
 *
 *   4D 5a          two digits are a byte; blanks are ignored, even between the two
 *   # ...  ; ...   a comment to the end of the line
 *   :name          a label: the address of the next byte
 *   !name @name ~name %name   distance from the reference's end to the label, 1, 2, 3, 4 bytes
 *   $name &name    address of the label, 2, 4 bytes
 *   %name>from     distance between two labels (any of the six; an address stays an address)
 *   <  ^           alignment: nothing on these machines
 *
 * In addition, in characters without a meaning for hex2:
 *
 *   0x4D           the same byte, as C writes it
 *   +name =name    distance and address, 8 bytes
 *   "text\n"       a byte each; \n \t \r \0 \\ \" \xNN
 *
 * What hex2 skips or mangles is an error here: a lone digit, a character without a meaning, a label
 * that is defined twice. */
#ifndef ELFGEN_HEX_H
#define ELFGEN_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "elfgen/error.h"
#include "elfgen/format.h"

struct elfgen_hex_options {
    uint64_t base;           /* address of the first byte */
    enum elfgen_order order; /* of references; 0 is little-endian */
};

/* A label, in a table that the caller provides. */
struct elfgen_hex_label {
    uint64_t name;    /* offset of the name in the source */
    uint64_t length;  /* of the name in bytes; 0: a free place in the table */
    uint64_t address; /* base included */
};

/* What a source needs. */
struct elfgen_hex_needs {
    uint64_t bytes;  /* that it produces */
    uint64_t labels; /* places in the label table, a power of two (0: no labels) */
};

/* One line of a listing: source line `line` (1...) produced `size` bytes at `offset` of the output.
 */
typedef void elfgen_hex_line(void *context, uint64_t line, uint64_t offset, uint64_t size);

/* Reads the source once, for how much room elfgen_hex_assemble() needs. ELFGEN_OK;
 * ELFGEN_BAD_VALUE: something that is not in the language; error->offset is its place in the
 * source; ELFGEN_BAD_ARGUMENT: `source` is NULL and `size` is not 0. */
ELFGEN_API enum elfgen_status elfgen_hex_measure(const char *source, size_t size,
                                                 struct elfgen_hex_needs *needs,
                                                 struct elfgen_error *error);

/* Assembles the bytes. `source` and `needs` are as measured; `labels` has needs->labels places and
 * is filled; `buffer` has needs->bytes bytes. Both may be NULL where the need is 0. `options` NULL:
 * base 0, little-endian. `line` NULL: no listing.
 *
 * ELFGEN_OK; error->offset is a place in the source for ELFGEN_BAD_VALUE (a label is defined
 * twice), ELFGEN_UNDEFINED (a label is not defined), ELFGEN_DOES_NOT_FIT (a reference of less than
 * 8 bytes: distances are signed, addresses unsigned), ELFGEN_NO_ROOM (`needs` are of another
 * source). ELFGEN_BAD_ARGUMENT: one of the three is NULL where something is needed.
 * Where it fails, `labels` and `buffer` have undefined contents. */
ELFGEN_API enum elfgen_status elfgen_hex_assemble(const char *source, size_t size,
                                                  const struct elfgen_hex_options *options,
                                                  const struct elfgen_hex_needs *needs,
                                                  struct elfgen_hex_label *labels, uint8_t *buffer,
                                                  elfgen_hex_line *line, void *context,
                                                  struct elfgen_error *error);

#endif
