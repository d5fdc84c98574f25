/* Zeros that take no room in the file: a megabyte, and small ones of all alignments around it. */
#include "start.h"

static u8 before;
static u64 wide;
static u8 large[1 << 20];
static u8 after;
static u32 aligned[4] __attribute__((aligned(4096)));
int shared_zero;
static int initialised = 1;

int main(void)
{
    u32 sum = 0;
    for (u32 i = 0; i < sizeof large; i += 97)
        sum += large[i];
    show("zeros", (s32)(sum + before + after + aligned[3] + (u32)wide + (u32)shared_zero));
    for (u32 i = 0; i < sizeof large; i++)
        large[i] = (u8)(i * 7 >> 3);
    before = 1;
    after = 2;
    wide = ~0ull;
    for (u32 i = 0; i < sizeof large; i++)
        sum = sum * 31 + large[i];
    show_hex("sum", sum);
    show("aligned", (s32)((size)aligned & 4095) + (s32)((size)&wide & 3));
    return before + after + initialised + (int)(aligned[0] + (u32)shared_zero);
}
