/* Runs a program in the sandbox, call by call, each of which its tracer answers. */
#include "run.h"

#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "ptrace/confinement.h"
#include "ptrace/registers.h"

/* Resumes it, and waits for its next stop. Returns false if it is gone. */
static bool proceed(struct golf_run *run, enum __ptrace_request request, int signal, int *status)
{
    const struct process_confinement *confinement = run->program.confinement;
    pid_t got;
    if (run->gone || ptrace(request, run->process.id, NULL, signal) != 0) {
        run->gone = true;
        return false;
    }
    do
        got = confinement->wait(confinement->context, status, !run->makes);
    while (got < 0 && errno == EINTR &&
           !(run->job.interrupted && run->job.interrupted(run->job.context)));
    run->reaped = got >= 0 && !WIFSTOPPED(*status);
    run->gone = run->reaped;
    return got >= 0 && !run->gone;
}

static bool is_call(int status)
{
    return status >> 16 == 0 && WSTOPSIG(status) == (SIGTRAP | 0x80);
}

bool golf_run_start(struct golf_run *run, struct sandbox_worker *worker,
                    const struct golf_start *start, struct elfgen_error *error)
{
    int status = 0;
    *run = (struct golf_run){.worker = worker, .makes = start->makes};
    run->output = (struct sandbox_stream){.descriptor = -1};
    run->job = (struct sandbox_job){.file = start->file,
                                    .input = start->input,
                                    .files = start->files,
                                    .arguments = start->arguments,
                                    .environment = start->environment,
                                    .output = &run->output,
                                    .context = start->context,
                                    .interrupted = start->interrupted};
    run->program = (struct process_program){.path = "",
                                            .arguments = start->arguments,
                                            .environment = start->environment,
                                            .confinement = sandbox_confine(worker, &run->job)};
    pid_t id = process_start(&run->child, &run->program, PTRACE_O_TRACEEXEC, error);
    run->process = (struct process){.id = id, .first = true};
    if (id < 0) {
        run->gone = run->reaped = true;
        struct elfgen_error ignored;
        if (sandbox_is_used(worker))
            sandbox_finish(worker, &run->end, &ignored);
        run->finished = true;
        return false;
    }
    /* It goes on to the end of its execve; one that fails ends it. */
    while (!run->started && proceed(run, PTRACE_CONT, 0, &status)) {
        run->started = status >> 16 == PTRACE_EVENT_EXEC;
        if (status >> 16 == 0)
            kill(id, SIGKILL); /* a signal inside of execve */
    }
    return true;
}

static void take_call(struct golf_run *run, const struct __ptrace_syscall_info *info)
{
    struct process_call *call = &run->process.call;
    struct code_registers registers;
    *call = (struct process_call){.abi = syscall_abi_of_arch(info->arch),
                                  .number = info->entry.nr,
                                  .after = info->instruction_pointer,
                                  .stack = info->stack_pointer};
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
        call->arguments[i] = syscall_register(call->abi, info->entry.args[i]);
    if (registers_read_code(run->process.id, &registers))
        call->number = syscall_register(call->abi, registers.number);
}

enum golf_stop golf_run_next(struct golf_run *run)
{
    const enum __ptrace_request request = run->makes ? PTRACE_SYSCALL : PTRACE_SYSEMU;
    struct __ptrace_syscall_info info = {0};
    int status = 0, signal = 0;
    while (proceed(run, request, signal, &status)) {
        signal = 0;
        if (is_call(status)) {
            if (ptrace(PTRACE_GET_SYSCALL_INFO, run->process.id, sizeof info, &info) <= 0)
                break;
            if (info.op != PTRACE_SYSCALL_INFO_ENTRY)
                continue;
            take_call(run, &info);
            return GOLF_AT_CALL;
        }
        if (status >> 16 != 0)
            continue;
        if (ptrace(PTRACE_GETSIGINFO, run->process.id, NULL, &run->signal) == 0 &&
            run->signal.si_code > 0 && run->signal.si_signo != SIGSYS)
            return GOLF_AT_FAULT;
        signal = WSTOPSIG(status);
    }
    return GOLF_AT_END;
}

void golf_run_answer(struct golf_run *run, int64_t result)
{
    run->process.call.result = result;
    run->process.call.failed = syscall_is_error(result);
    if (!registers_set_result(run->process.id, result))
        run->gone = true;
}

/* Whether a filter has refused the call whose exit this is. Linux ends such a call with its number
 * as the result, and kills the process then; SIGSYS waits to do that. */
static bool is_refused(const struct golf_run *run, int64_t result)
{
    struct __ptrace_peeksiginfo_args first = {.nr = 1};
    siginfo_t signal;
    return (uint32_t)result == (uint32_t)run->process.call.number &&
           ptrace(PTRACE_PEEKSIGINFO, run->process.id, &first, &signal) == 1 &&
           signal.si_signo == SIGSYS;
}

bool golf_run_make(struct golf_run *run)
{
    struct __ptrace_syscall_info info = {0};
    struct process_call *call = &run->process.call;
    int status = 0, signal = 0;
    if (!run->makes && (!registers_repeat_call(run->process.id, call->number) ||
                        !proceed(run, PTRACE_SYSCALL, 0, &status) || !is_call(status)))
        return false;
    while (proceed(run, PTRACE_SYSCALL, signal, &status)) {
        signal = 0;
        if (status >> 16 == 0 && !is_call(status))
            signal = WSTOPSIG(status);
        if (!is_call(status) ||
            ptrace(PTRACE_GET_SYSCALL_INFO, run->process.id, sizeof info, &info) <= 0 ||
            info.op != PTRACE_SYSCALL_INFO_EXIT)
            continue;
        if (is_refused(run, info.exit.rval))
            continue;
        call->result = info.exit.rval;
        call->failed = info.exit.is_error;
        return true;
    }
    return false;
}

bool golf_run_finish(struct golf_run *run, struct elfgen_error *error)
{
    if (run->finished)
        return true;
    run->finished = true;
    /* One that SIGKILL ended stays until its tracer has waited for it, and its worker waits as
     * long. */
    if (!run->reaped)
        process_kill(run->process.id);
    run->gone = run->reaped = true;
    return sandbox_finish(run->worker, &run->end, error);
}
