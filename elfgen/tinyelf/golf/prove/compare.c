/* Runs a candidate with the answers that the original got, and compares call by call. */
#include <string.h>

#include "base/no_memory.h"
#include "base/system_error.h"
#include "memory.h"
#include "strace/line.h"
#include "trace_private.h"

/* How much more stack a candidate may take. */
enum { STACK_MORE = 128 << 10 };

struct player {
    struct golf_tracer *tracer;
    const struct golf_trace *trace;
    size_t at; /* the next item */
    size_t call;
};

/* ---- giving what the original got ---- */

static bool put_output(struct golf_run *run, const struct golf_output *output)
{
    const struct process_call *call = &run->process.call;
    struct golf_piece piece = {.address = call->arguments[output->where % ELFGEN_ARGUMENTS]};
    if (output->where >= GOLF_PIECE &&
        !golf_call_piece(run->process.id, call, (size_t)(output->where - GOLF_PIECE), &piece))
        return false;
    return golf_memory_write(run->process.id, piece.address, output->bytes, output->size) ==
           output->size;
}

static bool put_outputs(struct golf_run *run, const struct golf_item *item)
{
    struct golf_output output;
    size_t at = 0;
    while (golf_output_next(item, &at, &output))
        if (!put_output(run, &output))
            return false;
    return true;
}

/* ---- differences ---- */

static enum golf_outcome differ(struct player *player, enum golf_difference_kind kind,
                                struct golf_difference *difference)
{
    difference->kind = kind;
    difference->call = player->call;
    return GOLF_DIFFERENT;
}

static bool is_key(const struct golf_tracer *tracer, const struct golf_item *item)
{
    return item->key_size == tracer->key.size &&
           memcmp(item->key, tracer->key.bytes, item->key_size) == 0;
}

/* How it ended, where it should have gone on. */
static void end_line(const struct run_end *end, bool started, char line[GOLF_LINE])
{
    struct elfgen_text text = {.bytes = line, .capacity = GOLF_LINE - 1};
    if (end->reason == RUN_NOT_STARTED) {
        const char *name = system_error_name(end->error);
        elfgen_text_string(&text, "execve() = -1 ");
        elfgen_text_string(&text, name ? name : "");
        elfgen_text_string(&text, " (");
        elfgen_text_string(&text, system_error_text(end->error));
        elfgen_text_char(&text, ')');
    } else if (end->reason == RUN_TIME) {
        elfgen_text_string(&text, "goes on without a system call");
    } else if (end->signal != 0) {
        elfgen_text_string(&text, "+++ killed by ");
        strace_signal_text(&text, end->signal);
        elfgen_text_string(&text, started ? " +++" : " inside execve +++");
    }
    line[text.length] = '\0';
}

static enum golf_outcome at_end(struct player *player, struct golf_difference *difference,
                                struct elfgen_error *error)
{
    struct golf_run *run = &player->tracer->run;
    if (!golf_run_finish(run, error))
        return GOLF_FAILED;
    const struct run_end *end = &run->end;
    end_line(end, run->started, difference->candidate);
    if (!run->started && end->reason != RUN_TIME)
        return differ(player, GOLF_DOES_NOT_START, difference);
    return differ(player, end->reason == RUN_TIME ? GOLF_TOO_LONG : GOLF_KILLED, difference);
}

/* The call that the candidate makes is the original's. */
static enum golf_outcome same_call(struct player *player, const struct golf_item *item,
                                   struct golf_difference *difference)
{
    struct golf_run *run = &player->tracer->run;
    if (run->makes) {
        if (!golf_run_make(run))
            return differ(player, GOLF_KILLED, difference);
        if (run->process.call.result == item->result)
            return GOLF_SAME;
        golf_call_line(player->tracer, true, difference->candidate);
        return differ(player, GOLF_DIFFERENT_RESULT, difference);
    }
    if (!put_outputs(run, item)) {
        golf_call_line(player->tracer, false, difference->candidate);
        return differ(player, GOLF_NO_BUFFER, difference);
    }
    golf_run_answer(run, item->result);
    return GOLF_SAME;
}

static enum golf_outcome at_call(struct player *player, const struct golf_item *item,
                                 struct golf_difference *difference)
{
    struct golf_tracer *tracer = player->tracer;
    const struct process *process = &tracer->run.process;
    const struct call_row *row;
    const char *reason;
    enum golf_treatment how = golf_call_treatment(&tracer->calls, &process->call, &row, &reason);
    tracer->key.size = 0;
    golf_call_key(process->id, &process->call, golf_call_name(tracer), row, &tracer->key);
    const enum golf_item_kind kind = how == GOLF_ENDS ? GOLF_ITEM_EXIT : GOLF_ITEM_CALL;
    if (item->kind == kind && is_key(tracer, item))
        return kind == GOLF_ITEM_EXIT ? GOLF_SAME : same_call(player, item, difference);
    golf_call_line(tracer, false, difference->candidate);
    return differ(player, item->kind == kind ? GOLF_DIFFERENT_CALL : GOLF_DIFFERENT_END,
                  difference);
}

static enum golf_outcome at_fault(struct player *player, const struct golf_item *item,
                                  struct golf_difference *difference)
{
    golf_fault_key(player->tracer);
    if (item->kind == GOLF_ITEM_FAULT && is_key(player->tracer, item))
        return GOLF_SAME;
    golf_fault_line(player->tracer, difference->candidate);
    return differ(player, GOLF_DIFFERENT_END, difference);
}

static enum golf_outcome play(struct player *player, struct golf_difference *difference,
                              struct elfgen_error *error)
{
    struct golf_tracer *tracer = player->tracer;
    struct golf_item item;
    while (golf_item_next(&player->trace->bytes, &player->at, &item)) {
        player->call++;
        enum golf_stop stop = golf_run_next(&tracer->run);
        enum golf_outcome outcome = stop == GOLF_AT_CALL    ? at_call(player, &item, difference)
                                    : stop == GOLF_AT_FAULT ? at_fault(player, &item, difference)
                                                            : at_end(player, difference, error);
        if (outcome != GOLF_SAME)
            return outcome;
    }
    if (player->trace->stack != 0 &&
        golf_stack_size(tracer->run.process.id) > player->trace->stack + STACK_MORE)
        return differ(player, GOLF_TOO_MUCH_STACK, difference);
    return GOLF_SAME;
}

enum golf_outcome golf_trace_compare(struct golf_tracer *tracer,
                                     const struct golf_environment *environment,
                                     const struct golf_start *start, const struct golf_trace *trace,
                                     struct golf_difference *difference, struct elfgen_error *error)
{
    struct player player = {.tracer = tracer, .trace = trace};
    *difference = (struct golf_difference){.environment = environment->index};
    if (!golf_run_start(&tracer->run, tracer->worker, start, error))
        return GOLF_FAILED;
    enum golf_outcome outcome = play(&player, difference, error);
    if (!golf_run_finish(&tracer->run, outcome == GOLF_FAILED ? NULL : error))
        return GOLF_FAILED;
    if (tracer->key.failed) {
        error_no_memory(error);
        return GOLF_FAILED;
    }
    return outcome;
}

/* Goes on as the trace says, without a look at what the calls are. */
void golf_trace_line(struct golf_tracer *tracer, const struct golf_start *start,
                     const struct golf_trace *trace, size_t call, char line[GOLF_LINE])
{
    struct golf_run *run = &tracer->run;
    struct golf_item item;
    size_t at = 0;
    line[0] = '\0';
    if (!golf_run_start(run, tracer->worker, start, NULL))
        return;
    for (size_t i = 1; i <= call && golf_item_next(&trace->bytes, &at, &item); i++) {
        enum golf_stop stop = golf_run_next(run);
        if (stop == GOLF_AT_FAULT && i == call)
            golf_fault_line(tracer, line);
        if (stop != GOLF_AT_CALL)
            break;
        const bool ends = item.kind == GOLF_ITEM_EXIT;
        if (!ends && run->makes && !golf_run_make(run))
            break;
        if (!ends && !run->makes) {
            put_outputs(run, &item);
            golf_run_answer(run, item.result);
        }
        if (i == call)
            golf_call_line(tracer, !ends, line);
    }
    golf_run_finish(run, NULL);
}
