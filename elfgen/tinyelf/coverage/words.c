/* Words for what a run did: how it ended, and what became of a claim's bytes. */
#include "base/signal_name.h"
#include "coverage.h"

static void put_counted(struct elfgen_text *out, uint64_t number, const char *one,
                        const char *several)
{
    elfgen_text_decimal(out, number, 0);
    elfgen_text_char(out, ' ');
    elfgen_text_string(out, number == 1 ? one : several);
}

static void put_signal(struct elfgen_text *out, int number)
{
    const char *name = signal_abbreviation(number);
    elfgen_text_string(out, name ? "SIG" : "signal ");
    if (name)
        elfgen_text_string(out, name);
    else
        elfgen_text_decimal(out, (uint64_t)number, 0);
}

void coverage_put_end(struct elfgen_text *out, const struct coverage *coverage)
{
    switch (coverage->stop) {
    case COVERAGE_NOT_STOPPED:
        break;
    case COVERAGE_STEPS:
    case COVERAGE_TIME:
    case COVERAGE_UNFINISHED:
        elfgen_text_string(out, "stopped after ");
        put_counted(out, coverage->steps, "instruction", "instructions");
        if (coverage->stop == COVERAGE_TIME)
            elfgen_text_string(out, ", when its time was up");
        return;
    case COVERAGE_FULL:
        elfgen_text_string(out, "stopped: there was no room to follow it further");
        return;
    case COVERAGE_INTERRUPTED:
        elfgen_text_string(out, "interrupted");
        return;
    case COVERAGE_REPLACED:
        elfgen_text_string(out, "execve put another program in its place");
        return;
    }
    if (coverage->end == STEP_EXITED) {
        elfgen_text_string(out, "exit ");
        elfgen_text_decimal(out, (uint64_t)coverage->end_number, 0);
        return;
    }
    elfgen_text_string(out, "killed by ");
    put_signal(out, coverage->end_number);
    if (coverage->fault == ELFGEN_NOWHERE)
        return;
    elfgen_text_string(out, ", which the instruction at file offset ");
    elfgen_text_0x(out, coverage->fault);
    elfgen_text_string(out, " raised");
}

void coverage_put_summary(struct elfgen_text *out, const struct coverage *coverage)
{
    put_counted(out, coverage->steps, "instruction", "instructions");
    if (coverage->own_steps != coverage->steps) {
        elfgen_text_string(out, ", ");
        elfgen_text_decimal(out, coverage->own_steps, 0);
        elfgen_text_string(out, " of them in this file");
    }
    elfgen_text_string(out, "; ");
    coverage_put_end(out, coverage);
    elfgen_text_string(out, "; ");
    put_counted(out, coverage_total(coverage, COVERAGE_EXECUTED), "byte executed",
                "bytes executed");
    elfgen_text_string(out, ", ");
    elfgen_text_decimal(out, coverage_total(coverage, COVERAGE_READ), 0);
    elfgen_text_string(out, " read, ");
    elfgen_text_decimal(out, coverage_total(coverage, COVERAGE_WRITTEN), 0);
    elfgen_text_string(out, " written");
}

/* What is put before the next word of a mark. */
static void put_comma(struct elfgen_text *out)
{
    if (out->length > 0)
        elfgen_text_string(out, ", ");
}

static void put_use(struct elfgen_text *out, const struct coverage *coverage, enum coverage_use use,
                    uint64_t offset, uint64_t length, const char *word)
{
    uint64_t bytes = coverage_bytes(coverage, use, offset, length);
    if (bytes == 0)
        return;
    put_comma(out);
    elfgen_text_string(out, word);
    if (bytes == length)
        return;
    elfgen_text_char(out, ' ');
    elfgen_text_decimal(out, bytes, 0);
    elfgen_text_string(out, " of ");
    elfgen_text_decimal(out, length, 0);
}

static void put_times(struct elfgen_text *out, uint64_t times)
{
    elfgen_text_string(out, times > 0 ? "ran" : "not run");
    if (times < 2)
        return;
    elfgen_text_char(out, ' ');
    put_counted(out, times, "time", "times");
}

/* The bytes with which an instruction ran that are not those of the file. */
static void put_changed(struct elfgen_text *out, const struct coverage *coverage, uint64_t offset)
{
    const struct coverage_instruction *changed = coverage_changed(coverage, offset);
    if (!changed)
        return;
    if (changed->count < coverage_times(coverage, offset)) {
        elfgen_text_string(out, ", ");
        put_counted(out, changed->count, "time", "times");
    }
    elfgen_text_string(out, " as ");
    elfgen_text_hex_bytes(out, changed->bytes, changed->length, '\0');
}

void coverage_put_mark(struct elfgen_text *out, const struct coverage *coverage, uint64_t offset,
                       uint64_t length, bool is_instruction)
{
    char room[160];
    struct elfgen_text mark = {.bytes = room, .capacity = sizeof room};
    if (is_instruction) {
        /* How often one ran that has no record of its own is not known. */
        uint64_t times = coverage_times(coverage, offset);
        bool ran = times == 0 && coverage_ran(coverage, offset, length, true);
        put_times(&mark, ran ? 1 : times);
        put_changed(&mark, coverage, offset);
    } else {
        put_use(&mark, coverage, COVERAGE_EXECUTED, offset, length, "ran");
        put_use(&mark, coverage, COVERAGE_CHANGED, offset, length, "changed before");
    }
    put_use(&mark, coverage, COVERAGE_READ, offset, length, "read");
    put_use(&mark, coverage, COVERAGE_WRITTEN, offset, length, "written");
    elfgen_text_bytes(out, room, mark.length);
}

void coverage_put_call(struct elfgen_text *out, const struct coverage_call *call, size_t which)
{
    elfgen_text_string(out, call->texts[which].text);
    if (call->texts[which].count < 2)
        return;
    elfgen_text_string(out, ", ");
    put_counted(out, call->texts[which].count, "time", "times");
}
