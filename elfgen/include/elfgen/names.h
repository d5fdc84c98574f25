/* Names of the values of enumerated fields, as GNU readelf 2.40 calls them.
 *
 * Names depend on the file: `machine` is its e_machine and `osabi` its EI_OSABI. Every string is
 * constant. NULL: the number has no name. */
#ifndef ELFGEN_NAMES_H
#define ELFGEN_NAMES_H

#include <stdint.h>

#include "elfgen/format.h"
#include "elfgen/text.h"

/* EI_CLASS: "ELF64"; EI_DATA: "2's complement, little endian"; e_type: "EXEC (Executable file)". */
ELFGEN_API const char *elfgen_class_name(uint64_t class_);
ELFGEN_API const char *elfgen_order_name(uint64_t order);
ELFGEN_API const char *elfgen_file_type_name(uint64_t type);

/* e_machine: "Advanced Micro Devices X86-64". */
ELFGEN_API const char *elfgen_machine_name(uint64_t machine);

/* EI_OSABI: "UNIX - GNU". */
ELFGEN_API const char *elfgen_osabi_name(uint64_t machine, uint64_t osabi);

/* The EI_OSABI number that the specification calls ELFOSABI_<ident> ("GNU", "none", any case) for
 * `machine`; -1 where there is none, and for NULL. */
ELFGEN_API int elfgen_osabi_number(uint64_t machine, const char *ident);

/* The identifiers that elfgen_osabi_number() knows for every machine: `index` from 0 until NULL. */
ELFGEN_API const char *elfgen_osabi_ident(unsigned index);

/* p_type: "LOAD". */
ELFGEN_API const char *elfgen_segment_type_name(uint64_t machine, uint64_t osabi, uint64_t type);

/* sh_type: "PROGBITS". */
ELFGEN_API const char *elfgen_section_type_name(uint64_t machine, uint64_t osabi, uint64_t type);

/* st_info's low and high four bits, st_other's low two: "FUNC", "GLOBAL", "HIDDEN". */
ELFGEN_API const char *elfgen_symbol_type_name(uint64_t type);
ELFGEN_API const char *elfgen_symbol_binding_name(uint64_t binding);
ELFGEN_API const char *elfgen_symbol_visibility_name(uint64_t visibility);

/* d_tag: "NEEDED"; how its d_val reads (ELFGEN_KIND_STRING: an offset in DT_STRTAB's table;
 * ELFGEN_KIND_HEX for a tag without a name); and what the bits of a d_val mean, after one another:
 * "NOW PIE", bits without a name as a number. */
ELFGEN_API const char *elfgen_dynamic_tag_name(uint64_t machine, uint64_t tag);
ELFGEN_API enum elfgen_kind elfgen_dynamic_tag_kind(uint64_t machine, uint64_t tag);
ELFGEN_API void elfgen_dynamic_flags_text(struct elfgen_text *text, uint64_t tag, uint64_t flags);

/* A relocation's type: "R_X86_64_PC32". */
ELFGEN_API const char *elfgen_relocation_type_name(uint64_t machine, uint64_t type);

/* n_type, by the note's name: "NT_GNU_BUILD_ID (unique build ID bitstring)"; a_type of the
 * auxiliary vector: "AT_PAGESZ", and how its a_val reads (ELFGEN_KIND_TEXT: the address of
 * characters that end with NUL; ELFGEN_KIND_HEX for a type without a name). */
ELFGEN_API const char *elfgen_note_type_name(const char *owner, uint64_t type);
ELFGEN_API const char *elfgen_auxv_type_name(uint64_t type);
ELFGEN_API enum elfgen_kind elfgen_auxv_type_kind(uint64_t type);

/* A signal: "SIGSEGV"; what si_code says of it: "SEGV_MAPERR". */
ELFGEN_API const char *elfgen_signal_name(uint64_t machine, uint64_t number);
ELFGEN_API const char *elfgen_signal_code_name(uint64_t machine, uint64_t signal, int64_t code);

/* One bit of sh_flags: its letter in readelf's table, '\0' where it has none. */
ELFGEN_API char elfgen_section_flag_letter(uint64_t machine, uint64_t osabi, uint64_t bit);

/* Appends what e_flags mean, each item after ", "; nothing for 0. `abi_version` is EI_ABIVERSION.
 */
ELFGEN_API void elfgen_machine_flags_text(struct elfgen_text *text, uint64_t machine,
                                          uint64_t osabi, uint64_t abi_version, uint32_t flags);

#endif
