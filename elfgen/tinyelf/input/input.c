/* Reads an input: detects its language, and assembles, compiles or reads it into an object or
 * archive. */
#include "object.h"
#include "elfgen/arch.h"
#include "toolchain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool ends_with(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);
    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

static bool is_elf(const struct file_bytes *input)
{
    return input->size >= ELFGEN_MAGIC_SIZE &&
           memcmp(input->bytes, ELFGEN_MAGIC, ELFGEN_MAGIC_SIZE) == 0;
}

static bool detect_assembly(struct source *source)
{
    size_t offset = 0;
    if (is_elf(&source->input))
        return source_report(source, REPORT_ERROR, 0,
                             "this is an ELF file, not assembly: name it .o, or say --from object");
    source->language = source_detect_assembly(source->input.bytes, source->input.size, &offset);
    if (source->language == SOURCE_DETECT)
        return report_error(&source->reporter,
                            &(struct place){.file = source->name, .offset = offset},
                            "not assembly: byte 0x%02x is not text (machine code is --from raw)",
                            (unsigned char)source->input.bytes[offset]);
    if (source->verbose)
        source_report(source, REPORT_NOTE, 0, "read as %s assembly",
                      source->language == SOURCE_NASM ? "NASM's" : "GNU");
    return true;
}

/* Sets source->language if the caller left it open. */
static bool decide_language(struct source *source, bool *preprocess)
{
    bool assembly = ends_with(source->path, ".s") || ends_with(source->path, ".asm");
    *preprocess = ends_with(source->path, ".S") &&
                  (source->language == SOURCE_DETECT || source->language == SOURCE_GAS ||
                   source->language == SOURCE_NASM);
    if ((source->language == SOURCE_DETECT || source->language == SOURCE_OBJECT) &&
        source_is_archive(&source->input)) {
        source->language = SOURCE_ARCHIVE;
        return true;
    }
    if (source->language != SOURCE_DETECT || *preprocess)
        return true;
    if (assembly)
        return detect_assembly(source);
    if (ends_with(source->path, ".c") || ends_with(source->path, ".i")) {
        source->language = SOURCE_C;
        return true;
    }
    if (ends_with(source->path, ".o") || is_elf(&source->input)) {
        source->language = SOURCE_OBJECT;
        return true;
    }
    if (strcmp(source->path, "-") == 0)
        return detect_assembly(source);
    return source_report(
        source, REPORT_ERROR, 0,
        "cannot tell what this is by its name (.c, .i, .s, .asm, .S, .o and .a are known): "
        "say --from c, nasm, gas, object or raw");
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

bool source_start(struct source *source)
{
    bool standard = strcmp(source->path, "-") == 0;
    source->name = standard ? "<stdin>" : source->path;
    source->object_file = source->message_file = source->text_file = -1;

    int file = standard ? STDIN_FILENO : open(source->path, O_RDONLY | O_CLOEXEC);
    bool read = file >= 0 && file_read(file, false, &source->input);
    int error = errno;
    struct stat status;
    /* /dev/stdin and /dev/fd/3 are other files in the assembler's process; a newline in a name
     * would break its messages apart. */
    source->read_once = standard || strchr(source->path, '\n') ||
                        strncmp(source->path, "/dev/", 5) == 0 ||
                        strncmp(source->path, "/proc/", 6) == 0 || fstat(file, &status) != 0 ||
                        !S_ISREG(status.st_mode);
    if (file > STDIN_FILENO)
        close(file);
    if (!read)
        return source_report(source, REPORT_ERROR, 0, "%s", strerror(error));
    if (source->input.size == 0)
        return source_report(source, REPORT_ERROR, 0, "the file is empty");
    bool preprocess;
    if (!decide_language(source, &preprocess))
        return false;
    if (needs_tool(source->language) && !toolchain_machine(source->machine))
        return source_report(
            source, REPORT_ERROR, 0,
            "for %s, objects (.o), archives (.a) and machine code (--from raw) are "
            "taken, and no sources",
            elfgen_arch_find(source->machine)->title);
    switch (source->language) {
    case SOURCE_DETECT: /* a .S file, detected after preprocessing */
    case SOURCE_NASM:
    case SOURCE_GAS:
        return source_start_assembly(source, source->language, preprocess);
    case SOURCE_C:
        return source_start_compiler(source);
    case SOURCE_OBJECT:
        if (source->machine == 0)
            source->machine = machine_of(&source->input);
        return true;
    case SOURCE_ARCHIVE:
    case SOURCE_RAW:
        return true;
    }
    return false;
}

bool source_finish(struct source *source)
{
    struct file_bytes *object = &source->object;
    bool done = true;
    switch (source->language) {
    case SOURCE_RAW:
        if (source->machine == 0)
            source->machine = toolchain_machine(0)->machine;
        source->made = source_read_raw(source, &source->input);
        return source->made != NULL;
    case SOURCE_ARCHIVE:
        source->archive = source_read_archive(source, &source->input);
        return source->archive != NULL;
    case SOURCE_OBJECT:
        object = &source->input;
        break;
    case SOURCE_C:
        done = source_finish_compiler(source);
        break;
    case SOURCE_DETECT:
    case SOURCE_NASM:
    case SOURCE_GAS:
        done = source_finish_assembly(source);
        break;
    }
    if (done)
        source->made = source_read_object(source, object);
    if (source->made)
        source->machine = source->made->machine;
    return source->made != NULL;
}

void source_release(struct source *source)
{
    if (source->child > 0) {
        kill(source->child, SIGKILL);
        waitpid(source->child, NULL, 0);
        source->child = 0;
    }
    int *const files[] = {&source->object_file, &source->message_file, &source->text_file};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (*files[i] > 0)
            close(*files[i]);
        *files[i] = -1;
    }
    file_free(&source->object);
    file_free(&source->input);
}
