/* A hash table with open addressing over static storage. */
#include "start.h"

enum { SLOTS = 256 };
static struct {
    const char *key;
    u32 value;
} slots[SLOTS];
static char names[100][6];
static int collisions;

static u32 hash(const char *key)
{
    u32 h = 2166136261u;
    while (*key)
        h = (h ^ (u8)*key++) * 16777619u;
    return h;
}

static int equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static NOINLINE u32 *look_up(const char *key)
{
    u32 at = hash(key) % SLOTS;
    for (; slots[at].key; at = (at + 1) % SLOTS, collisions++)
        if (equal(slots[at].key, key))
            return &slots[at].value;
    slots[at].key = key;
    return &slots[at].value;
}

int main(void)
{
    for (int i = 0; i < 100; i++) {
        char *name = names[i];
        *name++ = 'k';
        *name++ = (char)('a' + i % 26);
        *name++ = (char)('a' + i / 26);
        *look_up(names[i]) = (u32)i * i;
    }
    u32 sum = 0;
    for (int i = 0; i < 100; i++)
        sum = sum * 17 + *look_up(names[99 - i]);
    show_hex("sum", sum);
    show("new", (s32)*look_up("none"));
    ++*look_up("kab");
    show("kab", (s32)*look_up(names[26]));
    return collisions & 0xff;
}
