/* Two files side by side. A file is measured once, into one struct; text and JSON print that. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "../process/measure.h"
#include "elfgen.h"

/* Who may own a byte: X(key, label). The first three are headers. */
#define COMPARE_OWNERS(X)                                                                          \
    X(elf_header, "ELF header")                                                                    \
    X(program_headers, "program headers")                                                          \
    X(section_headers, "section headers")                                                          \
    X(code, "code")                                                                                \
    X(data, "data")                                                                                \
    X(dynamic, "dynamic linking")                                                                  \
    X(unwind, "unwind tables")                                                                     \
    X(notes, "notes")                                                                              \
    X(symbols, "symbols")                                                                          \
    X(debug, "debug")                                                                              \
    X(other, "other")

enum compare_owner {
#define X(key, label) OWNER_##key,
    COMPARE_OWNERS(X)
#undef X
        COMPARE_OWNER_COUNT,
    COMPARE_HEADERS = OWNER_code /* the owners below are headers */
};

/* A key in JSON and a label, of an owner. */
struct compare_owner_name {
    const char *key, *label;
};
extern const struct compare_owner_name compare_owner_names[COMPARE_OWNER_COUNT];

/* Every byte of a file once: the sum of `alone`, `several`, `padding` and `unknown` is its size. */
struct compare_bytes {
    uint64_t alone[COMPARE_OWNER_COUNT];  /* of this owner and no other */
    uint64_t several;                     /* of more than one */
    uint64_t shared[COMPARE_OWNER_COUNT]; /* those of `several` that this owner has, too */
    uint64_t padding;                     /* zeros that nobody owns and that fill up */
    uint64_t unknown;                     /* that nobody owns, either */
};

/* By permission: 4 read, 2 write, 1 execute, as in p_flags. */
enum { COMPARE_PERMISSIONS = 8 };
extern const char *const compare_permission_names[COMPARE_PERMISSIONS];

struct compare_memory {
    uint64_t bytes, pages; /* of all PT_LOAD segments, whole pages as Linux maps them */
    uint64_t from_file;    /* of `bytes`; the rest is zeros, and pages past the file's end */
    uint64_t by[COMPARE_PERMISSIONS];
    bool refused; /* Linux does not map it: a segment's offset and address differ within a page */
};

struct compare_count {
    uint64_t all;
    uint64_t loaded[COMPARE_PERMISSIONS]; /* PT_LOAD; sections that are in memory */
    uint64_t others;
};

/* Bytes of the file. */
struct compare_string {
    const char *bytes;
    size_t length;
};

enum { COMPARE_NEEDED = 256 }; /* libraries that are named; all are counted */

struct compare_facts {
    const char *file; /* its name, the caller's */
    const struct elfgen_view *view;
    struct compare_bytes bytes;
    struct compare_count segments, sections; /* those in the file */
    bool runs; /* it is a program or library: entry and memory mean something */
    struct compare_memory memory;
    bool has_instructions; /* they are x86's and were looked for */
    uint64_t instructions;
    struct compare_string interpreter; /* NULL: none */
    struct compare_string needed[COMPARE_NEEDED];
    uint64_t needed_count;
    /* The first thing that headers promise and the file does not have, ELFGEN_OK: nothing. */
    struct elfgen_error missing;
    const char *missing_field; /* NULL: it is about no field */
};

/* How instructions of a file are counted: in executable sections from end to end, as objdump does;
 * of a file without any, those that the control flow reaches. */
enum elfgen_code_mode compare_code_mode(const struct elfgen_view *view);

/* Measures an ELF file. `view` is its own, for as long as the facts are used; `code` has been
 * followed in the mode above, NULL: there is none that is known. False: out of memory. */
bool compare_measure(struct compare_facts *facts, const char *file, const struct elfgen_view *view,
                     struct elfgen_code *code);

/* Two files in columns, or as one JSON object. `identical`: they have the same bytes; `runs`: what
 * each did when it ran, NULL: it was not asked for. */
void compare_text(const struct compare_facts files[2], bool identical, const struct profile *runs,
                  struct elfgen_text *out);
void compare_json(const struct compare_facts files[2], bool identical, const struct profile *runs,
                  struct elfgen_text *out);

/* ---- inside the room ---- */

/* Fills `bytes`. False: out of memory. */
bool compare_count_bytes(struct compare_facts *facts, struct elfgen_code *code);

/* The columns about two runs. */
void compare_run_text(const struct profile runs[2], struct elfgen_text *out);

/* The sum of `alone` over headers. */
uint64_t compare_headers(const struct compare_bytes *bytes);

#endif
