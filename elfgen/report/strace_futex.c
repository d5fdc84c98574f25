/* Arguments of futex, which each operation reads in its own way. */
#include <linux/futex.h>

#include "strace_print.h"

void put_futex_op(const struct value *v)
{
    uint32_t op = (uint32_t)v->argument;
    const char *name = set_name(v->set, op & (uint32_t)FUTEX_CMD_MASK);
    if (!name) {
        put_word_of(v->out, v->set, op);
        return;
    }
    elfgen_text_string(v->out, name);
    if (op & FUTEX_PRIVATE_FLAG)
        elfgen_text_string(v->out, (op & (uint32_t)FUTEX_CMD_MASK) == FUTEX_FD
                                       ? "|FUTEX_PRIVATE_FLAG"
                                       : "_PRIVATE");
    if (op & FUTEX_CLOCK_REALTIME)
        elfgen_text_string(v->out, "|FUTEX_CLOCK_REALTIME");
}

static void put_wake_op(struct elfgen_text *out, uint32_t number)
{
    uint32_t op = number >> 28 & 7, compare = number >> 24 & 0xf;
    if (number >> 28 & FUTEX_OP_OPARG_SHIFT)
        elfgen_text_string(out, "FUTEX_OP_OPARG_SHIFT<<28|");
    put_word_of(out, &set_futex_wake_op, op);
    elfgen_text_string(out, "<<28|");
    put_hexadecimal(out, number >> 12 & 0xfff);
    elfgen_text_string(out, "<<12|");
    put_word_of(out, &set_futex_wake_compare, compare);
    elfgen_text_string(out, "<<24|");
    put_hexadecimal(out, number & 0xfff);
}

void put_futex_val3(const struct value *v)
{
    uint32_t number = (uint32_t)v->argument;
    switch (argument(v, 1) & (uint32_t)FUTEX_CMD_MASK) {
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAKE_BITSET:
        if (number == FUTEX_BITSET_MATCH_ANY)
            elfgen_text_string(v->out, "FUTEX_BITSET_MATCH_ANY");
        else
            put_hexadecimal(v->out, number);
        break;
    case FUTEX_CMP_REQUEUE:
    case FUTEX_CMP_REQUEUE_PI:
        put_count(v->out, number);
        break;
    case FUTEX_WAKE_OP:
        put_wake_op(v->out, number);
        break;
    default:
        put_hexadecimal(v->out, number);
        break;
    }
}

static bool is_requeue(const struct value *v)
{
    uint32_t op = (uint32_t)argument(v, 1) & (uint32_t)FUTEX_CMD_MASK;
    return op == FUTEX_REQUEUE || op == FUTEX_CMP_REQUEUE || op == FUTEX_CMP_REQUEUE_PI ||
           op == FUTEX_WAKE_OP;
}

static void put_timeout(const struct value *v, size_t size)
{
    bool known = set_name(&set_futex, argument(v, 1) & (uint32_t)FUTEX_CMD_MASK) != NULL;
    if (is_requeue(v))
        put_uint(v);
    else if (!known || !put_time_at(v, v->argument, size, "tv_nsec"))
        put_pointer(v->out, v->argument);
}

void put_futex_timeout(const struct value *v)
{
    put_timeout(v, word_size(v));
}

void put_futex_timeout64(const struct value *v)
{
    put_timeout(v, 8);
}
