/* Prints arguments of calls on processes and on the system. */
#include <sys/wait.h>

#include "args.h"

/* ---- limits and usage ---- */

static void put_limit(const struct strace_value *v, uint64_t limit, size_t size)
{
    enum { UNIT = 1024 };
    if (size == 8 && limit == UINT64_MAX) {
        elfgen_text_string(v->out, "RLIM64_INFINITY");
    } else if (size == 4 && limit == UINT32_MAX) {
        elfgen_text_string(v->out, "RLIM_INFINITY");
    } else if (limit > UNIT && limit % UNIT == 0) {
        strace_put_count(v->out, limit / UNIT);
        elfgen_text_string(v->out, "*1024");
    } else {
        strace_put_count(v->out, limit);
    }
}

static void put_limits(const struct strace_value *v, size_t size)
{
    uint8_t bytes[16];
    if (!strace_take(v, bytes, 2 * size))
        return;
    elfgen_text_string(v->out, "{rlim_cur=");
    put_limit(v, strace_load(bytes, size), size);
    elfgen_text_string(v->out, ", rlim_max=");
    put_limit(v, strace_load(bytes + size, size), size);
    elfgen_text_char(v->out, '}');
}

void strace_put_rlimit(const struct strace_value *v)
{
    put_limits(v, strace_word_size(v));
}

void strace_put_rlimit64(const struct strace_value *v)
{
    put_limits(v, 8);
}

void strace_put_rusage(const struct strace_value *v)
{
    uint8_t bytes[32];
    size_t word = strace_word_size(v);
    bool nothing = v->row->result == CALL_TYPE_PID && v->call->result == 0; /* of wait4 */
    if (nothing) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    if (!strace_take(v, bytes, 4 * word))
        return;
    elfgen_text_string(v->out, "{ru_utime=");
    strace_put_time_of(v->out, bytes, word, "tv_usec");
    elfgen_text_string(v->out, ", ru_stime=");
    strace_put_time_of(v->out, bytes + 2 * word, word, "tv_usec");
    elfgen_text_string(v->out, ", ...}");
}

void strace_put_wait_status(const struct strace_value *v)
{
    uint8_t bytes[4];
    if (v->after && v->call->result == 0) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    int status = (int)strace_load32(bytes);
    elfgen_text_string(v->out, "[{");
    if (WIFSTOPPED(status)) {
        elfgen_text_string(v->out, "WIFSTOPPED(s) && WSTOPSIG(s) == ");
        strace_put_signal_name(v->out, (uint32_t)WSTOPSIG(status) & 0x7f, false);
        if (WSTOPSIG(status) & 0x80)
            elfgen_text_string(v->out, " | 0x80");
        status &= ~0xffff;
    } else if (WIFEXITED(status)) {
        elfgen_text_string(v->out, "WIFEXITED(s) && WEXITSTATUS(s) == ");
        strace_put_number(v->out, WEXITSTATUS(status));
        status &= ~0xffff;
    } else if (WIFCONTINUED(status)) {
        elfgen_text_string(v->out, "WIFCONTINUED(s)");
        status = 0;
    } else {
        elfgen_text_string(v->out, "WIFSIGNALED(s) && WTERMSIG(s) == ");
        strace_put_signal_name(v->out, (uint32_t)WTERMSIG(status), false);
        if (WCOREDUMP(status))
            elfgen_text_string(v->out, " && WCOREDUMP(s)");
        status &= ~0xffff;
    }
    if (status != 0) {
        elfgen_text_string(v->out, " | ");
        strace_put_hexadecimal(v->out, (uint32_t)status);
    }
    elfgen_text_string(v->out, "}]");
}

/* ---- the system ---- */

static void put_field(const struct strace_value *v, const char *label, const uint8_t *bytes,
                      size_t size)
{
    const uint8_t *end = memchr(bytes, '\0', size);
    elfgen_text_string(v->out, label);
    strace_put_quoted(v->out, bytes, end ? (size_t)(end - bytes) : size, !end);
}

void strace_put_utsname(const struct strace_value *v)
{
    enum { FIELD = 65 }; /* struct new_utsname */
    uint8_t bytes[2 * FIELD];
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    put_field(v, "{sysname=", bytes, FIELD);
    put_field(v, ", nodename=", bytes + FIELD, FIELD);
    elfgen_text_string(v->out, ", ...}");
}

void strace_put_sysinfo(const struct strace_value *v)
{
    static const char *const memory[] = {", totalram",  ", freeram",   ", sharedram",
                                         ", bufferram", ", totalswap", ", freeswap"};
    enum { MEMORY = sizeof memory / sizeof memory[0] };
    size_t word = strace_word_size(v), at = 4 * word;
    uint8_t bytes[112];
    if (!strace_take(v, bytes, word == 8 ? sizeof bytes : 64))
        return;
    elfgen_text_string(v->out, "{uptime=");
    strace_put_count(v->out, strace_load(bytes, word));
    elfgen_text_string(v->out, ", loads=[");
    for (size_t i = 1; i <= 3; i++) {
        strace_put_count(v->out, strace_load(bytes + i * word, word));
        elfgen_text_string(v->out, i < 3 ? ", " : "]");
    }
    for (size_t i = 0; i < MEMORY; i++, at += word) {
        strace_put_label(v->out, memory[i]);
        strace_put_count(v->out, strace_load(bytes + at, word));
    }
    elfgen_text_string(v->out, ", procs=");
    strace_put_count(v->out, strace_load16(bytes + at));
    at += word;
    elfgen_text_string(v->out, ", totalhigh=");
    strace_put_count(v->out, strace_load(bytes + at, word));
    elfgen_text_string(v->out, ", freehigh=");
    strace_put_count(v->out, strace_load(bytes + at + word, word));
    elfgen_text_string(v->out, ", mem_unit=");
    strace_put_count(v->out, strace_load32(bytes + at + 2 * word));
    elfgen_text_char(v->out, '}');
}
