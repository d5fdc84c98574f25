/* Rewrites x86 instructions that read an address from the global offset table; the functions of
 * struct elfgen_arch_relocations. */
#ifndef ELFGEN_X86_RELAX_H
#define ELFGEN_X86_RELAX_H

#include "relocations.h"

bool elfgen_x86_64_can_relax(const uint8_t *bytes, uint64_t size,
                             const struct elfgen_relocation *relocation);
bool elfgen_x86_64_relax(uint8_t *bytes, uint64_t size, struct elfgen_relocation *relocation);

uint32_t elfgen_i386_plain(const struct elfgen_got_rule *rule, const uint8_t *bytes, uint64_t size,
                           const struct elfgen_relocation *relocation);
bool elfgen_i386_can_relax(const uint8_t *bytes, uint64_t size,
                           const struct elfgen_relocation *relocation);
bool elfgen_i386_relax(uint8_t *bytes, uint64_t size, struct elfgen_relocation *relocation);

#endif
