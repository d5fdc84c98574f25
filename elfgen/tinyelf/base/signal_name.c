/* Names of signals. */
#include "signal_name.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

static const struct {
    const char *name, *text;
} signals[] = {
#define SIGNAL(name, text) [SIG##name] = {#name, text},
#include "signals.def"
#undef SIGNAL
};

static bool is_known(int number)
{
    return number > 0 && (size_t)number < sizeof signals / sizeof signals[0] &&
           signals[number].name;
}

const char *signal_abbreviation(int number)
{
    return is_known(number) ? signals[number].name : NULL;
}

const char *signal_description(int number)
{
    return is_known(number) ? signals[number].text : NULL;
}
