/* Alignments larger and smaller than those of the types. */
#include "start.h"

static char one = 1;
static char sixteen __attribute__((aligned(16))) = 2;
static char small[3] = {3, 4, 5};
static char page __attribute__((aligned(256))) = 6;
static const u8 constant[7] __attribute__((aligned(32))) = {7, 8, 9};
static char empty[65] __attribute__((aligned(128)));
struct __attribute__((packed)) packed {
    u8 tag;
    u32 value;
    u16 rest;
    const void *pointer;
};
static struct packed records[3] = {{1, 0x11223344, 5, &page}, {2, 0x55667788, 6, &constant[2]}};
struct cell {
    u8 b;
} __attribute__((aligned(64)));
static struct cell cells[3] = {{10}, {20}, {30}};
__attribute__((aligned(64), noinline)) static int function(int n)
{
    return n + one;
}

static NOINLINE int off(const void *address, u32 alignment)
{
    return (int)((size)address & (alignment - 1));
}

int main(void)
{
    show("16", off(&sixteen, 16));
    show("256", off(&page, 256));
    show("32", off(constant, 32));
    show("128", off(empty, 128));
    show("64", off(cells, 64));
    show("function", off((const void *)(size)function, 64));
    show("sum", sixteen + small[2] + page + constant[2] + empty[64] + cells[2].b);
    for (int i = 0; i < 3; i++) {
        records[i].value += (u32)i;
        show_hex("record", records[i].value + records[i].tag + records[i].rest);
    }
    show("pointed", *(const char *)records[0].pointer);
    show("pointed", *(const u8 *)records[1].pointer);
    return function((int)sizeof(struct cell));
}
