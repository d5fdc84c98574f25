/* Delays an execve by a tenth of a second, for tests of measurements during it. */
#ifndef SLOW_EXECVE_H
#define SLOW_EXECVE_H

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Holds a lease on a program's open file. An execve of the file waits while Linux signals the
 * holder, which releases the lease later. Without leases, the execve is as fast as usual. */
__attribute__((noreturn)) static void hold_lease(int file, int ready)
{
    sigset_t signals;
    int number;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigemptyset(&signals);
    sigaddset(&signals, SIGIO);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    bool held = fcntl(file, F_SETLEASE, F_WRLCK) == 0;
    close(ready);
    if (held && sigwait(&signals, &number) == 0)
        usleep(100000);
    _exit(0);
}

/* Delays the next execve of a file that no other process has open. Closes it, and returns another
 * descriptor of it, which can only be used for execve. */
static int slow_down(int file)
{
    char path[64], byte;
    int ready[2];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    int other = open(path, O_PATH | O_CLOEXEC);
    ck_assert_int_ge(other, 0);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    pid_t id = fork();
    ck_assert_int_ge(id, 0);
    if (id == 0)
        hold_lease(file, ready[1]);
    close(file);
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 0);
    close(ready[0]);
    return other;
}

/* Allocates more memory for this process than a tested program may have; the caller frees it. */
static void *take_much(size_t size)
{
    void *much = malloc(size);
    ck_assert_ptr_nonnull(much);
    return memset(much, 1, size);
}

#endif
