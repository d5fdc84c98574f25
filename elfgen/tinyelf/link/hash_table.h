/* A hash table from byte strings to numbers: for symbols, COMDAT signatures and merged constants.
 */
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
    } * rows; /* `capacity` of them, a power of two; a free one has key NULL */
    size_t capacity, count;
};

/* Looks up `size` bytes at `key`, which must outlive the table; adds a new key with *value. Sets
 * *value to the value in the table, and *added to whether the key is new. Returns false if there is
 * no memory. */
bool link_table_put(struct link_table *table, const void *key, size_t size, uint32_t *value,
                    bool *added);

/* The same with the key's hash, which is link_table_hash() of it. */
uint64_t link_table_hash(const void *key, size_t size);
bool link_table_put_hashed(struct link_table *table, const void *key, size_t size, uint64_t hash,
                           uint32_t *value, bool *added);

/* Brings a row that will be looked up nearer to the processor: a large table is not in its caches,
 * and a lookup is little more than waiting for memory. First the row, some lookups later the key
 * that is in it. */
enum link_expected { LINK_EXPECT_ROW, LINK_EXPECT_KEY };
void link_table_expect(const struct link_table *table, uint64_t hash, enum link_expected expected);

/* Looks up a key; false if it is not in the table. */
bool link_table_get(const struct link_table *table, const void *key, size_t size, uint32_t *value);

void link_table_free(struct link_table *table);

#endif
