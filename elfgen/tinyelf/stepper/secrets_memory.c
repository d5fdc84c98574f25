/* Keeps how secret each byte of memory is: regions, and blocks for what was written since. */
#include "secrets_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

enum { BLOCK = 1024, BLOCKS = 1 << 14, REGIONS = 4096, LARGE = 1 << 16 };

struct secrets_block {
    struct secrets_block *next;
    uint64_t number;
    uint8_t secrecy[BLOCK];
};

void secrets_memory_free(struct secrets_memory *memory)
{
    for (size_t i = 0; i < SECRETS_BUCKETS; i++) {
        while (memory->buckets[i]) {
            struct secrets_block *block = memory->buckets[i];
            memory->buckets[i] = block->next;
            free(block);
        }
    }
    free(memory->regions);
}

static uint8_t region_at(const struct secrets_memory *memory, uint64_t address)
{
    for (size_t i = memory->count; i-- > 0;)
        if (address >= memory->regions[i].from && address < memory->regions[i].to)
            return memory->regions[i].secrecy;
    return STEP_SECRET_CONTENT;
}

static struct secrets_block *find(const struct secrets_memory *memory, uint64_t number)
{
    struct secrets_block *block = memory->buckets[number % SECRETS_BUCKETS];
    while (block && block->number != number)
        block = block->next;
    return block;
}

/* The block of an address; it is made if there is none. NULL: there is no room. */
static struct secrets_block *block_of(struct secrets_memory *memory, uint64_t address)
{
    uint64_t number = address / BLOCK;
    struct secrets_block *block = find(memory, number);
    if (block)
        return block;
    block = memory->blocks < BLOCKS ? malloc(sizeof *block) : NULL;
    if (!block) {
        memory->full = true;
        return NULL;
    }
    memory->blocks++;
    block->number = number;
    block->next = memory->buckets[number % SECRETS_BUCKETS];
    memory->buckets[number % SECRETS_BUCKETS] = block;
    for (size_t i = 0; i < BLOCK; i++)
        block->secrecy[i] = region_at(memory, number * BLOCK + i);
    return block;
}

/* Sets the bytes of a block that are in a range. */
static void set_in_block(struct secrets_block *block, uint64_t from, uint64_t to,
                         enum step_secrecy secrecy)
{
    const uint64_t start = block->number * BLOCK, end = start + (BLOCK - 1);
    if (to == 0 || from > end || to - 1 < start)
        return;
    const uint64_t first = from > start ? from - start : 0;
    const uint64_t last = to - 1 < end ? to - 1 - start : BLOCK - 1;
    if (first <= last)
        memset(block->secrecy + first, (int)secrecy, (size_t)(last - first + 1));
}

void secrets_memory_map(struct secrets_memory *memory, uint64_t from, uint64_t length,
                        enum step_secrecy secrecy)
{
    uint64_t to = length > UINT64_MAX - from ? UINT64_MAX : from + length;
    if (memory->count == REGIONS ||
        !grow_array(&memory->regions, memory->count + 1, &memory->room, sizeof *memory->regions)) {
        memory->full = true;
        return;
    }
    memory->regions[memory->count++] = (struct secrets_region){from, to, (uint8_t)secrecy};
    for (size_t i = 0; i < SECRETS_BUCKETS; i++)
        for (struct secrets_block *block = memory->buckets[i]; block; block = block->next)
            set_in_block(block, from, to, secrecy);
}

void secrets_memory_set(struct secrets_memory *memory, uint64_t address, uint64_t size,
                        enum step_secrecy secrecy)
{
    if (size > LARGE) {
        secrets_memory_map(memory, address, size, secrecy);
        return;
    }
    for (uint64_t i = 0; i < size && !memory->full; i++) {
        struct secrets_block *block = block_of(memory, address + i);
        if (block)
            block->secrecy[(address + i) % BLOCK] = (uint8_t)secrecy;
    }
}

enum step_secrecy secrets_memory_get(const struct secrets_memory *memory, uint64_t address,
                                     uint64_t size)
{
    uint8_t most = memory->full ? STEP_SECRET_CONTENT : STEP_PUBLIC;
    for (uint64_t i = 0; i < size && most < STEP_SECRET_CONTENT; i++) {
        const struct secrets_block *block = find(memory, (address + i) / BLOCK);
        uint8_t here =
            block ? block->secrecy[(address + i) % BLOCK] : region_at(memory, address + i);
        most = here > most ? here : most;
    }
    return (enum step_secrecy)most;
}
