/* Finds whose call a system call is: the dynamic linker's, a library's, or the program's. */
#ifndef PTRACE_CALLER_H
#define PTRACE_CALLER_H

#include "ptrace.h"

enum caller {
    CALLER_LOADER,  /* the kernel's or the dynamic linker's: the program is being loaded */
    CALLER_LIBRARY, /* the C library's own, before main and after it */
    CALLER_PROGRAM  /* the program's code made it, or waits for a function that made it */
};

struct caller_range {
    uint64_t from, to; /* addresses; equal: none */
};

/* Where the code of a process is. Read once after each execve. */
struct caller_image {
    size_t word;                     /* bytes of an address */
    uint64_t entry;                  /* AT_ENTRY */
    struct caller_range interpreter; /* none: the program has no dynamic linker */
    struct caller_range program;     /* all of its file's mappings */
    /* The program's own code. caller_read_image() sets it to `program`; in a static C program,
     * whose file has the library as well, the caller sets it to main. */
    struct caller_range own;

    /* Private: where main's return address is, once it was seen, and what it is. */
    uint64_t slot, return_address;
};

/* Reads /proc/ID/auxv and maps. Returns false if the process is gone or they make no sense. */
bool caller_read_image(pid_t id, struct caller_image *image);

/* Whose call process->call is, for a process that is stopped in it. Where return addresses on the
 * stack must tell, those are taken that follow a call instruction. */
enum caller caller_of(struct caller_image *image, const struct process *process);

#endif
