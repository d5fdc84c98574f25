/* Reads the structures of an ELF file, from any bytes of any length.
 *
 * A view keeps a pointer to the caller's bytes, or reader, which must not change while it is used.
 * Nothing is allocated. Every read is checked against the length; a structure that lies partly past
 * the end is decoded from what is there, with zeros for the rest, as Linux fills a short ELF header
 * (fs/exec.c, prepare_binprm(), clears the 256 bytes that it reads into). */
#ifndef ELFGEN_VIEW_H
#define ELFGEN_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/error.h"
#include "elfgen/format.h"
#include "elfgen/reader.h"

/* A table of equal entries in the file. */
struct elfgen_table {
    uint64_t offset; /* of entry 0 */
    uint64_t
        entry_size; /* distance between entries in bytes, as the file says, even if it is wrong */
    uint64_t count; /* of entries, as the file says, even if they lie past its end */
};

struct elfgen_view {
    const uint8_t *bytes; /* NULL: there are none, or they come from the reader */
    const struct elfgen_file_reader *reader;
    uint64_t length;
    enum elfgen_class class_; /* EI_CLASS 2 is 64 bits, everything else 32, as in readelf */
    enum elfgen_order order;  /* EI_DATA 2 is big-endian, everything else little */
    uint64_t header_present;  /* bytes of the ELF header that the file has, 0 to 64 */
    struct elfgen_ehdr ehdr;
    struct elfgen_table
        segments;           /* program headers; the count is the real one (PN_XNUM resolved) */
    bool segments_extended; /* its count comes from section header 0 */
    struct elfgen_table sections; /* section headers; the count is the real one */
    uint64_t names;               /* index of the section name table (SHN_XINDEX resolved) */
    uint32_t kernel; /* the caller may set it: ELFGEN_LINUX() of the Linux that decides what may be
                      * executed; 0: a new one */
};

/* Opens a view of `length` bytes; it can be used whatever is returned.
 *
 * ELFGEN_OK; ELFGEN_NOT_ELF: the magic number is missing; ELFGEN_TRUNCATED: the file ends inside
 * the ELF header (`header_present` says where), whose rest is read as zeros; ELFGEN_BAD_ARGUMENT:
 * `bytes` is NULL and `length` is not 0; the view is then that of an empty file. */
ELFGEN_API enum elfgen_status elfgen_view_open(struct elfgen_view *view, const void *bytes,
                                               uint64_t length, struct elfgen_error *error);

/* The same of a file that is not in memory. Structures are read by the functions below as if it
 * were; each asks the reader for no more than it looks at. Functions that take bytes, and the map,
 * are for files in memory. ELFGEN_BAD_ARGUMENT: the reader has no function, and a length. */
ELFGEN_API enum elfgen_status elfgen_view_open_reader(struct elfgen_view *view,
                                                      const struct elfgen_file_reader *reader,
                                                      struct elfgen_error *error);

/* The same as elfgen_view_open(), but a file that Linux would run on one of the processors of
 * arch.h is read as Linux reads it: class and byte order by e_machine, whatever EI_CLASS and
 * EI_DATA say. Tiny programs keep code in those bytes. */
ELFGEN_API enum elfgen_status elfgen_view_open_program(struct elfgen_view *view, const void *bytes,
                                                       uint64_t length, struct elfgen_error *error);

/* The same of a file that is not in memory. */
ELFGEN_API enum elfgen_status
elfgen_view_open_program_reader(struct elfgen_view *view, const struct elfgen_file_reader *reader,
                                struct elfgen_error *error);

/* Whether the file begins with the magic number, as it does unless ELFGEN_NOT_ELF was returned. */
ELFGEN_API bool elfgen_view_is_elf(const struct elfgen_view *view);

/* The `size` bytes at file offset `offset`; NULL if they are not all in the file. With a size of 0,
 * any offset up to the length is in the file, if there are bytes at all. */
ELFGEN_API const uint8_t *elfgen_view_bytes(const struct elfgen_view *view, uint64_t offset,
                                            uint64_t size);

/* Reads one entry of a table. ELFGEN_OK; ELFGEN_OUT_OF_RANGE: `index` is not below the count
 * (*header is left alone); ELFGEN_BAD_VALUE: the table's entry size is smaller than the structure
 * (left alone); ELFGEN_TRUNCATED: part of it lies past the end and reads as zeros. */
ELFGEN_API enum elfgen_status elfgen_view_segment(const struct elfgen_view *view, uint64_t index,
                                                  struct elfgen_phdr *header,
                                                  struct elfgen_error *error);
ELFGEN_API enum elfgen_status elfgen_view_section(const struct elfgen_view *view, uint64_t index,
                                                  struct elfgen_shdr *header,
                                                  struct elfgen_error *error);

/* Reads an entry of a section that is a table: of symbols, relocations or dynamic entries.
 * `section` is its header; its sh_entsize is the distance between entries. Status as above; a
 * section without bytes in the file (SHT_NOBITS) has no entries. */
ELFGEN_API enum elfgen_status elfgen_view_symbol(const struct elfgen_view *view,
                                                 const struct elfgen_shdr *section, uint64_t index,
                                                 struct elfgen_sym *symbol,
                                                 struct elfgen_error *error);
ELFGEN_API enum elfgen_status elfgen_view_relocation(const struct elfgen_view *view,
                                                     const struct elfgen_shdr *section,
                                                     uint64_t index, struct elfgen_rela *relocation,
                                                     struct elfgen_error *error);
ELFGEN_API enum elfgen_status elfgen_view_dynamic(const struct elfgen_view *view,
                                                  const struct elfgen_shdr *section, uint64_t index,
                                                  struct elfgen_dyn *entry,
                                                  struct elfgen_error *error);

/* What an r_info says. */
struct elfgen_relocation_info {
    uint64_t symbol; /* its index in the symbol table */
    unsigned types;  /* 1; on 64-bit MIPS 3, applied one after another */
    uint64_t type[3];
};

/* Takes an r_info of the file apart, in the layout of its class and machine: gABI chapter 4,
 * "Relocation", and the supplements of MIPS and SPARC. Any value is accepted. */
ELFGEN_API struct elfgen_relocation_info elfgen_view_relocation_info(const struct elfgen_view *view,
                                                                     uint64_t value);

/* The string at `index` in the string table that starts at `table_offset` and has `table_size`
 * bytes. Returns its length without the NUL and points *string at it; a string that the end of the
 * table or the file cuts short ends there. SIZE_MAX: it starts outside the table or the file, and
 * *string is left alone. */
ELFGEN_API size_t elfgen_view_string(const struct elfgen_view *view, uint64_t table_offset,
                                     uint64_t table_size, uint64_t index, const char **string);

/* The name of a section, as above, from the section name table. SIZE_MAX also where the file has no
 * such table. */
ELFGEN_API size_t elfgen_view_section_name(const struct elfgen_view *view,
                                           const struct elfgen_shdr *section, const char **name);

#endif
