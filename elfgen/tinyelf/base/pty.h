/* Pseudo-terminals. */
#ifndef BASE_PTY_H
#define BASE_PTY_H

#include <stdbool.h>

/* Makes a pseudo-terminal, which becomes no process's controlling terminal. *master is the side of
 * the person who types and sees, *slave that of the program. Both are closed by an execve. Returns
 * false and errno. */
bool pty_open(int *master, int *slave);

#endif
