#include "code.h"

#include <stdlib.h>

struct code *code_open(const struct elfgen_view *view, enum elfgen_code_mode mode,
                       enum machine_syntax syntax, const char **problem)
{
    *problem = NULL;
    size_t room = elfgen_code_room(view, mode);
    if (room == 0)
        return NULL;
    struct code *code = calloc(1, sizeof *code);
    void *memory = calloc(1, room);
    if (!code || !memory) {
        *problem = "out of memory";
    } else if (machine_open(&code->machine, view->ehdr.e_machine, syntax)) {
        code->memory = memory;
        elfgen_code_follow(&code->code, view, &code->machine.machine, mode, memory, room);
        return code;
    }
    free(code);
    free(memory);
    return NULL;
}

void code_close(struct code *code)
{
    if (!code)
        return;
    free(code->memory);
    free(code);
}
