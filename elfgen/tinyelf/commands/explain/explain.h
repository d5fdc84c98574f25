/* Reports of explain: every byte of a file with its owners, in the formats of formats.def. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "bytemap/bytemap.h"
#include "coverage/coverage.h"
#include "choices.h"
#include "make_source.h"

struct mutate_report;
struct page_run;

/* Set by the caller. */
struct explain {
    struct bytemap map; /* its `error` is the answer */
    enum explain_format format;
    bool colour;
    size_t width;  /* of the output (base/width.h), for the texts; WIDTH_WIDE: the wide form */
    unsigned with; /* bits of enum explain_extra */
    /* For the page; NULL: it has none. */
    const struct page_run *page_run; /* of map.run */
    const struct mutate_report *heat;
    /* For the hex source: what another command says. */
    const struct explain_remark *remarks;
    size_t remark_count;
};

/* Prints the report. Returns false if it ended early: map.error says why. */
bool explain_report(struct explain *explain);

/* Appends what the file consists of: " = 64 ELF header + 56 program header + ...". Each byte counts
 * once, for the first of its owners in that order. Nothing for a file so large that another walk
 * takes long. Returns false if the walk ended early: map->error says why. */
bool explain_put_account(struct bytemap *map);

/* What the claim's value means; of a system call that was made, the call as strace writes it. */
void explain_put_meaning(struct elfgen_text *out, const struct bytemap *map,
                         const struct elfgen_claim *claim);

/* The calls that the claim's instruction made; NULL: none, or no run is known. */
const struct coverage_call *explain_calls(const struct bytemap *map,
                                          const struct elfgen_claim *claim);

/* What the run did with the claim's bytes; nothing if no run is known, or for bytes that it did
 * nothing with. */
void explain_put_mark(struct elfgen_text *out, const struct bytemap *map,
                      const struct elfgen_claim *claim);

/* Appends ,"run":{...}: how it ended, and what it did. */
void explain_put_run(struct elfgen_text *out, const struct coverage *run);

/* One function for each format. */
#define FORMAT(id, name, function, help) bool function(struct explain *explain);
#define OTHER_FORMAT(id, function)       bool function(struct explain *explain);
#include "formats.def"
#undef FORMAT
#undef OTHER_FORMAT

#endif
