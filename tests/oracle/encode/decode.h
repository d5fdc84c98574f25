/* Decodes what the encoder made, with Zydis, and compares it with what was asked for. */
#ifndef TEST_ORACLE_ENCODE_DECODE_H
#define TEST_ORACLE_ENCODE_DECODE_H

#include <Zydis/Zydis.h>

#include "elfgen/x86.h"

struct decoder {
    ZydisDecoder decoder;
    ZydisFormatter formatter;
    ZydisDecodedInstruction decoded; /* of the last call */
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    char text[128];
    /* In 32-bit code: whether the usual encoding's memory is the stack segment's by default. */
    bool knows_stack, is_stack;
};

void decoder_init(struct decoder *decoder, int mode);

/* NULL: the bytes are the instruction that was asked for; otherwise what differs. */
const char *decode_same(struct decoder *decoder, const struct elfgen_x86_instruction *instruction,
                        const struct elfgen_x86_encoding *encoding);

/* Takes the default segment of the last instruction's memory for what the next ones must have. */
void decoder_keep_segment(struct decoder *decoder);

/* The same for what the form reads and writes. */
const char *decode_same_effects(struct decoder *decoder,
                                const struct elfgen_x86_instruction *instruction,
                                const struct elfgen_x86_encoding *encoding);

/* The last instruction as Zydis prints it. */
const char *decoded_text(struct decoder *decoder);

#endif
