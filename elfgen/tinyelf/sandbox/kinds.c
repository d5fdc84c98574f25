/* The table of kinds of system calls, and which of them contain a call. */
#include <asm/prctl.h>
#include <asm/termbits.h>
#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <string.h>

#include "kinds_private.h"

/* What conditions are about. O_LARGEFILE is 0 in the C library of 64-bit systems. */
enum { O_LARGE = 0x8000, ARCH_CET_STATUS_OLD = 0x3001, ARCH_SHSTK_STATUS_5 = 0x5005 };
#define READING             (O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_LARGE)
#define NO_FLAGS_BUT(flags) (LOW_HALF & ~(uint64_t)(flags))
#define THIS_DIRECTORY      (LOW_HALF & (uint64_t)AT_FDCWD)
#define ALL_BITS            UINT64_MAX
#define IF(argument, mask, value)                                                                  \
    {                                                                                              \
        argument, mask, value                                                                      \
    }
#define ALWAYS                                                                                     \
    {                                                                                              \
        0, 0, 0                                                                                    \
    }

const struct sandbox_kind_call sandbox_kind_calls[] = {
#define KIND(id, name, paths, help)
#define CALL(kind, name, ...) {SANDBOX_KIND_##kind, name, {__VA_ARGS__}},
#include "kinds.def"
#undef KIND
#undef CALL
};
const size_t sandbox_kind_call_count = sizeof sandbox_kind_calls / sizeof sandbox_kind_calls[0];

const char *sandbox_kind_name(enum sandbox_kind kind)
{
    static const char *const names[SANDBOX_KINDS] = {
#define KIND(id, name, paths, help) name,
#define CALL(kind, name, ...)
#include "kinds.def"
#undef KIND
#undef CALL
    };
    return names[kind];
}

bool sandbox_kinds_take_paths(unsigned kinds)
{
    static const unsigned takers = 0
#define KIND(id, name, paths, help) | ((paths) ? SANDBOX_KIND_BIT(id) : 0)
#define CALL(kind, name, ...)
#include "kinds.def"
#undef KIND
#undef CALL
        ;
    return (kinds & takers) != 0;
}

size_t sandbox_condition_count(const struct sandbox_kind_call *call)
{
    size_t count = 0;
    while (count < SANDBOX_CONDITIONS && call->conditions[count].mask != 0)
        count++;
    return count;
}

unsigned sandbox_kinds_with(const char *name, const uint64_t arguments[6])
{
    unsigned kinds = 0;
    for (size_t i = 0; i < sandbox_kind_call_count; i++) {
        const struct sandbox_kind_call *call = &sandbox_kind_calls[i];
        bool holds = strcmp(call->name, name) == 0;
        for (size_t k = 0; holds && k < sandbox_condition_count(call); k++) {
            const struct sandbox_condition *condition = &call->conditions[k];
            holds = (arguments[condition->argument] & condition->mask) == condition->value;
        }
        if (holds)
            kinds |= 1u << call->kind;
    }
    return kinds;
}
