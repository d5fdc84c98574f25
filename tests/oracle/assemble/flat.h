/* Compares a flat file and its labels with what nasm made. */
#ifndef TEST_ORACLE_ASSEMBLE_FLAT_H
#define TEST_ORACLE_ASSEMBLE_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/assemble.h"

/* Whether the file that nasm -f bin made, or the labels of its map, differ from a flat assembly;
 * then `text` says how, and *offset is the place of the first byte that differs, if one does. Exits
 * if they cannot be read. */
bool flat_differs(const char *file, const char *map, const struct elfgen_assembly *assembly,
                  char *text, size_t room, uint64_t *offset);

#endif
