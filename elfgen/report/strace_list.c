/* Arguments that point to numbers, one or many. */
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

void put_uint_pointer(const struct value *v)
{
    put_list_of_one(v, 4, false);
}

void put_ulong_pointer(const struct value *v)
{
    put_list_of_one(v, word_size(v), false);
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
