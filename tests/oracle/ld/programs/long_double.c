/* The x87's 80-bit numbers, in arguments, results and constants. */
#include "start.h"

static const long double powers[] = {1e1L, 1e2L, 1e4L, 1e8L, 1e16L};
static long double accumulated = 0.5L;

static NOINLINE void show_long(const char *name, long double number)
{
    struct {
        u64 mantissa;
        u16 exponent;
    } parts = {0, 0};
    memcpy(&parts, &number, 10);
    put_text(name);
    put_char(' ');
    put_hex(parts.exponent);
    put_char(':');
    put_hex(parts.mantissa);
    put_char('\n');
}

static NOINLINE long double product(const long double *v, int n)
{
    long double p = 1;
    while (n-- > 0)
        p *= v[n];
    return p;
}

static NOINLINE long double mixed(int i, long double a, double b, float c)
{
    return i + a * b - c;
}

int main(void)
{
    show_long("product", product(powers, 4));
    show_long("mixed", mixed(3, 0.125L, 16.0, 2.5f));
    accumulated += product(powers, 2);
    show_long("accumulated", accumulated);
    show_long("negative", -accumulated * 4);
    show("int", (s32)accumulated);
    s64 wide = (s64)(powers[4] + 1);
    show_hex("wide", (u64)wide);
    return (int)product(powers, 1);
}
