/* tinyelf trace --sandbox: the command trace with the sandbox linked. */
#include "sandbox.h"

#include <unistd.h>

#include "commands/commands.h"
#include "commands/run/exit_reason.h"
#include "commands/run/sandboxed.h"

static bool open_sandbox(const struct trace_sandbox *sandbox, const struct trace_confined *wanted,
                         struct process_program *program)
{
    *sandbox->sandboxed = (struct sandboxed){.limits = wanted->limits,
                                             .kinds = wanted->kinds,
                                             .tty = wanted->tty,
                                             .input = STDIN_FILENO};
    return sandboxed_open(sandbox->sandboxed, program);
}

static bool close_sandbox(const struct trace_sandbox *sandbox, struct run_end *end)
{
    return sandboxed_close(sandbox->sandboxed, end);
}

static int report(const struct trace_sandbox *sandbox, const struct run_end *end)
{
    return sandboxed_report(sandbox->sandboxed, end);
}

int command_trace_sandboxed(int argc, char **argv)
{
    struct sandboxed sandboxed;
    const struct trace_sandbox sandbox = {.open = open_sandbox,
                                          .close = close_sandbox,
                                          .report = report,
                                          .status = exit_reason_status,
                                          .report_not_started = exit_reason_report_not_started,
                                          .sandboxed = &sandboxed};
    return trace_command(argc, argv, &sandbox);
}
