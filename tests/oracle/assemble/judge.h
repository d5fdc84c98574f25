/* Judges the assembler by nasm: one source, assembled by both. */
#ifndef TEST_ORACLE_ASSEMBLE_JUDGE_H
#define TEST_ORACLE_ASSEMBLE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/workplace.h"

enum verdict {
    VERDICT_SAME,
    VERDICT_REFUSED, /* by both, at the same line */
    VERDICT_FOREIGN, /* the source is one that is left to nasm */
    VERDICT_DIFFERENT,
    VERDICTS
};

enum { JUDGE_SENTENCE = 600 };

struct judge {
    struct workplace place;    /* of the files that nasm reads and writes */
    bool flat;                 /* nasm -f bin; the mode is what the source says */
    const char *from;          /* folder of the files that sources name; NULL: `place` */
    size_t lines;              /* of sources that are the same */
    size_t warnings;           /* that are the same */
    char text[JUDGE_SENTENCE]; /* what differs */
    uint64_t line;             /* where; 0: not known */
};

/* As for a workplace, with nasm for its tool. */
void judge_open(struct judge *judge);
void judge_close(struct judge *judge);

/* Writes a file into the judge's folder. Exits if it cannot. */
void judge_write(const struct judge *judge, const char *name, const void *bytes, size_t size);

/* Assembles a source for `mode` 64 or 32 bits by both, and compares. */
enum verdict judge_source(struct judge *judge, const char *text, size_t length, uint8_t mode);

/* Shortens the source in place, by whole lines, as long as it differs; returns its length. */
size_t judge_reduce(struct judge *judge, char *text, size_t length, uint8_t mode);

/* Compares the bytes of each line with those that its comment says: `; 48 89 c8` or `; 4889c8`.
 * Fields of relocations are zero. Sets text and line, and returns false, at the first that differs;
 * *checked counts the lines that say some. */
bool judge_notes(struct judge *judge, const char *text, size_t length, uint8_t mode,
                 size_t *checked);

#endif
