/* Makes texts of instructions, of words and signs that NASM reads in its own ways. */
#include "writings.h"

enum { DEEPEST = 4 };

struct writer {
    struct generator *generator;
    struct elfgen_text *text;
    unsigned mode;
};

static unsigned below(const struct writer *writer, unsigned end)
{
    return generate_below(writer->generator, end);
}

static void put(const struct writer *writer, const char *string)
{
    elfgen_text_string(writer->text, string);
}

#define ONE_OF(writer, ...)                                                                        \
    one_of(writer, (const char *const[]){__VA_ARGS__},                                             \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static const char *one_of(const struct writer *writer, const char *const *strings, size_t count)
{
    return strings[below(writer, (unsigned)count)];
}

static const char *number(const struct writer *writer)
{
    return ONE_OF(writer, "0", "1", "-1", "5", "8", "127", "128", "-128", "-129", "255", "256",
                  "0x7fffffff", "0x80000000", "0xffffffff", "-0x80000000", "0x100000000", "'a'",
                  "'ab'", "'abcd'", "\"abcdefgh\"", "0b101", "17q", "12h", "$0ff", "1_000", "~0",
                  "!0", "-(-5)", "3*4", "(1+2)*3", "1<<4", "100/7", "100 %% 7", "-7//2");
}

/* NASM itself stops if it divides the least number by -1. */
static void put_divided(const struct writer *writer, const char *left)
{
    put(writer, left);
    put(writer, ONE_OF(writer, " // ", " %% "));
    put(writer, ONE_OF(writer, "1", "2", "7", "63", "-3", "-2"));
}

static void put_expression(const struct writer *writer, unsigned depth);

static void put_operation(const struct writer *writer, unsigned depth)
{
    put_expression(writer, depth + 1);
    put(writer,
        ONE_OF(writer, "+", " - ", "*", " / ", " % ", "<<", " >> ", ">>>", " <<< ", "&", " | ", "^",
               "&&", "||", " ^^ ", "=", "==", "!=", "<>", "<", " > ", "<=", ">=", "<=>"));
    put_expression(writer, depth + 1);
}

static void put_expression(const struct writer *writer, unsigned depth)
{
    const unsigned kind = depth < DEEPEST ? below(writer, 20) : 0;
    if (kind < 5) {
        put(writer,
            ONE_OF(writer, "0", "1", "2", "3", "5", "63", "64", "65", "-1", "0x7fffffffffffffff",
                   "0x8000000000000000", "'ab'", "10", "0ffh", "($+5-$)", "(ebx-ebx)"));
    } else if (kind < 8) {
        put(writer, ONE_OF(writer, "-", "+", "~", "!"));
        put_expression(writer, depth + 1);
    } else if (kind < 11) {
        put(writer, "(");
        put_expression(writer, depth + 1);
        put(writer, ")");
    } else if (kind == 11) {
        put_expression(writer, depth + 1);
        put(writer, " ? ");
        put_expression(writer, depth + 1);
        put(writer, " : ");
        put_expression(writer, depth + 1);
    } else if (kind == 12) {
        put_divided(writer, number(writer));
    } else {
        put_operation(writer, depth);
    }
}

static const char *address_register(const struct writer *writer, unsigned size)
{
    switch (size) {
    case 8:
        return ONE_OF(writer, "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9",
                      "r12", "r13", "R15");
    case 4:
        return writer->mode == 64 && below(writer, 4) == 0
                   ? ONE_OF(writer, "r8d", "r12d", "r13d")
                   : ONE_OF(writer, "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi");
    case 2:
        return ONE_OF(writer, "bx", "bp", "si", "di", "bx", "si", "ax");
    default:
        return writer->mode == 64 ? ONE_OF(writer, "al", "ah", "r9b", "xmm1", "ds")
                                  : ONE_OF(writer, "al", "ah", "xmm1", "ds");
    }
}

/* A register, perhaps multiplied, or two of them. */
static void put_term(const struct writer *writer, unsigned size)
{
    const char *reg = address_register(writer, size), *scale;
    bool is_first;
    switch (below(writer, 20)) {
    case 0:
        put(writer, "(");
        put(writer, reg);
        put(writer, "+");
        put(writer, number(writer));
        put(writer, ")*");
        put(writer, ONE_OF(writer, "1", "2", "4"));
        break;
    case 1:
        put(writer, reg);
        put(writer, "+");
        put(writer, reg);
        break;
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
        scale = ONE_OF(writer, "1", "2", "3", "4", "5", "8", "9", "2", "4", "8", "1", "0", "6", "7",
                       "-1", "(1+1)");
        is_first = below(writer, 2);
        put(writer, is_first ? reg : scale);
        put(writer, "*");
        put(writer, is_first ? scale : reg);
        break;
    default:
        put(writer, reg);
        break;
    }
}

static void put_words(const struct writer *writer)
{
    for (unsigned i = below(writer, 7); i >= 5; i--)
        put(writer, ONE_OF(writer, "byte ", "word ", "dword ", "qword ", "nosplit ", "nosplit ",
                           "rel ", "abs ", "a32 ", "a64 ", "a16 ", "long "));
}

/* Registers, numbers and their order are random. */
static void put_sum(const struct writer *writer, unsigned size)
{
    const unsigned registers = below(writer, 6) * 3 / 5, numbers = below(writer, 5) / 2;
    unsigned left[2] = {registers, numbers + (registers + numbers == 0)};
    for (unsigned i = 0; left[0] + left[1]; i++) {
        const unsigned kind = left[0] && (!left[1] || below(writer, 2)) ? 0 : 1;
        left[kind]--;
        if (i)
            put(writer, below(writer, 8) ? "+" : " - ");
        if (kind == 0)
            put_term(writer, size);
        else
            put(writer, number(writer));
    }
}

static void put_address(const struct writer *writer)
{
    static const unsigned sizes[2][8] = {{4, 4, 4, 4, 4, 2, 2, 1}, {8, 8, 8, 8, 8, 4, 4, 1}};
    const unsigned size = sizes[writer->mode == 64][below(writer, below(writer, 8) ? 7 : 8)];
    const char *segment =
        below(writer, 8) == 0 ? ONE_OF(writer, "fs:", "gs:", "es:", "cs:", "ds:", "ss:") : "";
    const unsigned kind = below(writer, 40);
    if (kind == 0) /* displacement[registers] */
        put(writer, number(writer));
    if (kind == 1)
        put(writer, segment);
    if (kind != 2 || !segment[0])
        put(writer, "[");
    const bool is_first = below(writer, 2);
    if (is_first && kind != 1)
        put(writer, segment);
    put_words(writer);
    if (!is_first && kind != 1)
        put(writer, segment);
    put_sum(writer, size);
    if (kind == 3) { /* of r12 NASM makes no base here */
        const char *index = address_register(writer, size);
        put(writer, ", ");
        put(writer, strncmp(index, "r12", 3) == 0 ? "rcx" : index);
        put(writer, ONE_OF(writer, "*1", "*2", "*4", ""));
    }
    if (kind != 2 || !segment[0])
        put(writer, "]");
}

static void put_register(const struct writer *writer)
{
    switch (below(writer, 9)) {
    case 0:
        put(writer, ONE_OF(writer, "ss", "ds", "fs", "cr0", "dr7", "xmm1", "xmm0"));
        break;
    case 1:
    case 2:
        put(writer, ONE_OF(writer, "al", "cl", "ah", "ch", "dl"));
        break;
    case 3:
    case 4:
        put(writer, ONE_OF(writer, "ax", "cx", "sp", "(bx)", "di*1"));
        break;
    default:
        put(writer, address_register(writer, writer->mode == 64 && below(writer, 2) ? 8 : 4));
        break;
    }
}

static void put_operand(const struct writer *writer)
{
    if (below(writer, 5) == 0) {
        put(writer, ONE_OF(writer, "byte", "word", "dword", "qword", "strict byte", "strict",
                           "strict dword", "strict word", "strict qword", "long", "byte word",
                           "near", "short", "far"));
        put(writer, " ");
    }
    const unsigned kind = below(writer, 20);
    if (kind < 8)
        put_register(writer);
    else if (kind < 15)
        put_address(writer);
    else
        put(writer, number(writer));
}

static void put_jump(const struct writer *writer)
{
    put(writer, ONE_OF(writer, "jmp ", "call ", "jz ", "jnc ", "loop ", "jecxz ", "jmp ", "call "));
    if (below(writer, 5) < 2)
        put(writer, ONE_OF(writer, "short ", "near ", "strict ", "far ", "dword ", "qword ",
                           "byte ", "strict near ", "strict short "));
    put(writer,
        ONE_OF(writer, "$", "$+2", "$+129", "$+130", "$-126", "$-127", "$+0x12345678", "1:2",
               "0x1234:0x12345678", "5:'ab'", "$ + 4 * 2", "($+3)", "2+$", "rax", "eax", "ax"));
}

static void put_mnemonic(const struct writer *writer)
{
    put(writer, ONE_OF(writer, "mov", "add", "sub", "cmp", "test", "xchg", "lea", "push", "pop",
                       "imul", "shl", "sar", "and", "or", "xor", "INC", "not", "mul", "div",
                       "movzx", "movsx", "bt", "in", "out", "ret", "int", "adc", "movaps", "movd",
                       "bswap", "seta", "cmovz", "xadd", "nop"));
    put(writer, " ");
}

void write_prefix(struct generator *generator, struct elfgen_text *text)
{
    const struct writer writer = {.generator = generator, .text = text};
    put(&writer, ONE_OF(&writer, "lock ", "rep ", "repne ", "repz ", "a32 ", "a16 ", "a64 ", "fs ",
                        "gs ", "es ", "bnd ", "xacquire ", "xrelease ", "{rex} ", "rep lock ",
                        "cs ds ", "LOCK ", "o16 ", "o32 ", "o64 ", "o16 ", "o32 ", "o64 "));
}

void write_instruction(struct generator *generator, unsigned mode, struct elfgen_text *text)
{
    const struct writer writer = {generator, text, mode};
    const unsigned kind = below(&writer, 20);
    if (below(&writer, 100) == 0) { /* prefixes alone; of o64 and {rex} nasm itself stops */
        put(&writer, ONE_OF(&writer, "lock", "rep", "repne lock", "a32", "a16", "fs", "cs",
                            "lock es rep", "o16", "o32", "a16 o16", "xacquire", "lock xrelease"));
        return;
    }
    if (below(&writer, 12) == 0)
        write_prefix(generator, text);
    if (kind < 5) {
        put(&writer, ONE_OF(&writer, "mov rax, ", "mov eax, ", "mov al,", "mov ax, ", "push ",
                            "add ecx, ", "mov eax, strict "));
        put_expression(&writer, 0);
    } else if (kind < 12) {
        put(&writer,
            ONE_OF(&writer, "mov eax, ", "lea ecx, ", "or ecx,", "inc byte ", "jmp ", "call ",
                   "mov al,", "mov ax, ", "movaps xmm1, ", "call far ", "xor byte ", "add dword "));
        put_address(&writer);
        put(&writer, below(&writer, 4) ? "" : ", eax");
    } else if (kind < 14) {
        put_jump(&writer);
    } else {
        put_mnemonic(&writer);
        for (unsigned i = 0, count = (below(&writer, 7) + 1) / 2; i < count; i++) {
            put(&writer, i ? ", " : "");
            put_operand(&writer);
        }
    }
}
