/* Instructions printed for nasm and read back: what the files of this test share. */
#ifndef TEST_ORACLE_NASM_SAME_H
#define TEST_ORACLE_NASM_SAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "x86/nasm.h"

enum { NAME = 64 }; /* of the temporary folder */

struct shape {
    uint8_t bytes[ZYDIS_MAX_INSTRUCTION_LENGTH];
    uint8_t length;
};

struct options {
    int mode; /* 32 or 64; 0: both */
    bool all, dense, forms, list;
    uint64_t random, seed, origin;
    char **files; /* NULL behind the last */
};

/* Where instructions come from, and how many of a thousand may be `db`: programs have next to none,
 * whereas every other form is of an extension that nobody has used yet. */
enum part { PART_FILES, PART_FORMS, PART_RANDOM, PART_COUNT };
struct part_row {
    const char *name;
    unsigned permille;
};
extern const struct part_row parts[PART_COUNT];

struct tally {
    size_t checked, raw;
};

/* Everything that a run knows. */
struct run {
    struct options options;
    int mode;
    enum part part;
    ZydisDecoder decoder;
    uint64_t *seen; /* hashes, 0 is empty */
    size_t seen_room, seen_count;
    struct shape *shapes;
    size_t count, room;
    struct tally part_tally[PART_COUNT];
    struct tally *tally; /* by mnemonic */
    size_t failed;
    char folder[NAME];
};

/* Says what, with errno, and exits. */
void die(const char *what) __attribute__((noreturn));

/* reallocarray(), or the end. */
void *more(void *memory, size_t count, size_t size);

/* ---- numbers that are the same in every run: take.c ---- */

uint64_t next_random(uint64_t *state);

/* ---- what is taken: take.c ---- */

/* Keeps the instruction there if there are not enough of its kind. Returns its length, 0 if there
 * is none. */
size_t take(struct run *run, const uint8_t *bytes, size_t length);

/* ---- where from: sources.c ---- */

/* False: no x86 ELF file. */
bool take_file(struct run *run, const char *path);
void take_system(struct run *run);
void take_forms(struct run *run);
void take_random(struct run *run, uint64_t count);

/* ---- instructions ---- */

static inline bool is_relative(const ZydisDecodedOperandMem *memory)
{
    return memory->base == ZYDIS_REGISTER_RIP || memory->base == ZYDIS_REGISTER_EIP;
}

/* ---- what two have in common: equal.c ---- */

/* What tells them apart, NULL: they mean the same. Both stand at `address`. */
const char *difference_of(const ZydisDecodedInstruction *const instructions[2],
                          const ZydisDecodedOperand *a, const ZydisDecodedOperand *b,
                          uint64_t address);

/* ---- nasm: check.c ---- */

/* All that was taken, which then is none any more. */
void check_shapes(struct run *run);

/* A file of the run's folder, which is to be removed. */
void path_in_folder(const struct run *run, const char *name, char path[2 * NAME]);

#endif
