/* Asks the library's model of Linux whether a file would start. */
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

const char *verdict_name(enum elfgen_kernel_verdict verdict)
{
    static const char *const names[] = {"starts", "faults", "killed", "refused"};
    return names[verdict];
}

const char *verdict_kind_name(enum elfgen_objector who)
{
    return who == ELFGEN_OBJECTOR_SPECIFICATION ? "specification"
           : who == ELFGEN_OBJECTOR_PRACTICE    ? "practice"
                                                : "portability";
}

/* Asks the model, and enlarges the map as long as it has no room. */
static bool ask_once(const struct verdict *verdict, const struct elfgen_kernel_machine *machine,
                     const struct elfgen_kernel_file *interpreter, struct verdict_memory *memory)
{
    struct elfgen_kernel_map *map = &memory->map;
    while (elfgen_kernel_ask(verdict->bytes, verdict->length, machine, interpreter, &memory->answer,
                             map) == ELFGEN_NO_ROOM) {
        struct elfgen_kernel_area *more = realloc(map->areas, map->needed * sizeof *more);
        if (!more)
            return false;
        map->areas = more;
        map->capacity = map->needed;
    }
    return true;
}

/* Asks again with the facts that the answer depends on, until it depends on none that is unknown.
 */
static bool ask(const struct verdict *verdict, struct elfgen_kernel_machine *machine,
                const struct elfgen_kernel_file *interpreter, verdict_learner *learn,
                struct verdict_memory *memory)
{
    for (;;) {
        if (!ask_once(verdict, machine, interpreter, memory))
            return false;
        if (memory->answer.depends == 0 || !learn)
            return true;
        learn(machine, memory->answer.depends);
    }
}

bool verdict_ask(struct verdict *verdict, struct elfgen_kernel_machine *machine,
                 verdict_opener *open, verdict_learner *learn, struct verdict_memory *memory)
{
    enum { FIRST_AREAS = 64 };
    struct file_bytes opened = {0};
    memory->map.areas = calloc(FIRST_AREAS, sizeof *memory->map.areas);
    memory->map.capacity = FIRST_AREAS;
    if (!memory->map.areas || !ask(verdict, machine, NULL, learn, memory))
        return false;
    const struct elfgen_kernel_answer *answer = &memory->answer;
    verdict->answer = answer;
    verdict->map = &memory->map;
    if (!answer->asks)
        return true;
    memcpy(memory->path, verdict->bytes + answer->path_offset, answer->path_length);
    memory->path[answer->path_length] = '\0';
    verdict->interpreter = memory->path;
    int error = open(memory->path, &opened);
    verdict->not_read = error < 0;
    const struct elfgen_kernel_file interpreter = {(const uint8_t *)opened.bytes, opened.size,
                                                   error};
    bool good = verdict->not_read || ask(verdict, machine, &interpreter, learn, memory);
    file_free(&opened);
    return good;
}

void verdict_free(struct verdict_memory *memory)
{
    free(memory->map.areas);
}
