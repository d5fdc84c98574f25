/* Fuzzes the encoder with instructions of any values: what is encoded, Zydis decodes to the same;
 * all encodings of it, too. */
#include <stddef.h>

#include "../oracle/encode/decode.h"
#include "fuzz_input.h"

struct run {
    struct decoder decoder;
    const struct elfgen_x86_instruction *instruction;
    size_t left; /* encodings that are still looked at */
    bool is_known;
};

/* A register, mostly one that there is. */
static uint8_t take_register(struct input *input)
{
    const uint64_t value = take(input, 1);
    return (uint8_t)(is_rare(input) ? value : 0x10 + value % 0x92);
}

static void take_operand(struct input *input, struct elfgen_x86_operand *operand)
{
    static const uint8_t sizes[] = {0, 0, 1, 2, 4, 8, 16, 3};
    *operand = (struct elfgen_x86_operand){.kind = (uint8_t)(take(input, 1) % 7)};
    operand->size = sizes[take(input, 1) % 8];
    operand->reg = take_register(input);
    operand->reach = (uint8_t)(take(input, 1) % 5);
    const uint64_t which = take(input, 1);
    operand->segment = which & 1 ? take_register(input) : 0;
    operand->base = which & 2 ? take_register(input) : 0;
    operand->index = which & 4 ? take_register(input) : 0;
    operand->scale = (uint8_t)(take(input, 1) % 11);
    operand->displacement_size = sizes[take(input, 1) % 8];
    operand->no_split = which & 8;
    operand->relative = which & 16;
    operand->symbolic = (which & 96) == 96;
    operand->strict = which & 128;
    operand->selector = (uint16_t)take(input, 2);
    const uint64_t value = take_number(input);
    operand->value = (int64_t)(take_bool(input) ? 0 - value : value);
}

static bool is_same(const struct elfgen_x86_encoding *encoding, void *context)
{
    struct run *run = context;
    check(encoding->length >= 1 && encoding->length <= ELFGEN_X86_LONGEST);
    if (run->is_known)
        check(decode_same(&run->decoder, run->instruction, encoding) == NULL);
    return run->left-- > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = {.bytes = bytes, .left = size};
    struct elfgen_x86_instruction instruction = {0};
    struct elfgen_x86_encoding encoding;
    struct run run = {.instruction = &instruction, .left = 200, .is_known = true};
    instruction.mnemonic = (uint16_t)(take(&input, 2) % (ELFGEN_X86_MNEMONICS + 4));
    instruction.mode = is_rare(&input) ? (uint8_t)take(&input, 1) : take_bool(&input) ? 64 : 32;
    instruction.direction = (uint8_t)(take(&input, 1) % 4);
    instruction.prefixes = take_bool(&input) ? (uint16_t)take(&input, 2) : 0;
    instruction.segment = take_bool(&input) ? take_register(&input) : 0;
    instruction.truncate = take_bool(&input);
    instruction.any_prefix = take_bool(&input);
    instruction.form = is_rare(&input) ? (uint16_t)take(&input, 1) : 0;
    instruction.address = take_number(&input);
    const uint64_t count = take(&input, 1) % 4;
    for (uint64_t i = 0; i < count; i++) {
        take_operand(&input, &instruction.operands[i]);
        run.is_known &= !instruction.operands[i].symbolic;
    }
    /* No processor has mov to cs, which nasm encodes. */
    run.is_known &= instruction.operands[0].reg != ELFGEN_X86_REG_cs;
    /* The size that these ask for is not always that of the form. */
    run.is_known &= !(instruction.prefixes & (ELFGEN_X86_O16 | ELFGEN_X86_O32 | ELFGEN_X86_O64));
    /* lock and rep may make another instruction of one that does not have them, or none. */
    run.is_known &= !instruction.any_prefix ||
                    !(instruction.prefixes & (ELFGEN_X86_LOCK | ELFGEN_X86_REP | ELFGEN_X86_REPNE));
    decoder_init(&run.decoder, instruction.mode);
    if (elfgen_encode(&instruction, &encoding) == ELFGEN_X86_OK) {
        const bool is_known = run.is_known;
        run.is_known &= !encoding.truncated;
        is_same(&encoding, &run);
        run.is_known = is_known;
    } else {
        check(encoding.blame < ELFGEN_X86_OPERANDS || encoding.blame == 255);
    }
    elfgen_encodings(&instruction, take_bool(&input), is_same, &run);
    return 0;
}
