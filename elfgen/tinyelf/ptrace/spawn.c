/* Starts a traced child that is stopped just before its execve, and reads its memory. */
#include "ptrace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "elfgen/memory.h"

/* Makes a system call without the C library: the child shares this process's memory, errno
 * included, until its execve. */
static long ask(long number, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    register uint64_t r10 __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

static uint64_t address_of(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

/* What the child reads, and its stack. Copying the memory (fork) would take a third of the time of
 * tracing a small program. There is only one: when another child is started, the one before is past
 * its execve, or gone. */
static struct child {
    const struct process_program *program;
    int go[2];       /* a pipe */
    sigset_t before; /* the signal mask to restore; all signals are blocked for a moment */
    uint8_t stack[16384] __attribute__((aligned(16)));
} child;

/* Size of the kernel's own sigset_t in bytes. */
enum { MASK = 8 };

/* execve resets handlers, but not ignored signals. */
static void set_signals(const sigset_t *ignored)
{
    struct {
        uint64_t handler, flags, restorer, mask;
    } action = {0};
    for (int number = 1; number < NSIG; number++) {
        bool ignore = sigismember(ignored, number) == 1;
        action.handler = (uint64_t)(uintptr_t)(ignore ? SIG_IGN : SIG_DFL);
        ask(SYS_rt_sigaction, (uint64_t)number, address_of(&action), 0, MASK);
    }
}

/* Runs in the child: waits until it is traced, stops, and executes the program. */
static int exec_child(void *context)
{
    extern char **environ;
    const struct process_program *program = child.program;
    uint8_t byte;
    (void)context;
    set_signals(&program->ignored);
    ask(SYS_rt_sigprocmask, SIG_SETMASK, address_of(&child.before), 0, MASK);
    ask(SYS_close, (uint64_t)child.go[1], 0, 0, 0);
    /* End of file instead of a byte: the tracer is gone, or is not allowed to trace. */
    bool ready = ask(SYS_read, (uint64_t)child.go[0], address_of(&byte), 1, 0) == 1;
    if (program->files)
        ask(SYS_setsid, 0, 0, 0, 0);
    for (int i = 0; ready && program->files && i < 3; i++)
        ready = ask(SYS_dup2, (uint64_t)program->files[i], (uint64_t)i, 0, 0) == i;
    if (program->files)
        ask(SYS_ioctl, 1, TIOCSCTTY, 0, 0);
    if (ready) {
        ask(SYS_kill, (uint64_t)ask(SYS_getpid, 0, 0, 0, 0), SIGSTOP, 0, 0);
        ask(SYS_execve, address_of(program->path), address_of(program->arguments),
            address_of(program->environment ? program->environment : environ), 0);
    }
    ask(SYS_exit_group, 1, 0, 0, 0);
    return 1;
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

static bool seize(pid_t id, int go, unsigned long trace_options, struct elfgen_error *error)
{
    unsigned long all = trace_options | PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD;
    if (ptrace(PTRACE_SEIZE, id, NULL, all) != 0) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "cannot trace a program here: %s: ptrace is forbidden by a container, a "
                         "seccomp filter or kernel.yama.ptrace_scope",
                         strerror(errno));
        return false;
    }
    if (write(go, "", 1) == 1 && await_stop(id))
        return true;
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                     "the process that should become the program is gone");
    return false;
}

void process_kill(pid_t id)
{
    int status;
    kill(id, SIGKILL);
    while (waitpid(id, &status, __WALL) == id ? WIFSTOPPED(status) : errno == EINTR)
        ;
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

/* All signals are blocked: the child must not run this process's signal handlers. */
static pid_t split(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &child.before);
    pid_t id = clone(exec_child, child.stack + sizeof child.stack, SHARED | SIGCHLD, NULL);
    int error = errno;
    sigprocmask(SIG_SETMASK, &child.before, NULL);
    errno = error;
    return id;
}

pid_t process_start(const struct process_program *program, unsigned long trace_options,
                    struct elfgen_error *error)
{
    child.program = program;
    bool pipe = pipe2(child.go, O_CLOEXEC) == 0;
    pid_t id = pipe ? split() : -1;
    if (id < 0)
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "cannot start a process: %s",
                         strerror(errno));
    if (id >= 0 && !seize(id, child.go[1], trace_options, error)) {
        process_kill(id);
        id = -1;
    }
    if (pipe) {
        close(child.go[0]);
        close(child.go[1]);
    }
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
