/* Whether the model says of a file what the kernel does with it. */
#ifndef TEST_ORACLE_KERNEL_AGREE_H
#define TEST_ORACLE_KERNEL_AGREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "truth.h"

/* What the model says. */
struct asked {
    struct elfgen_kernel_answer answer;
    struct elfgen_kernel_map map;
    struct elfgen_kernel_area areas[20000]; /* enough for 65536 bytes of headers, twice */
    bool interpreted;
};

/* Asks the model, about the interpreter's file as well. */
void ask_model(const struct elfgen_kernel_machine *machine, const uint8_t *bytes, size_t size,
               struct asked *asked);

/* False: they differ; `why` says in what. */
bool agree(const struct asked *asked, const struct truth *truth, char *why, size_t room);

#endif
