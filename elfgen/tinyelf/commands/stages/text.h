/* Prints the steps from C to a program, with facts counted in their files. */
#ifndef STAGES_TEXT_H
#define STAGES_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "ptrace/profile.h"
#include "pipeline.h"
#include "elfgen/text.h"

enum { MOST_NEEDS = 64 }; /* undefined symbols kept by name */

/* A name in the bytes of a file, without a NUL at its end. */
struct stage_name {
    const char *at;
    size_t length;
};

/* Counted in the bytes of the file alone. What a file of its kind does not have is 0. */
struct stage_facts {
    bool is_elf;
    /* Text. */
    uint64_t lines;        /* as wc counts them */
    uint64_t own_lines;    /* preprocessed: lines of the user's file that are not blank */
    uint64_t header_lines; /* the same of other files */
    uint64_t headers;      /* how many other files these come from */
    uint64_t instructions, labels, directives; /* assembly */
    /* ELF. */
    unsigned bits; /* 32 or 64 */
    uint64_t type, machine, entry;
    uint64_t sections;            /* section headers, with the empty first, as in e_shnum */
    uint64_t loaded, loaded_size; /* sections with SHF_ALLOC and a size; the sum of their sizes */
    uint64_t code_size;           /* the sum of those with SHF_EXECINSTR */
    uint64_t defined;             /* global or weak symbols with a place */
    uint64_t undefined;           /* and without one */
    struct stage_name needs[MOST_NEEDS]; /* the first of the undefined */
    uint64_t relocations;
    uint64_t segments;
    struct stage_name interpreter; /* PT_INTERP's */
};

/* ---- shared by both ---- */

struct stages_facts {
    struct stage_facts input;
    struct stage_facts of[WAY_COUNT][STAGE_COUNT];
};
/* Returns false if there is no memory. */
bool stages_measure(const struct stages *stages, struct stages_facts *facts);

/* Prints one screen of 100 columns. `folder` is where the files are kept; `runs` has what each
 * program did when it ran, or is NULL. Returns false if there is no memory. */
bool stages_text(const struct stages *stages, const struct stages_facts *facts, const char *folder,
                 const struct profile *runs, struct elfgen_text *out);

/* Prints one JSON object with all keys, whatever was made. `folder` NULL: no files are kept. */
void stages_json(const struct stages *stages, const struct stages_facts *facts, const char *folder,
                 const struct profile *runs, struct elfgen_text *out);

/* The kind of file, from its bytes: "C text, preprocessed", "ELF64 relocatable object". */
const char *stages_kind(const struct stage_facts *facts, enum stage_number number);

/* The rows about a run: a label each, and the text in a way's column, to be freed; NULL if memory
 * ran out. */
enum { STAGES_RUN_ROWS = 5 };
extern const char *const stages_run_labels[STAGES_RUN_ROWS];
char *stages_run_cell(const struct stages *stages, const struct profile *run, size_t row);

/* What a noun after `count` ends with: "s", or "" after 1. */
const char *stages_plural(uint64_t count);

#endif
