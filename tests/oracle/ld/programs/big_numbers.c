/* Numbers of any length: a factorial and a power in decimal digits. */
#include "start.h"

struct number {
    u32 digits[40];
    int count;
};
static struct number factorial = {{1}, 1};
static const struct number one = {{1}, 1};

static NOINLINE void multiply(struct number *n, u32 by)
{
    u32 carry = 0;
    for (int i = 0; i < n->count; i++) {
        u32 product = n->digits[i] * by + carry;
        n->digits[i] = product % 10000;
        carry = product / 10000;
    }
    if (carry)
        n->digits[n->count++] = carry;
}

static NOINLINE void print(const struct number *n)
{
    put_number((s32)n->digits[n->count - 1]);
    for (int i = n->count - 2; i >= 0; i--)
        for (u32 unit = 1000; unit > 0; unit /= 10)
            put_char((char)('0' + n->digits[i] / unit % 10));
    put_char('\n');
}

int main(void)
{
    for (u32 i = 2; i <= 50; i++)
        multiply(&factorial, i);
    print(&factorial);
    struct number power = one;
    for (int i = 0; i < 300; i++)
        multiply(&power, 2);
    print(&power);
    return factorial.count * 3;
}
