/* The program that runs: its file, and the folder of that. */
#ifndef BASE_OWN_PROGRAM_H
#define BASE_OWN_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* A path that starts the running program again, also if its file was replaced or deleted. */
#define OWN_PROGRAM "/proc/self/exe"

/* Gets the folder of the program's file, with a slash at its end. Returns false, and "", if it is
 * not known or does not fit in `room` bytes, at least 1. */
bool own_program_folder(char *folder, size_t room);

#endif
