/* What stands in the files of the steps from C to a program, and how it is told. */
#ifndef REPORT_STAGES_H
#define REPORT_STAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "../process/measure.h"
#include "../source/stages.h"
#include "elfgen/text.h"

enum { MOST_NEEDS = 64 }; /* undefined symbols that are kept by name */

/* A name in the file's bytes, not ended by NUL. */
struct stage_name {
    const char *at;
    size_t length;
};

/* Measured in the bytes, nothing is taken from elsewhere. What a file of its kind does not have is
 * 0. */
struct stage_facts {
    bool is_elf;
    /* Text. */
    uint64_t lines;        /* as wc counts them */
    uint64_t own_lines;    /* preprocessed: those with something in them, of the user's file */
    uint64_t header_lines; /* the same, of others */
    uint64_t headers;      /* how many others gave some */
    uint64_t instructions, labels, directives; /* assembly */
    /* ELF. */
    unsigned bits; /* 32 or 64 */
    uint64_t type, machine, entry;
    uint64_t sections;                   /* section headers but the empty first */
    uint64_t loaded, loaded_size;        /* those with SHF_ALLOC and a size, and its sum */
    uint64_t code_size;                  /* those of them with SHF_EXECINSTR */
    uint64_t defined;                    /* symbols: global or weak, with a place */
    uint64_t undefined;                  /* and without */
    struct stage_name needs[MOST_NEEDS]; /* the first of these */
    uint64_t relocations;
    uint64_t segments;
    struct stage_name interpreter; /* PT_INTERP's */
};

/* `input` is the C file as the compiler was told of it: its path. */
void stage_measure(const struct file_bytes *bytes, enum stage_number number, const char *input,
                   struct stage_facts *facts);

/* One screen of 100 columns. `folder` is where the files are kept; `runs`: what the program of each
 * way did when it ran, NULL: none was to run. */
void stages_text(const struct stages *stages, const char *folder, const struct profile *runs,
                 struct elfgen_text *out);

/* One JSON object; every key is there, whatever was made. `folder` NULL: nothing is kept. */
void stages_json(const struct stages *stages, const char *folder, const struct profile *runs,
                 struct elfgen_text *out);

/* ---- shared by the two ---- */

struct stages_facts {
    struct stage_facts input;
    struct stage_facts of[WAY_COUNT][STAGE_COUNT];
};
void stages_measure(const struct stages *stages, struct stages_facts *facts);

/* What the file is, from its bytes: "C text, preprocessed", "ELF64 relocatable object". */
const char *stage_kind(const struct stage_facts *facts, enum stage_number number);

/* The line of a failed step that says most, and its length; NULL: nothing was said. */
const char *stage_reason(const struct stage *stage, size_t *length);

/* The rows about a run: a label each, and what stands in a way's column, to be freed; NULL: out of
 * memory. */
enum { STAGE_RUN_ROWS = 5 };
extern const char *const stage_run_labels[STAGE_RUN_ROWS];
char *stage_run_cell(const struct stages *stages, const struct profile *run, size_t row);

#endif
