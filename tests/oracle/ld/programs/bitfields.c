/* Bit-fields: signed, unsigned, across words, in arrays and initialised. */
#include "start.h"

struct flags {
    unsigned one : 1;
    unsigned three : 3;
    signed five : 5;
    unsigned : 0;
    unsigned long long wide : 40;
    unsigned last : 7;
};

static struct flags table[4] = {{1, 5, -3, 0x123456789aull, 100}, {0, 7, 15, 1, 127}};
const struct flags fixed = {1, 2, -16, 0xffffffffffull, 3};

static NOINLINE void add(struct flags *f, int n)
{
    f->one = (unsigned)n & 1;
    f->three = (f->three + (unsigned)n) & 7;
    f->wide += (unsigned)n;
    f->last = (f->last ^ (unsigned)n) & 127;
}

static NOINLINE void print(const struct flags *f)
{
    put_number(f->one);
    put_char(' ');
    put_number(f->three);
    put_char(' ');
    put_number(f->five);
    put_char(' ');
    put_hex(f->wide);
    put_char(' ');
    put_number(f->last);
    put_char('\n');
}

int main(void)
{
    for (int i = 0; i < 4; i++)
        add(&table[i], i * 37);
    for (int i = 0; i < 4; i++)
        print(&table[i]);
    print(&fixed);
    return table[1].last;
}
