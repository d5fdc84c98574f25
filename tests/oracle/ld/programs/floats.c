/* float and double. Every number has few bits, so that rounding and the FPU do not matter. */
#include "start.h"

static const double weights[] = {0.5, 1.25, -2, 1024, 0.0625};
static float state[4] = {1, 2, 4, 8};
double scale = 0.25;

static NOINLINE double dot(const double *a, const float *b, int n)
{
    double s = 0;
    for (int i = 0; i < n; i++)
        s += a[i] * b[i];
    return s;
}

static NOINLINE float mean(const float *v, int n)
{
    float s = 0;
    for (int i = 0; i < n; i++)
        s += v[i];
    return s / (float)n;
}

static NOINLINE double power(double base, int exponent)
{
    double result = 1;
    for (; exponent > 0; exponent--)
        result *= base;
    return result;
}

/* Constants of 16 bytes (sign masks) come from sections of merged constants. */
static NOINLINE double magnitude(double x)
{
    return __builtin_fabs(-x);
}

int main(void)
{
    show_double("dot", dot(weights, state, 4));
    show_double("mean", mean(state, 4));
    show_double("power", power(1.5, 9));
    show_double("scaled", power(2, 20) * scale);
    show_double("magnitude", magnitude(weights[2]));
    for (int i = 0; i < 4; i++)
        state[i] = -state[i] * 3.5f;
    show("floor", (s32)(mean(state, 4) * 8));
    u32 whole = (u32)power(2, 31);
    show_hex("unsigned", whole);
    show("compare", (weights[0] < weights[1]) + 2 * (weights[2] >= scale));
    return (int)dot(weights, state, 2) & 0x7f;
}
