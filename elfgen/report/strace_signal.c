/* Arguments that are about signals, and what a signal says. */
#include <signal.h>

#include "strace_print.h"

/* ---- sets ---- */

void put_sigset_of(struct elfgen_text *out, uint64_t mask)
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
        put_signal_name(out, i + 1, true);
        any = true;
    }
    elfgen_text_char(out, ']');
}

/* The size is the next parameter that is one. */
void put_sigset(const struct value *v)
{
    uint8_t bytes[8] = {0};
    uint64_t size = 0;
    for (unsigned i = v->index + 1; v->row->parameters[i].name; i++)
        if (v->row->parameters[i].type == CALL_TYPE_SIZE)
            size = argument(v, i);
    if (size == 0 || size > sizeof bytes || size % word_size(v) != 0)
        put_pointer(v->out, v->argument);
    else if (take(v, bytes, (size_t)size))
        put_sigset_of(v->out, load64(bytes));
}

void put_sigset_short(const struct value *v)
{
    uint8_t bytes[8] = {0};
    if (take(v, bytes, word_size(v)))
        put_sigset_of(v->out, load64(bytes));
}

void put_sigset_value(const struct value *v)
{
    put_sigset_of(v->out, (uint32_t)v->argument);
}

void put_restored_mask(const struct value *v)
{
    /* Behind the return address, which is popped, struct rt_sigframe has on x86-64 a ucontext, on
     * i386 three numbers and a siginfo_t before it; the old frame has a sigcontext, whose second
     * last field is the mask. (arch/x86/include/asm/sigframe.h and uapi/asm/sigcontext.h) */
    enum { WIDE = 296, NARROW = 248, OLD = 80 };
    bool old = strcmp(v->row->name, "sigreturn") == 0;
    uint8_t bytes[8] = {0};
    uint64_t at = v->call->stack + (word_size(v) == 8 ? WIDE : old ? OLD : NARROW);
    if (!read_all(v, at, bytes, old ? 4 : 8))
        return;
    elfgen_text_string(v->out, "{mask=");
    put_sigset_of(v->out, load64(bytes));
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

void put_handler(const struct value *v)
{
    put_handler_of(v->out, v->argument, word_size(v));
}

static void put_action(const struct value *v, uint64_t handler, uint64_t mask, uint64_t flags,
                       uint64_t restorer)
{
    enum { RESTORER = 0x04000000 }; /* SA_RESTORER of asm/signal.h, which signal.h hides */
    elfgen_text_string(v->out, "{sa_handler=");
    put_handler_of(v->out, handler, word_size(v));
    elfgen_text_string(v->out, ", sa_mask=");
    put_sigset_of(v->out, mask);
    elfgen_text_string(v->out, ", sa_flags=");
    put_flags_of(v->out, v->set, flags, false);
    if (flags & RESTORER) {
        elfgen_text_string(v->out, ", sa_restorer=");
        put_pointer(v->out, restorer);
    }
    elfgen_text_char(v->out, '}');
}

/* The kernel's struct sigaction: handler, flags, restorer, mask. */
void put_sigaction(const struct value *v)
{
    uint8_t bytes[32];
    size_t word = word_size(v);
    if (take(v, bytes, 3 * word + 8))
        put_action(v, load(bytes, word), load64(bytes + 3 * word), load(bytes + word, word),
                   load(bytes + 2 * word, word));
}

/* i386's old one: handler, mask, flags, restorer. */
void put_sigaction_short(const struct value *v)
{
    uint8_t bytes[32];
    size_t word = word_size(v);
    if (take(v, bytes, 4 * word))
        put_action(v, load(bytes, word), load(bytes + word, word), load(bytes + 2 * word, word),
                   load(bytes + 3 * word, word));
}

void put_stack(const struct value *v)
{
    uint8_t bytes[24];
    size_t word = word_size(v);
    if (!take(v, bytes, 3 * word))
        return;
    elfgen_text_string(v->out, "{ss_sp=");
    put_pointer(v->out, load(bytes, word));
    elfgen_text_string(v->out, ", ss_flags=");
    put_flags_of(v->out, v->set, load32(bytes + word), false);
    elfgen_text_string(v->out, ", ss_size=");
    put_count(v->out, load(bytes + 2 * word, word));
    elfgen_text_char(v->out, '}');
}

/* struct sigevent: a value, a signal, how to tell, and whom. */
void put_sigevent(const struct value *v)
{
    enum { SIGNAL, NONE, THREAD, THREAD_ID = 4 }; /* SIGEV_... */
    uint8_t bytes[32];
    size_t word = word_size(v);
    if (!take(v, bytes, 3 * word + 8))
        return;
    uint64_t sent = load(bytes, word);
    uint32_t notify = load32(bytes + word + 4);
    elfgen_text_char(v->out, '{');
    if (sent != 0) {
        elfgen_text_string(v->out, "sigev_value={sival_int=");
        put_number(v->out, (int32_t)sent);
        elfgen_text_string(v->out, ", sival_ptr=");
        put_pointer(v->out, sent);
        elfgen_text_string(v->out, "}, ");
    }
    elfgen_text_string(v->out, "sigev_signo=");
    if (notify == SIGNAL || notify == THREAD || notify == THREAD_ID)
        put_signal_name(v->out, load32(bytes + word), false);
    else
        put_count(v->out, load32(bytes + word));
    elfgen_text_string(v->out, ", sigev_notify=");
    put_word_of(v->out, v->set, notify);
    if (notify == THREAD_ID) {
        elfgen_text_string(v->out, ", sigev_notify_thread_id=");
        put_number(v->out, (int32_t)load32(bytes + word + 8));
    } else if (notify == THREAD) {
        elfgen_text_string(v->out, ", sigev_notify_function=");
        put_pointer(v->out, load(bytes + word + 8, word));
        elfgen_text_string(v->out, ", sigev_notify_attributes=");
        put_pointer(v->out, load(bytes + 2 * word + 8, word));
    }
    elfgen_text_char(v->out, '}');
}

/* ---- siginfo_t ---- */

static void put_code(struct elfgen_text *out, uint32_t signal, int32_t code)
{
    static const struct {
        int signal;
        const struct set *set;
    } codes[] = {{SIGILL, &set_si_ill}, {SIGFPE, &set_si_fpe},   {SIGSEGV, &set_si_segv},
                 {SIGBUS, &set_si_bus}, {SIGTRAP, &set_si_trap}, {SIGCHLD, &set_si_child},
                 {SIGIO, &set_si_poll}, {SIGSYS, &set_si_sys}};
    const char *name = set_name(&set_si_code, (uint64_t)(int64_t)code);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0] && !name; i++)
        if ((uint32_t)codes[i].signal == signal)
            name = set_name(codes[i].set, (uint64_t)(int64_t)code);
    if (name)
        elfgen_text_string(out, name);
    else
        put_hexadecimal(out, (uint32_t)code);
}

static void put_sender(struct elfgen_text *out, const uint8_t *bytes)
{
    elfgen_text_string(out, ", si_pid=");
    put_number(out, (int32_t)load32(bytes));
    elfgen_text_string(out, ", si_uid=");
    put_count(out, load32(bytes + 4));
}

static void put_sent_value(struct elfgen_text *out, const uint8_t *bytes, size_t word)
{
    elfgen_text_string(out, ", si_int=");
    put_number(out, (int32_t)load32(bytes));
    elfgen_text_string(out, ", si_ptr=");
    put_pointer(out, load(bytes, word));
}

/* Ticks, a hundred a second, and how long that is. */
static void put_ticks(struct elfgen_text *out, uint64_t ticks)
{
    put_count(out, ticks);
    if (ticks == 0)
        return;
    elfgen_text_string(out, " /* ");
    put_count(out, ticks / 100);
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
        put_number(out, (int32_t)load32(bytes + 8));
    else
        put_signal_name(out, load32(bytes + 8), false);
    elfgen_text_string(out, ", si_utime=");
    put_ticks(out, load(times, word));
    elfgen_text_string(out, ", si_stime=");
    put_ticks(out, load(times + word, word));
}

static void put_band(struct elfgen_text *out, const uint8_t *bytes, size_t word)
{
    elfgen_text_string(out, ", si_band=");
    put_number(out, load_signed(bytes, word));
    elfgen_text_string(out, ", si_fd=");
    put_number(out, (int32_t)load32(bytes + word));
}

/* What stands behind the address of a fault. */
static void put_bounds(struct elfgen_text *out, const uint8_t *bytes, int32_t code, size_t word)
{
    if (code == SEGV_BNDERR) {
        elfgen_text_string(out, ", si_lower=");
        put_pointer(out, load(bytes, word));
        elfgen_text_string(out, ", si_upper=");
        put_pointer(out, load(bytes + word, word));
    } else if (code == SEGV_PKUERR) {
        elfgen_text_string(out, ", si_pkey=");
        put_count(out, load32(bytes));
    }
}

/* What a signal of the kernel's carries. */
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
        put_pointer(out, load(bytes, word));
        if (signal == SIGSEGV)
            put_bounds(out, bytes + 2 * word, code, word);
        if (signal == SIGBUS && (code == BUS_MCEERR_AR || code == BUS_MCEERR_AO)) {
            elfgen_text_string(out, ", si_addr_lsb=");
            put_hexadecimal(out, load16(bytes + word));
        }
        break;
    case SIGIO:
        if (code >= POLL_IN && code <= POLL_HUP)
            put_band(out, bytes, word);
        break;
    case SIGSYS:
        elfgen_text_string(out, ", si_call_addr=");
        put_pointer(out, load(bytes, word));
        elfgen_text_string(out, ", si_syscall=");
        put_number(out, (int32_t)load32(bytes + word));
        elfgen_text_string(out, ", si_arch=");
        put_word_of(out, &set_audit_arch, load32(bytes + word + 4));
        break;
    default:
        if (any_bit(bytes, 8))
            put_sender(out, bytes);
        if (any_bit(bytes + 8, word))
            put_sent_value(out, bytes + 8, word);
        break;
    }
}

void put_siginfo_of(struct elfgen_text *out, const uint8_t *bytes, size_t word)
{
    const uint8_t *rest = bytes + (word == 8 ? 16 : 12);
    uint32_t signal = load32(bytes);
    int32_t code = (int32_t)load32(bytes + 8);
    if (signal == 0) {
        elfgen_text_string(out, "{}");
        return;
    }
    elfgen_text_string(out, "{si_signo=");
    put_signal_name(out, signal, false);
    elfgen_text_string(out, ", si_code=");
    put_code(out, signal, code);
    if (load32(bytes + 4) != 0) {
        const char *name = call_error_name(load32(bytes + 4));
        elfgen_text_string(out, ", si_errno=");
        if (name)
            elfgen_text_string(out, name);
        else
            put_count(out, load32(bytes + 4));
    }
    if (code == SI_TIMER) {
        elfgen_text_string(out, ", si_timerid=");
        put_hexadecimal(out, load32(rest));
        elfgen_text_string(out, ", si_overrun=");
        put_number(out, (int32_t)load32(rest + 4));
        put_sent_value(out, rest + 8, word);
    } else if (code == SI_SIGIO) {
        put_band(out, rest, word);
    } else if (code <= 0) {
        put_sender(out, rest);
        if (code == SI_QUEUE || (code != SI_USER && any_bit(rest + 8, word)))
            put_sent_value(out, rest + 8, word);
    } else {
        put_cause(out, rest, signal, code, word);
    }
    elfgen_text_char(out, '}');
}

void put_siginfo(const struct value *v)
{
    uint8_t bytes[128];
    if (take(v, bytes, sizeof bytes))
        put_siginfo_of(v->out, bytes, word_size(v));
}

void call_siginfo_text(struct elfgen_text *out, const siginfo_t *signal)
{
    uint8_t bytes[sizeof *signal];
    memcpy(bytes, signal, sizeof bytes);
    put_siginfo_of(out, bytes, sizeof(void *));
}

void call_signal_text(struct elfgen_text *out, int number)
{
    put_signal_name(out, (uint32_t)number, false);
}
