/* Measures how many instructions a second the encoder makes bytes of, on one processor: of a mix as
 * compilers write it, with one branch in ten and memory in a third; and elfgen_encodings(). */
#include <stdio.h>
#include <time.h>

#include "elfgen/x86.h"

#define OP(name) .mnemonic = ELFGEN_X86_OP_##name, .mode = 64
#define R(name)                                                                                    \
    {                                                                                              \
        .kind = ELFGEN_X86_REGISTER_OPERAND, .reg = ELFGEN_X86_REG_##name                          \
    }
#define I(number)                                                                                  \
    {                                                                                              \
        .kind = ELFGEN_X86_IMMEDIATE, .value = (number)                                            \
    }
#define M(...)                                                                                     \
    {                                                                                              \
        .kind = ELFGEN_X86_MEMORY, __VA_ARGS__                                                     \
    }
#define T(address)                                                                                 \
    {                                                                                              \
        .kind = ELFGEN_X86_TARGET, .value = (address)                                              \
    }
#define REG(name) ELFGEN_X86_REG_##name

static const struct elfgen_x86_instruction mix[] = {
    {OP(mov), .operands = {R(rax), R(rbx)}},
    {OP(mov), .operands = {R(rdi), M(.base = REG(rsp), .value = 8)}},
    {OP(mov), .operands = {M(.base = REG(rbp), .value = -24), R(ecx)}},
    {OP(add), .operands = {R(rax), I(1)}},
    {OP(sub), .operands = {R(rsp), I(0x120)}},
    {OP(lea), .operands = {R(rsi), M(.relative = true, .value = 0x2000)}, .address = 0x1000},
    {OP(xor), .operands = {R(eax), R(eax)}},
    {OP(cmp), .operands = {R(r12d), I(1000)}},
    {OP(jne), .operands = {T(0x1010)}, .address = 0x1000},
    {OP(call), .operands = {T(0x5000)}, .address = 0x1000},
    {OP(push), .operands = {R(rbp)}},
    {OP(pop), .operands = {R(r15)}},
    {OP(ret)},
    {OP(movzx), .operands = {R(eax), M(.base = REG(rdi), .index = REG(rcx), .size = 1)}},
    {OP(test), .operands = {R(al), R(al)}},
    {OP(mov), .operands = {R(eax), I(231)}},
    {OP(shl), .operands = {R(rdx), I(4)}},
    {OP(and), .operands = {R(r8d), I(15)}},
    {OP(movsd), .operands = {R(xmm0), M(.base = REG(rax), .size = 8)}},
    {OP(syscall)}};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool count_bytes(const struct elfgen_x86_encoding *encoding, void *context)
{
    *(unsigned long *)context += encoding->length;
    return true;
}

int main(void)
{
    enum { ROUNDS = 500000, LISTS = 20000, KINDS = sizeof mix / sizeof *mix, GOAL = 10000000 };
    unsigned long bytes = 0, failed = 0, listed = 0;
    double start = now();
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < KINDS; i++) {
            struct elfgen_x86_encoding encoding;
            failed += elfgen_encode(&mix[i], &encoding) != ELFGEN_X86_OK;
            bytes += encoding.length;
        }
    double seconds = now() - start, rate = (double)ROUNDS * KINDS / seconds;
    printf("encode: %.1f million instructions a second, %.0f ns each, %.0f MB/s (at least %d "
           "million)%s\n",
           rate / 1e6, 1e9 / rate, (double)bytes / seconds / 1e6, GOAL / 1000000,
           rate < GOAL ? "   MISSED" : "");
    start = now();
    for (unsigned round = 0; round < LISTS; round++)
        for (unsigned i = 0; i < KINDS; i++)
            listed += elfgen_encodings(&mix[i], false, count_bytes, &bytes);
    seconds = now() - start;
    printf("encodings: %.1f million a second (%lu of %d instructions)\n",
           (double)listed / seconds / 1e6, listed / LISTS, (int)KINDS);
    return failed ? 1 : 0;
}
