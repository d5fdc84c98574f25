/* Errors that a system call gave. */
#include "system_error.h"

#include <errno.h>
#include <stddef.h>

#include "no_memory.h"

static const struct {
    const char *name, *text;
} errors[] = {
#define ERROR(name, text) [name] = {#name, text},
#include "errors.def"
#undef ERROR
};

static bool is_known(int number)
{
    return number > 0 && (size_t)number < sizeof errors / sizeof errors[0] && errors[number].name;
}

const char *system_error_name(int number)
{
    return is_known(number) ? errors[number].name : NULL;
}

const char *system_error_description(int number)
{
    return is_known(number) ? errors[number].text : NULL;
}

const char *system_error_text(int number)
{
    const char *text = number == ENOMEM ? NO_MEMORY : system_error_description(number);
    return text ? text : "Unknown error";
}

bool error_system(struct elfgen_error *error, const char *what, int number)
{
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "%s: %s", what,
                     system_error_text(number));
    return false;
}
