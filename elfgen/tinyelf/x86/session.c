/* Sets up the decoder and finds the code of a file. */
#include "session.h"

#include <stdlib.h>

#include "base/no_memory.h"

struct x86_session *x86_session_open(const struct elfgen_view *view, enum elfgen_code_mode mode,
                                     enum x86_syntax syntax, struct elfgen_error *error)
{
    return x86_session_open_run(view, mode, syntax, NULL, error);
}

struct x86_session *x86_session_open_run(const struct elfgen_view *view, enum elfgen_code_mode mode,
                                         enum x86_syntax syntax, const struct elfgen_run *run,
                                         struct elfgen_error *error)
{
    error->status = ELFGEN_OK;
    size_t room = elfgen_code_room(view, mode);
    if (room == 0)
        return NULL;
    struct x86_session *code = calloc(1, sizeof *code);
    void *memory = calloc(1, room);
    if (!code || !memory) {
        error_no_memory(error);
    } else if (x86_open(&code->machine, view->ehdr.e_machine, syntax)) {
        code->memory = memory;
        elfgen_code_follow_run(&code->code, view, &code->machine.machine, mode, run, memory, room);
        return code;
    }
    free(code);
    free(memory);
    return NULL;
}

void x86_session_close(struct x86_session *code)
{
    if (!code)
        return;
    free(code->memory);
    free(code);
}
