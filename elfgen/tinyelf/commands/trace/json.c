/* Prints a trace as one JSON object. */
#include <string.h>

#include "base/json_write.h"
#include "commands/json_versions.h"
#include "trace.h"

void trace_json_begin(struct trace_json *json, const char *path, char *const *arguments)
{
    struct elfgen_text *out = json->out;
    json_begin(out, JSON_VERSION_trace);
    json_key_string(out, "program", path);
    json_key(out, "arguments");
    for (size_t i = 0; arguments[i]; i++) {
        elfgen_text_char(out, i == 0 ? '[' : ',');
        json_string(out, arguments[i]);
    }
    elfgen_text_string(out, arguments[0] ? "]" : "[]");
    json_key(out, "events");
    elfgen_text_char(out, '[');
}

static void begin_event(struct trace_json *json, const char *kind, pid_t id)
{
    elfgen_text_string(json->out, json->any ? ",\n{\"event\":" : "\n{\"event\":");
    json_string(json->out, kind);
    json_key_signed(json->out, "pid", id);
    json->any = true;
}

void trace_keep(struct trace_kept *kept, const struct memory_reader *reader)
{
    const struct call_row *row = kept->call.known ? kept->call.known->row : NULL;
    struct elfgen_text text = {.bytes = kept->texts, .capacity = sizeof kept->texts};
    for (kept->count = 0; row && kept->count < ELFGEN_ARGUMENTS; kept->count++) {
        if (!row->parameters[kept->count].name)
            break;
        strace_argument_text(&text, kept->call.call, row, (unsigned)kept->count, false, reader);
        kept->ends[kept->count] = text.length;
    }
}

static void put_instruction(struct elfgen_text *out, const struct trace_call *call)
{
    json_key(out, "instruction");
    if (!call->has_site) {
        elfgen_text_string(out, "null");
        return;
    }
    elfgen_text_string(out, "{\"name\":");
    json_string(out, syscall_instruction(call->site.call_instruction)->name);
    json_key(out, "bytes");
    elfgen_text_char(out, '"');
    elfgen_text_hex_bytes(out, call->site.bytes, sizeof call->site.bytes, 0);
    elfgen_text_char(out, '"');
    bool file = call->site.found && call->has_place && call->place.file[0] == '/';
    json_key_twins_if(out, "address", call->site.found, call->site.address);
    json_key_string(out, "file", file ? call->place.file : NULL);
    json_key_twins_if(out, "offset", file,
                      call->site.address - call->place.from + call->place.offset);
    elfgen_text_char(out, '}');
}

/* What the kernel wrote is read now; the rest was kept. */
static void put_value(struct elfgen_text *out, const struct trace_kept *kept, unsigned index,
                      bool answered, const struct memory_reader *reader)
{
    const struct call_row *row = kept->call.known->row;
    size_t from = index == 0 ? 0 : kept->ends[index - 1];
    char room[1024];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    json_key(out, "text");
    if (answered && !kept->call.call->failed &&
        syscall_type_kind(row->parameters[index].type) == ELFGEN_PARAMETER_OUTPUT) {
        strace_argument_text(&text, kept->call.call, row, index, true, reader);
        json_bytes(out, room, text.length);
    } else {
        json_bytes(out, kept->texts + from, kept->ends[index] - from);
    }
}

static void put_arguments(struct elfgen_text *out, const struct trace_kept *kept, bool answered,
                          const struct memory_reader *reader)
{
    const struct process_call *call = kept->call.call;
    const struct call_row *row = kept->call.known ? kept->call.known->row : NULL;
    size_t count = row ? kept->count : ELFGEN_ARGUMENTS;
    json_key(out, "arguments");
    elfgen_text_char(out, '[');
    for (unsigned i = 0; i < count; i++) {
        elfgen_text_string(out, i == 0 ? "{\"register\":" : ",{\"register\":");
        json_string(out, syscall_abi(call->abi)->arguments[i]);
        json_key_twins(out, "value", call->arguments[i]);
        json_key_string(out, "name", row ? row->parameters[i].name : NULL);
        json_key_string(out, "type", row ? syscall_type_text(row->parameters[i].type) : NULL);
        if (row)
            put_value(out, kept, i, answered, reader);
        else
            json_key_null(out, "text");
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

static void put_result(struct elfgen_text *out, const struct process_call *call)
{
    json_key_signed(out, "result", call->result);
    json_key_0x(out, "result_hex", (uint64_t)call->result);
    const char *name = call->failed ? strace_error_name((int)-call->result) : NULL;
    json_key_string(out, "errno", name);
    json_key_string(out, "message", name ? strace_error_text((int)-call->result) : NULL);
}

void trace_json_call(struct trace_json *json, const struct trace_kept *kept,
                     enum trace_answer answer, const struct memory_reader *reader)
{
    struct elfgen_text *out = json->out;
    const struct trace_call *call = &kept->call;
    char entry[CALL_ENTRY_ROOM];
    bool answered = answer == TRACE_ANSWERED;
    begin_event(json, "call", call->id);
    json_key_string(out, "abi", syscall_abi(call->call->abi)->name);
    json_key_twins(out, "number", call->call->number);
    json_key_string(out, "name", call->known ? call->known->name : NULL);
    json_key_string(out, "entry",
                    call->known && syscall_entry(call->call->abi, call->known->name, entry) ? entry
                                                                                            : NULL);
    if (call->group)
        json_key_string(out, "group", call->group);
    put_instruction(out, call);
    if (call->has_cs) {
        json_key_number(out, "cs", call->cs);
        json_key_number(out, "cpl", call->cs & 3u);
    } else {
        json_key_null(out, "cs");
        json_key_null(out, "cpl");
    }
    put_arguments(out, kept, answered, reader);
    if (answered) {
        put_result(out, call->call);
    } else {
        json_key_null(out, "result");
        json_key_null(out, "result_hex");
        json_key_null(out, "errno");
        json_key_null(out, "message");
    }
    if (answer == TRACE_REFUSED)
        json_key_bool(out, "refused", true);
    elfgen_text_char(out, '}');
}

static void put_signal(struct elfgen_text *out, const siginfo_t *signal)
{
    char room[512];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    bool fault =
        signal->si_code > 0 && (signal->si_signo == SIGSEGV || signal->si_signo == SIGBUS ||
                                signal->si_signo == SIGILL || signal->si_signo == SIGFPE);
    json_key_signed(out, "code", signal->si_code);
    json_key_twins_if(out, "address", fault, fault ? (uint64_t)(uintptr_t)signal->si_addr : 0);
    strace_siginfo_text(&text, signal);
    json_key(out, "text");
    json_bytes(out, room, text.length);
}

void trace_json_event(struct trace_json *json, const struct process_event *event)
{
    static const char *const names[] = {
        [PROCESS_SIGNAL] = "signal", [PROCESS_STOPPED] = "stopped", [PROCESS_STARTED] = "started",
        [PROCESS_EXECED] = "execed", [PROCESS_EXITED] = "exited",   [PROCESS_KILLED] = "killed"};
    struct elfgen_text *out = json->out;
    begin_event(json, names[event->kind], event->process->id);
    switch (event->kind) {
    case PROCESS_SIGNAL:
        json_key_signed(out, "signal", event->number);
        json_key(out, "signal_name");
        json_signal(out, (int)event->number);
        put_signal(out, event->signal);
        break;
    case PROCESS_STOPPED:
    case PROCESS_KILLED:
        json_key_signed(out, "signal", event->number);
        json_key(out, "signal_name");
        json_signal(out, (int)event->number);
        break;
    case PROCESS_EXECED:
        json_key_signed(out, "thread", event->number);
        break;
    case PROCESS_EXITED:
        json_key_signed(out, "status", event->number);
        break;
    default:
        break;
    }
    elfgen_text_char(out, '}');
}

void trace_json_end(struct trace_json *json, const struct process_end *end,
                    const struct run_end *sandbox)
{
    static const char *const reasons[] = {[RUN_EXITED] = "exited",
                                          [RUN_SIGNAL] = "signal",
                                          [RUN_CALL] = "call",
                                          [RUN_TIME] = "time",
                                          [RUN_MEMORY] = "memory",
                                          [RUN_OUTPUT] = "output",
                                          [RUN_INTERRUPTED] = "interrupted",
                                          [RUN_NOT_STARTED] = "not started"};
    struct elfgen_text *out = json->out;
    elfgen_text_string(out, json->any ? "\n]" : "]");
    json_key_string(out, "errno", end->ran ? NULL : strace_error_name(end->error));
    if (end->ran && end->signal == 0)
        json_key_signed(out, "status", end->status);
    else
        json_key_null(out, "status");
    bool killed = end->ran && end->signal != 0;
    if (killed)
        json_key_signed(out, "signal", end->signal);
    else
        json_key_null(out, "signal");
    json_key(out, "signal_name");
    if (killed)
        json_signal(out, end->signal);
    else
        elfgen_text_string(out, "null");
    if (sandbox)
        json_key_string(out, "sandbox", reasons[sandbox->reason]);
    elfgen_text_string(out, "}\n");
}
