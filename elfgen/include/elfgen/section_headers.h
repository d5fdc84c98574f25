/* Appends section headers and symbols to an ELF file that has none, for tools that need them:
 * debuggers, disassemblers, nm. Linux does not read them. */
#ifndef ELFGEN_SECTION_HEADERS_H
#define ELFGEN_SECTION_HEADERS_H

#include <stddef.h>
#include <stdint.h>

#include "elfgen/error.h"
#include "elfgen/format.h"

/* One section header to be written; sh_info is 0, and so is sh_link, except that of an
 * ELFGEN_SHT_DYNAMIC: the first ELFGEN_SHT_STRTAB of the sections has its strings. */
struct elfgen_section_header {
    const char *name; /* "" or NULL where it has none */
    uint32_t type;    /* sh_type, ELFGEN_SHT_... */
    uint64_t flags;   /* sh_flags, ELFGEN_SHF_... */
    uint64_t address;
    uint64_t offset, size; /* in the file, except of ELFGEN_SHT_NOBITS */
    uint64_t align;        /* 0 or a power of two */
    uint64_t entry_size;   /* of a table, else 0 */
};

/* `section` of a symbol that no section defines, and of one whose value is a plain number. */
#define ELFGEN_SYMBOL_UNDEFINED UINT32_MAX
#define ELFGEN_SYMBOL_ABSOLUTE  (UINT32_MAX - 1)

/* One symbol to be written. */
struct elfgen_symbol_entry {
    const char *name; /* "" or NULL where it has none */
    uint64_t value;   /* an address in an executable, an offset in its section in an object */
    uint64_t size;    /* bytes, 0: unknown */
    uint8_t type;     /* ELFGEN_STT_..., 0 to 15 */
    uint8_t binding;  /* ELFGEN_STB_..., 0 to 15 */
    uint32_t section; /* index in the array of sections, from 0, or one of the two above */
};

/* The arrays and the names are the caller's; an array may be NULL if its count is 0. */
struct elfgen_section_headers {
    const struct elfgen_section_header *sections;
    size_t section_count;
    const struct elfgen_symbol_entry *symbols; /* in any order */
    size_t symbol_count;
};

/* Appends to the ELF file of `size` bytes in `buffer`: .symtab and .strtab (if there are symbols,
 * local ones first, each kind in the order given), .symtab_shndx (if a symbol's section needs it),
 * .shstrtab, and the section headers: the empty one, those in `wanted`, then those of these tables.
 * Points e_shoff, e_shentsize, e_shnum and e_shstrndx at them; all other bytes of the file stay.
 * Section i of `wanted` becomes header i + 1; from 0xff00 headers on the counts are in header 0,
 * and so is a count of program headers (PN_XNUM) that the file kept in its old header 0.
 *
 * buffer    the file, `capacity` bytes in all; may be NULL when capacity is 0, to learn the size.
 * class_    the file's EI_CLASS; byte order is the file's own EI_DATA.
 *
 * Returns the new size. Larger than `capacity`: nothing was written, this is the room needed
 * (*error says ELFGEN_NO_ROOM). 0: refused, nothing was written, *error says why, with the name of
 * the section or symbol: ELFGEN_BAD_ARGUMENT (a class that is not the file's, or not a class; an
 * alignment that is not a power of two; a type or binding above 15; NULL with a count),
 * ELFGEN_OUT_OF_RANGE (a section outside the file, a symbol's section that does not exist),
 * ELFGEN_DOES_NOT_FIT (a value too large for 32 bits, names of 4 GiB), ELFGEN_NOT_ELF,
 * ELFGEN_TRUNCATED (no room for an ELF header) and ELFGEN_BAD_VALUE (EI_DATA is not a byte order).
 * The bytes of the file are looked at only if the capacity suffices.
 *
 * Time is linear in the number of sections and symbols and the length of their names. Follows gABI
 * chapter 4, "Sections" and "Symbol Table". No allocation; safe from several threads. */
ELFGEN_API size_t elfgen_write_section_headers(void *buffer, size_t capacity, uint64_t size,
                                               enum elfgen_class class_,
                                               const struct elfgen_section_headers *wanted,
                                               struct elfgen_error *error);

#endif
