/* Asks what a run executed, and takes instructions from it. */
#include "run.h"

#include "bits.h"
#include "ranges.h"

bool elfgen_run_is_whole(const struct elfgen_run *run)
{
    return !run || ((run->length == 0 || (run->starts && run->executed)) &&
                    (run->call_count == 0 || run->calls));
}

bool elfgen_run_began(const struct elfgen_run *run, uint64_t offset)
{
    return run && offset < run->length && elfgen_bit_get(run->starts, offset);
}

bool elfgen_run_contradicts(const struct elfgen_run *run, uint64_t offset, uint64_t length)
{
    if (!run || offset >= run->length || elfgen_run_began(run, offset))
        return false;
    uint64_t end = run->length - offset < length ? run->length : offset + length;
    return elfgen_bit_next(run->executed, offset, end) < end;
}

bool elfgen_run_ended(const struct elfgen_run *run, uint64_t offset, uint64_t after)
{
    return elfgen_run_began(run, offset) && !elfgen_run_began(run, after);
}

void elfgen_run_begin(struct elfgen_code *code,
                      void (*reach)(struct elfgen_code *code, uint64_t offset))
{
    const struct elfgen_run *run = code->run;
    uint64_t end = run && run->length < code->to ? run->length : code->to;
    for (uint64_t at = code->from; run && (at = elfgen_bit_next(run->starts, at, end)) < end; at++)
        if (elfgen_range_of(code, at) && !elfgen_bit_get(code->starts, at - code->from))
            reach(code, at);
}
