/* The hash table: open addressing with linear probing, at most half full. */
#include "hash_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/populate.h"

/* Takes eight bytes at a time, multiplies them into the bits above and folds those down. Colliding
 * names need no defence: they would only slow down their author's build. */
uint64_t link_table_hash(const void *bytes, size_t size)
{
    const uint8_t *key = bytes;
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

/* Whether two keys of one size are equal; eight bytes at a time, which not every memcmp() does. */
static bool is_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    uint64_t left, right;
    for (; size >= sizeof left; size -= sizeof left, a += sizeof left, b += sizeof left) {
        memcpy(&left, a, sizeof left);
        memcpy(&right, b, sizeof right);
        if (left != right)
            return false;
    }
    for (; size > 0 && *a == *b; size--)
        a++, b++;
    return size == 0;
}

/* The key's row, or the free row that it belongs in. */
static struct link_row *find(const struct link_table *table, const void *key, size_t size,
                             uint64_t hash)
{
    for (size_t i = (size_t)hash & (table->capacity - 1);; i = (i + 1) & (table->capacity - 1)) {
        struct link_row *row = &table->rows[i];
        if (!row->key || (row->hash == hash && row->size == size && is_equal(row->key, key, size)))
            return row;
    }
}

/* Few: a small program's names touch one page. */
enum { FIRST_ROWS = 32 };

static bool grow(struct link_table *table)
{
    struct link_table larger = {.capacity = table->capacity ? table->capacity * 2 : FIRST_ROWS,
                                .count = table->count};
    larger.rows = calloc(larger.capacity, sizeof *larger.rows);
    if (!larger.rows)
        return false;
    populate(larger.rows, larger.capacity * sizeof *larger.rows);
    for (size_t i = 0; i < table->capacity; i++) {
        const struct link_row *row = &table->rows[i];
        if (row->key)
            *find(&larger, row->key, row->size, row->hash) = *row;
    }
    free(table->rows);
    *table = larger;
    return true;
}

void link_table_expect(const struct link_table *table, uint64_t hash, enum link_expected expected)
{
    if (table->capacity == 0)
        return;
    const struct link_row *row = &table->rows[(size_t)hash & (table->capacity - 1)];
    if (expected == LINK_EXPECT_ROW)
        __builtin_prefetch(row);
    else if (row->key)
        __builtin_prefetch(row->key);
}

bool link_table_put(struct link_table *table, const void *key, size_t size, uint32_t *value,
                    bool *added)
{
    return link_table_put_hashed(table, key, size, link_table_hash(key, size), value, added);
}

bool link_table_put_hashed(struct link_table *table, const void *key, size_t size, uint64_t hash,
                           uint32_t *value, bool *added)
{
    if (table->count >= table->capacity / 2 && !grow(table))
        return false;
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
    const struct link_row *row = find(table, key, size, link_table_hash(key, size));
    if (row->key)
        *value = row->value;
    return row->key != NULL;
}

void link_table_free(struct link_table *table)
{
    free(table->rows);
    *table = (struct link_table){0};
}
