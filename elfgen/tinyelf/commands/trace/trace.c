/* tinyelf trace: shows the system calls that a program makes. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "strace/line.h"
#include "group.h"
#include "sandbox.h"
#include "trace.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "cli/interrupt.h"
#include "base/width.h"
#include "cli/live_log.h"
#include "commands/run/options.h"

#define OPTIONS "commands/trace/options.def"
#include "cli/option_ids_expand.h"

/* How a run is shown. */
struct tracing {
    struct live_log log;
    bool abi, is_json, follow;
    bool grouped; /* --group */
    struct groups groups;
    enum caller group;  /* of the event's call */
    bool execve;        /* --abi shows the execve that starts the program, too */
    bool in_own_execve; /* that call has not returned */
    const char *output; /* -o; NULL: standard error */
    struct strace strace;
    struct trace_json json;
    pid_t program; /* 0: it has not started, or has ended */
    bool confined; /* --sandbox */
    bool limited;  /* an option for it was given */
    struct trace_confined wanted;
    const struct trace_sandbox *sandbox; /* NULL: this program has none */
};

static size_t read_memory(void *context, uint64_t address, void *bytes, size_t size)
{
    const struct process *process = context;
    return process_read(process->id, address, bytes, size);
}

/* ---- --abi and --json: look at a call when it is made ---- */

static void look(struct tracing *tracing, const struct process *process, struct trace_call *call)
{
    *call = (struct trace_call){
        .id = process->id,
        .call = &process->call,
        .known = syscall_find(&tracing->strace.calls, process->call.abi, process->call.number),
    };
    call->has_cs = call_site_cs(process, &call->cs);
    call->has_site = call_site_find(process, &call->site);
    call->has_place = call->has_site && call->site.found &&
                      call_site_find_mapping(process->id, call->site.address, &call->place);
}

/* Finds whose call an event is about. */
static void find_group(struct tracing *tracing, const struct process_event *event)
{
    const struct process_call *call = &event->process->call;
    const struct call *known = syscall_find(&tracing->strace.calls, call->abi, call->number);
    bool execve =
        known && (strcmp(known->name, "execve") == 0 || strcmp(known->name, "execveat") == 0);
    bool is_call = event->kind == PROCESS_CALL || event->kind == PROCESS_RESULT;
    tracing->group = group_note(&tracing->groups, event, execve);
    tracing->strace.mark = is_call ? group_text(tracing->group) : "";
}

/* Whether an event belongs to the execve by which this process, as the child that it began as,
 * becomes the program. */
static bool is_own_execve(struct tracing *tracing, const struct process_event *event)
{
    bool own = tracing->in_own_execve;
    if (event->kind == PROCESS_CALL)
        own = tracing->in_own_execve = event->process->first && !event->process->entered;
    else if (event->kind == PROCESS_RESULT)
        tracing->in_own_execve = false;
    return own && (event->kind == PROCESS_CALL || event->kind == PROCESS_RESULT);
}

static void show_abi(struct tracing *tracing, const struct process_event *event)
{
    if (is_own_execve(tracing, event) && !tracing->execve)
        return;
    struct process *process = event->process;
    struct memory_reader reader = {.read = read_memory, .context = process};
    struct trace_call call = {.id = process->id, .call = &process->call};
    struct elfgen_text *out = &tracing->log.text;
    const size_t width = width_of_file(tracing->log.file);
    if (event->kind == PROCESS_CALL) {
        look(tracing, process, &call);
        call.group = tracing->grouped ? group_text(tracing->group) : NULL;
        trace_abi_asked(out, width, &call, tracing->follow, &reader);
    } else if (event->kind == PROCESS_RESULT) {
        call.known = syscall_find(&tracing->strace.calls, process->call.abi, process->call.number);
        trace_abi_answered(out, width, &call, tracing->follow, &reader);
    } else {
        strace_event(&tracing->strace, event);
    }
}

/* Writes the object of a call when it is answered; if it never is, when its process ends. */
static void end_json_call(struct tracing *tracing, struct process *process,
                          enum trace_answer answer)
{
    struct trace_kept *kept = process->data;
    struct memory_reader reader = {.read = read_memory, .context = process};
    if (kept) {
        kept->call.call = &process->call; /* execve may have moved it */
        trace_json_call(&tracing->json, kept, answer, &reader);
    }
    free(kept);
    process->data = NULL;
}

static void show_json(struct tracing *tracing, const struct process_event *event)
{
    struct process *process = event->process;
    struct memory_reader reader = {.read = read_memory, .context = process};
    switch (event->kind) {
    case PROCESS_CALL: {
        struct trace_kept *kept = calloc(1, sizeof *kept);
        process->data = kept;
        if (!kept) {
            tracing->log.error = ENOMEM;
            return;
        }
        look(tracing, process, &kept->call);
        kept->call.group = tracing->grouped ? group_name(tracing->group) : NULL;
        trace_keep(kept, &reader);
        return;
    }
    case PROCESS_RESULT:
        end_json_call(tracing, process, TRACE_ANSWERED);
        return;
    case PROCESS_EXITED:
    case PROCESS_KILLED:
        end_json_call(tracing, process, event->refused ? TRACE_REFUSED : TRACE_NO_ANSWER);
        break;
    case PROCESS_EXECED:
        end_json_call(tracing, event->other, TRACE_NO_ANSWER);
        break;
    default:
        break;
    }
    trace_json_event(&tracing->json, event);
}

/* ---- all forms ---- */

static void show(void *context, const struct process_event *event)
{
    struct tracing *tracing = context;
    bool over = event->kind == PROCESS_EXITED || event->kind == PROCESS_KILLED;
    if (event->process->first)
        tracing->program = over ? 0 : event->process->id;
    if (tracing->grouped)
        find_group(tracing, event);
    if (tracing->is_json)
        show_json(tracing, event);
    else if (tracing->abi)
        show_abi(tracing, event);
    else
        strace_event(&tracing->strace, event);
    /* The next call usually follows an answer at once: write both together. */
    if (event->kind != PROCESS_RESULT)
        live_log_turn(&tracing->log);
    else
        live_log_soon(&tracing->log);
    /* Nobody reads the log. If calls never stop, no wait is ever interrupted. */
    if (interrupt_pipe_came() && !over)
        kill(event->process->id, SIGKILL);
}

static bool interrupted(void *context)
{
    struct tracing *tracing = context;
    live_log_tick(&tracing->log);
    return interrupt_kills(tracing->program);
}

/* Reports what the trace does not show. Returns the exit status of the command. If standard error
 * has the JSON, that has all of this, and a message after it would be no JSON. */
static int conclude(const struct tracing *tracing, const struct process_program *program,
                    const struct process_end *end, const struct run_end *reason)
{
    bool silent = tracing->is_json && !tracing->output;
    if (silent && !end->ran)
        return EXIT_NO;
    if (silent && tracing->confined && !interrupt_came())
        return tracing->sandbox->status(reason);
    if (end->ran && tracing->confined && !interrupt_came())
        return tracing->sandbox->report(tracing->sandbox, reason);
    if (end->ran)
        return end->signal ? 128 + end->signal : end->status;
    if (tracing->confined)
        tracing->sandbox->report_not_started(program->path, end->error);
    else
        program_report_not_started(program->path, end->error);
    return EXIT_NO;
}

static int run(struct tracing *tracing, const struct process_program *program)
{
    struct process_watch watch = {
        .follow = tracing->follow, .context = tracing, .event = show, .interrupted = interrupted};
    struct process_end end;
    struct run_end reason;
    struct elfgen_error error;
    interrupt_watch();
    strace_begin(&tracing->strace);
    if (tracing->is_json)
        trace_json_begin(&tracing->json, program->path, program->arguments);
    bool traced = process_trace(program, &watch, &end, &error);
    bool closed = !tracing->confined || tracing->sandbox->close(tracing->sandbox, &reason);
    strace_end(&tracing->strace);
    if (traced && tracing->is_json)
        trace_json_end(&tracing->json, &end, tracing->confined ? &reason : NULL);
    bool written = live_log_close(&tracing->log);
    if (!traced)
        message_library_error(program->path, &error);
    if (!traced || !closed)
        return EXIT_NO;
    int status = conclude(tracing, program, &end, &reason);
    return written ? status : EXIT_NO;
}

static int take_option(void *context, const struct option_given *given)
{
    struct tracing *tracing = context;
    switch ((enum option_id)given->id) {
    case OPTION_FOLLOW:
        tracing->follow = true;
        break;
    case OPTION_OUTPUT:
        tracing->output = given->value;
        break;
    case OPTION_JSON:
        tracing->is_json = true;
        break;
    case OPTION_ABI:
        tracing->abi = true;
        break;
    case OPTION_GROUP:
        tracing->grouped = true;
        break;
    case OPTION_EXECVE:
        tracing->execve = true;
        break;
    case OPTION_SANDBOX:
        tracing->confined = true;
        break;
    case OPTION_TTY:
        tracing->limited = true;
        tracing->wanted.tty = true;
        break;
    case OPTION_TIME:
        tracing->limited = true;
        return sandboxed_take_time("trace", given->value, &tracing->wanted.limits.time);
    case OPTION_MEMORY:
        tracing->limited = true;
        return option_size("trace", "memory", given->value, &tracing->wanted.limits.memory);
    case OPTION_ALLOW:
        tracing->wanted.kinds |= (unsigned)given->choice;
        break;
    }
    return EXIT_YES;
}

static int trace(struct tracing *tracing, char **arguments)
{
    char path[PATH_MAX];
    struct process_program program = {
        .path = path, .arguments = arguments, .ignored = program_ignored_signals()};
    if (!program_find(arguments[0], path, sizeof path) ||
        !live_log_open(&tracing->log, tracing->output))
        return EXIT_NO;
    tracing->json.out = tracing->strace.out = &tracing->log.text;
    tracing->strace.tool = tracing->output ? NULL : "tinyelf";
    if (tracing->follow)
        tracing->strace.prefix = tracing->output ? STRACE_COLUMN : STRACE_PID;
    if (tracing->confined &&
        !tracing->sandbox->open(tracing->sandbox, &tracing->wanted, &program)) {
        live_log_close(&tracing->log);
        return EXIT_NO;
    }
    return run(tracing, &program);
}

static int read_arguments(struct tracing *tracing, int argc, char **argv)
{
    int status = options_read(&command_trace_options, argc, argv, take_option, tracing);
    if (status != OPTIONS_READ)
        return status;
    if (tracing->abi && tracing->is_json)
        return usage_error("trace", "--json includes all that --abi shows: give only one of them");
    if (tracing->execve && !tracing->abi)
        return usage_error("trace", "--execve needs --abi: the other forms have that call anyway");
    if (tracing->confined && !tracing->sandbox)
        return usage_error("trace", "--sandbox: this program has no sandbox");
    if (tracing->limited && !tracing->confined)
        return usage_error("trace",
                           "--time, --memory and --tty are for the sandbox: add --sandbox");
    if (tracing->wanted.kinds != 0 && !tracing->confined)
        return usage_error("trace", "--allow is for the sandbox only: add --sandbox");
    if (optind == argc)
        return usage_error("trace", "no program given");
    return trace(tracing, argv + optind);
}

int trace_command(int argc, char **argv, const struct trace_sandbox *sandbox)
{
    struct tracing *tracing = calloc(1, sizeof *tracing);
    int status = EXIT_NO;
    if (tracing) {
        tracing->wanted.limits = sandboxed_limits;
        tracing->sandbox = sandbox;
        status = read_arguments(tracing, argc, argv);
    } else {
        message_no_memory("trace");
    }
    if (tracing)
        groups_free(&tracing->groups);
    free(tracing);
    return status;
}

int command_trace(int argc, char **argv)
{
    return trace_command(argc, argv, NULL);
}
