/* Reads the versions of Linux that an option --kernel names. */
#include "kernel_versions.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "elfgen/kernel.h"

enum { LAST_OF_4 = 20, LAST_OF_5 = 19 };

/* Reads a version at *text and moves on to what follows its numbers. 0: there is none. */
static uint32_t read_version(const char **text)
{
    unsigned major, minor;
    int end = 0;
    if (**text < '0' || **text > '9' || sscanf(*text, "%3u.%3u%n", &major, &minor, &end) != 2 ||
        end == 0)
        return 0;
    *text += end;
    if (**text == '.')
        *text += 1 + strspn(*text + 1, ".0123456789");
    return ELFGEN_LINUX(major, minor);
}

/* Whether a text ends a range: nothing, or a version and no more. */
static bool read_end(const char *text, uint32_t *last)
{
    if (*text == '\0')
        return true;
    *last = read_version(&text);
    return *last != 0 && *text == '\0';
}

static uint32_t known(const char *text)
{
    return read_version(&text);
}

int kernel_versions_read(const char *command, const char *text, struct kernel_versions *versions)
{
    const uint32_t oldest = known(KERNEL_OLDEST), newest = known(KERNEL_NEWEST);
    const char *rest = text;
    *versions = (struct kernel_versions){oldest, newest};
    if (strcmp(text, "all") == 0)
        return EXIT_YES;
    versions->first = read_version(&rest);
    /* A release may have more after a hyphen: 6.1-rc2, 6.1.0-50-amd64. */
    if (*rest != '-' || !read_end(rest + 1, &versions->last))
        versions->last = versions->first;
    if (versions->first == 0 || (*rest != '\0' && *rest != '-') || strncmp(rest, "--", 2) == 0)
        return usage_error(
            command,
            "--kernel '%s': it must be a version, such as 6.1, a range, such as 5.4-6.1 "
            "or 5.4-, or all",
            text);
    if (versions->first < oldest || versions->last > newest)
        return usage_error(command, "--kernel '%s': known are " KERNEL_OLDEST " to " KERNEL_NEWEST,
                           text);
    if (versions->first > versions->last)
        return usage_error(command, "--kernel '%s': the first version is the later one", text);
    return EXIT_YES;
}

uint32_t kernel_versions_next(uint32_t version)
{
    if (version == ELFGEN_LINUX(4, LAST_OF_4))
        return ELFGEN_LINUX(5, 0);
    return version == ELFGEN_LINUX(5, LAST_OF_5) ? ELFGEN_LINUX(6, 0) : version + 1;
}
