/* Sends, handles and ignores signals, which also interrupt calls; the last one kills it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void handle(int number, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    (void)number;
    getppid();
}

static void arm(long microseconds)
{
    struct itimerval timer = {{0, 0}, {0, microseconds}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

int main(int count, char **arguments)
{
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    struct timespec second = {1, 0}, left;
    int pipes[2];
    char byte;
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGRTMIN + 2, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    signal(SIGUSR2, SIG_IGN);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR2);
    union sigval value = {.sival_int = 77};
    sigqueue(getpid(), SIGRTMIN + 2, value);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    sigpending(&set);
    siginfo_t info;
    sigwaitinfo(&set, &info);
    if (pipe(pipes) != 0)
        return 1;
    arm(100000);
    if (read(pipes[0], &byte, 1) == 1)
        return 1;
    arm(100000);
    nanosleep(&second, &left);
    arm(100000);
    pause();
    action.sa_flags |= SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    arm(100000);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (fork() == 0) {
        usleep(300000);
        _exit(write(pipes[1], "x", 1) != 1);
    }
    if (read(pipes[0], &byte, 1) != 1)
        return 1;
    wait(NULL);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    /* The signal that kills it. */
    switch (count > 1 ? arguments[1][0] : 's') {
    case 's':
        *(volatile char *)5 = 1;
        break;
    case 'b': {
        char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0);
        return page == MAP_FAILED ? 1 : page[0];
    }
    case 'i':
        __asm__ volatile("ud2");
        break;
    case 't':
        __asm__ volatile("int3");
        break;
    case 'h':
        __asm__ volatile("hlt");
        break;
    case 'a':
        abort();
        break;
    default:
        kill(getpid(), SIGTERM);
        break;
    }
    return 0;
}
