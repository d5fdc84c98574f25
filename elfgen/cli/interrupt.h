/* Ctrl-C and its like, while a program runs that is to end as well. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>
#include <sys/types.h>

/* From now on SIGINT, SIGTERM, SIGHUP and SIGQUIT do not end this process but are noted, and
 * SIGALRM interrupts what waits. */
void interrupt_watch(void);

/* After a wait was interrupted: what was noted is handed on to the process `id`, if it came to this
 * one alone (from a terminal, both have it); true when it is time to kill: after a second such
 * signal, or a second after the first. 0: there is no such process (yet). */
bool interrupt_kills(pid_t id);

#endif
