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

#define SETS "strace_libc_sets.def"
#include "strace_sets_make.h"

static const struct set_value values_none[] = {{NULL, 0}};
const struct set set_none = {values_none, "???"};

const char *set_name(const struct set *set, uint64_t value)
{
    for (const struct set_value *v = set->values; v->name; v++)
        if (v->value == value)
            return v->name;
    return NULL;
}
