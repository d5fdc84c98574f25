/* Options that several commands have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
