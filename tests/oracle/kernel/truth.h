/* What the running kernel does with a file, up to its first instruction. */
#ifndef TEST_ORACLE_KERNEL_TRUTH_H
#define TEST_ORACLE_KERNEL_TRUTH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "elfgen/kernel.h"

enum { TRUTH_AREAS = 2048 };

enum truth_own { NOT_OWN, OWN_CODE, OWN_DATA };

struct truth_area {
    uint64_t start, end;
    uint64_t missing; /* from here on nothing is there to read; `end`: all of it can be read */
    uint8_t flags;
    enum truth_own own; /* of the kernel's own: code (vdso), data (vvar) */
};

struct truth {
    enum elfgen_kernel_verdict verdict;
    int error;
    int signal;
    uint64_t first; /* address of the first instruction */
    bool in_vdso;   /* it is in the kernel's own code */
    bool crosses;   /* it faulted where it goes on in the next page */
    unsigned count; /* areas, without the vsyscall page */
    struct truth_area areas[TRUTH_AREAS];
};

/* Prepares this process, once, for all files that it asks about: the programs get only descriptors
 * 0, 1 and 2, on /dev/null, no core files, no randomisation, and a stack of 8 MiB. */
void truth_prepare(void);

/* Asks about a file. Returns false after a failure that is not the kernel's answer. */
bool truth_ask(const char *path, struct truth *truth);

#endif
