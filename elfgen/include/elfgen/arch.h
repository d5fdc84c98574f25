/* What is known about each processor that programs are made for: one row an architecture.
 *
 * Code that needs a fact about a processor asks its row, so that another processor is another row
 * (arch/arch.c). All of them are little-endian. What Linux does with the files of a processor is in
 * kernel.h, and how its instructions read is the caller's (struct elfgen_machine of code.h). */
#ifndef ELFGEN_ARCH_H
#define ELFGEN_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/api.h"
#include "elfgen/format.h"

/* All architectures: X(name, title, e_machine), the most usual one first. */
#define ELFGEN_ARCHS(X)                                                                            \
    X(x86_64, "x86-64", ELFGEN_EM_X86_64)                                                          \
    X(i386, "i386", ELFGEN_EM_386)                                                                 \
    X(aarch64, "AArch64", ELFGEN_EM_AARCH64)

/* The most values of e_machine of an architecture. */
enum { ELFGEN_ARCH_MACHINES = 2 };

struct elfgen_arch_relocations; /* the library's own */

struct elfgen_arch {
    const char *name;                        /* "x86_64" */
    const char *title;                       /* in sentences: "x86-64" */
    uint16_t machines[ELFGEN_ARCH_MACHINES]; /* values of e_machine, the one that is written first;
                                              * 0: there is no other */
    enum elfgen_class class_;
    uint64_t page_largest;       /* bytes; which one a machine has is its kernel's choice */
    uint64_t user_end;           /* first address that a program cannot have */
    uint64_t default_base;       /* address of a program's first byte unless another is given */
    uint16_t address_relocation; /* the type that stores a symbol's whole address */
    uint32_t unwind_section;     /* a type of .eh_frame besides SHT_PROGBITS; 0: there is none */
    uint16_t large_common; /* a symbol's section number that means SHN_COMMON, too; 0: none does */
    const char *flags;     /* about e_flags, for its meaning: "x86 has none" */
    bool has_addends;      /* the relocations of its objects are SHT_RELA, not SHT_REL */
    bool readable_is_executable; /* to Linux, in a file without PT_GNU_STACK */
    const struct elfgen_arch_relocations *relocations;
};

/* The architecture of an e_machine; NULL: none is known. */
ELFGEN_API const struct elfgen_arch *elfgen_arch_find(uint64_t machine);

/* The architecture of a name, such as "i386"; NULL: none has it. */
ELFGEN_API const struct elfgen_arch *elfgen_arch_named(const char *name);

/* All architectures: `index` from 0 until NULL. */
ELFGEN_API const struct elfgen_arch *elfgen_arch_get(unsigned index);

#endif
