/* Prints arguments of a stopped process, as they are in its memory now. */
#include "line.h"

static size_t read_process(void *context, uint64_t address, void *bytes, size_t size)
{
    const pid_t *id = context;
    return process_read(*id, address, bytes, size);
}

void strace_process_argument(struct elfgen_text *out, pid_t id, const struct process_call *call,
                             const struct call_row *row, unsigned index, bool after)
{
    struct memory_reader reader = {.read = read_process, .context = &id};
    strace_argument_text(out, call, row, index, after, &reader);
}
