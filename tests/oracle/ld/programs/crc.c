/* Check sums with tables: one computed into .bss, one constant. */
#include "start.h"

static u32 table[256];
static const u16 nibbles[16] = {0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
                                0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef};
static const char text[] = "123456789";

static NOINLINE void make_table(void)
{
    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        table[i] = c;
    }
}

static NOINLINE u32 crc32(const void *bytes, size count)
{
    const u8 *at = bytes;
    u32 c = 0xffffffffu;
    while (count-- > 0)
        c = table[(c ^ *at++) & 0xff] ^ c >> 8;
    return ~c;
}

static NOINLINE u16 crc16(const void *bytes, size count)
{
    const u8 *at = bytes;
    u16 c = 0xffff;
    for (; count-- > 0; at++) {
        c = (u16)(c << 4 ^ nibbles[(c >> 12 ^ *at >> 4) & 15]);
        c = (u16)(c << 4 ^ nibbles[(c >> 12 ^ *at) & 15]);
    }
    return c;
}

static NOINLINE u32 adler(const void *bytes, size count)
{
    const u8 *at = bytes;
    u32 a = 1, b = 0;
    while (count-- > 0) {
        a = (a + *at++) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

int main(void)
{
    make_table();
    show_hex("crc32", crc32(text, 9));
    show_hex("crc16", crc16(text, 9));
    show_hex("adler", adler(text, 9));
    show_hex("table", crc32(table, sizeof table));
    return crc32(text, 9) == 0xcbf43926u && crc16(text, 9) == 0x29b1 ? 42 : 1;
}
