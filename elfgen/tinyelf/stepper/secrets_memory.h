/* How secret each byte of a program's memory is. */
#ifndef STEPPER_SECRETS_MEMORY_H
#define STEPPER_SECRETS_MEMORY_H

#include "secrets.h"

/* Addresses that are alike, unless a block has something else for them. */
struct secrets_region {
    uint64_t from, to;
    uint8_t secrecy;
};

enum { SECRETS_BUCKETS = 1024 };
struct secrets_block;

/* Zeroed at first: all is secret. */
struct secrets_memory {
    struct secrets_region *regions; /* the last one that has an address counts */
    size_t count, room;
    struct secrets_block *buckets[SECRETS_BUCKETS];
    size_t blocks;
    bool full; /* there was no room for a block: all is secret */
};

void secrets_memory_free(struct secrets_memory *memory);

/* Makes all of a range alike, from now on. */
void secrets_memory_map(struct secrets_memory *memory, uint64_t from, uint64_t length,
                        enum step_secrecy secrecy);

/* The same for what is written. */
void secrets_memory_set(struct secrets_memory *memory, uint64_t address, uint64_t size,
                        enum step_secrecy secrecy);

/* The most secret one of the bytes. */
enum step_secrecy secrets_memory_get(const struct secrets_memory *memory, uint64_t address,
                                     uint64_t size);

#endif
