/* The sieve of Eratosthenes over a large .bss, in bytes and in bits. */
#include "start.h"

static u8 composite[300000];
static u32 bits[20000];

static NOINLINE int count_bytes(int most)
{
    int count = 0;
    for (int i = 2; i < most; i++) {
        if (composite[i])
            continue;
        count++;
        for (int j = 2 * i; j < most; j += i)
            composite[j] = 1;
    }
    return count;
}

static NOINLINE int count_bits(u32 most)
{
    int count = 0;
    for (u32 i = 2; i < most; i++) {
        if (bits[i >> 5] >> (i & 31) & 1)
            continue;
        count++;
        for (u32 j = 2 * i; j < most; j += i)
            bits[j >> 5] |= 1u << (j & 31);
    }
    return count;
}

int main(void)
{
    int first = count_bytes(300000), second = count_bits(300000);
    show("bytes", first);
    show("bits", second);
    int largest = 299999;
    while (composite[largest])
        largest--;
    show("largest", largest);
    return first == second ? 42 : 1;
}
