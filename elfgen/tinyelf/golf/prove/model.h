/* What system calls return in an environment. */
#ifndef GOLF_MODEL_H
#define GOLF_MODEL_H

#include "call.h"
#include "environment.h"

struct golf_model {
    const struct golf_environment *environment;
    uint32_t asked, calls, reads, writes; /* so far; `calls`: of those that may fail */
    size_t input_at;
    uint8_t closed;
    bool writes_input; /* descriptor 0 is the pipe of 1: the kind write-stdin */
    uint64_t opened;   /* descriptors that calls which were made have opened: bit 0 is 0 */
    size_t most_read;  /* the largest size that a read was asked for */
};

/* Zeros it, and begins. `kinds`: of calls, as in struct sandbox_options. */
void golf_model_begin(struct golf_model *model, const struct golf_environment *environment,
                      unsigned kinds);

/* Asks what a call returns, which is then counted. Returns false if it has to be made. What the
 * program reads is written to its memory, and appended to *outputs with golf_output_put(). */
bool golf_model_answer(struct golf_model *model, pid_t id, const struct process_call *call,
                       const char *name, const struct call_row *row, int64_t *result,
                       struct golf_bytes *outputs);

/* Notes what a call that was made has opened or closed. */
void golf_model_made(struct golf_model *model, const struct process_call *call, const char *name,
                     const struct call_row *row);

/* What the kernel wrote for a call: the parameter, or GOLF_PIECE and an index of readv's pieces;
 * the number of bytes; these. */
enum { GOLF_PIECE = 256 };
void golf_output_put(struct golf_bytes *outputs, uint64_t where, const void *bytes, size_t size);

#endif
