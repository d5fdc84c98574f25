/* What unfolding asks of a file: who places it, whether its ELF header is right. */
#ifndef ELFGEN_UNFOLD_CHECK_H
#define ELFGEN_UNFOLD_CHECK_H

#include "elfgen/view.h"

/* Whether mmap() chooses the address: an ET_DYN without interpreter (load_elf_binary()). */
bool elfgen_unfold_is_placed(const struct elfgen_view *view);

/* Whether the fields of the ELF header that only tools read are right; if so, EI_OSABI can be
 * trusted. */
bool elfgen_unfold_header_is_right(const struct elfgen_view *view);

#endif
