/* Names and descriptions of errno values. */
#include "strace/args/args.h"

#include "base/system_error.h"

/* Errors that no program ever sees: the kernel restarts the call. (linux/errno.h of the kernel
 * itself, which no package has) */
static const struct {
    int16_t number;
    const char *name, *text;
} internal[] = {
    {512, "ERESTARTSYS", "To be restarted if SA_RESTART is set"},
    {513, "ERESTARTNOINTR", "To be restarted"},
    {514, "ERESTARTNOHAND", "To be restarted if no handler"},
    {516, "ERESTART_RESTARTBLOCK", "Interrupted by signal"},
};
enum { INTERNAL = sizeof internal / sizeof internal[0] };

static size_t find_internal(int64_t number)
{
    size_t i = 0;
    while (i < INTERNAL && internal[i].number != number)
        i++;
    return i;
}

const char *strace_error_name(int64_t number)
{
    size_t i = find_internal(number);
    if (i < INTERNAL)
        return internal[i].name;
    return number > 0 && number <= INT16_MAX ? system_error_name((int)number) : NULL;
}

const char *strace_error_text(int64_t number)
{
    size_t i = find_internal(number);
    const char *text = NULL;
    if (i < INTERNAL)
        text = internal[i].text;
    else if (number > 0 && number <= INT16_MAX)
        text = system_error_description((int)number);
    return text ? text : "Unknown error";
}

bool strace_error_is_internal(int64_t number)
{
    return find_internal(number) < INTERNAL;
}
