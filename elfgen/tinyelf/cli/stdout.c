/* Writes standard output in large pieces. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static void flush(struct elfgen_text *text)
{
    struct standard_output *output = text->context;
    for (size_t done = 0; done < text->length && !output->error;) {
        ssize_t part = write(STDOUT_FILENO, text->bytes + done, text->length - done);
        if (part < 0 && errno != EINTR)
            output->error = errno;
        else if (part > 0)
            done += (size_t)part;
    }
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
        message("<stdout>", "error", "cannot write: %s", strerror(output->error));
    return output->error == 0;
}
