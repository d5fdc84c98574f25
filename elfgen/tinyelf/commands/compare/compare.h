/* Compares two files. Each is measured once, into a struct that text and JSON print. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "ptrace/profile.h"
#include "elfgen.h"

/* The owners that a byte may have: X(key, label). The first three are headers. */
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

/* The JSON key and the label of an owner. */
struct compare_owner_name {
    const char *key, *label;
};
extern const struct compare_owner_name compare_owner_names[COMPARE_OWNER_COUNT];

/* Counts of bytes. `alone`, `several`, `padding` and `unknown` add up to the size of the file. */
struct compare_bytes {
    uint64_t alone[COMPARE_OWNER_COUNT];  /* with this owner only */
    uint64_t several;                     /* with more than one owner */
    uint64_t shared[COMPARE_OWNER_COUNT]; /* those of `several` that have this owner */
    uint64_t padding;                     /* zeros without an owner, filling up */
    uint64_t unknown;                     /* other bytes without an owner */
};

/* Indexed by permission: 4 read, 2 write, 1 execute, as in p_flags. */
enum { COMPARE_PERMISSIONS = 8 };
extern const char *const compare_permission_names[COMPARE_PERMISSIONS];

struct compare_memory {
    uint64_t bytes, pages; /* of all PT_LOAD segments, whole pages as Linux maps them */
    uint64_t from_file;    /* of `bytes`; the rest is zeros, and pages past the file's end */
    uint64_t by[COMPARE_PERMISSIONS];
    bool refused; /* Linux refuses it: offset and address of a segment differ within a page */
};

struct compare_count {
    uint64_t all;
    uint64_t loaded[COMPARE_PERMISSIONS]; /* PT_LOAD segments; sections with SHF_ALLOC */
    uint64_t others;
};

/* Bytes of the file. */
struct compare_string {
    const char *bytes;
    size_t length;
};

enum { COMPARE_NEEDED = 256 }; /* libraries kept by name; all are counted */

struct compare_facts {
    const char *file; /* its name; the string is the caller's */
    const struct elfgen_view *view;
    struct compare_bytes bytes;
    struct compare_count segments, sections; /* those in the file */
    bool runs; /* a program or library: entry and memory have a meaning */
    struct compare_memory memory;
    bool has_instructions; /* the code is x86's and was searched */
    uint64_t instructions;
    struct compare_string interpreter; /* NULL: none */
    struct compare_string needed[COMPARE_NEEDED];
    uint64_t needed_count;
    /* The first thing that headers promise and the file lacks; ELFGEN_OK: nothing. */
    struct elfgen_error missing;
    const char *missing_field; /* NULL: no field */
};

/* How to count the instructions of a file: in executable sections from end to end, as objdump does;
 * without such sections, those that the control flow reaches. */
enum elfgen_code_mode compare_code_mode(const struct elfgen_view *view);

/* Measures an ELF file. `view` must stay while the facts are used; `code` was followed in the mode
 * above, or is NULL if the machine is unknown. Returns false if memory ran out. */
bool compare_measure(struct compare_facts *facts, const char *file, const struct elfgen_view *view,
                     struct elfgen_code *code);

/* Prints two files in columns, or as one JSON object. `identical`: their bytes are the same;
 * `runs`: what each did when it ran, or NULL. */
void compare_text(const struct compare_facts files[2], bool identical, const struct profile *runs,
                  struct elfgen_text *out);
void compare_json(const struct compare_facts files[2], bool identical, const struct profile *runs,
                  struct elfgen_text *out);

/* ---- private ---- */

/* Fills `bytes`. Returns false if memory ran out. */
bool compare_count_bytes(struct compare_facts *facts, struct elfgen_code *code);

/* Prints the columns about two runs. */
struct columns;
void compare_run_text(const struct profile runs[2], struct columns *columns);

/* The sum of `alone` over headers. */
uint64_t compare_headers(const struct compare_bytes *bytes);

#endif
