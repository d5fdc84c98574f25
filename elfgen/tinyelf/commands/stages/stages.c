/* tinyelf stages: compiles a C file step by step, in two ways. */
#include "stages.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "base/memory_text.h"
#include "commands/build/build.h"
#include "cli/cli.h"
#include "input/toolchain.h"
#include "commands/commands.h"

enum {
    OPTION_CC = 256,
    OPTION_CFLAGS,
    OPTION_TARGET,
    OPTION_RUN,
    OPTION_TIME,
    OPTION_JSON,
    OPTION_HELP
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"cc", required_argument, NULL, OPTION_CC},
    {"cflags", required_argument, NULL, OPTION_CFLAGS},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"run", no_argument, NULL, OPTION_RUN},
    {"time", required_argument, NULL, OPTION_TIME},
    {"json", no_argument, NULL, OPTION_JSON},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts(
        "Usage: tinyelf stages [OPTIONS] FILE.c\n"
        "Runs the four steps from C to a program one by one, as the compiler does and as tinyelf\n"
        "build does, keeps what each makes, and shows what it is: preprocessed text, assembly, an\n"
        "object, an executable.\n\n"
        "  -o, --output DIR   where to keep the files (FILE.stages). A folder that exists is\n"
        "                     replaced only where stages made all that is in it\n"
        "      --cc COMMAND   the C compiler (cc): a program, or words as in a shell\n"
        "      --cflags WORDS flags for it, in both ways\n"
        "      --target NAME  x86_64 or i386; else what the compiler makes\n"
        "      --run          a fifth step: run what was made, again and again for about a second, "
        "and\n"
        "                     tell its system calls; without input, and nothing of what it prints "
        "is\n"
        "                     shown\n"
        "      --time S       how long a run may last, in seconds (5); then it is killed\n"
        "      --json         the answer as one JSON object\n"
        "      --help         this text\n\n"
        "Exit status: 0 where one of the ways leads to a program.");
}

struct request {
    struct stages stages;
    char *flags;    /* --cflags */
    char *folder;   /* -o */
    uint64_t limit; /* nanoseconds for a run; 0: the default */
    bool run, json;
    struct profile runs[WAY_COUNT];
};

static void report_diagnostic(void *context, const struct report *report)
{
    (void)context;
    build_diagnostic(report, false);
}

/* The folder of -o without slashes at its end, or the C file's name with another suffix. */
static bool name_folder(struct request *request, const char *asked)
{
    const char *path = request->stages.path;
    size_t length = strlen(path);
    if (asked) {
        request->folder = strdup(asked);
        length = request->folder ? strlen(request->folder) : 0;
        while (length > 1 && request->folder[length - 1] == '/')
            request->folder[--length] = '\0';
        return request->folder != NULL;
    }
    if (length > 2 && strcmp(path + length - 2, ".c") == 0)
        length -= 2;
    return asprintf(&request->folder, "%.*s.stages", (int)length, path) >= 0;
}

/* Makes the report as JSON. The caller frees it; NULL: no memory. */
static char *make_json(const struct request *request, size_t *length)
{
    struct elfgen_text text;
    if (memory_text_open(&text))
        stages_json(&request->stages, request->folder, request->run ? request->runs : NULL, &text);
    if (text.cut) {
        free(text.bytes);
        return NULL;
    }
    *length = text.length;
    return text.bytes;
}

static bool made(const struct stages *stages, enum stage_number number)
{
    return stages->of[WAY_CC][number].made || stages->of[WAY_TINYELF][number].made;
}

/* Keeps the files, and reports. If none was made, errors have been reported already. */
static int report(struct request *request)
{
    const struct stages *stages = &request->stages;
    struct standard_output *output = stdout_open();
    size_t length = 0;
    bool keep = made(stages, STAGE_PREPROCESSED);
    if (!keep) {
        free(request->folder);
        request->folder = NULL;
    }
    bool ran =
        !request->run ||
        stages_run_programs(stages, request->folder,
                            request->limit ? request->limit : COMPARE_RUN_LIMIT, request->runs);
    char *json = make_json(request, &length);
    if (!json) {
        message(stages->path, "error", "out of memory");
        return EXIT_NO;
    }
    bool done = !keep || stages_keep(stages, request->folder, json, length);
    if (done && request->json)
        elfgen_text_bytes(&output->text, json, length);
    else if (done && keep)
        stages_text(stages, request->folder, request->run ? request->runs : NULL, &output->text);
    free(json);
    if (!stdout_finish(output) || !done)
        return EXIT_NO;
    if (made(stages, STAGE_OBJECT) && !made(stages, STAGE_EXECUTABLE))
        message(stages->path, "error", "neither way leads to a program");
    return made(stages, STAGE_EXECUTABLE) && ran ? EXIT_YES : EXIT_NO;
}

static int parse_option(struct request *request, int option, const char **asked, char **argv)
{
    switch (option) {
    case 'o':
        *asked = optarg;
        return *optarg ? EXIT_YES : usage_error("stages", "-o '': no folder is named");
    case OPTION_CC:
        return option_compiler("stages", optarg, &request->stages.compiler);
    case OPTION_CFLAGS:
        return option_add_compiler_flags("stages", optarg, &request->flags);
    case OPTION_TARGET:
        if (option_target("stages", optarg, &request->stages.machine) != EXIT_YES)
            return EXIT_USAGE;
        return toolchain_machine(request->stages.machine)
                   ? EXIT_YES
                   : usage_error("stages", "--target '%s': C is not compiled for it", optarg);
    case OPTION_RUN:
        request->run = true;
        return EXIT_YES;
    case OPTION_TIME:
        return option_seconds("stages", optarg, &request->limit);
    case OPTION_JSON:
        request->json = true;
        return EXIT_YES;
    default:
        return usage_error_option("stages", option, argv, long_options);
    }
}

static int run(struct request *request, const char *asked)
{
    char folder[PATH_MAX];
    struct stages *stages = &request->stages;
    stages->compiler_flags = request->flags;
    stages->reporter.report = report_diagnostic;
    if (datadir_find("asm", "tiny.h", folder, sizeof folder))
        stages->include_folder = folder;
    if (!name_folder(request, asked)) {
        message(stages->path, "error", "out of memory");
        return EXIT_NO;
    }
    bool done = stages_may_keep(request->folder) && stages_run(stages);
    int status = done ? report(request) : EXIT_NO;
    stages->include_folder = NULL;
    return status;
}

int command_stages(int argc, char **argv)
{
    static struct request request;
    const char *asked = NULL;
    int option, status = EXIT_YES;
    opterr = 0;
    while (status == EXIT_YES &&
           (option = getopt_long(argc, argv, ":o:", long_options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            help();
            free(request.flags);
            return help_end();
        }
        status = parse_option(&request, option, &asked, argv);
    }
    if (status == EXIT_YES && optind + 1 != argc)
        status =
            usage_error("stages", optind == argc ? "no C file is named" : "one file at a time");
    if (status == EXIT_YES && request.limit != 0 && !request.run)
        status = usage_error("stages", "--time is for --run");
    if (status == EXIT_YES) {
        request.stages.path = argv[optind];
        status = run(&request, asked);
    }
    for (enum stage_way way = 0; way < WAY_COUNT; way++)
        profile_free(&request.runs[way]);
    stages_free(&request.stages);
    free(request.flags);
    free(request.folder);
    return status;
}
