/* Tables of strings, two of them sharing strings, and pointers into the middle of one. */
#include "start.h"

static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                   "Friday", "Saturday", "Sunday"};
static const char *names[][2] = {{"Monday", "Mo"}, {"Sunday", "Su"}, {"", "empty"}};
const char inside[] = "one\0two\0three";
static const char *const parts[] = {inside, inside + 4, inside + 8, inside + sizeof inside - 1};
struct entry {
    const char *key;
    int value;
};
struct entry entries[] = {{"day", 1}, {"Sunday", 2}, {"unday", 3}, {"", 4}};

static NOINLINE int equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static NOINLINE int find(const char *key)
{
    for (u32 i = 0; i < sizeof entries / sizeof *entries; i++)
        if (equal(entries[i].key, key))
            return entries[i].value;
    return -1;
}

int main(void)
{
    for (int i = 0; i < 7; i++) {
        put_text(days[i]);
        put_char(' ');
        put_text(days[i] + 3);
        put_char(i < 6 ? ',' : '\n');
    }
    for (int i = 0; i < 3; i++)
        show(names[i][0], equal(names[i][0], days[0]));
    for (int i = 0; i < 4; i++)
        show("part", parts[i][0]);
    show("found", find("unday"));
    show("found", find(days[6]));
    show("found", find("x"));
    entries[0].key = names[0][1];
    return find("Mo") + 10;
}
