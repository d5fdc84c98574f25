/* Static variables of the file and of functions, with equal names, zero and not. */
#include "start.h"

static int counter = 5;
static int zero;
static const int constant = 11;
static u8 byte = 0xfe;
static u64 wide = 0x0123456789abcdefull;

static NOINLINE int one(void)
{
    static int counter = 100;
    static const char text[] = "one";
    zero += text[0] == 'o';
    return counter++;
}

static NOINLINE int two(void)
{
    static int counter = 200, zero;
    static const char text[] = "two";
    zero += text[1] == 'w';
    return counter++ + zero;
}

static NOINLINE int *slot(int n)
{
    static int slots[3] = {[1] = 4};
    return &slots[n];
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        show("one", one());
        show("two", two());
        *slot(i) += i + counter++;
    }
    for (int i = 0; i < 3; i++)
        show("slot", *slot(i));
    byte += 3;
    wide += byte;
    show_hex("wide", wide);
    show("zero", zero);
    return counter + constant;
}
