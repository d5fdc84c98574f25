/* Pipes between a sandboxed program and its output. */
#include "sandbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes a pipe whose reader does not block. Its descriptors are above those of the standard
 * streams, which may be closed. */
bool sandbox_pipe_open(struct sandbox_pipe *pipe, struct sandbox_stream *stream,
                       const struct sandbox_terminal *terminal)
{
    struct stat status;
    pipe->stream = stream;
    pipe->start = pipe->size = 0;
    pipe->regular = stream->descriptor >= 0 && fstat(stream->descriptor, &status) == 0 &&
                    S_ISREG(status.st_mode);
    if (pipe->ends[0] >= 0)
        return true;
    int ends[2];
    if (terminal ? !sandbox_terminal_open(terminal, ends) : pipe2(ends, O_CLOEXEC) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        pipe->ends[i] = fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        close(ends[i]);
    }
    if (pipe->ends[0] >= 0 && pipe->ends[1] >= 0 && fcntl(pipe->ends[0], F_SETFL, O_NONBLOCK) == 0)
        return true;
    int error = errno;
    sandbox_pipe_close(pipe);
    errno = error;
    return false;
}

void sandbox_pipe_close(struct sandbox_pipe *pipe)
{
    for (int i = 0; i < 2; i++) {
        if (pipe->ends[i] >= 0)
            close(pipe->ends[i]);
        pipe->ends[i] = -1;
    }
}

struct pollfd sandbox_pipe_events(const struct sandbox_pipe *pipe)
{
    if (pipe->size != 0)
        return (struct pollfd){.fd = pipe->stream->descriptor, .events = POLLOUT};
    return (struct pollfd){.fd = pipe->ends[0], .events = POLLIN};
}

bool sandbox_pipe_is_empty(const struct sandbox_pipe *pipe)
{
    return pipe->size == 0;
}

/* The output's reader is gone: the program notices it as it would without a sandbox. */
static void give_up(struct sandbox_pipe *pipe)
{
    pipe->stream->closed = true;
    pipe->stream->error = errno;
    pipe->size = 0;
    sandbox_pipe_close(pipe);
}

/* Writes without waiting: a pipe that has room for one byte has room for a page. */
static void drain(struct sandbox_pipe *pipe)
{
    enum { AT_ONCE = 4096 };
    while (pipe->size != 0) {
        struct pollfd ready = {.fd = pipe->stream->descriptor, .events = POLLOUT};
        size_t most = pipe->regular || pipe->size < AT_ONCE ? pipe->size : AT_ONCE;
        if (!pipe->regular && poll(&ready, 1, 0) == 0)
            return;
        ssize_t part = write(pipe->stream->descriptor, pipe->bytes + pipe->start, most);
        if (part < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (part < 0) {
            give_up(pipe);
            return;
        }
        pipe->start += (size_t)part;
        pipe->size -= (size_t)part;
    }
}

/* Keeps the first bytes, as many as the caller wants. */
static void keep(struct sandbox_stream *stream, const uint8_t *bytes, size_t size)
{
    if (stream->size < stream->room) {
        size_t room = stream->room - (size_t)stream->size;
        memcpy(stream->bytes + stream->size, bytes, size < room ? size : room);
    }
    stream->size += size;
}

size_t sandbox_pipe_move(struct sandbox_pipe *pipe, uint64_t left)
{
    drain(pipe);
    if (pipe->size != 0 || pipe->ends[0] < 0)
        return 0;
    ssize_t got = read(pipe->ends[0], pipe->bytes, sizeof pipe->bytes);
    if (got <= 0)
        return 0;
    size_t size = (uint64_t)got < left ? (size_t)got : (size_t)left;
    keep(pipe->stream, pipe->bytes, size);
    pipe->start = 0;
    pipe->size = pipe->stream->descriptor >= 0 ? size : 0;
    drain(pipe);
    return (size_t)got;
}
