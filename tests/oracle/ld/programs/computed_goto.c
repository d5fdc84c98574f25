/* A bytecode interpreter with computed gotos: a table of addresses inside a function. */
#include "start.h"

enum { PUSH, ADD, MULTIPLY, PRINT, JUMP_IF, DUPLICATE, DECREMENT, SWAP, END };

static const u8 program[] = {PUSH, 1,         PUSH,      10,      SWAP, PUSH,  3,     MULTIPLY,
                             SWAP, DECREMENT, DUPLICATE, JUMP_IF, 4,    PRINT, PRINT, END};

static NOINLINE int run(const u8 *code)
{
    static const void *const labels[] = {&&push,      &&add,       &&multiply, &&print, &&jump_if,
                                         &&duplicate, &&decrement, &&swap,     &&end};
    u32 stack[8];
    u32 *top = stack;
    const u8 *at = code;
    int steps = 0;
#define NEXT                                                                                       \
    do {                                                                                           \
        steps++;                                                                                   \
        goto *labels[*at++];                                                                       \
    } while (0)
    NEXT;
push:
    *top++ = *at++;
    NEXT;
add:
    top--;
    top[-1] += top[0];
    NEXT;
multiply:
    top--;
    top[-1] *= top[0];
    NEXT;
print:
    show_hex("top", *--top);
    NEXT;
jump_if:
    at = *--top ? code + *at : at + 1;
    NEXT;
duplicate:
    *top = top[-1];
    top++;
    NEXT;
decrement:
    top[-1]--;
    NEXT;
swap : {
    u32 held = top[-1];
    top[-1] = top[-2];
    top[-2] = held;
    NEXT;
}
end:
    return steps;
}

static NOINLINE int walk(int n)
{
    void *next = &&even;
    int sum = 0;
again:
    if (n-- == 0)
        return sum;
    goto *next;
even:
    sum += 2;
    next = &&odd;
    goto again;
odd:
    sum *= 2;
    next = &&even;
    goto again;
}

int main(void)
{
    show("walk", walk(9));
    return run(program);
}
