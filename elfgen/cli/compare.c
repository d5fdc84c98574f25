/* tinyelf compare: two files side by side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../machine/code.h"
#include "../report/compare.h"
#include "../source/bytes.h"
#include "cli.h"

enum { OPTION_JSON = 256, OPTION_HELP };

static const struct option options[] = {
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts("Usage: tinyelf compare [--json] FILE FILE\n"
         "Two ELF files side by side: size, headers, segments, sections, whose each byte is, "
         "memory\n"
         "mapped, and instructions. - reads standard input, for one of them.\n\n"
         "      --json   one object: identical, and files, an array of two\n"
         "      --help   this text");
}

/* What is wrong, and where. */
static void tell(const char *file, const struct elfgen_error *error, const char *field)
{
    char place[64] = "";
    char *subject = NULL;
    if (error->offset != ELFGEN_NOWHERE && field)
        snprintf(place, sizeof place, ": offset 0x%llx (%s)", (unsigned long long)error->offset,
                 field);
    else if (error->offset != ELFGEN_NOWHERE)
        snprintf(place, sizeof place, ": offset 0x%llx", (unsigned long long)error->offset);
    else if (field)
        snprintf(place, sizeof place, ": %s", field);
    if (asprintf(&subject, "%s%s", file, place) < 0)
        subject = NULL;
    message(subject ? subject : file, "error", "%s", error->text);
    free(subject);
}

struct input {
    const char *path;
    struct file_bytes bytes;
    struct elfgen_view view;
};

/* False: it is no ELF file, or cannot be read; said so. */
static bool open_input(struct input *input)
{
    struct elfgen_error error;
    if (!read_input(input->path, &input->bytes))
        return false;
    if (input->bytes.size == 0) {
        message(input_name(input->path), "error", "the file is empty");
        return false;
    }
    if (elfgen_view_open_program(&input->view, input->bytes.bytes, input->bytes.size, &error) !=
        ELFGEN_NOT_ELF)
        return true;
    tell(input_name(input->path), &error, NULL);
    return false;
}

/* False: it was said why. */
static bool measure(const struct input *input, struct compare_facts *facts)
{
    const char *name = input_name(input->path), *problem = NULL;
    struct code *code =
        code_open(&input->view, compare_code_mode(&input->view), SYNTAX_INTEL, &problem);
    if (!problem && !compare_measure(facts, name, &input->view, code ? &code->code : NULL))
        problem = "out of memory";
    code_close(code);
    if (problem)
        message(name, "error", "%s", problem);
    return !problem;
}

/* Whether a file is whole; says what is missing. */
static bool is_whole(const struct compare_facts *facts)
{
    if (facts->missing.status == ELFGEN_OK)
        return true;
    tell(facts->file, &facts->missing, facts->missing_field);
    return false;
}

/* The report on what is there comes out whatever is missing. */
static bool compare(struct input inputs[2], bool json, struct elfgen_text *out)
{
    static struct compare_facts facts[2];
    bool there = open_input(&inputs[0]);
    there &= open_input(&inputs[1]);
    if (!there)
        return false;
    bool identical =
        inputs[0].bytes.size == inputs[1].bytes.size &&
        memcmp(inputs[0].bytes.bytes, inputs[1].bytes.bytes, inputs[0].bytes.size) == 0;
    if (!measure(&inputs[0], &facts[0]))
        return false;
    if (identical) {
        facts[1] = facts[0];
        facts[1].file = input_name(inputs[1].path);
    } else if (!measure(&inputs[1], &facts[1])) {
        return false;
    }
    (json ? compare_json : compare_text)(facts, identical, out);
    bool whole = is_whole(&facts[0]);
    return is_whole(&facts[1]) && whole;
}

int command_compare(int argc, char **argv)
{
    struct standard_output *output = open_output();
    struct input inputs[2] = {{.path = NULL}, {.path = NULL}};
    bool json = false;
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case OPTION_JSON:
            json = true;
            break;
        case OPTION_HELP:
            help();
            return end_of_help();
        default:
            return wrong_option("compare", option, argv, options);
        }
    }
    if (argc - optind != 2)
        return wrong_call("compare", "two files are compared, %d %s given", argc - optind,
                          argc - optind == 1 ? "is" : "are");
    inputs[0].path = argv[optind];
    inputs[1].path = argv[optind + 1];
    if (strcmp(inputs[0].path, "-") == 0 && strcmp(inputs[1].path, "-") == 0)
        return wrong_call("compare", "standard input can be one of the two files, not both");
    bool done = compare(inputs, json, &output->text);
    done = finish_output(output) && done;
    file_free(&inputs[0].bytes);
    file_free(&inputs[1].bytes);
    return done ? EXIT_YES : EXIT_NO;
}
