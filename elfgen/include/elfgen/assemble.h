/* Assembles x86 sources in NASM's language to a program in memory: no file, no process.
 *
 * What is accepted gives what NASM 2.16.01 makes with -f elf64 or -f elf32: sections, symbols,
 * relocations, bytes. The layouts of image.h make a file of the result. What of NASM's language is
 * left to NASM itself (macros, x87, AVX) is found by elfgen_assemble_foreign(). */
#ifndef ELFGEN_ASSEMBLE_H
#define ELFGEN_ASSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/api.h"
#include "elfgen/error.h"
#include "elfgen/image.h"
#include "elfgen/x86.h"

/* Reads a file that the source names (incbin, %include). Sets *bytes and *size, which stay as they
 * are until the assembly is no longer used. False: it cannot be read; *reason says why, as the end
 * of a sentence. A file may be asked for several times. */
typedef bool elfgen_assemble_read(void *context, const char *name, const uint8_t **bytes,
                                  size_t *size, const char **reason);

/* A place in a source. */
struct elfgen_source_place {
    const char *file;        /* as %include names it; NULL: the source itself */
    uint64_t line;           /* counted from 1 */
    uint64_t offset, length; /* bytes of that file's text */
};

/* NASM's classes of warnings, and that of errors. */
enum elfgen_assemble_class {
    ELFGEN_ASSEMBLE_ERROR,
#define ELFGEN_ASSEMBLE_WARNING(ident, name) ELFGEN_ASSEMBLE_##ident,
#include "elfgen/assemble_warnings.def"
#undef ELFGEN_ASSEMBLE_WARNING
    ELFGEN_ASSEMBLE_CLASSES
};

/* What NASM calls a class in its messages and after -w: "number-overflow"; "error" for
 * ELFGEN_ASSEMBLE_ERROR; NULL: there is none of this number. */
ELFGEN_API const char *elfgen_assemble_class_name(unsigned class_);

/* A warning or an error; the pointers are valid during the call that gets it. */
struct elfgen_assemble_message {
    enum elfgen_assemble_class class_;
    struct elfgen_source_place place;
    const char *text; /* a sentence, without its place */
};

typedef void elfgen_assemble_tell(void *context, const struct elfgen_assemble_message *message);

/* All 0: a source of 64-bit code without other files. */
struct elfgen_assemble_options {
    uint8_t mode;               /* 64 or 32, of the code and the file; 0: 64, but in a flat file
                                 * `bits` has to come before code */
    bool flat;                  /* as nasm -f bin does: one section, addresses from `org` on, and
                                 * symbols count from its beginning */
    elfgen_assemble_read *read; /* NULL: there are no other files */
    elfgen_assemble_tell *tell; /* gets warnings and errors, in the source's order; NULL: nobody */
    void *context;              /* for both */
};

/* A section of the program, as its header in an object says. */
struct elfgen_assembly_section {
    uint32_t type;       /* sh_type, ELFGEN_SHT_... */
    uint64_t flags;      /* sh_flags, ELFGEN_SHF_... */
    uint64_t entry_size; /* sh_entsize */
};

/* A symbol of the program, as an object's symbol table has it. */
struct elfgen_assembly_symbol {
    uint8_t type;       /* ELFGEN_STT_... */
    uint8_t visibility; /* ELFGEN_STV_... */
    bool is_common;     /* SHN_COMMON: its value is its alignment; its section is undefined */
    struct elfgen_source_place place; /* of its definition, or its declaration; line 0: none */
};

/* The bytes from `offset` of a section on, up to the next line's, come from this line. */
struct elfgen_assembly_line {
    uint32_t section;
    uint64_t offset;
    struct elfgen_source_place place;
};

/* What elfgen_assemble() makes; all arrays and names are in the memory that it was given, or in the
 * text and the files of the source. */
struct elfgen_assembly {
    uint16_t machine; /* ELFGEN_EM_X86_64 or ELFGEN_EM_386 */
    /* In NASM's order. Symbols are those of NASM's table without the empty one and the file's name:
     * those of the sections first, without a name. */
    struct elfgen_program program;
    const struct elfgen_assembly_section *sections; /* program.section_count of them */
    const struct elfgen_assembly_symbol *symbols;   /* program.symbol_count of them */
    const struct elfgen_assembly_line *lines;       /* by section, then offset */
    size_t line_count;
    uint64_t origin; /* of flat output: what `org` says */
    uint64_t needed; /* with ELFGEN_NO_ROOM: bytes of memory to try it with; else bytes used */
};

/* Assembles `length` bytes of source.
 *
 * options   NULL: 64-bit code, no other files, nobody is told of warnings.
 * memory    `size` bytes of any alignment, which the assembly uses and *assembly points into; may
 *           be NULL if size is 0. ELFGEN_ASSEMBLE_MEMORY(length) suffices for most sources.
 *
 * ELFGEN_OK; ELFGEN_NO_ROOM: assembly->needed says how much to try it with, always more than
 * `size`; a few tries suffice. Otherwise the source is wrong, options->tell was told each error
 * that was found, and *error has the first one: ELFGEN_BAD_VALUE (not in the language, or an
 * instruction that does not exist), ELFGEN_UNDEFINED (a symbol), ELFGEN_DOES_NOT_FIT (a number, a
 * size), ELFGEN_UNSUPPORTED (NASM may know it; this assembler does not), ELFGEN_BAD_ARGUMENT (a
 * mode; NULL with a length). Its offset is in the text of its file; error->file is NULL for the
 * source itself, and otherwise a name in `memory`.
 *
 * Time and memory are linear in the length of the source and of what it makes. No allocation; safe
 * from several threads. */
ELFGEN_API enum elfgen_status elfgen_assemble(const char *text, size_t length,
                                              const struct elfgen_assemble_options *options,
                                              void *memory, size_t size,
                                              struct elfgen_assembly *assembly,
                                              struct elfgen_error *error);

/* Bytes of memory that suffice for most sources of `length` bytes. */
#define ELFGEN_ASSEMBLE_MEMORY(length) ((size_t)65536 + 32 * (size_t)(length))

/* Reads one instruction in NASM's language: prefixes, a mnemonic, operands, perhaps a comment. It
 * has no label, and knows no names; $ and $$ are an address of its own section, 0.
 *
 * mode      64 or 32.
 * places    NULL, or gets the offsets in the text of the mnemonic and of each operand; `length` of
 *           those that it does not have, or that an error comes before.
 *
 * Nothing is encoded: elfgen_encode() may refuse the result. ELFGEN_OK; otherwise *error says what
 * is wrong, error->offset where in the text: ELFGEN_BAD_VALUE, ELFGEN_UNDEFINED (an instruction or
 * a name), ELFGEN_DOES_NOT_FIT (a number, into 64 bits), ELFGEN_UNSUPPORTED (NASM may know it; this
 * assembler does not), ELFGEN_BAD_ARGUMENT. */
ELFGEN_API enum elfgen_status
elfgen_assemble_instruction(const char *text, size_t length, uint8_t mode,
                            struct elfgen_x86_instruction *instruction,
                            uint32_t places[1 + ELFGEN_X86_OPERANDS], struct elfgen_error *error);

/* Whether a source has something of NASM's language that this assembler leaves to NASM: %macro and
 * other directives of its preprocessor, struc, x87's and AVX's instructions, and the like. Then
 * *place, which may be NULL, becomes that of the first such word; place->file is NULL.
 * Files that the source includes are not looked at. Needs no memory, and time that is linear in
 * `length`. */
ELFGEN_API bool elfgen_assemble_foreign(const char *text, size_t length,
                                        struct elfgen_source_place *place);

#endif
