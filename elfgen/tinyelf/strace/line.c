/* Prints a trace's lines: the beginning of a call when it is made, the rest when it returns;
 * signals and exits. */
#include "line.h"

#include "strace/args/args.h"
#include "aliases.h"

enum { RESULT_COLUMN = 40 };

/* State of a process between events, in process->kept. [0] has these flags, the ABI of the last
 * call (enum call_abi) and, from bit 32 on, the number of the call that it is in; [1] has a number
 * that the call began with. */
enum {
    INSIDE = 1,  /* a call has begun and not returned */
    BEFORE = 2,  /* there was a call */
    NOTED = 4,   /* kept[1] is set */
    PENDING = 8, /* some arguments are shown when it returns */
    ABI_AT = 4,
    ABI = 0xf << ABI_AT
};

static enum call_abi seen_abi(const struct process *process)
{
    return (enum call_abi)((process->kept[0] & ABI) >> ABI_AT);
}

static void see_abi(struct process *process, enum call_abi abi)
{
    process->kept[0] = (process->kept[0] & ~(uint64_t)ABI) | (uint64_t)abi << ABI_AT;
}

/* ---- the line ---- */

static void flush_line(struct elfgen_text *line)
{
    struct strace *s = line->context;
    elfgen_text_bytes(s->out, line->bytes, line->length);
    s->flushed += line->length;
    line->length = 0;
}

static void put(struct strace *s, const char *string)
{
    elfgen_text_string(&s->line, string);
}

static void end_one_line(struct strace *s)
{
    elfgen_text_char(&s->line, '\n');
    flush_line(&s->line);
    s->flushed = 0;
    s->writing = NULL;
}

static void put_attached(struct strace *s)
{
    if (s->attached == 0)
        return;
    put(s, s->tool);
    put(s, ": Process ");
    strace_put_number(&s->line, s->attached);
    put(s, " attached");
    s->attached = 0;
    end_one_line(s);
}

static void end_line(struct strace *s)
{
    end_one_line(s);
    put_attached(s);
}

static void interrupt_line(struct strace *s)
{
    if (!s->writing)
        return;
    put(s, " <unfinished ...>");
    end_line(s);
}

static void begin_line(struct strace *s, const struct process *process)
{
    interrupt_line(s);
    if (s->mark)
        elfgen_text_column(&s->line, s->mark, STRACE_MARK, STRACE_MARK);
    if (s->prefix == STRACE_COLUMN) {
        enum { WIDTH = 6 };
        size_t end = s->line.length + WIDTH;
        strace_put_number(&s->line, process->id);
        elfgen_text_blanks(&s->line, s->line.length < end ? end - s->line.length : 1);
    } else if (s->prefix == STRACE_PID && s->processes > 1) {
        put(s, "[pid ");
        strace_put_number(&s->line, process->id);
        put(s, "] ");
    }
}

static void put_equals(struct strace *s)
{
    uint64_t column = s->flushed + s->line.length, results = RESULT_COLUMN;
    put(s, ") ");
    column += 2;
    results += s->mark ? STRACE_MARK : 0;
    if (column < results)
        elfgen_text_blanks(&s->line, (size_t)(results - column));
    put(s, "= ");
}

/* ---- calls ---- */

/* The names that strace prints before clone's arguments. */
static const char *label_of(enum call_type type)
{
    switch (type) {
    case CALL_TYPE_CLONE_STACK:
        return "child_stack=";
    case CALL_TYPE_CLONE_FLAGS:
        return "flags=";
    case CALL_TYPE_CLONE_PARENT_TID:
        return "parent_tid=";
    case CALL_TYPE_CLONE_TLS:
        return "tls=";
    case CALL_TYPE_CLONE_CHILD_TID:
        return "child_tidptr=";
    default:
        return "";
    }
}

/* Whether one part of the argument is printed when the call is made, another when it returns. */
static bool is_both(enum call_type type)
{
    return type == CALL_TYPE_CLONE_ARGS || type == CALL_TYPE_INOUT_OFF ||
           type == CALL_TYPE_INOUT_OFF64;
}

static struct strace_value value_of(struct strace *s, const struct strace_shown *shown,
                                    unsigned index, bool after)
{
    return (struct strace_value){.out = &s->line,
                                 .call = &shown->call,
                                 .row = shown->row,
                                 .index = index,
                                 .argument = shown->call.arguments[index],
                                 .after = after,
                                 .reader = &s->reader};
}

/* Prints what an argument that was shown before has become: " => [7]". */
static void put_change(struct strace *s, const struct strace_shown *shown, unsigned index,
                       uint64_t before)
{
    struct strace_value v = value_of(s, shown, index, true);
    uint8_t bytes[88];
    if (shown->call.failed || v.argument == 0)
        return;
    if (shown->row->parameters[index].type == CALL_TYPE_CLONE_ARGS) {
        enum { FLAGS = 0, PARENT_TID = 24, SIZE = 64, SETTID = 0x00100000 };
        if (!strace_read_all(&v, v.argument, bytes, SIZE) ||
            !(strace_load64(bytes + FLAGS) & SETTID) ||
            !strace_read_all(&v, strace_load64(bytes + PARENT_TID), bytes, 4))
            return;
        put(s, " => {parent_tid=[");
        strace_put_number(&s->line, (int32_t)strace_load32(bytes));
        put(s, "]}");
        return;
    }
    size_t size =
        shown->row->parameters[index].type == CALL_TYPE_INOUT_OFF ? strace_word_size(&v) : 8;
    if (!strace_read_all(&v, v.argument, bytes, size) || strace_load(bytes, size) == before)
        return;
    put(s, " => [");
    strace_put_number(&s->line, strace_load_signed(bytes, size));
    put(s, "]");
}

/* Prints the arguments of one phase. When the call is made: those before the first that only the
 * kernel fills. When it returns: the rest. Returns whether all are printed then. */
static bool put_arguments(struct strace *s, const struct strace_shown *shown, bool after,
                          const uint64_t *kept)
{
    uint32_t length_before = (uint32_t)kept[1];
    bool any = false, late = false;
    for (unsigned i = 0; shown->row->parameters[i].name; i++) {
        unsigned index = shown->order[i];
        enum call_type type = shown->row->parameters[index].type;
        if (strace_argument_is_absent(&shown->call, shown->row, index))
            continue;
        bool first_late = !late && strace_argument_is_late(&shown->call, shown->row, index);
        late = late || first_late;
        /* The comma before the first argument of the second phase is printed in the first. */
        bool here = late == after;
        if (any && (here || first_late) && !(first_late && after))
            put(s, ", ");
        any = true;
        if (late && !after)
            return false;
        if (here) {
            struct strace_value v = value_of(s, shown, index, after);
            v.length_before = kept[0] & NOTED ? &length_before : NULL;
            put(s, label_of(type));
            strace_put_argument(&v);
        }
        if (is_both(type) && !late) {
            if (!after)
                return false;
            late = true;
            put_change(s, shown, index, kept[1]);
        }
    }
    return true;
}

/* Prints the arguments of an unknown call. */
static void put_numbers(struct strace *s, const struct strace_shown *shown)
{
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++) {
        if (i > 0)
            put(s, ", ");
        strace_put_hexadecimal(&s->line, shown->call.arguments[i]);
    }
}

/* Keeps a number in memory that the kernel may change. */
static void note_before(struct strace *s, const struct strace_shown *shown, uint64_t *kept)
{
    uint8_t bytes[8] = {0};
    kept[0] &= ~(uint64_t)NOTED;
    for (unsigned i = 0; shown->row && shown->row->parameters[i].name; i++) {
        enum call_type type = shown->row->parameters[i].type;
        bool length = type == CALL_TYPE_INOUT_SOCKLEN;
        if (!length && type != CALL_TYPE_INOUT_OFF && type != CALL_TYPE_INOUT_OFF64)
            continue;
        struct strace_value v = value_of(s, shown, i, false);
        size_t size = length ? 4 : type == CALL_TYPE_INOUT_OFF ? strace_word_size(&v) : 8;
        if (v.argument != 0 && strace_read_all(&v, v.argument, bytes, size)) {
            kept[0] |= NOTED;
            kept[1] = strace_load64(bytes);
        }
        return;
    }
}

/* Prints a change between 32-bit and 64-bit mode, as strace does on a terminal but not in files. */
static void note_mode(struct strace *s, struct process *process)
{
    const enum call_abi abi = process->call.abi;
    if (abi == seen_abi(process))
        return;
    see_abi(process, abi);
    s->last_abi = abi;
    if (s->prefix == STRACE_COLUMN || !s->tool)
        return;
    interrupt_line(s);
    put(s, "[ Process PID=");
    strace_put_number(&s->line, process->id);
    put(s, " runs in ");
    strace_put_number(&s->line, INT64_C(8) * syscall_abi(abi)->word);
    put(s, " bit mode. ]");
    end_line(s);
}

static bool is_exit(const struct call_row *row)
{
    return row && row->result_kind == ELFGEN_RESULT_NEVER && row->parameters[0].name;
}

/* What restart_syscall goes on with: the process' last call. */
static void put_restarted(struct strace *s, const struct process *process, enum call_abi abi)
{
    struct strace_shown shown = {0};
    shown.call.number = process->kept[0] >> 32;
    const struct call *known = syscall_find(&s->calls, abi, shown.call.number);
    put(s, "<... resuming interrupted ");
    if (process->kept[0] & BEFORE)
        put(s, known ? known->name : strace_show_number(&shown));
    else
        put(s, "system call");
    put(s, " ...>");
}

static void put_call(struct strace *s, struct process *process)
{
    struct strace_shown shown;
    enum call_abi abi_before = seen_abi(process);
    note_mode(s, process);
    strace_show_call(&shown, &process->call, &s->calls, &s->reader);
    begin_line(s, process);
    put(s, shown.name);
    put(s, "(");
    note_before(s, &shown, process->kept);
    bool all = true;
    if (shown.row && shown.row->result_kind == ELFGEN_RESULT_NEVER &&
        !shown.row->parameters[0].name)
        strace_put_restored_mask(&(struct strace_value){
            .out = &s->line, .call = &shown.call, .row = shown.row, .reader = &s->reader});
    else if (shown.row && strcmp(shown.name, "restart_syscall") == 0)
        put_restarted(s, process, abi_before);
    else if (shown.row)
        all = put_arguments(s, &shown, false, process->kept);
    else
        put_numbers(s, &shown);
    process->kept[0] = (process->kept[0] & 0xff & ~(uint64_t)PENDING) | INSIDE | BEFORE |
                       (all ? 0 : PENDING) | process->call.number << 32;
    s->writing = process;
    if (is_exit(shown.row)) {
        process->kept[0] &= ~(uint64_t)INSIDE;
        put_equals(s);
        put(s, "?");
        end_line(s);
    }
}

/* Continues the line of a call, or begins another that says so. */
static void resume_line(struct strace *s, const struct process *process, const char *name)
{
    if (s->writing == process)
        return;
    begin_line(s, process);
    put(s, "<... ");
    put(s, name);
    put(s, " resumed>");
}

static void put_result(struct strace *s, struct process *process)
{
    struct strace_shown shown;
    strace_show_call(&shown, &process->call, &s->calls, &s->reader);
    resume_line(s, process, shown.name);
    if (shown.row)
        put_arguments(s, &shown, true, process->kept);
    put_equals(s);
    struct strace_value v = value_of(s, &shown, 0, true);
    strace_put_result(&v);
    process->kept[0] &= ~(uint64_t)INSIDE;
    end_line(s);
}

/* Ends the line of a call that will not return: its process is gone. `why` follows, or is "". */
static void put_no_result(struct strace *s, struct process *process, const char *why)
{
    struct strace_shown shown = {0};
    if (!(process->kept[0] & INSIDE))
        return;
    shown.call.number = process->kept[0] >> 32;
    const struct call *known = syscall_find(&s->calls, seen_abi(process), shown.call.number);
    resume_line(s, process, known ? known->name : strace_show_number(&shown));
    if (process->kept[0] & PENDING)
        put(s, " <unfinished ...>");
    put_equals(s);
    put(s, "?");
    put(s, why);
    process->kept[0] &= ~(uint64_t)INSIDE;
    end_line(s);
}

/* ---- other events ---- */

static void put_signal(struct strace *s, const struct process_event *event)
{
    /* A signal that kills the process inside an execve which the kernel gives up: its end is
     * printed, not the signal. */
    if (event->process->first && !event->process->entered)
        return;
    begin_line(s, event->process);
    put(s, "--- ");
    strace_signal_text(&s->line, event->number);
    put(s, " ");
    strace_siginfo_text(&s->line, event->signal);
    put(s, " ---");
    end_line(s);
}

static void put_stop(struct strace *s, const struct process_event *event)
{
    begin_line(s, event->process);
    put(s, "--- stopped by ");
    strace_signal_text(&s->line, event->number);
    put(s, " ---");
    end_line(s);
}

static void put_start(struct strace *s, struct process *process)
{
    s->processes++;
    see_abi(process, s->last_abi);
    if (!s->tool || s->prefix == STRACE_COLUMN)
        return;
    /* Mostly the line of the fork has no end yet: it comes first. */
    if (s->attached != 0 || !s->writing) {
        interrupt_line(s);
        s->attached = process->id;
        put_attached(s);
    } else {
        s->attached = process->id;
    }
}

static void put_superseded(struct strace *s, const struct process_event *event)
{
    struct process *process = event->process;
    put_no_result(s, process, "");
    if (s->processes > 1)
        s->processes--;
    begin_line(s, process);
    put(s, "+++ superseded by execve in pid ");
    strace_put_number(&s->line, event->number);
    put(s, " +++");
    end_line(s);
    process->kept[0] = (process->kept[0] & ABI) | INSIDE | process->call.number << 32;
    /* The thread's line belongs to no process any more. */
    s->writing = NULL;
}

static void put_end(struct strace *s, const struct process_event *event)
{
    put_no_result(s, event->process, event->refused ? " (the sandbox does not allow it)" : "");
    begin_line(s, event->process);
    if (event->kind == PROCESS_EXITED) {
        put(s, "+++ exited with ");
        strace_put_number(&s->line, event->number);
    } else {
        put(s, "+++ killed by ");
        strace_signal_text(&s->line, event->number);
        put(s, event->core ? " (core dumped)" : "");
    }
    put(s, " +++");
    end_line(s);
    if (s->processes > 1)
        s->processes--;
}

static size_t read_process(void *context, uint64_t address, void *bytes, size_t size)
{
    const struct strace *s = context;
    return s->process ? process_read(s->process->id, address, bytes, size) : 0;
}

void strace_begin(struct strace *s)
{
    s->line = (struct elfgen_text){
        .bytes = s->bytes, .capacity = sizeof s->bytes, .flush = flush_line, .context = s};
    s->processes = 1;
    if (!s->reader.read)
        s->reader = (struct memory_reader){read_process, s};
}

void strace_event(struct strace *s, const struct process_event *event)
{
    s->process = event->process;
    switch (event->kind) {
    case PROCESS_CALL:
        put_call(s, event->process);
        break;
    case PROCESS_RESULT:
        put_result(s, event->process);
        break;
    case PROCESS_SIGNAL:
        put_signal(s, event);
        break;
    case PROCESS_STOPPED:
        put_stop(s, event);
        break;
    case PROCESS_STARTED:
        put_start(s, event->process);
        break;
    case PROCESS_EXECED:
        put_superseded(s, event);
        break;
    case PROCESS_EXITED:
    case PROCESS_KILLED:
        put_end(s, event);
        break;
    }
    flush_line(&s->line);
}

void strace_end(struct strace *s)
{
    interrupt_line(s);
}
