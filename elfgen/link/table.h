/* Names to numbers: the hash table of symbols, COMDAT signatures and merged constants. */
#ifndef LINK_HASH_TABLE_H
#define LINK_HASH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link_table {
    struct link_row {
        const void *key;
        size_t size;
        uint64_t hash;
        uint32_t value;
    } * rows; /* `capacity` of them, a power of two; key NULL: free */
    size_t capacity, count;
};

/* The value of `size` bytes at `key`, which must outlive the table; a new key gets `value`. Sets
 * *value to the one in the table, *added to whether it is new. False: out of memory. */
bool link_table_put(struct link_table *table, const void *key, size_t size, uint32_t *value,
                    bool *added);

/* The value of a key; false: it is not there. */
bool link_table_get(const struct link_table *table, const void *key, size_t size, uint32_t *value);

void link_table_free(struct link_table *table);

#endif
