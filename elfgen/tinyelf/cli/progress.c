/* Shows on standard error how far a command is that takes more than a second. */
#include "progress.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/visible.h"
#include "colour.h"
#include "elfgen/text.h"

enum { LONGEST = 256, PARTS = 4 };

static const uint64_t second = 1000000000, often = 200000000;

/* A thing, and since when it is done. */
struct thing {
    struct progress progress;
    uint64_t began;
};

/* All that the timer's handler touches. It has no other way to find it, so this is static: there is
 * one standard error. Whoever else changes it holds the line meanwhile. */
static struct {
    struct thing things[PARTS];  /* each is a part of the one before */
    volatile sig_atomic_t count; /* may be more: those are not shown */
    uint64_t first;              /* the time of the first thing */
    uint64_t output;             /* the time of the last output to a terminal */
    volatile sig_atomic_t held, drawn;
    bool looked, possible; /* whether a line can be shown, found out once */
    bool over;             /* a pipe's reader has output */
    bool pipe, terminal;   /* what standard output is */
    timer_t timer;
} line;

/* ---- the line ---- */

static void put_grouped(struct elfgen_text *out, uint64_t number)
{
    char digits[24];
    struct elfgen_text text = {.bytes = digits, .capacity = sizeof digits};
    elfgen_text_decimal(&text, number, 0);
    for (size_t i = 0; i < text.length; i++) {
        if (i > 0 && (text.length - i) % 3 == 0)
            elfgen_text_char(out, ',');
        elfgen_text_char(out, digits[i]);
    }
}

/* The unit that sizes up to `all` are shown in. */
static uint64_t unit_of(uint64_t all)
{
    return all < 10000 ? 1 : all < 10000000 ? 1000 : 1000000;
}

static const char *unit_name(uint64_t unit)
{
    return unit == 1 ? "bytes" : unit == 1000 ? "kB" : "MB";
}

static void put_duration(struct elfgen_text *out, uint64_t seconds)
{
    if (seconds >= 3600) {
        put_grouped(out, seconds / 3600);
        elfgen_text_string(out, " h ");
        elfgen_text_decimal(out, seconds / 60 % 60, 2);
        elfgen_text_string(out, " min");
        return;
    }
    if (seconds >= 60) {
        elfgen_text_decimal(out, seconds / 60, 0);
        elfgen_text_string(out, " min ");
    }
    elfgen_text_decimal(out, seconds % 60, seconds >= 60 ? 2 : 0);
    elfgen_text_string(out, " s");
}

/* "45 of 112 MB, 22 MB a second, 3 s left" */
static void put_numbers(struct elfgen_text *out, const struct progress *now, uint64_t passed)
{
    if (!now->done) {
        put_duration(out, passed / second);
        return;
    }
    uint64_t done = *now->done, all = now->all;
    uint64_t unit = now->things ? 1 : unit_of(all ? all : done);
    const char *things = now->things ? now->things : unit_name(unit);
    put_grouped(out, done / unit);
    if (all > 0) {
        elfgen_text_string(out, " of ");
        put_grouped(out, all / unit);
    }
    elfgen_text_char(out, ' ');
    elfgen_text_string(out, things);
    /* Where the numbers stand still, the time shows that there is work. */
    if (now->things && (now->unlike || done == 0)) {
        elfgen_text_string(out, ", ");
        put_duration(out, passed / second);
        return;
    }
    /* A rate measured in the first moment means nothing. */
    if (done == 0 || passed < often)
        return;
    double rate = (double)done * (double)second / (double)passed;
    uint64_t rate_unit = now->things ? 1 : unit_of((uint64_t)rate);
    elfgen_text_string(out, ", ");
    put_grouped(out, (uint64_t)(rate / (double)rate_unit));
    if (!now->things) {
        elfgen_text_char(out, ' ');
        elfgen_text_string(out, unit_name(rate_unit));
    }
    elfgen_text_string(out, " a second");
    if (all <= done)
        return;
    elfgen_text_string(out, ", ");
    put_duration(out, (uint64_t)((double)(all - done) / rate + 0.5));
    elfgen_text_string(out, " left");
}

/* A bar of up to 20 columns and its brackets, in `room` columns; none if it would be tiny. */
static void put_bar(struct elfgen_text *out, const struct progress *now, size_t room)
{
    enum { WIDEST = 20, LEAST = 5, AROUND = 3 };
    static const char bar[] = "####################";
    if (!now->done || now->all == 0 || room < LEAST + AROUND)
        return;
    size_t width = room - AROUND < WIDEST ? room - AROUND : WIDEST;
    uint64_t done = *now->done < now->all ? *now->done : now->all;
    size_t filled = (size_t)((double)done / (double)now->all * (double)width);
    elfgen_text_char(out, '[');
    elfgen_text_bytes(out, bar, filled);
    elfgen_text_blanks(out, width - filled);
    elfgen_text_string(out, "] ");
}

/* "reading libc.so.6: ", if it fits into `room` columns; without the file's name if that does. */
static void put_doing(struct elfgen_text *out, const struct progress *now, size_t room)
{
    char shown[LONGEST];
    struct elfgen_text text = {.bytes = shown, .capacity = sizeof shown};
    const char *slash = now->file ? strrchr(now->file, '/') : NULL;
    elfgen_text_string(&text, now->doing);
    size_t alone = text.length;
    if (now->file) {
        elfgen_text_char(&text, ' ');
        visible_string(&text, slash ? slash + 1 : now->file);
    }
    if (text.cut || visible_columns(text.bytes, text.length) + 2 > room)
        text.length = alone;
    if (text.length + 2 > room)
        return;
    elfgen_text_bytes(out, text.bytes, text.length);
    elfgen_text_string(out, ": ");
}

/* The terminal's columns less one: text that goes on in the next line could not be wiped. */
static size_t columns(void)
{
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1u : 79;
}

static void write_line(const struct elfgen_text *text)
{
    ssize_t written = write(STDERR_FILENO, text->bytes, text->length);
    (void)written; /* there is nobody to tell */
}

static void wipe(void)
{
    static const char wiped[] = "\r\033[K";
    if (line.drawn)
        write_line(&(struct elfgen_text){.bytes = (char *)wiped, .length = sizeof wiped - 1});
    line.drawn = 0;
}

/* A job in the background does not write into what is in front. */
static bool is_in_front(void)
{
    pid_t front = tcgetpgrp(STDERR_FILENO);
    return front < 0 || front == getpgrp(); /* it is not this process's own, or it is */
}

static void draw(const struct thing *thing, uint64_t now)
{
    char rooms[3][LONGEST];
    struct elfgen_text texts[3];
    for (int i = 0; i < 3; i++)
        texts[i] = (struct elfgen_text){.bytes = rooms[i], .capacity = LONGEST};
    struct elfgen_text *all = &texts[0], *bar = &texts[1], *numbers = &texts[2];
    size_t width = columns();
    put_numbers(numbers, &thing->progress, now - thing->began);
    numbers->length = numbers->length < width ? numbers->length : width;
    put_bar(bar, &thing->progress, width - numbers->length);
    elfgen_text_string(all, "\r\033[K");
    put_doing(all, &thing->progress, width - numbers->length - bar->length);
    elfgen_text_bytes(all, bar->bytes, bar->length);
    elfgen_text_bytes(all, numbers->bytes, numbers->length);
    write_line(all);
    line.drawn = 1;
}

/* ---- signals ---- */

static void tick(int number)
{
    (void)number;
    int error = errno;
    uint64_t now = clock_now();
    /* Output that comes and comes shows by itself that there is work. */
    bool quiet = line.output == 0 || now - line.output >= often;
    if (line.count > 0 && !line.held && !line.over && now - line.first >= second && quiet &&
        is_in_front())
        draw(&line.things[line.count < PARTS ? line.count - 1 : PARTS - 1], now);
    errno = error;
}

/* Ends or stops this process as the signal would have, with a clean line. */
static void stop(int number)
{
    int error = errno;
    wipe();
    if (number == SIGTSTP) {
        raise(SIGSTOP);
    } else {
        signal(number, SIG_DFL);
        raise(number);
    }
    errno = error;
}

/* Signals that have another handler, or are ignored, are left to that. */
static void handle_stops(void)
{
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    struct sigaction before, action = {.sa_handler = stop, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        if (sigaction(stops[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(stops[i], &action, NULL);
}

/* Looks once whether a line can be shown. */
static bool look(void)
{
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct stat status;
    if (!isatty(STDERR_FILENO) || !terminal_takes_escapes())
        return false;
    sigfillset(&action.sa_mask);
    if (sigaction(event.sigev_signo, &action, NULL) != 0 ||
        timer_create(CLOCK_MONOTONIC, &event, &line.timer) != 0)
        return false;
    if (fstat(STDOUT_FILENO, &status) == 0)
        line.pipe = S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
    line.terminal = isatty(STDOUT_FILENO) != 0;
    line.first = clock_now();
    return true;
}

static void set_timer(bool on)
{
    const long interval = on ? (long)often : 0;
    const struct itimerspec times = {.it_interval.tv_nsec = interval, .it_value.tv_nsec = interval};
    timer_settime(line.timer, 0, &times, NULL);
}

/* ---- calls ---- */

static void put_thing(const struct progress *progress, int which)
{
    if (which < PARTS)
        line.things[which] = (struct thing){*progress, clock_now()};
}

void progress_begin(const struct progress *progress)
{
    int error = errno; /* of what it is about */
    if (!line.looked)
        line.possible = look();
    line.looked = true;
    errno = error;
    if (!line.possible)
        return;
    if (line.count == 0) {
        handle_stops();
        set_timer(true);
    }
    put_thing(progress, line.count); /* before it counts */
    line.count++;
}

void progress_next(const struct progress *progress)
{
    if (line.count == 0)
        return;
    line.held++;
    put_thing(progress, line.count - 1);
    line.held--;
}

void progress_end(void)
{
    if (line.count == 0)
        return;
    line.count--;
    if (line.count > 0)
        return;
    int error = errno;
    set_timer(false);
    wipe();
    errno = error;
}

void progress_hold(void)
{
    int error = errno;
    line.held++;
    wipe();
    errno = error;
}

void progress_release(void)
{
    line.held--;
}

static bool shows_output(void)
{
    return line.count > 0 && (line.pipe || line.terminal);
}

void progress_hold_output(void)
{
    if (shows_output())
        progress_hold();
}

void progress_release_output(void)
{
    if (!shows_output())
        return;
    line.output = line.terminal ? clock_now() : 0;
    line.over = line.pipe;
    progress_release();
}
