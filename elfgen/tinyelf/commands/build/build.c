/* tinyelf build: reads the command line, and makes a program or the file of a hex source. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "cli/cli.h"
#include "commands/commands.h"

enum {
    OPTION_FROM = 256,
    OPTION_CC,
    OPTION_CFLAGS,
    OPTION_TARGET,
    OPTION_LAYOUT,
    OPTION_STACK,
    OPTION_GC,
    OPTION_NO_GC,
    OPTION_MAP,
    OPTION_SECTIONS,
    OPTION_BASE,
    OPTION_ALIGN,
    OPTION_OSABI,
    OPTION_ENDIAN,
    OPTION_LISTING,
    OPTION_NO_CHECK,
    OPTION_HELP
};

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"from", required_argument, NULL, OPTION_FROM},
    {"cc", required_argument, NULL, OPTION_CC},
    {"cflags", required_argument, NULL, OPTION_CFLAGS},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"layout", required_argument, NULL, OPTION_LAYOUT},
    {"stack", required_argument, NULL, OPTION_STACK},
    {"gc-sections", no_argument, NULL, OPTION_GC},
    {"no-gc-sections", no_argument, NULL, OPTION_NO_GC},
    {"map", no_argument, NULL, OPTION_MAP},
    {"sections", no_argument, NULL, OPTION_SECTIONS},
    {"debug", no_argument, NULL, 'g'},
    {"base", required_argument, NULL, OPTION_BASE},
    {"align", required_argument, NULL, OPTION_ALIGN},
    {"osabi", required_argument, NULL, OPTION_OSABI},
    {"entry", required_argument, NULL, 'e'},
    {"endian", required_argument, NULL, OPTION_ENDIAN},
    {"listing", no_argument, NULL, OPTION_LISTING},
    {"no-check", no_argument, NULL, OPTION_NO_CHECK},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts("Usage: tinyelf build [OPTIONS] INPUT...\n"
         "Makes the smallest executable that holds the INPUTs' code and data.\n\n"
         "An INPUT is assembly (.s, .asm; .S through the C preprocessor), NASM's or GNU's, told\n"
         "apart by what stands in it; C (.c, .i); an object (.o) or an archive of them (.a), of\n"
         "which those are taken that something needs; or machine code (--from raw). - reads\n"
         "standard input. A hex source (.hex, --from hex) is a whole file by itself.\n\n"
         "  -o, --output FILE  where to write; else the first INPUT without its ending, or a.out\n"
         "      --from KIND    nasm, gas, c, object, raw or hex, for all INPUTs\n"
         "      --cc COMMAND   the C compiler (cc): a program, or words as in a shell\n"
         "      --cflags WORDS flags for it, behind tinyelf's own; -v shows those\n"
         "      --target NAME  x86_64 or i386; else what the INPUTs are for\n"
         "      --layout NAME  single: one segment for headers, code and data (the default);\n"
         "                     split: one for each set of permissions\n"
         "      --stack noexec adds PT_GNU_STACK: no code on the stack\n"
         "      --no-gc-sections\n"
         "                     keep what nothing needs\n"
         "      --map          print who takes which bytes, and why\n"
         "      --sections     section headers and symbols inside the file\n"
         "  -g, --debug        FILE.debug beside FILE: sections, symbols, DWARF\n"
         "      --base ADDR    address of the file's first byte (0x10000)\n"
         "      --align N      p_align (0x100)\n"
         "      --osabi N|NAME OS/ABI byte (GNU)\n"
         "  -e, --entry SYMBOL|ADDR\n"
         "                     where to start (_start; raw machine code: its first byte)\n"
         "      --endian ORDER, --listing\n"
         "                     of a hex source: little or big; print bytes beside lines\n"
         "      --no-check     make it even if Linux would not start it\n"
         "  -v, --verbose      tell each step on stderr\n"
         "      --help         this text");
}

static int parse_language(struct build *build, const char *name)
{
    static const struct {
        const char *name;
        enum source_language language;
    } languages[] = {{"nasm", SOURCE_NASM},
                     {"gas", SOURCE_GAS},
                     {"c", SOURCE_C},
                     {"object", SOURCE_OBJECT},
                     {"raw", SOURCE_RAW}};
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
        if (strcmp(name, languages[i].name) == 0) {
            build->language = languages[i].language;
            return EXIT_YES;
        }
    }
    build->hex = strcmp(name, "hex") == 0;
    return build->hex
               ? EXIT_YES
               : usage_error("build", "--from '%s': it is nasm, gas, c, object, raw or hex", name);
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
    char names[512];
    size_t used = 0;
    const char *ident;
    for (unsigned i = 0; (ident = elfgen_osabi_ident(i)) && used < sizeof names - 32; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "", ident);
    return usage_error("build", "--osabi '%s': it is a number up to 255, or one of %s", text,
                       names);
}

static int parse_layout(struct build *build, const char *name)
{
    build->split = strcmp(name, "split") == 0;
    if (build->split || strcmp(name, "single") == 0)
        return EXIT_YES;
    return usage_error("build", "--layout '%s': it is single or split", name);
}

static int parse_stack(struct build *build, const char *kind)
{
    if (strcmp(kind, "noexec") != 0)
        return usage_error("build", "--stack '%s': it is noexec", kind);
    build->exec.stack = ELFGEN_PF_R | ELFGEN_PF_W;
    return EXIT_YES;
}

/* A symbol cannot start with a digit. */
static int parse_entry(struct build *build, const char *text)
{
    build->entry_address = *text >= '0' && *text <= '9';
    build->entry = build->entry_address ? NULL : text;
    if (build->entry_address
            ? parse_number(text, &build->exec.entry) && build->exec.entry != ELFGEN_ENTRY_FIRST
            : *text != '\0')
        return EXIT_YES;
    return usage_error("build", "-e '%s': neither a symbol nor an address such as 0x10078", text);
}

static int parse_base(struct build *build, const char *text)
{
    build->base_given = true;
    return parse_number(text, &build->exec.base)
               ? EXIT_YES
               : usage_error("build", "--base '%s': it is a number, such as 0x10000", text);
}

static int parse_endian(struct build *build, const char *text)
{
    build->big_endian = strcmp(text, "big") == 0;
    return build->big_endian || strcmp(text, "little") == 0
               ? EXIT_YES
               : usage_error("build", "--endian '%s': it is little or big", text);
}

/* Notes whether an option is for programs only, or for hex sources only. */
static void note_option(struct build *build, int option)
{
    static const struct {
        const char *name;
        int option;
        bool hex;
    } rows[] = {{"-e", 'e', false},
                {"-g", 'g', false},
                {"--cc", OPTION_CC, false},
                {"--cflags", OPTION_CFLAGS, false},
                {"--layout", OPTION_LAYOUT, false},
                {"--stack", OPTION_STACK, false},
                {"--gc-sections", OPTION_GC, false},
                {"--no-gc-sections", OPTION_NO_GC, false},
                {"--map", OPTION_MAP, false},
                {"--sections", OPTION_SECTIONS, false},
                {"--target", OPTION_TARGET, false},
                {"--align", OPTION_ALIGN, false},
                {"--osabi", OPTION_OSABI, false},
                {"--endian", OPTION_ENDIAN, true},
                {"--listing", OPTION_LISTING, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].option == option && rows[i].hex)
            build->hex_option = rows[i].name;
        else if (rows[i].option == option)
            build->program_option = rows[i].name;
    }
}

static int parse_option(struct build *build, int option, char **argv)
{
    switch (option) {
    case 'o':
        build->output = optarg;
        return EXIT_YES;
    case 'e':
        return parse_entry(build, optarg);
    case 'v':
        build->verbose = true;
        return EXIT_YES;
    case OPTION_FROM:
        return parse_language(build, optarg);
    case OPTION_CC:
        return option_compiler("build", optarg, &build->compiler);
    case OPTION_CFLAGS:
        return option_add_compiler_flags("build", optarg, &build->compiler_flags);
    case OPTION_TARGET:
        return option_target("build", optarg, &build->target);
    case OPTION_LAYOUT:
        return parse_layout(build, optarg);
    case OPTION_STACK:
        return parse_stack(build, optarg);
    case OPTION_GC:
    case OPTION_NO_GC:
        build->keep_all = option == OPTION_NO_GC;
        return EXIT_YES;
    case OPTION_MAP:
        build->map = true;
        return EXIT_YES;
    case OPTION_SECTIONS:
        build->sections = true;
        return EXIT_YES;
    case 'g':
        build->debug = true;
        return EXIT_YES;
    case OPTION_OSABI:
        return parse_osabi(build, optarg);
    case OPTION_BASE:
        return parse_base(build, optarg);
    case OPTION_ENDIAN:
        return parse_endian(build, optarg);
    case OPTION_LISTING:
        build->listing = true;
        return EXIT_YES;
    case OPTION_NO_CHECK:
        build->no_check = true;
        return EXIT_YES;
    case OPTION_ALIGN:
        return parse_number(optarg, &build->exec.align)
                   ? EXIT_YES
                   : usage_error("build", "--align '%s': it is a number, such as 0x100", optarg);
    default:
        return usage_error_option("build", option, argv, long_options);
    }
}

/* Without -o, the output is named after the first input, without its suffix; if it has none, a.out.
 */
static bool name_output(struct build *build)
{
    const char *input = build->inputs[0], *dot = strrchr(input, '.');
    const char *slash = strrchr(input, '/');
    if (build->output)
        return true;
    if (!dot || dot == input || (slash && dot <= slash + 1))
        build->named = strdup("a.out");
    else
        build->named = strndup(input, (size_t)(dot - input));
    build->output = build->named;
    return build->named != NULL;
}

/* Whether the file that -g writes beside the output is one of the inputs. */
static bool debug_is_input(const struct build *build)
{
    char *name = NULL;
    bool found = asprintf(&name, "%s.debug", build->output) < 0;
    for (size_t i = 0; i < build->input_count && !found; i++)
        found = atomic_file_is_same(name, build->inputs[i]);
    free(name);
    return found;
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
    if (misplaced)
        return usage_error("build", "%s means nothing for %s", misplaced,
                           hex ? "a hex source, which describes a file" : "a program");
    if (!hex && elfgen_write_exec(NULL, 0, NULL, 0, &exec, &error) == 0)
        return usage_error("build", "%s", error.text);
    for (size_t i = 0; i < build->input_count; i++)
        if (atomic_file_is_same(build->output, build->inputs[i]))
            return usage_error("build", "the output '%s' is the input: it is never overwritten",
                               build->output);
    if (build->debug && debug_is_input(build))
        return usage_error("build",
                           "-g writes '%s.debug', which is an input: it is never overwritten",
                           build->output);
    if (build->debug && strcmp(build->output, "-") == 0)
        return usage_error("build", "-g writes a file beside the output: -o - has no place for it");
    if (build->map && strcmp(build->output, "-") == 0)
        return usage_error("build", "--map and -o - would both write to standard output");
    if (hex && build->input_count > 1)
        return usage_error("build", "a hex source is a whole file: '%s' is one too many",
                           build->inputs[1]);
    return EXIT_YES;
}

static int run(struct build *build)
{
    if (!name_output(build)) {
        message(build->inputs[0], "error", "out of memory");
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
    struct build build = {.language = SOURCE_DETECT, .exec = ELFGEN_EXEC_DEFAULTS};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":o:e:gv", long_options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            help();
            return help_end();
        }
        note_option(&build, option);
        int status = parse_option(&build, option, argv);
        if (status != EXIT_YES)
            return status;
    }
    if (optind == argc)
        return usage_error("build", "no input given");
    build.inputs = argv + optind;
    build.input_count = (size_t)(argc - optind);
    int status = run(&build);
    free(build.named);
    free(build.compiler_flags);
    return status;
}
