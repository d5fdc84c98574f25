/* A run as the page replays it: step by step, in a compact form, without what may tell of the user
 * or the machine. */
#ifndef PAGE_RUN_H
#define PAGE_RUN_H

#include "coverage/coverage.h"

struct page_run;

/* Prepares one for the bytes of a view. `with_private`: nothing is left out. Returns NULL if there
 * is no memory. */
struct page_run *page_run_open(const struct elfgen_view *view, bool with_private);
void page_run_close(struct page_run *run);

/* Who has to be told of the run. */
const struct coverage_watcher *page_run_watcher(struct page_run *run);

/* Takes out of what the run knows of its calls all that must not be shown, before the code is
 * followed with that. */
void page_run_clean(const struct page_run *run, struct coverage *coverage);

/* Appends the run as one JSON object, when it is over, which run.js reads:
 *
 * {"end":W,"summary":W,"private":1,"recorded_private":1,"moved":1,"program":W,"arguments":[W..],
 *  "registers":[[INDEX,NAME,HEX at the start]..],"code":[[OFFSET,ADDRESS,LENGTH,TEXT,CHANGED]..],
 *  "steps":[[CODE,CHANGES,MORE]..],"elsewhere":N,"left":N,"executed":[OFFSET,LENGTH..]}
 *
 * What is 0, or not so, is not there; `executed` is only where steps were left out.
 * Of code outside the file OFFSET is -1, and its ADDRESS null if it is left out. CHANGES is
 * "INDEX=HEX INDEX=HEX", with "?" where a value is left out. MORE has what few steps have: k the
 * kind; q the question to the kernel and a its answer; o output [DESCRIPTOR, TEXT or a number of
 * bytes that are left out or, if negative, cut, ..], and O a list of more of it; r and w bytes of
 * the file [OFFSET,LENGTH..] that are read and written; m memory [ADDRESS, HEX or a number of
 * bytes that are left out, SIZE]; v vector registers [NAME,HEX]; n sentences; e how many
 * instructions ran elsewhere before this one.
 *
 * Returns false if there was no memory. */
bool page_run_put(struct elfgen_text *out, const struct page_run *run,
                  const struct coverage *coverage);

#endif
