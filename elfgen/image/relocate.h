/* Applies relocations to the sections of a laid-out file. */
#ifndef ELFGEN_RELOCATE_H
#define ELFGEN_RELOCATE_H

#include "elfgen/image.h"
#include "exec.h"

/* Applies one relocation to `image`, the file's `size` bytes; the sections must have their offsets
 * and addresses. Returns the statuses of elfgen_write_image(). */
enum elfgen_status elfgen_relocate(const struct elfgen_program *program,
                                   const struct elfgen_relocation *relocation,
                                   const struct elfgen_arch *arch, uint8_t *image, uint64_t size,
                                   struct elfgen_error *error);

#endif
