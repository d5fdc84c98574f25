/* Lifted programs made by hand. */
#include "golf_made.h"

#include <string.h>

const char text[TEXT_SIZE + 1] = "Hello world\n";

struct golf_value constant(uint64_t number)
{
    return (struct golf_value){.kind = GOLF_CONSTANT, .number = number};
}

void need(struct golf_operation *operation, unsigned reg, unsigned bits, struct golf_value value)
{
    struct golf_need *added = &operation->needs[operation->need_count++];
    *added = (struct golf_need){(uint8_t)reg, (uint8_t)bits, 1, {value}};
}

struct golf_operation *add_call(struct program *program, unsigned number)
{
    struct golf_operation *operation = &program->operations[program->block.count++];
    bool is_64 = program->lifted.bits == 64;
    operation->kind = GOLF_CALL;
    operation->length = 2;
    memcpy(operation->bytes, is_64 ? "\x0f\x05" : "\xcd\x80", 2);
    need(operation, RAX, 32, constant(number));
    operation->writes = is_64 ? 1 << RAX | 1 << 1 | 1 << 11 : 1 << RAX;
    operation->after[RAX] =
        (struct golf_value){.kind = GOLF_OPAQUE, .number = program->block.count};
    return operation;
}

void begin(struct program *program, unsigned bits)
{
    *program = (struct program){0};
    program->lifted = (struct golf_lifted){.bits = bits,
                                           .blocks = &program->block,
                                           .count = 1,
                                           .data = &program->data,
                                           .data_count = 1};
    program->block = (struct golf_block){.operations = program->operations, .end = GOLF_STOP};
    for (int i = 0; i < GOLF_REGISTERS; i++)
        program->block.at_start[i] = constant(0);
    program->block.at_start[RSP] = (struct golf_value){.kind = GOLF_STACK};
    program->data = (struct golf_data){
        .bytes = (const uint8_t *)text, .size = TEXT_SIZE, .file_size = TEXT_SIZE};
}

void begin_unknown(struct program *program, unsigned bits)
{
    begin(program, bits);
    for (int i = 0; i < GOLF_REGISTERS; i++)
        if (i != RSP)
            program->block.at_start[i] = (struct golf_value){.kind = GOLF_UNKNOWN};
}

void add_write(struct program *program)
{
    bool is_64 = program->lifted.bits == 64;
    struct golf_operation *write = add_call(program, is_64 ? 1 : 4);
    need(write, is_64 ? RDI : RBX, 32, constant(1));
    need(write, is_64 ? RSI : 1, is_64 ? 64 : 32, (struct golf_value){.kind = GOLF_ADDRESS});
    need(write, RDX, is_64 ? 64 : 32, constant(TEXT_SIZE));
}

struct golf_operation *add_exit(struct program *program, struct golf_value status)
{
    bool is_64 = program->lifted.bits == 64;
    struct golf_operation *exit = add_call(program, is_64 ? 231 : 252);
    exit->needs[0].count = 2;
    exit->needs[0].values[1] = constant(is_64 ? 60 : 1);
    need(exit, is_64 ? RDI : RBX, 8, status);
    exit->ends = true;
    return exit;
}

void hello(struct program *program, unsigned bits)
{
    begin(program, bits);
    add_write(program);
    add_exit(program, constant(0));
}

bool has_bytes(const struct golf_pieces *pieces, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < pieces->choice_count; i++)
        if (pieces->choices[i].length == size && !memcmp(pieces->choices[i].bytes, bytes, size))
            return true;
    return false;
}
