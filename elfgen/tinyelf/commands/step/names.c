/* Finds the addresses of a program's symbols in a run of it. */
#include "names.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/no_memory.h"
#include "cli/cli.h"

/* A FILE.debug that is of no use is like none. */
static void ignore_report(void *context, const struct report *report)
{
    (void)context;
    (void)report;
}

/* Where the kernel mapped the program's file, minus where the file asks for it: the lowest mapping
 * is that of the lowest segment with these bytes. */
static uint64_t bias_of(const struct elfgen_view *view, const struct step_recording *recording)
{
    const struct step_mapping *first = NULL;
    uint64_t lowest = UINT64_MAX;
    for (size_t i = 0; i < recording->mapping_count && !first; i++)
        if (recording->mappings[i].file == 0)
            first = &recording->mappings[i];
    for (uint64_t i = 0; first && i < elfgen_memory_segments(view); i++) {
        struct elfgen_mapping mapping;
        if (elfgen_mapping_get(view, i, &mapping) && mapping.offset == first->offset &&
            mapping.start < lowest)
            lowest = mapping.start;
    }
    return lowest == UINT64_MAX ? 0 : first->start - lowest;
}

/* The program's bytes: those of the recording, which has no large ones, or of the file. */
static bool find_bytes(struct step_names *names, const struct step_recording *recording,
                       const char *path, const uint8_t **bytes, size_t *size)
{
    const struct step_file *file = &recording->files[0];
    int from = file->bytes ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool found = file->bytes || (from >= 0 && file_read(from, true, &names->file));
    if (from >= 0)
        close(from);
    *bytes = file->bytes ? file->bytes : (const uint8_t *)names->file.bytes;
    *size = file->bytes ? file->size : names->file.size;
    return found;
}

static bool open_names(struct step_names *names, const struct step_recording *recording,
                       const char *path, struct elfgen_error *error)
{
    const struct reporter reporter = {.report = ignore_report};
    const uint8_t *bytes;
    size_t size;
    if (names->is_open)
        return true;
    if (!find_bytes(names, recording, path, &bytes, &size)) {
        elfgen_error_set(error, ELFGEN_NO_ROOM, ELFGEN_NOWHERE, "%s cannot be read for its symbols",
                         path);
        return false;
    }
    if (elfgen_view_open_program(&names->view, bytes, size, error) == ELFGEN_NOT_ELF)
        return false;
    names->is_open = true;
    names->bias = bias_of(&names->view, recording);
    return debug_file_find(&names->symbols, &names->view, path, &reporter) ||
           error_no_memory(error);
}

/* Says that the program has no symbol of that name, and which one may have been meant. */
static void set_unknown(struct elfgen_error *error, const struct symbols *symbols, const char *path,
                        const char *name)
{
    char candidate[64], meant[64] = "";
    size_t beyond = strlen(name) / 3 + 1;
    for (size_t i = 0; i < symbols->count; i++) {
        const struct symbol *symbol = &symbols->all[i];
        snprintf(candidate, sizeof candidate, "%.*s", (int)symbol->room, symbol->name);
        const size_t far = word_distance(name, candidate);
        if (far >= beyond)
            continue;
        beyond = far;
        memcpy(meant, candidate, sizeof meant);
    }
    if (*meant)
        elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                         "'%s': %s has no such symbol: did you mean '%s'?", name, path, meant);
    else
        elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                         "'%s': %s has no such symbol; an address (0x...) or a number of steps "
                         "needs none",
                         name, path);
}

bool step_names_find(struct step_names *names, const struct step_recording *recording,
                     const char *path, const char *name, uint64_t *address,
                     struct elfgen_error *error)
{
    if (!open_names(names, recording, path, error))
        return false;
    const struct symbol *symbol = symbols_find(&names->symbols.symbols, name);
    if (symbol)
        *address = symbol->address + names->bias;
    else if (names->symbols.symbols.count == 0)
        elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                         "'%s': %s has no symbols, and there is no %s.debug of this build; an "
                         "address (0x...) or a number of steps needs none",
                         name, path, path);
    else
        set_unknown(error, &names->symbols.symbols, path, name);
    return symbol != NULL;
}

void step_names_close(struct step_names *names)
{
    debug_file_close(&names->symbols);
    file_free(&names->file);
}
