/* Prints the names and numbers of system calls that libseccomp knows, as rows for the table, and
 * the order of all tables' names, by which they are searched. It is run when building. */
#include <linux/audit.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 32, NUMBERS_END = 1024, ROWS_MOST = 1024 };

enum {
#define ABI(id, ...) ABI_##id,
#include "syscalls/abi.def"
#undef ABI
};

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

/* A name in a table: the call of that number, or the row of that index. */
struct name {
    unsigned abi;
    int number;
    char *name;
};

/* By ABI, then by name, then as they stand. */
static int compare(const void *a, const void *b)
{
    const struct name *left = a, *right = b;
    if (left->abi != right->abi)
        return left->abi < right->abi ? -1 : 1;
    const int order = strcmp(left->name, right->name);
    return order != 0 ? order : left->number - right->number;
}

/* ---- libseccomp's names ---- */

/* Takes a call, or prints INNER(abi, call, name) for one that `call` makes. Returns false if a name
 * is too long for the table. */
static bool take(FILE *out, struct name call, struct name *calls, size_t *count)
{
    const uint32_t arch = abis[call.abi].arch;
    if (strlen(call.name) >= NAME_ROOM) {
        fprintf(stderr, "make_syscall_names: the name '%s' is too long\n", call.name);
        return false;
    }
    if (call.number >= 0) {
        calls[(*count)++] = call;
        return true;
    }
    const char *through = call.number > IPC_END ? "socketcall" : "ipc";
    if (seccomp_syscall_resolve_name_arch(arch, through) >= 0)
        fprintf(out, "INNER(%s, %s, %s)\n", abis[call.abi].id, through, call.name);
    free(call.name);
    return true;
}

/* Prints the calls of an ABI by name: NAME(abi, number, name). */
static bool print_abi(FILE *out, unsigned abi)
{
    struct name calls[NUMBERS_END];
    size_t count = 0;
    for (int number = INNER_END + 1; number < NUMBERS_END; number++) {
        if (number == SOCKETCALL_END)
            number = 0;
        char *name = seccomp_syscall_resolve_num_arch(abis[abi].arch, number);
        if (name && !take(out, (struct name){abi, number, name}, calls, &count))
            return false;
    }
    qsort(calls, count, sizeof *calls, compare);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "NAME(%s, %d, %s)\n", abis[abi].id, calls[i].number, calls[i].name);
        free(calls[i].name);
    }
    return count > 0;
}

/* ---- our own rows ---- */

/* Prints NAME(index) for each row, in the order of names. */
static void print_order(FILE *out, const char *of, const struct name *rows, size_t count)
{
    struct name sorted[ROWS_MOST];
    for (size_t i = 0; i < count; i++) {
        sorted[i] = rows[i];
        sorted[i].number = (int)i;
    }
    qsort(sorted, count, sizeof *sorted, compare);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s(%d)\n", of, sorted[i].number);
}

/* clang-format off */
#define CALL(name, ...)          {0, 0, (char[]){#name}},
#define CALL_OF(abi, name, ...)  {0, 0, (char[]){#name}},
#define ENTRY(abi, name, ...)    {ABI_##abi, 0, (char[]){#name}},
#define NO_ENTRY(abi, name)      {ABI_##abi, 0, (char[]){#name}},
/* clang-format on */

static void print_orders(FILE *out)
{
    const struct name parameters[] = {
#include "syscalls/syscalls.def"
    };
    const struct name entries[] = {
#include "syscalls/entries.def"
    };
    _Static_assert(sizeof parameters / sizeof parameters[0] <= ROWS_MOST, "more rows than room");
    _Static_assert(sizeof entries / sizeof entries[0] <= ROWS_MOST, "more rows than room");
    print_order(out, "PARAMETERS", parameters, sizeof parameters / sizeof parameters[0]);
    print_order(out, "ENTRY_POINT", entries, sizeof entries / sizeof entries[0]);
}

static bool print_all(FILE *out)
{
    const struct scmp_version *version = seccomp_version();
    if (version)
        fprintf(out, "/* Made by make_syscall_names.c from libseccomp %u.%u.%u. */\n",
                version->major, version->minor, version->micro);
    for (unsigned abi = 0; abi < sizeof abis / sizeof abis[0]; abi++)
        if (!print_abi(out, abi))
            return false;
    print_orders(out);
    return true;
}

int main(int count, char **arguments)
{
    FILE *out = count == 2 ? fopen(arguments[1], "w") : NULL;
    if (!out) {
        perror("make_syscall_names");
        return 1;
    }
    bool done = print_all(out);
    if (fclose(out) == 0 && done)
        return 0;
    fprintf(stderr, "make_syscall_names: cannot write %s\n", arguments[1]);
    remove(arguments[1]);
    return 1;
}
