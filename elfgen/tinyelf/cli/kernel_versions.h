/* The versions of Linux that an option --kernel names. */
#ifndef CLI_KERNEL_VERSIONS_H
#define CLI_KERNEL_VERSIONS_H

#include <stdint.h>

/* The oldest and the newest one that the library knows. */
#define KERNEL_OLDEST "4.19"
#define KERNEL_NEWEST "6.18"

/* ELFGEN_LINUX() of the first and the last one; the same if one is meant. */
struct kernel_versions {
    uint32_t first, last;
};

/* Reads a version such as 6.1, 6.1.5 or 6.1.0-50-amd64, a range as 5.4-6.1 or 5.4-, or all. Returns
 * EXIT_YES, or EXIT_USAGE after reporting what is wrong. */
int kernel_versions_read(const char *command, const char *text, struct kernel_versions *versions);

/* The series after this one. */
uint32_t kernel_versions_next(uint32_t version);

#endif
