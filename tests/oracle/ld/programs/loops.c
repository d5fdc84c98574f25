/* Loops of every kind, nested, left early and continued. */
#include "start.h"

static NOINLINE u32 collatz(u32 n)
{
    u32 steps = 0;
    for (; n != 1; steps++)
        n = n & 1 ? 3 * n + 1 : n / 2;
    return steps;
}

static NOINLINE int triangles(int most)
{
    int found = 0;
    for (int a = 1; a < most; a++) {
        for (int b = a; b < most; b++) {
            for (int c = b; c < most; c++) {
                if (c * c > a * a + b * b)
                    break;
                if (c * c != a * a + b * b)
                    continue;
                found++;
            }
        }
    }
    return found;
}

static NOINLINE u32 gcd(u32 a, u32 b)
{
    while (b) {
        u32 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int main(void)
{
    int longest = 0;
    u32 best = 0;
    for (int n = 1; n < 3000; n++) {
        u32 steps = collatz((u32)n);
        if (steps > best) {
            best = steps;
            longest = n;
        }
    }
    show("longest", longest);
    show("steps", (s32)best);
    show("triangles", triangles(60));
    show("gcd", (s32)gcd(3528, 3780));
    int i = 0;
    do
        if (i++ % 3 == 2)
            put_char((char)('a' + i));
    while (i < 20);
    put_char('\n');
    return (int)best & 0x7f;
}
