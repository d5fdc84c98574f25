/* Random programs: instructions of all kinds between calls, loops and branches. */
#include "golf_random.h"

#include <stdarg.h>

#include "x86/x86.h"

static unsigned pick(struct source *source, unsigned count)
{
    return (unsigned)(next_random(&source->random) >> 20) % count;
}

/* A general register but the stack pointer, as a part of `size` bytes, or of any. */
static const char *any_register(struct source *source, unsigned size)
{
    static const unsigned classes[] = {[1] = 0x10, [2] = 0x20, [4] = 0x30, [8] = 0x40};
    unsigned reg = pick(source, source->bits == 64 ? 16 : size == 1 ? 4 : 8);
    return elfgen_x86_register_name(classes[size] + (reg == 4 ? 0 : reg));
}

static unsigned any_size(struct source *source)
{
    static const unsigned sizes[] = {1, 2, 4, 4, 8, 8};
    unsigned size = sizes[pick(source, 6)];
    return size > source->bits / 8 ? source->bits / 8 : size;
}

static void say(struct source *source, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(struct source *source, const char *format, ...)
{
    char line[200];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    elfgen_text_string(&source->text, line);
}

/* Writes a register to standard output. No address stays in a register: it would be used as a
 * number. */
static void say_write(struct source *source)
{
    if (source->bits == 64)
        say(source,
            "mov [out], %s\nmov eax, 1\nmov edi, 1\nmov esi, out\nmov edx, 8\nsyscall\n"
            "mov ecx, 3\nmov r11d, 4\nmov esi, 5\n",
            any_register(source, 8));
    else
        say(source,
            "mov [out], %s\nmov eax, 4\nmov ebx, 1\nmov ecx, out\nmov edx, 4\nint 0x80\nmov ecx, "
            "5\n",
            any_register(source, 4));
}

static void say_some(struct source *source, unsigned count, unsigned depth);

static void say_block(struct source *source, unsigned depth)
{
    static const char *const conditions[] = {"z", "nz", "c", "nc", "s", "ns", "a", "g"};
    unsigned label = source->labels++, word = source->bits / 8;
    switch (pick(source, depth > 1 ? 3 : 5)) {
    case 0:
        say(source, "push %s\n", any_register(source, word));
        say_some(source, pick(source, 3), depth + 1);
        say(source, "pop %s\n", any_register(source, word));
        break;
    case 1:
        say_write(source);
        break;
    case 2:
        say(source, "j%s near l%u\n", conditions[pick(source, 8)], label);
        say_some(source, 1 + pick(source, 3), depth + 1);
        say(source, "l%u:\n", label);
        break;
    case 3:
        say(source, "mov dword [count%u], %u\nl%u:\n", depth, 1 + pick(source, 3), label);
        say_some(source, 1 + pick(source, 3), depth + 1);
        say(source, "dec dword [count%u]\njnz near l%u\n", depth, label);
        break;
    default:
        say(source, depth == 0 ? "call f%u\n" : "nop\n", pick(source, 3));
        break;
    }
}

static void say_instruction(struct source *source)
{
    static const char *const twos[] = {"add", "sub", "and",  "or",  "xor", "cmp",
                                       "adc", "sbb", "test", "mov", "mov", "xchg"};
    static const char *const ones[] = {"inc", "dec", "neg", "not", "sete", "setl"};
    static const char *const others[] = {"cdq", "cwde", "cld", "stc", "clc", "cmc", "nop"};
    unsigned size = any_size(source), word = source->bits / 8, one = pick(source, 6);
    switch (pick(source, 9)) {
    case 0:
        say(source, "mov %s, %d\n", any_register(source, word), (int)pick(source, 600) - 200);
        break;
    case 1:
        say(source, "%s %s, %u\n", twos[pick(source, 9)], any_register(source, size),
            pick(source, 128));
        break;
    case 2:
        say(source, "%s %s\n", ones[one], any_register(source, one < 4 ? size : 1));
        break;
    case 3:
        say(source, "%s\n", others[pick(source, 7)]);
        break;
    case 4:
        say(source, "%s %s, [memory + %u]\n", twos[pick(source, 8)], any_register(source, size),
            pick(source, 24));
        break;
    case 5:
        say(source, "mov [memory + %u], %s\n", pick(source, 24), any_register(source, size));
        break;
    case 6:
        say(source, "movzx %s, %s\n", any_register(source, 4), any_register(source, 1));
        say(source, "lea %s, [%s + %s * 4 + 9]\n", any_register(source, word),
            any_register(source, word), any_register(source, word));
        break;
    case 7:
        say(source, "cmovg %s, %s\n", any_register(source, 4), any_register(source, 4));
        say(source, "shr %s, %u\n", any_register(source, size), pick(source, 9));
        break;
    default:
        say(source, "%s %s, ", twos[pick(source, 12)], any_register(source, size));
        say(source, "%s\n", any_register(source, size));
        break;
    }
}

static void say_some(struct source *source, unsigned count, unsigned depth)
{
    for (unsigned i = 0; i < count; i++)
        if (depth < 3 && pick(source, 6) == 0)
            say_block(source, depth);
        else
            say_instruction(source);
}

void make_source(struct source *source)
{
    bool is_64 = source->bits == 64;
    source->text.length = 0;
    say(source, "bits %u\nglobal _start\nsection .text align=1\n_start:\n", source->bits);
    say_some(source, 3 + pick(source, 16), 0);
    say_write(source);
    say_some(source, pick(source, 8), 0);
    say(source,
        is_64 ? "mov edi, %s\nmov eax, 60\nsyscall\n" : "mov ebx, %s\nmov eax, 1\nint 0x80\n",
        any_register(source, 4));
    for (unsigned i = 0; i < 3; i++) {
        say(source, "f%u:\n", i);
        say_some(source, 1 + pick(source, 5), 1);
        say(source, "ret\n");
    }
    say(source, "section .bss align=1\nmemory: resb 40\nout: resb 8\ncount0: resd 1\n"
                "count1: resd 1\ncount2: resd 1\n");
    elfgen_text_char(&source->text, '\0');
    ck_assert(!source->text.cut);
}
