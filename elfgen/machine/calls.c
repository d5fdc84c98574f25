/* Numbers of system calls -> names (libseccomp) and parameters (calls.def). */
#include "calls.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each call's parameters, and one without a name behind them; then the calls. */
/* clang-format off */
#define N(name) {#name, ELFGEN_PARAMETER_NUMBER, CALL_NO_SIZE}
#define H(name) {#name, ELFGEN_PARAMETER_HEX, CALL_NO_SIZE}
#define S(name) {#name, ELFGEN_PARAMETER_STRING, CALL_NO_SIZE}
#define I(name, size_in) {#name, ELFGEN_PARAMETER_INPUT, size_in}
#define P(name) {#name, ELFGEN_PARAMETER_INPUT, CALL_NO_SIZE}
#define O(name) {#name, ELFGEN_PARAMETER_OUTPUT, CALL_NO_SIZE}
#define ROW(only_i386, name, returns, ...) {#name, only_i386, returns, {__VA_ARGS__}},
#define CALL(...) ROW(false, __VA_ARGS__, {NULL, ELFGEN_PARAMETER_NUMBER, CALL_NO_SIZE})
#define CALL32(...) ROW(true, __VA_ARGS__, {NULL, ELFGEN_PARAMETER_NUMBER, CALL_NO_SIZE})
/* clang-format on */
static const struct call_row rows[] = {
#include "calls.def"
};

const struct call_row *calls_row(enum call_abi abi, const char *name)
{
    const struct call_row *found = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0 && (abi == CALL_I386 || !rows[i].only_i386) &&
            (!found || rows[i].only_i386))
            found = &rows[i];
    return found;
}

/* x32's calls, with bit 30 set, are no table of their own here. */
static bool look_up(enum call_abi abi, uint64_t number, struct call *call)
{
    uint32_t arch = abi == CALL_X86_64 ? SCMP_ARCH_X86_64 : SCMP_ARCH_X86;
    char *name = number <= INT32_MAX ? seccomp_syscall_resolve_num_arch(arch, (int)number) : NULL;
    if (name) {
        snprintf(call->name, sizeof call->name, "%s", name);
        call->row = calls_row(abi, call->name);
    }
    free(name);
    return name != NULL;
}

const struct call *calls_find(struct calls *calls, enum call_abi abi, uint64_t number)
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
