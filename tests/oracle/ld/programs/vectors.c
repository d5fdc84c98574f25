/* machines: x86_64
 * 16-byte vectors: constants in sections with 16-byte entries, aligned accesses. */
#include "start.h"

typedef float floats __attribute__((vector_size(16)));
typedef u32 words __attribute__((vector_size(16)));
typedef u8 bytes __attribute__((vector_size(16)));

static floats weights = {0.5f, 1.5f, 2.5f, 3.5f};
static const words masks[2] = {{1, 2, 4, 8}, {0xff, 0xff00, 0xff0000, 0xff000000}};
words total;

static NOINLINE floats scale(floats v, float by)
{
    return v * by + (floats){1, 2, 3, 4};
}

static NOINLINE u32 sum(words v)
{
    return v[0] + v[1] + v[2] + v[3];
}

static NOINLINE bytes mix(bytes a)
{
    return (a ^ (bytes){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}) + a;
}

int main(void)
{
    floats f = scale(weights, 4);
    for (int i = 0; i < 4; i++)
        show("float", (s32)(f[i] * 8));
    total += masks[0] * 3 | masks[1];
    show_hex("sum", sum(total));
    bytes b = mix((bytes)total);
    show_hex("bytes", b[0] + b[5] * 256u + b[15] * 65536u);
    show("aligned", (s32)((size)&total & 15));
    return (int)sum(masks[0]);
}
