/* Quicksort and heapsort, with a comparison as an argument, of numbers, structs and strings. */
#include "start.h"

typedef int compare(const void *, const void *);

static void swap(u8 *a, u8 *b, size width)
{
    while (width-- > 0) {
        u8 held = *a;
        *a++ = *b;
        *b++ = held;
    }
}

static NOINLINE void quick_sort(void *base, size count, size width, compare *order)
{
    u8 *first = base;
    if (count < 2)
        return;
    swap(first, first + count / 2 * width, width);
    size less = 0;
    for (size i = 1; i < count; i++)
        if (order(first + i * width, first) < 0)
            swap(first + ++less * width, first + i * width, width);
    swap(first, first + less * width, width);
    quick_sort(first, less, width, order);
    quick_sort(first + (less + 1) * width, count - less - 1, width, order);
}

static void sink(u32 *v, int at, int end)
{
    for (int child; (child = 2 * at + 1) < end; at = child) {
        if (child + 1 < end && v[child + 1] > v[child])
            child++;
        if (v[at] >= v[child])
            return;
        u32 held = v[at];
        v[at] = v[child];
        v[child] = held;
    }
}

static NOINLINE void heap_sort(u32 *v, int count)
{
    for (int at = count / 2; at-- > 0;)
        sink(v, at, count);
    while (--count > 0) {
        u32 held = v[0];
        v[0] = v[count];
        v[count] = held;
        sink(v, 0, count);
    }
}

static int by_number(const void *a, const void *b)
{
    u32 x = *(const u32 *)a, y = *(const u32 *)b;
    return (x > y) - (x < y);
}

static int by_text(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    while (*x && *x == *y)
        x++, y++;
    return (u8)*x - (u8)*y;
}

struct item {
    u8 tag;
    s16 key;
};

static int by_key(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return x->key != y->key ? x->key - y->key : x->tag - y->tag;
}

static u32 numbers[200], copies[200];
static const char *words[] = {"pear", "apple", "fig", "app", "", "plum", "apples", "kiwi"};
static struct item items[] = {{1, 5}, {2, -7}, {3, 5}, {4, 300}, {5, -300}, {6, 0}};

int main(void)
{
    u32 seed = 12345;
    for (int i = 0; i < 200; i++)
        numbers[i] = copies[i] = (seed = seed * 1664525u + 1013904223u) >> 8;
    quick_sort(numbers, 200, sizeof *numbers, by_number);
    heap_sort(copies, 200);
    int wrong = 0;
    for (int i = 1; i < 200; i++)
        wrong += numbers[i - 1] > numbers[i];
    show("wrong", wrong);
    show("same", memcmp(numbers, copies, sizeof numbers));
    show_hex("median", numbers[100]);
    quick_sort(words, 8, sizeof *words, by_text);
    for (int i = 0; i < 8; i++)
        show(words[i], i);
    quick_sort(items, 6, sizeof *items, by_key);
    for (int i = 0; i < 6; i++)
        show("item", items[i].tag);
    return (int)(numbers[0] & 0x7f);
}
