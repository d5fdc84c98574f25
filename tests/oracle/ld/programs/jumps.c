/* Leaving several functions at once, with the compilers' own setjmp. */
#include "start.h"

static void *buffer[5];
static volatile int depth;

static NOINLINE void fall(int n)
{
    depth++;
    if (n == 0)
        __builtin_longjmp(buffer, 1);
    fall(n - 1);
    depth += 1000;
}

static NOINLINE int attempt(int n)
{
    if (__builtin_setjmp(buffer))
        return depth;
    if (n >= 0)
        fall(n);
    return -1;
}

int main(void)
{
    show("none", attempt(-1));
    show("three", attempt(3));
    show("ten", attempt(10));
    return depth;
}
