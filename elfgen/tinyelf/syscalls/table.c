/* Finds system calls by number, with their parameters. */
#include "table.h"

#include <stdio.h>
#include <string.h>

#include "elfgen/search.h"

/* Rows of the table. A parameter without a name ends each list. */
/* clang-format off */
#define P(name, type) {#name, CALL_TYPE_##type, CALL_NO_SIZE}
#define B(name, type, size_in) {#name, CALL_TYPE_##type, size_in}
#define NONE() {NULL, CALL_TYPE_NEVER, CALL_NO_SIZE}
#define RESULT_(kind, count_in) ELFGEN_RESULT_##kind, count_in
#define RESULT_NEVER RESULT_(NEVER, CALL_NO_SIZE)
#define RESULT_FAILURE RESULT_(FAILURE, CALL_NO_SIZE)
#define RESULT_ZERO RESULT_(ZERO, CALL_NO_SIZE)
#define RESULT_COUNT(parameter) RESULT_(COUNT, parameter)
#define RESULT_NUMBER RESULT_(NUMBER, CALL_NO_SIZE)
#define RESULT_PAGE RESULT_(PAGE, CALL_NO_SIZE)
#define RESULT_VALUE RESULT_(VALUE, CALL_NO_SIZE)
#define RESULT_ANY RESULT_(ANY, CALL_NO_SIZE)
#define ROW(only, name, type, result, ...) \
    {#name, CALL_TYPE_##type, only, RESULT_##result, {__VA_ARGS__}},
#define CALL(...) ROW(CALL_ABIS, __VA_ARGS__, NONE())
#define CALL_OF(abi, ...) ROW(CALL_##abi, __VA_ARGS__, NONE())
/* clang-format on */
static const struct call_row rows[] = {
#include "syscalls.def"
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* Indices of the rows, by name. */
/* clang-format off */
#define NAME(abi, number, name)
#define INNER(abi, through, name)
#define ENTRY_POINT(index)
#define PARAMETERS(index) index,
/* clang-format on */
static const uint16_t by_name[ROWS] = {
#include <syscall_names.def>
};

static const struct {
    const char *text;
    enum elfgen_parameter_kind kind;
} types[CALL_TYPE_COUNT] = {
#define TYPE(id, text, kind, when, printer, set) {text, ELFGEN_PARAMETER_##kind},
#include "types.def"
#undef TYPE
};

const char *syscall_type_text(enum call_type type)
{
    return types[type].text;
}

enum elfgen_parameter_kind syscall_type_kind(enum call_type type)
{
    return types[type].kind;
}

const struct call_row *syscall_row_at(size_t index)
{
    return index < ROWS ? &rows[index] : NULL;
}

static bool comes_before(const void *item, const void *key)
{
    return strcmp(rows[*(const uint16_t *)item].name, key) < 0;
}

const struct call_row *syscall_row(enum call_abi abi, const char *name)
{
    const struct call_row *found = NULL;
    size_t at = elfgen_search(by_name, ROWS, sizeof by_name[0], name, comes_before);
    for (; at < ROWS && strcmp(rows[by_name[at]].name, name) == 0; at++) {
        const struct call_row *row = &rows[by_name[at]];
        if ((row->only == abi || row->only == CALL_ABIS) && (!found || row->only == abi))
            found = row;
    }
    return found;
}

static bool look_up(enum call_abi abi, uint64_t number, struct call *call)
{
    const char *name = syscall_name(abi, number);
    if (name) {
        snprintf(call->name, sizeof call->name, "%s", name);
        call->row = syscall_row(abi, name);
    }
    return name != NULL;
}

const struct call *syscall_find(struct calls *calls, enum call_abi abi, uint64_t number)
{
    if (number >= CALLS_KEPT)
        return look_up(abi, number, &calls->last) ? &calls->last : NULL;
    struct call *call = &calls->kept[abi][number];
    if (!calls->asked[abi][number]) {
        calls->asked[abi][number] = true;
        calls->found[abi][number] = look_up(abi, number, call);
    }
    return calls->found[abi][number] ? call : NULL;
}

bool syscall_fails_if_negative(const char *name)
{
    static const char *const names[] = {"read", "write", "pread64", "pwrite64"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}
