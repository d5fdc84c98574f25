/* String constants used by several functions: some are tails of others, some contain zeros. */
#include "start.h"

static NOINLINE void first(void)
{
    put_text("hello, world\n");
    put_text("world\n");
}

static NOINLINE void second(void)
{
    put_text("world\n");
    put_text("hello, world\n");
    put_text("\n");
    put_text("");
}

static NOINLINE u32 hash(const char *text, u32 length)
{
    u32 h = 5381;
    while (length-- > 0)
        h = h * 33 + (u8)*text++;
    return h;
}

static char writable[] = "world\n";
static const char *volatile pointer = "d\n";

int main(void)
{
    first();
    second();
    writable[0] = 'W';
    put_text(writable);
    put_text("world\n");
    put_text(pointer);
    show_hex("hash", hash("a\0b\0c", 6));
    show_hex("hash", hash("c", 2));
    show_hex("wide", hash((const char *)L"wide text", 40));
    show_hex("wide", hash((const char *)L"text", 20));
    show_hex("short", hash((const char *)u"text", 10));
    return "world"[2];
}
