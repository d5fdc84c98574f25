/* A calculator: a parser by recursive descent over constant expressions. */
#include "start.h"

static const char *at;
static int errors;
static int sum(void);

static const struct {
    char sign;
    int (*apply)(int, int);
} * last_operator;

static int times(int a, int b)
{
    return (int)((u32)a * (u32)b);
}
static int over(int a, int b)
{
    return b ? a / b : (errors++, 0);
}
static int rest(int a, int b)
{
    return b ? a % b : (errors++, 0);
}

static const __typeof__(*last_operator) operators[] = {{'*', times}, {'/', over}, {'%', rest}};

static void skip(void)
{
    while (*at == ' ')
        at++;
}

static int factor(void)
{
    skip();
    if (*at == '-')
        return at++, -factor();
    if (*at == '(') {
        at++;
        int value = sum();
        skip();
        errors += *at != ')';
        at += *at == ')';
        return value;
    }
    int value = 0;
    errors += !(*at >= '0' && *at <= '9');
    while (*at >= '0' && *at <= '9')
        value = value * 10 + (*at++ - '0');
    return value;
}

static int product(void)
{
    int value = factor();
    for (u32 i = 0; skip(), i < 3; i++) {
        if (*at != operators[i].sign)
            continue;
        at++;
        last_operator = &operators[i];
        value = operators[i].apply(value, factor());
        i = ~0u;
    }
    return value;
}

static int sum(void)
{
    int value = product();
    while (skip(), *at == '+' || *at == '-')
        value += *at++ == '+' ? product() : -product();
    return value;
}

static const char *const expressions[] = {
    "1 + 2 * 3", "(1 + 2) * 3", "-(4 - 10) * 7 % 5", "100 / 7 / 2 - -3", "2 * (3 + (4 - 1", "1 / 0",
};

int main(void)
{
    for (u32 i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        at = expressions[i];
        show(expressions[i], sum());
    }
    show("last", last_operator->sign);
    return errors;
}
