/* The processes and threads that this process traces: a table, their stops and their ends.
 *
 * A child or thread of a tracee is added by whichever comes first, its parent's event or its own
 * first stop. execve by a thread gives it the process id of its group's leader, and the thread's
 * own id is dropped. What a stop means to a client, its callbacks say. */
#ifndef PTRACE_TRACEES_H
#define PTRACE_TRACEES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process_confinement;
struct rusage;
struct spin_wait;

/* A traced process or thread. It stays at its address until it is removed. */
struct tracee {
    pid_t id;
    bool announced; /* its parent's event said how it began, or cannot come any more */
    bool calls;     /* it also stops at its system calls; false at first */
    void *data;     /* of the client: data_size bytes, 0 at first */

    struct tracee *next; /* private: in the same bucket */
    bool stopped;        /* private: its first stop has come */
    max_align_t room[];
};

/* The callbacks may be NULL, except as noted. A tracee is stopped while they run, unless it has
 * ended. They may call tracees_kill(), but not change the table. */
struct tracees_client {
    size_t data_size;
    void *context; /* passed to each callback */
    /* PTRACE_O_... that each child gets at its first stop; 0: those that it inherited. */
    unsigned long child_options;
    /* A child or thread of a tracee was added. */
    void (*started)(void *context, struct tracee *tracee);
    /* Its parent's event has come: PTRACE_EVENT_FORK, _VFORK or _CLONE. The child may have been
     * added, and have run, before. */
    void (*announced)(void *context, struct tracee *tracee, int event);
    /* It is at the entry or exit of a system call. */
    void (*at_call)(void *context, struct tracee *tracee);
    /* A signal will be delivered to it. Returns the one to deliver instead, or 0. NULL: that one.
     */
    int (*signalled)(void *context, struct tracee *tracee, int number);
    /* A signal stopped it until SIGCONT. */
    void (*group_stopped)(void *context, struct tracee *tracee, int number);
    /* It is inside a successful execve. `former` is the tracee that made the call under its
     * thread's id, has been removed, and is gone after this; NULL: it made the call under its own
     * id. */
    void (*execed)(void *context, struct tracee *tracee, struct tracee *former);
    /* It is about to exit, and still has its memory. */
    void (*exiting)(void *context, struct tracee *tracee);
    /* It has ended, has been removed, and is gone after this. `status` is as from wait4; so is
     * `usage`, or NULL. */
    void (*ended)(void *context, struct tracee *tracee, int status, const struct rusage *usage);
    /* tracees_run() has waited once, and handled what came. `interrupted`: nothing came, since a
     * signal handler ran. */
    void (*waited)(void *context, bool interrupted);
};

/* Begin with {.client = ...}. */
struct tracees {
    const struct tracees_client *client;
    const struct process_confinement *confinement; /* of the only tracee, or NULL: it waits */
    size_t count;
    bool killing;   /* all are to be killed, also those that appear later */
    bool no_memory; /* one could not be added, and all are being killed */

    struct tracee **buckets; /* private */
    size_t bucket_count;     /* a power of two, or 0 */
    size_t unannounced;      /* tracees whose parent's event may still come */
};

/* Returns NULL if there is none. */
struct tracee *tracees_find(const struct tracees *tracees, pid_t id);

/* Adds a process that was started by this one, stopped or not, as one that is announced. Returns
 * NULL if there is no memory: the process is killed then, but not waited for. It must not be there
 * yet. */
struct tracee *tracees_add(struct tracees *tracees, pid_t id);

/* The next one in any order, while none is added or removed; NULL asks for the first, and is what
 * comes after the last. */
struct tracee *tracees_next(const struct tracees *tracees, const struct tracee *tracee);

/* Kills all, also those that appear later. Their ends are still to be waited for. */
void tracees_kill(struct tracees *tracees);

/* Resumes a stopped tracee with a signal, or with 0. */
void tracees_resume(const struct tracee *tracee, int signal);

/* Handles a stop or an end, as wait4(-1, ..., __WALL) reports it. `usage` may be NULL. Ends of
 * processes that are not in the table are ignored. */
void tracees_take(struct tracees *tracees, pid_t id, int status, const struct rusage *usage);

/* Waits for stops and ends, and handles them, until no tracee is left. `spin` NULL: sleeps at once.
 * If waiting fails although there are some, returns all the same. */
void tracees_run(struct tracees *tracees, struct spin_wait *spin);

/* Frees the table. It neither kills nor waits. */
void tracees_free(struct tracees *tracees);

#endif
