/* Runs programs under ptrace: starts them, traces their system calls, reads their memory.
 *
 * These files print nothing and set no signal handler. A program does not outlive its tracer: when
 * this process ends, in whatever way, the kernel kills the program (PTRACE_O_EXITKILL), and if a
 * function here fails, it kills the program before it returns. In Linux a process has one parent
 * and one tracer, so all of this is for a single thread. While a function here waits, it waits for
 * any child of this process. */
#ifndef PTRACE_H
#define PTRACE_H

#include <signal.h>
#include <sys/types.h>

#include "child_setup.h"
#include "confinement.h"
#include "syscalls/table.h"

/* A program to run. The caller provides everything. */
struct process_program {
    const char *path;         /* as for execve: PATH is not searched */
    char *const *arguments;   /* argv, with NULL after the last */
    char *const *environment; /* NULL: that of this process */
    sigset_t
        ignored; /* the signals that it starts with ignored; all others have their default action */
    const int
        *files; /* three descriptors above 2, which become 0, 1 and 2 in a session of its own; its
                   terminal is descriptor 1, if that is a terminal. NULL: those of this process */
    const struct process_confinement
        *confinement; /* traced: whoever makes the child, which decides all else but `arguments`;
                         NULL: it has this process's rights */
};

/* What a child needs until its execve, for it uses this process's memory until then. The caller
 * provides it, one for each child. */
struct process_child {
    struct child_stack stack; /* first: its top is in the same page as the rest */
    const struct process_program *program;
    pid_t parent; /* not traced: fails if it is gone; otherwise 0 */
    bool traced;
    int pipe[2];     /* traced: its tracer lets it go; otherwise: the errno of its execve */
    sigset_t before; /* the signal mask that it starts with */
};

/* Starts a program as a traced child that is stopped just before its execve: if PTRACE_SYSCALL
 * resumes it, the next stop is at that call. Until it is past that, or gone, *child and *program
 * must stay as they are. `trace_options` are PTRACE_O_... besides EXITKILL and TRACESYSGOOD.
 * Returns the process id, or -1 and *error if ptrace is forbidden or no process can be made. */
pid_t process_start(struct process_child *child, const struct process_program *program,
                    unsigned long trace_options, struct elfgen_error *error);

/* Starts a program without a tracer. It is killed when the calling thread ends. Returns its process
 * id, or -1 and *error. *refused is the errno of its execve, or 0 if that succeeded. */
pid_t process_start_untraced(struct process_child *child, const struct process_program *program,
                             int *refused, struct elfgen_error *error);

/* Kills a child of this process and waits until it is gone. */
void process_kill(pid_t id);

/* Reads memory of a process that this one traces. Returns how many bytes could be read from
 * `address` on, at most `size`. */
size_t process_read(pid_t id, uint64_t address, void *bytes, size_t size);

/* Makes a pointer of an address of another process, as process_vm_readv() takes it. It is not valid
 * in this process. */
void *process_pointer(uint64_t address);

/* ---- tracing ---- */

/* A system call. `result` is 0 until the kernel has answered. */
struct process_call {
    enum call_abi abi;
    uint64_t number;
    uint64_t arguments[ELFGEN_ARGUMENTS];
    uint64_t after; /* address after the instruction that made it, as the processor saved it; for
                        sysenter, where the kernel returns to */
    uint64_t stack; /* the stack pointer */
    int64_t result; /* the kernel's return value: -1 to -4095 is a negative errno */
    bool failed;
};

/* A traced process or thread. */
struct process {
    pid_t id;
    bool first;               /* it is the one that was started */
    bool inside;              /* it is inside a system call */
    bool entered;             /* its program runs: it is past the first execve */
    struct process_call call; /* the last call */
    void *data;               /* for the caller; NULL at first */
    uint64_t kept[2];         /* for whoever writes the events; 0 at first */
};

enum process_event_kind {
    PROCESS_CALL,    /* it makes process->call, which has no result yet */
    PROCESS_RESULT,  /* the kernel has answered process->call */
    PROCESS_SIGNAL,  /* `signal` will be delivered to it */
    PROCESS_STOPPED, /* `number` stopped it until SIGCONT */
    PROCESS_STARTED, /* a child or thread of a traced process was started, and is traced */
    PROCESS_EXECED,  /* execve of a thread, whose id was `number`, took over the process id of its
                        leader: `process` now has the call and data of the thread, `other` has those
                        of the old leader */
    PROCESS_EXITED,  /* it exited with the status `number` */
    PROCESS_KILLED   /* the signal `number` killed it; `core`: and it left a core file */
};

struct process_event {
    enum process_event_kind kind;
    struct process *process;
    struct process *other; /* it is gone after the event */
    const siginfo_t *signal;
    int number;
    bool core;
    bool refused; /* PROCESS_KILLED: it is confined, and made process->call, which is not allowed */
};

struct process_watch {
    bool follow; /* trace children and threads, too; otherwise children run untraced, as with strace
                  */
    void *context;
    /* Reports all events in order. The process is stopped meanwhile, unless it has ended. `process`
     * is gone after PROCESS_EXITED and PROCESS_KILLED. */
    void (*event)(void *context, const struct process_event *event);
    /* Asked when a signal handler of the caller interrupted a wait, or may have run just before
     * one; NULL: never. If it returns true, all traced processes are killed, and their ends are
     * reported as usual. */
    bool (*interrupted)(void *context);
};

/* How the program that was started has ended. */
struct process_end {
    bool ran; /* its execve succeeded, or killed it; otherwise `error` is its errno */
    int error;
    int status; /* that it exited with, or 0 */
    int signal; /* that killed it, or 0 */
};

/* Runs a program to its end and reports the events. With `follow`, the end is that of its last
 * child. Returns false and *error if it could not be started or traced, or if there was no memory;
 * none of its processes is left then. */
bool process_trace(const struct process_program *program, const struct process_watch *watch,
                   struct process_end *end, struct elfgen_error *error);

#endif
