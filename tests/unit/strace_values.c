/* A traced program's memory, and the text of a call's arguments and result. */
#include "strace_values.h"

#include <string.h>

/* ---- memory ---- */

uint8_t memory[MEMORY];
size_t memory_size = MEMORY;
size_t readings;

static size_t read_memory(void *context, uint64_t address, void *bytes, size_t size)
{
    (void)context;
    readings++;
    if (address < AT || address >= AT + memory_size)
        return 0;
    size_t there = memory_size - (size_t)(address - AT);
    size = size < there ? size : there;
    memcpy(bytes, memory + (address - AT), size);
    return size;
}

const struct memory_reader reader = {read_memory, NULL};

void set_memory(const void *bytes, size_t size)
{
    memset(memory, 0, sizeof memory);
    memcpy(memory, bytes, size);
}

/* ---- one value ---- */

char text[TEXT];

const char *finish(struct elfgen_text *out)
{
    ck_assert(!out->cut);
    ck_assert_uint_lt(out->length, sizeof text);
    text[out->length] = '\0';
    return text;
}

struct elfgen_text fresh(void)
{
    return (struct elfgen_text){.bytes = text, .capacity = sizeof text - 1};
}

const struct call_row *row_of(enum call_abi abi, const char *name)
{
    const struct call_row *row = syscall_row(abi, name);
    ck_assert_msg(row != NULL, "%s", name);
    return row;
}

const char *value_of_call(const struct process_call *call, const char *name, unsigned index,
                          bool after)
{
    struct elfgen_text out = fresh();
    strace_argument_text(&out, call, row_of(call->abi, name), index, after, &reader);
    return finish(&out);
}

/* Argument `index` of a successful call, which is the address of the memory, or a number. */
const char *shown(enum call_abi abi, const char *name, unsigned index, uint64_t argument)
{
    struct process_call call = {.abi = abi};
    call.arguments[index] = argument;
    return value_of_call(&call, name, index, true);
}

const char *result_of(enum call_abi abi, const char *name, int64_t result)
{
    struct elfgen_text out = fresh();
    struct process_call call = {
        .abi = abi, .result = result, .failed = result < 0 && result >= -4095};
    strace_result_text(&out, &call, row_of(abi, name), &reader);
    return finish(&out);
}

const char *written(const void *bytes, size_t size)
{
    struct process_call call = {.abi = CALL_X86_64, .arguments = {1, AT, size}};
    set_memory(bytes, size < MEMORY ? size : MEMORY);
    return value_of_call(&call, "write", 1, false);
}
