/* Reads a result of mutate from the file that a user names. */
#include "result_file.h"

#include "base/file.h"
#include "cli/cli.h"

bool mutate_read_file(const char *path, struct mutate_report *report)
{
    struct file_bytes bytes = {0};
    struct elfgen_error error;
    bool done = input_read(path, &bytes);
    if (done && !mutate_read(report, bytes.bytes, bytes.size, &error)) {
        message_in_text(input_name(path), bytes.bytes, bytes.size, &error);
        done = false;
    }
    file_free(&bytes);
    return done;
}
