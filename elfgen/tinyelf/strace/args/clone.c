/* Prints arguments of clone, clone3 and set_thread_area. */
#include <linux/sched.h>

#include "args.h"

void strace_put_user_desc(const struct strace_value *v)
{
    static const struct {
        const char *name;
        uint8_t at, width;
    } bits[] = {{"seg_32bit", 0, 1},      {"contents", 1, 2},        {"read_exec_only", 3, 1},
                {"limit_in_pages", 4, 1}, {"seg_not_present", 5, 1}, {"useable", 6, 1}};
    uint8_t bytes[16]; /* asm/ldt.h, struct user_desc: three numbers and bits */
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, "{entry_number=");
    strace_put_number(v->out, (int32_t)strace_load32(bytes));
    elfgen_text_string(v->out, ", base_addr=");
    if (strace_load32(bytes + 4) != 0)
        elfgen_text_string(v->out, "0x");
    elfgen_text_hex(v->out, strace_load32(bytes + 4), strace_load32(bytes + 4) != 0 ? 6 : 8);
    elfgen_text_string(v->out, ", limit=");
    if (strace_load32(bytes + 8) != 0)
        elfgen_text_string(v->out, "0x");
    elfgen_text_hex(v->out, strace_load32(bytes + 8), strace_load32(bytes + 8) != 0 ? 6 : 8);
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        elfgen_text_string(v->out, ", ");
        strace_put_label(v->out, bits[i].name);
        strace_put_count(v->out,
                         strace_load32(bytes + 12) >> bits[i].at & ((1u << bits[i].width) - 1));
    }
    elfgen_text_char(v->out, '}');
}

void strace_put_clone_tls(const struct strace_value *v)
{
    if (strace_word_size(v) == 8)
        strace_put_pointer(v->out, v->argument);
    else
        strace_put_user_desc(v);
}

static void put_tls(const struct strace_value *v, uint64_t tls)
{
    struct strace_value part = *v;
    part.argument = tls;
    if (strace_word_size(v) == 8)
        strace_put_pointer(v->out, tls);
    else
        strace_put_user_desc(&part);
}

/* The process ids that are asked for, an array of `count` numbers. */
static void put_tids(const struct strace_value *v, uint64_t address, uint64_t count)
{
    enum { MOST = 32 }; /* levels of namespaces of process ids */
    uint8_t bytes[4];
    if (address == 0 || count == 0 || count > MOST ||
        !strace_is_array(address, count, sizeof bytes) ||
        !strace_read_all(v, address, bytes, sizeof bytes)) {
        strace_put_pointer(v->out, address);
        return;
    }
    elfgen_text_char(v->out, '[');
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = address + i * sizeof bytes;
        if (i > 0)
            elfgen_text_string(v->out, ", ");
        if (!strace_read_all(v, at, bytes, sizeof bytes)) {
            strace_put_more(v->out, at);
            break;
        }
        strace_put_number(v->out, (int32_t)strace_load32(bytes));
    }
    elfgen_text_char(v->out, ']');
}

/* The lowest byte is the signal sent when the child ends. */
void strace_put_clone_flags(const struct strace_value *v)
{
    uint64_t signal = v->argument & CSIGNAL, flags = v->argument & ~(uint64_t)CSIGNAL;
    if (flags != 0 || signal == 0)
        strace_put_flags_of(v->out, v->xlat, flags, false);
    if (signal != 0) {
        if (flags != 0)
            elfgen_text_char(v->out, '|');
        strace_put_signal_name(v->out, signal, false);
    }
}

/* Fields of struct clone_args in their order, and the flags that make them meaningful. */
void strace_put_clone_args(const struct strace_value *v)
{
    enum { SMALLEST = 64, LARGEST = 88 };
    static const struct {
        const char *label;
        uint8_t at;
        bool is_pointer;
        uint64_t flags; /* 0: always */
    } fields[] = {
        {", pidfd", 8, true, CLONE_PIDFD},
        {", child_tid", 16, true, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID},
        {", parent_tid", 24, true, CLONE_PARENT_SETTID},
        {", exit_signal", 32, false, 0},
        {", stack", 40, true, 0},
        {", stack_size", 48, false, 0},
        {", tls", 56, true, CLONE_SETTLS},
        {", set_tid", 64, true, 0},
        {", set_tid_size", 72, false, 0},
        {", cgroup", 80, false, CLONE_INTO_CGROUP},
    };
    uint8_t bytes[LARGEST] = {0};
    uint64_t size = strace_argument(v, 1);
    size_t known = size < LARGEST ? (size_t)size : LARGEST;
    if (size < SMALLEST || v->argument == 0 || !strace_read_all(v, v->argument, bytes, known)) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    uint64_t flags = strace_load64(bytes);
    elfgen_text_string(v->out, "{flags=");
    strace_put_flags_of(v->out, &xlat_clone3, flags, false);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint8_t at = fields[i].at;
        uint64_t number = strace_load64(bytes + at);
        bool optional = at == 64 || at == 72;
        if ((fields[i].flags != 0 && !(flags & fields[i].flags)) || at + 8u > known ||
            (optional && strace_load64(bytes + 64) == 0 && strace_load64(bytes + 72) == 0))
            continue;
        strace_put_label(v->out, fields[i].label);
        if (at == 56)
            put_tls(v, number);
        else if (at == 64)
            put_tids(v, number, strace_load64(bytes + at + 8));
        else if (fields[i].is_pointer)
            strace_put_pointer(v->out, number);
        else if (at == 32 && number < INT32_MAX)
            strace_put_signal_name(v->out, number, false);
        else if (at == 48)
            strace_put_hexadecimal(v->out, number);
        else
            strace_put_count(v->out, number);
    }
    strace_put_rest(v, v->argument, LARGEST, size);
    elfgen_text_char(v->out, '}');
}
