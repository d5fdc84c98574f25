/* What the files of coverage share: private to them. */
#ifndef COVERAGE_PRIVATE_H
#define COVERAGE_PRIVATE_H

#include "coverage.h"
#include "x86/effects.h"

/* ---- image.c: where the file is in memory ---- */

/* Finds where the recording has the program's segments. Returns NULL if there is no memory. */
struct coverage_image *coverage_image_open(const struct elfgen_view *view,
                                           const struct step_recording *recording);
void coverage_image_free(struct coverage_image *image);

/* Finds the byte of the file that is at `address`, and how many bytes from there on are in memory
 * one after another. Returns false if none is. */
bool coverage_image_find(const struct coverage_image *image, uint64_t address, uint64_t *offset,
                         uint64_t *length);

/* The address that the file asks for, of one in the program; others are not changed. */
uint64_t coverage_image_address(const struct coverage_image *image, uint64_t address);

/* The same; returns false for others. */
bool coverage_image_own(const struct coverage_image *image, uint64_t address, uint64_t *own);

/* Something else is at these addresses from now on. */
void coverage_image_cut(struct coverage_image *image, uint64_t from, uint64_t length);

/* ---- bits.c ---- */

/* Sets the bits of bytes of the file; those past its end are ignored. */
void coverage_set(const struct coverage *coverage, uint64_t *bits, uint64_t offset,
                  uint64_t length);

/* The bytes at an address, as far as they are of the file. */
void coverage_use_memory(const struct coverage *coverage, enum coverage_use use, uint64_t address,
                         uint64_t size);

/* Adds up the bits, for coverage_bytes(). Returns false if there is no memory. */
bool coverage_add_up(struct coverage *coverage);

/* ---- calls.c ---- */

struct coverage_known {
    struct effects effects;
    uint64_t offset; /* in the file; ELFGEN_NOWHERE: it is of another, or no instruction */
    uint64_t place;  /* the same, also of bytes that are no instruction */
    uint64_t count;
    size_t call; /* in `calls`, plus 1; 0: it has made none */
    bool seen, changed;
};

/* Takes the call of a record, if it has one. */
void coverage_take_call(struct coverage *coverage, const struct step_record *record,
                        struct coverage_known *known);

/* Sorts the calls, and joins those of one place. */
void coverage_sort_calls(struct coverage *coverage);

#endif
