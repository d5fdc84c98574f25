/* Finds names and numbers of system calls in the table that cmake/make_syscall_names.c made. */
#include "table.h"

#include <string.h>

#include "elfgen/search.h"

/* clang-format off */
#define PARAMETERS(index)
#define ENTRY_POINT(index)
#define NAME(abi, number, name) [CALL_##abi][number] = #name,
#define INNER(abi, through, name)
/* clang-format on */
static const char *const names[CALL_ABIS][CALLS_END] = {
#include <syscall_names.def>
};
#undef NAME

/* The calls by ABI, then by name. */
static const struct place {
    uint16_t abi, number;
} by_name[] = {
/* clang-format off */
#define NAME(abi, number, name) {CALL_##abi, number},
/* clang-format on */
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

struct key {
    enum call_abi abi;
    const char *name;
};

static bool comes_before(const void *item, const void *key)
{
    const struct place *place = item;
    const struct key *wanted = key;
    return place->abi != (uint16_t)wanted->abi
               ? place->abi < (uint16_t)wanted->abi
               : strcmp(names[place->abi][place->number], wanted->name) < 0;
}

int syscall_number(enum call_abi abi, const char *name)
{
    enum { COUNT = sizeof by_name / sizeof by_name[0] };
    const struct key key = {abi, name};
    const size_t at = elfgen_search(by_name, COUNT, sizeof by_name[0], &key, comes_before);
    const bool is = at < COUNT && by_name[at].abi == (uint16_t)abi &&
                    strcmp(names[abi][by_name[at].number], name) == 0;
    return is ? by_name[at].number : -1;
}

const char *syscall_through(enum call_abi abi, const char *name)
{
    for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++)
        if (inner[i].abi == abi && strcmp(inner[i].name, name) == 0 &&
            syscall_number(abi, name) < 0)
            return inner[i].through;
    return NULL;
}
