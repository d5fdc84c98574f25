/* Writes standard output in large pieces. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/visible.h"
#include "base/system_error.h"
#include "cli.h"
#include "interrupt.h"
#include "progress.h"

/* Writes a text whose context is the output, as it is. */
static void flush_plain(struct elfgen_text *text)
{
    struct standard_output *output = text->context;
    if (text->length == 0 || output->error) {
        text->length = 0;
        return;
    }
    progress_hold_output();
    if (!file_write(STDOUT_FILENO, text->bytes, text->length))
        output->error = errno;
    progress_release_output();
    text->length = 0;
    if (output->error == EPIPE)
        interrupt_pipe();
}

/* Writes lines whose control characters are shown as escapes. */
static void write_visible(struct standard_output *output)
{
    char room[4096];
    struct elfgen_text text = {
        .bytes = room, .capacity = sizeof room, .flush = flush_plain, .context = output};
    const char *at = output->text.bytes, *end = at + output->text.length;
    for (const char *stop; at < end; at = stop) {
        stop = memchr(at, '\n', (size_t)(end - at));
        visible_bytes(&text, at, (size_t)((stop ? stop : end) - at));
        if (stop)
            elfgen_text_char(&text, *stop++);
        else
            stop = end;
    }
    flush_plain(&text);
    output->text.length = 0;
}

static void flush(struct elfgen_text *text)
{
    struct standard_output *output = text->context;
    if (output->visible)
        write_visible(output);
    else
        flush_plain(text);
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

void stdout_check_reader(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO};
    if (poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0)
        interrupt_pipe();
}

void stdout_flush(struct standard_output *output)
{
    flush(&output->text);
}

bool stdout_finish(struct standard_output *output)
{
    flush(&output->text);
    return output->error == 0 || stdout_report(output->error);
}

bool stdout_report(int error)
{
    if (error != EPIPE || !interrupt_pipe())
        message("<stdout>", "error", "cannot write: %s", system_error_text(error));
    return false;
}

void stdout_open_stdio(void)
{
    static char buffer[1 << 16];
    setvbuf(stdout, buffer, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, sizeof buffer);
}

bool stdout_finish_stdio(void)
{
    /* A part that did not fit into the buffer may have failed before. */
    bool failed_before = ferror(stdout) != 0;
    errno = EIO;
    return (fflush(stdout) == 0 && !failed_before) || stdout_report(errno);
}

int help_end(void)
{
    return stdout_finish_stdio() ? EXIT_YES : EXIT_NO;
}
