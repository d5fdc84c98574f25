/* The options of `tinyelf build`, and its two ways: programs and hex sources. */
#ifndef BUILD_H
#define BUILD_H

#include "input/input.h"
#include "elfgen.h"

/* A file in memory. */
struct build_made {
    uint8_t *bytes; /* to be freed */
    size_t size;
    /* Of a program that was linked: offsets in the file of all absolute addresses, rising; to be
     * freed. NULL: not known. */
    uint32_t *addresses;
    size_t address_count;
    /* And addresses that nothing which code uses as one object crosses, rising; to be freed. */
    uint64_t *bounds;
    size_t bound_count;
    /* Its sections, without bytes; the offset of zeros is ELFGEN_NOWHERE. And all numbers that
     * depend on places, rising: `symbol` is the section to which they lead, `addend` counts from
     * its beginning. To be freed. */
    struct elfgen_section *sections;
    size_t section_count;
    struct elfgen_relocation *references;
    size_t reference_count;
};

struct build {
    char **inputs; /* at least one */
    size_t input_count;
    const char *output;     /* "-": standard output; set before anything is written */
    char *named;            /* the output's name if the user gave none; to be freed */
    const char *entry;      /* a symbol; NULL: an address, or _start */
    const char *entry_word; /* the word in which it follows -e, such as -e_start; else NULL */
    bool entry_address;     /* exec.entry is an address that the user gave */
    enum source_language language;
    enum source_assembler assembler; /* --assembler */
    const char *compiler;            /* --cc */
    char *compiler_flags;            /* all --cflags together; to be freed */
    uint16_t target;                 /* --target; 0: that of the inputs */
    struct elfgen_exec_options exec;
    bool split;    /* --layout */
    bool keep_all; /* --no-gc-sections */
    bool map, sections, debug;
    bool base_given;
    const char *program_option; /* the last option given that hex sources do not have */
    const char *hex_option;     /* the last option given that only hex sources have */
    const char *whole_option;   /* the last option given that sources of whole files do not have */
    bool hex;                   /* --from hex */
    bool big_endian, listing;   /* for hex sources only */
    bool verbose;
    bool no_check;           /* --no-check */
    struct build_made *made; /* not NULL: gets the file, which is not written */
};

/* Whether the input is a hex source: --from hex, or .hex, .hex0, .hex1, .hex2. */
bool build_is_hex(const struct build *build);

/* Makes a program from the inputs. Returns the exit status. */
int build_program(const struct build *build);

/* Makes a file from a hex source. Returns the exit status. */
int build_hex(const struct build *build);

/* Makes in memory what `tinyelf build INPUT...` would write; `from` is a choice of --from, or
 * SOURCE_DETECT. Returns the exit status of that, after reporting what is wrong. The caller frees
 * what is in *made. */
int build_in_memory(char **inputs, size_t count, int from, bool verbose, struct build_made *made);

/* Lists the addresses of a program that has its layout. Returns false after reporting that there is
 * no memory. */
bool build_addresses(const struct elfgen_program *program, uint16_t machine,
                     struct build_made *made);

/* Whether the file that -g writes beside the output is one of the inputs. */
bool build_debug_is_input(const struct build *build);

/* Writes the file, or hands it to build->made. Notes that a FILE.debug of another build is left
 * beside it. Returns false after reporting an error. */
bool build_deliver(const struct build *build, const void *bytes, size_t size);

/* Whether some Linux starts the bytes. If not, reports why, with this severity. */
bool build_check(const struct build *build, const void *bytes, size_t size,
                 enum report_severity severity);

/* Prints a diagnostic about an input: its place, the line, and a caret. Notes without a place in a
 * file are only printed if `verbose` is set. */
void build_diagnostic(const struct report *report, bool verbose);

#endif
