/* What the core's model of execve (elfgen/kernel.h) needs to know of this machine. */
#ifndef HOST_H
#define HOST_H

#include "../source/bytes.h"
#include "elfgen/kernel.h"

/* This machine, as its kernel tells it, for a program that this process starts. What cannot be read
 * stays as elfgen_kernel_usual() has it. */
void host_machine(struct elfgen_kernel_machine *machine);

enum { HOST_NOT_READ = -1 };

/* An interpreter as open_exec() opens it: 0, or the errno that execve then has, or
 * HOST_NOT_READ: it can be opened to be run, and not to be read. *bytes is to be freed either
 * way. `path` is as the file names it; an empty one is the current folder. */
int host_open_interpreter(const char *path, struct file_bytes *bytes);

#endif
