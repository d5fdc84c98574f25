/* Starts a tool as a process that ends with this one. */
#ifndef INPUT_TOOL_CHILD_H
#define INPUT_TOOL_CHILD_H

#include <stddef.h>
#include <sys/types.h>

enum { TOOL_FILES = 5 };

/* What is started. Standard input is /dev/null. */
struct tool_child {
    const char *program;    /* a path, or a name that is on PATH */
    char *const *arguments; /* the program first; ends with NULL */
    char *const *environment;
    /* Descriptors that the tool has under other numbers; those to copy are above all of these. A
     * negative one is none. */
    struct {
        int from, to;
    } files[TOOL_FILES];
};

/* Starts the tool, with default actions for SIGPIPE and SIGXFSZ, which this process may ignore. It
 * gets SIGTERM when the thread that calls this ends. Returns 0 and sets *id, or returns an errno:
 * ENOENT if there is no such program. */
int tool_child_start(const struct tool_child *child, pid_t *id);

#endif
