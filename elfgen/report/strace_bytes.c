/* Arguments that are strings, bytes, and lists of them. */
#include "strace_print.h"

void put_path(const struct value *v)
{
    put_string_at(v, v->argument, SHOWN_PATH);
}

void put_string(const struct value *v)
{
    put_string_at(v, v->argument, SHOWN_BYTES);
}

/* How many bytes the argument has whose size another one gives. */
static uint64_t size_of(const struct value *v)
{
    uint8_t size_in = v->row->parameters[v->index].size_in;
    return size_in == CALL_NO_SIZE ? 0 : argument(v, size_in);
}

void put_in_buffer(const struct value *v)
{
    put_bytes_at(v, v->argument, size_of(v));
}

/* How many bytes the kernel wrote; false: none that may be shown. It can tell of more than there
 * is room for. */
static bool written(const struct value *v, uint64_t *size)
{
    bool sized = v->row->parameters[v->index].size_in != CALL_NO_SIZE;
    *size = v->call->result > 0 ? (uint64_t)v->call->result : 0;
    if (sized && *size > size_of(v))
        *size = size_of(v);
    return v->after && !v->call->failed;
}

void put_out_buffer(const struct value *v)
{
    uint64_t size;
    if (written(v, &size))
        put_bytes_at(v, v->argument, size);
    else
        put_pointer(v->out, v->argument);
}

void put_random(const struct value *v)
{
    uint8_t bytes[SHOWN_BYTES];
    uint64_t size;
    size_t count = written(v, &size) && size < SHOWN_BYTES ? (size_t)size : SHOWN_BYTES;
    if (!written(v, &size) || v->argument == 0 ||
        (count != 0 && !read_all(v, v->argument, bytes, count))) {
        put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '"');
    for (size_t i = 0; i < count; i++) {
        elfgen_text_string(v->out, "\\x");
        elfgen_text_hex(v->out, bytes[i], 2);
    }
    elfgen_text_string(v->out, size > count ? "\"..." : "\"");
}

/* getcwd's: the result counts the NUL. */
void put_out_string(const struct value *v)
{
    uint64_t size;
    if (written(v, &size) && size > 0)
        put_string_at(v, v->argument, SHOWN_PATH);
    else
        put_pointer(v->out, v->argument);
}

/* ---- arrays of pointers to strings ---- */

void put_argv(const struct value *v)
{
    size_t word = word_size(v), i = 0;
    uint8_t bytes[8];
    if (v->argument == 0 || !read_all(v, v->argument, bytes, word)) {
        put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '[');
    while (load(bytes, word) != 0 && i < SHOWN_ITEMS) {
        put_string_at(v, load(bytes, word), SHOWN_BYTES);
        i++;
        if (!read_all(v, v->argument + i * word, bytes, word)) {
            elfgen_text_string(v->out, ", ... /* ");
            elfgen_text_0x(v->out, v->argument + i * word);
            elfgen_text_string(v->out, " */");
            break;
        }
        if (load(bytes, word) != 0)
            elfgen_text_string(v->out, i == SHOWN_ITEMS ? ", ..." : ", ");
    }
    elfgen_text_char(v->out, ']');
}

void put_envp(const struct value *v)
{
    enum { PIECE = 512, MOST = 1 << 20 }; /* the kernel itself takes no more */
    uint8_t bytes[PIECE * 8];
    size_t word = word_size(v), count = 0, got = PIECE, i = PIECE;
    bool ended = false;
    put_pointer(v->out, v->argument);
    if (v->argument == 0 || !v->reader)
        return;
    while (got == PIECE && i == PIECE && count < MOST) {
        uint64_t from = v->argument + count * word;
        got = v->reader->read(v->reader->context, from, bytes, PIECE * word) / word;
        for (i = 0; i < got && load(bytes + i * word, word) != 0; i++)
            ;
        ended = i < got;
        count += i;
    }
    if (count == 0 && !ended)
        return;
    elfgen_text_string(v->out, " /* ");
    put_count(v->out, count);
    elfgen_text_string(v->out, count == 1 ? " var" : " vars");
    elfgen_text_string(v->out, ended ? " */" : ", unterminated */");
}

/* ---- struct iovec ---- */

/* Returns how many bytes of what was written the next ones have. */
static uint64_t put_piece(const struct value *v, const uint8_t *bytes, uint64_t left, bool show)
{
    size_t word = word_size(v);
    uint64_t base = load(bytes, word), length = load(bytes + word, word);
    uint64_t shown = length < left ? length : left;
    elfgen_text_char(v->out, '{');
    put_label(v->out, "iov_base");
    if (show)
        put_bytes_at(v, base, shown);
    else
        put_pointer(v->out, base);
    elfgen_text_string(v->out, ", ");
    put_label(v->out, "iov_len");
    put_count(v->out, length);
    elfgen_text_char(v->out, '}');
    return left == UINT64_MAX ? left : left - shown;
}

void put_iovec_at(const struct value *v, uint64_t address, uint64_t count, uint64_t left, bool show)
{
    uint8_t bytes[16];
    size_t word = word_size(v);
    if (address == 0 || (count != 0 && !read_all(v, address, bytes, 2 * word))) {
        put_pointer(v->out, address);
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
        if (!read_all(v, address + i * 2 * word, bytes, 2 * word)) {
            elfgen_text_string(v->out, "... /* ");
            elfgen_text_0x(v->out, address + i * 2 * word);
            elfgen_text_string(v->out, " */");
            break;
        }
        left = put_piece(v, bytes, left, show);
    }
    elfgen_text_char(v->out, ']');
}

void put_in_iovec(const struct value *v)
{
    put_iovec_at(v, v->argument, argument(v, v->index + 1), UINT64_MAX, true);
}

void put_out_iovec(const struct value *v)
{
    uint64_t size;
    bool show = written(v, &size);
    put_iovec_at(v, v->argument, argument(v, v->index + 1), size, show);
}
