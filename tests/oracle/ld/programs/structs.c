/* Structs by value: small ones in registers, large ones through memory, returned and nested. */
#include "start.h"

struct pair {
    int a, b;
};
struct mixed {
    double d;
    int i;
};
struct large {
    u32 words[12];
    struct pair pair;
};
struct bytes {
    u8 b[3];
};

NOINLINE struct pair swap(struct pair p)
{
    return (struct pair){p.b, p.a};
}

NOINLINE struct mixed grow(struct mixed m, int by)
{
    m.d *= by;
    m.i += by;
    return m;
}

NOINLINE struct large fill(u32 seed, struct pair pair)
{
    struct large l;
    for (int i = 0; i < 12; i++)
        l.words[i] = seed += 0x9e3779b9u;
    l.pair = swap(pair);
    return l;
}

NOINLINE u32 sum(struct large l, struct bytes b)
{
    u32 s = 0;
    for (int i = 0; i < 12; i++)
        s += l.words[i];
    return s + b.b[0] * 65536u + b.b[1] * 256u + b.b[2];
}

struct large global = {.words = {[3] = 7, [11] = 9}, .pair = {1, -1}};

int main(void)
{
    struct pair p = swap((struct pair){3, 40});
    show("first", p.a);
    show("second", p.b);
    struct mixed m = grow((struct mixed){1.25, 5}, 3);
    show_double("double", m.d);
    show("int", m.i);
    struct large l = fill(1, p);
    show_hex("sum", sum(l, (struct bytes){{1, 2, 3}}));
    show_hex("sum", sum(global, (struct bytes){{9, 8, 7}}));
    global = l;
    show("copied", memcmp(&global, &l, sizeof l));
    show("pair", global.pair.a);
    return (int)sizeof(struct large);
}
