/* Names of numbers from headers of the C library. */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "xlat.h"

#define SETS "xlat_libc.def"
#include "xlat_expand.h"

static const struct xlat_row rows_none[] = {{NULL, 0}};
const struct xlat xlat_none = {rows_none, "???"};

const char *xlat_name(const struct xlat *xlat, uint64_t value)
{
    for (const struct xlat_row *v = xlat->values; v->name; v++)
        if (v->value == value)
            return v->name;
    return NULL;
}
