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
#include "commands/commands.h"
#include "commands/json_versions.h"

#define OPTIONS "commands/stages/options.def"
#include "cli/option_ids_expand.h"

struct request {
    struct stages stages;
    char *flags;       /* --cflags */
    const char *asked; /* -o */
    char *folder;      /* where the files are kept */
    uint64_t limit;    /* nanoseconds for a run; 0: the default */
    bool run, json;
    struct profile runs[WAY_COUNT];
};

static void report_diagnostic(void *context, const struct report *report)
{
    (void)context;
    build_diagnostic(report, false);
}

/* The folder of -o without slashes at its end; else one in the working folder, with the C file's
 * name and another suffix. */
static bool name_folder(struct request *request)
{
    const char *asked = request->asked;
    const char *slash = strrchr(request->stages.path, '/');
    const char *name = slash ? slash + 1 : request->stages.path;
    size_t length = strlen(name);
    if (asked) {
        request->folder = strdup(asked);
        length = request->folder ? strlen(request->folder) : 0;
        while (length > 1 && request->folder[length - 1] == '/')
            request->folder[--length] = '\0';
        return request->folder != NULL;
    }
    if (length > 2 && strcmp(name + length - 2, ".c") == 0)
        length -= 2;
    return asprintf(&request->folder, "%.*s.stages", (int)length, name) >= 0;
}

/* Makes the report as JSON. The caller frees it; NULL: no memory. */
static char *make_json(const struct request *request, const struct stages_facts *facts,
                       size_t *length)
{
    struct elfgen_text text;
    if (memory_text_open(&text))
        stages_json(&request->stages, facts, request->folder, request->run ? request->runs : NULL,
                    &text);
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
    struct stages_facts *facts = calloc(1, sizeof *facts);
    bool measured = facts && stages_measure(stages, facts);
    char *json = measured ? make_json(request, facts, &length) : NULL;
    bool done = json || message_no_memory(stages->path);
    done = done && (!keep || stages_keep(stages, request->folder, json, length));
    if (done && request->json)
        elfgen_text_bytes(&output->text, json, length);
    else if (done && keep)
        done = stages_text(stages, facts, request->folder, request->run ? request->runs : NULL,
                           &output->text) ||
               message_no_memory(stages->path);
    free(json);
    free(facts);
    if (!stdout_finish(output) || !done)
        return EXIT_NO;
    if (made(stages, STAGE_OBJECT) && !made(stages, STAGE_EXECUTABLE))
        message(stages->path, "error", "neither way leads to a program");
    return made(stages, STAGE_EXECUTABLE) && ran ? EXIT_YES : EXIT_NO;
}

static int take_option(void *context, const struct option_given *given)
{
    struct request *request = context;
    switch ((enum option_id)given->id) {
    case OPTION_OUTPUT:
        request->asked = given->value;
        break;
    case OPTION_CC:
        return option_compiler("stages", given->value, &request->stages.compiler);
    case OPTION_CFLAGS:
        return option_add_compiler_flags("stages", given->value, &request->flags);
    case OPTION_TARGET:
        request->stages.machine = (uint16_t)given->choice;
        break;
    case OPTION_RUN:
        request->run = true;
        break;
    case OPTION_TIME:
        return option_seconds("stages", given->value, &request->limit);
    case OPTION_JSON:
        request->json = true;
        break;
    }
    return EXIT_YES;
}

static int run(struct request *request)
{
    char folder[PATH_MAX];
    struct stages *stages = &request->stages;
    stages->compiler_flags = request->flags;
    stages->reporter.report = report_diagnostic;
    if (datadir_find("asm", "tiny.h", folder, sizeof folder))
        stages->include_folder = folder;
    int status = EXIT_NO;
    if (!name_folder(request))
        message_no_memory(stages->path);
    else if (stages_may_keep(request->folder) && stages_run(stages))
        status = report(request);
    stages->include_folder = NULL;
    return status;
}

/* Returns OPTIONS_READ, or EXIT_USAGE after reporting a usage error. */
static int check_call(const struct request *request, int argc)
{
    if (optind + 1 != argc)
        return usage_error("stages", optind == argc ? "no file given" : "one file at a time");
    if (request->limit != 0 && !request->run)
        return usage_error("stages", "--time is for --run");
    return OPTIONS_READ;
}

int command_stages(int argc, char **argv)
{
    static struct request request;
    int status = options_read(&command_stages_options, argc, argv, take_option, &request);
    if (status == OPTIONS_READ)
        status = check_call(&request, argc);
    if (status == OPTIONS_READ) {
        request.stages.path = argv[optind];
        status = run(&request);
    }
    for (enum stage_way way = 0; way < WAY_COUNT; way++)
        profile_free(&request.runs[way]);
    stages_free(&request.stages);
    free(request.flags);
    free(request.folder);
    return status;
}
