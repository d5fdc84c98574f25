/* Starts children of all kinds, which end in all ways. Where the order would depend on the
 * scheduler, a child signals its parent through a pipe. */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int clone_child(void *argument)
{
    (void)argument;
    return 9;
}

/* SIGCHLD is blocked until it is wanted, since its time depends on the scheduler. */
static void hold(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(how, &set, NULL);
}

static void await(pid_t child, int options)
{
    int status;
    waitpid(child, &status, options);
    hold(SIG_UNBLOCK);
    hold(SIG_BLOCK);
}

int main(void)
{
    int status, pipes[2];
    char byte;
    if (pipe(pipes) != 0)
        return 1;
    hold(SIG_BLOCK);
    pid_t child = fork();
    if (child == 0) {
        getppid();
        _exit(write(pipes[1], "x", 1) == 1 ? 3 : 4);
    }
    if (read(pipes[0], &byte, 1) != 1)
        return 1;
    await(child, 0);
    await(child, 0);
    /* Killed in a call that does not return. */
    child = fork();
    if (child == 0) {
        if (write(pipes[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    if (read(pipes[0], &byte, 1) != 1)
        return 1;
    usleep(300000);
    kill(child, SIGKILL);
    siginfo_t info;
    memset(&info, 0, sizeof info);
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    await(child, 0);
    /* Stopped and continued. */
    child = fork();
    if (child == 0) {
        kill(getpid(), SIGSTOP);
        _exit(0);
    }
    await(child, WUNTRACED);
    usleep(50000);
    kill(child, SIGCONT);
    await(child, 0);
    child = vfork();
    if (child == 0)
        _exit(4);
    await(child, 0);
    /* A fault. */
    child = fork();
    if (child == 0)
        *(volatile int *)16 = 1;
    await(child, 0);
    static char stack[65536];
    child = clone(clone_child, stack + sizeof stack, CLONE_FS | SIGCHLD, NULL);
    await(child, 0);
    child = (pid_t)syscall(SYS_fork);
    if (child == 0)
        _exit(0);
    wait4(-1, &status, 0, NULL);
    return 0;
}
