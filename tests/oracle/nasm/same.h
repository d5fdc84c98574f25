/* Declarations shared by the files of nasm-same. */
#ifndef TEST_ORACLE_NASM_SAME_H
#define TEST_ORACLE_NASM_SAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/workplace.h"
#include "x86/nasm.h"

struct shape {
    uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
    uint8_t length;
};

struct options {
    int mode; /* 32 or 64; 0: both */
    bool all, dense, forms, list;
    uint64_t random, seed, origin;
    char **files; /* ends with NULL */
};

/* The sources of instructions, and how many of a thousand may be printed as `db`: programs have
 * few, 20 to 90 by what files a machine has and the seed chooses, whereas most forms and random
 * bytes have prefixes that say nothing, or are longer than needed. */
enum part { PART_FILES, PART_FORMS, PART_RANDOM, PART_COUNT };
struct part_row {
    const char *name;
    unsigned permille;
};
extern const struct part_row parts[PART_COUNT];

struct tally {
    size_t checked, raw;
};

/* The state of a run. */
struct run {
    struct options options;
    int mode;
    enum part part;
    ZydisDecoder decoder;
    uint64_t *seen; /* hashes; 0 is an empty slot */
    size_t seen_room, seen_count;
    struct shape *shapes;
    size_t count, room;
    struct tally part_tally[PART_COUNT];
    struct tally *tally; /* by mnemonic */
    size_t failed;
    struct workplace place;
};

/* reallocarray() that exits if there is no memory. */
void *more(void *memory, size_t count, size_t size);

/* ---- numbers that are the same in every run: take.c ---- */

uint64_t next_random(uint64_t *state);

/* ---- collecting instructions: take.c ---- */

/* Keeps the instruction at `bytes` unless there are enough of its kind. Returns its length, or 0 if
 * it is invalid. */
size_t take(struct run *run, const uint8_t *bytes, size_t length);

/* ---- sources of instructions: sources.c ---- */

/* Returns false if it is not an x86 ELF file. */
bool take_file(struct run *run, const char *path);
void take_system(struct run *run);
void take_forms(struct run *run);
void take_random(struct run *run, uint64_t count);

/* ---- instructions ---- */

static inline bool is_relative(const ZydisDecodedOperandMem *memory)
{
    return memory->base == ZYDIS_REGISTER_RIP || memory->base == ZYDIS_REGISTER_EIP;
}

/* ---- calling nasm: check.c ---- */

/* Checks all collected instructions, and empties the collection. */
void check_shapes(struct run *run);

#endif
