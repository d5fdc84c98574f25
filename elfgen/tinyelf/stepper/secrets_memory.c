/* Keeps how secret each byte of memory is: regions, and blocks for what was written since. */
#include "secrets_memory.h"

#include <stdlib.h>

#include "base/grow.h"

enum { BLOCK = 1024, BLOCKS = 1 << 14 };

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

void secrets_memory_map(struct secrets_memory *memory, uint64_t from, uint64_t length,
                        enum step_secrecy secrecy)
{
    uint64_t to = length > UINT64_MAX - from ? UINT64_MAX : from + length;
    if (!grow_array(&memory->regions, memory->count + 1, &memory->room, sizeof *memory->regions)) {
        memory->full = true;
        return;
    }
    memory->regions[memory->count++] = (struct secrets_region){from, to, (uint8_t)secrecy};
    for (size_t i = 0; i < SECRETS_BUCKETS; i++)
        for (struct secrets_block *block = memory->buckets[i]; block; block = block->next)
            for (size_t byte = 0; byte < BLOCK; byte++)
                if (block->number * BLOCK + byte >= from && block->number * BLOCK + byte < to)
                    block->secrecy[byte] = (uint8_t)secrecy;
}

void secrets_memory_set(struct secrets_memory *memory, uint64_t address, uint64_t size,
                        enum step_secrecy secrecy)
{
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
