/* Parameters of system calls as C declares them. */
#ifndef CALLS_TEXT_H
#define CALLS_TEXT_H

#include "calls_facts.h"

enum { CALLS_PROTOTYPE = 512 };

/* A parameter as C declares it: "const void *buf". */
void calls_parameter(const struct call_parameter *parameter, char *text, size_t room);

/* The call as C declares it; its name alone where the parameters are not known. */
void calls_prototype(const struct call_facts *call, char text[CALLS_PROTOTYPE]);

/* The names of the parameters with commas between them; "none", or "?" where they are not known. */
void calls_parameter_names(const struct call_facts *call, char text[CALLS_PROTOTYPE]);

#endif
