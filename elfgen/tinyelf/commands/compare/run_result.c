/* Prints what a program did when it ran, as words and as JSON. */
#include "run_result.h"

#include <string.h>

#include "base/json_write.h"
#include "base/signal_name.h"
#include "base/system_error.h"

size_t run_result_length(const struct profile *run)
{
    return run->order_all < PROFILE_ORDER ? (size_t)run->order_all : PROFILE_ORDER;
}

size_t run_result_before_write(const struct profile *run)
{
    size_t before = 0;
    while (before < run_result_length(run) &&
           strncmp(run->calls[run->order[before]].name, "write", 5) != 0)
        before++;
    return before;
}

/* Why the program did not run. */
static const char *refusal(const struct profile *run)
{
    if (!run->given)
        return "standard input";
    return run->end.error != 0 ? system_error_text(run->end.error) : "skipped";
}

void run_result_end(const struct profile *run, struct elfgen_text *out)
{
    if (!run->end.ran) {
        elfgen_text_string(out, "no: ");
        elfgen_text_string(out, refusal(run));
    } else if (run->time_up) {
        elfgen_text_string(out, "time was up");
    } else if (run->end.signal != 0) {
        const char *name = signal_abbreviation(run->end.signal);
        elfgen_text_string(out, name ? "killed by SIG" : "killed by signal ");
        if (name)
            elfgen_text_string(out, name);
        else
            elfgen_text_decimal(out, (uint64_t)run->end.signal, 0);
    } else {
        elfgen_text_string(out, "exit ");
        elfgen_text_decimal(out, (uint64_t)run->end.status, 0);
    }
}

/* ---- JSON ---- */

static void put_calls(const struct profile *run, struct elfgen_text *out)
{
    json_key_number(out, "call_count", run->all);
    json_key(out, "abi");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        elfgen_text_char(out, abi == 0 ? '{' : ',');
        json_string(out, syscall_abi(abi)->name);
        elfgen_text_char(out, ':');
        elfgen_text_decimal(out, run->by_abi[abi], 0);
    }
    elfgen_text_char(out, '}');
    json_key(out, "calls");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < run->count; i++) {
        elfgen_text_string(out, i ? ",{\"name\":" : "{\"name\":");
        json_string(out, run->calls[i].name);
        json_key_number(out, "count", run->calls[i].count);
        json_key_number(out, "failed", run->calls[i].failed);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
    json_key_number(out, "order_count", run->order_all);
    json_key_number(out, "before_write", run_result_before_write(run));
    json_key(out, "order");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < run_result_length(run); i++) {
        if (i > 0)
            elfgen_text_char(out, ',');
        json_string(out, run->calls[run->order[i]].name);
    }
    elfgen_text_char(out, ']');
}

static void put_cost(const struct profile *run, struct elfgen_text *out)
{
    json_key(out, "pages");
    if (run->has_pages) {
        elfgen_text_string(out, "{\"faults\":");
        elfgen_text_decimal(out, run->minor + run->major, 0);
        json_key_number(out, "minor", run->minor);
        json_key_number(out, "major", run->major);
        json_key_number_if(out, "resident", run->has_resident, run->resident);
        elfgen_text_char(out, '}');
    } else {
        json_string(out, NULL);
    }
    json_key(out, "time");
    if (run->runs > 0) {
        elfgen_text_string(out, "{\"runs\":");
        elfgen_text_decimal(out, run->runs, 0);
        json_key_number(out, "median_ns", run->median);
        json_key_number(out, "least_ns", run->least);
        elfgen_text_char(out, '}');
    } else {
        json_string(out, NULL);
    }
}

void run_result_json(const struct profile *run, struct elfgen_text *out)
{
    if (!run) {
        json_string(out, NULL);
        return;
    }
    bool exited = run->end.ran && !run->time_up && run->end.signal == 0;
    elfgen_text_string(out, run->end.ran ? "{\"ran\":true" : "{\"ran\":false");
    json_key_string(out, "error", run->end.ran ? NULL : refusal(run));
    json_key_number_if(out, "exit_status", exited, (uint64_t)run->end.status);
    json_key_number_if(out, "signal", run->end.ran && run->end.signal != 0,
                       (uint64_t)run->end.signal);
    json_key_bool(out, "time_up", run->time_up);
    json_key_number(out, "processes", run->processes);
    json_key_twins(out, "output", run->output);
    put_calls(run, out);
    put_cost(run, out);
    elfgen_text_char(out, '}');
}
