/* What `tinyelf check` found out about a file, as text and as JSON. */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H

#include "elfgen/kernel.h"
#include "elfgen/objections.h"
#include "elfgen/text.h"

struct check_report {
    const char *file; /* its name */
    const uint8_t *bytes;
    uint64_t length;
    /* Linux's answer; NULL where another loader was asked. */
    const struct elfgen_kernel_answer *answer;
    const struct elfgen_kernel_map *map;
    const char *interpreter; /* the path that the file names, or NULL */
    bool not_read;           /* it may be run and not read: taken for good */
    /* Another loader's name and bit, and its first objection (who is 0: it has none). */
    const char *loader;
    enum elfgen_objector objector;
    struct elfgen_objection objection;
    bool verbose; /* with the memory map */
};

/* Each returns the number of warnings that it told. */
unsigned check_text(struct elfgen_text *out, const struct check_report *report);
unsigned check_json(struct elfgen_text *out, const struct check_report *report);

/* "starts", "faults", "killed", "refused". */
const char *check_verdict_name(enum elfgen_kernel_verdict verdict);
/* "specification", "practice", "portability". */
const char *check_kind_name(enum elfgen_objector who);

#endif
