/* tinyelf disasm: prints a program's instructions. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "x86/session.h"
#include "symbols/debug_file.h"
#include "symbols/relocations.h"
#include "commands/explain/observe.h"
#include "commands/run/sandboxed.h"
#include "listing.h"
#include "base/file.h"
#include "base/no_memory.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/kernel_versions.h"
#include "cli/progress.h"
#include "commands/commands.h"

#define OPTIONS "commands/disasm/options.def"
#include "cli/option_ids_expand.h"

struct options {
    bool addresses, bytes, whole;
    enum elfgen_code_mode mode;
    enum x86_syntax syntax;
    const char *debug;               /* --debug-file */
    struct kernel_versions versions; /* the oldest one executes the most */
    struct observe_options observe;
};

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_ADDRESSES:
        options->addresses = true;
        break;
    case OPTION_BYTES:
        options->bytes = true;
        break;
    case OPTION_ALL:
        options->mode = ELFGEN_CODE_ALL;
        break;
    case OPTION_SYNTAX:
        options->syntax = (enum x86_syntax)given->choice;
        break;
    case OPTION_WHOLE:
        options->whole = true;
        break;
    case OPTION_KERNEL:
        return kernel_versions_read("disasm", given->value, &options->versions);
    case OPTION_DEBUG_FILE:
        options->debug = given->value;
        break;
    case OPTION_RUN:
        return observe_take("disasm", &options->observe, OBSERVE_RUN, given->value);
    case OPTION_RECORDING:
        return observe_take("disasm", &options->observe, OBSERVE_RECORDING, given->value);
    case OPTION_ALLOW:
        return observe_take("disasm", &options->observe, OBSERVE_ALLOW, given->value);
    case OPTION_NO_SANDBOX:
        return observe_take("disasm", &options->observe, OBSERVE_NO_SANDBOX, given->value);
    case OPTION_INPUT:
        return observe_take("disasm", &options->observe, OBSERVE_INPUT, given->value);
    case OPTION_TTY:
        return observe_take("disasm", &options->observe, OBSERVE_TTY, given->value);
    case OPTION_TIME:
        return observe_take("disasm", &options->observe, OBSERVE_TIME, given->value);
    case OPTION_STEPS:
        return observe_take("disasm", &options->observe, OBSERVE_STEPS, given->value);
    }
    return EXIT_YES;
}

/* Reports why there is nothing to print; `any_range`: there is something that may be code. */
static void report_no_code(const char *name, const struct elfgen_view *view, bool any_range)
{
    struct elfgen_mapping mapping;
    uint64_t entry = view->ehdr.e_entry;
    bool is_object = view->ehdr.e_type == ELFGEN_ET_REL;
    if (any_range && !is_object && elfgen_memory_find(view, entry, &mapping) &&
        elfgen_mapping_is_executable(view, &mapping)) {
        const struct place place = {.file = name, .offset = mapping.offset + entry - mapping.start};
        report_error(&message_reporter, &place,
                     "no code: the bytes at the entry point, 0x%" PRIx64 ", are not an instruction",
                     entry);
        return;
    }
    message(name, "error", "no code: %s%s",
            is_object ? "" : "the entry point is in no executable segment, and ",
            any_range && view->sections.count > 0
                ? "no executable section begins with an instruction"
                : "there is no executable section");
}

/* Lists the code with names of its places. Returns false after reporting the error. */
static bool list(struct disasm *disasm, const struct options *options,
                 const struct elfgen_view *view, struct debug_file *names, const char *name)
{
    struct elfgen_error error = {.status = ELFGEN_OK};
    struct relocations relocations;
    struct x86_session *code = NULL;
    struct x86_names machine_names = {.put = symbols_put_name,
                                      .context = &names->symbols,
                                      .fixed = view->ehdr.e_type == ELFGEN_ET_EXEC};
    progress_begin(&(struct progress){.doing = "decoding", .file = name});
    if (!relocations_read(&relocations, view))
        error_no_memory(&error);
    else
        code = x86_session_open_run(view, options->mode, options->syntax,
                                    disasm->run ? &disasm->run->run : NULL, &error);
    if (relocations.count > 0) {
        machine_names.relocation = relocations_get;
        machine_names.relocations = &relocations;
    }
    if (code)
        code->machine.names = &machine_names;
    disasm->symbols = &names->symbols;
    disasm->relocations = &relocations;
    disasm->x86 = code ? &code->machine : NULL;
    progress_next(&(struct progress){
        .doing = "disassembling", .file = name, .all = view->length, .done = &disasm->at});
    bool any =
        options->syntax == SYNTAX_NASM
            ? error.status == ELFGEN_OK && disasm_source(disasm, code ? &code->code : NULL, view)
            : code && disasm_report(disasm, &code->code);
    progress_end();
    if (!any && error.status != ELFGEN_OK)
        message_library_error(name, &error);
    else if (!any)
        report_no_code(name, view, code != NULL);
    disasm->symbols = NULL;
    disasm->relocations = NULL;
    x86_session_close(code);
    relocations_free(&relocations);
    return any;
}

/* Returns false after reporting the error. */
static bool print(struct disasm *disasm, const struct options *options,
                  const struct file_bytes *bytes, const char *path)
{
    struct elfgen_view view;
    const char *name = input_name(path);
    struct debug_file names = {.symbols = {.all = NULL}};
    disasm->addresses = options->addresses;
    disasm->bytes = options->bytes;
    disasm->whole = options->whole;
    if (!input_open_program(name, bytes, &view))
        return false;
    view.kernel = options->versions.first;
    if (!x86_knows(view.ehdr.e_machine)) {
        const char *machine = elfgen_machine_name(view.ehdr.e_machine);
        const struct place place = {.file = name, .offset = 0x12, .field = "e_machine"};
        return report_error(
            &message_reporter, &place, "code for %s (%u) is not known here, only x86's",
            machine ? machine : "an unknown machine", (unsigned)view.ehdr.e_machine);
    }
    if (!(options->debug
              ? input_read(options->debug, &names.bytes) &&
                    debug_file_use(&names, &view, input_name(options->debug), &message_reporter)
              : debug_file_find(&names, &view, path, &message_reporter))) {
        debug_file_close(&names);
        return false;
    }
    struct coverage coverage = {.view = NULL};
    bool done =
        !observe_is_wanted(&options->observe) || observe(&options->observe, path, &view, &coverage);
    disasm->run = coverage.view ? &coverage : NULL;
    done = done && list(disasm, options, &view, &names, name);
    disasm->run = NULL;
    coverage_free(&coverage);
    debug_file_close(&names);
    return done;
}

int command_disasm(int argc, char **argv)
{
    struct standard_output *output = stdout_open();
    struct disasm disasm = {.out = &output->text};
    struct options options = {.mode = ELFGEN_CODE_FLOW, .syntax = SYNTAX_INTEL};
    struct file_bytes bytes = {0};
    observe_defaults(&options.observe);
    int status = options_read(&command_disasm_options, argc, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    status = observe_check("disasm", &options.observe, argv + optind);
    if (status != EXIT_YES)
        return status;
    if (options.whole && options.syntax != SYNTAX_NASM)
        return usage_error("disasm", "--whole is for --syntax nasm");
    const char *path = argv[optind];
    bool done = input_read(path, &bytes) && print(&disasm, &options, &bytes, path);
    done = stdout_finish(output) && done;
    file_free(&bytes);
    interrupt_die(); /* if a run was interrupted */
    return done ? EXIT_YES : EXIT_NO;
}
