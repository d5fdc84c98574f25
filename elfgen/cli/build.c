/* tinyelf build: source -> program -> layout -> bytes -> file. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "cli.h"

enum {
    OPTION_FROM = 256,
    OPTION_CC,
    OPTION_CFLAGS,
    OPTION_TARGET,
    OPTION_LAYOUT,
    OPTION_BASE,
    OPTION_ALIGN,
    OPTION_OSABI,
    OPTION_ENDIAN,
    OPTION_LISTING,
    OPTION_HELP
};

static const struct option options[] = {
    {"output", required_argument, NULL, 'o'},
    {"from", required_argument, NULL, OPTION_FROM},
    {"cc", required_argument, NULL, OPTION_CC},
    {"cflags", required_argument, NULL, OPTION_CFLAGS},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"layout", required_argument, NULL, OPTION_LAYOUT},
    {"base", required_argument, NULL, OPTION_BASE},
    {"align", required_argument, NULL, OPTION_ALIGN},
    {"osabi", required_argument, NULL, OPTION_OSABI},
    {"entry", required_argument, NULL, 'e'},
    {"endian", required_argument, NULL, OPTION_ENDIAN},
    {"listing", no_argument, NULL, OPTION_LISTING},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts(
        "Usage: tinyelf build [OPTIONS] INPUT\n"
        "Makes the smallest executable that holds INPUT's code and data.\n\n"
        "INPUT is assembly (.s, .asm; .S through the C preprocessor), NASM's or GNU's, told apart\n"
        "by what stands in it; C (.c, .i); an object (.o); or machine code (--from raw). - reads\n"
        "standard input.\n\n"
        "  -o, --output FILE  where to write; else INPUT without its ending, or a.out\n"
        "      --from KIND    nasm, gas, c, object, raw or hex\n"
        "      --cc COMMAND   the C compiler (cc): a program, or words as in a shell\n"
        "      --cflags WORDS flags for it, behind tinyelf's own; -v shows those\n"
        "      --target NAME  x86_64 or i386; else what INPUT is for\n"
        "      --layout NAME  single: one segment for headers, code and data (the default)\n"
        "      --base ADDR    address of the file's first byte (0x10000)\n"
        "      --align N      p_align (0x100)\n"
        "      --osabi N|NAME OS/ABI byte (GNU)\n"
        "  -e, --entry SYMBOL|ADDR\n"
        "                     where to start (_start; raw machine code: its first byte)\n"
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
               : wrong_call("build", "--from '%s': it is nasm, gas, c, object, raw or hex", name);
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
    return wrong_call("build", "--osabi '%s': it is a number up to 255, or one of %s", text, names);
}

static int parse_layout(const char *name)
{
    if (strcmp(name, "single") == 0)
        return EXIT_YES;
    return wrong_call("build", "--layout '%s': it is single", name);
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
    return wrong_call("build", "-e '%s': neither a symbol nor an address such as 0x10078", text);
}

static int parse_base(struct build *build, const char *text)
{
    build->base_given = true;
    return parse_number(text, &build->exec.base)
               ? EXIT_YES
               : wrong_call("build", "--base '%s': it is a number, such as 0x10000", text);
}

static int parse_endian(struct build *build, const char *text)
{
    build->big_endian = strcmp(text, "big") == 0;
    return build->big_endian || strcmp(text, "little") == 0
               ? EXIT_YES
               : wrong_call("build", "--endian '%s': it is little or big", text);
}

/* Which of the two roads an option belongs to. */
static void note_option(struct build *build, int option)
{
    switch (option) {
    case 'e':
        build->program_option = "-e";
        break;
    case OPTION_CC:
        build->program_option = "--cc";
        break;
    case OPTION_CFLAGS:
        build->program_option = "--cflags";
        break;
    case OPTION_LAYOUT:
        build->program_option = "--layout";
        break;
    case OPTION_TARGET:
        build->program_option = "--target";
        break;
    case OPTION_ALIGN:
        build->program_option = "--align";
        break;
    case OPTION_OSABI:
        build->program_option = "--osabi";
        break;
    case OPTION_ENDIAN:
        build->hex_option = "--endian";
        break;
    case OPTION_LISTING:
        build->hex_option = "--listing";
        build->listing = true;
        break;
    default:
        break;
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
        return take_compiler("build", optarg, &build->compiler);
    case OPTION_CFLAGS:
        return add_compiler_flags("build", optarg, &build->compiler_flags);
    case OPTION_TARGET:
        return take_target("build", optarg, &build->target);
    case OPTION_LAYOUT:
        return parse_layout(optarg);
    case OPTION_OSABI:
        return parse_osabi(build, optarg);
    case OPTION_BASE:
        return parse_base(build, optarg);
    case OPTION_ENDIAN:
        return parse_endian(build, optarg);
    case OPTION_LISTING:
        return EXIT_YES;
    case OPTION_ALIGN:
        return parse_number(optarg, &build->exec.align)
                   ? EXIT_YES
                   : wrong_call("build", "--align '%s': it is a number, such as 0x100", optarg);
    default:
        return wrong_option("build", option, argv, options);
    }
}

/* The input's name without its ending, or a.out, if the user said no other. */
static bool name_output(struct build *build)
{
    const char *dot = strrchr(build->input, '.');
    const char *slash = strrchr(build->input, '/');
    if (build->output)
        return true;
    if (!dot || dot == build->input || (slash && dot <= slash + 1))
        build->named = strdup("a.out");
    else
        build->named = strndup(build->input, (size_t)(dot - build->input));
    build->output = build->named;
    return build->named != NULL;
}

/* What the options say about each other, before any file is touched. */
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
        return wrong_call("build", "%s means nothing for %s", misplaced,
                          hex ? "a hex source, which describes a file" : "a program");
    if (!hex && elfgen_write_exec(NULL, 0, NULL, 0, &exec, &error) == 0)
        return wrong_call("build", "%s", error.text);
    if (is_same_file(build->output, build->input))
        return wrong_call("build", "the output '%s' is the input: it is never overwritten",
                          build->output);
    return EXIT_YES;
}

static void tell(void *context, const struct source_message *what)
{
    const struct build *build = context;
    message_of_source(what, build->verbose);
}

/* Linux gives no page below vm.mmap_min_addr to a program without CAP_SYS_RAWIO. */
static void check_lowest_address(uint64_t base)
{
    char digits[32] = "";
    int file = open("/proc/sys/vm/mmap_min_addr", O_RDONLY | O_CLOEXEC);
    ssize_t got = file >= 0 ? read(file, digits, sizeof digits - 1) : 0;
    if (file >= 0)
        close(file);
    uint64_t lowest = got > 0 ? strtoull(digits, NULL, 10) : 0;
    if (base < lowest)
        message("build", "warning",
                "base 0x%llx lies under vm.mmap_min_addr: Linux will not run the program without "
                "privileges; 0x%llx is the lowest that works",
                (unsigned long long)base, (unsigned long long)lowest);
}

static bool is_defined(const struct elfgen_program *program, const char *name)
{
    for (size_t i = 0; i < program->symbol_count; i++)
        if (program->symbols[i].section != ELFGEN_SECTION_UNDEFINED &&
            strcmp(program->symbols[i].name, name) == 0)
            return true;
    return false;
}

static bool is_code_label(const struct elfgen_program *program, const struct elfgen_symbol *symbol)
{
    return *symbol->name && *symbol->name != '.' && symbol->section < program->section_count &&
           program->sections[symbol->section].permissions & ELFGEN_PF_X;
}

/* "no entry": with the labels in code that the user may have meant, globals first. */
static bool tell_missing_entry(const struct build *build, const struct elfgen_program *program,
                               const char *wanted)
{
    char names[256] = "";
    size_t used = 0, count = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < program->symbol_count && count < 5; i++) {
            const struct elfgen_symbol *symbol = &program->symbols[i];
            bool global = symbol->binding != ELFGEN_LOCAL;
            if (!is_code_label(program, symbol) || global != (pass == 0) ||
                strlen(symbol->name) > 40)
                continue;
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", count ? ", " : "",
                                     symbol->name);
            count++;
        }
    }
    message(build->input, "error", "no entry: '%s' is not defined; %s%s%s", wanted,
            count ? "start at another label with -e: " : "define it, or give an address with -e",
            names, count == 5 ? ", ..." : "");
    return false;
}

/* Where the program starts: -e, else _start, else (raw machine code) its first byte. */
static bool choose_entry(struct build *build, struct elfgen_program *program)
{
    if (build->entry_address)
        return true;
    if (!build->entry && build->language == SOURCE_RAW)
        return true;
    const char *wanted = build->entry ? build->entry : "_start";
    if (!is_defined(program, wanted))
        return tell_missing_entry(build, program, wanted);
    program->entry_symbol = wanted;
    return true;
}

static void tell_layout(const struct elfgen_program *program, const struct elfgen_layout *layout)
{
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[i];
        if (section->size > 0)
            message("build", "note", "%-16s offset 0x%-6llx address 0x%-8llx %8llu bytes%s",
                    section->name, (unsigned long long)section->offset,
                    (unsigned long long)section->address, (unsigned long long)section->size,
                    section->bytes ? "" : " of zeros");
    }
    message("build", "note",
            "relocations: %zu, entry 0x%llx, %llu bytes in the file, %llu in memory",
            program->relocation_count, (unsigned long long)layout->exec.entry,
            (unsigned long long)layout->file_size, (unsigned long long)layout->memory_size);
}

/* Padding for an alignment of 2^40 is a file of a terabyte: nobody means that. */
static bool has_sane_size(const struct build *build, const struct elfgen_program *program,
                          const struct elfgen_layout *layout)
{
    enum { MOST_PADDING = 64 << 20 };
    uint64_t content = 0;
    for (size_t i = 0; i < program->section_count; i++)
        if (program->sections[i].bytes)
            content += program->sections[i].size;
    if (layout->file_size - content <= MOST_PADDING)
        return true;
    message(build->input, "error",
            "alignment would make a file of %llu bytes for %llu bytes of contents",
            (unsigned long long)layout->file_size, (unsigned long long)content);
    return false;
}

static bool write_program(const struct build *build, struct elfgen_program *program)
{
    struct elfgen_error error;
    struct elfgen_layout layout;
    if (elfgen_layout_single(program, &build->exec, &layout, &error) != ELFGEN_OK) {
        message(build->input, "error", "%s", error.text);
        return false;
    }
    if (!has_sane_size(build, program, &layout))
        return false;
    size_t capacity = (size_t)layout.file_size;
    void *image = malloc(capacity);
    if (!image) {
        message(build->input, "error", "out of memory for %zu bytes", capacity);
        return false;
    }
    size_t size = elfgen_write_image(program, &layout, image, capacity, &error);
    if (size == 0)
        message(build->input, "error", "%s", error.text);
    else if (build->verbose)
        tell_layout(program, &layout);
    bool done = size != 0 && write_output(build->output, image, size, true);
    free(image);
    return done;
}

static int run(struct build *build)
{
    if (!name_output(build)) {
        message(build->input, "error", "out of memory");
        return EXIT_NO;
    }
    int status = check_options(build);
    if (status != EXIT_YES)
        return status;
    if (build_is_hex(build))
        return build_hex(build);
    char folder[PATH_MAX];
    struct source source = {
        .path = build->input,
        .compiler = build->compiler,
        .compiler_flags = build->compiler_flags,
        .include_folder = find_shared("asm", "tiny.h", folder, sizeof folder) ? folder : NULL,
        .language = build->language,
        .machine = build->target,
        .verbose = build->verbose,
        .tell = tell,
        .context = build,
    };
    bool done = source_start(&source);
    if (done) {
        /* While the assembler works. */
        check_lowest_address(build->exec.base);
        done = source_finish(&source);
    }
    build->language = source.language;
    if (done)
        build->exec.machine = source.machine;
    done = done && choose_entry(build, &source.program) && write_program(build, &source.program);
    source_release(&source);
    return done ? EXIT_YES : EXIT_NO;
}

int command_build(int argc, char **argv)
{
    struct build build = {.language = SOURCE_DETECT, .exec = ELFGEN_EXEC_DEFAULTS};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":o:e:v", options, NULL)) != -1) {
        if (option == OPTION_HELP) {
            help();
            return end_of_help();
        }
        note_option(&build, option);
        int status = parse_option(&build, option, argv);
        if (status != EXIT_YES)
            return status;
    }
    if (optind == argc)
        return wrong_call("build", "no input given");
    if (optind + 1 < argc)
        return wrong_call("build", "one input at a time: '%s' is one too many", argv[optind + 1]);
    build.input = argv[optind];
    int status = run(&build);
    free(build.named);
    free(build.compiler_flags);
    return status;
}
