/* Finds names and numbers of system calls in the table that cmake/make_syscall_names.c made. */
#include "table.h"

#include <string.h>

/* clang-format off */
#define NAME(abi, number, name) [CALL_##abi][number] = #name,
#define INNER(abi, through, name)
/* clang-format on */
static const char *const names[CALL_ABIS][CALLS_END] = {
#include <syscall_names.def>
};
#undef NAME
#undef INNER

/* A call that has no number in an ABI, where `through` makes it. */
static const struct {
    enum call_abi abi;
    const char *through, *name;
} inner[] = {
/* clang-format off */
#define NAME(abi, number, name)
#define INNER(abi, through, name) {CALL_##abi, #through, #name},
/* clang-format on */
#include <syscall_names.def>
};

const char *syscall_name(enum call_abi abi, uint64_t number)
{
    return number < CALLS_END ? names[abi][number] : NULL;
}

int syscall_number(enum call_abi abi, const char *name)
{
    for (int number = 0; number < CALLS_END; number++)
        if (names[abi][number] && strcmp(names[abi][number], name) == 0)
            return number;
    return -1;
}

const char *syscall_through(enum call_abi abi, const char *name)
{
    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++)
        if (inner[i].abi == abi && strcmp(inner[i].name, name) == 0 &&
            syscall_number(abi, name) < 0)
            return inner[i].through;
    return NULL;
}
