/* Writes standard output in large pieces. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli.h"

static void flush(struct elfgen_text *text)
{
    struct standard_output *output = text->context;
    if (!output->error && !file_write(STDOUT_FILENO, text->bytes, text->length))
        output->error = errno;
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
