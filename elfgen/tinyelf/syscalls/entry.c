/* Finds the kernel's functions that implement system calls, and numbers by names. */
#include "table.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
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

/* For i386's socket and System V calls, which can also be made through socketcall and ipc,
 * libseccomp has numbers of its own, from -101 and from -201 downwards. */
enum { OF_SOCKETCALL = -100, OF_IPC = -200, OF_NOTHING = -300 };

int syscall_number(enum call_abi abi, const char *name)
{
    const uint32_t arch = syscall_abi(abi)->arch;
    int number = seccomp_syscall_resolve_name_arch(arch, name);
    for (int i = 0; number < -1 && i < CALLS_END; i++) {
        char *other = seccomp_syscall_resolve_num_arch(arch, i);
        if (other && strcmp(other, name) == 0)
            number = i;
        free(other);
    }
    return number < 0 ? -1 : number;
}

const char *syscall_through(enum call_abi abi, const char *name)
{
    int number = seccomp_syscall_resolve_name_arch(syscall_abi(abi)->arch, name);
    if (number >= OF_SOCKETCALL || number <= OF_NOTHING || syscall_number(abi, name) >= 0)
        return NULL;
    return number > OF_IPC ? "socketcall" : "ipc";
}
