/* Random programs: instructions of all kinds between calls, loops and branches. */
#include "golf_random.h"

#include "x86/x86.h"
#include "text_line.h"

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

/* Writes a register to standard output. No address stays in a register: it would be used as a
 * number. */
static void say_write(struct source *source)
{
    if (source->bits == 64)
        put_line(&source->text,
                 "mov [out], %s\nmov eax, 1\nmov edi, 1\nmov esi, out\nmov edx, 8\nsyscall\n"
                 "mov ecx, 3\nmov r11d, 4\nmov esi, 5\n",
                 any_register(source, 8));
    else
        put_line(
            &source->text,
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
        put_line(&source->text, "push %s\n", any_register(source, word));
        say_some(source, pick(source, 3), depth + 1);
        put_line(&source->text, "pop %s\n", any_register(source, word));
        break;
    case 1:
        say_write(source);
        break;
    case 2:
        put_line(&source->text, "j%s near l%u\n", conditions[pick(source, 8)], label);
        say_some(source, 1 + pick(source, 3), depth + 1);
        put_line(&source->text, "l%u:\n", label);
        break;
    case 3:
        put_line(&source->text, "mov dword [count%u], %u\nl%u:\n", depth, 1 + pick(source, 3),
                 label);
        say_some(source, 1 + pick(source, 3), depth + 1);
        put_line(&source->text, "dec dword [count%u]\njnz near l%u\n", depth, label);
        break;
    default:
        put_line(&source->text, depth == 0 ? "call f%u\n" : "nop\n", pick(source, 3));
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
        put_line(&source->text, "mov %s, %d\n", any_register(source, word),
                 (int)pick(source, 600) - 200);
        break;
    case 1:
        put_line(&source->text, "%s %s, %u\n", twos[pick(source, 9)], any_register(source, size),
                 pick(source, 128));
        break;
    case 2:
        put_line(&source->text, "%s %s\n", ones[one], any_register(source, one < 4 ? size : 1));
        break;
    case 3:
        put_line(&source->text, "%s\n", others[pick(source, 7)]);
        break;
    case 4:
        put_line(&source->text, "%s %s, [memory + %u]\n", twos[pick(source, 8)],
                 any_register(source, size), pick(source, 24));
        break;
    case 5:
        put_line(&source->text, "mov [memory + %u], %s\n", pick(source, 24),
                 any_register(source, size));
        break;
    case 6:
        put_line(&source->text, "movzx %s, %s\n", any_register(source, 4), any_register(source, 1));
        put_line(&source->text, "lea %s, [%s + %s * 4 + 9]\n", any_register(source, word),
                 any_register(source, word), any_register(source, word));
        break;
    case 7:
        put_line(&source->text, "cmovg %s, %s\n", any_register(source, 4), any_register(source, 4));
        put_line(&source->text, "shr %s, %u\n", any_register(source, size), pick(source, 9));
        break;
    default:
        put_line(&source->text, "%s %s, ", twos[pick(source, 12)], any_register(source, size));
        put_line(&source->text, "%s\n", any_register(source, size));
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
    put_line(&source->text, "bits %u\nglobal _start\nsection .text align=1\n_start:\n",
             source->bits);
    say_some(source, 3 + pick(source, 16), 0);
    say_write(source);
    say_some(source, pick(source, 8), 0);
    put_line(&source->text,
             is_64 ? "mov edi, %s\nmov eax, 60\nsyscall\n" : "mov ebx, %s\nmov eax, 1\nint 0x80\n",
             any_register(source, 4));
    for (unsigned i = 0; i < 3; i++) {
        put_line(&source->text, "f%u:\n", i);
        say_some(source, 1 + pick(source, 5), 1);
        put_line(&source->text, "ret\n");
    }
    put_line(&source->text, "section .bss align=1\nmemory: resb 40\nout: resb 8\ncount0: resd 1\n"
                            "count1: resd 1\ncount2: resd 1\n");
    elfgen_text_char(&source->text, '\0');
    ck_assert(!source->text.cut);
}

/* ---- lines ---- */

/* Puts a register on the stack, and gets that or what is below it. */
static void say_push(struct source *source)
{
    const unsigned word = source->bits / 8;
    put_line(&source->text, "push %s\n", any_register(source, word));
    say_instruction(source);
    put_line(&source->text, "mov %s, [%s + %u]\n", any_register(source, pick(source, 2) ? 4 : 1),
             source->bits == 64 ? "rsp" : "esp", pick(source, word - 3));
    put_line(&source->text, "pop %s\n", any_register(source, word));
}

/* Instructions that only lines have. */
static void say_other(struct source *source)
{
    static const char *const conditions[] = {"o", "no", "b", "ae", "e", "ne", "be", "a",
                                             "s", "ns", "p", "np", "l", "ge", "le", "g"};
    static const char *const widenings[] = {"cbw", "cwde", "cwd", "cdq", "cqo", "cdqe"};
    static const char *const parts[] = {"al", "bl", "cl", "dl", "ah", "bh", "ch", "dh"};
    static const char *const twos[] = {"add", "mov", "sub", "xor", "cmp", "xchg"};
    static const char *const shifts[] = {"sar", "shl", "shr"};
    static const char *const strings[] = {"lodsb", "stosb", "movsb", "lodsd", "stosd", "movsd"};
    const unsigned size = any_size(source), wide = size < 4 ? 4 : size;
    switch (pick(source, 9)) {
    case 0:
        put_line(&source->text, "%s %s, %u\n", shifts[pick(source, 3)], any_register(source, size),
                 1 + pick(source, pick(source, 2) ? 1 : 8 * size - 1));
        break;
    case 1:
        put_line(&source->text, "imul %s, %s", any_register(source, wide),
                 any_register(source, wide));
        put_line(&source->text, pick(source, 2) ? ", %u\n" : "\n", pick(source, 300));
        break;
    case 2:
        put_line(&source->text, "test %s, %s\n", any_register(source, size),
                 any_register(source, size));
        put_line(&source->text, "cmov%s %s, ", conditions[pick(source, 16)],
                 any_register(source, wide));
        put_line(&source->text, "%s\n", any_register(source, wide));
        break;
    case 3:
        put_line(&source->text, "%s\n", widenings[pick(source, source->bits == 64 ? 6 : 4)]);
        break;
    case 4:
        put_line(&source->text, "set%s %s\n", conditions[pick(source, 16)], parts[pick(source, 8)]);
        break;
    case 5:
        put_line(&source->text, "%s %s, %s\n", twos[pick(source, 6)], parts[pick(source, 8)],
                 parts[pick(source, 8)]);
        break;
    case 6:
        put_line(&source->text, "movsx %s, %s\n", any_register(source, wide),
                 any_register(source, 1 + pick(source, 2)));
        break;
    case 7:
        put_line(&source->text, "mov esi, memory + %u\nmov edi, memory + %u\n%s\n",
                 pick(source, 20), pick(source, 20), strings[pick(source, 6)]);
        put_line(&source->text, "mov esi, 3\nmov edi, 9\n");
        break;
    default:
        put_line(&source->text, "j%s l%u\n", conditions[pick(source, 16)], source->labels);
        say_instruction(source);
        put_line(&source->text, "l%u:\n", source->labels++);
        break;
    }
}

/* Makes a status of registers and memory. */
static void say_status(struct source *source)
{
    const char *status = source->bits == 64 ? "edi" : "ebx";
    if (source->bits == 64 && pick(source, 2)) /* the upper half of a register */
        put_line(&source->text, "mov rdi, %s\nshr rdi, 32\n", any_register(source, 8));
    else
        put_line(&source->text, "mov %s, %s\n", status, any_register(source, 4));
    if (pick(source, 3) == 0)
        put_line(&source->text, "set%s %s\n", pick(source, 2) ? "o" : "s",
                 source->bits == 64 ? "dil" : "bl");
    put_line(&source->text, "adc %s, %s\n", status, any_register(source, 4));
    put_line(&source->text, "xor %s, [memory + %u]\n", status, pick(source, 24));
    put_line(&source->text, "mov ecx, %s\nshr ecx, %u\nadd %s, ecx\n", status,
             8 * pick(source, 3) + 5, status);
    put_line(&source->text,
             source->bits == 64 ? "mov eax, 60\nsyscall\n" : "mov eax, 1\nint 0x80\n");
}

void make_line(struct source *source, uint64_t number, bool has_argc, unsigned changed)
{
    const uint64_t step = UINT64_C(0x9e3779b97f4a7c15);
    source->text.length = 0;
    source->labels = 0;
    source->random = (number + 1) * step | 1;
    put_line(&source->text, "bits %u\nglobal _start\nsection .text align=1\n_start:\n",
             source->bits);
    for (unsigned i = 0; i < 4; i++) {
        put_line(&source->text, "mov %s, ", any_register(source, source->bits / 8));
        if (has_argc && i > 1)
            put_line(&source->text, "[%s]\n", source->bits == 64 ? "rsp" : "esp");
        else
            put_line(&source->text, "%u\n", pick(source, 1u << 30));
    }
    for (unsigned i = 0; i <= LINE; i++) {
        source->random = (number * 100 + i + (i == changed ? 50 : 0) + 1) * step | 1;
        next_random(&source->random);
        if (i == LINE)
            say_status(source);
        else if (pick(source, 6) == 0)
            say_push(source);
        else if (pick(source, 2))
            say_other(source);
        else
            say_instruction(source);
    }
    put_line(&source->text, "section .bss align=1\nmemory: resb 40\n");
    elfgen_text_char(&source->text, '\0');
    ck_assert(!source->text.cut);
}
