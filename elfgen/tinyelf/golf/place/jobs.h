/* Processes that share the tasks of a search: tasks are numbered, each is done by one of them, and
 * its result is at its number, whoever did it and whenever. */
#ifndef GOLF_JOBS_H
#define GOLF_JOBS_H

#include <stdbool.h>
#include <stddef.h>

struct jobs;

/* Shared results of `size` bytes each for `tasks` tasks, and up to `count` processes that do them.
 * NULL: there is no memory. */
struct jobs *jobs_open(size_t count, size_t tasks, size_t size);
void jobs_close(struct jobs *jobs);

/* Clears the results and starts the processes. Each is a copy of the caller, in which true is
 * returned; it does tasks and ends with jobs_exit(), or when the caller ends. In the caller:
 * returns false after all of them have ended. It asks is_interrupted (NULL: never) now and then,
 * and kills them if so. A task whose process was killed, or that none could be made for, has a
 * cleared result. */
bool jobs_fork(struct jobs *jobs, bool (*is_interrupted)(void *context), void *context);
_Noreturn void jobs_exit(void);

/* Takes a task, if no other process has it. Each process asks for all of them, in their order. */
bool jobs_take(struct jobs *jobs, size_t task);

/* Says that tasks after this one are not needed; and whether that was said of one. */
void jobs_end_after(struct jobs *jobs, size_t task);
bool jobs_is_needed(const struct jobs *jobs, size_t task);

void *jobs_result(struct jobs *jobs, size_t task);

#endif
