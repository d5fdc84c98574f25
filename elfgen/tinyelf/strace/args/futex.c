/* Prints arguments of futex, which each operation uses in its own way. */
#include <linux/futex.h>

#include "args.h"

void strace_put_futex_op(const struct strace_value *v)
{
    uint32_t op = (uint32_t)v->argument;
    const char *name = xlat_name(v->xlat, op & (uint32_t)FUTEX_CMD_MASK);
    if (!name) {
        strace_put_word_of(v->out, v->xlat, op);
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
    strace_put_word_of(out, &xlat_futex_wake_op, op);
    elfgen_text_string(out, "<<28|");
    strace_put_hexadecimal(out, number >> 12 & 0xfff);
    elfgen_text_string(out, "<<12|");
    strace_put_word_of(out, &xlat_futex_wake_compare, compare);
    elfgen_text_string(out, "<<24|");
    strace_put_hexadecimal(out, number & 0xfff);
}

void strace_put_futex_val3(const struct strace_value *v)
{
    uint32_t number = (uint32_t)v->argument;
    switch (strace_argument(v, 1) & (uint32_t)FUTEX_CMD_MASK) {
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAKE_BITSET:
        if (number == FUTEX_BITSET_MATCH_ANY)
            elfgen_text_string(v->out, "FUTEX_BITSET_MATCH_ANY");
        else
            strace_put_hexadecimal(v->out, number);
        break;
    case FUTEX_CMP_REQUEUE:
    case FUTEX_CMP_REQUEUE_PI:
        strace_put_count(v->out, number);
        break;
    case FUTEX_WAKE_OP:
        put_wake_op(v->out, number);
        break;
    default:
        strace_put_hexadecimal(v->out, number);
        break;
    }
}

static bool is_requeue(const struct strace_value *v)
{
    uint32_t op = (uint32_t)strace_argument(v, 1) & (uint32_t)FUTEX_CMD_MASK;
    return op == FUTEX_REQUEUE || op == FUTEX_CMP_REQUEUE || op == FUTEX_CMP_REQUEUE_PI ||
           op == FUTEX_WAKE_OP;
}

static void put_timeout(const struct strace_value *v, size_t size)
{
    bool known = xlat_name(&xlat_futex, strace_argument(v, 1) & (uint32_t)FUTEX_CMD_MASK) != NULL;
    if (is_requeue(v))
        strace_put_uint(v);
    else if (!known || !strace_put_time_at(v, v->argument, size, "tv_nsec"))
        strace_put_pointer(v->out, v->argument);
}

void strace_put_futex_timeout(const struct strace_value *v)
{
    put_timeout(v, strace_word_size(v));
}

void strace_put_futex_timeout64(const struct strace_value *v)
{
    put_timeout(v, 8);
}
