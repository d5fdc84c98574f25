/* How system calls are made, and the kernel's functions that implement them. */
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
#define E64(name, function) {CALL_X86_64, #name, "sys_" #function},
#define N64(name) {CALL_X86_64, #name, NULL},
#define E32(name, function) {CALL_I386, #name, "sys_" #function},
#define C32(name, function) {CALL_I386, #name, "compat_sys_" #function},
#define N32(name) {CALL_I386, #name, NULL},
/* clang-format on */
static const struct entry_row entries[] = {
#include "entries.def"
};

const char *syscall_entry(enum call_abi abi, const char *name, char entry[CALL_ENTRY_ROOM])
{
    const char *stub = abi == CALL_X86_64 ? "__x64" : "__ia32";
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (entries[i].abi != abi || strcmp(entries[i].name, name) != 0)
            continue;
        if (!entries[i].function)
            return NULL;
        snprintf(entry, CALL_ENTRY_ROOM, "%s_%s", stub, entries[i].function);
        return entry;
    }
    snprintf(entry, CALL_ENTRY_ROOM, "%s_sys_%s", stub, name);
    return entry;
}

const struct call_convention *syscall_convention(enum call_abi abi)
{
    /* syscall overwrites rcx with the next instruction's address, and r11 with the flags. */
    static const struct call_convention conventions[CALL_ABIS] = {
        [CALL_X86_64] = {"x86_64",
                         "syscall",
                         "rax",
                         "rax",
                         {"rdi", "rsi", "rdx", "r10", "r8", "r9"},
                         {"rcx", "r11", NULL}},
        [CALL_I386] =
            {"i386", "int 0x80", "eax", "eax", {"ebx", "ecx", "edx", "esi", "edi", "ebp"}, {NULL}},
    };
    return &conventions[abi];
}

/* For i386's socket and System V calls, which can also be made through socketcall and ipc,
 * libseccomp has numbers of its own, from -101 and from -201 downwards. */
enum { OF_SOCKETCALL = -100, OF_IPC = -200, OF_NOTHING = -300 };

static uint32_t arch_of(enum call_abi abi)
{
    return abi == CALL_X86_64 ? SCMP_ARCH_X86_64 : SCMP_ARCH_X86;
}

int syscall_number(enum call_abi abi, const char *name)
{
    int number = seccomp_syscall_resolve_name_arch(arch_of(abi), name);
    for (int i = 0; number < -1 && i < CALLS_END; i++) {
        char *other = seccomp_syscall_resolve_num_arch(arch_of(abi), i);
        if (other && strcmp(other, name) == 0)
            number = i;
        free(other);
    }
    return number < 0 ? -1 : number;
}

const char *syscall_through(enum call_abi abi, const char *name)
{
    int number = seccomp_syscall_resolve_name_arch(arch_of(abi), name);
    if (number >= OF_SOCKETCALL || number <= OF_NOTHING || syscall_number(abi, name) >= 0)
        return NULL;
    return number > OF_IPC ? "socketcall" : "ipc";
}
