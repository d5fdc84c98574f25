/* tinyelf build FILE.hex: writes the bytes of a hex source, with its labels resolved. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/visible.h"
#include "base/file.h"
#include "base/suffix.h"
#include "base/system_error.h"
#include "build.h"
#include "cli/cli.h"

bool build_is_hex(const struct build *build)
{
    return build->hex ||
           (build->language == SOURCE_DETECT && suffix_of(build->inputs[0]) == SUFFIX_HEX);
}

/* Prints the lines of the source beside the bytes that they make. */
struct listing {
    const char *at, *end; /* of the source */
    uint64_t line;        /* number of the line at `at`, from 1 */
    const uint8_t *bytes;
};

/* Prints eight bytes in each row; the source is beside the first. */
static void list_line(void *context, uint64_t line, uint64_t offset, uint64_t size)
{
    enum { ROW = 8 };
    struct listing *listing = context;
    const char *stop = listing->at;
    for (; listing->line <= line && stop < listing->end; listing->line++) {
        listing->at = stop;
        stop = memchr(stop, '\n', (size_t)(listing->end - stop));
        stop = stop ? stop + 1 : listing->end;
    }
    if (stop == listing->at && size == 0)
        return; /* after the last newline */
    int length = (int)(stop - listing->at);
    if (length > 0 && listing->at[length - 1] == '\n')
        length--;
    for (uint64_t row = 0; row == 0 || row < size; row += ROW) {
        char hex[ROW * 3 + 1] = "";
        for (uint64_t i = row; i < size && i < row + ROW; i++)
            snprintf(hex + (i - row) * 3, 4, "%02x ", listing->bytes[offset + i]);
        printf("%08" PRIx64 "  %-24s ", offset + row, hex);
        visible_write(stdout, listing->at, row == 0 ? (size_t)length : 0);
        putchar('\n');
    }
    listing->at = stop;
}

static bool assemble(const struct build *build, const char *name, const struct file_bytes *source,
                     uint8_t **bytes, size_t *size)
{
    struct elfgen_error error;
    struct elfgen_hex_needs needs;
    struct elfgen_hex_options options = {.base = build->base_given ? build->exec.base : 0,
                                         .order = build->big_endian ? ELFGEN_BIG_ENDIAN
                                                                    : ELFGEN_LITTLE_ENDIAN};
    enum elfgen_status status = elfgen_hex_measure(source->bytes, source->size, &needs, &error);
    struct elfgen_hex_label *labels = NULL;
    if (status == ELFGEN_OK) {
        *bytes = malloc((size_t)needs.bytes + 1);
        labels = calloc((size_t)needs.labels + 1, sizeof *labels);
        if (!*bytes || !labels) {
            free(labels);
            message(name, "error", NO_MEMORY " for %llu bytes", (unsigned long long)needs.bytes);
            return false;
        }
        struct listing listing = {source->bytes, source->bytes + source->size, 1, *bytes};
        status = elfgen_hex_assemble(source->bytes, source->size, &options, &needs, labels, *bytes,
                                     NULL, NULL, &error);
        if (status == ELFGEN_OK && build->listing) {
            memset(labels, 0, (size_t)needs.labels * sizeof *labels);
            elfgen_hex_assemble(source->bytes, source->size, &options, &needs, labels, *bytes,
                                list_line, &listing, &error);
        }
    }
    free(labels);
    *size = (size_t)needs.bytes;
    if (status != ELFGEN_OK)
        message_in_text(name, source->bytes, source->size, &error);
    return status == ELFGEN_OK;
}

int build_hex(const struct build *build)
{
    bool standard = strcmp(build->inputs[0], "-") == 0;
    const char *name = standard ? "<stdin>" : build->inputs[0];
    if (build->listing && atomic_file_is_stdout(build->output))
        return usage_error("build", "--listing and -o %s would both write to standard output",
                           build->output);
    struct file_bytes source = {0};
    if (build->listing)
        stdout_open_stdio();
    int file = standard ? STDIN_FILENO : open(build->inputs[0], O_RDONLY | O_CLOEXEC);
    bool done = file >= 0 && file_read(file, false, &source);
    if (!done)
        message(name, "error", "%s", system_error_text(errno));
    if (file > STDIN_FILENO)
        close(file);
    uint8_t *bytes = NULL;
    size_t size = 0;
    done = done && assemble(build, name, &source, &bytes, &size);
    /* A hex source may describe any file; only what begins like ELF is checked. */
    if (done && !build->no_check && size > 0 && bytes[0] == ELFGEN_MAG0)
        build_check(build, bytes, size, REPORT_WARNING);
    done = done && build_deliver(build, bytes, size);
    free(bytes);
    file_free(&source);
    done = done && (!build->listing || stdout_finish_stdio());
    return done ? EXIT_YES : EXIT_NO;
}
