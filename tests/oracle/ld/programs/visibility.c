/* Hidden, protected and internal symbols, aliases, and names that differ in C and in the object. */
#include "start.h"

__attribute__((visibility("hidden"))) int hidden = 1;
__attribute__((visibility("protected"))) int protected = 2;
__attribute__((visibility("internal"))) int internal = 3;
int ordinary = 4;
extern int other __attribute__((alias("ordinary"), visibility("hidden")));
int renamed __asm__("name.in.assembly") = 6;
extern int same_place __asm__("name.in.assembly");

__attribute__((visibility("hidden"), noinline)) int hidden_function(int n)
{
    return n + hidden;
}
__attribute__((visibility("protected"), noinline)) int protected_function(int n)
{
    return hidden_function(n) + protected;
}
NOINLINE int global_function(int n)
{
    return protected_function(n) + internal;
}
extern __typeof__(global_function) second_name __attribute__((alias("global_function")));

static int (*const table[])(int) = {hidden_function, protected_function, global_function,
                                    second_name};
static int *const data[] = {&hidden, &protected, &internal, &ordinary, &other, &renamed};

int main(void)
{
    other += 10;
    same_place *= 2;
    for (int i = 0; i < 4; i++)
        show("function", table[i](i * 100));
    for (int i = 0; i < 6; i++)
        show("data", *data[i]);
    show("same", table[2] == table[3]);
    return ordinary + renamed;
}
