/* A child that stands before its execve, traced. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Nothing here allocates or locks: after a fork only this is safe. */
static void set_signals(const sigset_t *ignored)
{
    for (int number = 1; number < NSIG; number++) {
        bool ignore = sigismember(ignored, number) == 1;
        struct sigaction action = {.sa_handler = ignore ? SIG_IGN : SIG_DFL};
        sigaction(number, &action, NULL);
    }
}

/* The child: waits until it is traced, stops, and becomes the program. */
__attribute__((noreturn)) static void become(const struct process_program *program, int go)
{
    extern char **environ;
    char byte;
    set_signals(&program->ignored);
    /* The end of the pipe without a byte: whoever should trace it is gone, or may not. */
    if (read(go, &byte, 1) != 1)
        _exit(1);
    for (int i = 0; program->files && i < 3; i++)
        if (dup2(program->files[i], i) < 0)
            _exit(1);
    if (program->apart && setsid() > 0)
        ioctl(STDOUT_FILENO, TIOCSCTTY, 0);
    kill(getpid(), SIGSTOP);
    execve(program->path, program->arguments,
           program->environment ? program->environment : environ);
    _exit(1);
}

/* Waits for the stop that become() asked for; another signal may come first. */
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

/* The tracer's side of it. */
static bool take(pid_t id, int go, unsigned long trace_options, struct elfgen_error *error)
{
    if (seize(id, go, trace_options, error))
        return true;
    process_kill(id);
    return false;
}

pid_t process_start(const struct process_program *program, unsigned long trace_options,
                    struct elfgen_error *error)
{
    int go[2];
    if (pipe2(go, O_CLOEXEC) != 0) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "cannot start a process: %s",
                         strerror(errno));
        return -1;
    }
    pid_t id = fork();
    if (id == 0) {
        close(go[1]);
        become(program, go[0]);
    }
    if (id < 0)
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "cannot start a process: %s",
                         strerror(errno));
    else if (!take(id, go[1], trace_options, error))
        id = -1;
    close(go[0]);
    close(go[1]);
    return id;
}

/* Word by word, and where the program itself may not read: in memory that is only executable. */
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

/* An address of another process as the system call wants it: no pointer of this one. */
static void *pointer_of(uint64_t address)
{
    uintptr_t number = (uintptr_t)address;
    void *pointer;
    memcpy(&pointer, &number, sizeof pointer);
    return pointer;
}

size_t process_read(pid_t id, uint64_t address, void *bytes, size_t size)
{
    enum { PAGE = 4096 };
    size_t done = 0;
    /* Page by page: of one that is not there, nothing comes. */
    while (done < size && address <= UINT64_MAX - size) {
        uint64_t at = address + done;
        size_t most = PAGE - at % PAGE;
        most = size - done < most ? size - done : most;
        struct iovec here = {(uint8_t *)bytes + done, most};
        struct iovec there = {pointer_of(at), most};
        ssize_t got = process_vm_readv(id, &here, 1, &there, 1, 0);
        size_t more = got > 0 ? (size_t)got : peek(id, at, here.iov_base, most);
        done += more;
        if (more < most)
            break;
    }
    return done;
}
