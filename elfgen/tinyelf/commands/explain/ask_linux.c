/* Asks whether Linux would start the file that is explained. */
#include "ask_linux.h"

#include "base/no_memory.h"
#include "ptrace/host.h"

bool explain_ask_linux(struct bytemap *map, struct verdict *verdict, struct verdict_memory *memory,
                       uint32_t *version)
{
    struct elfgen_kernel_machine machine;
    *verdict =
        (struct verdict){.file = map->file, .bytes = map->view->bytes, .length = map->view->length};
    if (map->view->kernel != 0) {
        elfgen_kernel_usual(&machine);
        machine.version = map->view->kernel;
    } else {
        host_machine(&machine);
    }
    if (version)
        *version = machine.version;
    return verdict_ask(verdict, &machine, host_open_interpreter, NULL, memory) ||
           error_no_memory(&map->error);
}
