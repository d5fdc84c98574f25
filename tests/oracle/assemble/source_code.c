/* Random instructions whose operands are symbols, jumps at the edges of their reach, any form. */
#include <stdio.h>
#include <string.h>

#include "source.h"

static const char *const registers[4][8] = {
    {"al", "cl", "dl", "bl", "ah", "r8b", "sil", "r15b"},
    {"ax", "cx", "dx", "bx", "sp", "r9w", "di", "r14w"},
    {"eax", "ecx", "edx", "ebx", "esp", "ebp", "r10d", "r13d"},
    {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "r12", "r8"},
};

static const char *const registers_32[3][8] = {
    {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"},
    {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"},
    {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"},
};

static const char *const sizes[] = {"byte", "word", "dword", "qword"};

static const char *reg(struct source *source, unsigned size)
{
    if (size == 0 &&
        !source->wild) /* neither those that need a REX prefix nor those that forbid it */
        return registers[0][below(source, 4)];
    const unsigned which = below(source, 8);
    return source->mode == 64 ? registers[size][which] : registers_32[size][which];
}

static unsigned any_size(struct source *source)
{
    return below(source, source->mode == 64 ? 4 : 3);
}

/* A register that may be multiplied. */
static const char *index_register(struct source *source, unsigned size)
{
    const char *name = reg(source, size);
    while (!source->wild && strstr(name, "sp"))
        name = reg(source, size);
    return name;
}

/* What may stand between [ and ], with registers of addresses. */
static void put_registers(struct source *source)
{
    const unsigned size = source->mode == 64 && !one_in(source, 6) ? 3 : 2;
    const char *base = reg(source, size), *index = index_register(source, size);
    const unsigned scale = 1u << below(source, 4);
    switch (below(source, 9)) {
    case 0:
    case 1:
    case 2:
        put(source, "%s", base);
        break;
    case 3:
        put(source, "%s+%s", base, index);
        break;
    case 4:
        put(source, "%s+%s*%u", base, index, scale);
        break;
    case 5:
        put(source, "%s*%u", index, scale + below(source, 2));
        break;
    case 6:
        put(source, "%u*%s + %s", scale, index, base);
        break;
    case 7:
        put(source, "%s + %s - %s", base, index, index);
        break;
    default:
        put(source, "%s+%s*%u", index, index, scale);
    }
}

static void put_displacement(struct source *source)
{
    switch (below(source, 6)) {
    case 0:
        put(source, "+%u", below(source, 300));
        break;
    case 1:
        put(source, " - %u", below(source, 300));
        break;
    case 2:
        put(source, " + ");
        put_address(source);
        break;
    case 3:
        put(source, "+(");
        put_constant(source, 2);
        put(source, ")");
        break;
    default:;
    }
}

static void put_memory(struct source *source)
{
    static const char *const before[] = {"byte ",          "dword ",        "nosplit ", "rel ",
                                         "abs ",           "fs:",           "gs:",      "es:",
                                         "nosplit dword ", "strict dword ", "word ",    "qword "};
    const bool has_registers = !one_in(source, 2);
    put(source, "[");
    if (source->wild && one_in(source, 4))
        put(source, "%s", before[below(source, 12)]);
    else if (one_in(source, 5))
        put(source, "%s", before[has_registers ? below(source, 9) : 1 + below(source, 7)]);
    if (has_registers) {
        put_registers(source);
        put_displacement(source);
    } else {
        put_address(source);
    }
    put(source, "]");
}

/* An immediate for an operand of `size`, the logarithm of its bytes. */
static void put_immediate(struct source *source, unsigned size)
{
    const unsigned asked = source->wild ? below(source, 4) : size;
    switch (below(source, 8)) {
    case 0:
        if (size > 0 || source->wild) {
            put_address(source);
            break;
        }
        /* fall through */
    case 1:
        put_constant(source, 3);
        break;
    case 2:
        put(source, "%s ", sizes[one_in(source, 6) ? 0 : asked]);
        put_number(source, below(source, 128));
        break;
    case 3:
        put(source, "strict %s ", sizes[one_in(source, 8) ? 0 : asked < 3 ? asked : 2]);
        put_number(source, below(source, 200));
        break;
    case 4:
        put(source, "-");
        put_number(source, generate_number(&source->random) >> below(source, 64));
        break;
    default:
        put_number(source, generate_number(&source->random) >> below(source, 64));
    }
}

/* A target of a jump: near, far away, elsewhere. */
static void put_target(struct source *source)
{
    static const char *const names[] = {".a", ".b", ".c"};
    const unsigned local = below(source, 3);
    switch (below(source, 7)) {
    case 0:
        put(source, "$%+d", (int)below(source, 300) - 150);
        break;
    case 1:
        if (source->extern_count > 0)
            put(source, "x%u", below(source, source->extern_count));
        else
            put(source, "$");
        break;
    case 2:
    case 3:
        if (source->has_scope) {
            put(source, "%s", names[local]);
            source->locals_needed |= 1u << local;
            break;
        }
        /* fall through */
    default:
        put_label(source, any_label(source));
    }
}

static void put_jump(struct source *source)
{
    static const char *const jumps[] = {"jmp", "jmp", "call", "je",  "jnz",  "ja",   "jl",
                                        "js",  "jno", "jpe",  "jmp", "call", "loop", "jrcxz"};
    static const char *const reach[] = {"near ", "strict near ", "dword ", "short ", "strict "};
    const unsigned which = below(source, source->wild ? 14 : 12);
    put(source, "%s ", jumps[which]);
    if (one_in(source, 8))
        put(source, "%s", reach[below(source, source->wild ? 5 : 2)]);
    put_target(source);
}

/* A jump to a label that is nearly out of its reach. The label is on another line. */
static void put_edge(struct source *source)
{
    const unsigned local = below(source, 3), count = below(source, 3) + 1;
    static const char *const names[] = {"a", "b", "c"};
    if (!source->has_scope || source->locals_defined >> local & 1) {
        put(source, "jmp $+2");
        return;
    }
    for (unsigned i = 0; i < count; i++)
        put(source, "%s .%s\n ", one_in(source, 2) ? "jmp" : "jne", names[local]);
    put(source, "times %u nop\n", 120 + below(source, 12));
    put(source, ".%s:", names[local]);
    source->locals_defined |= 1u << local;
    source->locals_needed &= ~(1u << local);
}

/* Any form of any mnemonic, by the encoder's own words. */
static void put_any_form(struct source *source)
{
    static const char *const not [] = {"pextr", "pinsr", "pshuf", "enter", "shld",  "shrd",
                                       "loop",  "jcxz",  "jecxz", "jrcxz", "cmpsd", "imul"};
    for (unsigned i = 0; i < 20; i++) {
        struct elfgen_x86_instruction instruction;
        struct elfgen_x86_encoding encoding;
        struct elfgen_x86_form form;
        char line[160];
        struct elfgen_text text = {.bytes = line, .capacity = sizeof line - 1};
        const unsigned mnemonic = 1 + below(source, ELFGEN_X86_MNEMONICS - 1);
        unsigned forms = 0;
        bool is_excepted = false;
        for (unsigned n = 0; n < sizeof not / sizeof *not ; n++)
            is_excepted |=
                strncmp(elfgen_x86_mnemonic_name(mnemonic), not [n], strlen(not [n])) == 0;
        while (elfgen_x86_form(mnemonic, forms + 1, &form))
            forms++;
        if (forms == 0 || is_excepted)
            continue;
        generate_instruction(&source->random, mnemonic, 1 + below(source, forms), source->mode,
                             &instruction);
        if (instruction.prefixes & ELFGEN_X86_REPNE ||
            elfgen_encode(&instruction, &encoding) != ELFGEN_X86_OK)
            continue;
        elfgen_x86_print(&instruction, &text);
        line[text.length] = '\0';
        put(source, "%s", line);
        return;
    }
    put(source, "nop");
}

static void put_two_operands(struct source *source)
{
    static const char *const names[] = {"mov", "add", "or",  "adc", "sbb",  "and", "sub",
                                        "xor", "cmp", "mov", "mov", "test", "mov", "MOV"};
    const char *name = names[below(source, 14)];
    const unsigned size = any_size(source);
    put(source, "%s ", name);
    switch (below(source, 6)) {
    case 0:
        put(source, "%s, %s", reg(source, size), reg(source, size));
        break;
    case 1:
        put(source, "%s,", reg(source, size));
        put_memory(source);
        break;
    case 2:
        put_memory(source);
        put(source, ", %s", reg(source, size));
        break;
    case 3:
        put(source, "%s ", sizes[size]);
        put_memory(source);
        put(source, ", ");
        put_immediate(source, size);
        break;
    default:
        put(source, "%s, ", reg(source, size));
        put_immediate(source, size);
    }
}

static void put_one_operand(struct source *source)
{
    static const char *const names[] = {"push", "pop", "inc",  "dec",  "neg",  "not", "mul",
                                        "div",  "jmp", "call", "push", "push", "Push"};
    const unsigned which = below(source, 13), size = source->mode == 64 ? 3 : 2;
    put(source, "%s ", names[which]);
    if (which == 0 || which >= 10) {
        put_immediate(source, size);
    } else if (one_in(source, 3)) {
        put(source, "%s ", sizes[source->wild ? any_size(source) : size]);
        put_memory(source);
    } else {
        put(source, "%s", reg(source, size));
    }
}

static void put_others(struct source *source)
{
    const unsigned size = any_size(source), large = size ? size : 1;
    static const char *const odd[] = {"fs lodsb",
                                      "rep stosb",
                                      "a32 movsd",
                                      "o16 nop",
                                      "lock add [eax], ecx",
                                      "repe cmpsb",
                                      "es movsb",
                                      "rep ret",
                                      "rep nop",
                                      "repne mov eax, 1",
                                      "lock lodsb",
                                      "lock mov [eax], ecx",
                                      "rep lock movss xmm1, xmm2",
                                      "lock",
                                      "xlatb",
                                      "jmp far [eax]",
                                      "call far [ebx+8]",
                                      "retf",
                                      "retf 4",
                                      "ret 0",
                                      "push fs",
                                      "pop gs",
                                      "mov eax, cr0",
                                      "in al, dx",
                                      "out 0x80, al",
                                      "cmpxchg8b [eax]",
                                      "bswap ecx",
                                      "bt eax, 3",
                                      "setne [eax]",
                                      "cmove eax, [ebx]",
                                      "movd xmm1, eax",
                                      "push 'abcd'",
                                      "mov eax, 'ab'",
                                      "int3",
                                      "enter 8, 0",
                                      "loop $",
                                      "nop dword [eax+0]",
                                      "xadd [eax], cl",
                                      "lodsd",
                                      "pushf",
                                      "sal eax, 1"};
    switch (below(source, 11)) {
    case 9:
    case 10:
        put(source, "%s", odd[below(source, sizeof odd / sizeof *odd)]);
        break;
    case 0:
        put(source, "lea %s, ", reg(source, large));
        put_memory(source);
        break;
    case 1:
        put(source, "movzx %s, byte ", reg(source, large));
        put_memory(source);
        break;
    case 2:
        put(source, "imul %s, %s, %d", reg(source, large), reg(source, large),
            (int)below(source, 600) - 300);
        break;
    case 3:
        put(source, "shl %s, %s", reg(source, size), one_in(source, 2) ? "cl" : "3");
        break;
    case 4:
        put(source, "%s %s", one_in(source, 2) ? "rep" : "repne",
            one_in(source, 2) ? "movsb" : "stosd");
        break;
    case 5:
        put(source, "lock inc %s ", sizes[size]);
        put_memory(source);
        break;
    case 6:
        put(source, "xchg %s, %s", reg(source, size), reg(source, size));
        break;
    case 7:
        put(source, "movss xmm%u, ", below(source, 8));
        put_memory(source);
        break;
    default:
        put(source, "mov %s, [%s",
            size == 0   ? "al"
            : size == 1 ? "ax"
            : size == 2 ? "eax"
                        : "rax",
            source->mode == 64 && one_in(source, 2) ? "qword " : "");
        put_address(source);
        put(source, "]");
    }
}

void put_count(struct source *source)
{
    put(source, "times ");
    if (one_in(source, 3)) {
        put(source, "%u", below(source, 400));
        put(source, one_in(source, 2) ? "-($-$$)&15 " : "+$-$$&7 ");
        return;
    }
    put_constant(source, 0);
    put(source, "&7 ");
}

void put_instruction(struct source *source)
{
    static const char *const plain[] = {"nop",   "ret", "syscall", "int 0x80", "cld",
                                        "leave", "hlt", "cdq",     "RET",      "ret 8"};
    if (one_in(source, 14))
        put_count(source);
    switch (below(source, 10)) {
    case 0:
        put(source, "%s", plain[below(source, 10)]);
        break;
    case 1:
    case 2:
        put_jump(source);
        break;
    case 3:
        put_edge(source);
        break;
    case 4:
        put_any_form(source);
        break;
    case 5:
        put_one_operand(source);
        break;
    case 6:
        put_others(source);
        break;
    default:
        put_two_operands(source);
    }
}
