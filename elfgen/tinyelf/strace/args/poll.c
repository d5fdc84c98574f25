/* Prints arguments and results of poll, select and epoll. */
#include "args.h"

/* ---- poll ---- */

enum { POLLFD = 8 }; /* bytes: int fd, short events, short revents */

void strace_put_pollfds(const struct strace_value *v)
{
    uint64_t count = (uint32_t)strace_argument(v, v->index + 1);
    uint8_t bytes[POLLFD];
    if (v->argument == 0 || (count != 0 && (!strace_is_array(v->argument, count, POLLFD) ||
                                            !strace_read_all(v, v->argument, bytes, POLLFD)))) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '[');
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = v->argument + i * POLLFD;
        if (i > 0)
            elfgen_text_string(v->out, ", ");
        if (i == SHOWN_ITEMS) {
            elfgen_text_string(v->out, "...");
            break;
        }
        if (!strace_read_all(v, at, bytes, POLLFD)) {
            strace_put_more(v->out, at);
            break;
        }
        elfgen_text_string(v->out, "{fd=");
        strace_put_number(v->out, (int32_t)strace_load32(bytes));
        if ((int32_t)strace_load32(bytes) >= 0) {
            elfgen_text_string(v->out, ", events=");
            strace_put_flags_of(v->out, v->xlat, strace_load16(bytes + 4), false);
        }
        elfgen_text_char(v->out, '}');
    }
    elfgen_text_char(v->out, ']');
}

/* Prints the descriptors with events, `left` of them. */
static void put_revents(const struct strace_value *v)
{
    uint64_t count = (uint32_t)v->call->arguments[1], left = (uint64_t)v->call->result, shown = 0;
    uint8_t bytes[POLLFD];
    elfgen_text_char(v->out, '[');
    for (uint64_t i = 0; i < count && shown < left; i++) {
        if (!strace_read_all(v, v->call->arguments[0] + i * POLLFD, bytes, POLLFD))
            break;
        if (strace_load16(bytes + 6) == 0)
            continue;
        if (shown > 0)
            elfgen_text_string(v->out, ", ");
        if (shown++ == SHOWN_ITEMS) {
            elfgen_text_string(v->out, "...");
            break;
        }
        elfgen_text_string(v->out, "{fd=");
        strace_put_number(v->out, (int32_t)strace_load32(bytes));
        elfgen_text_string(v->out, ", revents=");
        strace_put_flags_of(v->out, &xlat_poll, strace_load16(bytes + 6), false);
        elfgen_text_char(v->out, '}');
    }
    elfgen_text_char(v->out, ']');
}

/* ", left {tv_sec=0, tv_nsec=5}" of the timeout in argument `index`, if it has one. */
static void put_left(const struct strace_value *v, unsigned index, bool already)
{
    enum call_type type = v->row->parameters[index].type;
    size_t size = type == CALL_TYPE_INOUT_TIMESPEC64 ? 8 : strace_word_size(v);
    uint8_t bytes[16];
    if (v->call->arguments[index] == 0 ||
        !strace_read_all(v, v->call->arguments[index], bytes, 2 * size))
        return;
    elfgen_text_string(v->out, already ? ", left " : "left ");
    strace_put_time_of(v->out, bytes, size,
                       type == CALL_TYPE_INOUT_TIMEVAL ? "tv_usec" : "tv_nsec");
}

static void put_poll_remark(const struct strace_value *v)
{
    elfgen_text_string(v->out, " (");
    put_revents(v);
    if (v->row->parameters[2].type != CALL_TYPE_INT)
        put_left(v, 2, true);
    elfgen_text_char(v->out, ')');
}

/* ---- select ---- */

enum { SET_MOST = 1024 }; /* bytes of a set that are read */

/* The size of a set in bytes: whole words. */
static size_t set_size(const struct strace_value *v)
{
    int32_t count = (int32_t)v->call->arguments[0];
    size_t word = strace_word_size(v);
    if (count <= 0)
        return 0;
    size_t size = ((size_t)count + 7) / 8;
    size = (size + word - 1) / word * word;
    return size < SET_MOST ? size : SET_MOST;
}

/* Clears bits that are not in the set. */
static void cut_set(const struct strace_value *v, uint8_t *bytes, size_t size)
{
    uint64_t count = (uint32_t)v->call->arguments[0];
    for (uint64_t bit = count; bit < 8 * size; bit++)
        bytes[bit / 8] &= (uint8_t) ~(1u << bit % 8);
}

void strace_put_fd_set(const struct strace_value *v)
{
    uint8_t bytes[SET_MOST];
    size_t size = set_size(v);
    if (v->argument == 0 || size == 0 || !strace_read_all(v, v->argument, bytes, size)) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    cut_set(v, bytes, size);
    strace_put_bits(v->out, bytes, size);
}

static void put_select_remark(const struct strace_value *v)
{
    static const char *const names[] = {"in ", "out ", "except "};
    uint8_t bytes[SET_MOST];
    size_t size = set_size(v);
    bool any = false;
    elfgen_text_string(v->out, " (");
    for (unsigned i = 0; i < 3; i++) {
        uint64_t address = v->call->arguments[i + 1];
        if (address == 0 || !strace_read_all(v, address, bytes, size))
            continue;
        cut_set(v, bytes, size);
        if (!strace_any_bit(bytes, size))
            continue;
        elfgen_text_string(v->out, any ? ", " : "");
        elfgen_text_string(v->out, names[i]);
        strace_put_bits(v->out, bytes, size);
        any = true;
    }
    put_left(v, 4, any);
    elfgen_text_char(v->out, ')');
}

/* The last argument of pselect6: the address of an address and a size. */
void strace_put_pselect_mask(const struct strace_value *v)
{
    size_t word = strace_word_size(v);
    uint8_t bytes[16], mask[8] = {0};
    if (!strace_take(v, bytes, 2 * word))
        return;
    uint64_t address = strace_load(bytes, word), size = strace_load(bytes + word, word);
    elfgen_text_string(v->out, "{sigmask=");
    if (address != 0 && size <= sizeof mask && size % word == 0 && size != 0 &&
        strace_read_all(v, address, mask, (size_t)size))
        strace_put_sigset_of(v->out, strace_load64(mask));
    else
        strace_put_pointer(v->out, address);
    elfgen_text_string(v->out, ", sigsetsize=");
    strace_put_count(v->out, size);
    elfgen_text_char(v->out, '}');
}

void strace_put_wait_remark(const struct strace_value *v)
{
    bool poll = v->row->parameters[0].type == CALL_TYPE_POLLFDS;
    if (v->call->result == 0)
        elfgen_text_string(v->out, " (Timeout)");
    else if (poll)
        put_poll_remark(v);
    else
        put_select_remark(v);
}

/* ---- epoll ---- */

enum { EPOLL_BYTES = 12 }; /* struct epoll_event is packed on x86-64, and so on i386 */

static void put_event(const struct strace_value *v, const uint8_t *bytes)
{
    elfgen_text_string(v->out, "{events=");
    strace_put_flags_of(v->out, v->xlat, strace_load32(bytes), false);
    elfgen_text_string(v->out, ", data={u32=");
    strace_put_count(v->out, strace_load32(bytes + 4));
    elfgen_text_string(v->out, ", u64=");
    strace_put_count(v->out, strace_load64(bytes + 4));
    elfgen_text_string(v->out, "}}");
}

void strace_put_epoll_event(const struct strace_value *v)
{
    uint8_t bytes[EPOLL_BYTES];
    if (strace_take(v, bytes, sizeof bytes))
        put_event(v, bytes);
}

void strace_put_epoll_events(const struct strace_value *v)
{
    uint8_t bytes[EPOLL_BYTES];
    uint64_t count = v->call->result > 0 ? (uint64_t)v->call->result : 0;
    if (!v->after || v->call->failed || v->argument == 0 ||
        (count != 0 && !strace_read_all(v, v->argument, bytes, sizeof bytes))) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '[');
    for (uint64_t i = 0; i < count; i++) {
        bool more = i < SHOWN_ITEMS;
        if (i > 0)
            elfgen_text_string(v->out, ", ");
        if (!more || !strace_read_all(v, v->argument + i * EPOLL_BYTES, bytes, sizeof bytes)) {
            elfgen_text_string(v->out, "...");
            break;
        }
        put_event(v, bytes);
    }
    elfgen_text_char(v->out, ']');
}
