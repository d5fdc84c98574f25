/* Prints arguments that point to one number or to many. */
#include "args.h"

#include "elfgen/memory.h"

/* ---- pointers to numbers ---- */

static void put_list_of_one(const struct strace_value *v, size_t size, bool is_signed)
{
    uint64_t number = 0;
    if (strace_take(v, &number, size)) {
        elfgen_text_char(v->out, '[');
        if (is_signed && size == 4)
            strace_put_number(v->out, (int32_t)number);
        else
            strace_put_count(v->out, number);
        elfgen_text_char(v->out, ']');
    }
}

void strace_put_int_pointer(const struct strace_value *v)
{
    put_list_of_one(v, 4, true);
}

void strace_put_uint_pointer(const struct strace_value *v)
{
    put_list_of_one(v, 4, false);
}

void strace_put_ulong_pointer(const struct strace_value *v)
{
    put_list_of_one(v, strace_word_size(v), false);
}

void strace_put_id16_pointer(const struct strace_value *v)
{
    uint8_t bytes[2];
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    elfgen_text_char(v->out, '[');
    strace_put_number(v->out, strace_load16(bytes) == UINT16_MAX ? -1 : strace_load16(bytes));
    elfgen_text_char(v->out, ']');
}

void strace_put_pointer_pointer(const struct strace_value *v)
{
    uint8_t bytes[8];
    if (!strace_take(v, bytes, strace_word_size(v)))
        return;
    elfgen_text_char(v->out, '[');
    strace_put_pointer(v->out, strace_load(bytes, strace_word_size(v)));
    elfgen_text_char(v->out, ']');
}

/* ---- lists ---- */

static void put_groups(const struct strace_value *v, uint64_t count, size_t size)
{
    enum { MOST = 65536 }; /* NGROUPS_MAX of linux/limits.h */
    uint8_t bytes[4] = {0};
    if (v->argument == 0 || (v->late && (!v->after || v->call->failed)) || count > MOST ||
        (count != 0 && !strace_read_all(v, v->argument, bytes, size))) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '[');
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            elfgen_text_string(v->out, ", ");
        if (i == SHOWN_ITEMS || !strace_read_all(v, v->argument + size * i, bytes, size)) {
            elfgen_text_string(v->out, "...");
            break;
        }
        strace_put_count(v->out, strace_load32(bytes));
    }
    elfgen_text_char(v->out, ']');
}

/* How many groups the kernel wrote. For a size of 0 it only counts them. */
static uint64_t groups_given(const struct strace_value *v)
{
    return strace_argument(v, 0) != 0 && v->call->result > 0 ? (uint64_t)v->call->result : 0;
}

void strace_put_in_groups(const struct strace_value *v)
{
    put_groups(v, (uint32_t)strace_argument(v, 0), 4);
}

void strace_put_out_groups(const struct strace_value *v)
{
    put_groups(v, groups_given(v), 4);
}

void strace_put_in_groups16(const struct strace_value *v)
{
    put_groups(v, (uint32_t)strace_argument(v, 0), 2);
}

void strace_put_out_groups16(const struct strace_value *v)
{
    put_groups(v, groups_given(v), 2);
}

void strace_put_cpu_set(const struct strace_value *v)
{
    uint8_t bytes[1024];
    uint64_t size =
        v->late && v->call->result > 0 ? (uint64_t)v->call->result : strace_argument(v, 1);
    if (strace_take(v, bytes, size < sizeof bytes ? (size_t)size : sizeof bytes))
        strace_put_bits(v->out, bytes, size < sizeof bytes ? (size_t)size : sizeof bytes);
}

/* One byte per page: whether it is in memory. */
void strace_put_mincore(const struct strace_value *v)
{
    uint8_t bytes[SHOWN_ITEMS + 1];
    uint64_t pages =
        strace_argument(v, 1) / ELFGEN_PAGE + (strace_argument(v, 1) % ELFGEN_PAGE != 0);
    size_t count = pages < sizeof bytes ? (size_t)pages : sizeof bytes;
    if (!strace_take(v, bytes, count))
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
