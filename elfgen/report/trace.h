/* What `tinyelf trace` says of a call besides strace's line: instruction, registers, rings; as text
 * and as JSON. */
#ifndef TRACE_H
#define TRACE_H

#include "../process/door.h"
#include "strace.h"

/* A call, and what was seen of it while its process stood still. */
struct trace_call {
    pid_t id;
    const struct process_call *call;
    const struct call *known; /* NULL: libseccomp has no name for it */
    bool has_site, has_place, has_cs;
    struct call_site site;
    struct call_site_mapping place; /* of the instruction */
    uint16_t cs;
};

/* `--abi`: the question, when it is asked, and the answer. `reader` is for the process' memory. */
void trace_abi_asked(struct elfgen_text *out, const struct trace_call *call, bool with_id,
                     const struct memory_reader *reader);
void trace_abi_answered(struct elfgen_text *out, const struct trace_call *call, bool with_id,
                        const struct memory_reader *reader);

/* `--json`: one object for all. What is pointed to by arguments is read when the question is asked,
 * what the kernel wrote when it answered, so it is kept in between. */
enum { TRACE_KEPT = 4096 };
struct trace_kept {
    struct trace_call call;
    char texts[TRACE_KEPT]; /* of the arguments, one behind the other */
    size_t ends[ELFGEN_ARGUMENTS];
    size_t count;
};

/* Fills what depends on the memory before the call. kept->call is filled. */
void trace_keep(struct trace_kept *kept, const struct memory_reader *reader);

/* The document is made piece by piece: begin, any of the others in the order of events, end. */
struct trace_json {
    struct elfgen_text *out;
    bool any; /* an event was written */
};
void trace_json_begin(struct trace_json *json, const char *path, char *const *arguments);
/* `answered`: it has a result. */
void trace_json_call(struct trace_json *json, const struct trace_kept *kept, bool answered,
                     const struct memory_reader *reader);
/* All that is no call. */
void trace_json_event(struct trace_json *json, const struct process_event *event);
void trace_json_end(struct trace_json *json, const struct process_end *end);

#endif
