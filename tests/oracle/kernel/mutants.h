/* Programs, mostly broken, to ask a kernel about. */
#ifndef TEST_ORACLE_KERNEL_MUTANTS_H
#define TEST_ORACLE_KERNEL_MUTANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MUTANT_ROOM = 20480 };

struct mutant {
    uint8_t bytes[MUTANT_ROOM];
    size_t size;
    uint8_t interpreter[MUTANT_ROOM]; /* the file "i", where PT_INTERP may point to */
    size_t interpreter_size;
};

/* The cases without chance in them: each byte of two good programs with each other value, both cut
 * at each length, and with their program headers at each offset. Their number, and one of them;
 * true: one byte of it is changed. */
uint64_t mutant_listed(void);
bool mutant_from_list(uint64_t index, struct mutant *mutant);

/* A case by chance; the same for the same seed and index. True: one field of a good program is
 * changed, and nothing else. */
bool mutant_random(uint64_t seed, uint64_t index, struct mutant *mutant);

#endif
