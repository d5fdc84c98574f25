/* Arguments that calls on processes and the system have. */
#include <sys/wait.h>

#include "strace_print.h"

/* ---- limits and usage ---- */

static void put_limit(const struct value *v, uint64_t limit, size_t size)
{
    enum { UNIT = 1024 };
    if (size == 8 && limit == UINT64_MAX) {
        elfgen_text_string(v->out, "RLIM64_INFINITY");
    } else if (size == 4 && limit == UINT32_MAX) {
        elfgen_text_string(v->out, "RLIM_INFINITY");
    } else if (limit > UNIT && limit % UNIT == 0) {
        put_count(v->out, limit / UNIT);
        elfgen_text_string(v->out, "*1024");
    } else {
        put_count(v->out, limit);
    }
}

static void put_limits(const struct value *v, size_t size)
{
    uint8_t bytes[16];
    if (!take(v, bytes, 2 * size))
        return;
    elfgen_text_string(v->out, "{rlim_cur=");
    put_limit(v, load(bytes, size), size);
    elfgen_text_string(v->out, ", rlim_max=");
    put_limit(v, load(bytes + size, size), size);
    elfgen_text_char(v->out, '}');
}

void put_rlimit(const struct value *v)
{
    put_limits(v, word_size(v));
}

void put_rlimit64(const struct value *v)
{
    put_limits(v, 8);
}

void put_rusage(const struct value *v)
{
    uint8_t bytes[32];
    size_t word = word_size(v);
    bool nothing = v->row->result == CALL_TYPE_PID && v->call->result == 0; /* of wait4 */
    if (nothing) {
        put_pointer(v->out, v->argument);
        return;
    }
    if (!take(v, bytes, 4 * word))
        return;
    elfgen_text_string(v->out, "{ru_utime=");
    put_time_of(v->out, bytes, word, "tv_usec");
    elfgen_text_string(v->out, ", ru_stime=");
    put_time_of(v->out, bytes + 2 * word, word, "tv_usec");
    elfgen_text_string(v->out, ", ...}");
}

void put_wait_status(const struct value *v)
{
    uint8_t bytes[4];
    if (v->after && v->call->result == 0) {
        put_pointer(v->out, v->argument);
        return;
    }
    if (!take(v, bytes, sizeof bytes))
        return;
    int status = (int)load32(bytes);
    elfgen_text_string(v->out, "[{");
    if (WIFSTOPPED(status)) {
        elfgen_text_string(v->out, "WIFSTOPPED(s) && WSTOPSIG(s) == ");
        put_signal_name(v->out, (uint32_t)WSTOPSIG(status) & 0x7f, false);
        if (WSTOPSIG(status) & 0x80)
            elfgen_text_string(v->out, " | 0x80");
        status &= ~0xffff;
    } else if (WIFEXITED(status)) {
        elfgen_text_string(v->out, "WIFEXITED(s) && WEXITSTATUS(s) == ");
        put_number(v->out, WEXITSTATUS(status));
        status &= ~0xffff;
    } else if (WIFCONTINUED(status)) {
        elfgen_text_string(v->out, "WIFCONTINUED(s)");
        status = 0;
    } else {
        elfgen_text_string(v->out, "WIFSIGNALED(s) && WTERMSIG(s) == ");
        put_signal_name(v->out, (uint32_t)WTERMSIG(status), false);
        if (WCOREDUMP(status))
            elfgen_text_string(v->out, " && WCOREDUMP(s)");
        status &= ~0xffff;
    }
    if (status != 0) {
        elfgen_text_string(v->out, " | ");
        put_hexadecimal(v->out, (uint32_t)status);
    }
    elfgen_text_string(v->out, "}]");
}

/* ---- what the system says of itself ---- */

static void put_field(const struct value *v, const char *label, const uint8_t *bytes, size_t size)
{
    const uint8_t *end = memchr(bytes, '\0', size);
    elfgen_text_string(v->out, label);
    put_quoted(v->out, bytes, end ? (size_t)(end - bytes) : size, !end);
}

void put_utsname(const struct value *v)
{
    enum { FIELD = 65 }; /* struct new_utsname */
    uint8_t bytes[2 * FIELD];
    if (!take(v, bytes, sizeof bytes))
        return;
    put_field(v, "{sysname=", bytes, FIELD);
    put_field(v, ", nodename=", bytes + FIELD, FIELD);
    elfgen_text_string(v->out, ", ...}");
}

void put_sysinfo(const struct value *v)
{
    static const char *const memory[] = {", totalram",  ", freeram",   ", sharedram",
                                         ", bufferram", ", totalswap", ", freeswap"};
    enum { MEMORY = sizeof memory / sizeof memory[0] };
    size_t word = word_size(v), at = 4 * word;
    uint8_t bytes[112];
    if (!take(v, bytes, word == 8 ? sizeof bytes : 64))
        return;
    elfgen_text_string(v->out, "{uptime=");
    put_count(v->out, load(bytes, word));
    elfgen_text_string(v->out, ", loads=[");
    for (size_t i = 1; i <= 3; i++) {
        put_count(v->out, load(bytes + i * word, word));
        elfgen_text_string(v->out, i < 3 ? ", " : "]");
    }
    for (size_t i = 0; i < MEMORY; i++, at += word) {
        put_label(v->out, memory[i]);
        put_count(v->out, load(bytes + at, word));
    }
    elfgen_text_string(v->out, ", procs=");
    put_count(v->out, load16(bytes + at));
    at += word == 8 ? 8 : 4;
    elfgen_text_string(v->out, ", totalhigh=");
    put_count(v->out, load(bytes + at, word));
    elfgen_text_string(v->out, ", freehigh=");
    put_count(v->out, load(bytes + at + word, word));
    elfgen_text_string(v->out, ", mem_unit=");
    put_count(v->out, load32(bytes + at + 2 * word));
    elfgen_text_char(v->out, '}');
}
