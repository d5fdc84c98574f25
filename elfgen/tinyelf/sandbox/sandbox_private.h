/* What the two sides of a worker share: private to the sandbox's files. */
#ifndef SANDBOX_PRIVATE_H
#define SANDBOX_PRIVATE_H

#include <limits.h>

#include "sandbox.h"

struct sock_fprog;

/* Makes the filter as the kernel takes it: the calls that each program may make, those of `kinds`,
 * and if descriptors 0, 1 and 2 are a `terminal`, those for it. Calls with `secret` in the sixth
 * argument are the worker's own. Free it with sandbox_free_filter(). Returns false with errno if
 * there is no memory, or if libseccomp fails. */
bool sandbox_make_filter(uint64_t secret, unsigned kinds, bool terminal, struct sock_fprog *filter);
void sandbox_free_filter(struct sock_fprog *filter);

/* Memory that both sides see, at the same address. */
struct sandbox_shared {
    /* set by sandbox_open() */
    const struct sock_fprog *filter;
    uint64_t secret;
    int socket;
    struct run_limits limits;
    sigset_t ignored, blocked;
    bool fixed, session;
    bool user; /* the worker is in its own user namespace, and maps itself there to: */
    uid_t user_id;
    gid_t group_id;
    unsigned kinds; /* of system calls, as in struct sandbox_options */

    /* the worker's answer */
    unsigned lacks; /* enum sandbox_lack */
    int no_folder;  /* errno of why it has no working directory to read files from, or 0 */
    int error;      /* of seccomp; later of each execve, 0 if it succeeded */
    int no_process; /* errno of the clone before that, or 0 */

    /* of a job */
    bool has_input, keep;            /* keep: the descriptors are kept for the next job */
    bool stops;                      /* its child stops itself before the execve, for a tracer */
    char **arguments, **environment; /* into `text` */

    /* of its end */
    int status;         /* from wait4 */
    uint64_t processor; /* ru_utime and ru_stime in nanoseconds */
    uint64_t memory;    /* ru_maxrss in bytes, which is at least the worker's */
    uint64_t
        own_memory; /* the worker's, including the arguments that it passed, and a little more */

    size_t room;    /* of `text` */
    uint8_t text[]; /* pointers, followed by strings */
};

/* Messages on the socket, one byte each. */
enum sandbox_word {
    SANDBOX_READY = 'r', /* worker: shared->error and lacks are set */
    SANDBOX_JOB = 'j', /* supervisor: sends the descriptors of program, input, output and errors */
    SANDBOX_AGAIN = 'a',   /* supervisor: uses the descriptors of the last job */
    SANDBOX_STARTED = 's', /* the child, before its execve; the kernel adds its process id */
    SANDBOX_GO = 'g',      /* supervisor, to the child */
    SANDBOX_ENDED = 'e'    /* worker: shared->status and memory are set */
};
enum { SANDBOX_DESCRIPTORS = 4 };

/* The main function of the worker. All signals are blocked. */
__attribute__((noreturn)) void sandbox_worker_main(struct sandbox_shared *shared);

/* Enters network, mount and IPC namespaces, with an empty root, or with one that contains the
 * working directory alone. Sets shared->no_folder, and returns bits of enum sandbox_lack. */
unsigned sandbox_enter_namespaces(struct sandbox_shared *shared);

/* The working directory on its way into another root. */
struct sandbox_folder {
    int mount; /* a descriptor of it, as a mount that is nowhere yet; -1: there is none */
    char path[PATH_MAX];
};

/* Takes the working directory and what is below it, without what is mounted there, as a mount where
 * nothing can be written or executed and no device can be opened. Returns 0, or errno: EBUSY if it
 * is the root, EOPNOTSUPP if its files are not files on a medium (/proc, /sys), EINVAL if a normal
 * user's namespace cannot leave out what is mounted below it, ENOSYS before Linux 5.12. */
int sandbox_folder_take(struct sandbox_folder *folder);

/* Puts it at the same path of the root, where folders can be made, and enters it. Returns 0 or
 * errno. */
int sandbox_folder_place(struct sandbox_folder *folder);

struct pollfd;

/* ---- a terminal ---- */

enum { SANDBOX_PIECE = 4096 };

/* The terminal of a worker's programs, one after another, and what is typed into it. */
struct sandbox_terminal {
    bool used;
    unsigned columns, lines; /* its size; 0: the usual one */
    int source;              /* where the input comes from; -1: there is none */
    bool ended;              /* the input has no more bytes */
    bool holds;              /* something is to be typed when the program waits for it */
    uint64_t pause;          /* nanoseconds until the next look whether it does */
    unsigned ends;           /* how often the input's end was typed */
    size_t line;             /* bytes of the line that is being typed */
    size_t start, size;      /* of `bytes` that are still to be typed */
    uint8_t bytes[SANDBOX_PIECE];
};

/* Makes a terminal: its master's and its slave's side. Returns false and errno. */
bool sandbox_terminal_open(const struct sandbox_terminal *terminal, int ends[2]);

/* Gives it the settings that each program starts with, discards what the program before left in it,
 * and begins with an input, which is read from `source`. */
void sandbox_terminal_begin(struct sandbox_terminal *terminal, int source, const int ends[2]);

/* Types what the input has and the program `id` waits for, without waiting. If it `holds` something
 * then, there is nothing to poll for: look again after its `pause`. */
void sandbox_terminal_type(struct sandbox_terminal *terminal, const int ends[2], pid_t id);

/* What to poll for: more input. */
struct pollfd sandbox_terminal_events(const struct sandbox_terminal *terminal);

/* ---- output ---- */

/* A pipe that a program writes to, or the terminal that it has instead of two pipes; and the stream
 * for its output. */
struct sandbox_pipe {
    int ends[2]; /* the reader's, and the program's; -1: there is none */
    struct sandbox_stream *stream;
    bool regular;       /* the stream's descriptor never blocks a writer */
    size_t start, size; /* bytes that have not been written yet */
    uint8_t bytes[65536];
};

/* Makes a pipe for a stream, or `terminal` if that is not NULL, unless it is there from the job
 * before. Returns false and errno. */
bool sandbox_pipe_open(struct sandbox_pipe *pipe, struct sandbox_stream *stream,
                       const struct sandbox_terminal *terminal);
void sandbox_pipe_close(struct sandbox_pipe *pipe);

/* What to poll for: reading, or writing what has been read. */
struct pollfd sandbox_pipe_events(const struct sandbox_pipe *pipe);

/* Reads and writes as far as possible without waiting. At most `left` bytes go to the stream, the
 * rest is dropped. Returns how many bytes the program had written. */
size_t sandbox_pipe_move(struct sandbox_pipe *pipe, uint64_t left);

/* Whether all bytes that were read have been written. */
bool sandbox_pipe_is_empty(const struct sandbox_pipe *pipe);

#endif
