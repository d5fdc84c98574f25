/* Function pointers: in arrays, in structs, const and not, as arguments and results. */
#include "start.h"

typedef int operation(int, int);

static int add(int a, int b)
{
    return a + b;
}
static int subtract(int a, int b)
{
    return a - b;
}
int multiply(int a, int b)
{
    return a * b;
}
__attribute__((weak)) int modulo(int a, int b)
{
    return a % b;
}

static operation *const constant[] = {add, subtract, multiply, modulo};
static operation *changing[] = {modulo, multiply, subtract, add};
struct command {
    const char *name;
    operation *run;
    struct command *next;
};
static struct command commands[] = {
    {"first", add, &commands[2]}, {"second", multiply, 0}, {"third", modulo, &commands[1]}};
operation *volatile indirect = subtract;

static NOINLINE operation *choose(int n)
{
    return n & 1 ? constant[n & 3] : changing[n & 3];
}

static NOINLINE int fold(operation *with, const int *values, int count)
{
    int result = values[0];
    for (int i = 1; i < count; i++)
        result = with(result, values[i]);
    return result;
}

int main(void)
{
    static const int values[] = {1000, 7, 3, 11};
    for (int i = 0; i < 4; i++)
        show("fold", fold(constant[i], values, 4));
    changing[0] = choose(1);
    for (int i = 0; i < 8; i++)
        show("choose", choose(i)(50, i + 1));
    for (const struct command *c = commands; c; c = c->next)
        show(c->name, c->run(17, 5));
    show("same", constant[0] == commands[0].run);
    return indirect(100, 58);
}
