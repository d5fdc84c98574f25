/* golf's shrink: the cheapest ways to provide what operations need. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golf/shrink/shrink.h"
#include "room.h"

static struct golf_value constant(uint64_t number)
{
    return (struct golf_value){GOLF_CONSTANT, 0, number};
}

static void need(struct golf_operation *operation, unsigned reg, unsigned bits, struct golf_value value)
{
    struct golf_need *added = &operation->needs[operation->need_count++];
    *added = (struct golf_need){(uint8_t)reg, (uint8_t)bits, 1, {value}};
}

static void call(struct golf_operation *operation, unsigned number)
{
    operation->kind = GOLF_CALL;
    operation->length = 2;
    operation->bytes[0] = 0x0f;
    operation->bytes[1] = 0x05;
    need(operation, 0, 64, constant(number));
    operation->writes = 1 << 0 | 1 << 1 | 1 << 11;
    operation->after[0] = (struct golf_value){GOLF_OPAQUE, 0, 0};
}

START_TEST(hello)
{
    struct golf_operation operations[2] = {0};
    call(&operations[0], 1);
    need(&operations[0], 7, 32, constant(1));
    need(&operations[0], 6, 64, (struct golf_value){GOLF_ADDRESS, 0, 0});
    need(&operations[0], 2, 64, constant(12));
    call(&operations[1], 231);
    operations[1].needs[0].count = 2;
    operations[1].needs[0].values[1] = constant(60);
    need(&operations[1], 7, 8, constant(0));
    operations[1].ends = true;
    struct golf_block block = {.operations = operations, .count = 2, .end = GOLF_STOP};
    for (int i = 0; i < GOLF_REGISTERS; i++)
        block.at_start[i] = constant(0);
    block.at_start[4] = (struct golf_value){GOLF_STACK, 0, 0};
    struct golf_data data = {.bytes = (const uint8_t *)"Hello world\n", .size = 12};
    struct golf_lifted lifted = {64, &block, 1, &data, 1, false, false};
    for (int small = 0; small < 2; small++)
        for (unsigned slack = 0; slack < 3; slack++) {
            struct golf_pieces pieces;
            struct golf_shrink_options options = {slack, small, false, 0};
            struct elfgen_error error;
            if (!golf_shrink(&lifted, &options, &pieces, &error))
                printf("%s\n", error.text);
            else {
                printf("small %d slack %u: least %u nodes %zu choices %zu\n", small, slack, pieces.nodes[pieces.blocks[0]].least, pieces.node_count, pieces.choice_count);
                golf_pieces_free(&pieces);
            }
        }
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_shrink");
    TCase *cases = tcase_create("ways");
    tcase_add_test(cases, hello);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
