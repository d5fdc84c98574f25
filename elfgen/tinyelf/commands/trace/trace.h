/* Prints system calls as trace --abi and --json do: instruction, registers, rings. */
#ifndef TRACE_H
#define TRACE_H

#include "ptrace/call_site.h"
#include "ptrace/limits.h"
#include "strace/line.h"

/* A call, and what was read while its process was stopped. */
struct trace_call {
    pid_t id;
    const struct process_call *call;
    const struct call *known; /* NULL: libseccomp has no name for it */
    bool has_site, has_place, has_cs;
    struct call_site site;
    struct call_site_mapping place; /* of the instruction */
    uint16_t cs;
    const char *group; /* whose call it is; NULL: that was not asked */
};

/* Prints for --abi: a call when it is made, and when it has returned. Lines are folded to `width`
 * (base/width.h). `reader` reads the memory of the process. */
void trace_abi_asked(struct elfgen_text *out, size_t width, const struct trace_call *call,
                     bool with_id, const struct memory_reader *reader);
void trace_abi_answered(struct elfgen_text *out, size_t width, const struct trace_call *call,
                        bool with_id, const struct memory_reader *reader);

/* A call for --json, one object for both phases. Memory that the program wrote is read when the
 * call is made, memory that the kernel wrote when it returns; so the first is kept. */
enum { TRACE_KEPT = 4096 };
struct trace_kept {
    struct trace_call call;
    char texts[TRACE_KEPT]; /* of the arguments, one after the other */
    size_t ends[ELFGEN_ARGUMENTS];
    size_t count;
};

/* Keeps what depends on the memory before the call. kept->call was filled by the caller. */
void trace_keep(struct trace_kept *kept, const struct memory_reader *reader);

/* Writes the document piece by piece: begin, any of the others in the order of events, end. */
struct trace_json {
    struct elfgen_text *out;
    bool any; /* an event was written */
};
void trace_json_begin(struct trace_json *json, const char *path, char *const *arguments);
/* What came of a call. */
enum trace_answer {
    TRACE_ANSWERED,
    TRACE_NO_ANSWER, /* its process is gone */
    TRACE_REFUSED    /* the same: the sandbox killed it for this call */
};
void trace_json_call(struct trace_json *json, const struct trace_kept *kept,
                     enum trace_answer answer, const struct memory_reader *reader);
/* Writes an event that is not a call. */
void trace_json_event(struct trace_json *json, const struct process_event *event);
/* `sandbox`: how the run ended there; NULL: there was none. */
void trace_json_end(struct trace_json *json, const struct process_end *end,
                    const struct run_end *sandbox);

#endif
