/* Options that several commands have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../source/source.h"
#include "cli.h"

int take_target(const char *command, const char *name, uint16_t *machine)
{
    static const struct {
        const char *name;
        uint16_t machine;
    } targets[] = {{"x86_64", ELFGEN_EM_X86_64}, {"i386", ELFGEN_EM_386}};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        if (strcmp(targets[i].name, name) != 0)
            continue;
        *machine = targets[i].machine;
        return EXIT_YES;
    }
    return wrong_call(command, "--target '%s': it is x86_64 or i386", name);
}

int take_compiler(const char *command, const char *text, const char **compiler)
{
    *compiler = text;
    if (!source_are_words(text))
        return wrong_call(command, "--cc \"%s\": a quote is not closed", text);
    return text[strspn(text, " \t\n")] ? EXIT_YES : wrong_call(command, "--cc names no compiler");
}

int add_compiler_flags(const char *command, const char *text, char **flags)
{
    char *longer = NULL;
    if (!source_are_words(text))
        return wrong_call(command, "--cflags \"%s\": a quote is not closed", text);
    if (asprintf(&longer, "%s%s%s", *flags ? *flags : "", *flags ? " " : "", text) < 0)
        return wrong_call(command, "--cflags: out of memory");
    free(*flags);
    *flags = longer;
    return EXIT_YES;
}

int take_seconds(const char *command, const char *text, uint64_t *nanoseconds)
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
        return wrong_call(command,
                          "--time '%s': it is a number of seconds above 0, such as 5 or 0.5", text);
    *nanoseconds = value;
    return EXIT_YES;
}

int take_colour(const char *command, const char *text, bool *colour)
{
    const char *no_colour = getenv("NO_COLOR");
    bool is_auto = strcmp(text, "auto") == 0, always = strcmp(text, "always") == 0;
    if (!is_auto && !always && strcmp(text, "never") != 0)
        return wrong_call(command, "--color '%s': it is auto, always or never", text);
    *colour = always || (is_auto && isatty(STDOUT_FILENO) && !(no_colour && *no_colour));
    return EXIT_YES;
}
