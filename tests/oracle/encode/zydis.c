/* Compares the encoder with Zydis: every encoding of an instruction is decoded to the instruction
 * that was asked for, and what the table says of operands, registers and flags is what Zydis says.
 *
 *   encode-zydis [--full] [--count N] [--seed N] [--mode 32|64] [--only MNEMONIC] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "generate.h"
#include "sample.h"

enum { SAMPLE = 200, FULL = 1000, SHOWN = 60 };

struct run {
    struct decoder decoder;
    uint8_t mode;
    struct sample sample;
    const struct elfgen_x86_instruction *instruction;
    size_t instructions, encodings, effects, failed, shown;
    unsigned last; /* mnemonic of the failure that was shown last */
};

static void fail(struct run *run, const struct elfgen_x86_encoding *encoding, const char *what)
{
    char line[160];
    struct elfgen_text text = {.bytes = line, .capacity = sizeof line - 1};
    run->failed++;
    if (run->shown >= SHOWN || run->instruction->mnemonic == run->last)
        return; /* the first of each mnemonic */
    run->last = run->instruction->mnemonic;
    run->shown++;
    elfgen_x86_print(run->instruction, &text);
    line[text.length] = '\0';
    printf("%2d %-44s ", run->mode, line);
    for (unsigned i = 0; i < encoding->length; i++)
        printf("%02x", encoding->bytes[i]);
    printf(": %s: %s\n", what, decoded_text(&run->decoder));
}

static bool check_encoding(const struct elfgen_x86_encoding *encoding, void *context)
{
    struct run *run = context;
    const char *problem = decode_same(&run->decoder, run->instruction, encoding);
    run->encodings++;
    if (problem)
        fail(run, encoding, problem);
    return true;
}

static void run_mode(struct run *run, uint8_t mode)
{
    struct generator generator = {.state = run->sample.seed};
    struct sample_form form = {0};
    run->mode = mode;
    decoder_init(&run->decoder, mode);
    while (sample_next_form(&run->sample, &form)) {
        bool has_effects = false;
        for (unsigned n = 0; n < run->sample.count; n++) {
            struct elfgen_x86_instruction instruction;
            struct elfgen_x86_encoding encoding;
            generate_instruction(&generator, form.mnemonic, form.number, mode, &instruction);
            instruction.address = 0x1000;
            if (instruction.mnemonic == ELFGEN_X86_OP_mov &&
                instruction.operands[0].reg == ELFGEN_X86_REG_cs)
                continue; /* encoded as nasm does; no processor has it */
            for (unsigned j = 0; j < ELFGEN_X86_OPERANDS; j++)
                if (instruction.operands[j].kind == ELFGEN_X86_TARGET ||
                    instruction.operands[j].relative)
                    instruction.operands[j].value += (int64_t)instruction.address;
            run->instruction = &instruction;
            if (elfgen_encode(&instruction, &encoding) != ELFGEN_X86_OK)
                continue;
            run->instructions++;
            run->decoder.knows_stack = false;
            check_encoding(&encoding, run);
            decoder_keep_segment(&run->decoder);
            if (!has_effects && encoding.form == form.number &&
                !(instruction.prefixes & (ELFGEN_X86_REP | ELFGEN_X86_REPNE))) {
                const char *problem = decode_same_effects(&run->decoder, &instruction, &encoding);
                has_effects = true;
                run->effects++;
                if (problem)
                    fail(run, &encoding, problem);
            }
            if (elfgen_encodings(&instruction, true, check_encoding, run) == 0)
                fail(run, &encoding, "it is not listed");
            if (!form.row.operands[0] && n == 24)
                break;
        }
    }
}

int main(int argc, char **argv)
{
    struct run run = {0};
    if (!sample_read(&run.sample, "encode-zydis", SAMPLE, FULL, argc, argv))
        return 2;
    if (sample_has_mode(&run.sample, 64))
        run_mode(&run, 64);
    if (sample_has_mode(&run.sample, 32))
        run_mode(&run, 32);
    printf(
        "%zu encodings of %zu instructions decode to what was asked for, %zu forms have the same "
        "effects, %zu differ\n",
        run.encodings, run.instructions, run.effects, run.failed);
    return run.failed ? 1 : 0;
}
