/* The tracer on the processor of what it traces. */
#include "beside.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Short programs are not worth it; and a process is moved rarely, a look costs as much as a few
 * stops. */
enum { LOOK_EVERY = 256 };

/* Field 39 of /proc/PID/stat (proc(5)): the processor last run on. -1: not known. */
static int processor_of(const struct beside *beside)
{
    enum { BEHIND_NAME = 3, PROCESSOR = 39 };
    char line[1024];
    ssize_t length = pread(beside->stat, line, sizeof line - 1, 0);
    if (length <= 0)
        return -1;
    line[length] = '\0';
    /* Blanks and brackets may be in the name, which ends with the last bracket. */
    const char *at = strrchr(line, ')');
    for (int field = BEHIND_NAME - 1; at && field < PROCESSOR; field++)
        at = strchr(at + 1, ' ');
    return at ? atoi(at) : -1;
}

static bool begin(struct beside *beside, pid_t id)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)id);
    beside->stat = open(path, O_RDONLY | O_CLOEXEC);
    return beside->stat > 0 && sched_getaffinity(0, sizeof beside->before, &beside->before) == 0 &&
           CPU_COUNT(&beside->before) > 1;
}

void beside_stop(struct beside *beside, pid_t id)
{
    if (++beside->stops % LOOK_EVERY != 0 || beside->off)
        return;
    if (beside->stat == 0 && !begin(beside, id)) {
        beside->off = true;
        return;
    }
    int number = processor_of(beside);
    size_t processor = (size_t)number;
    if (number < 0 || number >= CPU_SETSIZE || !CPU_ISSET(processor, &beside->before))
        return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    beside->moved = sched_setaffinity(0, sizeof one, &one) == 0 || beside->moved;
}

void beside_end(struct beside *beside)
{
    if (beside->moved)
        sched_setaffinity(0, sizeof beside->before, &beside->before);
    if (beside->stat > 0)
        close(beside->stat);
}
