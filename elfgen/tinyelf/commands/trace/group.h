/* Marks system calls by whose they are: loading, the C library's own, the program's. */
#ifndef GROUP_H
#define GROUP_H

#include "ptrace/caller.h"

/* What is known of the traced processes. Zeroed first. */
struct groups {
    struct group_process *processes;
    size_t count, capacity;
};

/* Notes an event, and says whose the call of a PROCESS_CALL or PROCESS_RESULT is. `execve`: the
 * call is one that replaces the program. */
enum caller group_note(struct groups *groups, const struct process_event *event, bool execve);
void groups_free(struct groups *groups);

/* "loading", "C library", "program", for readers; "loading", "library", "program", for programs. */
const char *group_text(enum caller caller);
const char *group_name(enum caller caller);

#endif
