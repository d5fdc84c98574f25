/* tinyelf build: reads the command line, and makes a program or the file of a hex source. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "base/shellwords.h"
#include "base/suffix.h"
#include "base/system_error.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "languages.h"

static const struct option_choice assemblers[] = {
    {"inside", ASSEMBLER_INSIDE, NULL},
    {"nasm", ASSEMBLER_NASM, NULL},
    {NULL, 0, NULL},
};

static const struct option_choice layouts[] = {
    {"single", false, "one, for headers, code and data (the default)"},
    {"split", true, "one for each set of permissions"},
    {NULL, 0, NULL},
};

static const struct option_choice stacks[] = {
    {"noexec", ELFGEN_PF_R | ELFGEN_PF_W, NULL},
    {NULL, 0, NULL},
};

static const struct option_choice endians[] = {
    {"little", false, NULL},
    {"big", true, NULL},
    {NULL, 0, NULL},
};

#define OPTIONS       "commands/build/options.def"
#define FOREIGN_WORDS "commands/build/foreign_words.def"
#include "cli/option_rows_expand.h"

const struct command_options command_build_options = {
    .name = "build",
    .foreign = foreign_words,
    .usage = "[OPTIONS] INPUT...",
    .about = "Makes the smallest executable that holds the INPUTs' code and data.\n"
             "\n"
             "An INPUT is assembly for NASM, GNU as or fasm, detected from its contents (.s, "
             ".asm; .S goes through the C preprocessor); C (.c, .i); an object (.o); an "
             "archive of objects (.a), from which only members that are needed are linked; "
             "or machine code (--from raw). - is standard input. A hex source (.hex, --from "
             "hex) describes a whole file by itself, and so does assembly whose first bytes are an "
             "ELF header.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .exit_status = "0 if the file is written, 1 if not, 2 for a usage error.",
};

static int set_language(struct build *build, int choice)
{
    build->hex = choice == BUILD_FROM_HEX;
    if (!build->hex)
        build->language = (enum source_language)choice;
    return EXIT_YES;
}

static int refuse_osabi(const char *text)
{
    enum { MOST = 40, ROOM = 512 };
    struct option_choice idents[MOST + 1] = {{NULL, 0, NULL}};
    const char *names[MOST + 1] = {NULL};
    char list[ROOM];
    for (unsigned i = 0; i < MOST && elfgen_osabi_ident(i); i++)
        names[i] = idents[i].name = elfgen_osabi_ident(i);
    option_list_choices(idents, list, sizeof list);
    const char *meant = nearest(text, names);
    return usage_error("build", "--osabi '%s': it must be a number up to 255, %s%s%s%s", text, list,
                       meant ? ": did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static int parse_osabi(struct build *build, const char *text)
{
    uint64_t number;
    int known = elfgen_osabi_number(build->exec.machine, text);
    if (known >= 0) {
        build->exec.osabi = (uint8_t)known;
        return EXIT_YES;
    }
    if (parse_number(text, &number) && number <= UINT8_MAX) {
        build->exec.osabi = (uint8_t)number;
        return EXIT_YES;
    }
    return refuse_osabi(text);
}

/* A symbol cannot start with a digit. */
static int parse_entry(struct build *build, const struct option_given *given)
{
    const char *text = given->value;
    build->entry_word = given->word;
    build->entry_address = *text >= '0' && *text <= '9';
    build->entry = build->entry_address ? NULL : text;
    if (build->entry_address
            ? parse_number(text, &build->exec.entry) && build->exec.entry != ELFGEN_ENTRY_FIRST
            : *text != '\0')
        return EXIT_YES;
    return usage_error("build", "%s '%s': neither a symbol nor an address such as 0x10078",
                       given->letter ? "-e" : "--entry", text);
}

static int parse_base(struct build *build, const char *text)
{
    build->base_given = true;
    return parse_number(text, &build->exec.base)
               ? EXIT_YES
               : usage_error("build", "--base '%s': it must be a number, such as 0x10000", text);
}

static int parse_align(struct build *build, const char *text)
{
    return parse_number(text, &build->exec.align)
               ? EXIT_YES
               : usage_error("build", "--align '%s': it must be a number, such as 0x100", text);
}

/* Notes whether an option is for programs only, for hex sources only, or not for assembly that
 * describes a whole file. */
static void note_option(struct build *build, int option)
{
    static const enum option_id of_programs[] = {
        OPTION_ENTRY,    OPTION_DEBUG,  OPTION_CC,          OPTION_CFLAGS,         OPTION_ASSEMBLER,
        OPTION_LAYOUT,   OPTION_STACK,  OPTION_GC_SECTIONS, OPTION_NO_GC_SECTIONS, OPTION_MAP,
        OPTION_SECTIONS, OPTION_TARGET, OPTION_ALIGN,       OPTION_OSABI};
    static const enum option_id of_hex[] = {OPTION_ENDIAN, OPTION_LISTING};
    static const enum option_id not_of_whole[] = {
        OPTION_ENTRY,    OPTION_LAYOUT, OPTION_STACK, OPTION_GC_SECTIONS, OPTION_NO_GC_SECTIONS,
        OPTION_SECTIONS, OPTION_TARGET, OPTION_BASE,  OPTION_ALIGN,       OPTION_OSABI};
    for (size_t i = 0; i < sizeof not_of_whole / sizeof not_of_whole[0]; i++)
        if ((int)not_of_whole[i] == option)
            build->whole_option = option_name(&command_build_options, option);
    for (size_t i = 0; i < sizeof of_programs / sizeof of_programs[0]; i++)
        if ((int)of_programs[i] == option)
            build->program_option = option_name(&command_build_options, option);
    for (size_t i = 0; i < sizeof of_hex / sizeof of_hex[0]; i++)
        if ((int)of_hex[i] == option)
            build->hex_option = option_name(&command_build_options, option);
}

static int set_flag(bool *flag, bool value)
{
    *flag = value;
    return EXIT_YES;
}

static int set_option(struct build *build, const struct option_given *given)
{
    switch ((enum option_id)given->id) {
    case OPTION_FROM:
        return set_language(build, given->choice);
    case OPTION_ASSEMBLER:
        build->assembler = (enum source_assembler)given->choice;
        return EXIT_YES;
    case OPTION_CC:
        return option_compiler("build", given->value, &build->compiler);
    case OPTION_CFLAGS:
        return option_add_compiler_flags("build", given->value, &build->compiler_flags);
    case OPTION_TARGET:
        build->target = (uint16_t)given->choice;
        return EXIT_YES;
    case OPTION_OUTPUT:
        build->output = given->value;
        return EXIT_YES;
    case OPTION_DEBUG:
        return set_flag(&build->debug, true);
    case OPTION_SECTIONS:
        return set_flag(&build->sections, true);
    case OPTION_MAP:
        return set_flag(&build->map, true);
    case OPTION_LAYOUT:
        return set_flag(&build->split, given->choice);
    case OPTION_STACK:
        build->exec.stack = (uint32_t)given->choice;
        return EXIT_YES;
    case OPTION_GC_SECTIONS:
        return set_flag(&build->keep_all, false);
    case OPTION_NO_GC_SECTIONS:
        return set_flag(&build->keep_all, true);
    case OPTION_ENTRY:
        return parse_entry(build, given);
    case OPTION_BASE:
        return parse_base(build, given->value);
    case OPTION_ALIGN:
        return parse_align(build, given->value);
    case OPTION_OSABI:
        return parse_osabi(build, given->value);
    case OPTION_ENDIAN:
        return set_flag(&build->big_endian, given->choice);
    case OPTION_LISTING:
        return set_flag(&build->listing, true);
    case OPTION_NO_CHECK:
        return set_flag(&build->no_check, true);
    case OPTION_VERBOSE:
        return set_flag(&build->verbose, true);
    }
    return EXIT_USAGE; /* no such option */
}

static int take_option(void *context, const struct option_given *given)
{
    note_option(context, given->id);
    return set_option(context, given);
}

/* Without -o, the output is in the working folder, and has the first input's name without its
 * suffix; a.out if that has none. */
static bool name_output(struct build *build)
{
    const char *slash = strrchr(build->inputs[0], '/');
    const char *name = slash ? slash + 1 : build->inputs[0];
    const char *dot = strrchr(name, '.');
    if (build->output)
        return true;
    if (!dot || dot == name)
        build->named = strdup("a.out");
    else if (*name == '-' && dot == name + 1)
        build->named = strdup("./-"); /* "-" would be standard output */
    else
        build->named = strndup(name, (size_t)(dot - name));
    build->output = build->named;
    return build->named != NULL;
}

/* Whether an input may be a name for the output, given without -o: not the first, and of no suffix
 * that an input has. */
static bool may_be_output(const struct build *build, size_t i)
{
    return i > 0 && build->named && build->language == SOURCE_DETECT && !build->hex &&
           suffix_of(build->inputs[i]) == SUFFIX_OTHER && strcmp(build->inputs[i], "-") != 0;
}

/* The three below stand apart for their large buffers, each page of which is touched. */

__attribute__((noinline)) static int refuse_input_as_output(const struct build *build, size_t input)
{
    char quoted[SHELLWORDS_QUOTED * PATH_MAX];
    const char *name = build->inputs[input];
    return may_be_output(build, input)
               ? usage_error("build", "'%s' is an input here: did you mean -o %s?", name,
                             shellwords_quote_file(name, quoted, sizeof quoted))
               : usage_error("build", "the output '%s' is the input: it is never overwritten",
                             build->output);
}

__attribute__((noinline)) static int report_missing_input(const char *name)
{
    char quoted[SHELLWORDS_QUOTED * PATH_MAX];
    message(name, "error", "%s: did you mean -o %s?", system_error_text(ENOENT),
            shellwords_quote_file(name, quoted, sizeof quoted));
    return EXIT_NO;
}

/* Reports an output that is one of the inputs, and inputs that are missing where -o is. Returns the
 * exit status. */
static int check_output(const struct build *build)
{
    const struct atomic_file_place place = atomic_file_place(build->output);
    for (size_t i = 0; i < build->input_count; i++) {
        const char *name = build->inputs[i];
        if (atomic_file_replaces(&place, name))
            return refuse_input_as_output(build, i);
        if (may_be_output(build, i) && access(name, F_OK) != 0 && errno == ENOENT)
            return report_missing_input(name);
    }
    return EXIT_YES;
}

/* Checks options that exclude one another, before any file is touched. */
static int check_options(const struct build *build)
{
    bool hex = build_is_hex(build);
    const char *misplaced = hex ? build->program_option : build->hex_option;
    struct elfgen_error error;
    struct elfgen_exec_options exec = build->exec;
    exec.entry = ELFGEN_ENTRY_FIRST;
    if (build->target != 0)
        exec.machine = build->target;
    const struct elfgen_arch *arch = elfgen_arch_find(exec.machine);
    if (arch && !build->base_given)
        exec.base = arch->default_base;
    if (misplaced)
        return usage_error("build", "--%s cannot be used with %s", misplaced,
                           hex ? "a hex source, which describes a file" : "a program");
    if (!hex && elfgen_write_exec(NULL, 0, NULL, 0, &exec, &error) == 0)
        return usage_error("build", "%s", error.text);
    const int status = check_output(build);
    if (status != EXIT_YES)
        return status;
    if (build->debug && build_debug_is_input(build))
        return usage_error("build",
                           "-g writes '%s.debug', which is an input: it is never overwritten",
                           build->output);
    if (build->debug && strcmp(build->output, "-") == 0)
        return usage_error("build", "-g writes a file beside the output: -o - has no place for it");
    if (build->map && atomic_file_is_stdout(build->output))
        return usage_error("build", "--map and -o %s would both write to standard output",
                           build->output);
    if (hex && build->input_count > 1)
        return usage_error("build", "a hex source is a whole file: '%s' is one too many",
                           build->inputs[1]);
    return EXIT_YES;
}

static int run(struct build *build)
{
    if (!name_output(build)) {
        message_no_memory(build->inputs[0]);
        return EXIT_NO;
    }
    int status = check_options(build);
    if (status != EXIT_YES)
        return status;
    if (build_is_hex(build))
        return build_hex(build);
    return build_program(build);
}

int command_build(int argc, char **argv)
{
    struct build build = {
        .language = SOURCE_DETECT, .assembler = ASSEMBLER_ANY, .exec = ELFGEN_EXEC_DEFAULTS};
    int status = options_read(&command_build_options, argc, argv, take_option, &build);
    build.inputs = argv + optind;
    build.input_count = (size_t)(argc - optind);
    if (status == OPTIONS_READ)
        status = optind < argc ? run(&build) : usage_error("build", "no input given");
    free(build.named);
    free(build.compiler_flags);
    return status;
}
