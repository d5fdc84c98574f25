/* tinyelf dump: prints headers of any file as readelf does. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"
#include "base/file.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "cli/loadable.h"

enum { OPTION_HELP = 256 };

static const struct option long_options[] = {
    {"file-header", no_argument, NULL, 'h'},
    {"program-headers", no_argument, NULL, 'l'},
    {"segments", no_argument, NULL, 'l'},
    {"section-headers", no_argument, NULL, 'S'},
    {"sections", no_argument, NULL, 'S'},
    {"headers", no_argument, NULL, 'e'},
    {"wide", no_argument, NULL, 'W'},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts("Usage: tinyelf dump [-h] [-l] [-S] [-W] FILE...\n"
         "Prints what GNU readelf 2.40 prints, and goes on where readelf gives up.\n"
         "Without -h, -l or -S: -h -l. - reads standard input.\n\n"
         "  -h, --file-header      the ELF header\n"
         "  -l, --program-headers  the program headers (--segments)\n"
         "  -S, --section-headers  the section headers (--sections)\n"
         "  -e, --headers          all three\n"
         "  -W, --wide             one line an entry\n"
         "      --help             this text");
}

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

static bool dump_file(struct readelf *report, const char *path, bool titled,
                      struct standard_output *output)
{
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "<stdin>" : path;
    struct file_bytes bytes = {0};
    int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    /* Standard input may be a pipe, if the user wants that. */
    bool read = file >= 0 && file_read(file, !standard, &bytes);
    int error = errno;
    if (file > STDIN_FILENO)
        close(file);
    if (!read) {
        stdout_flush(output);
        message(name, "error", "%s", error == ENODEV ? "not a regular file" : strerror(error));
        file_free(&bytes);
        return false;
    }
    struct objection objection = {name, output};
    report->bytes = bytes.bytes;
    report->length = bytes.size;
    report->title = titled ? name : NULL;
    report->out = &output->text;
    report->object = object;
    report->context = &objection;
    bool good = readelf_report(report);
    loadable_point_to_check(name, bytes.bytes, bytes.size, output);
    file_free(&bytes);
    return good;
}

static bool parse(struct readelf *report, int option)
{
    switch (option) {
    case 'h':
        report->header = true;
        return true;
    case 'l':
        report->segments = true;
        return true;
    case 'S':
        report->sections = true;
        return true;
    case 'e':
        report->header = report->segments = report->sections = true;
        return true;
    case 'W':
        report->wide = true;
        return true;
    default:
        return false;
    }
}

int command_dump(int argc, char **argv)
{
    struct standard_output *output = stdout_open();
    struct readelf report = {0};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":hlSeW", long_options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            help();
            return help_end();
        }
        if (!parse(&report, option))
            return usage_error_option("dump", option, argv, long_options);
    }
    if (optind == argc)
        return usage_error("dump", "no file given");
    if (!report.header && !report.segments && !report.sections)
        report.header = report.segments = true;
    bool good = true;
    bool titled = argc - optind > 1;
    for (int i = optind; i < argc; i++)
        good &= dump_file(&report, argv[i], titled, output);
    good &= stdout_finish(output);
    return good ? EXIT_YES : EXIT_NO;
}
