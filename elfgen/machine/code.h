/* A file's code, followed: the map's code, the machine that decodes it, and their memory. */
#ifndef CODE_H
#define CODE_H

#include "elfgen.h"
#include "machine.h"

struct code {
    struct elfgen_code code;
    struct machine machine;
    void *memory;
};

/* Follows the code of a file. NULL and no error: there is none that is known here. NULL and
 * *problem: a sentence. Free it with code_close(); the view must outlive it. */
struct code *code_open(const struct elfgen_view *view, enum elfgen_code_mode mode,
                       enum machine_syntax syntax, const char **problem);
void code_close(struct code *code);

#endif
