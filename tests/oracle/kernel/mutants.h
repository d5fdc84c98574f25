/* The cases for kernel-same: programs, most of them broken. */
#ifndef TEST_ORACLE_KERNEL_MUTANTS_H
#define TEST_ORACLE_KERNEL_MUTANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MUTANT_ROOM = 20480 };

struct mutant {
    uint8_t bytes[MUTANT_ROOM];
    size_t size;
    uint8_t interpreter[MUTANT_ROOM]; /* the file "i", which PT_INTERP may name */
    size_t interpreter_size;
};

/* The fixed cases: each byte of two good programs with each other value, both programs cut at each
 * length, and with their program headers at each offset. Their number, and one of them; returns
 * true if the case has exactly one byte changed. */
uint64_t mutant_listed(void);
bool mutant_from_list(uint64_t index, struct mutant *mutant);

/* A random case, the same for the same seed and index. Returns true if it is a good program with
 * exactly one field changed. */
bool mutant_random(uint64_t seed, uint64_t index, struct mutant *mutant);

#endif
