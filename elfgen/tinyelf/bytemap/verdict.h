/* Whether Linux, or another loader, would start a file: the question, and the answer as JSON. */
#ifndef BYTEMAP_VERDICT_H
#define BYTEMAP_VERDICT_H

#include "base/file.h"
#include "elfgen/kernel.h"
#include "elfgen/objections.h"
#include "elfgen/text.h"

struct verdict {
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
};

/* What Linux's answer is kept in. Begin with zeros; verdict_free() is needed either way. */
struct verdict_memory {
    struct elfgen_kernel_answer answer;
    struct elfgen_kernel_map map;
    char path[4097]; /* of the interpreter */
};
void verdict_free(struct verdict_memory *memory);

/* Opens an interpreter: host_open_interpreter(). Returns 0, an errno, or a negative number if it
 * can be executed but not read. */
typedef int verdict_opener(const char *path, struct file_bytes *bytes);

/* Reads facts of a machine that are unknown: host_learn(). */
typedef void verdict_learner(struct elfgen_kernel_machine *machine, unsigned facts);

/* Asks the model of Linux about the bytes of `verdict`, and sets its answer, map and interpreter.
 * Of the facts that are unknown, those are learnt that the answer depends on; for the map to be
 * this machine's, none may be unknown. `learn` may be NULL if none is. Returns false if memory ran
 * out. */
bool verdict_ask(struct verdict *verdict, struct elfgen_kernel_machine *machine,
                 verdict_opener *open, verdict_learner *learn, struct verdict_memory *memory);

/* Writes members of a JSON object, ,"verdict":... and so on; returns the number of warnings. The
 * map is an array apart, without a key. */
unsigned verdict_put_json(struct elfgen_text *out, const struct verdict *verdict);
void verdict_put_map(struct elfgen_text *out, const struct verdict *verdict);

/* "starts", "faults", "killed", "refused". */
const char *verdict_name(enum elfgen_kernel_verdict verdict);
/* "specification", "practice", "portability". */
const char *verdict_kind_name(enum elfgen_objector who);

#endif
