/* Makes instructions: operands of the kinds that a form names, at the edges of what there is. */
#include "generate.h"

#include <string.h>

uint64_t generate_number(struct generator *generator)
{
    generator->state ^= generator->state >> 12;
    generator->state ^= generator->state << 25;
    generator->state ^= generator->state >> 27;
    return generator->state * UINT64_C(0x2545f4914f6cdd1d);
}

unsigned generate_below(struct generator *generator, unsigned end)
{
    return (unsigned)((generate_number(generator) >> 32) % end);
}

static bool is_one_in(struct generator *generator, unsigned count)
{
    return generate_below(generator, count) == 0;
}

/* A number near where a field ends, or any. */
static int64_t edge(struct generator *generator)
{
    static const int64_t edges[] = {0,          1,          2,          0x7f,       0x80,
                                    0xff,       0x100,      0x7fff,     0x8000,     0xffff,
                                    0x10000,    0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
                                    0x12345678, 0x55,       5,          8,          16};
    const unsigned count = sizeof edges / sizeof *edges;
    int64_t value = edges[generate_below(generator, count)];
    switch (generate_below(generator, 8)) {
    case 0:
        return (int64_t)generate_number(generator);
    case 1:
        value += (int64_t)generate_below(generator, 5) - 2;
        break;
    case 2:
        value = (int64_t)generate_below(generator, 512) - 256;
        break;
    default:
        break;
    }
    return is_one_in(generator, 3) ? -value : value;
}

static uint8_t register_of(struct generator *generator, unsigned class_, uint8_t mode)
{
    const unsigned count = mode == 64 || is_one_in(generator, 40) ? 16 : 8;
    return (uint8_t)(class_ << 4 | generate_below(generator, count));
}

/* A byte register, among them ah, ch, dh and bh. */
static uint8_t byte_register(struct generator *generator, uint8_t mode)
{
    if (is_one_in(generator, 4))
        return (uint8_t)(0x54 + generate_below(generator, 4));
    return mode == 64 ? register_of(generator, 1, mode)
                      : (uint8_t)(0x10 + generate_below(generator, 4));
}

static uint8_t size_of_register(struct generator *generator, uint8_t mode)
{
    return (uint8_t)(2 + generate_below(generator, mode == 64 ? 3 : 2));
}

static void make_memory(struct generator *generator, uint8_t mode, uint8_t size,
                        struct elfgen_x86_operand *operand)
{
    static const uint8_t scales[] = {0, 1, 2, 4, 8, 1, 2, 3, 5, 9};
    const unsigned usual = mode == 64 ? 4 : 3;
    const unsigned class_ = is_one_in(generator, 6) ? usual - 1 : usual;
    *operand = (struct elfgen_x86_operand){.kind = ELFGEN_X86_MEMORY, .size = size};
    if (is_one_in(generator, 3))
        operand->size = 0;
    if (is_one_in(generator, 20))
        operand->size = (uint8_t)(1 << generate_below(generator, 5));
    if (is_one_in(generator, 12))
        operand->segment = (uint8_t)(0x60 + generate_below(generator, 6));
    if (!is_one_in(generator, 6))
        operand->base = register_of(generator, class_, mode);
    if (is_one_in(generator, 3)) {
        operand->index = register_of(generator, class_, mode);
        operand->scale = scales[generate_below(generator, operand->base ? 7 : 10)];
        operand->no_split = is_one_in(generator, 4) && operand->scale < 3;
    }
    if (class_ == 2) { /* of 16-bit addresses */
        static const uint8_t bases[] = {0x23, 0x25, 0x26, 0x27, 0x26, 0x27};
        if (operand->base)
            operand->base = bases[generate_below(generator, 4)];
        if (operand->index)
            operand->index = bases[2 + generate_below(generator, 2)];
        operand->scale = 1;
    }
    if (!is_one_in(generator, 3))
        operand->value = is_one_in(generator, 8) ? edge(generator) : (int32_t)edge(generator);
    if (is_one_in(generator, 6))
        operand->displacement_size = (uint8_t)(1 << 2 * generate_below(generator, 2));
    if (!operand->base && !operand->index) {
        if (operand->displacement_size == 1)
            operand->displacement_size = 0;
        if (is_one_in(generator, 3))
            operand->displacement_size = mode == 64 ? 8 : 2;
        if (mode == 64 && is_one_in(generator, 3)) {
            operand->relative = true;
            operand->displacement_size = 0;
            operand->value = (int32_t)operand->value / 2;
        }
    }
}

static void make_register(uint8_t reg, struct elfgen_x86_operand *operand)
{
    *operand = (struct elfgen_x86_operand){.kind = ELFGEN_X86_REGISTER_OPERAND, .reg = reg};
}

static void make_immediate(struct generator *generator, struct elfgen_x86_operand *operand)
{
    *operand = (struct elfgen_x86_operand){.kind = ELFGEN_X86_IMMEDIATE, .value = edge(generator)};
    if (is_one_in(generator, 4))
        operand->size = (uint8_t)(1 << generate_below(generator, 4));
    operand->strict = is_one_in(generator, 8);
}

static void make_target(struct generator *generator, struct elfgen_x86_operand *operand)
{
    *operand = (struct elfgen_x86_operand){.kind = ELFGEN_X86_TARGET};
    operand->value = is_one_in(generator, 2) ? (int64_t)generate_below(generator, 300) - 150
                                             : (int32_t)edge(generator) / 2;
    operand->reach = (uint8_t)(is_one_in(generator, 2) ? 0 : generate_below(generator, 3));
    operand->strict = operand->reach == 0 && is_one_in(generator, 8);
}

/* The register that a kind names: al, cx, es and so on. */
static bool make_named(const char *text, struct elfgen_x86_operand *operand)
{
    const unsigned reg = elfgen_x86_register(text, strlen(text));
    if (reg)
        make_register((uint8_t)reg, operand);
    return reg != 0;
}

/* The size in a kind's text, such as 16 in "r/m16"; 0: it names none. */
static uint8_t size_in(const char *text)
{
    static const struct {
        const char *digits;
        uint8_t size;
    } sizes[] = {{"128", 16}, {"64", 8}, {"32", 4}, {"16", 2}, {"8", 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strstr(text, sizes[i].digits))
            return sizes[i].size;
    return 0;
}

static uint8_t general_register(struct generator *generator, uint8_t mode, uint8_t size)
{
    return size == 1 ? byte_register(generator, mode)
                     : register_of(generator,
                                   size == 2   ? 2u
                                   : size == 4 ? 3u
                                   : size == 8 ? 4u
                                               : size_of_register(generator, mode),
                                   mode);
}

static void make_operand(struct generator *generator, const char *kind, uint8_t mode,
                         uint8_t usual_size, struct elfgen_x86_operand *operand)
{
    const uint8_t named = size_in(kind), size = named ? named : usual_size;
    if (make_named(kind, operand))
        return;
    if (strncmp(kind, "imm", 3) == 0 || strcmp(kind, "1") == 0) {
        make_immediate(generator, operand);
        if (*kind == '1' && !is_one_in(generator, 4))
            operand->value = 1;
    } else if (strncmp(kind, "rel", 3) == 0) {
        make_target(generator, operand);
    } else if (strcmp(kind, "ptr") == 0) {
        *operand = (struct elfgen_x86_operand){.kind = ELFGEN_X86_FAR_TARGET,
                                               .selector = (uint16_t)generate_number(generator),
                                               .value = (uint16_t)generate_number(generator)};
        operand->size = (uint8_t)(2 * generate_below(generator, 3));
    } else if (strncmp(kind, "xmm", 3) == 0) {
        if (kind[3] == '/' && is_one_in(generator, 2))
            make_memory(generator, mode, size, operand);
        else
            make_register(register_of(generator, 9, mode), operand);
    } else if (strcmp(kind, "segment register") == 0) {
        make_register((uint8_t)(0x60 + generate_below(generator, 6)), operand);
    } else if (strcmp(kind, "control register") == 0) {
        static const uint8_t numbers[] = {0, 2, 3, 4, 8};
        make_register((uint8_t)(0x70 + numbers[generate_below(generator, mode == 64 ? 5 : 4)]),
                      operand);
    } else if (strcmp(kind, "debug register") == 0) {
        make_register((uint8_t)(0x80 + generate_below(generator, 8)), operand);
    } else if (*kind == 'm' || (kind[1] == '/' && is_one_in(generator, 2))) {
        make_memory(generator, mode, strcmp(kind, "m") == 0 ? 0 : size, operand);
        if (strcmp(kind, "m far") == 0)
            operand->reach = ELFGEN_X86_FAR;
        if (strncmp(kind, "moffs", 5) == 0) {
            operand->base = operand->index = operand->scale = 0;
            operand->no_split = false;
        }
    } else if (strncmp(kind, "ax,", 3) == 0) {
        make_register((uint8_t)(size_of_register(generator, mode) << 4), operand);
    } else {
        make_register(general_register(generator, mode, size), operand);
    }
}

/* Adds prefixes to an instruction without operands, if the encoder has it with them. */
static void add_prefixes(struct generator *generator, struct elfgen_x86_instruction *instruction)
{
    const struct elfgen_x86_instruction bare = *instruction;
    struct elfgen_x86_encoding encoding;
    if (is_one_in(generator, 2))
        instruction->prefixes |= is_one_in(generator, 2) ? ELFGEN_X86_REP : ELFGEN_X86_REPNE;
    if (is_one_in(generator, 3))
        instruction->prefixes |= instruction->mode == 64 ? ELFGEN_X86_A32 : ELFGEN_X86_A16;
    if (is_one_in(generator, 3))
        instruction->segment = (uint8_t)(0x60 + generate_below(generator, 6));
    if (elfgen_encode(instruction, &encoding) != ELFGEN_X86_OK)
        *instruction = bare;
}

void generate_instruction(struct generator *generator, unsigned mnemonic, unsigned form,
                          uint8_t mode, struct elfgen_x86_instruction *instruction)
{
    struct elfgen_x86_form known;
    *instruction = (struct elfgen_x86_instruction){.mnemonic = (uint16_t)mnemonic, .mode = mode};
    if (!elfgen_x86_form(mnemonic, form, &known))
        return;
    static const uint8_t sizes[] = {2, 4, 4, 8};
    const uint8_t size = sizes[generate_below(generator, mode == 64 ? 4 : 3)];
    bool has_memory = false;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && known.operands[i]; i++) {
        struct elfgen_x86_operand *operand = &instruction->operands[i];
        const bool is_other = is_one_in(generator, 60);
        make_operand(generator, is_other ? "r/m" : known.operands[i], mode, size, operand);
        if (operand->kind == ELFGEN_X86_MEMORY && has_memory)
            make_register(general_register(generator, mode, size), operand);
        has_memory |= operand->kind == ELFGEN_X86_MEMORY;
    }
    if (!known.operands[0])
        add_prefixes(generator, instruction);
    if (known.may_lock && instruction->operands[0].kind == ELFGEN_X86_MEMORY &&
        is_one_in(generator, 10))
        instruction->prefixes |= ELFGEN_X86_LOCK;
}
