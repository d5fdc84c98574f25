/* Lets commands that run programs handle Ctrl-C and similar signals: SIGINT, SIGTERM, SIGHUP and
 * SIGQUIT, called "stops" below, and an output whose reader is gone. Nothing else in the commands
 * handles them, but that the line of cli/progress.h is wiped.
 *
 * The handler only notes a signal and makes waits end; the command asks whether one was noted.
 * Signals that were ignored from the start (by nohup, or in a shell's background) stay ignored,
 * here and in programs that are started. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/* ---- noting signals ---- */

/* From now on, stops are noted instead of ending this process. So is a SIGALRM that someone else
 * sent. Stops interrupt waits (EINTR). As one may come just before a wait begins, waits are
 * interrupted again each second after the first stop. Check interrupt_came() before each wait. */
void interrupt_watch(void);

/* Unless a stop was noted, stops end this process again from now on. This is for work after the
 * watch that may wait for others, such as the reader of a pipe. */
void interrupt_unwatch(void);

/* Whether a stop was noted. This is cheap. */
bool interrupt_came(void);

/* The last signal noted; 0: none. */
int interrupt_signal(void);

/* ---- acting on them ---- */

/* Gives a program the chance to end by itself. Call this when a wait was interrupted: it passes the
 * signal on to the process `id` if only this process received it (a terminal sends it to both).
 * Returns true when it is time to kill: after a second stop, or a second after the first. An `id`
 * of 0 means that there is no process (yet). */
bool interrupt_kills(pid_t id);

/* The reader of an output is gone: a write failed with EPIPE. Call this where nothing is half done.
 * During a watch this is noted, as a SIGPIPE; otherwise it ends this process with SIGPIPE,
 * silently, as it ends programs that do not ignore that signal (main() does). Returns false if
 * SIGPIPE was ignored or blocked from the start: then EPIPE is an error as any other. */
bool interrupt_pipe(void);

/* Whether interrupt_pipe() noted something. */
bool interrupt_pipe_came(void);

/* Ends this process with the signal that was noted, as it would have without the watch, but without
 * a core file. Returns if none was noted. */
void interrupt_die(void);

/* ---- a clock that ends waits; it owns SIGALRM ---- */

/* Interrupts a wait once, after `milliseconds`, which are less than 1000. For use during a watch.
 */
void interrupt_soon(unsigned milliseconds);

/* Interrupts waits every `milliseconds`, which are less than 1000; 0 stops that. Needs no watch. */
void interrupt_tick(unsigned milliseconds);

/* ---- holding signals back ---- */

/* Blocks the stops, and unblocks them again, around work that must not be left half done. */
void interrupt_hold(sigset_t *before);
void interrupt_release(const sigset_t *before);

#endif
