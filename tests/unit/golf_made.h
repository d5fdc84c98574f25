/* Lifted programs made by hand, for the tests of golf/shrink. */
#ifndef GOLF_MADE_H
#define GOLF_MADE_H

#include "golf/lifted.h"
#include "golf/shrink/shrink.h"
#include "room.h"

enum { RAX, RDX = 2, RBX, RSP, RSI = 6, RDI, TEXT_SIZE = 12 };

/* What programs write. */
extern const char text[TEXT_SIZE + 1];

/* A program of one block and one datum, the text. */
struct program {
    struct golf_operation operations[20];
    struct golf_block block;
    struct golf_data data;
    struct golf_lifted lifted;
};

struct golf_value constant(uint64_t number);
void need(struct golf_operation *operation, unsigned reg, unsigned bits, struct golf_value value);

/* Begins a program with what Linux gives it in registers; or with what nobody knows. */
void begin(struct program *program, unsigned bits);
void begin_unknown(struct program *program, unsigned bits);

/* A system call of this number; a write of the text; exit, or exit_group, which do the same in a
 * program of one thread. */
struct golf_operation *add_call(struct program *program, unsigned number);
void add_write(struct program *program);
struct golf_operation *add_exit(struct program *program, struct golf_value status);

/* A write and an exit with status 0. */
void hello(struct program *program, unsigned bits);

/* Whether one of the choices has these bytes. */
bool has_bytes(const struct golf_pieces *pieces, const uint8_t *bytes, size_t size);

#endif
