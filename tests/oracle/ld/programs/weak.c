/* Weak symbols: absent ones have address 0, present ones work, data and functions. */
#include "start.h"

extern int absent_data __attribute__((weak));
int absent_function(int) __attribute__((weak));
int present_data __attribute__((weak)) = 31;
__attribute__((weak)) int present_function(int n)
{
    return n + 1;
}
int target(int n)
{
    return n * 3;
}
extern __typeof__(target) other_name __attribute__((weak, alias("target")));

static int (*const table[])(int) = {absent_function, present_function, other_name};
static int *const data[] = {&absent_data, &present_data};

int main(void)
{
    for (int i = 0; i < 3; i++)
        show("function", table[i] ? table[i](i + 10) : -1);
    for (int i = 0; i < 2; i++)
        show("data", data[i] ? *data[i] : -1);
    if (absent_function)
        show("absent", absent_function(1));
    if (&absent_data)
        show("absent", absent_data);
    show("alias", other_name(7));
    return present_data;
}
