/* Prints the result of check, as text and as JSON. */
#ifndef CHECK_H
#define CHECK_H

#include "elfgen/kernel.h"
#include "elfgen/objections.h"
#include "elfgen/text.h"

struct check_report {
    const char *file; /* its name */
    const uint8_t *bytes;
    uint64_t length;
    /* Linux's answer; NULL if another loader was asked. */
    const struct elfgen_kernel_answer *answer;
    const struct elfgen_kernel_map *map;
    const char *interpreter; /* the path in the file, or NULL */
    bool not_read;           /* it may be executed but not read: assumed to be good */
    /* Another loader's name and bit, and its first objection; `who` is 0 if it has none. */
    const char *loader;
    enum elfgen_objector objector;
    struct elfgen_objection objection;
    bool verbose; /* print the memory map, too */
};

/* Each returns the number of warnings that it printed. */
unsigned check_text(struct elfgen_text *out, const struct check_report *report);
unsigned check_json(struct elfgen_text *out, const struct check_report *report);

/* "starts", "faults", "killed", "refused". */
const char *check_verdict_name(enum elfgen_kernel_verdict verdict);
/* "specification", "practice", "portability". */
const char *check_kind_name(enum elfgen_objector who);

#endif
