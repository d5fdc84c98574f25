/* Finds the kernel's functions that implement system calls. */
#include "table.h"

#include <stdio.h>
#include <string.h>

struct entry_row {
    enum call_abi abi;
    const char *name;
    const char *function; /* NULL: the kernel has none */
};

/* clang-format off */
#define ENTRY(abi, name, function) {CALL_##abi, #name, #function},
#define NO_ENTRY(abi, name) {CALL_##abi, #name, NULL},
/* clang-format on */
static const struct entry_row entries[] = {
#include "entries.def"
};

const char *syscall_entry(enum call_abi abi, const char *name, char entry[CALL_ENTRY_ROOM])
{
    const char *begin = syscall_abi(abi)->entry;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (entries[i].abi != abi || strcmp(entries[i].name, name) != 0)
            continue;
        if (!entries[i].function)
            return NULL;
        snprintf(entry, CALL_ENTRY_ROOM, "%s%s", begin, entries[i].function);
        return entry;
    }
    snprintf(entry, CALL_ENTRY_ROOM, "%ssys_%s", begin, name);
    return entry;
}
