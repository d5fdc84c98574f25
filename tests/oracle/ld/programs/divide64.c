/* libgcc: i386
 * 64-bit division, which on i386 is a function of libgcc. */
#include "start.h"

static const s64 numbers[] = {1, -1, 7, -13, 1000000007, -0x7fffffffffffffff, 0x123456789abcdef};
volatile u64 factor = 6364136223846793005ull;

static NOINLINE s64 quotient(s64 a, s64 b)
{
    return a / b;
}

static NOINLINE s64 rest(s64 a, s64 b)
{
    return a % b;
}

static NOINLINE u64 unsigned_both(u64 a, u64 b)
{
    return a / b ^ a % b;
}

static NOINLINE void decimal(u64 n)
{
    char digits[20];
    int count = 0;
    do
        digits[count++] = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    while (count > 0)
        put_char(digits[--count]);
    put_char('\n');
}

int main(void)
{
    u64 mixed = 1;
    for (int i = 0; i < 7; i++) {
        for (int j = 0; j < 7; j++) {
            mixed = mixed * factor + (u64)quotient(numbers[i], numbers[j]);
            mixed ^= (u64)rest(numbers[i], numbers[j]) << 3;
            mixed += unsigned_both((u64)numbers[i], (u64)numbers[j]);
        }
    }
    show_hex("mixed", mixed);
    decimal(factor);
    decimal(18446744073709551615ull);
    return (int)(mixed >> 20 & 0x3f);
}
