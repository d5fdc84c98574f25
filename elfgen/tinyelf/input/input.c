/* Reads an input: detects its language, and assembles, compiles or reads it into an object or
 * archive. */
#include "input_private.h"
#include "base/suffix.h"
#include "base/system_error.h"
#include "elfgen/arch.h"
#include "elfgen/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "magic.h"
#include "object.h"

static bool is_elf(const struct file_bytes *input)
{
    return begins_with_magic(input->bytes, input->size);
}

static bool detect_assembly(struct source *source)
{
    size_t offset = 0;
    if (is_elf(&source->input))
        return toolchain_report(
            &source->chain, REPORT_ERROR, 0,
            "this is an ELF file, not assembly: name it .o, or say --from object");
    source->language = source_detect_assembly(source->input.bytes, source->input.size, &offset);
    if (source->language != SOURCE_DETECT &&
        source_is_fasm(source->input.bytes, source->input.size))
        source->language = SOURCE_FASM;
    if (source->language == SOURCE_DETECT)
        return report_error(&source->options.reporter,
                            &(struct place){.file = source->chain.name, .offset = offset},
                            "not assembly: byte 0x%02x is not text (machine code is --from raw)",
                            (unsigned char)source->input.bytes[offset]);
    if (source->options.verbose)
        toolchain_report(&source->chain, REPORT_NOTE, 0, "read as %s assembly",
                         source->language == SOURCE_NASM   ? "NASM's"
                         : source->language == SOURCE_FASM ? "fasm's"
                                                           : "GNU");
    return true;
}

/* Sets source->language by the suffix of the name, or by the contents. */
static bool detect_language(struct source *source, enum suffix suffix)
{
    switch (suffix) {
    case SUFFIX_ASSEMBLY:
    case SUFFIX_ASSEMBLY_WITH_C:
        return detect_assembly(source);
    case SUFFIX_NASM:
        source->language = SOURCE_NASM;
        return true;
    case SUFFIX_FASM:
        source->language = SOURCE_FASM;
        return true;
    case SUFFIX_C:
    case SUFFIX_PREPROCESSED_C:
        source->language = SOURCE_C;
        return true;
    case SUFFIX_OBJECT:
        source->language = SOURCE_OBJECT;
        return true;
    case SUFFIX_ARCHIVE:
    case SUFFIX_HEX:
    case SUFFIX_OTHER:
        break;
    }
    if (is_elf(&source->input)) {
        source->language = SOURCE_OBJECT;
        return true;
    }
    if (strcmp(source->options.path, "-") == 0)
        return detect_assembly(source);
#define SUFFIX(text, kind)    " " text
#define LANGUAGE(name, value) " " name
    return toolchain_report(&source->chain, REPORT_ERROR, 0,
                            "cannot tell what this is from its name, which ends in none of"
#include "base/suffixes.def"
                            ": say --from KIND, one of"
#include "languages.def"
    );
#undef LANGUAGE
#undef SUFFIX
}

/* Sets source->language if the caller left it open. */
static bool decide_language(struct source *source, bool *preprocess)
{
    enum suffix suffix = suffix_of(source->options.path);
    *preprocess = suffix == SUFFIX_ASSEMBLY_WITH_C &&
                  (source->language == SOURCE_DETECT || source->language == SOURCE_GAS ||
                   source->language == SOURCE_NASM);
    if ((source->language == SOURCE_DETECT || source->language == SOURCE_OBJECT) &&
        source_is_archive(&source->input)) {
        source->language = SOURCE_ARCHIVE;
        return true;
    }
    if (source->language != SOURCE_DETECT || *preprocess)
        return true;
    return detect_language(source, suffix);
}

/* The machine that an object is for, by its ELF header; 0 if that is not known. */
static uint16_t machine_of(const struct file_bytes *input)
{
    enum { AT = 18 }; /* e_machine */
    if (!is_elf(input) || input->size < AT + 2)
        return 0;
    const uint8_t *bytes = (const uint8_t *)input->bytes + AT;
    uint16_t machine = (uint16_t)(bytes[0] | bytes[1] << 8);
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    return arch ? arch->machines[0] : 0;
}

/* Whether an assembler or a compiler makes an object of the input. */
static bool needs_tool(enum source_language language)
{
    return language != SOURCE_RAW && language != SOURCE_OBJECT && language != SOURCE_ARCHIVE;
}

/* Reads the whole file. Returns false after reporting the error. */
static bool read_input(struct source *source)
{
    const char *path = source->options.path;
    bool standard = strcmp(path, "-") == 0;
    int file = standard ? STDIN_FILENO : openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    bool read = file >= 0 && (standard ? file_read(file, false, &source->input)
                                       : file_read_opened(file, false, &source->input));
    int error = errno;
    /* /dev/stdin and /dev/fd/3 are other files in the assembler's process; a newline in a name
     * would break its messages apart. */
    source->read_once = standard || strchr(path, '\n') || strncmp(path, "/dev/", 5) == 0 ||
                        strncmp(path, "/proc/", 6) == 0 || !source->input.regular;
    if (file > STDIN_FILENO)
        close(file);
    if (!read)
        return toolchain_report(&source->chain, REPORT_ERROR, 0, "%s", system_error_text(error));
    return source->input.size > 0 ||
           toolchain_report(&source->chain, REPORT_ERROR, 0, FILE_IS_EMPTY);
}

/* Whether an object that the user named has an ELF header. Returns false after reporting the error.
 */
static bool has_header(const struct source *source)
{
    struct elfgen_view view;
    struct elfgen_error error;
    return elfgen_view_open(&view, source->input.bytes, source->input.size, &error) == ELFGEN_OK ||
           report_library_error(&source->options.reporter, source->chain.name, &error);
}

/* Starts what the input's language needs. Returns false after reporting the error. */
static bool start(struct source *source)
{
    bool preprocess;
    if (!read_input(source) || !decide_language(source, &preprocess))
        return false;
    if (needs_tool(source->language) && !toolchain_machine(source->machine))
        return toolchain_report(
            &source->chain, REPORT_ERROR, 0,
            "for %s, objects (.o), archives (.a) and machine code (--from raw) are "
            "accepted, but no sources",
            elfgen_arch_find(source->machine)->title);
    switch (source->language) {
    case SOURCE_DETECT: /* a .S file, detected after preprocessing */
    case SOURCE_NASM:
    case SOURCE_GAS:
        return source_start_assembly(source, source->language, preprocess);
    case SOURCE_FASM:
        return source_start_fasm(source);
    case SOURCE_C:
        return source_start_compiler(source);
    case SOURCE_OBJECT:
        if (!has_header(source))
            return false;
        if (source->machine == 0)
            source->machine = machine_of(&source->input);
        return true;
    case SOURCE_RAW:
        return source->options.wraps_elf || !is_elf(&source->input) ||
               toolchain_report(
                   &source->chain, REPORT_ERROR, 0,
                   "these bytes begin with an ELF header: they are a file already, not "
                   "machine code for another; --no-check wraps them anyway");
    case SOURCE_ARCHIVE:
        return true;
    }
    return false;
}

struct source *source_start(const struct source_options *options)
{
    struct source *source = calloc(1, sizeof *source);
    if (!source) {
        const struct place place = place_file(options->path);
        report_error(&options->reporter, &place, NO_MEMORY);
        return NULL;
    }
    source->options = *options;
    source->language = options->language;
    source->machine = options->machine;
    toolchain_open(&source->chain, options->path, &source->input, &options->reporter);
    source->chain.verbose = options->verbose;
    if (start(source))
        return source;
    source_close(source);
    return NULL;
}

uint16_t source_machine(const struct source *source)
{
    return source->machine;
}

/* Waits for the tool that makes the object, if one does. */
static bool finish_tool(struct source *source)
{
    switch (source->language) {
    case SOURCE_C:
        return source_finish_compiler(source);
    case SOURCE_DETECT:
    case SOURCE_NASM:
    case SOURCE_GAS:
        return source_finish_assembly(source);
    case SOURCE_FASM:
        return source_finish_fasm(source);
    default:
        return true;
    }
}

bool source_finish(struct source *source, struct source_result *result)
{
    struct object_options options = {.name = source->chain.name,
                                     .machine = source->machine,
                                     .debug = source->options.debug,
                                     .reporter = source->options.reporter};
    *result = (struct source_result){.machine = source->machine};
    if (!finish_tool(source))
        return false;
    if (source->file) {
        result->file = source->file;
        source->file = NULL;
        return true;
    }
    if (source->language == SOURCE_ARCHIVE) {
        result->archive = source_read_archive(&options, &source->input);
        return result->archive != NULL;
    }
    if (source->language == SOURCE_RAW) {
        if (options.machine == 0)
            options.machine = toolchain_machine(0)->machine;
        result->object = source_read_raw(&options, &source->input);
    } else if (source->inside && inside_is_done(source->inside)) {
        result->object = inside_take_object(source->inside, &source->input, &options);
        source->inside = NULL;
    } else {
        struct file_bytes *bytes =
            source->language == SOURCE_OBJECT ? &source->input : &source->object;
        result->object = source_read_object(&options, bytes);
    }
    if (result->object)
        result->machine = result->object->machine;
    return result->object != NULL;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    toolchain_close(&source->chain);
    source_file_free(source->file);
    inside_close(source->inside);
    inside_close(source->flat);
    file_free(&source->object);
    file_free(&source->input);
    free(source);
}
