/* Makes the file of a program: the bytes that Linux runs.
 *
 * A program is sections, symbols, relocations and an entry. A layout gives every section its file
 * offset and address; the image is then written into the caller's buffer. Callers that already have
 * machine code use elfgen_write_exec(), the last step of making a file. */
#ifndef ELFGEN_IMAGE_H
#define ELFGEN_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/error.h"
#include "elfgen/format.h"

/* As an entry: the first byte after the headers; for a layout, the first byte of the first section
 * that has any. */
#define ELFGEN_ENTRY_FIRST UINT64_MAX

/* How the file is made; the defaults are ELFGEN_EXEC_DEFAULTS. The largest page is page_largest of
 * the machine's row in arch.h. */
struct elfgen_exec_options {
    uint16_t machine;     /* e_machine, of an architecture that elfgen_arch_find() knows */
    uint8_t osabi;        /* EI_OSABI, any value; Linux does not read it */
    uint32_t permissions; /* p_flags: of ELFGEN_PF_R, ELFGEN_PF_W and ELFGEN_PF_X */
    uint64_t base;        /* address of the file's first byte, a multiple of the largest page */
    uint64_t align;       /* p_align: 0, or a power of two that divides `base` */
    uint64_t zero_fill;   /* bytes of zeros in memory after the file's last byte */
    uint64_t entry;       /* address of the first instruction, or ELFGEN_ENTRY_FIRST */
    uint32_t stack;       /* p_flags of a PT_GNU_STACK; 0: the file has none */
};

/* For x86-64: readable and executable, at 0x10000. In the order of the fields, without their names,
 * which C++ has only from C++20 on. */
#define ELFGEN_EXEC_DEFAULTS                                                                       \
    {                                                                                              \
        ELFGEN_EM_X86_64, ELFGEN_OSABI_GNU, ELFGEN_PF_R | ELFGEN_PF_X, 0x10000, 0x100, 0,          \
            ELFGEN_ENTRY_FIRST, 0                                                                  \
    }

/* Bytes of headers before the code of a file with one PT_LOAD and no PT_GNU_STACK for `machine` (an
 * e_machine): 120 for x86-64 and AArch64, 84 for i386. 0: the machine is not supported. */
ELFGEN_API size_t elfgen_exec_headers(uint16_t machine);

/* Writes an executable: an ELF header, one PT_LOAD that covers the whole file, a PT_GNU_STACK if
 * options->stack asks for one, then the code.
 *
 * buffer    receives the file, `capacity` bytes; may be NULL when capacity is 0.
 * code      `length` bytes that follow the headers. May already be in its place in the buffer
 *           (buffer + elfgen_exec_headers()), or overlap it; may be NULL when length is 0, or when
 *           the capacity does not suffice anyway.
 * options   NULL for ELFGEN_EXEC_DEFAULTS.
 *
 * Returns the size of the file in bytes. Larger than `capacity`: nothing was written, this is the
 * room needed (*error says ELFGEN_NO_ROOM). 0: refused, nothing was written, *error says why:
 * ELFGEN_UNSUPPORTED (machine), ELFGEN_BAD_ARGUMENT (base is not a multiple of the largest page,
 * align is not a power of two or does not divide base, permissions or stack have other bits, entry
 * is outside the segment, code or buffer is NULL where it has bytes), ELFGEN_DOES_NOT_FIT (the
 * segment ends past the end of user space; for x86-64 TASK_SIZE_MAX is 2^47 less a page,
 * arch/x86/include/asm/page_64.h; for i386 it is 0xc0000000, for AArch64 2^48).
 *
 * Follows gABI chapter 4 "ELF Header", chapter 5 "Program Header". No allocation; safe from several
 * threads. */
ELFGEN_API size_t elfgen_write_exec(void *buffer, size_t capacity, const void *code, size_t length,
                                    const struct elfgen_exec_options *options,
                                    struct elfgen_error *error);

/* A run of bytes that moves as one. */
struct elfgen_section {
    const char *file;     /* where it comes from, for messages; NULL: they have the name alone */
    const char *name;     /* for messages; NULL is "" */
    const uint8_t *bytes; /* `size` of them; NULL: zeros that take no room in the file */
    uint64_t size;
    uint64_t align;       /* 0 and 1: none; otherwise a power of two */
    uint32_t permissions; /* what the program needs to do here: ELFGEN_PF_R, _W, _X */
    uint64_t offset;      /* set by the layout: where in the file */
    uint64_t address;     /* set by the layout: where in memory */
};

/* `section` of a symbol that no section defines, and of one whose value is already an address. */
#define ELFGEN_SECTION_UNDEFINED UINT32_MAX
#define ELFGEN_SECTION_ABSOLUTE  (UINT32_MAX - 1)

/* Symbol binding (gABI chapter 4, "Symbol Table"). An undefined weak symbol is 0. */
enum elfgen_binding { ELFGEN_LOCAL, ELFGEN_GLOBAL, ELFGEN_WEAK };

struct elfgen_symbol {
    const char *name; /* "" or NULL where it has none */
    uint32_t section; /* index of the section that defines it, or one of the two above */
    enum elfgen_binding binding;
    uint64_t value; /* offset in the section; for ELFGEN_SECTION_ABSOLUTE the value itself */
    uint64_t size;  /* bytes, 0: unknown; R_X86_64_SIZE32 and the like need it */
};

/* Bytes to change once addresses are known; the formulas are rows of arch/. One of type
 * ELFGEN_R_NONE changes nothing, whatever else is in it. */
struct elfgen_relocation {
    uint32_t section; /* whose bytes change */
    uint32_t symbol;  /* index */
    uint32_t type;    /* ELFGEN_R_X86_64_..., _386_... or _AARCH64_..., by the layout's machine */
    uint64_t offset;  /* in the section */
    int64_t addend;
};

/* How many bytes a relocation of `type` changes, 1 to 8; 0: none (ELFGEN_R_NONE), or the type is
 * not supported. */
ELFGEN_API unsigned elfgen_relocation_width(uint16_t machine, uint32_t type);

/* Whether what a relocation of `type` stores is relative to its own place. */
ELFGEN_API bool elfgen_relocation_is_relative(uint16_t machine, uint32_t type);

/* What a relocation needs of the global offset table, from which position-independent code reads
 * addresses. */
enum elfgen_got_use {
    ELFGEN_GOT_NONE,
    ELFGEN_GOT_SLOT, /* the slot that holds the symbol's address, in place of the symbol */
    ELFGEN_GOT_BASE  /* the table's base, `_GLOBAL_OFFSET_TABLE_`, in place of the symbol */
};

/* What a relocation of a section with `size` bytes (NULL: zeros) needs of the table, and in *plain
 * the type that does the same for the slot or the base itself (R_386_GOT32's depends on the
 * instruction). *plain is its own type for ELFGEN_GOT_NONE. */
ELFGEN_API enum elfgen_got_use elfgen_relocation_got(uint16_t machine, const uint8_t *bytes,
                                                     uint64_t size,
                                                     const struct elfgen_relocation *relocation,
                                                     uint32_t *plain);

/* Rewrites an instruction that reads an address from the global offset table into one of the same
 * length that holds the address, where the compiler marked it (R_X86_64_GOTPCRELX,
 * R_X86_64_REX_GOTPCRELX, R_386_GOT32X) and the instruction allows it: call, jmp, mov, test, and
 * adc, add, and, cmp, or, sbb, sub, xor to a register; of unmarked ones (R_X86_64_GOTPCREL) only
 * mov. Follows psABI x86-64 B.2 and i386 A.2, and GNU ld where they leave a choice.
 *
 * bytes       the relocation's section, `size` of them; changed.
 * relocation  gets the type, offset and addend that the new instruction needs.
 *
 * The symbol's address must fit 31 bits. Returns false if nothing was changed: a slot is needed. */
ELFGEN_API bool elfgen_relax(uint16_t machine, uint8_t *bytes, uint64_t size,
                             struct elfgen_relocation *relocation);

/* Whether elfgen_relax() would rewrite the instruction; nothing is changed. */
ELFGEN_API bool elfgen_can_relax(uint16_t machine, const uint8_t *bytes, uint64_t size,
                                 const struct elfgen_relocation *relocation);

/* All arrays are the caller's; one may be NULL if its count is 0. There are fewer sections than
 * ELFGEN_SECTION_ABSOLUTE. */
struct elfgen_program {
    struct elfgen_section *sections;
    size_t section_count;
    const struct elfgen_symbol *symbols;
    size_t symbol_count;
    const struct elfgen_relocation *relocations;
    size_t relocation_count;
    const char *entry_symbol; /* where to start, globals first; NULL: options.entry decides */
    const struct elfgen_symbol *got; /* base of the global offset table; NULL: nothing needs it */
    /* `section_count` of them, set by a layout: the sections in the order of the file, in which
     * alignment costs least. NULL: they stay in the program's order. */
    uint32_t *order;
};

/* A program header to be written. */
struct elfgen_segment {
    uint32_t type; /* ELFGEN_PT_LOAD or ELFGEN_PT_GNU_STACK */
    uint32_t permissions;
    uint64_t offset, address, file_size, memory_size, align;
};

/* For code, constants, data and the stack. */
enum { ELFGEN_MOST_SEGMENTS = 4 };

/* What a layout decides, apart from the sections' places. */
struct elfgen_layout {
    struct elfgen_exec_options exec; /* as given, with permissions, zero_fill and entry filled in */
    struct elfgen_segment segments[ELFGEN_MOST_SEGMENTS];
    size_t segment_count;
    uint64_t header_size; /* bytes of ELF header and program headers */
    uint64_t file_size;   /* bytes */
    uint64_t memory_size; /* bytes in memory from the base on, with gaps */
};

/* Layout "single": everything in one PT_LOAD at file offset 0. Sections follow the headers, those
 * with bytes first, then those of zeros, each at the next multiple of its alignment. Without
 * program->order the order is executable, read-only, writable, and within these the program's. With
 * it, sections are ordered so that padding is least (proven for up to 12 sections; for more, found
 * by trying, and never worse than without), and as near to that order as possible. The segment is
 * readable and has the union of the sections' permissions; `options->permissions` is not used.
 * Sections of size 0 get a place and cost nothing.
 *
 * Sets every section's offset and address and fills *layout. `options` NULL: the defaults.
 *
 * ELFGEN_OK; ELFGEN_UNSUPPORTED (machine); ELFGEN_BAD_ARGUMENT (a base, align, stack or entry that
 * elfgen_write_exec() refuses; a section's alignment that is not a power of two, or permissions
 * with other bits; a symbol, program->got too, whose section does not exist; an array that is NULL
 * with a count); ELFGEN_UNDEFINED (the entry symbol); ELFGEN_DOES_NOT_FIT (sizes past 2^64, or past
 * the end of user space). */
ELFGEN_API enum elfgen_status elfgen_layout_single(const struct elfgen_program *program,
                                                   const struct elfgen_exec_options *options,
                                                   struct elfgen_layout *layout,
                                                   struct elfgen_error *error);

/* Layout "split": one PT_LOAD each for executable, read-only and writable sections, if there
 * are any, so that no page is both writable and executable. In the file they
 * follow each other without padding to pages: each segment is mapped from the page after the end of
 * the one before it, at the same place in the page as in the file (gABI chapter 5, "Program
 * Header": p_vaddr and p_offset are congruent modulo the page size, here the largest). Otherwise as
 * "single", but options->align is only checked: p_align is the largest page.
 *
 * Also ELFGEN_BAD_ARGUMENT for a section that is both writable and executable, and for an
 * executable one of zeros: all zeros are in the writable segment. */
ELFGEN_API enum elfgen_status elfgen_layout_split(const struct elfgen_program *program,
                                                  const struct elfgen_exec_options *options,
                                                  struct elfgen_layout *layout,
                                                  struct elfgen_error *error);

/* Writes the file that a layout describes: headers, sections at their offsets with zeros between
 * them, relocations applied.
 *
 * Returns the size of the file; larger than `capacity`: nothing was written. 0: *error says why,
 * and the buffer's contents are undefined: what elfgen_write_exec() refuses; ELFGEN_BAD_ARGUMENT (a
 * layout of another program; a relocation outside its section, or whose section or symbol does not
 * exist; an array that is NULL with a count);
 * ELFGEN_UNDEFINED (a symbol that a relocation needs); ELFGEN_UNSUPPORTED (a relocation type);
 * ELFGEN_DOES_NOT_FIT (a relocated value; the sentence has symbol, section offset and range). */
ELFGEN_API size_t elfgen_write_image(const struct elfgen_program *program,
                                     const struct elfgen_layout *layout, void *buffer,
                                     size_t capacity, struct elfgen_error *error);

/* Applies a program's relocations to `size` bytes that hold its sections at their offsets. A file
 * of debug information needs only this part of elfgen_write_image(), since no layout places its
 * sections. Every section that a relocation is in must have its offset and address. Returns the
 * statuses of elfgen_write_image(), for relocations. */
ELFGEN_API enum elfgen_status elfgen_apply_relocations(const struct elfgen_program *program,
                                                       uint16_t machine, void *bytes, uint64_t size,
                                                       struct elfgen_error *error);

/* Address of a symbol after a layout. ELFGEN_OK, ELFGEN_UNDEFINED, ELFGEN_BAD_ARGUMENT. */
ELFGEN_API enum elfgen_status elfgen_symbol_address(const struct elfgen_program *program,
                                                    const struct elfgen_symbol *symbol,
                                                    uint64_t *address, struct elfgen_error *error);

#endif
