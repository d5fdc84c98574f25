/* A traced program's memory, and the text of a call's arguments and result. */
#ifndef STRACE_VALUES_H
#define STRACE_VALUES_H

#include "strace/line.h"
#include "strace/args/args.h"
#include "room.h"

enum { AT = 0x10000, MEMORY = 0x3000, TEXT = 1 << 18 };

/* The memory at address AT, and how often it was read. */
extern uint8_t memory[MEMORY];
extern size_t memory_size, readings;
extern const struct memory_reader reader;
void set_memory(const void *bytes, size_t size);

/* One text at a time. */
extern char text[TEXT];
const char *finish(struct elfgen_text *out);
struct elfgen_text fresh(void);

/* The text of a call's argument or result. */
const struct call_row *row_of(enum call_abi abi, const char *name);
const char *value_of_call(const struct process_call *call, const char *name, unsigned index,
                          bool after);
const char *shown(enum call_abi abi, const char *name, unsigned index, uint64_t argument);
const char *result_of(enum call_abi abi, const char *name, int64_t result);
const char *written(const void *bytes, size_t size);

#define IS(expected, actual) ck_assert_str_eq(actual, expected)

TCase *strace_structures_cases(void);
TCase *strace_lines_cases(void);

#endif
