/* tinyelf check: tells whether Linux would start a file, and if not, why. */
#include <stdio.h>
#include <string.h>

#include "ptrace/host.h"
#include "check.h"
#include "base/file.h"
#include "base/fold.h"
#include "base/width.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "commands/commands.h"
#include "commands/json_versions.h"

static const struct option_choice loaders[] = {
    {"linux", 0, NULL},
    {"qemu-user", ELFGEN_OBJECTOR_QEMU_USER, NULL},
    {"wsl1", ELFGEN_OBJECTOR_WSL1, NULL},
    {"freebsd", ELFGEN_OBJECTOR_FREEBSD, NULL},
    {NULL, 0, NULL},
};

#define OPTIONS "commands/check/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_check_options = {
    .name = "check",
    .usage = "[OPTIONS] FILE...",
    .about = "Says from a file's bytes whether Linux starts it, and if not, which field is "
             "to blame and which value would work. The interpreter that the file names is checked, "
             "too. FILE - is "
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
    struct kernel_versions versions; /* zeros: this machine's */
    bool json, strict, verbose;
};

static bool is_table(const struct orders *orders)
{
    return !orders->loader && orders->versions.first != orders->versions.last;
}

/* ---- options ---- */

static int take_kernel(const char *text, struct orders *orders)
{
    int status = kernel_versions_read("check", text, &orders->versions);
    elfgen_kernel_usual(&orders->machine);
    orders->machine.version = orders->versions.last;
    return status;
}

static int take_option(void *context, const struct option_given *given)
{
    struct orders *orders = context;
    switch ((enum option_id)given->id) {
    case OPTION_KERNEL:
        return take_kernel(given->value, orders);
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

/* Prints the answer as text: sentences, or a line for versions that say the same, which
 * continues after the versions. */
static unsigned print_text(const struct orders *orders, struct elfgen_text *out,
                           const struct verdict *report, bool *good, bool *starts)
{
    struct fold fold;
    unsigned warnings = 0;
    fold_open(&fold, out, width_of_output(), is_table(orders) ? CHECK_VERDICT_COLUMN : 0);
    if (is_table(orders))
        *good = check_kernels(&fold.text, report, &orders->versions, false, starts);
    else
        warnings = check_text(&fold.text, report, orders->verbose);
    fold_close(&fold);
    return warnings;
}

/* Prints the answer to what was asked. *starts: it starts, and --strict finds nothing. Returns
 * false if memory ran out. */
static bool print(const struct orders *orders, struct elfgen_text *out,
                  const struct verdict *report, bool *starts)
{
    unsigned warnings = 0;
    bool good = true;
    *starts =
        report->answer ? report->answer->verdict == ELFGEN_STARTS : report->objection.who == 0;
    if (orders->json)
        warnings =
            check_json(out, report, is_table(orders) ? &orders->versions : NULL, &good, starts);
    else
        warnings = print_text(orders, out, report, &good, starts);
    *starts = *starts && (warnings == 0 || !orders->strict);
    return good;
}

static bool check_file(struct orders *orders, const char *name, struct standard_output *output)
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
            asked =
                verdict_ask(&report, &orders->machine, host_open_interpreter, host_learn, &memory);
        else if (!elfgen_objection_next(report.bytes, report.length, orders->objector, &row,
                                        &report.objection))
            report.objection = (struct elfgen_objection){.offset = ELFGEN_NOWHERE};
        if (!asked || !print(orders, &output->text, &report, &starts)) {
            message_no_memory(report.file);
            starts = false;
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
    host_begin(&orders.machine);
    int status = options_read(&command_check_options, argc, argv, take_option, &orders);
    if (status != OPTIONS_READ)
        return status;
    if (optind == argc)
        return usage_error("check", "no file given");
    /* The map, which these print, is made of all facts. */
    if (orders.json || orders.verbose)
        host_learn(&orders.machine, ELFGEN_FACTS);
    volatile size_t done = 0;
    progress_begin(&(struct progress){
        .doing = "checking", .things = "files", .all = (uint64_t)(argc - optind), .done = &done});
    for (int i = optind; i < argc; i++, done++)
        good &= check_file(&orders, argv[i], output);
    progress_end();
    good &= stdout_finish(output);
    return good ? EXIT_YES : EXIT_NO;
}
