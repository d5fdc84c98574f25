/* Arguments of calls whose first says what the others are: prctl, arch_prctl, ptrace; and
 * capabilities. */
#include <asm/prctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>

#include "strace_print.h"

/* ---- prctl ---- */

void put_arch_prctl_arg(const struct value *v)
{
    uint64_t code = argument(v, 0);
    if (code == ARCH_GET_FS || code == ARCH_GET_GS)
        put_pointer_pointer(v);
    else
        put_hexadecimal(v->out, v->argument);
}

static void put_new_name(const struct value *v)
{
    enum { MOST = 15 }; /* the kernel takes no more, and a NUL */
    put_string_at(v, v->argument, MOST);
}

static void put_name(const struct value *v)
{
    enum { MOST = 16 };
    if (v->after && !v->call->failed)
        put_string_at(v, v->argument, MOST);
    else
        put_pointer(v->out, v->argument);
}

static void put_area_name(const struct value *v)
{
    enum { MOST = 80 }; /* ANON_VMA_NAME_MAX_LEN */
    put_string_at(v, v->argument, MOST);
}

static void put_ambient(const struct value *v)
{
    uint64_t what = argument(v, 1);
    if (what >= PR_CAP_AMBIENT_IS_SET && what <= PR_CAP_AMBIENT_LOWER)
        put_word(v);
    else
        put_hex(v);
}

/* What an argument is for an option; 0 as an index: each of them. What has no row is shown in hex.
 */
static const struct {
    uint32_t option;
    uint8_t index;
    void (*print)(const struct value *v);
    const struct set *set;
} prctl_arguments[] = {
    {PR_SET_NAME, 1, put_new_name, &set_none},
    {PR_GET_NAME, 1, put_name, &set_none},
    {PR_SET_DUMPABLE, 1, put_word, &set_dumpable},
    {PR_SET_PDEATHSIG, 1, put_signal, &set_none},
    {PR_GET_PDEATHSIG, 1, put_int_pointer, &set_none},
    {PR_GET_CHILD_SUBREAPER, 1, put_int_pointer, &set_none},
    {PR_GET_TID_ADDRESS, 1, put_pointer_pointer, &set_none},
    {PR_CAPBSET_READ, 1, put_word, &set_capability},
    {PR_CAPBSET_DROP, 1, put_word, &set_capability},
    {PR_CAP_AMBIENT, 1, put_word, &set_cap_ambient},
    {PR_CAP_AMBIENT, 2, put_ambient, &set_capability},
    {PR_SET_SECCOMP, 1, put_word, &set_seccomp_mode},
    {PR_SET_VMA, 1, put_word, &set_prctl_vma},
    {PR_SET_VMA, 2, put_address, &set_none},
    {PR_SET_VMA, 3, put_ulong, &set_none},
    {PR_SET_VMA, 4, put_area_name, &set_none},
    {PR_SET_NO_NEW_PRIVS, 0, put_ulong, &set_none},
    {PR_GET_NO_NEW_PRIVS, 0, put_ulong, &set_none},
    {PR_SET_THP_DISABLE, 0, put_ulong, &set_none},
    {PR_GET_THP_DISABLE, 0, put_ulong, &set_none},
    {PR_SET_KEEPCAPS, 0, put_ulong, &set_none},
    {PR_SET_CHILD_SUBREAPER, 0, put_ulong, &set_none},
    {PR_SET_TIMERSLACK, 0, put_ulong, &set_none},
};

void put_prctl_arg(const struct value *v)
{
    struct value part = *v;
    for (size_t i = 0; i < sizeof prctl_arguments / sizeof prctl_arguments[0]; i++) {
        uint8_t index = prctl_arguments[i].index;
        if (prctl_arguments[i].option != (uint32_t)argument(v, 0) ||
            (index != 0 && index != v->index))
            continue;
        part.set = prctl_arguments[i].set;
        prctl_arguments[i].print(&part);
        return;
    }
    put_hex(v);
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
