/* tinyelf build: reads inputs, links them, lays out the program and writes it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "base/populate.h"
#include "base/proc.h"
#include "base/suffix.h"
#include "base/system_error.h"
#include "elfgen/kernel.h"
#include "link/print_map.h"
#include "link/section_headers.h"
#include "build.h"
#include "whole.h"
#include "cli/cli.h"
#include "cli/progress.h"

/* A build in progress. */
struct work {
    const struct build *build;
    struct source **sources;      /* one for each input; NULL once it is an object or an archive */
    struct source_options common; /* of all inputs */
    char *folder;                 /* of the headers for C; NULL: none */
    struct source_file *file;     /* that the only input describes; NULL: a program */
    bool misused;                 /* a usage error was reported */
    struct link *link;
    struct elfgen_program program; /* once linked */
    struct elfgen_exec_options exec;
    struct elfgen_layout layout;
};

static void report_diagnostic(void *context, const struct report *report)
{
    const struct work *work = context;
    build_diagnostic(report, work->build->verbose);
}

/* Linux gives no page below vm.mmap_min_addr to a program without CAP_SYS_RAWIO. What is named
 * instead is a base that the machine's largest page allows. */
static void check_lowest_address(uint64_t base, uint16_t machine)
{
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    const uint64_t page = arch ? arch->page_largest : ELFGEN_PAGE;
    uint64_t lowest;
    /* Bases from the usual one on need no look. */
    if (base < ELFGEN_USUAL_MMAP_MIN_ADDR && proc_lowest_address(&lowest) && base < lowest)
        message("build", "warning",
                "base 0x%llx is below vm.mmap_min_addr: Linux will not run the program without "
                "privileges; 0x%llx is the lowest that works",
                (unsigned long long)base, (unsigned long long)((lowest + page - 1) & ~(page - 1)));
}

static bool is_c(const struct build *build, const char *path)
{
    enum suffix suffix = suffix_of(path);
    return build->language == SOURCE_C || (build->language == SOURCE_DETECT &&
                                           (suffix == SUFFIX_C || suffix == SUFFIX_PREPROCESSED_C));
}

static bool start(struct work *work, size_t index)
{
    struct source_options options = work->common;
    options.path = work->build->inputs[index];
    work->sources[index] = source_start(&options);
    if (!work->sources[index])
        return false;
    /* All inputs are for the machine of the first one. */
    if (work->common.machine == 0)
        work->common.machine = source_machine(work->sources[index]);
    return true;
}

static bool add(struct link *link, const struct source_result *made)
{
    return made->object ? link_add_object(link, made->object)
                        : link_add_archive(link, made->archive);
}

/* A whole file is nothing to link: it must be alone. */
static bool take_file(struct work *work, size_t index, struct source_file *file)
{
    const struct build *build = work->build;
    work->file = file;
    if (build->input_count == 1)
        return true;
    work->misused = true;
    usage_error(build->made ? NULL : "build", "'%s' describes a whole file: '%s' is one too many",
                build->inputs[index], build->inputs[index == 0 ? 1 : 0]);
    return false;
}

static bool finish(struct work *work, size_t index)
{
    struct source_result made;
    bool done = source_finish(work->sources[index], &made);
    if (done && work->common.machine == 0)
        work->common.machine = made.machine;
    source_close(work->sources[index]);
    work->sources[index] = NULL;
    if (done && made.file)
        return take_file(work, index, made.file);
    return done && add(work->link, &made);
}

/* Reads all inputs. A few assemblers and compilers run at the same time. C comes last, since it is
 * compiled for the machine of the others. */
static bool read_inputs(struct work *work)
{
    enum { AT_ONCE = 4 };
    const struct build *build = work->build;
    bool done = true;
    volatile size_t read = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t started = 0;
        for (size_t i = 0; i < build->input_count; i++) {
            for (; done && started < build->input_count && started < i + AT_ONCE; started++)
                if (is_c(build, build->inputs[started]) == (pass == 1))
                    done = start(work, started);
            if (pass == 0 && i == 0)
                /* At the same time as an assembler. */
                check_lowest_address(build->exec.base, work->common.machine ? work->common.machine
                                                                            : work->exec.machine);
            if (!done || is_c(build, build->inputs[i]) != (pass == 1))
                continue;
            progress_next(&(struct progress){.doing = "reading",
                                             .file = input_name(build->inputs[i]),
                                             .things = "inputs",
                                             .all = build->input_count,
                                             .done = build->input_count > 1 ? &read : NULL,
                                             .unlike = true});
            done = finish(work, i);
            read++;
        }
    }
    return done;
}

/* Adds the compiler's library if symbols that begin with two underscores are undefined. */
__attribute__((noinline)) static bool add_libgcc(void *context, struct link *link)
{
    struct work *work = context;
    struct source_options options = work->common;
    struct source_result made;
    char path[PATH_MAX];
    if (!link_needs_compiler_symbol(link) || !source_find_libgcc(&work->common, path, sizeof path))
        return true;
    options.path = path;
    options.language = SOURCE_DETECT;
    options.verbose = false;
    struct source *source = source_start(&options);
    bool done = source && source_finish(source, &made) && add(link, &made);
    source_close(source);
    return done;
}

/* Whether main may be of a compiler for C: there is an input that is no assembly. */
static bool has_c(const struct build *build)
{
    for (size_t i = 0; i < build->input_count; i++) {
        enum suffix suffix = suffix_of(build->inputs[i]);
        if (is_c(build, build->inputs[i]) || suffix == SUFFIX_OBJECT || suffix == SUFFIX_ARCHIVE)
            return true;
    }
    return false;
}

/* Reports "no entry". Where it is _start, and there is main, that is not an entry: it would return
 * to where nothing is. Otherwise names the labels in code that the user may have meant. */
static bool report_missing_entry(const struct work *work, const char *entry)
{
    enum { MOST = 5, WITH_MAIN = MOST + 2 }; /* one more, and main */
    const char *labels[WITH_MAIN], *file = work->build->inputs[0], *word = work->build->entry_word;
    char names[512] = "", from[128] = "";
    size_t used = 0, others = 0, count = link_find_labels(work->link, labels, WITH_MAIN);
    const bool has_main = link_has_label(work->link, "main");
    /* A word such as -env may not have been meant as -e with a name. */
    if (word)
        snprintf(from, sizeof from, ", from '%s',", word);
    for (size_t i = 0; i < count; i++)
        if (strcmp(labels[i], "main") != 0 && ++others <= MOST && used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                                     others > 1 ? ", " : "", labels[i]);
    if (has_main && (others == 0 || strcmp(entry, "_start") == 0))
        message(file, "error", "no entry: '%s'%s is not defined; %s%s", entry, from,
                strcmp(entry, "_start") == 0 ? "" : "there is only main; ",
                has_c(work->build)
                    ? "in C, #include <tiny.h> instead of the C library's headers: its _start "
                      "calls main"
                    : "nothing calls main: name it _start, and end it with the system call exit "
                      "instead of ret");
    else
        message(file, "error", "no entry: '%s'%s is not defined; %s%s%s", entry, from,
                others ? "start at another label with -e: "
                       : "define it, or give an address with -e",
                names, others > MOST ? ", ..." : "");
    return false;
}

static bool link_all(struct work *work)
{
    const struct build *build = work->build;
    /* Raw machine code without other inputs starts at its first byte. */
    bool by_address = build->entry_address || (link_is_raw(work->link) && !build->entry);
    struct link_result made;
    const struct elfgen_arch *arch =
        elfgen_arch_find(work->common.machine ? work->common.machine : work->exec.machine);
    if (arch && !build->base_given)
        work->exec.base = arch->default_base;
    const struct link_options options = {.entry = by_address     ? NULL
                                                  : build->entry ? build->entry
                                                                 : "_start",
                                         .keep_all = build->keep_all,
                                         .machine = work->common.machine ? work->common.machine
                                                                         : work->exec.machine,
                                         .base = work->exec.base,
                                         .more = add_libgcc,
                                         .context = work};
    progress_next(&(struct progress){.doing = "linking", .file = build->output});
    bool done = link_program(work->link, &options, &made);
    work->exec.machine = options.machine;
    work->program = made.program;
    return done || (made.no_entry && report_missing_entry(work, options.entry));
}

static void report_layout(const struct work *work)
{
    const struct elfgen_program *program = &work->program;
    const struct elfgen_layout *layout = &work->layout;
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[program->order[i]];
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
    if (!work->build->made)
        message("build", "note", "'tinyelf golf' looks for a smaller file that does the same");
}

/* An alignment of 2^40 would make a file of a terabyte, which is a mistake. */
static bool has_sane_size(const struct work *work)
{
    enum { MOST_PADDING = 64 << 20 };
    const struct elfgen_program *program = &work->program;
    uint64_t content = 0;
    for (size_t i = 0; i < program->section_count; i++)
        if (program->sections[i].bytes)
            content += program->sections[i].size;
    if (work->layout.file_size - content <= MOST_PADDING)
        return true;
    message("build", "error",
            "alignment would make a file of %llu bytes for %llu bytes of contents",
            (unsigned long long)work->layout.file_size, (unsigned long long)content);
    return false;
}

/* Warns if the only segment is both writable and executable, and names the section that requires
 * it. */
static void warn_of_permissions(const struct work *work)
{
    const uint32_t both = ELFGEN_PF_W | ELFGEN_PF_X;
    const struct elfgen_program *program = &work->program;
    if (work->build->split || work->build->made || (work->layout.exec.permissions & both) != both)
        return;
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[i];
        if (section->size == 0 || !(section->permissions & ELFGEN_PF_W))
            continue;
        const struct place place =
            place_section(section->file ? section->file : "build", section->name, PLACE_NO_OFFSET);
        report_send(&message_reporter, REPORT_WARNING, &place,
                    "it may be written to, so the one segment is writable and executable; "
                    "--layout split keeps code from being written");
        return;
    }
}

/* Writes FILE.debug before FILE: a debugger that reads both finds two of the same build. */
static bool write_debug(struct work *work, const uint8_t *image)
{
    size_t size;
    char *name = NULL;
    if (asprintf(&name, "%s.debug", work->build->output) < 0)
        return message_no_memory(work->build->output);
    uint8_t *file = link_debug_file(work->link, &work->layout, image, &size);
    bool done = file && atomic_file_write(name, file, size, false);
    free(name);
    free(file);
    return done;
}

static bool write_files(struct work *work, uint8_t **image, size_t *size)
{
    const struct build *build = work->build;
    progress_next(&(struct progress){.doing = "writing", .file = build->output});
    if (build->sections) {
        *image = link_write_section_headers(work->link, *image, size);
        if (!*image)
            return false;
    }
    /* What Linux requires on another processor is not known here. */
    const bool is_checked = !build->no_check && elfgen_kernel_has_machine(work->exec.machine);
    if (is_checked && !build_check(build, *image, *size, REPORT_ERROR)) {
        if (!build->made)
            message(build->output, "note", "--no-check writes it anyway");
        return false;
    }
    bool done =
        !build->map || link_print_map(work->link, &work->layout, *size - work->layout.file_size,
                                      width_of_output(), stdout);
    done =
        done && (!build->debug || write_debug(work, *image)) && build_deliver(build, *image, *size);
    return (!build->map || stdout_finish_stdio()) && done;
}

static bool write_program(struct work *work)
{
    const struct build *build = work->build;
    const struct elfgen_program *program = &work->program;
    struct elfgen_error error;
    enum elfgen_status status =
        build->split ? elfgen_layout_split(program, &work->exec, &work->layout, &error)
                     : elfgen_layout_single(program, &work->exec, &work->layout, &error);
    if (status != ELFGEN_OK)
        return message_library_error("build", &error);
    if (!has_sane_size(work))
        return false;
    size_t size = (size_t)work->layout.file_size;
    uint8_t *image = malloc(size);
    if (!image) {
        message("build", "error", NO_MEMORY " for %zu bytes", size);
        return false;
    }
    populate(image, size);
    bool done = elfgen_write_image(program, &work->layout, image, size, &error) != 0 ||
                message_library_error("build", &error);
    if (done) {
        warn_of_permissions(work);
        if (build->verbose)
            report_layout(work);
        done = write_files(work, &image, &size) &&
               (!build->made || build_addresses(program, work->exec.machine, build->made));
    }
    free(image);
    return done;
}

/* Finds <tiny.h> if an input is C. Returns false after reporting that there is no memory. */
static bool find_headers(struct work *work)
{
    const struct build *build = work->build;
    size_t i = 0;
    while (i < build->input_count && !is_c(build, build->inputs[i]))
        i++;
    if (i == build->input_count)
        return true;
    work->folder = malloc(PATH_MAX);
    if (!work->folder)
        return message_no_memory("build");
    if (datadir_find("asm", "tiny.h", work->folder, PATH_MAX))
        work->common.include_folder = work->folder;
    return true;
}

int build_program(const struct build *build)
{
    struct work work = {.build = build, .exec = build->exec};
    work.common = (struct source_options){.compiler = build->compiler,
                                          .compiler_flags = build->compiler_flags,
                                          .language = build->language,
                                          .assembler = build->assembler,
                                          .machine = build->target,
                                          .debug = build->debug,
                                          .labels = build->debug || build->map,
                                          .wraps_elf = build->no_check,
                                          .verbose = build->verbose,
                                          .reporter = {report_diagnostic, &work}};
    if (build->map)
        stdout_open_stdio();
    work.link = link_open(&message_reporter);
    work.sources = calloc(build->input_count + 1, sizeof(struct source *));
    if (!work.sources)
        message_no_memory("build");
    progress_begin(&(struct progress){.doing = "reading"});
    bool done = work.link && work.sources && find_headers(&work) && read_inputs(&work);
    int status = work.misused ? EXIT_USAGE : EXIT_NO;
    if (done && work.file)
        status = build_whole(build, work.file);
    else if (done && link_all(&work) && write_program(&work))
        status = EXIT_YES;
    progress_end();
    for (size_t i = 0; work.sources && i < build->input_count; i++) {
        source_close(work.sources[i]);
    }
    free(work.sources);
    free(work.folder);
    link_close(work.link);
    source_file_free(work.file);
    return status;
}
