/* trace_print [-f] [-o FILE] PROGRAM [ARG...]: what report/strace.h writes of a run, as strace
 * does, with nothing of the command around it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../elfgen/report/strace.h"

static char buffer[1 << 16];

static void flush(struct elfgen_text *text)
{
    const int *file = text->context;
    size_t done = 0;
    while (done < text->length) {
        ssize_t count = write(*file, text->bytes + done, text->length - done);
        if (count <= 0)
            exit(2);
        done += (size_t)count;
    }
    text->length = 0;
}

static void take_event(void *context, const struct process_event *event)
{
    struct strace *strace = context;
    strace_event(strace, event);
}

static int trace(char **arguments, bool follow, int file)
{
    static struct strace strace;
    struct elfgen_text out = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = flush, .context = &file};
    struct process_program program = {.path = arguments[0], .arguments = arguments};
    struct process_watch watch = {.follow = follow, .context = &strace, .event = take_event};
    struct process_end end;
    struct elfgen_error error;
    strace.out = &out;
    strace.prefix = !follow ? STRACE_BARE : file == 2 ? STRACE_PID : STRACE_COLUMN;
    strace.tool = file == 2 ? "tinyelf" : NULL;
    strace_begin(&strace);
    if (!process_trace(&program, &watch, &end, &error)) {
        fprintf(stderr, "trace_print: %s\n", error.text);
        return 1;
    }
    strace_end(&strace);
    flush(&out);
    return end.signal ? 128 + end.signal : end.ran ? end.status : 1;
}

int main(int count, char **arguments)
{
    bool follow = false;
    int file = 2, option;
    while ((option = getopt(count, arguments, "+fo:")) != -1)
        if (option == 'f')
            follow = true;
        else if (option == 'o')
            file = open(optarg, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        else
            return 2;
    if (optind == count || file < 0) {
        fprintf(stderr, "usage: trace_print [-f] [-o FILE] PROGRAM [ARG...]\n");
        return 2;
    }
    return trace(arguments + optind, follow, file);
}
