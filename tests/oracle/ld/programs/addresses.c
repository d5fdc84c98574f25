/* Addresses in initialised data: middles, ends, differences, members, casts, addends below zero. */
#include "start.h"

struct point {
    char tag;
    int x, y;
    short inner[4];
};
static int array[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
struct point points[3] = {{'a', 1, 2, {3, 4, 5, 6}}, {'b', 7, 8, {9}}, {'c', 10, 11, {12, 13}}};
static int *const middle = &array[4];
static int *const end = &array[10];
static short *member = &points[1].inner[2];
int *address_of_y = &points[2].y;
static int **const indirect[] = {&address_of_y, 0};
static void *self = &self;
static const size number = (size)&array[3];
/* A pointer before the array, as compilers make for an array whose indexes start at 5. */
static int *const from_five = (int *)((size)array - 5 * sizeof(int));
static char bytes[20];
static char *const last_byte = &bytes[19];
static int main_is_here(void);
static int (*const function)(void) = main_is_here;

static int main_is_here(void)
{
    return 77;
}

int main(void)
{
    show("middle", *middle);
    show("length", (s32)(end - array));
    *member = 99;
    show("member", points[1].inner[2]);
    show("y", **indirect[0]);
    address_of_y = &array[7];
    show("y", **indirect[0]);
    show("self", self == &self && *(void **)self == self);
    show("number", *(int *)number);
    show("from five", from_five[5] + from_five[14]);
    *last_byte = 5;
    show("last", bytes[19]);
    for (int *p = middle; p < end; p++)
        *p *= 2;
    show("doubled", array[9]);
    return function();
}
