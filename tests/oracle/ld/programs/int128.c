/* machines: x86_64
 * libgcc: x86_64
 * 128-bit integers, whose division is a function of libgcc. */
#include "start.h"

typedef unsigned __int128 u128;
typedef __int128 s128;

static u128 large = (u128)0x0123456789abcdefull << 64 | 0xfedcba9876543210ull;
static const s128 negative = -((s128)1 << 100);

static NOINLINE void show_128(const char *name, u128 n)
{
    put_text(name);
    put_char(' ');
    put_hex((u64)(n >> 64));
    put_char(':');
    put_hex((u64)n);
    put_char('\n');
}

static NOINLINE u128 divide(u128 a, u128 b)
{
    return a / b;
}

static NOINLINE s128 rest(s128 a, s128 b)
{
    return a % b;
}

static NOINLINE u128 power(u128 base, int exponent)
{
    u128 result = 1;
    for (; exponent; exponent >>= 1, base *= base)
        if (exponent & 1)
            result *= base;
    return result;
}

int main(void)
{
    show_128("divide", divide(large, 0x1000000007ull));
    show_128("divide", divide(large, large >> 3));
    show_128("rest", (u128)rest(negative, 12345678901234567ll));
    show_128("power", power(7, 45));
    large -= power(3, 80);
    show_128("large", large);
    show_128("shift", large << 77 | large >> 51);
    show("compare", negative < (s128)large);
    return (int)divide(power(10, 38), power(10, 36));
}
