/* What `tinyelf build` was asked for; shared by its two roads, programs and hex sources. */
#ifndef BUILD_H
#define BUILD_H

#include "../source/source.h"
#include "elfgen.h"

struct build {
    char **inputs; /* at least one */
    size_t input_count;
    const char *output; /* "-": standard output; set before the work begins */
    char *named;        /* the output's name where the user said none, to be freed */
    const char *entry;  /* a symbol; NULL: an address, or _start */
    bool entry_address; /* exec.entry is the user's */
    enum source_language language;
    const char *compiler; /* --cc */
    char *compiler_flags; /* --cflags, all of them; to be freed */
    uint16_t target;      /* --target; 0: what the inputs are for */
    struct elfgen_exec_options exec;
    bool split;    /* --layout */
    bool keep_all; /* --no-gc-sections */
    bool map, sections, debug;
    bool base_given;
    const char *program_option; /* the last option given that a hex source has no use for */
    const char *hex_option;     /* the last one that only a hex source has a use for */
    bool hex;                   /* --from hex */
    bool big_endian, listing;   /* hex sources only */
    bool verbose;
    bool no_check; /* --no-check */
};

/* Whether the input is a hex source: --from hex, or .hex, .hex0, .hex1, .hex2. */
bool build_is_hex(const struct build *build);

/* Makes the output from all other inputs. Returns the exit status. */
int build_program(const struct build *build);

/* Makes the output from a hex source. Returns the exit status. */
int build_hex(const struct build *build);

/* Whether there is a Linux that starts the bytes; says what keeps it from that, as an "error" or a
 * "warning". */
bool build_check(const struct build *build, const void *bytes, size_t size, const char *kind);

/* Prints what the inputs' readers and compilers report: place, line, and a caret. Notes without a
 * place in a file are printed for `verbose` alone. */
void build_diagnostic(const struct source_message *what, bool verbose);

#endif
