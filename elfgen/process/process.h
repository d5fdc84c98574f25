/* Programs, run: started, traced call by call, read while they stand still.
 *
 * The room prints nothing and sets no signal handler. A program that it started does not outlive
 * it: when this process ends, however it does, the kernel kills the program (PTRACE_O_EXITKILL),
 * and what fails here kills it before it returns. Linux has one parent and one tracer a process, so
 * all of this is for one thread; while a call here waits, it waits for any child of this process.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <signal.h>
#include <sys/types.h>

#include "../machine/calls.h"

/* A program to run. All is the caller's. */
struct process_program {
    const char *path;         /* as execve takes it: PATH is not searched */
    char *const *arguments;   /* argv, with NULL behind the last */
    char *const *environment; /* NULL: this process's own */
    sigset_t ignored; /* the signals that it starts with ignored; all others have their default
                       * action */
    const int *files; /* three, above 2, that become its descriptors 0, 1 and 2, in a session of its
                       * own, whose terminal is descriptor 1, if that is one; NULL: this process's
                       * own */
};

/* Starts a program as a child that is traced and stands still directly before its execve: resumed
 * by PTRACE_SYSCALL, the next stop is that call's. Until then it uses this process's memory and
 * *program: neither ends before, and no other program is started. `trace_options`: PTRACE_O_...
 * besides EXITKILL and TRACESYSGOOD. Returns its process number; -1 and *error: ptrace is forbidden
 * here, or there is no process to be had. */
pid_t process_start(const struct process_program *program, unsigned long trace_options,
                    struct elfgen_error *error);

/* Kills a child of this process and waits until it is gone. */
void process_kill(pid_t id);

/* Reads memory of a process that this one traces; returns how many bytes there are from `address`
 * on, `size` at most. */
size_t process_read(pid_t id, uint64_t address, void *bytes, size_t size);

/* ---- tracing ---- */

/* A system call. What is 0 in `result` before the kernel answered. */
struct process_call {
    enum call_abi abi;
    uint64_t number;
    uint64_t arguments[ELFGEN_ARGUMENTS];
    uint64_t behind; /* address behind the instruction that made it, as the processor has it; for
                      * sysenter, where the kernel goes back to */
    uint64_t stack;  /* the stack pointer */
    int64_t result;  /* as the kernel gives it: -1 to -4095 is an errno, negative */
    bool failed;
};

/* A process (or thread) that is traced. */
struct process {
    pid_t id;
    bool first;               /* the one that was started */
    bool inside;              /* in a call */
    bool entered;             /* its program runs: the first execve is behind it */
    struct process_call call; /* the last one */
    void *data;               /* the caller's; NULL at first */
    uint64_t kept[2];         /* of who writes down what happens; 0 at first */
};

enum process_event_kind {
    PROCESS_CALL,    /* it asks the kernel: process->call, without a result */
    PROCESS_RESULT,  /* the kernel answered: process->call */
    PROCESS_SIGNAL,  /* `signal` will be delivered to it */
    PROCESS_STOPPED, /* `number` stopped it, until SIGCONT */
    PROCESS_STARTED, /* a child or thread of a process that is traced: this one is, too */
    PROCESS_EXECED,  /* the execve of a thread, `number`, took over the whole process: its call and
                      * data are now those of `process`, and the leader's old ones `other` has */
    PROCESS_EXITED,  /* with the status `number` */
    PROCESS_KILLED   /* by the signal `number`; `core`: and left a core file */
};

struct process_event {
    enum process_event_kind kind;
    struct process *process;
    struct process *other; /* gone after the event */
    const siginfo_t *signal;
    int number;
    bool core;
};

struct process_watch {
    bool follow; /* children and threads, too; otherwise children run untraced, as with strace */
    void *context;
    /* Everything that happens, in order, while the process stands still (but after its end).
     * `process` is gone after PROCESS_EXITED and PROCESS_KILLED. */
    void (*event)(void *context, const struct process_event *event);
    /* A signal handler of the caller's ran while this waited; NULL: go on. True: kill all that is
     * traced; its end is told as ever. */
    bool (*interrupted)(void *context);
};

/* How the program that was started ended. */
struct process_end {
    bool ran; /* its execve succeeded, or killed it; otherwise `error` has errno */
    int error;
    int status; /* of exit, or 0 */
    int signal; /* that killed it, or 0 */
};

/* Runs a program to its end (with `follow`: to the end of all its children) and tells what happens.
 * False and *error: it could not be started or traced, or there was no memory; nothing of it is
 * left then. */
bool process_trace(const struct process_program *program, const struct process_watch *watch,
                   struct process_end *end, struct elfgen_error *error);

#endif
