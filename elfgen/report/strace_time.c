/* Arguments that are times. */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "strace_print.h"

void put_time_of(struct elfgen_text *out, const uint8_t *bytes, size_t size, const char *fraction)
{
    elfgen_text_string(out, "{tv_sec=");
    put_number(out, load_signed(bytes, size));
    elfgen_text_string(out, ", ");
    put_label(out, fraction);
    put_number(out, load_signed(bytes + size, size));
    elfgen_text_char(out, '}');
}

bool put_time_at(const struct value *v, uint64_t address, size_t size, const char *fraction)
{
    uint8_t bytes[16];
    if (address == 0 || !read_all(v, address, bytes, 2 * size))
        return false;
    put_time_of(v->out, bytes, size, fraction);
    return true;
}

bool put_date_text(struct elfgen_text *out, int64_t seconds, uint64_t fraction, unsigned digits)
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

void put_date(struct elfgen_text *out, int64_t seconds, uint64_t fraction, unsigned digits)
{
    /* Looked at twice: whether there is a date, the text says. */
    char bytes[64];
    struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes};
    if (!put_date_text(&text, seconds, fraction, digits))
        return;
    elfgen_text_string(out, " /* ");
    elfgen_text_bytes(out, text.bytes, text.length);
    elfgen_text_string(out, " */");
}

static void put_time(const struct value *v, size_t size, const char *fraction)
{
    uint8_t bytes[16];
    if (take(v, bytes, 2 * size))
        put_time_of(v->out, bytes, size, fraction);
}

void put_timespec(const struct value *v)
{
    put_time(v, word_size(v), "tv_nsec");
}

void put_timespec64(const struct value *v)
{
    put_time(v, 8, "tv_nsec");
}

void put_timeval(const struct value *v)
{
    put_time(v, word_size(v), "tv_usec");
}

/* What is left of a sleep, which the kernel writes only where a signal ended it. */
static void put_remaining(const struct value *v, size_t size)
{
    enum { INTERRUPTED = 4, RESTART_BLOCK = 516 };
    int64_t error = v->call->failed ? -v->call->result : 0;
    bool absolute = v->index > 2 && (argument(v, 1) & TIMER_ABSTIME) != 0;
    if (!v->after || absolute || (error != INTERRUPTED && error != RESTART_BLOCK) ||
        !put_time_at(v, v->argument, size, "tv_nsec"))
        put_pointer(v->out, v->argument);
}

void put_remain(const struct value *v)
{
    put_remaining(v, word_size(v));
}

void put_remain64(const struct value *v)
{
    put_remaining(v, 8);
}

/* ---- times of files ---- */

void put_utimbuf(const struct value *v)
{
    uint8_t bytes[16];
    size_t word = word_size(v);
    if (!take(v, bytes, 2 * word))
        return;
    elfgen_text_string(v->out, "{actime=");
    put_number(v->out, load_signed(bytes, word));
    put_date(v->out, load_signed(bytes, word), 0, 0);
    elfgen_text_string(v->out, ", modtime=");
    put_number(v->out, load_signed(bytes + word, word));
    put_date(v->out, load_signed(bytes + word, word), 0, 0);
    elfgen_text_char(v->out, '}');
}

static void put_file_time(const struct value *v, const uint8_t *bytes, size_t size, bool nano)
{
    uint64_t most = nano ? 1000000000 : 1000000;
    int64_t seconds = load_signed(bytes, size), fraction = load_signed(bytes + size, size);
    if (nano && (fraction == UTIME_NOW || fraction == UTIME_OMIT)) {
        elfgen_text_string(v->out, fraction == UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT");
        return;
    }
    put_time_of(v->out, bytes, size, nano ? "tv_nsec" : "tv_usec");
    if (fraction >= 0 && (uint64_t)fraction < most)
        put_date(v->out, seconds, (uint64_t)fraction, nano ? 9 : 6);
}

static void put_file_times(const struct value *v, size_t size, bool nano)
{
    uint8_t bytes[32];
    if (!take(v, bytes, 4 * size))
        return;
    elfgen_text_char(v->out, '[');
    put_file_time(v, bytes, size, nano);
    elfgen_text_string(v->out, ", ");
    put_file_time(v, bytes + 2 * size, size, nano);
    elfgen_text_char(v->out, ']');
}

void put_utimes(const struct value *v)
{
    put_file_times(v, word_size(v), false);
}

void put_utimens(const struct value *v)
{
    put_file_times(v, word_size(v), true);
}

void put_utimens64(const struct value *v)
{
    put_file_times(v, 8, true);
}

/* ---- clocks and timers ---- */

void put_timezone(const struct value *v)
{
    uint8_t bytes[8];
    if (!take(v, bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, "{tz_minuteswest=");
    put_number(v->out, (int32_t)load32(bytes));
    elfgen_text_string(v->out, ", tz_dsttime=");
    put_number(v->out, (int32_t)load32(bytes + 4));
    elfgen_text_char(v->out, '}');
}

void put_time_pointer(const struct value *v)
{
    uint8_t bytes[8];
    size_t word = word_size(v);
    if (!take(v, bytes, word))
        return;
    elfgen_text_char(v->out, '[');
    put_number(v->out, load_signed(bytes, word));
    put_date(v->out, load_signed(bytes, word), 0, 0);
    elfgen_text_char(v->out, ']');
}

void put_tms(const struct value *v)
{
    static const char *const names[] = {"{tms_utime", ", tms_stime", ", tms_cutime",
                                        ", tms_cstime"};
    uint8_t bytes[32];
    size_t word = word_size(v);
    if (!take(v, bytes, 4 * word))
        return;
    for (size_t i = 0; i < 4; i++) {
        put_label(v->out, names[i]);
        put_count(v->out, load(bytes + i * word, word));
    }
    elfgen_text_char(v->out, '}');
}

static void put_timer(const struct value *v, size_t size, const char *fraction)
{
    uint8_t bytes[32];
    if (!take(v, bytes, 4 * size))
        return;
    elfgen_text_string(v->out, "{it_interval=");
    put_time_of(v->out, bytes, size, fraction);
    elfgen_text_string(v->out, ", it_value=");
    put_time_of(v->out, bytes + 2 * size, size, fraction);
    elfgen_text_char(v->out, '}');
}

void put_itimerval(const struct value *v)
{
    put_timer(v, word_size(v), "tv_usec");
}

void put_itimerspec(const struct value *v)
{
    put_timer(v, word_size(v), "tv_nsec");
}

void put_itimerspec64(const struct value *v)
{
    put_timer(v, 8, "tv_nsec");
}
