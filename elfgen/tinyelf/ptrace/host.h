/* Reads what the core's model of execve (elfgen/kernel.h) needs to know about this machine. */
#ifndef PTRACE_HOST_H
#define PTRACE_HOST_H

#include "base/file.h"
#include "elfgen/kernel.h"

/* Begins with what can be read fast: all that is in machine->unknown is then only assumed, as
 * elfgen/kernel.h says. */
void host_begin(struct elfgen_kernel_machine *machine);

/* Reads some of the facts that are unknown (enum elfgen_kernel_fact), each once. */
void host_learn(struct elfgen_kernel_machine *machine, unsigned facts);

/* Describes this machine, as its kernel reports it, for a program that this process starts. What
 * cannot be read keeps the value of elfgen_kernel_usual(). */
void host_machine(struct elfgen_kernel_machine *machine);

enum { HOST_NOT_READ = -1 };

/* Opens an interpreter as the kernel's open_exec() does. Returns 0, or the errno that execve then
 * has, or HOST_NOT_READ if it can be executed but not read. The caller frees *bytes in every case.
 * `path` is the name in the file; an empty one is the current folder. */
int host_open_interpreter(const char *path, struct file_bytes *bytes);

#endif
