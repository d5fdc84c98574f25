/* Text: bytes of characters in tables, UTF-8, and strings searched and changed in place. */
#include "start.h"

static const u8 classes[128] = {
    ['0' ... '9'] = 1, ['a' ... 'z'] = 2, ['A' ... 'Z'] = 3, [' '] = 4, ['\n'] = 4};
static char buffer[] = "The quick brown fox, 1 dog & 27 cats.\n";
static const char letters[] = "z\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\x98!";
static const u32 limits[] = {0x80, 0x800, 0x10000, 0x110000};

static NOINLINE u32 next(const char **text)
{
    u32 c = (u8) * (*text)++;
    int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (more)
        c &= 0x3fu >> more;
    for (int i = 0; i < more; i++)
        c = c << 6 | ((u8) * (*text)++ & 0x3f);
    return c < limits[more] ? c : 0xfffd;
}

static NOINLINE char *find(char *in, const char *what)
{
    for (; *in; in++) {
        size i = 0;
        while (what[i] && in[i] == what[i])
            i++;
        if (!what[i])
            return in;
    }
    return 0;
}

int main(void)
{
    int counts[5] = {0};
    for (const char *c = buffer; *c; c++)
        counts[classes[*c & 127]]++;
    for (int i = 0; i < 5; i++)
        show("class", counts[i]);
    char *brown = find(buffer, "brown");
    memmove(brown + 1, brown, 4);
    *brown = 'B';
    put_text(buffer);
    memmove(brown, brown + 2, 6);
    put_text(buffer);
    show("missing", find(buffer, "elephant") != 0);
    for (const char *at = letters; *at;)
        show_hex("letter", next(&at));
    return (int)(find(buffer, "fox") - buffer);
}
