/* Shows on standard error how far a command is that takes more than a second.
 *
 *     size_t done = 0;
 *     progress_begin(&(struct progress){.doing = "checking", .things = "files", .all = count,
 *                                       .done = &done});
 *     ... counts `done` up ...
 *     progress_end();
 *
 * One line, if standard error is a terminal that this process may write to and that knows escape
 * sequences (TERM). A timer draws it, so the work itself takes no longer. It is wiped at the end,
 * by Ctrl-C and its like, and for messages. It is not drawn while standard output goes to a
 * terminal either, nor after output to a pipe, whose reader may show it there. No call changes
 * errno. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One thing that a command does. Its texts must not change until progress_end(). */
struct progress {
    const char *doing;           /* "reading" */
    const char *file;            /* its name is shown without folders; NULL: none */
    const char *things;          /* "runs"; NULL: bytes */
    uint64_t all;                /* how many there are; 0: this is not known */
    const volatile size_t *done; /* how many of them are done; NULL: only the time is shown */
    bool unlike;                 /* each takes another time: that of this one is shown, no rate */
};

/* Begins one thing. It may be a part of another one, which is shown again after it. The first
 * second has no line, counted from the first call. */
void progress_begin(const struct progress *progress);

/* Goes on with another thing instead. */
void progress_next(const struct progress *progress);

/* Ends it; if it is no part of another one, removes the line. */
void progress_end(void);

/* Removes the line until progress_release(), for other output to a terminal. May be nested. */
void progress_hold(void);
void progress_release(void);

/* Says that a piece of standard output is written: before, and after. */
void progress_hold_output(void);
void progress_release_output(void);

#endif
