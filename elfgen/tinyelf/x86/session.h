/* Disassembles a file: the code that is found, the decoder, and their memory. */
#ifndef X86_SESSION_H
#define X86_SESSION_H

#include "elfgen.h"
#include "x86.h"

struct x86_session {
    struct elfgen_code code;
    struct x86 machine;
    void *memory;
};

/* Finds the code of a file. Returns NULL if it has none for a known processor, with error->status
 * ELFGEN_OK, or if there is no memory, with an error. Free it with x86_session_close(); the view
 * must outlive it. */
struct x86_session *x86_session_open(const struct elfgen_view *view, enum elfgen_code_mode mode,
                                     enum x86_syntax syntax, struct elfgen_error *error);

/* The same with what a run of the program executed, which must outlive it; NULL: none is known. */
struct x86_session *x86_session_open_run(const struct elfgen_view *view, enum elfgen_code_mode mode,
                                         enum x86_syntax syntax, const struct elfgen_run *run,
                                         struct elfgen_error *error);
void x86_session_close(struct x86_session *code);

#endif
