/* What is known of registers: pushes, and what two paths that meet both know. */
#include "registers.h"

#include <string.h>

#include "calls.h"

bool elfgen_registers_are_known(const struct elfgen_machine *machine,
                                const struct elfgen_registers *registers)
{
    uint64_t known = registers->depth;
    for (size_t i = 0; i < machine->register_count; i++)
        known |= registers->general[i].known;
    return known != 0;
}

/* Reduces *a to what both know, `whole`: to nothing if they differ. Returns true if that loses
 * something. */
static bool reduce(struct elfgen_bits *a, struct elfgen_bits b, bool whole)
{
    struct elfgen_bits joined = elfgen_bits_join(*a, b);
    bool less = joined.known != a->known;
    *a = less && whole ? (struct elfgen_bits){0, 0} : joined;
    return less;
}

bool elfgen_registers_join(const struct elfgen_machine *machine, struct elfgen_registers *a,
                           const struct elfgen_registers *b, bool whole)
{
    const uint64_t depth = a->depth < b->depth ? a->depth : b->depth;
    bool less = depth != a->depth;
    for (size_t i = 0; i < machine->register_count; i++)
        less = reduce(&a->general[i], b->general[i], whole) || less;
    less = reduce(&a->flags, b->flags, false) || less;
    less = less || (a->entered && !b->entered);
    a->entered = a->entered && b->entered;
    /* Slots are matched from the last push, and move down. */
    for (uint64_t i = 0; i < depth; i++) {
        a->stack[i] = a->stack[a->depth - depth + i];
        less = reduce(&a->stack[i], b->stack[b->depth - depth + i], whole) || less;
    }
    a->depth = depth;
    return less;
}

void elfgen_registers_push(struct elfgen_registers *registers, struct elfgen_bits bits)
{
    if (registers->depth >= ELFGEN_STACK_SLOTS) {
        memmove(registers->stack, registers->stack + 1,
                (ELFGEN_STACK_SLOTS - 1) * sizeof registers->stack[0]);
        registers->depth = ELFGEN_STACK_SLOTS - 1;
    }
    registers->stack[registers->depth++] = bits;
}
