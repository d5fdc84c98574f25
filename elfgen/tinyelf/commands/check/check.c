/* tinyelf check: tells whether Linux would start a file, and if not, why. */
#include <stdio.h>
#include <string.h>

#include "ptrace/host.h"
#include "check.h"
#include "base/file.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/json_versions.h"

static const struct option_choice loaders[] = {
    {"linux", 0, NULL},
    {"qemu-user", ELFGEN_OBJECTOR_QEMU_USER, NULL},
    {"wsl1", ELFGEN_OBJECTOR_WSL1, NULL},
    {"freebsd", ELFGEN_OBJECTOR_FREEBSD, NULL},
    {NULL, 0, NULL},
};

/* The versions of Linux whose checks the library knows. */
#define OLDEST_KERNEL "4.19"
#define NEWEST_KERNEL "6.18"

#define OPTIONS "commands/check/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_check_options = {
    .name = "check",
    .usage = "[OPTIONS] FILE...",
    .about = "Says from a file's bytes whether Linux starts it, and if not, which field is "
             "to blame and what would do. Interpreters are followed one step. FILE - is "
             "standard input.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_check,
    .exit_status = "0 if all of them start, 1 if not, 2 for a usage error.",
};

struct orders {
    struct elfgen_kernel_machine machine;
    const char *loader; /* NULL: Linux */
    enum elfgen_objector objector;
    bool json, strict, verbose;
};

/* ---- options ---- */

/* ELFGEN_LINUX() of "6.1", "6.1.5" or "6.1-rc2"; 0: it is no version. */
static uint32_t parse_version(const char *text)
{
    unsigned major, minor;
    int end = 0;
    if (sscanf(text, "%3u.%3u%n", &major, &minor, &end) != 2 || end == 0 ||
        (text[end] != '\0' && text[end] != '.' && text[end] != '-'))
        return 0;
    return ELFGEN_LINUX(major, minor);
}

static int take_kernel(const char *text, struct elfgen_kernel_machine *machine)
{
    uint32_t version = parse_version(text);
    if (version == 0)
        return usage_error("check", "--kernel '%s': it is a version, such as 6.1", text);
    if (version < parse_version(OLDEST_KERNEL) || version > parse_version(NEWEST_KERNEL))
        return usage_error("check", "--kernel '%s': known are " OLDEST_KERNEL " to " NEWEST_KERNEL,
                           text);
    elfgen_kernel_usual(machine);
    machine->version = version;
    return EXIT_YES;
}

static int take_option(void *context, const struct option_given *given)
{
    struct orders *orders = context;
    switch ((enum option_id)given->id) {
    case OPTION_KERNEL:
        return take_kernel(given->value, &orders->machine);
    case OPTION_LOADER:
        orders->objector = (enum elfgen_objector)given->choice;
        orders->loader = given->choice != 0 ? given->value : NULL;
        break;
    case OPTION_JSON:
        orders->json = true;
        break;
    case OPTION_STRICT:
        orders->strict = true;
        break;
    case OPTION_VERBOSE:
        orders->verbose = true;
        break;
    }
    return EXIT_YES;
}

/* ---- one file ---- */

static bool check_file(const struct orders *orders, const char *name,
                       struct standard_output *output)
{
    struct file_bytes bytes = {0};
    struct verdict_memory memory = {0};
    struct verdict report = {
        .file = input_name(name), .loader = orders->loader, .objector = orders->objector};
    bool starts = false;
    stdout_flush(output); /* to print messages after it */
    if (input_read(name, &bytes)) {
        unsigned row = 0;
        bool asked = true;
        report.bytes = (const uint8_t *)bytes.bytes;
        report.length = bytes.size;
        if (!orders->loader)
            asked = verdict_ask(&report, &orders->machine, host_open_interpreter, &memory);
        else if (!elfgen_objection_next(report.bytes, report.length, orders->objector, &row,
                                        &report.objection))
            report.objection = (struct elfgen_objection){.offset = ELFGEN_NOWHERE};
        if (!asked) {
            message_no_memory(report.file);
        } else {
            unsigned warnings = orders->json ? check_json(&output->text, &report)
                                             : check_text(&output->text, &report, orders->verbose);
            starts =
                orders->loader ? report.objection.who == 0 : memory.answer.verdict == ELFGEN_STARTS;
            starts &= warnings == 0 || !orders->strict;
        }
    }
    file_free(&bytes);
    verdict_free(&memory);
    return starts;
}

int command_check(int argc, char **argv)
{
    struct orders orders = {0};
    struct standard_output *output = stdout_open();
    bool good = true;
    host_machine(&orders.machine);
    int status = options_read(&command_check_options, argc, argv, take_option, &orders);
    if (status != OPTIONS_READ)
        return status;
    if (optind == argc)
        return usage_error("check", "no file given");
    for (int i = optind; i < argc; i++)
        good &= check_file(&orders, argv[i], output);
    good &= stdout_finish(output);
    return good ? EXIT_YES : EXIT_NO;
}
