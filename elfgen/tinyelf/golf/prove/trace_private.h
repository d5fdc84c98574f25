/* What recording and comparing share: private to the proof. */
#ifndef GOLF_TRACE_PRIVATE_H
#define GOLF_TRACE_PRIVATE_H

#include "item.h"
#include "trace.h"

/* The name of the call at which a run is; NULL: no call has its number. */
const char *golf_call_name(struct golf_tracer *tracer);

/* Puts what must be the same of the fault at which a run is into tracer->key: the signal, its
 * si_code and the kind of the instruction. */
void golf_fault_key(struct golf_tracer *tracer);

/* Bytes that the stack of the stopped program takes; 0: this is not known. */
uint64_t golf_stack_size(pid_t id);

/* Print the call, or the fault, at which a run is, as strace does; with its result if there is one
 * already. */
void golf_call_line(struct golf_tracer *tracer, bool has_result, char line[GOLF_LINE]);
void golf_fault_line(struct golf_tracer *tracer, char line[GOLF_LINE]);

#endif
