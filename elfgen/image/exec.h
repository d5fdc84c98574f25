/* Checks the options of a program, and writes its headers. */
#ifndef ELFGEN_EXEC_H
#define ELFGEN_EXEC_H

#include "elfgen/arch.h"
#include "elfgen/error.h"
#include "elfgen/format.h"
#include "elfgen/image.h"

/* The initializers of a struct elfgen_ehdr that all programs share. */
#define ELFGEN_IDENTIFICATION(class, order)                                                        \
    .ei_mag0 = ELFGEN_MAG0, .ei_mag1 = ELFGEN_MAG1, .ei_mag2 = ELFGEN_MAG2,                        \
    .ei_mag3 = ELFGEN_MAG3, .ei_class = (class), .ei_data = (order),                               \
    .ei_version = ELFGEN_EV_CURRENT, .e_version = ELFGEN_EV_CURRENT

/* The row of a machine; NULL, and ELFGEN_UNSUPPORTED in *error, if there is none. */
const struct elfgen_arch *elfgen_arch_of(uint16_t machine, struct elfgen_error *error);

/* Bytes that the ELF header and `segment_count` program headers take; 0: no such machine. */
size_t elfgen_header_size(uint16_t machine, size_t segment_count);

/* Every bit that p_flags may have here, and what is wrong with a value that has others. */
#define ELFGEN_PF_ALL      ((uint32_t)(ELFGEN_PF_R | ELFGEN_PF_W | ELFGEN_PF_X))
#define ELFGEN_PF_SENTENCE "have bits besides 4 (read), 2 (write) and 1 (execute)"

/* Refuses a base, an alignment or permissions that no program can have: ELFGEN_BAD_ARGUMENT in
 * *error. */
bool elfgen_exec_check_options(const struct elfgen_exec_options *options,
                               const struct elfgen_arch *arch, struct elfgen_error *error);

/* Refuses options that no program can have, with the statuses of elfgen_write_exec() in *error. */
bool elfgen_exec_check(const struct elfgen_exec_options *options, const struct elfgen_arch *arch,
                       uint64_t file_size, struct elfgen_error *error);

/* Writes the ELF header and the program headers that a layout describes. */
void elfgen_write_headers(uint8_t *bytes, const struct elfgen_arch *arch,
                          const struct elfgen_layout *layout);

#endif
