/* Generators of random numbers with 64-bit state: shifts, multiplications, rotations. */
#include "start.h"

static u64 state[4] = {1, 2, 3, 4};
static u64 weyl;
static u32 buckets[16];

static u64 rotate(u64 n, int by)
{
    return n << by | n >> (64 - by);
}

static NOINLINE u64 xoshiro(void)
{
    u64 result = rotate(state[1] * 5, 7) * 9, held = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= held;
    state[3] = rotate(state[3], 45);
    return result;
}

static NOINLINE u32 middle(u64 *seed)
{
    weyl += 0xb5ad4eceda1ce2a9ull;
    *seed = *seed * *seed + weyl;
    return (u32)((*seed = rotate(*seed, 32)) & 0xffffffffu);
}

int main(void)
{
    u64 seed = 42, mixed = 0;
    for (int i = 0; i < 1000; i++) {
        u64 n = xoshiro();
        mixed = mixed * 31 + n + middle(&seed);
        buckets[n >> 60]++;
    }
    show_hex("mixed", mixed);
    show_hex("state", state[0] ^ state[1] ^ state[2] ^ state[3]);
    for (int i = 0; i < 16; i += 5)
        show("bucket", (s32)buckets[i]);
    return (int)(mixed & 0x7f);
}
