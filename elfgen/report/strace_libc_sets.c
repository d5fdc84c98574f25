/* Names of numbers by the C library's headers. */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "strace_sets.h"

#define BEGIN(id, unknown) static const struct set_value values_##id[] = {
#define V(name)            {#name, (uint64_t)(name)},
#define N(name, value)     {name, (uint64_t)(value)},
#define END(id)                                                                                    \
    {                                                                                              \
        NULL, 0                                                                                    \
    }                                                                                              \
    }                                                                                              \
    ;
#include "strace_libc_sets.def"
#undef BEGIN
#undef V
#undef N
#undef END

#define BEGIN(id, unknown) const struct set set_##id = {values_##id, unknown};
#define V(name)
#define N(name, value)
#define END(id)
#include "strace_libc_sets.def"

static const struct set_value values_none[] = {{NULL, 0}};
const struct set set_none = {values_none, "???"};

const char *set_name(const struct set *set, uint64_t value)
{
    for (const struct set_value *v = set->values; v->name; v++)
        if (v->value == value)
            return v->name;
    return NULL;
}
