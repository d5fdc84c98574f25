/* The machines that programs are made for; all are little-endian. */
#ifndef ELFGEN_TARGET_H
#define ELFGEN_TARGET_H

#include "elfgen/error.h"
#include "elfgen/format.h"

struct elfgen_target {
    uint16_t machine;
    enum elfgen_class class_;
    uint64_t page_size;
    uint64_t user_end; /* first address that a program cannot have */
};

/* NULL, and ELFGEN_UNSUPPORTED, for a machine without a row. */
const struct elfgen_target *elfgen_target_find(uint16_t machine, struct elfgen_error *error);

#endif
