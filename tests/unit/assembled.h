/* What was assembled; shared by the tests of assemble/. */
#ifndef ASSEMBLED_H
#define ASSEMBLED_H

#include "elfgen/assemble.h"
#include "room.h"

enum { MEMORY = 1 << 20 };

extern uint8_t memory[MEMORY];
extern struct elfgen_assembly assembly;
extern struct elfgen_error last_error;

/* Notes each message as "LINE CLASS" and a newline. */
void tell(void *context, const struct elfgen_assemble_message *message);

/* The bytes of a section are these hex digits. */
void has_bytes(const char *name, const char *hex);

const struct elfgen_symbol *symbol(const char *name, struct elfgen_assembly_symbol *more);

TCase *assemble_flat_cases(void);

#endif
