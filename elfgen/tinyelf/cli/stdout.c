/* Writes standard output in large pieces. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/visible.h"
#include "base/system_error.h"
#include "cli.h"
#include "progress.h"

static void flush(struct elfgen_text *text);

/* Writes lines whose control characters are shown as escapes. */
static void write_visible(struct standard_output *output)
{
    char room[4096];
    struct standard_output plain = {.error = output->error};
    struct elfgen_text text = {
        .bytes = room, .capacity = sizeof room, .flush = flush, .context = &plain};
    const char *at = output->text.bytes, *end = at + output->text.length;
    for (const char *stop; at < end; at = stop) {
        stop = memchr(at, '\n', (size_t)(end - at));
        visible_bytes(&text, at, (size_t)((stop ? stop : end) - at));
        if (stop)
            elfgen_text_char(&text, *stop++);
        else
            stop = end;
    }
    flush(&text);
    output->error = plain.error;
    output->text.length = 0;
}

static void flush(struct elfgen_text *text)
{
    struct standard_output *output = text->context;
    if (output->visible) {
        write_visible(output);
        return;
    }
    if (text->length == 0)
        return;
    progress_hold_output();
    if (!output->error && !file_write(STDOUT_FILENO, text->bytes, text->length))
        output->error = errno;
    progress_release_output();
    text->length = 0;
}

struct standard_output *stdout_open(void)
{
    static struct standard_output output;
    output.text = (struct elfgen_text){.bytes = output.buffer,
                                       .capacity = sizeof output.buffer,
                                       .flush = flush,
                                       .context = &output};
    return &output;
}

void stdout_flush(struct standard_output *output)
{
    flush(&output->text);
}

bool stdout_finish(struct standard_output *output)
{
    flush(&output->text);
    if (output->error)
        message("<stdout>", "error", "cannot write: %s", system_error_text(output->error));
    return output->error == 0;
}
