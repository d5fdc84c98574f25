/* Functions and data that nobody uses, some of which refer to one another in a circle. */
#include "start.h"

int ring_one(int);
static const char *unused_names[] = {"never", "printed"};
int unused_array[1000] = {1, 2, 3};
int ring_two(int n)
{
    return ring_one(n) + unused_array[n & 7];
}
int ring_one(int n)
{
    return n ? ring_two(n - 1) : unused_names[0][0];
}
const char unused_text[] = "a text that no one reads, of more than a few bytes";
int used_by_data_only(int n)
{
    return n * 6;
}
int (*table[])(int) = {used_by_data_only, 0};
static const int *const kept = &(const int){7};

int main(void)
{
    put_text("used\n");
    return table[0](*kept);
}
