/* Ctrl-C and its like, for commands that run programs: SIGINT, SIGTERM, SIGHUP and SIGQUIT, "the
 * stops" below. Nothing else in the commands has a handler for them.
 *
 * Whoever watches asks: the handler only notes, and sees to it that waits end. Those that were
 * ignored from the start (nohup, a shell's background) stay so, here and in the programs. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* ---- noted ---- */

/* From now on the stops do not end this process but are noted; so is a SIGALRM that somebody else
 * wanted. A wait ends by them (EINTR), and, as they may come directly before it begins, again each
 * second after the first. The wait that this is for should look at what was noted before each. */
void interrupt_watch(void);

/* No more, unless one was noted: from now on the stops end this process again. For what comes
 * behind the watch and may wait for somebody, such as the reader of a pipe. */
void interrupt_unwatch(void);

/* Whether one was noted. Costs nothing. */
bool interrupt_came(void);

/* The one that was noted last; 0: none. */
int interrupt_signal(void);

/* ---- acted upon ---- */

/* For a program that is to end in its own way, if it does so soon. To be asked when a wait was
 * interrupted: what was noted is handed on to the process `id`, if it came to this one alone (from
 * a terminal, both have it). True when it is time to kill: after a second one, or a second after
 * the first. 0: there is no such process (yet). */
bool interrupt_kills(pid_t id);

/* This process dies of what was noted, as it would have without a watch, but leaves no core file.
 * Returns if nothing was. */
void interrupt_die(void);

/* ---- the clock that ends waits: SIGALRM is theirs alone ---- */

/* While watched: a wait ends once, in so many milliseconds, below 1000. */
void interrupt_soon(unsigned milliseconds);

/* Also unwatched: from now on waits end every so many milliseconds, below 1000; 0: no longer. */
void interrupt_tick(unsigned milliseconds);

/* ---- what must not be left half done ---- */

/* The stops wait until they are let in again. */
void interrupt_hold(sigset_t *before);
void interrupt_release(const sigset_t *before);

#endif
