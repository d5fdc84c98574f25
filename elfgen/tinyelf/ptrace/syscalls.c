/* Traces a program call by call, with its children if they are wanted. */
#include "ptrace.h"

#include "base/grow.h"
#include "base/no_memory.h"
#include "spin_wait.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

struct trace {
    const struct process_watch *watch;
    struct process **processes;
    size_t count, room;
    bool killing;   /* all processes are to be killed, also those that appear later */
    bool no_memory; /* the reason for that */
    bool refused;   /* the first execve failed: what follows is not the program */
    struct process_end *end;
    struct spin_wait spin;
};

/* ---- the processes ---- */

static struct process *find_tracee(const struct trace *trace, pid_t id)
{
    for (size_t i = 0; i < trace->count; i++)
        if (trace->processes[i]->id == id)
            return trace->processes[i];
    return NULL;
}

/* Returns NULL if there is no memory. */
static struct process *add_tracee(struct trace *trace, pid_t id)
{
    if (!grow_array(&trace->processes, trace->count + 1, &trace->room, sizeof(struct process *)))
        return NULL;
    struct process *process = calloc(1, sizeof *process);
    if (!process)
        return NULL;
    process->id = id;
    process->first = trace->count == 0 && !trace->end->ran;
    trace->processes[trace->count++] = process;
    return process;
}

static void remove_tracee(struct trace *trace, struct process *process)
{
    size_t i = 0;
    while (trace->processes[i] != process)
        i++;
    free(process);
    trace->processes[i] = trace->processes[--trace->count];
}

static void kill_all(struct trace *trace)
{
    trace->killing = true;
    for (size_t i = 0; i < trace->count; i++)
        kill(trace->processes[i]->id, SIGKILL);
}

/* ---- events ---- */

static void report(const struct trace *trace, enum process_event_kind kind, struct process *process,
                   int number)
{
    struct process_event event = {.kind = kind, .process = process, .number = number};
    trace->watch->event(trace->watch->context, &event);
}

static void resume(const struct process *process, int signal)
{
    /* SIGKILL may have ended it already; wait reports its end. */
    ptrace(PTRACE_SYSCALL, process->id, NULL, signal);
}

static void take_call(const struct trace *trace, struct process *process,
                      const struct __ptrace_syscall_info *info)
{
    struct process_call *call = &process->call;
    *call = (struct process_call){
        .abi = syscall_abi_of_arch(info->arch),
        .number = info->entry.nr,
        .after = info->instruction_pointer,
        .stack = info->stack_pointer,
    };
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
        call->arguments[i] = info->entry.args[i];
    process->inside = true;
    report(trace, PROCESS_CALL, process, 0);
}

static void take_result(struct trace *trace, struct process *process,
                        const struct __ptrace_syscall_info *info)
{
    if (!process->inside)
        return; /* the call began before the process was traced: a new child's own fork */
    process->inside = false;
    process->call.result = info->exit.rval;
    process->call.failed = info->exit.is_error;
    if (!process->entered && process->first) {
        process->entered = !process->call.failed;
        trace->end->ran = process->entered;
        trace->end->error = process->call.failed ? (int)-process->call.result : 0;
        trace->refused = process->call.failed;
    }
    report(trace, PROCESS_RESULT, process, 0);
}

static void call_stop(struct trace *trace, struct process *process)
{
    struct __ptrace_syscall_info info = {0};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, process->id, sizeof info, &info) <= 0)
        return;
    /* A program that was refused would go on with our own exit_group. */
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY && trace->refused)
        kill_all(trace);
    else if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
        take_call(trace, process, &info);
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
        take_result(trace, process, &info);
}

/* Returns the signal to be delivered. */
static int signal_stop(struct trace *trace, struct process *process, int number)
{
    siginfo_t signal;
    if (ptrace(PTRACE_GETSIGINFO, process->id, NULL, &signal) != 0)
        return number;
    /* The kernel killed it inside execve, past the point of no return. */
    if (trace->refused && process->first) {
        trace->refused = false;
        trace->end->ran = true;
    }
    struct process_event event = {
        .kind = PROCESS_SIGNAL, .process = process, .signal = &signal, .number = number};
    trace->watch->event(trace->watch->context, &event);
    return number;
}

/* Finds or adds a process: either its parent's event or its own first stop may come first. Returns
 * NULL if there is no memory; all processes are killed then. */
static struct process *find_or_add(struct trace *trace, pid_t id)
{
    struct process *process = find_tracee(trace, id);
    if (process)
        return process;
    process = add_tracee(trace, id);
    if (!process || trace->killing)
        kill(id, SIGKILL);
    if (!process) {
        trace->no_memory = true;
        kill_all(trace);
        return NULL;
    }
    process->entered = true;
    report(trace, PROCESS_STARTED, process, 0);
    return process;
}

/* execve by another thread: it takes over the leader's pid, and all other threads are gone. */
static void exec_stop(struct trace *trace, struct process *process)
{
    unsigned long before = 0;
    if (ptrace(PTRACE_GETEVENTMSG, process->id, NULL, &before) != 0 || (pid_t)before == process->id)
        return;
    struct process *thread = find_tracee(trace, (pid_t)before);
    if (!thread)
        return;
    struct process leader = *process;
    process->inside = thread->inside;
    process->call = thread->call;
    process->data = thread->data;
    thread->inside = leader.inside;
    thread->call = leader.call;
    thread->data = leader.data;
    struct process_event event = {
        .kind = PROCESS_EXECED, .process = process, .other = thread, .number = (int)before};
    trace->watch->event(trace->watch->context, &event);
    remove_tracee(trace, thread);
}

static void child_stop(struct trace *trace, const struct process *process)
{
    unsigned long child = 0;
    if (ptrace(PTRACE_GETEVENTMSG, process->id, NULL, &child) == 0 && child != 0)
        find_or_add(trace, (pid_t)child);
}

/* Handles the stop of a traced process, and resumes it. */
static void stopped(struct trace *trace, struct process *process, int status)
{
    int number = WSTOPSIG(status), deliver = 0;
    switch (status >> 16) {
    case 0:
        if (number == (SIGTRAP | 0x80))
            call_stop(trace, process);
        else
            deliver = signal_stop(trace, process, number);
        break;
    case PTRACE_EVENT_STOP:
        if (number != SIGTRAP) {
            report(trace, PROCESS_STOPPED, process, number);
            ptrace(PTRACE_LISTEN, process->id, NULL, NULL);
            return;
        }
        break;
    case PTRACE_EVENT_EXEC:
        exec_stop(trace, process);
        break;
    default:
        child_stop(trace, process);
        break;
    }
    resume(process, deliver);
}

static void ended(struct trace *trace, struct process *process, int status)
{
    bool killed = WIFSIGNALED(status);
    struct process_event event = {.kind = killed ? PROCESS_KILLED : PROCESS_EXITED,
                                  .process = process,
                                  .number = killed ? WTERMSIG(status) : WEXITSTATUS(status),
                                  .core = killed && WCOREDUMP(status)};
    if (process->first) {
        trace->end->signal = killed ? event.number : 0;
        trace->end->status = killed ? 0 : event.number;
    }
    /* Ignore exits of children that never exec'd. */
    if (process->entered || trace->end->ran)
        trace->watch->event(trace->watch->context, &event);
    remove_tracee(trace, process);
}

/* Returns false if wait4() failed. */
static bool wait_for_one(struct trace *trace)
{
    int status;
    pid_t id = spin_wait(&trace->spin, &status);
    if (id < 0 && errno == EINTR) {
        if (trace->watch->interrupted && trace->watch->interrupted(trace->watch->context))
            kill_all(trace);
        return true;
    }
    if (id < 0)
        return false;
    struct process *process = WIFSTOPPED(status) ? find_or_add(trace, id) : find_tracee(trace, id);
    if (process && WIFSTOPPED(status))
        stopped(trace, process, status);
    else if (process)
        ended(trace, process, status);
    return true;
}

bool process_trace(const struct process_program *program, const struct process_watch *watch,
                   struct process_end *end, struct elfgen_error *error)
{
    struct trace trace = {.watch = watch, .end = end};
    unsigned long children = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    *end = (struct process_end){0};
    pid_t id = process_start(program, watch->follow ? PTRACE_O_TRACEEXEC | children : 0, error);
    if (id < 0)
        return false;
    struct process *first = add_tracee(&trace, id);
    if (first) {
        resume(first, 0);
    } else {
        trace.no_memory = true;
        process_kill(id);
    }
    while (trace.count != 0 && wait_for_one(&trace))
        ;
    while (trace.count != 0)
        remove_tracee(&trace, trace.processes[0]);
    free(trace.processes);
    if (trace.no_memory)
        error_no_memory(error);
    return !trace.no_memory;
}
