/* Blocks that end in the same way, made by hand, for the tests of golf/rewrite/tails.h. */
#ifndef GOLF_TAILS_H
#define GOLF_TAILS_H

#include "golf/rewrite/tails.h"
#include "golf_blocks.h"

enum { RAX, RBX = 3, RSP, RSI = 6, RDI, FLAG = ELFGEN_X86_ZF, OTHER_FLAG = ELFGEN_X86_CF };

/* Blocks: ONE and TWO have three operations, of which the last two are the same, and go on with
 * NEXT. */
enum { ENTRY, ONE, TWO, NEXT, ELSEWHERE, BLOCKS_MADE, MERGED = BLOCKS_MADE };
enum { HEAD, FIRST, LAST, OPERATIONS, ROOM = 12, OFFSET = 100, LENGTH = 3 };

static inline void make(struct golf_lifted *lifted)
{
    make_blocks(lifted, BLOCKS_MADE, ROOM);
    branch_to(lifted, ENTRY, JUMP_ZERO, ONE, TWO);
    for (uint16_t block = ONE; block <= TWO; block++) {
        lead_to(lifted, block, NEXT);
        lifted->blocks[block].count = OPERATIONS;
        for (unsigned i = 0; i < OPERATIONS; i++) {
            struct golf_operation *operation = &lifted->blocks[block].operations[i];
            make_instruction(operation, ELFGEN_X86_OP_add,
                             register_operand(X86_QUADWORDS + RBX + i),
                             number_operand(i == HEAD ? block : 7));
            operation->length = LENGTH;
            operation->offset = OFFSET * block + i;
        }
    }
}

static inline struct golf_operation *operation_of(struct golf_lifted *lifted, size_t block,
                                                  unsigned number)
{
    return &lifted->blocks[block].operations[number];
}

#endif
