/* Describes arguments of system calls for a recording, as a trace does. */
#include "text.h"
#include "strace/line.h"

static size_t read_process(void *context, uint64_t address, void *bytes, size_t size)
{
    const pid_t *id = context;
    return process_read(*id, address, bytes, size);
}

static void put_argument(struct elfgen_text *out, pid_t id, const struct process_call *call,
                         const struct call_row *row, unsigned index, bool answered)
{
    struct memory_reader reader = {.read = read_process, .context = &id};
    strace_argument_text(out, call, row, index, answered, &reader);
}

const struct step_words step_words = {put_argument};
