/* Arguments that calls on processes and memory have. */
#include <asm/prctl.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "strace_print.h"

/* ---- pointers to numbers ---- */

static void put_list_of_one(const struct value *v, size_t size, bool is_signed)
{
    uint64_t number = 0;
    if (take(v, &number, size)) {
        elfgen_text_char(v->out, '[');
        if (is_signed && size == 4)
            put_number(v->out, (int32_t)number);
        else
            put_count(v->out, number);
        elfgen_text_char(v->out, ']');
    }
}

void put_int_pointer(const struct value *v)
{
    put_list_of_one(v, 4, true);
}

void put_uint_list1(const struct value *v)
{
    put_list_of_one(v, 4, false);
}

void put_ulong_pointer(const struct value *v)
{
    put_list_of_one(v, word_size(v), false);
}

void put_id_pointer(const struct value *v)
{
    put_list_of_one(v, 4, true);
}

void put_id16_pointer(const struct value *v)
{
    uint8_t bytes[2];
    if (!take(v, bytes, sizeof bytes))
        return;
    elfgen_text_char(v->out, '[');
    put_number(v->out, load16(bytes) == UINT16_MAX ? -1 : load16(bytes));
    elfgen_text_char(v->out, ']');
}

void put_pointer_pointer(const struct value *v)
{
    uint8_t bytes[8];
    if (!take(v, bytes, word_size(v)))
        return;
    elfgen_text_char(v->out, '[');
    put_pointer(v->out, load(bytes, word_size(v)));
    elfgen_text_char(v->out, ']');
}

/* Where clone puts the child's number, in the parent. */
void put_tid_pointer(const struct value *v)
{
    put_int_pointer(v);
}

/* ---- lists ---- */

static void put_groups(const struct value *v, uint64_t count, size_t size)
{
    uint8_t bytes[4] = {0};
    if (v->argument == 0 || (v->late && (!v->after || v->call->failed)) || count > INT32_MAX ||
        (count != 0 && !read_all(v, v->argument, bytes, size))) {
        put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '[');
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            elfgen_text_string(v->out, ", ");
        if (i == SHOWN_ITEMS || !read_all(v, v->argument + size * i, bytes, size)) {
            elfgen_text_string(v->out, "...");
            break;
        }
        put_count(v->out, load32(bytes));
    }
    elfgen_text_char(v->out, ']');
}

/* How many groups the kernel gave; asked with 0, it only counts them. */
static uint64_t groups_given(const struct value *v)
{
    return argument(v, 0) != 0 && v->call->result > 0 ? (uint64_t)v->call->result : 0;
}

void put_in_groups(const struct value *v)
{
    put_groups(v, (uint32_t)argument(v, 0), 4);
}

void put_out_groups(const struct value *v)
{
    put_groups(v, groups_given(v), 4);
}

void put_in_groups16(const struct value *v)
{
    put_groups(v, (uint32_t)argument(v, 0), 2);
}

void put_out_groups16(const struct value *v)
{
    put_groups(v, groups_given(v), 2);
}

void put_cpu_set(const struct value *v)
{
    uint8_t bytes[1024];
    uint64_t size = v->late && v->call->result > 0 ? (uint64_t)v->call->result : argument(v, 1);
    if (take(v, bytes, size < sizeof bytes ? (size_t)size : sizeof bytes))
        put_bits(v->out, bytes, size < sizeof bytes ? (size_t)size : sizeof bytes);
}

void put_sched_param(const struct value *v)
{
    put_int_pointer(v);
}

/* A byte a page: whether it is in memory. */
void put_mincore(const struct value *v)
{
    uint8_t bytes[SHOWN_ITEMS + 1];
    uint64_t pages = argument(v, 1) / 4096 + (argument(v, 1) % 4096 != 0);
    size_t count = pages < sizeof bytes ? (size_t)pages : sizeof bytes;
    if (!take(v, bytes, count))
        return;
    elfgen_text_char(v->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            elfgen_text_string(v->out, ", ");
        if (i == SHOWN_ITEMS)
            elfgen_text_string(v->out, "...");
        else
            elfgen_text_char(v->out, bytes[i] & 1 ? '1' : '0');
    }
    elfgen_text_char(v->out, ']');
}

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

/* ---- threads ---- */

static void put_desc(const struct value *v)
{
    static const struct {
        const char *name;
        uint8_t at, width;
    } bits[] = {{"seg_32bit", 0, 1},      {"contents", 1, 2},        {"read_exec_only", 3, 1},
                {"limit_in_pages", 4, 1}, {"seg_not_present", 5, 1}, {"useable", 6, 1}};
    uint8_t bytes[16]; /* asm/ldt.h, struct user_desc: three numbers and bits */
    if (!take(v, bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, "{entry_number=");
    put_number(v->out, (int32_t)load32(bytes));
    elfgen_text_string(v->out, ", base_addr=");
    if (load32(bytes + 4) != 0)
        elfgen_text_string(v->out, "0x");
    elfgen_text_hex(v->out, load32(bytes + 4), load32(bytes + 4) != 0 ? 6 : 8);
    elfgen_text_string(v->out, ", limit=");
    if (load32(bytes + 8) != 0)
        elfgen_text_string(v->out, "0x");
    elfgen_text_hex(v->out, load32(bytes + 8), load32(bytes + 8) != 0 ? 6 : 8);
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        elfgen_text_string(v->out, ", ");
        put_label(v->out, bits[i].name);
        put_count(v->out, load32(bytes + 12) >> bits[i].at & ((1u << bits[i].width) - 1));
    }
    elfgen_text_char(v->out, '}');
}

void put_user_desc(const struct value *v)
{
    put_desc(v);
}

void put_clone_tls(const struct value *v)
{
    if (word_size(v) == 8)
        put_pointer(v->out, v->argument);
    else
        put_desc(v);
}

static void put_tls(const struct value *v, uint64_t tls)
{
    struct value part = *v;
    part.argument = tls;
    if (word_size(v) == 8)
        put_hexadecimal(v->out, tls);
    else
        put_desc(&part);
}

/* The lowest byte is the signal that the child's end sends. */
void put_clone_flags(const struct value *v)
{
    uint64_t signal = v->argument & CSIGNAL, flags = v->argument & ~(uint64_t)CSIGNAL;
    if (flags != 0 || signal == 0)
        put_flags_of(v->out, v->set, flags, false);
    if (signal != 0) {
        if (flags != 0)
            elfgen_text_char(v->out, '|');
        put_signal_name(v->out, signal, false);
    }
}

/* Fields of struct clone_args by their place, and which flags say that they are there. */
void put_clone_args(const struct value *v)
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
    uint64_t size = argument(v, 1);
    size_t known = size < LARGEST ? (size_t)size : LARGEST;
    if (size < SMALLEST || v->argument == 0 || !read_all(v, v->argument, bytes, known)) {
        put_pointer(v->out, v->argument);
        return;
    }
    uint64_t flags = load64(bytes);
    elfgen_text_string(v->out, "{flags=");
    put_flags_of(v->out, &set_clone3, flags, false);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint8_t at = fields[i].at;
        uint64_t number = load64(bytes + at);
        bool optional = at == 64 || at == 72;
        if ((fields[i].flags != 0 && !(flags & fields[i].flags)) || at + 8u > known ||
            (optional && load64(bytes + 64) == 0 && load64(bytes + 72) == 0))
            continue;
        put_label(v->out, fields[i].label);
        if (at == 56)
            put_tls(v, number);
        else if (fields[i].is_pointer)
            put_pointer(v->out, number);
        else if (at == 32 && number <= UINT32_MAX)
            put_signal_name(v->out, number, false);
        else if (at == 48)
            put_hexadecimal(v->out, number);
        else
            put_count(v->out, number);
    }
    elfgen_text_char(v->out, '}');
}

/* ---- prctl ---- */

void put_arch_prctl_arg(const struct value *v)
{
    uint64_t code = argument(v, 0);
    if (code == ARCH_GET_FS || code == ARCH_GET_GS)
        put_pointer_pointer(v);
    else
        put_hexadecimal(v->out, v->argument);
}

void put_prctl_arg(const struct value *v)
{
    switch ((uint32_t)argument(v, 0)) {
    case PR_SET_NAME:
        put_string_at(v, v->argument, 15);
        break;
    case PR_GET_NAME:
        if (v->after && !v->call->failed)
            put_string_at(v, v->argument, 16);
        else
            put_pointer(v->out, v->argument);
        break;
    case PR_SET_DUMPABLE:
        put_word_of(v->out, &set_dumpable, v->argument);
        break;
    case PR_SET_PDEATHSIG:
        put_signal_name(v->out, v->argument, false);
        break;
    case PR_GET_PDEATHSIG:
        if (v->after && !v->call->failed)
            put_int_pointer(v);
        else
            put_pointer(v->out, v->argument);
        break;
    case PR_GET_CHILD_SUBREAPER:
    case PR_GET_TID_ADDRESS:
        put_int_pointer(v);
        break;
    case PR_CAPBSET_READ:
    case PR_CAPBSET_DROP:
        put_word_of(v->out, &set_capability, v->argument);
        break;
    case PR_CAP_AMBIENT:
        if (v->index == 1)
            put_word_of(v->out, &set_cap_ambient, (uint32_t)v->argument);
        else if (v->index == 2 && argument(v, 1) >= PR_CAP_AMBIENT_IS_SET &&
                 argument(v, 1) <= PR_CAP_AMBIENT_LOWER)
            put_word_of(v->out, &set_capability, (uint32_t)v->argument);
        else
            put_hexadecimal(v->out, v->argument);
        break;
    case PR_SET_SECCOMP:
        if (v->index == 1)
            put_word_of(v->out, &set_seccomp_mode, v->argument);
        else
            put_hexadecimal(v->out, v->argument);
        break;
    case PR_SET_VMA:
        if (v->index == 1)
            put_word_of(v->out, &set_prctl_vma, v->argument);
        else if (v->index == 3)
            put_count(v->out, v->argument);
        else if (v->index == 4)
            put_string_at(v, v->argument, 80);
        else
            put_pointer(v->out, v->argument);
        break;
    case PR_SET_NO_NEW_PRIVS:
    case PR_GET_NO_NEW_PRIVS:
    case PR_SET_THP_DISABLE:
    case PR_GET_THP_DISABLE:
    case PR_SET_KEEPCAPS:
    case PR_SET_CHILD_SUBREAPER:
    case PR_SET_TIMERSLACK:
        put_ulong(v);
        break;
    default:
        put_hexadecimal(v->out, v->argument);
        break;
    }
}

/* ---- ptrace ---- */

void put_ptrace_data(const struct value *v)
{
    switch ((uint32_t)argument(v, 0)) {
    case PTRACE_CONT:
    case PTRACE_SINGLESTEP:
    case PTRACE_DETACH:
    case PTRACE_SYSCALL:
    case PTRACE_SYSEMU:
    case PTRACE_SYSEMU_SINGLESTEP:
    case PTRACE_SINGLEBLOCK:
        put_signal_name(v->out, v->argument, false);
        break;
    default:
        put_pointer(v->out, v->argument);
        break;
    }
}

/* ---- capabilities ---- */

void put_cap_header(const struct value *v)
{
    uint8_t bytes[8];
    if (!take(v, bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, "{version=");
    put_word_of(v->out, &set_cap_version, load32(bytes));
    elfgen_text_string(v->out, ", pid=");
    put_number(v->out, (int32_t)load32(bytes + 4));
    elfgen_text_char(v->out, '}');
}

static void put_caps(struct elfgen_text *out, const struct set *set, uint64_t mask)
{
    bool any = false;
    for (const struct set_value *c = set->values; c->name; c++) {
        if (!(mask >> c->value & 1))
            continue;
        if (any)
            elfgen_text_char(out, '|');
        elfgen_text_string(out, "1<<");
        elfgen_text_string(out, c->name);
        mask &= ~(UINT64_C(1) << c->value);
        any = true;
    }
    if (mask != 0 || !any) {
        if (any)
            elfgen_text_char(out, '|');
        put_hexadecimal(out, mask);
    }
}

/* Two of {effective, permitted, inheritable}, the lower and the higher half of each. */
void put_cap_data(const struct value *v)
{
    static const char *const names[] = {"{effective", ", permitted", ", inheritable"};
    uint8_t bytes[24];
    if (!take(v, bytes, sizeof bytes))
        return;
    for (size_t i = 0; i < 3; i++) {
        put_label(v->out, names[i]);
        put_caps(v->out, &set_capability,
                 load32(bytes + 4 * i) | (uint64_t)load32(bytes + 12 + 4 * i) << 32);
    }
    elfgen_text_char(v->out, '}');
}

/* i386's old mmap, whose arguments could not be read. */
void put_old_mmap(const struct value *v)
{
    put_pointer(v->out, v->argument);
}
