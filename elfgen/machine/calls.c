/* Numbers of system calls -> names (libseccomp) and parameters (calls.def). */
#include "machine.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parameter {
    const char *name;
    enum elfgen_parameter_kind kind;
    uint8_t size_in;
};

enum { NO_SIZE = UINT8_MAX };

/* Each call's parameters, and one without a name behind them; then the calls. */
/* clang-format off */
#define N(name) {#name, ELFGEN_PARAMETER_NUMBER, NO_SIZE}
#define H(name) {#name, ELFGEN_PARAMETER_HEX, NO_SIZE}
#define S(name) {#name, ELFGEN_PARAMETER_STRING, NO_SIZE}
#define I(name, size_in) {#name, ELFGEN_PARAMETER_INPUT, size_in}
#define P(name) {#name, ELFGEN_PARAMETER_INPUT, NO_SIZE}
#define O(name) {#name, ELFGEN_PARAMETER_OUTPUT, NO_SIZE}
#define ROW(only_i386, name, returns, ...) {#name, only_i386, returns, {__VA_ARGS__}},
#define CALL(...) ROW(false, __VA_ARGS__, {NULL, ELFGEN_PARAMETER_NUMBER, NO_SIZE})
#define CALL32(...) ROW(true, __VA_ARGS__, {NULL, ELFGEN_PARAMETER_NUMBER, NO_SIZE})
/* clang-format on */
static const struct row {
    const char *name;
    bool only_i386; /* and then before the row for both */
    bool returns;
    struct parameter parameters[ELFGEN_ARGUMENTS + 1];
} rows[] = {
#include "calls.def"
};

/* The row of a call, NULL: it has none. */
static const struct row *row_of(const char *name, bool is_i386)
{
    const struct row *found = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].name, name) == 0 && (is_i386 || !rows[i].only_i386) &&
            (!found || rows[i].only_i386))
            found = &rows[i];
    return found;
}

static void describe(const char *name, bool is_i386, struct elfgen_signature *signature)
{
    const struct row *row = row_of(name, is_i386);
    *signature = (struct elfgen_signature){.returns = true};
    snprintf(signature->name, sizeof signature->name, "%s", name);
    if (!row)
        return;
    signature->known = true;
    signature->returns = row->returns;
    for (const struct parameter *p = row->parameters; p->name; p++) {
        snprintf(signature->parameters[signature->count].name, sizeof signature->parameters[0].name,
                 "%s", p->name);
        signature->parameters[signature->count].kind = p->kind;
        signature->parameters[signature->count].size_in = p->size_in;
        signature->count++;
    }
}

/* What libseccomp knows by a number; the x32 calls, with bit 30 set, are no table of their own
 * here. */
static bool look_up(enum elfgen_door door, uint64_t number, struct elfgen_signature *signature)
{
    uint32_t arch = door == ELFGEN_DOOR_SYSCALL ? SCMP_ARCH_X86_64 : SCMP_ARCH_X86;
    char *name = number <= INT32_MAX ? seccomp_syscall_resolve_num_arch(arch, (int)number) : NULL;
    if (name)
        describe(name, door != ELFGEN_DOOR_SYSCALL, signature);
    free(name);
    return name != NULL;
}

bool machine_call(void *context, enum elfgen_door door, uint64_t number,
                  struct elfgen_signature *signature)
{
    struct machine *machine = context;
    struct machine_calls *calls = &machine->calls[door != ELFGEN_DOOR_SYSCALL];
    if (number >= MACHINE_CALLS)
        return look_up(door, number, signature);
    if (!calls->asked[number]) {
        calls->asked[number] = true;
        calls->found[number] = look_up(door, number, &calls->signatures[number]);
    }
    if (calls->found[number])
        *signature = calls->signatures[number];
    return calls->found[number];
}
