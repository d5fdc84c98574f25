/* Starts a child that is traced and stopped just before its execve, or untraced; reads its memory.
 */
#include "ptrace.h"
#include "base/system_error.h"

#include "raw_syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "elfgen/memory.h"

/* Runs in the child, on its own stack: waits until it is traced, stops, and executes the program.
 * If it is not to be traced, it reports the errno of its execve. */
CHILD_FUNCTION __attribute__((noreturn)) static void exec_child(void *context)
{
    extern char **environ;
    const struct process_child *child = context;
    const struct process_program *program = child->program;
    const struct child_setup actions = {.ignored = &program->ignored};
    const struct child_setup setup = {.blocked = &child->before,
                                      .dies = !child->traced,
                                      .parent = child->parent,
                                      .session = program->files != NULL,
                                      .files = program->files};
    uint8_t byte;
    raw_syscall(SYS_close, (uint64_t)child->pipe[child->traced ? 1 : 0], 0, 0, 0, 0, 0);
    /* These are most of the calls: made before the wait, while this is being seized, they take no
     * time of their own. */
    child_set_up(&actions);
    /* End of file instead of a byte: the tracer is gone, or is not allowed to trace. */
    bool ready = !child->traced || raw_syscall(SYS_read, (uint64_t)child->pipe[0],
                                               raw_address(&byte), 1, 0, 0, 0) == 1;
    int error = ready ? child_set_up(&setup) : ECHILD;
    if (error == 0 && child->traced)
        raw_syscall(SYS_kill, (uint64_t)raw_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0), SIGSTOP, 0, 0, 0,
                    0);
    if (error == 0)
        error = (int)-raw_syscall(
            SYS_execve, raw_address(program->path), raw_address(program->arguments),
            raw_address(program->environment ? program->environment : environ), 0, 0, 0);
    if (!child->traced)
        raw_syscall(SYS_write, (uint64_t)child->pipe[1], raw_address(&error), sizeof error, 0, 0,
                    0);
    for (;;)
        raw_syscall(SYS_exit_group, 1, 0, 0, 0, 0, 0);
}

/* Waits for the stop that exec_child() asked for. Another signal may come first. */
static bool await_stop(pid_t id)
{
    int status;
    for (;;) {
        while (waitpid(id, &status, __WALL) < 0)
            if (errno != EINTR)
                return false;
        if (!WIFSTOPPED(status))
            return false;
        bool signal = status >> 16 == 0;
        if (signal && WSTOPSIG(status) == SIGSTOP)
            return true;
        ptrace(PTRACE_CONT, id, NULL, signal ? WSTOPSIG(status) : 0);
    }
}

static bool let_go(const struct process_child *child, const struct process_confinement *confinement)
{
    return confinement ? confinement->release(confinement->context)
                       : write(child->pipe[1], "", 1) == 1;
}

static bool seize(pid_t id, const struct process_child *child, unsigned long trace_options,
                  struct elfgen_error *error)
{
    const struct process_confinement *confinement = child->program->confinement;
    unsigned long all = trace_options | PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD;
    if (confinement)
        all |= PTRACE_O_TRACEEXIT;
    if (ptrace(PTRACE_SEIZE, id, NULL, all) != 0) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "cannot trace a program here: %s: ptrace is forbidden by a container, a "
                         "seccomp filter or kernel.yama.ptrace_scope",
                         system_error_text(errno));
        return false;
    }
    if (let_go(child, confinement) && await_stop(id))
        return true;
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                     "the process that should become the program is gone");
    return false;
}

void process_kill(pid_t id)
{
    int status;
    pid_t got;
    kill(id, SIGKILL);
    while ((got = waitpid(id, &status, __WALL)) == id ? WIFSTOPPED(status) : errno == EINTR)
        if (got == id)
            ptrace(PTRACE_CONT, id, NULL, NULL); /* it was stopped before, or is at its exit */
}

/* The thread sanitizer's runtime cannot be in two processes that share their memory. */
#ifndef __has_feature /* clang's; gcc defines a name instead */
#define __has_feature(name) 0
#endif
#if defined __SANITIZE_THREAD__ || __has_feature(thread_sanitizer)
enum { SHARED = 0 };
#else
enum { SHARED = CLONE_VM };
#endif

/* The C library's functions leave out signals that it uses itself, each library other ones; the
 * program has to start with the mask that this process was given. */
static void set_mask(const void *mask, sigset_t *before)
{
    enum { MASK = 8 }; /* the kernel's sigset_t, in bytes */
    if (before)
        sigemptyset(before);
    raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, raw_address(mask), raw_address(before), MASK, 0,
                0);
}

/* Makes the child and its pipe. Copying the memory (fork) would take a third of the time of tracing
 * a small program. */
static pid_t split(struct process_child *child, const struct process_program *program, bool traced,
                   struct elfgen_error *error)
{
    const uint64_t all = UINT64_MAX;
    child->program = program;
    child->traced = traced;
    child->parent = traced ? 0 : getpid();
    long id = pipe2(child->pipe, O_CLOEXEC) == 0 ? 0 : -errno;
    if (id == 0) {
        set_mask(&all, &child->before);
        id = child_clone(SHARED | SIGCHLD, &child->stack, exec_child, child, 0);
        set_mask(&child->before, NULL);
        if (id < 0) {
            close(child->pipe[0]);
            close(child->pipe[1]);
        }
    }
    if (id < 0)
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "cannot start a process: %s",
                         system_error_text((int)-id));
    return id < 0 ? -1 : (pid_t)id;
}

pid_t process_start(struct process_child *child, const struct process_program *program,
                    unsigned long trace_options, struct elfgen_error *error)
{
    const struct process_confinement *confinement = program->confinement;
    child->program = program;
    pid_t id = confinement ? confinement->make(confinement->context, error)
                           : split(child, program, true, error);
    if (id < 0)
        return -1;
    if (!seize(id, child, trace_options, error)) {
        process_kill(id);
        id = -1;
    }
    if (!confinement) {
        close(child->pipe[0]);
        close(child->pipe[1]);
    }
    return id;
}

pid_t process_start_untraced(struct process_child *child, const struct process_program *program,
                             int *refused, struct elfgen_error *error)
{
    *refused = 0;
    pid_t id = split(child, program, false, error);
    if (id < 0)
        return -1;
    /* A successful execve closes the child's end. */
    close(child->pipe[1]);
    ssize_t got;
    do
        got = read(child->pipe[0], refused, sizeof *refused);
    while (got < 0 && errno == EINTR);
    if (got != sizeof *refused)
        *refused = 0;
    close(child->pipe[0]);
    return id;
}

/* Reads word by word. This also reads what the program itself cannot read: memory that is only
 * executable. */
static size_t peek(pid_t id, uint64_t address, uint8_t *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        errno = 0;
        long word = ptrace(PTRACE_PEEKDATA, id, address + done, NULL);
        if (errno != 0)
            break;
        size_t most = size - done < sizeof word ? size - done : sizeof word;
        memcpy(bytes + done, &word, most);
        done += most;
    }
    return done;
}

void *process_pointer(uint64_t address)
{
    uintptr_t number = (uintptr_t)address;
    void *pointer;
    memcpy(&pointer, &number, sizeof pointer);
    return pointer;
}

size_t process_read(pid_t id, uint64_t address, void *bytes, size_t size)
{
    size_t done = 0;
    /* Reads page by page: one that is not mapped yields no bytes at all. */
    while (done < size && address <= UINT64_MAX - size) {
        uint64_t at = address + done;
        size_t most = ELFGEN_PAGE - at % ELFGEN_PAGE;
        most = size - done < most ? size - done : most;
        struct iovec here = {(uint8_t *)bytes + done, most};
        struct iovec there = {process_pointer(at), most};
        ssize_t got = process_vm_readv(id, &here, 1, &there, 1, 0);
        size_t more = got > 0 ? (size_t)got : peek(id, at, here.iov_base, most);
        done += more;
        if (more < most)
            break;
    }
    return done;
}
