/* Shows a progress bar on standard error. */
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

void progress_begin(struct progress *progress, const char *things, uint64_t all)
{
    const char *terminal = getenv("TERM");
    progress->shown = isatty(STDERR_FILENO) && !(terminal && strcmp(terminal, "dumb") == 0);
    progress->things = things;
    progress->all = all;
    progress->began = clock_now();
}

/* 12345 -> "12,345" */
static const char *grouped(uint64_t number, char *text, size_t room)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    size_t used = 0;
    for (int i = 0; i < length && used + 2 < room; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
    return text;
}

static const char *duration(uint64_t seconds, char *text, size_t room)
{
    unsigned long long all = seconds;
    if (all < 60)
        snprintf(text, room, "%llu s", all);
    else if (all < 3600)
        snprintf(text, room, "%llu min %02llu s", all / 60, all % 60);
    else
        snprintf(text, room, "%llu h %02llu min", all / 3600, all / 60 % 60);
    return text;
}

/* The width of the terminal less one: text that wraps to the next line could not be wiped. */
static int columns(void)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1 : 79;
}

void progress_show(const struct progress *progress, uint64_t done)
{
    enum { WIDTH = 20, ENOUGH = 200000000 };
    static const char bar[] = "####################", blank[] = "                    ";
    char texts[4][32], line[256];
    uint64_t passed = clock_now() - progress->began;
    if (!progress->shown)
        return;
    int filled = progress->all == 0 ? WIDTH : (int)((double)done / (double)progress->all * WIDTH);
    int length = snprintf(line, sizeof line, "[%.*s%.*s] %s of %s %s", filled, bar, WIDTH - filled,
                          blank, grouped(done, texts[0], sizeof texts[0]),
                          grouped(progress->all, texts[1], sizeof texts[1]), progress->things);
    /* A rate measured in the first moment means nothing. */
    if (done != 0 && passed > ENOUGH && length > 0 && (size_t)length < sizeof line) {
        double rate = (double)done * 1e9 / (double)passed;
        uint64_t left = (uint64_t)((double)(progress->all - done) / rate + 0.5);
        snprintf(line + length, sizeof line - (size_t)length, ", %s a second, %s left",
                 grouped((uint64_t)rate, texts[2], sizeof texts[2]),
                 duration(left, texts[3], sizeof texts[3]));
    }
    fprintf(stderr, "\r\033[K%.*s", columns(), line);
    fflush(stderr);
}

void progress_end(const struct progress *progress)
{
    if (!progress->shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
}
