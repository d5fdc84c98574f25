/* Makes a child, and sets what a program that it executes starts with: signals, descriptors,
 * limits.
 *
 * In the child, nothing here allocates, takes a lock or uses the C library's state, so the child
 * may share its parent's memory. input/tool_child.c has a way of its own: it needs PATH, and
 * neither a tracer nor limits. */
#ifndef PTRACE_CHILD_SETUP_H
#define PTRACE_CHILD_SETUP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* For functions that a child runs: on its stack, which may be inside of one of the parent's
 * functions, AddressSanitizer would leave marks that nothing removes. */
#define CHILD_FUNCTION __attribute__((no_sanitize_address))

/* A stack for a child that shares its parent's memory. Nothing guards its end: it has room for what
 * sanitizers make of the few functions that a child calls. */
struct child_stack {
    _Alignas(16) uint8_t bytes[16384];
};

/* Makes a child (clone(2) with `flags`) that calls function(context) on a stack of its own. The
 * function must not return. `secret` is the sixth argument of the call. Block all signals before:
 * the child must not run this process's handlers. Returns the process id, or a negative errno. */
long child_clone(unsigned long flags, struct child_stack *stack, void (*function)(void *context),
                 void *context, uint64_t secret);

/* A resource limit (setrlimit(2)). */
struct child_limit {
    int what;     /* RLIMIT_... */
    bool at_most; /* lower limits stay as they are */
    uint64_t soft, hard;
};

/* All zeros: it starts with what this process has. */
struct child_setup {
    uint64_t secret;         /* the sixth argument of each call, for a filter that asks for it */
    const sigset_t *ignored; /* these signals are ignored, all others have their default action */
    const sigset_t *blocked; /* the signal mask */
    bool fixed;              /* no address space randomization */
    bool dies;               /* it is killed when the thread that started it ends */
    pid_t parent;            /* fails if this process is already gone; 0: does not ask */
    bool session;            /* a session of its own, whose terminal is descriptor 1, if that is a
                                terminal */
    const int *files;        /* three descriptors above 2, which become 0, 1 and 2; -1: closed */
    int only; /* of the descriptors above 2, only this one stays open; 0: close-on-exec decides */
    const struct child_limit *limits;
    size_t limit_count;
};

/* Called in the child. Returns 0, or the errno of what failed: descriptors, or the parent's end
 * (ECHILD). Kernels without the rest go on without it. */
int child_set_up(const struct child_setup *setup);

#endif
