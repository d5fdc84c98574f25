/* tinyelf explain: every byte of a file, with its owners. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../report/explain.h"
#include "../source/bytes.h"
#include "cli.h"

enum { OPTION_FORMAT = 256, OPTION_AT, OPTION_HELP };

static const struct option options[] = {
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"at", required_argument, NULL, OPTION_AT},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts(
        "Usage: tinyelf explain [--format text|json|hex] [--at OFFSET|FIELD] FILE\n"
        "Names the bytes of any file: headers, tables, strings and notes, field by field, with "
        "value,\n"
        "meaning and who reads them. - reads standard input.\n\n"
        "      --format NAME  text; json; or hex: source that 'tinyelf build' makes the file from\n"
        "      --at PLACE     only what owns the byte at an offset, or a field such as e_phentsize "
        "or\n"
        "                     phdr[0].p_flags\n"
        "      --help         this text");
}

static bool read_input(const char *path, const char *name, struct file_bytes *bytes)
{
    bool standard = strcmp(path, "-") == 0;
    int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool read = file >= 0 && file_read(file, !standard, bytes);
    if (!read)
        message(name, "error", "%s", errno == ENODEV ? "not a regular file" : strerror(errno));
    if (file > STDIN_FILENO)
        close(file);
    return read;
}

/* --at: an offset, or a field's name. False: the file has no such byte, told. */
static bool choose_place(struct explain *explain, const char *name, const char *at)
{
    uint64_t offset;
    if (!parse_number(at, &offset) && !explain_find(explain->bytes, explain->length, at, &offset)) {
        message(name, "error", "no field '%s' in this file", at);
        return false;
    }
    if (offset >= explain->length) {
        message(name, "error", "offset 0x%llx is past the end of the file, 0x%llx",
                (unsigned long long)offset, (unsigned long long)explain->length);
        return false;
    }
    explain->from = offset;
    explain->to = offset + 1;
    return true;
}

static int run(enum explain_format format, const char *at, const char *path)
{
    const char *name = strcmp(path, "-") == 0 ? "<stdin>" : path;
    struct file_bytes bytes = {0};
    struct standard_output *output = open_output();
    bool done = read_input(path, name, &bytes);
    struct explain explain = {.bytes = bytes.bytes,
                              .length = bytes.size,
                              .file = name,
                              .format = format,
                              .to = UINT64_MAX,
                              .out = &output->text};
    if (done && at)
        done = choose_place(&explain, name, at);
    if (done && !explain_report(&explain)) {
        message(name, "error", "%s", explain.problem);
        done = false;
    }
    done = finish_output(output) && done;
    file_free(&bytes);
    return done ? EXIT_YES : EXIT_NO;
}

static bool parse_format(const char *text, enum explain_format *format)
{
    static const char *const names[] = {
        [EXPLAIN_TEXT] = "text", [EXPLAIN_JSON] = "json", [EXPLAIN_HEX] = "hex"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) != 0)
            continue;
        *format = (enum explain_format)i;
        return true;
    }
    return false;
}

int command_explain(int argc, char **argv)
{
    enum explain_format format = EXPLAIN_TEXT;
    const char *at = NULL;
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case OPTION_FORMAT:
            if (!parse_format(optarg, &format))
                return wrong_call("explain", "--format '%s': it is text, json or hex", optarg);
            break;
        case OPTION_AT:
            at = optarg;
            break;
        case OPTION_HELP:
            help();
            return fflush(stdout) == 0 ? EXIT_YES : EXIT_NO;
        default:
            return wrong_option("explain", option, argv, options);
        }
    }
    if (optind + 1 != argc)
        return wrong_call("explain", optind == argc ? "no file given" : "one file at a time");
    if (at && format == EXPLAIN_HEX)
        return wrong_call("explain", "--format hex is for whole files, --at for one byte");
    return run(format, at, argv[optind]);
}
