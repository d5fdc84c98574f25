/* Assembly inside C: operands, symbols by name, separate sections. */
#include "start.h"

u32 asm_table[3] = {5, 6, 7};
int from_asm(int);
extern const char asm_text[];

__asm__(".pushsection .rodata.asm, \"a\"\n"
        ".globl asm_text\n"
        "asm_text: .string \"from assembly\"\n"
        ".popsection\n"
        ".pushsection .text\n"
        ".globl from_asm\n"
        ".type from_asm, @function\n"
        "from_asm:\n"
#ifdef __x86_64__
        "leal 1(%rdi,%rdi,2), %eax\n"
#else
        "movl 4(%esp), %eax\n"
        "leal 1(%eax,%eax,2), %eax\n"
#endif
        "ret\n"
        ".size from_asm, . - from_asm\n"
        ".popsection");

static NOINLINE u32 rotate(u32 n, u8 by)
{
    __asm__("roll %%cl, %0" : "+r"(n) : "c"(by) : "cc");
    return n;
}

static NOINLINE u32 swap_bytes(u32 n)
{
    __asm__("bswap %0" : "+r"(n));
    return n;
}

static NOINLINE u64 multiply(u32 a, u32 b)
{
    u32 low, high;
    __asm__("mull %3" : "=a"(low), "=d"(high) : "a"(a), "r"(b) : "cc");
    return (u64)high << 32 | low;
}

static NOINLINE u32 bits(u32 n)
{
    u32 count = 0;
    __asm__("1: testl %0, %0\n\tjz 2f\n\tmovl %0, %%ecx\n\tandl $1, %%ecx\n\taddl %%ecx, %1\n\t"
            "shrl %0\n\tjmp 1b\n2:"
            : "+r"(n), "+r"(count)
            :
            : "ecx", "cc");
    return count;
}

int main(void)
{
    put_text(asm_text);
    put_char('\n');
    show("function", from_asm(13));
    show_hex("rotate", rotate(0x80000001u, 4));
    show_hex("swap", swap_bytes(0x01020304));
    show_hex("multiply", multiply(0xffffffffu, 0x10001u));
    show("bits", (s32)bits(0xf0f01u));
    show("table", (s32)(asm_table[0] * asm_table[2]));
    return from_asm(10);
}
