/* tinyelf dump: prints headers of any file as readelf does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"
#include "base/file.h"
#include "base/file_parts.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "cli/loadable.h"

#define OPTIONS "commands/dump/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_dump_options = {
    .name = "dump",
    .usage = "[OPTIONS] FILE...",
    .about = "Prints what GNU readelf 2.40 prints, and goes on where readelf gives up. "
             "Without -h, -l or -S it prints -h and -l. FILE - is standard input.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .exit_status = "0 if all was printed, 1 if a file cannot be read or is faulty, or if --verify "
                   "found a difference, 2 for a usage error.",
};

/* An objection to a file. The report so far is printed first, to keep the order. */
struct objection {
    const char *file;
    struct standard_output *output;
};

static void object(void *context, bool is_error, uint64_t offset, const char *field,
                   const char *text)
{
    const struct objection *objection = context;
    const struct place place = {.file = objection->file, .offset = offset, .field = field};
    stdout_flush(objection->output);
    report_send(&message_reporter, is_error ? REPORT_ERROR : REPORT_WARNING, &place, "%s", text);
}

static bool dump_file(struct readelf *report, const char *path, bool titled, char *buffer,
                      struct standard_output *output)
{
    const char *name = input_name(path);
    struct file_bytes bytes = {0};
    struct file_parts parts = {.file = -1};
    if (!input_read_parts(output, path, &bytes, &parts, buffer)) {
        file_free(&bytes);
        return false;
    }
    const bool has_parts = parts.reader.length > 0;
    struct objection objection = {name, output};
    report->bytes = bytes.bytes;
    report->reader = has_parts ? &parts.reader : NULL;
    report->length = has_parts ? parts.reader.length : bytes.size;
    report->title = titled ? name : NULL;
    report->out = &output->text;
    report->object = object;
    report->context = &objection;
    bool good = readelf_report(report);
    if (report->not_elf) {
        stdout_flush(output);
        input_point_to_build(name);
    }
    if (has_parts) {
        loadable_point_parts_to_check(name, &parts.reader, output);
        file_parts_close(&parts);
    } else {
        loadable_point_to_check(name, bytes.bytes, bytes.size, output);
    }
    file_free(&bytes);
    return good;
}

static int take_option(void *context, const struct option_given *given)
{
    struct readelf *report = context;
    switch ((enum option_id)given->id) {
    case OPTION_FILE_HEADER:
        report->header = true;
        break;
    case OPTION_PROGRAM_HEADERS:
    case OPTION_SEGMENTS:
        report->segments = true;
        break;
    case OPTION_SECTION_HEADERS:
    case OPTION_SECTIONS:
        report->sections = true;
        break;
    case OPTION_HEADERS:
        report->header = report->segments = report->sections = true;
        break;
    case OPTION_WIDE:
        report->wide = true;
        break;
    case OPTION_VERIFY:
        break; /* command_dump_verify() is run instead */
    }
    return EXIT_YES;
}

int command_dump(int argc, char **argv)
{
    struct standard_output *output = stdout_open();
    struct readelf report = {0};
    int status = options_read(&command_dump_options, argc, argv, take_option, &report);
    if (status != OPTIONS_READ)
        return status;
    if (optind == argc)
        return usage_error("dump", "no file given");
    if (!report.header && !report.segments && !report.sections)
        report.header = report.segments = true;
    bool good = true;
    bool titled = argc - optind > 1;
    /* Names are printed as readelf prints them, some of them raw: but not to a terminal. */
    output->visible = isatty(STDOUT_FILENO);
    char *buffer = malloc(FILE_PARTS_BUFFER); /* without it, each file is read as a whole */
    for (int i = optind; i < argc; i++)
        good &= dump_file(&report, argv[i], titled, buffer, output);
    free(buffer);
    good &= stdout_finish(output);
    return good ? EXIT_YES : EXIT_NO;
}
