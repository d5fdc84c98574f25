/* Marks system calls by whose they are: loading, the C library's own, the program's. */
#include "group.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/grow.h"
#include "base/proc.h"
#include "symbols/symbols.h"

struct group_process {
    pid_t id;
    bool read, known; /* its image was looked at; and it is known */
    struct caller_image image;
    enum caller last; /* of its last call */
};

const char *group_text(enum caller caller)
{
    static const char *const texts[] = {"loading", "C library", "program"};
    return texts[caller];
}

const char *group_name(enum caller caller)
{
    static const char *const names[] = {"loading", "library", "program"};
    return names[caller];
}

/* ---- main of a static program ---- */

static void find_main(struct caller_image *image, const struct file_bytes *bytes)
{
    struct elfgen_view view;
    struct symbols symbols = {.all = NULL};
    if (elfgen_view_open_program(&view, bytes->bytes, bytes->size, NULL) == ELFGEN_OK &&
        symbols_read(&symbols, &view, &view, ELFGEN_SHT_SYMTAB)) {
        const struct symbol *main = symbols_find(&symbols, "main");
        uint64_t moved = image->entry - view.ehdr.e_entry;
        if (main && main->size > 0)
            image->own =
                (struct caller_range){main->address + moved, main->address + moved + main->size};
    }
    symbols_free(&symbols);
}

/* A static C program has the library in its file: the symbol main shows what is its own.
 * Without one, all is the program's. */
static void narrow(pid_t id, struct caller_image *image)
{
    struct file_bytes bytes = {0};
    int file = proc_open_of(id, "exe");
    if (file >= 0 && file_read(file, true, &bytes))
        find_main(image, &bytes);
    file_free(&bytes);
    if (file >= 0)
        close(file);
}

/* ---- processes ---- */

static struct group_process *find(struct groups *groups, pid_t id)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->processes[i].id == id)
            return &groups->processes[i];
    if (!grow_array(&groups->processes, groups->count + 1, &groups->capacity,
                    sizeof *groups->processes))
        return NULL;
    groups->processes[groups->count] = (struct group_process){.id = id};
    return &groups->processes[groups->count++];
}

static void forget(struct groups *groups, struct group_process *known)
{
    *known = groups->processes[--groups->count];
}

static enum caller ask(struct group_process *known, const struct process *process)
{
    if (!process->entered)
        return CALLER_LOADER; /* the execve that makes it the program */
    if (!known->read) {
        known->read = true;
        known->known = caller_read_image(process->id, &known->image);
        if (known->known && known->image.interpreter.to == 0)
            narrow(process->id, &known->image);
    }
    return known->known ? caller_of(&known->image, process) : CALLER_PROGRAM;
}

enum caller group_note(struct groups *groups, const struct process_event *event, bool execve)
{
    const struct process *process = event->process;
    struct group_process *known = find(groups, process->id);
    if (!known)
        return CALLER_PROGRAM;
    enum caller last = known->last;
    if (event->kind == PROCESS_CALL)
        last = known->last = ask(known, process);
    else if (event->kind == PROCESS_EXECED ||
             (event->kind == PROCESS_RESULT && execve && !process->call.failed))
        known->read = false;
    else if (event->kind == PROCESS_EXITED || event->kind == PROCESS_KILLED)
        forget(groups, known);
    return last;
}

void groups_free(struct groups *groups)
{
    free(groups->processes);
    *groups = (struct groups){.processes = NULL};
}
