/* The processes and threads that this process traces: a table, their stops and their ends. */
#include "tracees.h"

#include "confinement.h"
#include "spin_wait.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* ---- the table ---- */

/* Linux counts process ids up, so their low bits are spread already. */
static struct tracee **bucket_of(const struct tracees *tracees, pid_t id)
{
    return &tracees->buckets[(size_t)id & (tracees->bucket_count - 1)];
}

struct tracee *tracees_find(const struct tracees *tracees, pid_t id)
{
    struct tracee *tracee = tracees->bucket_count == 0 ? NULL : *bucket_of(tracees, id);
    while (tracee && tracee->id != id)
        tracee = tracee->next;
    return tracee;
}

static struct tracee *first_from(const struct tracees *tracees, size_t bucket)
{
    for (; bucket < tracees->bucket_count; bucket++)
        if (tracees->buckets[bucket])
            return tracees->buckets[bucket];
    return NULL;
}

struct tracee *tracees_next(const struct tracees *tracees, const struct tracee *tracee)
{
    if (!tracee)
        return first_from(tracees, 0);
    size_t bucket = (size_t)tracee->id & (tracees->bucket_count - 1);
    return tracee->next ? tracee->next : first_from(tracees, bucket + 1);
}

static void link_in(const struct tracees *tracees, struct tracee *tracee)
{
    struct tracee **bucket = bucket_of(tracees, tracee->id);
    tracee->next = *bucket;
    *bucket = tracee;
}

/* If there is no memory for more buckets, the ones that there are serve as well, only slower. */
static void grow(struct tracees *tracees)
{
    enum { AT_FIRST = 16 };
    struct tracees more = *tracees;
    if (tracees->count < tracees->bucket_count)
        return;
    more.bucket_count = tracees->bucket_count ? 2 * tracees->bucket_count : AT_FIRST;
    more.buckets = calloc(more.bucket_count, sizeof(struct tracee *));
    if (!more.buckets)
        return;
    struct tracee *next = tracees_next(tracees, NULL);
    for (struct tracee *tracee = next; tracee; tracee = next) {
        next = tracees_next(tracees, tracee);
        link_in(&more, tracee);
    }
    free(tracees->buckets);
    tracees->buckets = more.buckets;
    tracees->bucket_count = more.bucket_count;
}

/* If there is no memory, kills it and all others. */
static struct tracee *add(struct tracees *tracees, pid_t id, bool announced)
{
    grow(tracees);
    struct tracee *tracee =
        tracees->bucket_count == 0 ? NULL : calloc(1, sizeof *tracee + tracees->client->data_size);
    if (!tracee || tracees->killing)
        kill(id, SIGKILL);
    if (!tracee) {
        tracees->no_memory = true;
        tracees_kill(tracees);
        return NULL;
    }
    tracee->id = id;
    tracee->data = tracee->room;
    tracee->announced = announced;
    tracees->unannounced += !announced;
    tracees->count++;
    link_in(tracees, tracee);
    return tracee;
}

struct tracee *tracees_add(struct tracees *tracees, pid_t id)
{
    struct tracee *tracee = add(tracees, id, true);
    if (tracee)
        tracee->stopped = true;
    return tracee;
}

static void announce(struct tracees *tracees, struct tracee *tracee)
{
    tracees->unannounced -= !tracee->announced;
    tracee->announced = true;
}

/* It remains valid until it is freed. */
static void take_out(struct tracees *tracees, struct tracee *tracee)
{
    struct tracee **place = bucket_of(tracees, tracee->id);
    while (*place != tracee)
        place = &(*place)->next;
    *place = tracee->next;
    announce(tracees, tracee);
    tracees->count--;
}

void tracees_kill(struct tracees *tracees)
{
    tracees->killing = true;
    for (struct tracee *tracee = tracees_next(tracees, NULL); tracee;
         tracee = tracees_next(tracees, tracee))
        kill(tracee->id, SIGKILL);
}

void tracees_free(struct tracees *tracees)
{
    struct tracee *next = tracees_next(tracees, NULL);
    for (struct tracee *tracee = next; tracee; tracee = next) {
        next = tracees_next(tracees, tracee);
        free(tracee);
    }
    free(tracees->buckets);
    *tracees = (struct tracees){.client = tracees->client};
}

/* ---- stops ---- */

void tracees_resume(const struct tracee *tracee, int signal)
{
    /* SIGKILL may have ended it already; wait4() reports its end. */
    ptrace(tracee->calls ? PTRACE_SYSCALL : PTRACE_CONT, tracee->id, NULL, signal);
}

/* Finds or adds a child: either its parent's event or its own first stop may come first. */
static struct tracee *find_or_add(struct tracees *tracees, pid_t id)
{
    const struct tracees_client *client = tracees->client;
    struct tracee *tracee = tracees_find(tracees, id);
    if (tracee)
        return tracee;
    tracee = add(tracees, id, false);
    if (tracee && client->started)
        client->started(client->context, tracee);
    return tracee;
}

/* Whether a process can still be waited for, and its end has not been handled. */
static bool is_there(pid_t id)
{
    siginfo_t news;
    return waitid(P_PID, (id_t)id, &news, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) == 0;
}

/* A child may have stopped, run and ended before its parent stops. */
static void child_event(struct tracees *tracees, const struct tracee *parent, int event)
{
    const struct tracees_client *client = tracees->client;
    unsigned long id = 0;
    if (ptrace(PTRACE_GETEVENTMSG, parent->id, NULL, &id) != 0 || id == 0)
        return;
    struct tracee *child = tracees_find(tracees, (pid_t)id);
    if (!child && is_there((pid_t)id))
        child = find_or_add(tracees, (pid_t)id);
    if (!child)
        return;
    announce(tracees, child);
    if (client->announced)
        client->announced(client->context, child, event);
}

/* Another thread may have made the call: it takes over its leader's id, and its own is gone. All
 * other threads are gone, too; their ends are reported. */
static void exec_event(struct tracees *tracees, struct tracee *tracee)
{
    const struct tracees_client *client = tracees->client;
    unsigned long before = 0;
    struct tracee *former = NULL;
    if (ptrace(PTRACE_GETEVENTMSG, tracee->id, NULL, &before) == 0 && (pid_t)before != tracee->id)
        former = tracees_find(tracees, (pid_t)before);
    announce(tracees, tracee);
    if (former)
        take_out(tracees, former);
    if (client->execed)
        client->execed(client->context, tracee, former);
    free(former);
}

/* Handles a stop outside of events. Returns the signal to deliver. */
static int plain_stop(const struct tracees *tracees, struct tracee *tracee, int number)
{
    const struct tracees_client *client = tracees->client;
    if (number == (SIGTRAP | 0x80)) {
        if (client->at_call)
            client->at_call(client->context, tracee);
        return 0;
    }
    return client->signalled ? client->signalled(client->context, tracee, number) : number;
}

static void stopped(struct tracees *tracees, struct tracee *tracee, int status)
{
    const struct tracees_client *client = tracees->client;
    int number = WSTOPSIG(status), event = status >> 16, deliver = 0;
    if (!tracee->stopped && client->child_options != 0)
        ptrace(PTRACE_SETOPTIONS, tracee->id, NULL, client->child_options);
    tracee->stopped = true;
    if (event == 0) {
        deliver = plain_stop(tracees, tracee, number);
    } else if (event == PTRACE_EVENT_STOP && number != SIGTRAP) {
        if (client->group_stopped)
            client->group_stopped(client->context, tracee, number);
        ptrace(PTRACE_LISTEN, tracee->id, NULL, NULL);
        return;
    } else if (event == PTRACE_EVENT_EXEC) {
        exec_event(tracees, tracee);
    } else if (event == PTRACE_EVENT_EXIT) {
        if (client->exiting)
            client->exiting(client->context, tracee);
    } else if (event != PTRACE_EVENT_STOP) {
        child_event(tracees, tracee, event);
    }
    tracees_resume(tracee, deliver);
}

static void ended(struct tracees *tracees, struct tracee *tracee, int status,
                  const struct rusage *usage)
{
    const struct tracees_client *client = tracees->client;
    take_out(tracees, tracee); /* its id may already be another process's: never kill it again */
    if (client->ended)
        client->ended(client->context, tracee, status, usage);
    free(tracee);
    if (tracees->unannounced == 0)
        return;
    /* Its events can no longer say how its children began. */
    for (tracee = tracees_next(tracees, NULL); tracee; tracee = tracees_next(tracees, tracee))
        announce(tracees, tracee);
}

void tracees_take(struct tracees *tracees, pid_t id, int status, const struct rusage *usage)
{
    struct tracee *tracee =
        WIFSTOPPED(status) ? find_or_add(tracees, id) : tracees_find(tracees, id);
    if (tracee && WIFSTOPPED(status))
        stopped(tracees, tracee, status);
    else if (tracee)
        ended(tracees, tracee, status, usage);
    else if (WIFSTOPPED(status))
        ptrace(PTRACE_CONT, id, NULL, NULL); /* it was killed: let it go */
}

static pid_t wait_for_any(const struct tracees *tracees, struct spin_wait *spin, int *status)
{
    const struct process_confinement *confinement = tracees->confinement;
    if (confinement)
        return confinement->wait(confinement->context, status, false);
    return spin ? spin_wait(spin, status) : wait4(-1, status, __WALL, NULL);
}

void tracees_run(struct tracees *tracees, struct spin_wait *spin)
{
    const struct tracees_client *client = tracees->client;
    while (tracees->count != 0) {
        int status;
        pid_t id = wait_for_any(tracees, spin, &status);
        bool interrupted = id < 0 && errno == EINTR;
        if (id < 0 && !interrupted)
            return;
        if (!interrupted)
            tracees_take(tracees, id, status, NULL);
        if (client->waited)
            client->waited(client->context, interrupted);
    }
}
