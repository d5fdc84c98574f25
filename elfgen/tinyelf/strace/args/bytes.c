/* Prints arguments that are strings, buffers and lists of them. */
#include "args.h"

void strace_put_path(const struct strace_value *v)
{
    strace_put_string_at(v, v->argument, SHOWN_PATH);
}

void strace_put_string(const struct strace_value *v)
{
    strace_put_string_at(v, v->argument, SHOWN_BYTES);
}

/* The size of the buffer, which another argument gives. */
static uint64_t size_of(const struct strace_value *v)
{
    uint8_t size_in = v->row->parameters[v->index].size_in;
    return size_in == CALL_NO_SIZE ? 0 : strace_argument(v, size_in);
}

void strace_put_in_buffer(const struct strace_value *v)
{
    strace_put_bytes_at(v, v->argument, size_of(v));
}

/* How many bytes the kernel wrote. Its result can exceed the size of the buffer. Returns false if
 * none may be shown. */
static bool written(const struct strace_value *v, uint64_t *size)
{
    bool sized = v->row->parameters[v->index].size_in != CALL_NO_SIZE;
    *size = v->call->result > 0 ? (uint64_t)v->call->result : 0;
    if (sized && *size > size_of(v))
        *size = size_of(v);
    return v->after && !v->call->failed;
}

void strace_put_out_buffer(const struct strace_value *v)
{
    uint64_t size;
    if (written(v, &size))
        strace_put_bytes_at(v, v->argument, size);
    else
        strace_put_pointer(v->out, v->argument);
}

/* The value of an extended attribute: strace leaves out one zero at the end of what it shows. */
static void put_attribute(const struct strace_value *v, uint64_t size)
{
    uint8_t bytes[SHOWN_BYTES + 1];
    size_t read = size < sizeof bytes ? (size_t)size : sizeof bytes;
    size_t count = read < SHOWN_BYTES ? read : SHOWN_BYTES;
    if (size == 0 || v->argument == 0 || !strace_read_all(v, v->argument, bytes, read)) {
        strace_put_bytes_at(v, v->argument, size);
        return;
    }
    bool more = read > count;
    if (bytes[count - 1] == 0)
        count--;
    strace_put_quoted(v->out, bytes, count, more);
}

void strace_put_in_attribute(const struct strace_value *v)
{
    put_attribute(v, size_of(v));
}

void strace_put_out_attribute(const struct strace_value *v)
{
    uint64_t size;
    if (written(v, &size))
        put_attribute(v, size);
    else
        strace_put_pointer(v->out, v->argument);
}

void strace_put_random(const struct strace_value *v)
{
    uint8_t bytes[SHOWN_BYTES];
    uint64_t size;
    size_t count = written(v, &size) && size < SHOWN_BYTES ? (size_t)size : SHOWN_BYTES;
    if (!written(v, &size) || v->argument == 0 ||
        (count != 0 && !strace_read_all(v, v->argument, bytes, count))) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '"');
    for (size_t i = 0; i < count; i++) {
        elfgen_text_string(v->out, "\\x");
        elfgen_text_hex(v->out, bytes[i], 2);
    }
    elfgen_text_string(v->out, size > count ? "\"..." : "\"");
}

/* The string of getcwd: the result counts the NUL. */
void strace_put_out_string(const struct strace_value *v)
{
    uint64_t size;
    if (written(v, &size) && size > 0)
        strace_put_string_at(v, v->argument, SHOWN_PATH);
    else
        strace_put_pointer(v->out, v->argument);
}

/* ---- arrays of pointers to strings ---- */

void strace_put_argv(const struct strace_value *v)
{
    size_t word = strace_word_size(v), i = 0;
    uint8_t bytes[8];
    if (v->argument == 0 || !strace_read_all(v, v->argument, bytes, word)) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '[');
    while (strace_load(bytes, word) != 0 && i < SHOWN_ITEMS) {
        strace_put_string_at(v, strace_load(bytes, word), SHOWN_BYTES);
        i++;
        if (!strace_read_all(v, v->argument + i * word, bytes, word)) {
            elfgen_text_string(v->out, ", ");
            strace_put_more(v->out, v->argument + i * word);
            break;
        }
        if (strace_load(bytes, word) != 0)
            elfgen_text_string(v->out, i == SHOWN_ITEMS ? ", ..." : ", ");
    }
    elfgen_text_char(v->out, ']');
}

void strace_put_envp(const struct strace_value *v)
{
    enum { PIECE = 512, MOST = 1 << 20 }; /* the kernel accepts no more */
    uint8_t bytes[PIECE * 8];
    size_t word = strace_word_size(v), count = 0, got = PIECE, i = PIECE;
    bool ended = false;
    strace_put_pointer(v->out, v->argument);
    if (v->argument == 0 || !v->reader)
        return;
    while (got == PIECE && i == PIECE && count < MOST) {
        uint64_t from = v->argument + count * word;
        got = v->reader->read(v->reader->context, from, bytes, PIECE * word) / word;
        for (i = 0; i < got && strace_load(bytes + i * word, word) != 0; i++)
            ;
        ended = i < got;
        count += i;
    }
    if (count == 0 && !ended)
        return;
    elfgen_text_string(v->out, " /* ");
    strace_put_count(v->out, count);
    elfgen_text_string(v->out, count == 1 ? " var" : " vars");
    elfgen_text_string(v->out, ended ? " */" : ", unterminated */");
}

/* ---- struct iovec ---- */

/* Prints one struct iovec. Returns how many of the `left` bytes remain for the next ones. */
static uint64_t put_piece(const struct strace_value *v, const uint8_t *bytes, uint64_t left,
                          bool show)
{
    size_t word = strace_word_size(v);
    uint64_t base = strace_load(bytes, word), length = strace_load(bytes + word, word);
    uint64_t shown = length < left ? length : left;
    elfgen_text_char(v->out, '{');
    strace_put_label(v->out, "iov_base");
    if (show)
        strace_put_bytes_at(v, base, shown);
    else
        strace_put_pointer(v->out, base);
    elfgen_text_string(v->out, ", ");
    strace_put_label(v->out, "iov_len");
    strace_put_count(v->out, length);
    elfgen_text_char(v->out, '}');
    return left == UINT64_MAX ? left : left - shown;
}

void strace_put_iovec_at(const struct strace_value *v, uint64_t address, uint64_t count,
                         uint64_t left, bool show)
{
    uint8_t bytes[16];
    size_t word = strace_word_size(v);
    if (address == 0 || (count != 0 && (!strace_is_array(address, count, 2 * word) ||
                                        !strace_read_all(v, address, bytes, 2 * word)))) {
        strace_put_pointer(v->out, address);
        return;
    }
    elfgen_text_char(v->out, '[');
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            elfgen_text_string(v->out, ", ");
        if (i == SHOWN_ITEMS) {
            elfgen_text_string(v->out, "...");
            break;
        }
        if (!strace_read_all(v, address + i * 2 * word, bytes, 2 * word)) {
            strace_put_more(v->out, address + i * 2 * word);
            break;
        }
        left = put_piece(v, bytes, left, show);
    }
    elfgen_text_char(v->out, ']');
}

void strace_put_in_iovec(const struct strace_value *v)
{
    strace_put_iovec_at(v, v->argument, strace_argument(v, v->index + 1), UINT64_MAX, true);
}

/* Of another process: its bytes are not read. */
void strace_put_remote_iovec(const struct strace_value *v)
{
    strace_put_iovec_at(v, v->argument, strace_argument(v, v->index + 1), UINT64_MAX, false);
}

void strace_put_out_iovec(const struct strace_value *v)
{
    uint64_t size;
    bool show = written(v, &size);
    strace_put_iovec_at(v, v->argument, strace_argument(v, v->index + 1), size, show);
}
