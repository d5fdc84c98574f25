/* The ELF structures as data: one row a field, each fact once.
 *
 * A row is X(name, offset32, width32, offset64, width64, kind, reader, meaning): byte offset in its
 * structure and width in bytes for ELFCLASS32 and ELFCLASS64, how its value reads (enum
 * elfgen_kind), who reads it when Linux runs the file (enum elfgen_reader), and one
 * sentence. The decoded structs, the codecs and the tables that are interpreted at run time all
 * come from these rows.
 *
 * Layouts: System V gABI 4.1 and its 64-bit supplement, chapters 4 and 5. Readers:
 * fs/binfmt_elf.c, load_elf_binary(); a field is KERNEL only where that function, or what it calls,
 * looks at it to start a program. */
#ifndef ELFGEN_TABLES_H
#define ELFGEN_TABLES_H

/* clang-format off */
#define ELFGEN_EHDR_FIELDS(X) \
    X(ei_mag0,       0, 1,  0, 1, HEX,     KERNEL, "first byte of the magic number, 0x7f") \
    X(ei_mag1,       1, 1,  1, 1, HEX,     KERNEL, "second byte of the magic number, 'E'") \
    X(ei_mag2,       2, 1,  2, 1, HEX,     KERNEL, "third byte of the magic number, 'L'") \
    X(ei_mag3,       3, 1,  3, 1, HEX,     KERNEL, "fourth byte of the magic number, 'F'") \
    X(ei_class,      4, 1,  4, 1, NAME,    TOOLS,  "32-bit or 64-bit structures; Linux goes by e_machine instead") \
    X(ei_data,       5, 1,  5, 1, NAME,    TOOLS,  "byte order of every number in the file; Linux takes its own for granted") \
    X(ei_version,    6, 1,  6, 1, NUMBER,  TOOLS,  "version of the ELF identification, 1") \
    X(ei_osabi,      7, 1,  7, 1, NAME,    TOOLS,  "whose extensions the file uses") \
    X(ei_abiversion,  8, 1,  8, 1, NUMBER,  TOOLS,  "version of that ABI") \
    X(ei_pad,        9, 7,  9, 7, PADDING, NOBODY, "unused, zero by convention") \
    X(e_type,       16, 2, 16, 2, NAME,    KERNEL, "what the file is: ET_EXEC or ET_DYN run") \
    X(e_machine,    18, 2, 18, 2, NAME,    KERNEL, "the processor that the code is for") \
    X(e_version,    20, 4, 20, 4, HEX,     TOOLS,  "version of the object file format, 1") \
    X(e_entry,      24, 4, 24, 8, ADDRESS, KERNEL, "address of the first instruction") \
    X(e_phoff,      28, 4, 32, 8, OFFSET,  KERNEL, "file offset of the program headers") \
    X(e_shoff,      32, 4, 40, 8, OFFSET,  TOOLS,  "file offset of section headers, or 0") \
    X(e_flags,      36, 4, 48, 4, FLAGS,   TOOLS,  "flags of the ABI") \
    X(e_ehsize,     40, 2, 52, 2, SIZE,    TOOLS,  "size of this header") \
    X(e_phentsize,  42, 2, 54, 2, SIZE,    KERNEL, "size of one program header") \
    X(e_phnum,      44, 2, 56, 2, COUNT,   KERNEL, "number of program headers") \
    X(e_shentsize,  46, 2, 58, 2, SIZE,    TOOLS,  "size of one section header") \
    X(e_shnum,      48, 2, 60, 2, COUNT,   TOOLS,  "number of section headers") \
    X(e_shstrndx,   50, 2, 62, 2, INDEX,   TOOLS,  "which section holds the section names")

#define ELFGEN_PHDR_FIELDS(X) \
    X(p_type,        0, 4,  0, 4, NAME,    KERNEL, "what the segment is for; PT_LOAD is mapped") \
    X(p_offset,      4, 4,  8, 8, OFFSET,  KERNEL, "file offset of its first byte") \
    X(p_vaddr,       8, 4, 16, 8, ADDRESS, KERNEL, "address where its first byte is loaded") \
    X(p_paddr,      12, 4, 24, 8, ADDRESS, NOBODY, "physical address, for bare machines") \
    X(p_filesz,     16, 4, 32, 8, SIZE,    KERNEL, "bytes taken from the file") \
    X(p_memsz,      20, 4, 40, 8, SIZE,    KERNEL, "bytes in memory; those past p_filesz are zero") \
    X(p_flags,      24, 4,  4, 4, FLAGS,   KERNEL, "permissions: 4 read, 2 write, 1 execute") \
    X(p_align,      28, 4, 48, 8, ALIGN,   KERNEL, "alignment; Linux, from 5.10 on: where an ET_DYN goes")

#define ELFGEN_SHDR_FIELDS(X) \
    X(sh_name,       0, 4,  0, 4, STRING,  TOOLS,  "offset of its name in the name table") \
    X(sh_type,       4, 4,  4, 4, NAME,    TOOLS,  "what the section holds") \
    X(sh_flags,      8, 4,  8, 8, FLAGS,   TOOLS,  "attributes: 1 write, 2 alloc, 4 execute, ...") \
    X(sh_addr,      12, 4, 16, 8, ADDRESS, TOOLS,  "address in memory, 0: not loaded") \
    X(sh_offset,    16, 4, 24, 8, OFFSET,  TOOLS,  "file offset of the contents") \
    X(sh_size,      20, 4, 32, 8, SIZE,    TOOLS,  "size of the contents") \
    X(sh_link,      24, 4, 40, 4, INDEX,   TOOLS,  "another section, depending on the type") \
    X(sh_info,      28, 4, 44, 4, NUMBER,  TOOLS,  "more, depending on the type") \
    X(sh_addralign, 32, 4, 48, 8, ALIGN,   TOOLS,  "alignment, a power of two") \
    X(sh_entsize,   36, 4, 56, 8, SIZE,    TOOLS,  "size of one entry of a table")

#define ELFGEN_SYM_FIELDS(X) \
    X(st_name,       0, 4,  0, 4, STRING,  TOOLS,  "offset of its name in the string table") \
    X(st_value,      4, 4,  8, 8, ADDRESS, TOOLS,  "address, or offset in its section") \
    X(st_size,       8, 4, 16, 8, SIZE,    TOOLS,  "size of the object, 0 if unknown") \
    X(st_info,      12, 1,  4, 1, NAME,    TOOLS,  "binding in the high four bits, type in the low four") \
    X(st_other,     13, 1,  5, 1, NAME,    TOOLS,  "visibility in the low two bits") \
    X(st_shndx,     14, 2,  6, 2, INDEX,   TOOLS,  "the section that defines it")

#define ELFGEN_REL_FIELDS(X) \
    X(r_offset,      0, 4,  0, 8, ADDRESS, TOOLS,  "where to apply it: offset or address") \
    X(r_info,        4, 4,  8, 8, HEX,     TOOLS,  "symbol index and relocation type")

#define ELFGEN_RELA_FIELDS(X) \
    ELFGEN_REL_FIELDS(X) \
    X(r_addend,      8, 4, 16, 8, SIGNED,  TOOLS,  "constant to add")

#define ELFGEN_DYN_FIELDS(X) \
    X(d_tag,         0, 4,  0, 8, NAME,    TOOLS,  "what the entry tells the dynamic linker") \
    X(d_val,         4, 4,  8, 8, HEX,     TOOLS,  "its value or address")

#define ELFGEN_NHDR_FIELDS(X) \
    X(n_namesz,      0, 4,  0, 4, SIZE,    TOOLS,  "size of the note's name with its NUL") \
    X(n_descsz,      4, 4,  4, 4, SIZE,    TOOLS,  "size of the note's contents") \
    X(n_type,        8, 4,  8, 4, NUMBER,  TOOLS,  "kind of note; the name says whose")

/* Every structure: X(name, rows, size32, size64, what it is). */
#define ELFGEN_STRUCTURES(X) \
    X(ehdr, ELFGEN_EHDR_FIELDS, 52, 64, "ELF header") \
    X(phdr, ELFGEN_PHDR_FIELDS, 32, 56, "program header") \
    X(shdr, ELFGEN_SHDR_FIELDS, 40, 64, "section header") \
    X(sym,  ELFGEN_SYM_FIELDS,  16, 24, "symbol") \
    X(rel,  ELFGEN_REL_FIELDS,   8, 16, "relocation") \
    X(rela, ELFGEN_RELA_FIELDS, 12, 24, "relocation with addend") \
    X(dyn,  ELFGEN_DYN_FIELDS,   8, 16, "dynamic entry") \
    X(nhdr, ELFGEN_NHDR_FIELDS, 12, 12, "note header")

/* Fields of several meanings: X(field, low32, width32, low64, width64, name), from bit 0 up. */
#define ELFGEN_BIT_GROUPS(X) \
    X(p_flags,     0,  1,  0,  1, "execute") \
    X(p_flags,     1,  1,  1,  1, "write") \
    X(p_flags,     2,  1,  2,  1, "read") \
    X(sh_flags,    0,  1,  0,  1, "write") \
    X(sh_flags,    1,  1,  1,  1, "alloc: it is in memory when the program runs") \
    X(sh_flags,    2,  1,  2,  1, "execute") \
    X(sh_flags,    4,  1,  4,  1, "merge: equal entries may become one") \
    X(sh_flags,    5,  1,  5,  1, "strings") \
    X(sh_flags,    6,  1,  6,  1, "info: sh_info is a section") \
    X(sh_flags,    7,  1,  7,  1, "link order") \
    X(sh_flags,    8,  1,  8,  1, "of its own kind: needs a tool that knows it") \
    X(sh_flags,    9,  1,  9,  1, "member of a group") \
    X(sh_flags,   10,  1, 10,  1, "thread-local") \
    X(sh_flags,   11,  1, 11,  1, "compressed") \
    X(st_info,     0,  4,  0,  4, "type") \
    X(st_info,     4,  4,  4,  4, "binding") \
    X(st_other,    0,  2,  0,  2, "visibility") \
    X(tls_flags,   0,  1,  0,  1, "32 bits") \
    X(tls_flags,   1,  2,  1,  2, "contents: 0 data, 1 that grows down, 2 code") \
    X(tls_flags,   3,  1,  3,  1, "read or execute only") \
    X(tls_flags,   4,  1,  4,  1, "limit in pages") \
    X(tls_flags,   5,  1,  5,  1, "not present") \
    X(tls_flags,   6,  1,  6,  1, "useable") \
    X(r_info,      0,  8,  0, 32, "relocation type") \
    X(r_info,      8, 24, 32, 32, "symbol")

/* clang-format on */

#endif
