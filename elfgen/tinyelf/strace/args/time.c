/* Prints times and timers. */
#include <sys/stat.h>
#include <time.h>

#include "args.h"

void strace_put_time_of(struct elfgen_text *out, const uint8_t *bytes, size_t size,
                        const char *fraction)
{
    elfgen_text_string(out, "{tv_sec=");
    strace_put_number(out, strace_load_signed(bytes, size));
    elfgen_text_string(out, ", ");
    strace_put_label(out, fraction);
    strace_put_count(out, strace_load(bytes + size, size));
    elfgen_text_char(out, '}');
}

bool strace_put_time_at(const struct strace_value *v, uint64_t address, size_t size,
                        const char *fraction)
{
    uint8_t bytes[16];
    if (address == 0 || !strace_read_all(v, address, bytes, 2 * size))
        return false;
    strace_put_time_of(v->out, bytes, size, fraction);
    return true;
}

bool strace_put_date_text(struct elfgen_text *out, int64_t seconds, uint64_t fraction,
                          unsigned digits)
{
    char text[64];
    struct tm broken;
    time_t time = (time_t)seconds;
    if ((seconds == 0 && fraction == 0) || !localtime_r(&time, &broken) ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &broken) == 0)
        return false;
    elfgen_text_string(out, text);
    if (digits != 0) {
        char reversed[20];
        for (unsigned i = 0; i < digits; i++, fraction /= 10)
            reversed[digits - 1 - i] = (char)('0' + fraction % 10);
        elfgen_text_char(out, '.');
        elfgen_text_bytes(out, reversed, digits);
    }
    strftime(text, sizeof text, "%z", &broken);
    elfgen_text_string(out, text);
    return true;
}

/* The date in a comment as strace prints it, with `digits` digits of the fraction of a second. */
static void put_date(struct elfgen_text *out, int64_t seconds, uint64_t fraction, unsigned digits)
{
    /* Printed to a buffer first: only if there is a date, a comment is printed. */
    char bytes[64];
    struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes};
    if (!strace_put_date_text(&text, seconds, fraction, digits))
        return;
    elfgen_text_string(out, " /* ");
    elfgen_text_bytes(out, text.bytes, text.length);
    elfgen_text_string(out, " */");
}

static void put_time(const struct strace_value *v, size_t size, const char *fraction)
{
    uint8_t bytes[16];
    if (strace_take(v, bytes, 2 * size))
        strace_put_time_of(v->out, bytes, size, fraction);
}

void strace_put_timespec(const struct strace_value *v)
{
    put_time(v, strace_word_size(v), "tv_nsec");
}

void strace_put_timespec64(const struct strace_value *v)
{
    put_time(v, 8, "tv_nsec");
}

void strace_put_timeval(const struct strace_value *v)
{
    put_time(v, strace_word_size(v), "tv_usec");
}

/* The rest of a sleep, which the kernel writes only if a signal interrupted it. */
static void put_remaining(const struct strace_value *v, size_t size)
{
    enum { INTERRUPTED = 4, RESTART_BLOCK = 516 };
    int64_t error = v->call->failed ? -v->call->result : 0;
    bool absolute = v->index > 2 && (strace_argument(v, 1) & TIMER_ABSTIME) != 0;
    if (!v->after || absolute || (error != INTERRUPTED && error != RESTART_BLOCK) ||
        !strace_put_time_at(v, v->argument, size, "tv_nsec"))
        strace_put_pointer(v->out, v->argument);
}

void strace_put_remain(const struct strace_value *v)
{
    put_remaining(v, strace_word_size(v));
}

void strace_put_remain64(const struct strace_value *v)
{
    put_remaining(v, 8);
}

/* ---- times of files ---- */

void strace_put_utimbuf(const struct strace_value *v)
{
    uint8_t bytes[16];
    size_t word = strace_word_size(v);
    if (!strace_take(v, bytes, 2 * word))
        return;
    elfgen_text_string(v->out, "{actime=");
    strace_put_number(v->out, strace_load_signed(bytes, word));
    put_date(v->out, strace_load_signed(bytes, word), 0, 0);
    elfgen_text_string(v->out, ", modtime=");
    strace_put_number(v->out, strace_load_signed(bytes + word, word));
    put_date(v->out, strace_load_signed(bytes + word, word), 0, 0);
    elfgen_text_char(v->out, '}');
}

static void put_file_time(const struct strace_value *v, const uint8_t *bytes, size_t size,
                          bool nano)
{
    uint64_t most = nano ? 1000000000 : 1000000;
    int64_t seconds = strace_load_signed(bytes, size),
            fraction = strace_load_signed(bytes + size, size);
    if (nano && (fraction == UTIME_NOW || fraction == UTIME_OMIT)) {
        elfgen_text_string(v->out, fraction == UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT");
        return;
    }
    strace_put_time_of(v->out, bytes, size, nano ? "tv_nsec" : "tv_usec");
    if (fraction >= 0 && (uint64_t)fraction < most)
        put_date(v->out, seconds, (uint64_t)fraction, nano ? 9 : 6);
}

static void put_file_times(const struct strace_value *v, size_t size, bool nano)
{
    uint8_t bytes[32];
    if (!strace_take(v, bytes, 4 * size))
        return;
    elfgen_text_char(v->out, '[');
    put_file_time(v, bytes, size, nano);
    elfgen_text_string(v->out, ", ");
    put_file_time(v, bytes + 2 * size, size, nano);
    elfgen_text_char(v->out, ']');
}

void strace_put_utimes(const struct strace_value *v)
{
    put_file_times(v, strace_word_size(v), false);
}

void strace_put_utimens(const struct strace_value *v)
{
    put_file_times(v, strace_word_size(v), true);
}

void strace_put_utimens64(const struct strace_value *v)
{
    put_file_times(v, 8, true);
}

/* ---- clocks and timers ---- */

void strace_put_timezone(const struct strace_value *v)
{
    uint8_t bytes[8];
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, "{tz_minuteswest=");
    strace_put_number(v->out, (int32_t)strace_load32(bytes));
    elfgen_text_string(v->out, ", tz_dsttime=");
    strace_put_number(v->out, (int32_t)strace_load32(bytes + 4));
    elfgen_text_char(v->out, '}');
}

void strace_put_time_pointer(const struct strace_value *v)
{
    uint8_t bytes[8];
    size_t word = strace_word_size(v);
    if (!strace_take(v, bytes, word))
        return;
    elfgen_text_char(v->out, '[');
    strace_put_number(v->out, strace_load_signed(bytes, word));
    put_date(v->out, strace_load_signed(bytes, word), 0, 0);
    elfgen_text_char(v->out, ']');
}

void strace_put_tms(const struct strace_value *v)
{
    static const char *const names[] = {"{tms_utime", ", tms_stime", ", tms_cutime",
                                        ", tms_cstime"};
    uint8_t bytes[32];
    size_t word = strace_word_size(v);
    if (!strace_take(v, bytes, 4 * word))
        return;
    for (size_t i = 0; i < 4; i++) {
        strace_put_label(v->out, names[i]);
        strace_put_count(v->out, strace_load(bytes + i * word, word));
    }
    elfgen_text_char(v->out, '}');
}

static void put_timer(const struct strace_value *v, size_t size, const char *fraction)
{
    uint8_t bytes[32];
    if (!strace_take(v, bytes, 4 * size))
        return;
    elfgen_text_string(v->out, "{it_interval=");
    strace_put_time_of(v->out, bytes, size, fraction);
    elfgen_text_string(v->out, ", it_value=");
    strace_put_time_of(v->out, bytes + 2 * size, size, fraction);
    elfgen_text_char(v->out, '}');
}

void strace_put_itimerval(const struct strace_value *v)
{
    put_timer(v, strace_word_size(v), "tv_usec");
}

void strace_put_itimerspec(const struct strace_value *v)
{
    put_timer(v, strace_word_size(v), "tv_nsec");
}

void strace_put_itimerspec64(const struct strace_value *v)
{
    put_timer(v, 8, "tv_nsec");
}
