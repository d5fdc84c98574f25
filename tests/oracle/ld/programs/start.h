/* The runtime of programs without a C library: _start, printing numbers and text, and the four
 * functions that compilers call by themselves. One translation unit of a program includes it. */
#ifndef TEST_ORACLE_LD_PROGRAMS_START_H
#define TEST_ORACLE_LD_PROGRAMS_START_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;
typedef __SIZE_TYPE__ size;

#define NOINLINE __attribute__((noinline))

#ifdef __x86_64__
enum { SYSTEM_WRITE = 1, SYSTEM_EXIT = 60 };

static inline long system_call(long number, long a, const void *b, long c)
{
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

__asm__(".pushsection .text\n"
        ".globl _start\n"
        "_start:\n"
        "xorl %ebp, %ebp\n"
        "andq $-16, %rsp\n"
        "call start_program\n"
        ".popsection");
#else
enum { SYSTEM_WRITE = 4, SYSTEM_EXIT = 1 };

static inline long system_call(long number, long a, const void *b, long c)
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
    return result;
}

__asm__(".pushsection .text\n"
        ".globl _start\n"
        "_start:\n"
        "xorl %ebp, %ebp\n"
        "andl $-16, %esp\n"
        "call start_program\n"
        ".popsection");
#endif

/* In assembly, so that no compiler turns the loop into a call of the function itself. */
void *memcpy(void *to, const void *from, size count)
{
    void *end = to;
    __asm__ volatile("rep movsb" : "+D"(end), "+S"(from), "+c"(count) : : "memory");
    return to;
}

void *memset(void *to, int byte, size count)
{
    void *end = to;
    __asm__ volatile("rep stosb" : "+D"(end), "+c"(count) : "a"(byte) : "memory");
    return to;
}

void *memmove(void *to, const void *from, size count)
{
    if ((size)to - (size)from >= count)
        return memcpy(to, from, count);
    u8 *end = (u8 *)to + count - 1;
    const u8 *last = (const u8 *)from + count - 1;
    __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(end), "+S"(last), "+c"(count) : : "memory");
    return to;
}

int memcmp(const void *one, const void *other, size count)
{
    const u8 *a = one, *b = other;
    for (size i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] - b[i];
    return 0;
}

static char start_output[4096];
static size start_used;

static void flush(void)
{
    const char *at = start_output;
    while (start_used > 0) {
        long written = system_call(SYSTEM_WRITE, 1, at, (long)start_used);
        if (written <= 0)
            break;
        at += written;
        start_used -= (size)written;
    }
    start_used = 0;
}

static NOINLINE void put_char(char character)
{
    if (start_used == sizeof start_output)
        flush();
    start_output[start_used++] = character;
}

static NOINLINE void put_text(const char *text)
{
    while (*text)
        put_char(*text++);
}

/* Hex digits need no division, which would need libgcc on i386. */
static NOINLINE void put_hex(u64 number)
{
    int shift = 60;
    while (shift > 0 && number >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        put_char("0123456789abcdef"[number >> shift & 15]);
}

static NOINLINE void put_number(s32 number)
{
    char digits[12];
    int count = 0;
    u32 rest = number < 0 ? 0u - (u32)number : (u32)number;
    do
        digits[count++] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        put_char('-');
    while (count > 0)
        put_char(digits[--count]);
}

/* Prints a line: "name 12" or "name 0x1f". */
__attribute__((unused)) static NOINLINE void show(const char *name, s32 number)
{
    put_text(name);
    put_char(' ');
    put_number(number);
    put_char('\n');
}

__attribute__((unused)) static NOINLINE void show_hex(const char *name, u64 number)
{
    put_text(name);
    put_text(" 0x");
    put_hex(number);
    put_char('\n');
}

/* Prints the bits of a floating-point number. */
__attribute__((unused)) static NOINLINE void show_double(const char *name, double number)
{
    u64 bits;
    memcpy(&bits, &number, sizeof bits);
    show_hex(name, bits);
}

int main(void);

__attribute__((used)) static void start_program(void)
{
    int status = main();
    flush();
    for (;;)
        system_call(SYSTEM_EXIT, status & 0xff, 0, 0);
}

#endif
