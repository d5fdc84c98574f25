/* Parses values of options that several commands have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/shellwords.h"
#include "cli.h"
#include "colour.h"
#include "elfgen/arch.h"

const struct option_choice option_targets[] = {
#define X(name, title, e_machine) {#name, e_machine, NULL},
    ELFGEN_ARCHS(X)
#undef X
        {NULL, 0, NULL},
};

const struct option_choice option_colours[] = {
    {"auto", COLOUR_AUTO, NULL},
    {"always", COLOUR_ALWAYS, NULL},
    {"never", COLOUR_NEVER, NULL},
    {NULL, 0, NULL},
};

bool option_colour(int when)
{
    const char *no_colour = getenv("NO_COLOR");
    return when == COLOUR_ALWAYS || (when == COLOUR_AUTO && isatty(STDOUT_FILENO) &&
                                     terminal_takes_escapes() && !(no_colour && *no_colour));
}

int option_compiler(const char *command, const char *text, const char **compiler)
{
    *compiler = text;
    if (!shellwords_are_closed(text))
        return usage_error(command, "--cc \"%s\": a quote is not closed", text);
    return text[strspn(text, " \t\n")] ? EXIT_YES : usage_error(command, "--cc names no compiler");
}

int option_add_compiler_flags(const char *command, const char *text, char **flags)
{
    char *longer = NULL;
    if (!shellwords_are_closed(text))
        return usage_error(command, "--cflags \"%s\": a quote is not closed", text);
    if (asprintf(&longer, "%s%s%s", *flags ? *flags : "", *flags ? " " : "", text) < 0)
        return usage_error(command, "--cflags: " NO_MEMORY);
    free(*flags);
    *flags = longer;
    return EXIT_YES;
}

int option_seconds(const char *command, const char *text, uint64_t *nanoseconds)
{
    enum { MOST = 86400 };
    uint64_t value = 0, unit = 1000000000;
    const char *at = text;
    bool digits = false;
    for (; *at >= '0' && *at <= '9' && value <= MOST * unit; at++, digits = true)
        value = value * 10 + (uint64_t)(*at - '0') * unit;
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++, digits = true)
            value += (uint64_t)(*at - '0') * (unit /= 10);
    if (!digits || *at || value == 0 || value > MOST * (uint64_t)1000000000)
        return usage_error(
            command, "--time '%s': it must be a number of seconds above 0, such as 5 or 0.5", text);
    *nanoseconds = value;
    return EXIT_YES;
}

bool parse_thousandths(const char *text, const char **rest, uint64_t *number)
{
    uint64_t value = 0, scale = 1000;
    size_t digits = 0;
    bool fraction = false;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !fraction); text++) {
        if (*text == '.') {
            fraction = true;
            continue;
        }
        digits++;
        if (fraction && scale == 1)
            return false;
        if (fraction)
            scale /= 10;
        if (value > UINT64_MAX / 1000 / 1000 / 10)
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
    }
    *number = value * scale;
    *rest = text;
    return digits != 0;
}

int option_size(const char *command, const char *option, const char *text, uint64_t *bytes)
{
    static const struct {
        const char *name;
        uint64_t bytes;
    } units[] = {{"", 1 << 20}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"B", 1}};
    const char *rest;
    *bytes = 0;
    if (strcmp(text, "none") == 0)
        return EXIT_YES;
    uint64_t thousandths = 0;
    bool known = parse_thousandths(text, &rest, &thousandths);
    for (size_t i = 0; known && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(rest, units[i].name) != 0 || thousandths > UINT64_MAX / units[i].bytes)
            continue;
        *bytes = thousandths * units[i].bytes / 1000;
        if (*bytes != 0)
            return EXIT_YES;
    }
    return usage_error(command,
                       "--%s '%s': it must be MiB, such as 64 or 0.5, or 512K, 64M, 1G, or none",
                       option, text);
}
