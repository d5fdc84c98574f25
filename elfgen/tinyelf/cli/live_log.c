/* Writes a log while a program runs. */
#include "live_log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system_error.h"
#include "cli.h"
#include "interrupt.h"

/* How many milliseconds a file may lag behind. */
enum { LAG = 50 };

static void flush(struct elfgen_text *text)
{
    struct live_log *log = text->context;
    /* The old contents are dropped only now, when there is something to replace them. */
    if (log->path && !log->begun && ftruncate(log->file, 0) != 0 && errno != EINVAL)
        log->error = errno;
    log->begun = true;
    if (log->error == 0 && !file_write(log->file, text->bytes, text->length)) {
        log->error = errno;
        /* Wake the wait for the program, which would go on with nobody who reads about it. */
        if (errno == EPIPE && interrupt_pipe())
            interrupt_soon(1);
    }
    text->length = 0;
}

bool live_log_open(struct live_log *log, const char *path)
{
    memset(log, 0, sizeof *log);
    log->path = path;
    log->file = STDERR_FILENO;
    log->text = (struct elfgen_text){
        .bytes = log->buffer, .capacity = sizeof log->buffer, .flush = flush, .context = log};
    if (!path)
        return true;
    log->file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
    if (log->file >= 0)
        return true;
    return atomic_file_not_created(path, path, "write");
}

void live_log_soon(struct live_log *log)
{
    if (log->timed || log->text.length == 0)
        return;
    log->timed = true;
    interrupt_soon(LAG);
}

void live_log_turn(struct live_log *log)
{
    if (log->path)
        live_log_soon(log);
    else
        flush(&log->text);
}

void live_log_tick(struct live_log *log)
{
    log->timed = false;
    if (log->text.length > 0)
        flush(&log->text);
}

bool live_log_close(struct live_log *log)
{
    flush(&log->text);
    if (log->path && close(log->file) != 0 && log->error == 0)
        log->error = errno;
    if (log->error == 0)
        return true;
    if (log->error == EPIPE && interrupt_pipe())
        return false;
    message(log->path ? log->path : "<stderr>", "error", "cannot write: %s",
            system_error_text(log->error));
    return false;
}
