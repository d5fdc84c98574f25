/* Sections whose names are C identifiers: ld defines __start_NAME and __stop_NAME around each. */
#include "start.h"

struct command {
    const char *name;
    int (*run)(int);
};
#define IN(name) __attribute__((section(name), used))
#define COMMAND(name, expression)                                                                  \
    static int name(int n)                                                                         \
    {                                                                                              \
        return expression;                                                                         \
    }                                                                                              \
    static const struct command command_##name IN("commands") = {#name, name};

COMMAND(twice, n * 2)
COMMAND(square, n *n)
COMMAND(negate, -n)

extern const struct command __start_commands[], __stop_commands[];

static int one IN("numbers") = 1;
static int ten IN("numbers") = 10;
extern int __start_numbers[], __stop_numbers[];

IN("code_of_its_own") static NOINLINE int elsewhere(int n)
{
    return n + one;
}
static const char text[] __attribute__((section(".rodata.other"))) = "other\n";
static int cold __attribute__((section(".data.cold"))) = 20;

int main(void)
{
    /* Sums, since compilers choose the order of the pieces. */
    int sum = 0, count = 0;
    for (const struct command *c = __start_commands; c < __stop_commands; c++)
        sum += c->run(9) + c->name[0];
    show("commands", sum);
    sum = 0;
    for (int *n = __start_numbers; n < __stop_numbers; n++, count++)
        sum += *n;
    show("sum", sum);
    show("count", count);
    put_text(text);
    ten += cold;
    show("again", __start_numbers[0] + __start_numbers[1]);
    return elsewhere(41);
}
