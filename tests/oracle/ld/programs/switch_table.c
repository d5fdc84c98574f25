/* Dense switches, which compilers turn into tables of addresses or distances, and sparse ones. */
#include "start.h"

static NOINLINE int apply(int operation, int a, int b)
{
    switch (operation) {
    case 0:
        return a + b;
    case 1:
        return a - b;
    case 2:
        return a * b;
    case 3:
        return b ? a / b : 0;
    case 4:
        return a << (b & 7);
    case 5:
        return a ^ b;
    case 6:
        return a > b;
    case 7:
        return -a;
    case 8:
        return ~b;
    case 9:
        return a & b;
    default:
        return 1000 + operation;
    }
}

static NOINLINE const char *name(int operation)
{
    switch (operation) {
    case 0:
        return "add";
    case 1:
        return "sub";
    case 2:
        return "mul";
    case 3:
        return "div";
    case 4:
        return "shift";
    case 5:
        return "xor";
    default:
        return "other";
    }
}

static NOINLINE int sparse(u32 n)
{
    switch (n) {
    case 1:
        return 3;
    case 90:
        return 5;
    case 10000:
        return 7;
    case 0x80000000u:
        return 11;
    case 'a' ... 'f':
        return (int)n;
    }
    return 0;
}

static NOINLINE int through(int n)
{
    int sum = 0;
    switch (n) {
    case 5:
        sum += 5; /* fall through */
    case 4:
        sum += 4; /* fall through */
    case 3:
        sum += 3; /* fall through */
    case 2:
        sum += 2; /* fall through */
    case 1:
        sum += 1;
    }
    return sum;
}

int main(void)
{
    for (int operation = -1; operation < 11; operation++)
        show(name(operation), apply(operation, 12345, operation + 3));
    show("sparse", sparse(1) + sparse(90) + sparse(10000) + sparse(0x80000000u) + sparse('c'));
    for (int i = 0; i < 7; i++)
        show("through", through(i));
    return apply(2, 6, 7);
}
