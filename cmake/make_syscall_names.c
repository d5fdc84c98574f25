/* Prints the names and numbers of system calls that libseccomp knows, as rows for the table. It is
 * run when building. */
#include <linux/audit.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 32, NUMBERS_END = 1024 };

/* For socket and System V calls that an ABI makes through socketcall and ipc, libseccomp has
 * numbers of its own, from -101 and from -201 downwards. */
enum { SOCKETCALL_END = -100, IPC_END = -200, INNER_END = -300 };

static const struct {
    const char *id;
    uint32_t arch;
} abis[] = {
#define ABI(id, name, title, arch, ...) {#id, AUDIT_ARCH_##arch},
#include "syscalls/abi.def"
#undef ABI
};

/* Prints a row: NAME(abi, number, name), or INNER(abi, call, name) for what `call` makes. Returns
 * false if a name is too long for the table. */
static bool print_row(FILE *out, const char *abi, uint32_t arch, int number, const char *name)
{
    if (strlen(name) >= NAME_ROOM) {
        fprintf(stderr, "make_syscall_names: the name '%s' is too long\n", name);
        return false;
    }
    if (number >= 0) {
        fprintf(out, "NAME(%s, %d, %s)\n", abi, number, name);
        return true;
    }
    const char *through = number > IPC_END ? "socketcall" : "ipc";
    if (seccomp_syscall_resolve_name_arch(arch, through) >= 0)
        fprintf(out, "INNER(%s, %s, %s)\n", abi, through, name);
    return true;
}

/* Prints the rows of an ABI. Returns how many there are; 0 after an error. */
static unsigned print_abi(FILE *out, const char *abi, uint32_t arch)
{
    unsigned count = 0;
    for (int number = INNER_END + 1; number < NUMBERS_END; number++) {
        if (number == SOCKETCALL_END)
            number = 0;
        char *name = seccomp_syscall_resolve_num_arch(arch, number);
        bool done = !name || print_row(out, abi, arch, number, name);
        count += name != NULL;
        free(name);
        if (!done)
            return 0;
    }
    return count;
}

static bool print_abis(FILE *out)
{
    const struct scmp_version *version = seccomp_version();
    if (version)
        fprintf(out, "/* Made by make_syscall_names.c from libseccomp %u.%u.%u. */\n",
                version->major, version->minor, version->micro);
    for (size_t i = 0; i < sizeof abis / sizeof abis[0]; i++)
        if (print_abi(out, abis[i].id, abis[i].arch) == 0)
            return false;
    return true;
}

int main(int count, char **arguments)
{
    FILE *out = count == 2 ? fopen(arguments[1], "w") : NULL;
    if (!out) {
        perror("make_syscall_names");
        return 1;
    }
    bool done = print_abis(out);
    if (fclose(out) == 0 && done)
        return 0;
    fprintf(stderr, "make_syscall_names: cannot write %s\n", arguments[1]);
    remove(arguments[1]);
    return 1;
}
