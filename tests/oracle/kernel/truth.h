/* What the running kernel does with a file: asked under ptrace, up to its first instruction. */
#ifndef TEST_ORACLE_KERNEL_TRUTH_H
#define TEST_ORACLE_KERNEL_TRUTH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "elfgen/kernel.h"

enum { TRUTH_AREAS = 2048 };

struct truth_area {
    uint64_t start, end;
    uint8_t flags;
};

struct truth {
    enum elfgen_kernel_verdict verdict;
    int error;
    int signal;
    uint64_t first; /* address of the first instruction */
    bool in_vdso;   /* it is in pages of the kernel's own, which no file asks for */
    unsigned count; /* areas, but for the kernel's own */
    struct truth_area areas[TRUTH_AREAS];
};

/* No descriptor but 0, 1, 2 on /dev/null is left to the programs, no core files, no randomisation,
 * a stack of 8 MiB. Call it once in each process that asks. */
void truth_prepare(void);

/* Asks for a file. False: something went wrong that is not the kernel's answer. */
bool truth_ask(const char *path, struct truth *truth);

#endif
