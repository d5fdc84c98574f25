/* What `tinyelf build` was asked for; shared by its two roads, programs and hex sources. */
#ifndef BUILD_H
#define BUILD_H

#include "../source/source.h"
#include "elfgen.h"

struct build {
    const char *input;
    const char *output; /* NULL: named after the input */
    const char *entry;  /* a symbol; NULL: exec.entry, else _start */
    enum source_language language;
    struct elfgen_exec_options exec;
    bool base_given;
    const char *program_option; /* the last option given that a hex source has no use for */
    const char *hex_option;     /* the last one that only a hex source has a use for */
    bool hex;                   /* --from hex */
    bool big_endian, listing;   /* hex sources only */
    bool verbose;
};

/* The input's name without its ending, or a.out: where to write if -o did not say. */
void build_default_output(const struct build *build, char *name, size_t room);

/* Whether the input is a hex source: --from hex, or .hex, .hex0, .hex1, .hex2. */
bool build_is_hex(const struct build *build);

/* Makes the output from a hex source. Returns the exit status. */
int build_hex(const struct build *build);

#endif
