/* What each run needs: a worker, an input, and a judgement of what the run did. */
#include "mutate_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Signals from a terminal, or from someone who ends a process group, are meant for the process that
 * started the program. A change that they kill or stop would be counted wrongly. A sandboxed
 * program cannot send itself signals except by an alarm, and faults kill it even if they are
 * blocked. */
struct sandbox_worker *mutate_open_worker(const struct mutate_ways *ways,
                                          const struct run_limits *limits, bool traced,
                                          struct elfgen_error *error)
{
    struct sandbox_options options = {.limits = *limits,
                                      .kinds = ways->kinds,
                                      .untraced = !traced,
                                      .fixed = true,
                                      .terminal = ways->tty,
                                      .ignored = ways->ignored};
    sigfillset(&options.blocked);
    sigdelset(&options.blocked, SIGXCPU);
    return sandbox_open(&options, error);
}

int mutate_open_input(const struct mutate_ways *ways)
{
    /* Without O_NONBLOCK, a FIFO without a writer would block here. */
    int file = open(ways->input ? ways->input : "/dev/null", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (file < 0)
        return -1;
    int error = fstat(file, &status) != 0       ? errno
                : S_ISDIR(status.st_mode)       ? EISDIR
                : lseek(file, 0, SEEK_CUR) != 0 ? ESPIPE
                                                : 0;
    if (error == 0)
        return file;
    close(file);
    errno = error;
    return -1;
}

static bool is_same(const struct sandbox_stream *stream, const uint8_t *bytes, size_t size)
{
    return stream->size == size && (size == 0 || memcmp(stream->bytes, bytes, size) == 0);
}

enum mutate_class mutate_judge(const struct mutate_original *original, const struct run_end *end,
                               const struct sandbox_stream *output,
                               const struct sandbox_stream *errors)
{
    switch (end->reason) {
    case RUN_EXITED:
        break;
    case RUN_SIGNAL:
        return MUTATE_SIGNAL;
    case RUN_CALL:
    case RUN_MEMORY:
        return MUTATE_BLOCKED;
    case RUN_OUTPUT:
        return MUTATE_OUTPUT;
    case RUN_NOT_STARTED:
        return MUTATE_REFUSED;
    default:
        return MUTATE_TIMEOUT;
    }
    if (!is_same(output, original->output, original->output_size) ||
        !is_same(errors, original->errors, original->error_size))
        return MUTATE_OUTPUT;
    return end->status == original->end.status ? MUTATE_SAME : MUTATE_STATUS;
}
