/* The ELF structures, their fields, and the numbers that this library itself needs. */
#ifndef ELFGEN_FORMAT_H
#define ELFGEN_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "elfgen/api.h"
#include "elfgen/records.h"
#include "elfgen/tables.h"

/* The first bytes of every ELF file, EI_MAG0 to EI_MAG3; as a string, and one by one. */
#define ELFGEN_MAGIC "\177ELF"
enum {
    ELFGEN_MAG0 = 0x7f,
    ELFGEN_MAG1 = 'E',
    ELFGEN_MAG2 = 'L',
    ELFGEN_MAG3 = 'F',
    ELFGEN_MAGIC_SIZE = 4
};

/* EI_CLASS and EI_DATA, with their values in the file. */
enum elfgen_class { ELFGEN_CLASS32 = 1, ELFGEN_CLASS64 = 2 };
enum elfgen_order { ELFGEN_LITTLE_ENDIAN = 1, ELFGEN_BIG_ENDIAN = 2 };

/* How the value of a field is shown. */
enum elfgen_kind {
    ELFGEN_KIND_NUMBER,  /* decimal */
    ELFGEN_KIND_HEX,     /* hexadecimal */
    ELFGEN_KIND_ADDRESS, /* virtual address */
    ELFGEN_KIND_OFFSET,  /* file offset */
    ELFGEN_KIND_SIZE,    /* bytes */
    ELFGEN_KIND_COUNT,   /* entries */
    ELFGEN_KIND_INDEX,   /* index of an entry */
    ELFGEN_KIND_ALIGN,   /* bytes, a power of two */
    ELFGEN_KIND_NAME,    /* one of a list of names */
    ELFGEN_KIND_FLAGS,   /* bits with names */
    ELFGEN_KIND_STRING,  /* offset in a string table */
    ELFGEN_KIND_PADDING, /* nothing */
    ELFGEN_KIND_SIGNED,  /* decimal, in two's complement */
    ELFGEN_KIND_TEXT,    /* characters; its claim has no value */
    ELFGEN_KIND_BYTES    /* more bytes than a number has; its claim has no value */
};

/* Who reads a field when Linux runs the file. */
enum elfgen_reader {
    ELFGEN_READER_KERNEL,  /* execve needs it to start the program */
    ELFGEN_READER_PROGRAM, /* the processor fetches it, or the program reads it */
    ELFGEN_READER_TOOLS,   /* linkers, debuggers, readelf, the dynamic linker */
    ELFGEN_READER_NOBODY
};

/* One field. Offsets and widths in bytes; index 0 is ELFCLASS32, index 1 is ELFCLASS64. */
struct elfgen_field {
    const char *name;
    uint16_t offset[2];
    uint8_t
        width[2]; /* 1 to 8; more with KIND_TEXT and KIND_BYTES; 0: the class does not have it */
    enum elfgen_kind kind;
    enum elfgen_reader reader;
    const char *meaning;
};

struct elfgen_structure {
    const char *name;    /* "ehdr" */
    const char *meaning; /* "ELF header" */
    uint16_t size[2];    /* bytes, by class as above */
    uint8_t count;       /* of fields */
    const struct elfgen_field *fields;
};

/* Identifies a row of ELFGEN_STRUCTURES, then of ELFGEN_RECORDS: ELFGEN_STRUCTURE_ehdr and so on.
 */
enum elfgen_structure_id {
#define ELFGEN_X(name, fields, size32, size64, meaning) ELFGEN_STRUCTURE_##name,
    ELFGEN_STRUCTURES(ELFGEN_X) ELFGEN_RECORDS(ELFGEN_X)
#undef ELFGEN_X
        ELFGEN_STRUCTURE_COUNT
};

ELFGEN_DATA const struct elfgen_structure elfgen_structures[ELFGEN_STRUCTURE_COUNT];

/* The decoded structures: struct elfgen_ehdr, elfgen_phdr, ... Each field, whatever its width in
 * the file, is a uint64_t under its name in the specification. */
#define ELFGEN_X_FIELD(name, o32, w32, o64, w64, kind, reader, meaning) uint64_t name;
#define ELFGEN_X(name, fields, size32, size64, meaning)                                            \
    struct elfgen_##name {                                                                         \
        fields(ELFGEN_X_FIELD)                                                                     \
    };
ELFGEN_STRUCTURES(ELFGEN_X)
#undef ELFGEN_X
#undef ELFGEN_X_FIELD

/* The index of a class's offsets and widths; 0 for every class but ELFGEN_CLASS64. */
ELFGEN_API unsigned elfgen_class_index(enum elfgen_class class_);

/* The size of an address, in bytes: 4 or 8. */
ELFGEN_API unsigned elfgen_address_size(enum elfgen_class class_);

/* The size of a structure in bytes: 8 to 64 of ELFGEN_STRUCTURES, up to 1,024 of ELFGEN_RECORDS;
 * 0: files of that class do not have it, or `id` is not a structure. */
ELFGEN_API size_t elfgen_structure_size(enum elfgen_structure_id id, enum elfgen_class class_);

/* Reads one field of the structure that starts at `bytes`, zero-extended; 0 if it has no or more
 * than 8 bytes. The whole structure must be there. */
ELFGEN_API uint64_t elfgen_field_get(const struct elfgen_field *field, enum elfgen_class class_,
                                     enum elfgen_order order, const uint8_t *bytes);

/* Writes one field; the bits of `value` above the field's width are dropped. One of more than 8
 * bytes is left alone. */
ELFGEN_API void elfgen_field_set(const struct elfgen_field *field, enum elfgen_class class_,
                                 enum elfgen_order order, uint8_t *bytes, uint64_t value);

/* Numbers of the specification that the library needs; all others have only names (names.h). */
enum {
    ELFGEN_ET_REL = 1,
    ELFGEN_ET_EXEC = 2,
    ELFGEN_ET_DYN = 3,
    ELFGEN_ET_CORE = 4,
    ELFGEN_EM_386 = 3,
    ELFGEN_EM_486 = 6,
    ELFGEN_EM_MIPS = 8,
    ELFGEN_EM_S390 = 22,
    ELFGEN_EM_ARM = 40,
    ELFGEN_EM_SPARCV9 = 43,
    ELFGEN_EM_X86_64 = 62,
    ELFGEN_EM_AARCH64 = 183,
    ELFGEN_EM_RISCV = 243,
    ELFGEN_EM_ALPHA = 0x9026,
    ELFGEN_OSABI_NONE = 0,
    ELFGEN_OSABI_GNU = 3,
    ELFGEN_EV_CURRENT = 1,
    ELFGEN_PT_LOAD = 1,
    ELFGEN_PT_DYNAMIC = 2,
    ELFGEN_PT_INTERP = 3,
    ELFGEN_PT_NOTE = 4,
    ELFGEN_PT_PHDR = 6,
    ELFGEN_PT_TLS = 7,
    ELFGEN_PT_GNU_EH_FRAME = 0x6474e550,
    ELFGEN_PT_GNU_STACK = 0x6474e551,
    ELFGEN_PT_GNU_RELRO = 0x6474e552,
    ELFGEN_PT_GNU_SFRAME = 0x6474e554,
    ELFGEN_PT_GNU_MBIND_LO = 0x6474e555,
    ELFGEN_PT_GNU_MBIND_HI = 0x6474f554,
    ELFGEN_PF_X = 1,
    ELFGEN_PF_W = 2,
    ELFGEN_PF_R = 4,
    ELFGEN_PHDRS_LARGEST = 65536, /* the most bytes of program headers that Linux accepts:
                                   * load_elf_phdrs() from 6.17 on; before that, a page */
    ELFGEN_PN_XNUM = 0xffff,      /* the real e_phnum is in section header 0, sh_info */
    ELFGEN_SHN_UNDEF = 0,
    ELFGEN_SHN_LORESERVE = 0xff00,
    ELFGEN_SHN_ABS = 0xfff1,
    ELFGEN_SHN_COMMON = 0xfff2,
    ELFGEN_SHN_X86_64_LCOMMON = 0xff02, /* COMMON of the medium and large models */
    ELFGEN_SHN_XINDEX = 0xffff,         /* the real e_shstrndx is in section header 0, sh_link */
    ELFGEN_SHT_NULL = 0,
    ELFGEN_SHT_PROGBITS = 1,
    ELFGEN_SHT_SYMTAB = 2,
    ELFGEN_SHT_STRTAB = 3,
    ELFGEN_SHT_RELA = 4,
    ELFGEN_SHT_HASH = 5,
    ELFGEN_SHT_DYNAMIC = 6,
    ELFGEN_SHT_NOTE = 7,
    ELFGEN_SHT_NOBITS = 8,
    ELFGEN_SHT_REL = 9,
    ELFGEN_SHT_DYNSYM = 11,
    ELFGEN_SHT_INIT_ARRAY = 14,
    ELFGEN_SHT_FINI_ARRAY = 15,
    ELFGEN_SHT_PREINIT_ARRAY = 16,
    ELFGEN_SHT_GROUP = 17,
    ELFGEN_SHT_X86_64_UNWIND = 0x70000001,
    ELFGEN_SHT_SYMTAB_SHNDX = 18, /* a symbol's section, where st_shndx is SHN_XINDEX */
    ELFGEN_SHT_RELR = 19,
    ELFGEN_SHT_GNU_HASH = 0x6ffffff6,
    ELFGEN_SHT_GNU_VERDEF = 0x6ffffffd,
    ELFGEN_SHT_GNU_VERNEED = 0x6ffffffe,
    ELFGEN_SHT_GNU_VERSYM = 0x6fffffff,
    ELFGEN_SHF_WRITE = 1,
    ELFGEN_SHF_ALLOC = 2,
    ELFGEN_SHF_EXECINSTR = 4,
    ELFGEN_SHF_MERGE = 0x10,     /* equal entries of sh_entsize bytes may be merged */
    ELFGEN_SHF_STRINGS = 0x20,   /* the entries are strings */
    ELFGEN_SHF_INFO_LINK = 0x40, /* sh_info is a section */
    ELFGEN_SHF_TLS = 0x400,
    ELFGEN_SHF_COMPRESSED = 0x800,
    ELFGEN_SHF_GNU_RETAIN = 1 << 21,
    ELFGEN_SHF_EXCLUDE_BIT = 31,
    ELFGEN_DT_NULL = 0,
    ELFGEN_DT_PLTRELSZ = 2,
    ELFGEN_DT_HASH = 4,
    ELFGEN_DT_STRTAB = 5,
    ELFGEN_DT_SYMTAB = 6,
    ELFGEN_DT_RELA = 7,
    ELFGEN_DT_RELASZ = 8,
    ELFGEN_DT_STRSZ = 10,
    ELFGEN_DT_REL = 17,
    ELFGEN_DT_RELSZ = 18,
    ELFGEN_DT_PLTREL = 20,
    ELFGEN_DT_JMPREL = 23,
    ELFGEN_DT_INIT_ARRAY = 25,
    ELFGEN_DT_FINI_ARRAY = 26,
    ELFGEN_DT_INIT_ARRAYSZ = 27,
    ELFGEN_DT_FINI_ARRAYSZ = 28,
    ELFGEN_DT_PREINIT_ARRAY = 32,
    ELFGEN_DT_PREINIT_ARRAYSZ = 33,
    ELFGEN_DT_RELRSZ = 35,
    ELFGEN_DT_RELR = 36,
    ELFGEN_DT_GNU_HASH = 0x6ffffef5,
    ELFGEN_DT_VERSYM = 0x6ffffff0,
    ELFGEN_DT_VERDEF = 0x6ffffffc,
    ELFGEN_DT_VERDEFNUM = 0x6ffffffd,
    ELFGEN_DT_VERNEED = 0x6ffffffe,
    ELFGEN_DT_VERNEEDNUM = 0x6fffffff,
    ELFGEN_NT_PRSTATUS = 1, /* of the owner CORE, as the next five */
    ELFGEN_NT_FPREGSET = 2,
    ELFGEN_NT_PRPSINFO = 3,
    ELFGEN_NT_AUXV = 6,
    ELFGEN_NT_FILE = 0x46494c45,
    ELFGEN_NT_SIGINFO = 0x53494749,
    ELFGEN_NT_PRXFPREG = 0x46e62b7f, /* of the owner LINUX, as the next ones */
    ELFGEN_NT_386_TLS = 0x200,
    ELFGEN_NT_X86_XSTATE = 0x202,
    ELFGEN_NT_X86_XSAVE_LAYOUT = 0x205,
    ELFGEN_NT_ARM_TLS = 0x401,
    ELFGEN_NT_ARM_HW_BREAK = 0x402,
    ELFGEN_NT_ARM_HW_WATCH = 0x403,
    ELFGEN_NT_ARM_SYSTEM_CALL = 0x404,
    ELFGEN_NT_ARM_SVE = 0x405,
    ELFGEN_NT_ARM_PAC_MASK = 0x406,
    ELFGEN_NT_ARM_TAGGED_ADDR_CTRL = 0x409,
    ELFGEN_NT_GNU_ABI_TAG = 1, /* of the owner GNU */
    ELFGEN_NT_GNU_PROPERTY_TYPE_0 = 5,
    ELFGEN_NT_STAPSDT = 3, /* of the owner stapsdt */
    ELFGEN_STB_LOCAL = 0,
    ELFGEN_STB_GLOBAL = 1,
    ELFGEN_STB_WEAK = 2,
    ELFGEN_STT_NOTYPE = 0,
    ELFGEN_STT_OBJECT = 1,
    ELFGEN_STT_FUNC = 2,
    ELFGEN_STT_SECTION = 3,
    ELFGEN_STT_FILE = 4,
    ELFGEN_STT_TLS = 6,
    ELFGEN_STT_GNU_IFUNC = 10,
    ELFGEN_STV_DEFAULT = 0, /* st_other's low two bits */
    ELFGEN_STV_INTERNAL = 1,
    ELFGEN_STV_HIDDEN = 2,
    ELFGEN_STV_PROTECTED = 3
};

/* Relocation types: ELFGEN_R_X86_64_PC32, ELFGEN_R_386_32, ELFGEN_R_AARCH64_CALL26 and all others.
 */
enum {
    ELFGEN_R_NONE = 0, /* of every machine */
#define ELFGEN_RELOCATION_TYPE(machine, value, name) ELFGEN_##name = (value),
#include "elfgen/relocation_types.def"
#undef ELFGEN_RELOCATION_TYPE
};

#endif
