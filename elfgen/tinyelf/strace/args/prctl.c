/* Prints arguments of calls whose first one selects the meaning of the others: prctl, arch_prctl,
 * ptrace; and capabilities. */
#include <asm/prctl.h>
#include <linux/prctl.h>
#include <sys/ptrace.h>

#include "args.h"

/* ---- prctl ---- */

void strace_put_arch_prctl_arg(const struct strace_value *v)
{
    uint64_t code = strace_argument(v, 0);
    if (code == ARCH_GET_FS || code == ARCH_GET_GS)
        strace_put_pointer_pointer(v);
    else
        strace_put_hexadecimal(v->out, v->argument);
}

static void put_new_name(const struct strace_value *v)
{
    enum { MOST = 15 }; /* the kernel takes no more, and a NUL */
    strace_put_string_at(v, v->argument, MOST);
}

static void put_name(const struct strace_value *v)
{
    enum { MOST = 16 };
    if (v->after && !v->call->failed)
        strace_put_string_at(v, v->argument, MOST);
    else
        strace_put_pointer(v->out, v->argument);
}

static void put_area_name(const struct strace_value *v)
{
    enum { MOST = 80 }; /* ANON_VMA_NAME_MAX_LEN */
    strace_put_string_at(v, v->argument, MOST);
}

static void put_ambient(const struct strace_value *v)
{
    uint64_t what = strace_argument(v, 1);
    if (what >= PR_CAP_AMBIENT_IS_SET && what <= PR_CAP_AMBIENT_LOWER)
        strace_put_word(v);
    else
        strace_put_hex(v);
}

/* How to print argument `index` of an option; index 0: each of its arguments. Others are printed in
 * hex. */
static const struct {
    uint32_t option;
    uint8_t index;
    void (*print)(const struct strace_value *v);
    const struct xlat *xlat;
} prctl_arguments[] = {
    {PR_SET_NAME, 1, put_new_name, &xlat_none},
    {PR_GET_NAME, 1, put_name, &xlat_none},
    {PR_SET_DUMPABLE, 1, strace_put_word, &xlat_dumpable},
    {PR_SET_PDEATHSIG, 1, strace_put_signal, &xlat_none},
    {PR_GET_PDEATHSIG, 1, strace_put_int_pointer, &xlat_none},
    {PR_GET_CHILD_SUBREAPER, 1, strace_put_int_pointer, &xlat_none},
    {PR_GET_TID_ADDRESS, 1, strace_put_pointer_pointer, &xlat_none},
    {PR_CAPBSET_READ, 1, strace_put_word, &xlat_capability},
    {PR_CAPBSET_DROP, 1, strace_put_word, &xlat_capability},
    {PR_CAP_AMBIENT, 1, strace_put_word, &xlat_cap_ambient},
    {PR_CAP_AMBIENT, 2, put_ambient, &xlat_capability},
    {PR_SET_SECCOMP, 1, strace_put_word, &xlat_seccomp_mode},
    {PR_SET_VMA, 1, strace_put_word, &xlat_prctl_vma},
    {PR_SET_VMA, 2, strace_put_address, &xlat_none},
    {PR_SET_VMA, 3, strace_put_ulong, &xlat_none},
    {PR_SET_VMA, 4, put_area_name, &xlat_none},
    {PR_SET_NO_NEW_PRIVS, 0, strace_put_ulong, &xlat_none},
    {PR_GET_NO_NEW_PRIVS, 0, strace_put_ulong, &xlat_none},
    {PR_SET_THP_DISABLE, 0, strace_put_ulong, &xlat_none},
    {PR_GET_THP_DISABLE, 0, strace_put_ulong, &xlat_none},
    {PR_SET_KEEPCAPS, 0, strace_put_ulong, &xlat_none},
    {PR_SET_CHILD_SUBREAPER, 0, strace_put_ulong, &xlat_none},
    {PR_SET_TIMERSLACK, 0, strace_put_ulong, &xlat_none},
};

void strace_put_prctl_arg(const struct strace_value *v)
{
    struct strace_value part = *v;
    for (size_t i = 0; i < sizeof prctl_arguments / sizeof prctl_arguments[0]; i++) {
        uint8_t index = prctl_arguments[i].index;
        if (prctl_arguments[i].option != (uint32_t)strace_argument(v, 0) ||
            (index != 0 && index != v->index))
            continue;
        part.xlat = prctl_arguments[i].xlat;
        prctl_arguments[i].print(&part);
        return;
    }
    strace_put_hex(v);
}

/* ---- ptrace ---- */

void strace_put_ptrace_data(const struct strace_value *v)
{
    switch ((uint32_t)strace_argument(v, 0)) {
    case PTRACE_CONT:
    case PTRACE_SINGLESTEP:
    case PTRACE_DETACH:
    case PTRACE_SYSCALL:
    case PTRACE_SYSEMU:
    case PTRACE_SYSEMU_SINGLESTEP:
    case PTRACE_SINGLEBLOCK:
        strace_put_signal_name(v->out, v->argument, false);
        break;
    default:
        strace_put_pointer(v->out, v->argument);
        break;
    }
}

/* ---- capabilities ---- */

void strace_put_cap_header(const struct strace_value *v)
{
    uint8_t bytes[8];
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, "{version=");
    strace_put_word_of(v->out, &xlat_cap_version, strace_load32(bytes));
    elfgen_text_string(v->out, ", pid=");
    strace_put_number(v->out, (int32_t)strace_load32(bytes + 4));
    elfgen_text_char(v->out, '}');
}

static void put_caps(struct elfgen_text *out, const struct xlat *xlat, uint64_t mask)
{
    bool any = false;
    for (const struct xlat_row *c = xlat->values; c->name; c++) {
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
        strace_put_hexadecimal(out, mask);
    }
}

/* Two of {effective, permitted, inheritable}: the low and the high 32 bits of each. */
void strace_put_cap_data(const struct strace_value *v)
{
    static const char *const names[] = {"{effective", ", permitted", ", inheritable"};
    uint8_t bytes[24];
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    for (size_t i = 0; i < 3; i++) {
        strace_put_label(v->out, names[i]);
        put_caps(v->out, &xlat_capability,
                 strace_load32(bytes + 4 * i) | (uint64_t)strace_load32(bytes + 12 + 4 * i) << 32);
    }
    elfgen_text_char(v->out, '}');
}
