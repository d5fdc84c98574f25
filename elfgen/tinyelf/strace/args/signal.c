/* Prints arguments about signals, and siginfo_t. */
#include <signal.h>

#include "args.h"

/* ---- sets ---- */

void strace_put_sigset_of(struct elfgen_text *out, uint64_t mask)
{
    enum { SIGNALS = 64, MANY = SIGNALS * 2 / 3 };
    bool any = false, inverted = __builtin_popcountll(mask) >= MANY;
    elfgen_text_string(out, inverted ? "~[" : "[");
    if (inverted)
        mask = ~mask;
    for (unsigned i = 0; i < SIGNALS; i++) {
        if (!(mask >> i & 1))
            continue;
        if (any)
            elfgen_text_char(out, ' ');
        strace_put_signal_name(out, i + 1, true);
        any = true;
    }
    elfgen_text_char(out, ']');
}

/* What the next argument of type size_t says. */
static uint64_t set_size(const struct strace_value *v)
{
    uint64_t size = 0;
    for (unsigned i = v->index + 1; v->row->parameters[i].name; i++)
        if (v->row->parameters[i].type == CALL_TYPE_SIZE)
            size = strace_argument(v, i);
    return size;
}

/* A set alone, which the kernel fills (rt_sigpending), may have any size up to 8. */
void strace_put_sigset(const struct strace_value *v)
{
    uint8_t bytes[8] = {0};
    uint64_t size = set_size(v), least = v->late && v->index == 0 ? 1 : strace_word_size(v);
    if (size < least || size > sizeof bytes)
        strace_put_pointer(v->out, v->argument);
    else if (strace_take(v, bytes, (size_t)size))
        strace_put_sigset_of(v->out, strace_load64(bytes));
}

void strace_put_sigset_short(const struct strace_value *v)
{
    uint8_t bytes[8] = {0};
    if (strace_take(v, bytes, strace_word_size(v)))
        strace_put_sigset_of(v->out, strace_load64(bytes));
}

void strace_put_sigset_value(const struct strace_value *v)
{
    strace_put_sigset_of(v->out, (uint32_t)v->argument);
}

void strace_put_restored_mask(const struct strace_value *v)
{
    /* After the return address, which is popped, struct rt_sigframe has a ucontext on x86-64, and
     * on i386 three numbers and a siginfo_t before it. The old frame has a sigcontext, whose second
     * last field is the mask. (arch/x86/include/asm/sigframe.h and uapi/asm/sigcontext.h) */
    enum { WIDE = 296, NARROW = 248, OLD = 80 };
    bool old = strcmp(v->row->name, "sigreturn") == 0;
    uint8_t bytes[8] = {0};
    uint64_t at = v->call->stack + (strace_word_size(v) == 8 ? WIDE : old ? OLD : NARROW);
    if (!strace_read_all(v, at, bytes, old ? 4 : 8))
        return;
    elfgen_text_string(v->out, "{mask=");
    strace_put_sigset_of(v->out, strace_load64(bytes));
    elfgen_text_char(v->out, '}');
}

/* ---- actions ---- */

static void put_handler_of(struct elfgen_text *out, uint64_t handler, size_t word)
{
    uint64_t error = word == 8 ? UINT64_MAX : UINT32_MAX;
    if (handler == 0)
        elfgen_text_string(out, "SIG_DFL");
    else if (handler == 1)
        elfgen_text_string(out, "SIG_IGN");
    else if (handler == error)
        elfgen_text_string(out, "SIG_ERR");
    else
        elfgen_text_0x(out, handler);
}

void strace_put_handler(const struct strace_value *v)
{
    put_handler_of(v->out, v->argument, strace_word_size(v));
}

static void put_action(const struct strace_value *v, uint64_t handler, uint64_t mask,
                       uint64_t flags, uint64_t restorer)
{
    enum { RESTORER = 0x04000000 }; /* SA_RESTORER of asm/signal.h, which signal.h hides */
    elfgen_text_string(v->out, "{sa_handler=");
    put_handler_of(v->out, handler, strace_word_size(v));
    elfgen_text_string(v->out, ", sa_mask=");
    strace_put_sigset_of(v->out, mask);
    elfgen_text_string(v->out, ", sa_flags=");
    strace_put_flags_of(v->out, v->xlat, flags, false);
    if (flags & RESTORER) {
        elfgen_text_string(v->out, ", sa_restorer=");
        strace_put_pointer(v->out, restorer);
    }
    elfgen_text_char(v->out, '}');
}

/* The kernel's struct sigaction: handler, flags, restorer, mask. */
void strace_put_sigaction(const struct strace_value *v)
{
    uint8_t bytes[32];
    size_t word = strace_word_size(v);
    if (strace_take(v, bytes, 3 * word + 8))
        put_action(v, strace_load(bytes, word), strace_load64(bytes + 3 * word),
                   strace_load(bytes + word, word), strace_load(bytes + 2 * word, word));
}

/* The old one of i386: handler, mask, flags, restorer. */
void strace_put_sigaction_short(const struct strace_value *v)
{
    uint8_t bytes[32];
    size_t word = strace_word_size(v);
    if (strace_take(v, bytes, 4 * word))
        put_action(v, strace_load(bytes, word), strace_load(bytes + word, word),
                   strace_load(bytes + 2 * word, word), strace_load(bytes + 3 * word, word));
}

void strace_put_stack(const struct strace_value *v)
{
    uint8_t bytes[24];
    size_t word = strace_word_size(v);
    if (!strace_take(v, bytes, 3 * word))
        return;
    elfgen_text_string(v->out, "{ss_sp=");
    strace_put_pointer(v->out, strace_load(bytes, word));
    elfgen_text_string(v->out, ", ss_flags=");
    strace_put_flags_of(v->out, v->xlat, strace_load32(bytes + word), false);
    elfgen_text_string(v->out, ", ss_size=");
    strace_put_count(v->out, strace_load(bytes + 2 * word, word));
    elfgen_text_char(v->out, '}');
}

/* struct sigevent: a value, a signal, how to notify, and whom. */
void strace_put_sigevent(const struct strace_value *v)
{
    enum { SIGNAL, NONE, THREAD, THREAD_ID = 4 }; /* SIGEV_... */
    uint8_t bytes[32];
    size_t word = strace_word_size(v);
    if (!strace_take(v, bytes, 3 * word + 8))
        return;
    uint64_t sent = strace_load(bytes, word);
    uint32_t notify = strace_load32(bytes + word + 4);
    elfgen_text_char(v->out, '{');
    if (sent != 0) {
        elfgen_text_string(v->out, "sigev_value={sival_int=");
        strace_put_number(v->out, (int32_t)sent);
        elfgen_text_string(v->out, ", sival_ptr=");
        strace_put_pointer(v->out, sent);
        elfgen_text_string(v->out, "}, ");
    }
    elfgen_text_string(v->out, "sigev_signo=");
    if (notify == SIGNAL || notify == THREAD || notify == THREAD_ID)
        strace_put_signal_name(v->out, strace_load32(bytes + word), false);
    else
        strace_put_count(v->out, strace_load32(bytes + word));
    elfgen_text_string(v->out, ", sigev_notify=");
    strace_put_word_of(v->out, v->xlat, notify);
    if (notify == THREAD_ID) {
        elfgen_text_string(v->out, ", sigev_notify_thread_id=");
        strace_put_number(v->out, (int32_t)strace_load32(bytes + word + 8));
    } else if (notify == THREAD) {
        elfgen_text_string(v->out, ", sigev_notify_function=");
        strace_put_pointer(v->out, strace_load(bytes + word + 8, word));
        elfgen_text_string(v->out, ", sigev_notify_attributes=");
        strace_put_pointer(v->out, strace_load(bytes + 2 * word + 8, word));
    }
    elfgen_text_char(v->out, '}');
}

/* ---- siginfo_t ---- */

static void put_code(struct elfgen_text *out, uint32_t signal, int32_t code)
{
    static const struct {
        int signal;
        const struct xlat *xlat;
    } codes[] = {{SIGILL, &xlat_si_ill}, {SIGFPE, &xlat_si_fpe},   {SIGSEGV, &xlat_si_segv},
                 {SIGBUS, &xlat_si_bus}, {SIGTRAP, &xlat_si_trap}, {SIGCHLD, &xlat_si_child},
                 {SIGIO, &xlat_si_poll}, {SIGSYS, &xlat_si_sys}};
    const char *name = xlat_name(&xlat_si_code, (uint64_t)(int64_t)code);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0] && !name; i++)
        if ((uint32_t)codes[i].signal == signal)
            name = xlat_name(codes[i].xlat, (uint64_t)(int64_t)code);
    if (name)
        elfgen_text_string(out, name);
    else
        strace_put_hexadecimal(out, (uint32_t)code);
}

static void put_sender(struct elfgen_text *out, const uint8_t *bytes)
{
    elfgen_text_string(out, ", si_pid=");
    strace_put_number(out, (int32_t)strace_load32(bytes));
    elfgen_text_string(out, ", si_uid=");
    strace_put_count(out, strace_load32(bytes + 4));
}

static void put_sent_value(struct elfgen_text *out, const uint8_t *bytes, size_t word)
{
    elfgen_text_string(out, ", si_int=");
    strace_put_number(out, (int32_t)strace_load32(bytes));
    elfgen_text_string(out, ", si_ptr=");
    strace_put_pointer(out, strace_load(bytes, word));
}

/* Clock ticks, 100 per second, and the seconds in a comment. */
static void put_ticks(struct elfgen_text *out, uint64_t ticks)
{
    strace_put_count(out, ticks);
    if (ticks == 0)
        return;
    elfgen_text_string(out, " /* ");
    strace_put_count(out, ticks / 100);
    elfgen_text_char(out, '.');
    elfgen_text_char(out, (char)('0' + ticks / 10 % 10));
    elfgen_text_char(out, (char)('0' + ticks % 10));
    elfgen_text_string(out, " s */");
}

static void put_child(struct elfgen_text *out, const uint8_t *bytes, int32_t code, size_t word)
{
    const uint8_t *times = bytes + (word == 8 ? 16 : 12);
    put_sender(out, bytes);
    elfgen_text_string(out, ", si_status=");
    if (code == CLD_EXITED)
        strace_put_number(out, (int32_t)strace_load32(bytes + 8));
    else
        strace_put_signal_name(out, strace_load32(bytes + 8), false);
    elfgen_text_string(out, ", si_utime=");
    put_ticks(out, strace_load(times, word));
    elfgen_text_string(out, ", si_stime=");
    put_ticks(out, strace_load(times + word, word));
}

static void put_band(struct elfgen_text *out, const uint8_t *bytes, size_t word)
{
    elfgen_text_string(out, ", si_band=");
    strace_put_number(out, strace_load_signed(bytes, word));
    elfgen_text_string(out, ", si_fd=");
    strace_put_number(out, (int32_t)strace_load32(bytes + word));
}

/* What follows the address of a fault. */
static void put_bounds(struct elfgen_text *out, const uint8_t *bytes, int32_t code, size_t word)
{
    if (code == SEGV_BNDERR) {
        elfgen_text_string(out, ", si_lower=");
        strace_put_pointer(out, strace_load(bytes, word));
        elfgen_text_string(out, ", si_upper=");
        strace_put_pointer(out, strace_load(bytes + word, word));
    } else if (code == SEGV_PKUERR) {
        elfgen_text_string(out, ", si_pkey=");
        strace_put_count(out, strace_load32(bytes));
    }
}

/* What a signal from the kernel carries. */
static void put_cause(struct elfgen_text *out, const uint8_t *bytes, uint32_t signal, int32_t code,
                      size_t word)
{
    switch (signal) {
    case SIGCHLD:
        put_child(out, bytes, code, word);
        break;
    case SIGILL:
    case SIGFPE:
    case SIGSEGV:
    case SIGBUS:
    case SIGTRAP:
        elfgen_text_string(out, ", si_addr=");
        strace_put_pointer(out, strace_load(bytes, word));
        if (signal == SIGSEGV)
            put_bounds(out, bytes + 2 * word, code, word);
        if (signal == SIGBUS && (code == BUS_MCEERR_AR || code == BUS_MCEERR_AO)) {
            elfgen_text_string(out, ", si_addr_lsb=");
            strace_put_hexadecimal(out, strace_load16(bytes + word));
        }
        break;
    case SIGIO:
        if (code >= POLL_IN && code <= POLL_HUP)
            put_band(out, bytes, word);
        break;
    case SIGSYS:
        elfgen_text_string(out, ", si_call_addr=");
        strace_put_pointer(out, strace_load(bytes, word));
        elfgen_text_string(out, ", si_syscall=");
        strace_put_number(out, (int32_t)strace_load32(bytes + word));
        elfgen_text_string(out, ", si_arch=");
        strace_put_word_of(out, &xlat_audit_arch, strace_load32(bytes + word + 4));
        break;
    default:
        if (strace_any_bit(bytes, 8))
            put_sender(out, bytes);
        if (strace_any_bit(bytes + 8, word))
            put_sent_value(out, bytes + 8, word);
        break;
    }
}

/* A siginfo_t in the layout of an ABI whose words have `word` bytes. */
static void put_siginfo(struct elfgen_text *out, const uint8_t *bytes, size_t word)
{
    const uint8_t *rest = bytes + (word == 8 ? 16 : 12);
    uint32_t signal = strace_load32(bytes);
    int32_t code = (int32_t)strace_load32(bytes + 8);
    if (signal == 0) {
        elfgen_text_string(out, "{}");
        return;
    }
    elfgen_text_string(out, "{si_signo=");
    strace_put_signal_name(out, signal, false);
    elfgen_text_string(out, ", si_code=");
    put_code(out, signal, code);
    if (strace_load32(bytes + 4) != 0) {
        const char *name = strace_error_name(strace_load32(bytes + 4));
        elfgen_text_string(out, ", si_errno=");
        if (name)
            elfgen_text_string(out, name);
        else
            strace_put_count(out, strace_load32(bytes + 4));
    }
    if (code == SI_TIMER) {
        elfgen_text_string(out, ", si_timerid=");
        strace_put_hexadecimal(out, strace_load32(rest));
        elfgen_text_string(out, ", si_overrun=");
        strace_put_number(out, (int32_t)strace_load32(rest + 4));
        put_sent_value(out, rest + 8, word);
    } else if (code == SI_SIGIO) {
        put_band(out, rest, word);
    } else if (code <= 0) {
        put_sender(out, rest);
        if (code == SI_QUEUE || (code != SI_USER && strace_any_bit(rest + 8, word)))
            put_sent_value(out, rest + 8, word);
    } else {
        put_cause(out, rest, signal, code, word);
    }
    elfgen_text_char(out, '}');
}

void strace_put_siginfo(const struct strace_value *v)
{
    uint8_t bytes[128];
    if (strace_take(v, bytes, sizeof bytes))
        put_siginfo(v->out, bytes, strace_word_size(v));
}

void strace_siginfo_text(struct elfgen_text *out, const siginfo_t *signal)
{
    uint8_t bytes[sizeof *signal];
    memcpy(bytes, signal, sizeof bytes);
    put_siginfo(out, bytes, sizeof(void *));
}

void strace_signal_text(struct elfgen_text *out, int number)
{
    strace_put_signal_name(out, (uint32_t)number, false);
}
