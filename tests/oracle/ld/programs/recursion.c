/* Recursion: one function, two that call each other, and a deep one. */
#include "start.h"

NOINLINE u32 fibonacci(u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

NOINLINE int is_odd(int n);

NOINLINE int is_even(int n)
{
    return n == 0 ? 1 : is_odd(n - 1);
}

NOINLINE int is_odd(int n)
{
    return n == 0 ? 0 : is_even(n - 1);
}

static NOINLINE u32 ackermann(u32 m, u32 n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n ? ackermann(m, n - 1) : 1);
}

static int moves;

static void hanoi(int disks, char from, char to, char over)
{
    if (disks == 0)
        return;
    hanoi(disks - 1, from, over, to);
    moves++;
    if (disks > 3) {
        put_char(from);
        put_char(to);
    }
    hanoi(disks - 1, over, to, from);
}

int main(void)
{
    show("fibonacci", (s32)fibonacci(20));
    show("even", is_even(501));
    show("ackermann", (s32)ackermann(2, 30));
    hanoi(6, 'a', 'b', 'c');
    put_char('\n');
    return moves;
}
