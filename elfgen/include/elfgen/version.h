/* The version of the library. It is defined only here: CMake, the package and the command read it
 * from these three lines.
 *
 * While the major number is 0, a program that was compiled for one minor number needs that one: a
 * larger one may change structures and functions. From 1 on the same holds for the major number. */
#ifndef ELFGEN_VERSION_H
#define ELFGEN_VERSION_H

#include <stdint.h>

#include "elfgen/api.h"

#define ELFGEN_VERSION_MAJOR 0
#define ELFGEN_VERSION_MINOR 2
#define ELFGEN_VERSION_PATCH 0

/* A version as a number that can be compared, also by #if: minor and patch are below 1000. */
#define ELFGEN_VERSION_NUMBER(major, minor, patch)                                                 \
    ((major)*UINT32_C(1000000) + (minor)*UINT32_C(1000) + (patch))

/* The headers' version: as a number, and as text with dots. */
#define ELFGEN_VERSION                                                                             \
    ELFGEN_VERSION_NUMBER(ELFGEN_VERSION_MAJOR, ELFGEN_VERSION_MINOR, ELFGEN_VERSION_PATCH)
#define ELFGEN_VERSION_TEXT                                                                        \
    ELFGEN_VERSION_JOIN(ELFGEN_VERSION_MAJOR, ELFGEN_VERSION_MINOR, ELFGEN_VERSION_PATCH)
#define ELFGEN_VERSION_JOIN(major, minor, patch)  ELFGEN_VERSION_JOIN_(major, minor, patch)
#define ELFGEN_VERSION_JOIN_(major, minor, patch) #major "." #minor "." #patch

/* The same of the library that the program runs with, which may be a later one than its headers. */
ELFGEN_API uint32_t elfgen_version(void);
ELFGEN_API const char *elfgen_version_text(void);

#endif
