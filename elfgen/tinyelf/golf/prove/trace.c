/* Records the original's run in an environment, call by call. */
#include "trace_private.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/no_memory.h"
#include "base/signal_name.h"
#include "base/system_error.h"
#include "memory.h"
#include "sandbox/kinds.h"

/* ---- refusals ---- */

static enum golf_outcome refuse(struct elfgen_error *error, const char *reason)
{
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "it %s", reason);
    return GOLF_DIFFERENT;
}

static enum golf_outcome refuse_call(struct golf_tracer *tracer, const char *reason,
                                     struct elfgen_error *error)
{
    const char *name = golf_call_name(tracer);
    if (name)
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "it %s (%s)", reason, name);
    else
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "it %s: %u", reason,
                         tracer->run.process.call.number);
    return GOLF_DIFFERENT;
}

/* How it ended, where no call says so. */
static enum golf_outcome refuse_end(struct golf_tracer *tracer, struct elfgen_error *error)
{
    const struct run_end *end = &tracer->run.end;
    const char *name = golf_call_name(tracer);
    char sentence[200];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence - 1};
    switch (end->reason) {
    case RUN_NOT_STARTED:
        elfgen_text_string(&text, "is not started by Linux: ");
        elfgen_text_string(&text, system_error_text(end->error));
        break;
    case RUN_CALL:
        elfgen_text_string(&text, "makes a system call that the sandbox blocks: ");
        elfgen_text_string(&text, name ? name : "an unknown one");
        break;
    case RUN_TIME:
        elfgen_text_string(&text, "does not end within the time limit");
        break;
    case RUN_OUTPUT:
        elfgen_text_string(&text, "writes without end");
        break;
    case RUN_MEMORY:
        elfgen_text_string(&text, "takes too much memory");
        break;
    case RUN_INTERRUPTED:
        elfgen_text_string(&text, "was interrupted");
        break;
    default:
        if (!tracer->run.started) {
            elfgen_text_string(&text, "is killed by Linux inside execve, before it starts: "
                                      "'tinyelf check' says why");
            break;
        }
        elfgen_text_string(&text, "was killed by a signal from outside: ");
        elfgen_text_signed(&text, end->signal);
        break;
    }
    text.bytes[text.length] = '\0';
    return refuse(error, sentence);
}

/* ---- calls ---- */

/* Keeps what the kernel wrote for a call that was made. Returns false if its size is not known. */
static bool keep_outputs(struct golf_tracer *tracer, const struct call_row *row)
{
    const struct process *process = &tracer->run.process;
    for (unsigned i = 0; row->parameters[i].name; i++) {
        size_t size = golf_call_output(&process->call, row, i);
        uint8_t *bytes = size == 0 || size == SIZE_MAX ? NULL : malloc(size);
        if (size == SIZE_MAX || (size != 0 && !bytes))
            return false;
        size_t got =
            bytes ? golf_memory_read(process->id, process->call.arguments[i], bytes, size) : 0;
        if (got > 0)
            golf_output_put(&tracer->outputs, i, bytes, got);
        free(bytes);
    }
    return true;
}

/* Answers the call at which the original is. Returns false if it is refused, or gone; *reason then
 * says why, or is NULL if it is gone. */
static bool answer(struct golf_tracer *tracer, struct golf_model *model, enum golf_treatment how,
                   const struct call_row *row, const char **reason)
{
    struct golf_run *run = &tracer->run;
    const struct process_call *call = &run->process.call;
    const char *name = golf_call_name(tracer);
    int64_t result = -ENOSYS;
    *reason = NULL;
    if (how == GOLF_NO_CALL && !run->makes) {
        golf_run_answer(run, result);
        return true;
    }
    if (how != GOLF_NO_CALL && !run->makes &&
        golf_model_answer(model, run->process.id, call, name, row, &result, &tracer->outputs)) {
        golf_run_answer(run, result);
        return true;
    }
    if (!golf_run_make(run))
        return false;
    if (run->makes || how == GOLF_NO_CALL)
        return true;
    golf_model_made(model, call, name, row);
    if (!keep_outputs(tracer, row)) {
        *reason = "makes a system call of which it is not known what the kernel writes";
        return false;
    }
    return true;
}

/* Takes the call at which the original is. GOLF_SAME: it goes on. */
static enum golf_outcome take_call(struct golf_tracer *tracer, struct golf_model *model,
                                   struct golf_trace *trace, bool *ended,
                                   struct elfgen_error *error)
{
    struct golf_run *run = &tracer->run;
    const struct call_row *row;
    const char *reason;
    enum golf_treatment how =
        golf_call_treatment(&tracer->calls, &run->process.call, &row, &reason);
    if (how == GOLF_REFUSED)
        return refuse_call(tracer, reason, error);
    tracer->key.size = tracer->outputs.size = 0;
    if (!golf_call_key(run->process.id, &run->process.call, golf_call_name(tracer), row,
                       &tracer->key))
        return refuse_call(tracer, "makes a system call with a pointer whose meaning is not known",
                           error);
    *ended = how == GOLF_ENDS;
    if (!*ended && !answer(tracer, model, how, row, &reason)) {
        if (reason)
            return refuse_call(tracer, reason, error);
        if (!golf_run_finish(run, error))
            return GOLF_FAILED;
        return refuse_end(tracer, error);
    }
    const struct golf_item item = {.kind = *ended ? GOLF_ITEM_EXIT : GOLF_ITEM_CALL,
                                   .result = run->process.call.result,
                                   .key = tracer->key.bytes,
                                   .key_size = tracer->key.size,
                                   .outputs = tracer->outputs.bytes,
                                   .outputs_size = tracer->outputs.size};
    golf_item_put(&trace->bytes, &item);
    return GOLF_SAME;
}

/* ---- the whole run ---- */

static enum golf_outcome record(struct golf_tracer *tracer, struct golf_model *model,
                                struct golf_trace *trace, struct elfgen_error *error)
{
    struct golf_run *run = &tracer->run;
    const bool plain = model->environment->is_plain;
    bool ended = false;
    while (!ended) {
        enum golf_stop stop = golf_run_next(run);
        if (stop == GOLF_AT_END) {
            if (!golf_run_finish(run, error))
                return GOLF_FAILED;
            return refuse_end(tracer, error);
        }
        if (trace->calls == tracer->calls_most) {
            trace->cut = true;
            return plain ? refuse(error, "makes calls without end") : GOLF_SAME;
        }
        trace->calls++;
        ended = stop == GOLF_AT_FAULT;
        if (ended) {
            golf_fault_key(tracer);
            const struct golf_item item = {
                .kind = GOLF_ITEM_FAULT, .key = tracer->key.bytes, .key_size = tracer->key.size};
            golf_item_put(&trace->bytes, &item);
        } else {
            enum golf_outcome outcome = take_call(tracer, model, trace, &ended, error);
            if (outcome != GOLF_SAME)
                return outcome;
        }
    }
    return GOLF_SAME;
}

enum golf_outcome golf_trace_record(struct golf_tracer *tracer,
                                    const struct golf_environment *environment,
                                    const struct golf_start *start, struct golf_trace *trace,
                                    struct elfgen_error *error)
{
    struct golf_model model;
    golf_model_begin(&model, environment, tracer->kinds);
    if (!golf_run_start(&tracer->run, tracer->worker, start, error))
        return GOLF_FAILED;
    enum golf_outcome outcome = record(tracer, &model, trace, error);
    trace->stack = tracer->wants_stack ? golf_stack_size(tracer->run.process.id) : 0;
    trace->most_read = model.most_read;
    if (!golf_run_finish(&tracer->run, outcome == GOLF_SAME ? error : NULL) && outcome == GOLF_SAME)
        return GOLF_FAILED;
    trace->processor = tracer->run.end.processor;
    if (trace->bytes.failed || tracer->key.failed || tracer->outputs.failed) {
        error_no_memory(error);
        return GOLF_FAILED;
    }
    return outcome;
}
