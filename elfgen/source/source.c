/* The front door: which language an input is, and the road from there to a program. */
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool source_say(const struct source *source, enum source_severity severity, unsigned line,
                const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct source_message message = {
        .severity = severity, .file = source->name, .line = line, .text = text};
    source->tell(source->context, &message);
    return false;
}

/* A pipe or a terminal: read to its end. */
static bool read_stream(int file, struct source_bytes *bytes)
{
    size_t capacity = 0;
    for (;;) {
        if (bytes->size == capacity) {
            capacity = capacity ? capacity * 2 : 65536;
            char *larger = realloc(bytes->bytes, capacity);
            if (!larger)
                return false;
            bytes->bytes = larger;
        }
        ssize_t got = read(file, bytes->bytes + bytes->size, capacity - bytes->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        bytes->size += (size_t)got;
    }
}

static bool read_regular(int file, size_t size, struct source_bytes *bytes)
{
    bytes->bytes = malloc(size + 1);
    if (!bytes->bytes)
        return false;
    ssize_t got = pread(file, bytes->bytes, size, 0);
    bytes->size = got > 0 ? (size_t)got : 0;
    return got >= 0;
}

bool source_read_file(int file, bool only_regular, struct source_bytes *bytes)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return false;
    if (S_ISDIR(status.st_mode) || (only_regular && !S_ISREG(status.st_mode))) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : ENODEV;
        return false;
    }
    /* A small file is cheaper to copy than to map; of a large one, a reader of headers touches a
     * few pages. Files without a size (of /proc) are read like a pipe. */
    enum { WORTH_MAPPING = 16 * 1024 };
    if (!S_ISREG(status.st_mode) || status.st_size == 0)
        return read_stream(file, bytes);
    size_t size = (size_t)status.st_size;
    if (size < WORTH_MAPPING)
        return read_regular(file, size, bytes);
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (map == MAP_FAILED)
        return false;
    *bytes = (struct source_bytes){map, size, true};
    return true;
}

void source_free_bytes(struct source_bytes *bytes)
{
    if (bytes->mapped)
        munmap(bytes->bytes, bytes->size);
    else
        free(bytes->bytes);
    *bytes = (struct source_bytes){0};
}

static bool ends_with(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);
    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

static bool is_elf(const struct source_bytes *input)
{
    return input->size >= 4 && memcmp(input->bytes, "\177ELF", 4) == 0;
}

static bool detect_assembly(struct source *source)
{
    size_t offset = 0;
    if (is_elf(&source->input))
        return source_say(source, SOURCE_ERROR, 0,
                          "this is an ELF file, not assembly: name it .o, or say --from object");
    source->language = source_detect_assembly(source->input.bytes, source->input.size, &offset);
    if (source->language == SOURCE_DETECT)
        return source_say(source, SOURCE_ERROR, 0,
                          "offset 0x%zx: not assembly: byte 0x%02x is not text (machine code is "
                          "--from raw)",
                          offset, (unsigned char)source->input.bytes[offset]);
    if (source->verbose)
        source_say(source, SOURCE_NOTE, 0, "read as %s assembly",
                   source->language == SOURCE_NASM ? "NASM's" : "GNU");
    return true;
}

/* Sets source->language where the caller left it open. */
static bool decide_language(struct source *source, bool *preprocess)
{
    bool assembly = ends_with(source->path, ".s") || ends_with(source->path, ".asm");
    *preprocess = ends_with(source->path, ".S") &&
                  (source->language == SOURCE_DETECT || source->language == SOURCE_GAS ||
                   source->language == SOURCE_NASM);
    if (source->language != SOURCE_DETECT || *preprocess)
        return true;
    if (assembly)
        return detect_assembly(source);
    if (ends_with(source->path, ".o") || is_elf(&source->input)) {
        source->language = SOURCE_OBJECT;
        return true;
    }
    if (strcmp(source->path, "-") == 0)
        return detect_assembly(source);
    return source_say(source, SOURCE_ERROR, 0,
                      "cannot tell what this is by its name (.s, .asm, .S and .o are known): say "
                      "--from nasm, gas, object or raw");
}

/* Raw machine code: one section, entered at its first byte. */
static bool take_raw(struct source *source)
{
    source->sections = calloc(1, sizeof *source->sections);
    if (!source->sections)
        return source_say(source, SOURCE_ERROR, 0, "out of memory");
    source->sections[0] = (struct elfgen_section){
        .name = "code",
        .bytes = (const uint8_t *)source->input.bytes,
        .size = source->input.size,
        .align = 1,
        .permissions = ELFGEN_PF_R | ELFGEN_PF_X,
    };
    source->program.sections = source->sections;
    source->program.section_count = 1;
    return true;
}

bool source_start(struct source *source)
{
    bool standard = strcmp(source->path, "-") == 0;
    source->name = standard ? "<stdin>" : source->path;
    source->object_file = source->message_file = source->text_file = -1;

    int file = standard ? STDIN_FILENO : open(source->path, O_RDONLY | O_CLOEXEC);
    bool read = file >= 0 && source_read_file(file, false, &source->input);
    int error = errno;
    if (file > STDIN_FILENO)
        close(file);
    if (!read)
        return source_say(source, SOURCE_ERROR, 0, "%s", strerror(error));
    if (source->input.size == 0)
        return source_say(source, SOURCE_ERROR, 0, "the file is empty");
    bool preprocess;
    if (!decide_language(source, &preprocess))
        return false;
    switch (source->language) {
    case SOURCE_DETECT: /* a .S file: only its preprocessed text tells */
    case SOURCE_NASM:
    case SOURCE_GAS:
        return source_start_assembly(source, source->language, preprocess);
    case SOURCE_OBJECT:
    case SOURCE_RAW:
        return true;
    }
    return false;
}

bool source_finish(struct source *source)
{
    switch (source->language) {
    case SOURCE_RAW:
        return take_raw(source);
    case SOURCE_OBJECT:
        source->object = source->input;
        source->input = (struct source_bytes){0};
        return source_read_object(source);
    case SOURCE_DETECT:
    case SOURCE_NASM:
    case SOURCE_GAS:
        break;
    }
    return source_finish_assembly(source) && source_read_object(source);
}
