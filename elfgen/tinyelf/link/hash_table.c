/* The hash table: open addressing with linear probing, at most half full. */
#include "hash_table.h"

#include <stdlib.h>
#include <string.h>

/* Takes eight bytes at a time, multiplies them into the bits above and folds those down. Colliding
 * names need no defence: they would only slow down their author's build. */
static uint64_t hash_of(const uint8_t *key, size_t size)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t hash = size * odd;
    for (; size > 0;) {
        uint64_t word = 0;
        size_t take = size < sizeof word ? size : sizeof word;
        memcpy(&word, key, take);
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32;
        key += take;
        size -= take;
    }
    return hash;
}

/* The key's row, or the free row that it belongs in. */
static struct link_row *find(const struct link_table *table, const void *key, size_t size,
                             uint64_t hash)
{
    for (size_t i = (size_t)hash & (table->capacity - 1);; i = (i + 1) & (table->capacity - 1)) {
        struct link_row *row = &table->rows[i];
        if (!row->key ||
            (row->hash == hash && row->size == size && memcmp(row->key, key, size) == 0))
            return row;
    }
}

static bool grow(struct link_table *table)
{
    struct link_table larger = {.capacity = table->capacity ? table->capacity * 2 : 256,
                                .count = table->count};
    larger.rows = calloc(larger.capacity, sizeof *larger.rows);
    if (!larger.rows)
        return false;
    for (size_t i = 0; i < table->capacity; i++) {
        const struct link_row *row = &table->rows[i];
        if (row->key)
            *find(&larger, row->key, row->size, row->hash) = *row;
    }
    free(table->rows);
    *table = larger;
    return true;
}

bool link_table_put(struct link_table *table, const void *key, size_t size, uint32_t *value,
                    bool *added)
{
    if (table->count >= table->capacity / 2 && !grow(table))
        return false;
    uint64_t hash = hash_of(key, size);
    struct link_row *row = find(table, key, size, hash);
    *added = !row->key;
    if (*added) {
        *row = (struct link_row){key, size, hash, *value};
        table->count++;
    }
    *value = row->value;
    return true;
}

bool link_table_get(const struct link_table *table, const void *key, size_t size, uint32_t *value)
{
    if (table->capacity == 0)
        return false;
    const struct link_row *row = find(table, key, size, hash_of(key, size));
    if (row->key)
        *value = row->value;
    return row->key != NULL;
}

void link_table_free(struct link_table *table)
{
    free(table->rows);
    *table = (struct link_table){0};
}
