/* Makes a worker, hands it jobs, and ends it: the supervisor's side. */
#include "sandbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/no_memory.h"
#include "base/system_error.h"
#include "kinds_private.h"
#include "supervisor.h"

/* Room for arguments and environment, as much as Linux accepts with the usual stack size, and for
 * the pointers to them. */
enum { SHARED_ROOM = 8 << 20 };

/* ---- making it ---- */

/* Moves a descriptor above those of the standard streams, which may be free. */
static int raised(int file)
{
    if (file < 0 || file > STDERR_FILENO)
        return file;
    int high = fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int error = errno;
    close(file);
    errno = error;
    return high;
}

static bool make_shared(struct sandbox_worker *worker, const struct sandbox_options *options)
{
    void *memory = mmap(NULL, SHARED_ROOM, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    struct sandbox_shared *shared = memory;
    worker->shared = shared;
    shared->limits = options->limits;
    shared->fixed = options->fixed;
    shared->session = options->session;
    shared->ignored = options->ignored;
    shared->blocked = options->blocked;
    shared->kinds = options->kinds;
    shared->room = SHARED_ROOM - sizeof *shared;
    shared->user_id = geteuid();
    shared->group_id = getegid();
    return getrandom(&shared->secret, sizeof shared->secret, 0) == sizeof shared->secret;
}

/* Makes a socket between the two sides. This side receives the sender's credentials. */
static bool make_socket(struct sandbox_worker *worker)
{
    int ends[2], yes = 1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    worker->socket = raised(ends[0]);
    worker->other = raised(ends[1]);
    worker->shared->socket = worker->other;
    return worker->socket >= 0 && worker->other >= 0 &&
           setsockopt(worker->socket, SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes) == 0;
}

/* Forks into new namespaces: with root's privileges, or with those that a user namespace gives, or
 * without namespaces. The worker is init of its pid namespace: when it ends, all other processes
 * there end. */
static pid_t split(struct sandbox_worker *worker)
{
    static const struct {
        unsigned long flags;
        unsigned lacks;
    } ways[] = {{CLONE_NEWPID, 0},
                {CLONE_NEWPID | CLONE_NEWUSER, 0},
                {CLONE_NEWUSER, SANDBOX_NO_PID},
                {0, SANDBOX_NO_PID | SANDBOX_NO_USER}};
    pid_t id = -1;
    for (size_t i = 0; id < 0 && i < sizeof ways / sizeof ways[0]; i++) {
        worker->shared->user = (ways[i].flags & CLONE_NEWUSER) != 0;
        worker->shared->lacks = ways[i].lacks;
        id = (pid_t)syscall(SYS_clone, ways[i].flags | SIGCHLD, 0, 0, 0, 0);
    }
    return id;
}

/* The worker inherits no signal handling: even this process's handlers must not run in it. */
static pid_t start(struct sandbox_worker *worker)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t id = split(worker);
    if (id == 0)
        sandbox_worker_main(worker->shared);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return id;
}

/* Whether the files that a program can name are confined, which a filter cannot do. Returns false
 * and *error if not. */
static bool confines_paths(const struct sandbox_shared *shared, struct elfgen_error *error)
{
    static const struct {
        int number;
        const char *text;
    } reasons[] = {
        {EBUSY, "it is the root directory, which contains everything"},
        {EOPNOTSUPP, "it is in a file system of the kernel's, such as /proc"},
        {EINVAL, "only root can hide the file systems that are mounted below it"},
        {ENOSYS, "this needs Linux 5.12"},
    };
    const char *text = system_error_text(shared->no_folder);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].number == shared->no_folder)
            text = reasons[i].text;
    if (!sandbox_kinds_take_paths(shared->kinds) ||
        (!(shared->lacks & SANDBOX_NO_MOUNT) && shared->no_folder == 0))
        return true;
    if (shared->lacks & SANDBOX_NO_MOUNT)
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "these system calls take names of files, which only a mount namespace can "
                         "confine: this system does not offer one");
    else
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "cannot confine what the program reads to the working directory: %s",
                         text);
    return false;
}

static bool await_ready(struct sandbox_worker *worker, struct elfgen_error *error)
{
    char word = 0;
    ssize_t got;
    do
        got = read(worker->socket, &word, 1);
    while (got < 0 && errno == EINTR);
    if (got != 1 || word != SANDBOX_READY)
        return error_system(error, "the sandbox's worker ended before it began", ECHILD);
    if (worker->shared->error == 0)
        return confines_paths(worker->shared, error);
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                     "no seccomp filter can be set here, and without one there is no sandbox: %s",
                     system_error_text(worker->shared->error));
    return false;
}

static bool open_parts(struct sandbox_worker *worker, const struct sandbox_options *options,
                       struct elfgen_error *error)
{
    static const char what[] = "cannot make a sandbox";
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    if (!make_shared(worker, options) || !make_socket(worker))
        return error_system(error, what, errno);
    worker->ended = raised(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    if (worker->ended < 0)
        return error_system(error, what, errno);
    struct sock_fprog filter;
    if (!sandbox_make_filter(worker->shared->secret, options->kinds, options->terminal, &filter))
        return error_system(error, "cannot make a seccomp filter", errno);
    worker->shared->filter = &filter;
    worker->id = start(worker);
    int number = errno;
    sandbox_free_filter(&filter);
    close(worker->other);
    worker->other = -1;
    return worker->id >= 0 ? await_ready(worker, error) : error_system(error, what, number);
}

struct sandbox_worker *sandbox_open(const struct sandbox_options *options,
                                    struct elfgen_error *error)
{
    struct sandbox_worker *worker = malloc(sizeof *worker);
    if (!worker) {
        error_no_memory(error);
        return NULL;
    }
    worker->shared = NULL;
    worker->socket = worker->other = worker->ended = -1;
    worker->id = -1;
    worker->traced = !options->untraced;
    worker->refused = false;
    worker->files = 0;
    worker->loan = (struct sandbox_loan){.made = false};
    worker->measured = limits_can_measure();
    worker->terminal.used = options->terminal;
    worker->terminal.columns = options->columns;
    worker->terminal.lines = options->lines;
    for (size_t i = 0; i < 2; i++)
        worker->pipes[i].ends[0] = worker->pipes[i].ends[1] = -1;
    if (open_parts(worker, options, error))
        return worker;
    sandbox_close(worker);
    return NULL;
}

void sandbox_close(struct sandbox_worker *worker)
{
    int status;
    if (!worker)
        return;
    if (worker->id >= 0) {
        kill(worker->id, SIGKILL);
        while (waitpid(worker->id, &status, __WALL) < 0 && errno == EINTR)
            ;
    }
    for (size_t i = 0; i < 2; i++)
        sandbox_pipe_close(&worker->pipes[i]);
    const int files[] = {worker->socket, worker->other, worker->ended};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i] >= 0)
            close(files[i]);
    if (worker->shared)
        munmap(worker->shared, SHARED_ROOM);
    free(worker);
}

unsigned sandbox_lacks(const struct sandbox_worker *worker)
{
    return worker->shared->lacks | (worker->measured ? 0 : SANDBOX_NO_MEASURE) |
           (worker->refused ? SANDBOX_NO_TRACE : 0);
}

pid_t sandbox_worker_id(const struct sandbox_worker *worker)
{
    return worker->id;
}

/* ---- a job ---- */

bool sandbox_change_file(int file, const struct sandbox_poke *pokes, size_t count)
{
    char path[FILE_PATH];
    file_path(file, path);
    int writable = open(path, O_WRONLY | O_CLOEXEC);
    bool done = writable >= 0;
    for (size_t i = 0; done && i < count; i++)
        done = pwrite(writable, &pokes[i].byte, 1, (off_t)pokes[i].offset) == 1;
    int error = errno;
    if (writable >= 0)
        close(writable);
    errno = error;
    return done;
}

/* Copies strings into the memory that the worker shares. Returns NULL if they do not fit. */
static char **put(struct sandbox_shared *shared, char *const *strings, size_t *used)
{
    size_t count = 0, at = (*used + sizeof(char *) - 1) / sizeof(char *) * sizeof(char *);
    while (strings[count])
        count++;
    if (shared->room < at || (shared->room - at) / sizeof(char *) < count + 1)
        return NULL;
    void *place = shared->text + at;
    char **copies = place;
    at += (count + 1) * sizeof(char *);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(strings[i]) + 1;
        if (size > shared->room - at)
            return NULL;
        copies[i] = memcpy(shared->text + at, strings[i], size);
        at += size;
    }
    copies[count] = NULL;
    *used = at;
    return copies;
}

/* What a program writes to descriptor 0 is output as well: counted, limited, in order. */
static bool writes_input(const struct sandbox_worker *worker)
{
    return (worker->shared->kinds & SANDBOX_KIND_BIT(WRITE_STDIN)) != 0;
}

/* A directory outside of the sandbox's root, from which a program that may name files would reach
 * others. Reading it fails anyway. */
static bool leads_outside(const struct sandbox_worker *worker, const struct sandbox_job *job)
{
    struct stat status;
    return sandbox_kinds_take_paths(worker->shared->kinds) && job->input >= 0 &&
           fstat(job->input, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool send_descriptors(struct sandbox_worker *worker, const struct sandbox_job *job)
{
    char word = SANDBOX_JOB;
    int output = worker->pipes[0].ends[1];
    bool reads = job->input >= 0 && !writes_input(worker) && !worker->terminal.used;
    int files[SANDBOX_DESCRIPTORS] = {job->file, reads ? job->input : output, output,
                                      sandbox_has_errors(worker, job) ? worker->pipes[1].ends[1]
                                                                      : output};
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof files)];
    } control = {.room = {0}};
    struct iovec text = {&word, 1};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof files);
    memcpy(CMSG_DATA(header), files, sizeof files);
    ssize_t sent;
    do
        sent = sendmsg(worker->socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == 1;
}

static bool send_job(struct sandbox_worker *worker, const struct sandbox_job *job, bool new_pipe)
{
    char word = SANDBOX_AGAIN;
    bool again = job->files != 0 && job->files == worker->files && !new_pipe;
    worker->files = job->files;
    return again ? send(worker->socket, &word, 1, MSG_NOSIGNAL) == 1
                 : send_descriptors(worker, job);
}

static void clear_streams(const struct sandbox_job *job)
{
    struct sandbox_stream *streams[] = {job->output, job->errors};
    for (size_t i = 0; i < 2; i++) {
        if (!streams[i])
            continue;
        streams[i]->size = 0;
        streams[i]->closed = false;
        streams[i]->error = 0;
    }
}

/* Makes the pipes of a job, or its terminal. Returns false and *error. */
static bool open_pipes(struct sandbox_worker *worker, const struct sandbox_job *job,
                       struct elfgen_error *error)
{
    bool terminal = worker->terminal.used;
    if (!sandbox_pipe_open(&worker->pipes[0], job->output, terminal ? &worker->terminal : NULL))
        return error_system(error, terminal ? "cannot make a terminal" : "cannot make a pipe",
                            errno);
    if (sandbox_has_errors(worker, job) && !sandbox_pipe_open(&worker->pipes[1], job->errors, NULL))
        return error_system(error, "cannot make a pipe", errno);
    if (terminal)
        sandbox_terminal_begin(&worker->terminal, job->input, worker->pipes[0].ends);
    return true;
}

bool sandbox_begin_job(struct sandbox_worker *worker, const struct sandbox_job *job, bool stops,
                       struct elfgen_error *error)
{
    extern char **environ;
    struct sandbox_shared *shared = worker->shared;
    size_t used = 0;
    clear_streams(job);
    shared->stops = stops;
    bool new_pipe = worker->pipes[0].ends[0] < 0 ||
                    (sandbox_has_errors(worker, job) && worker->pipes[1].ends[0] < 0);
    if (leads_outside(worker, job))
        return error_system(error, "descriptor 0", EISDIR);
    shared->has_input = job->input >= 0 || writes_input(worker) || worker->terminal.used;
    shared->keep = job->files != 0;
    shared->arguments = put(shared, job->arguments, &used);
    shared->environment = shared->arguments
                              ? put(shared, job->environment ? job->environment : environ, &used)
                              : NULL;
    if (!shared->environment)
        return error_system(error, "arguments and environment", E2BIG);
    if (!open_pipes(worker, job, error))
        return false;
    return send_job(worker, job, new_pipe) ||
           error_system(error, "the sandbox's worker is gone", errno);
}

bool sandbox_run(struct sandbox_worker *worker, const struct sandbox_job *job, struct run_end *end,
                 struct elfgen_error *error)
{
    sigset_t child, before;
    *end = (struct run_end){0};
    if (!sandbox_begin_job(worker, job, false, error))
        return false;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, &before);
    bool done = sandbox_supervise(worker, job, end);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!done)
        return error_system(error, "the sandbox's worker is gone", ECHILD);
    int number = worker->shared->no_process;
    return number == 0 || error_system(error, "cannot make a process in the sandbox", number);
}
