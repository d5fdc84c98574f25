/* Runs a program and its children where ptrace is forbidden. */
#include "limit_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"

char *limit_untraced_children(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", syscall(SYS_gettid));
    return proc_read_all(path);
}

bool limit_untraced_adopt_orphans(bool take)
{
    int before = 0;
    prctl(PR_GET_CHILD_SUBREAPER, &before, 0, 0, 0);
    prctl(PR_SET_CHILD_SUBREAPER, take ? 1 : 0, 0, 0, 0);
    return before != 0;
}

static bool is_among(const char *list, long id)
{
    while (*list) {
        char *end;
        if (strtol(list, &end, 10) == id)
            return true;
        if (end == list)
            break;
        list = end;
    }
    return false;
}

/* Kills the children once. Their own children are children of this process in the next round. */
static bool kill_some(const char *list, const char *before)
{
    bool any = false;
    int status;
    for (;;) {
        char *end;
        long id = strtol(list, &end, 10);
        if (end == list)
            return any;
        list = end;
        if (is_among(before, id))
            continue;
        any = true;
        kill((pid_t)id, SIGKILL);
        while (waitpid((pid_t)id, &status, __WALL) < 0 && errno == EINTR)
            ;
    }
}

void limit_untraced_kill_new(const char *before)
{
    char *now;
    bool any = before != NULL;
    while (any && (now = limit_untraced_children())) {
        any = kill_some(now, before);
        free(now);
    }
}
