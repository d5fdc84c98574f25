/* Traces a program call by call, with its children if they are wanted. */
#include "ptrace.h"

#include "base/no_memory.h"
#include "spin_wait.h"
#include "tracees.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

struct trace {
    const struct process_watch *watch;
    struct tracees tracees;
    bool refused; /* the first execve failed: what follows is not the program */
    struct process_end *end;
};

/* ---- events ---- */

static void report(const struct trace *trace, enum process_event_kind kind, struct process *process,
                   int number)
{
    struct process_event event = {.kind = kind, .process = process, .number = number};
    trace->watch->event(trace->watch->context, &event);
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

/* Whether a filter has refused the call whose exit this is. Linux ends such a call with its number
 * as the result, and kills the process then; SIGSYS waits to do that. */
static bool is_refused(const struct trace *trace, const struct process *process,
                       const struct __ptrace_syscall_info *info)
{
    struct __ptrace_peeksiginfo_args first = {.nr = 1};
    siginfo_t signal;
    return trace->tracees.confinement && process->entered &&
           (uint32_t)info->exit.rval == (uint32_t)process->call.number &&
           ptrace(PTRACE_PEEKSIGINFO, process->id, &first, &signal) == 1 &&
           signal.si_signo == SIGSYS;
}

static void take_result(struct trace *trace, struct process *process,
                        const struct __ptrace_syscall_info *info)
{
    if (!process->inside)
        return; /* the call began before the process was traced: a new child's own fork */
    if (is_refused(trace, process, info))
        return;
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

static void at_call(void *context, struct tracee *tracee)
{
    struct trace *trace = context;
    struct __ptrace_syscall_info info = {0};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->id, sizeof info, &info) <= 0)
        return;
    /* A program that was refused would go on with our own exit_group. */
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY && trace->refused)
        tracees_kill(&trace->tracees);
    else if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
        take_call(trace, tracee->data, &info);
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
        take_result(trace, tracee->data, &info);
}

static int signalled(void *context, struct tracee *tracee, int number)
{
    struct trace *trace = context;
    struct process *process = tracee->data;
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

static void group_stopped(void *context, struct tracee *tracee, int number)
{
    report(context, PROCESS_STOPPED, tracee->data, number);
}

static void started(void *context, struct tracee *tracee)
{
    struct process *process = tracee->data;
    process->id = tracee->id;
    process->entered = true;
    tracee->calls = true;
    report(context, PROCESS_STARTED, process, 0);
}

static void execed(void *context, struct tracee *tracee, struct tracee *former)
{
    const struct trace *trace = context;
    struct process *process = tracee->data, *thread = former ? former->data : NULL;
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
        .kind = PROCESS_EXECED, .process = process, .other = thread, .number = (int)thread->id};
    trace->watch->event(trace->watch->context, &event);
}

static void ended(void *context, struct tracee *tracee, int status, const struct rusage *usage)
{
    const struct trace *trace = context;
    struct process *process = tracee->data;
    bool killed = WIFSIGNALED(status);
    struct process_event event = {.kind = killed ? PROCESS_KILLED : PROCESS_EXITED,
                                  .process = process,
                                  .number = killed ? WTERMSIG(status) : WEXITSTATUS(status),
                                  .core = killed && WCOREDUMP(status)};
    event.refused =
        trace->tracees.confinement && process->inside && killed && event.number == SIGSYS;
    (void)usage;
    if (process->first) {
        trace->end->signal = killed ? event.number : 0;
        trace->end->status = killed ? 0 : event.number;
    }
    /* Ignore exits of children that never exec'd. */
    if (process->entered || trace->end->ran)
        trace->watch->event(trace->watch->context, &event);
}

static void waited(void *context, bool interrupted)
{
    struct trace *trace = context;
    const struct process_watch *watch = trace->watch;
    if (interrupted && watch->interrupted && watch->interrupted(watch->context))
        tracees_kill(&trace->tracees);
}

/* ---- the whole run ---- */

static bool begin(struct trace *trace, pid_t id)
{
    struct tracee *tracee = tracees_add(&trace->tracees, id);
    if (!tracee) {
        process_kill(id);
        return false;
    }
    struct process *process = tracee->data;
    process->id = id;
    process->first = true;
    tracee->calls = true;
    tracees_resume(tracee, 0);
    return true;
}

bool process_trace(const struct process_program *program, const struct process_watch *watch,
                   struct process_end *end, struct elfgen_error *error)
{
    struct trace trace = {.watch = watch, .end = end};
    const struct tracees_client client = {.data_size = sizeof(struct process),
                                          .context = &trace,
                                          .started = started,
                                          .at_call = at_call,
                                          .signalled = signalled,
                                          .group_stopped = group_stopped,
                                          .execed = execed,
                                          .ended = ended,
                                          .waited = waited};
    struct spin_wait spin = {0};
    struct process_child child;
    unsigned long children = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    trace.tracees.client = &client;
    trace.tracees.confinement = program->confinement;
    *end = (struct process_end){0};
    pid_t id =
        process_start(&child, program, watch->follow ? PTRACE_O_TRACEEXEC | children : 0, error);
    if (id < 0)
        return false;
    if (begin(&trace, id))
        tracees_run(&trace.tracees, &spin);
    bool no_memory = trace.tracees.no_memory;
    tracees_free(&trace.tracees);
    if (no_memory)
        error_no_memory(error);
    return !no_memory;
}
