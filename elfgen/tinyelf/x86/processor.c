/* Decodes instructions as processors run them, where Zydis decodes them differently or not at all.
 */
#include <string.h>

#include "x86.h"

/* Whether a byte is a legacy prefix that may stand before every instruction: not lock. */
static bool is_prefix(uint8_t byte)
{
    static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf2, 0xf3};
    return memchr(prefixes, byte, sizeof prefixes) != NULL;
}

/* The opcodes of MPX, 0f 1a and 0f 1b, are instructions without effect where MPX is off, as Linux
 * since 5.6 leaves it: all of them run, with any operands. Zydis refuses those that MPX does not
 * define. */
static bool decode_without_mpx(const ZydisDecoder *decoder, const uint8_t *bytes, size_t size,
                               ZydisDecodedInstruction *instruction, ZydisDecodedOperand *operands)
{
    enum { ESCAPE = 0x0f, BNDLDX = 0x1a, BNDSTX = 0x1b, NOP = 0x1f };
    uint8_t copy[ELFGEN_INSTRUCTION_MOST];
    size_t at = 0, most = size < sizeof copy ? size : sizeof copy;
    while (at < most && (is_prefix(bytes[at]) || ((bytes[at] & 0xf0) == 0x40 &&
                                                  decoder->stack_width == ZYDIS_STACK_WIDTH_64)))
        at++;
    if (most - at < 3 || bytes[at] != ESCAPE ||
        (bytes[at + 1] != BNDLDX && bytes[at + 1] != BNDSTX))
        return false;
    memcpy(copy, bytes, most);
    copy[at + 1] = NOP;
    return ZYAN_SUCCESS(
        operands ? ZydisDecoderDecodeFull(decoder, copy, most, instruction, operands)
                 : ZydisDecoderDecodeInstruction(decoder, NULL, copy, most, instruction));
}

static bool is_comparison_of_strings(const ZydisDecodedInstruction *instruction)
{
    return instruction->meta.category == ZYDIS_CATEGORY_STRINGOP &&
           (instruction->opcode == 0xa6 || instruction->opcode == 0xa7 ||
            instruction->opcode == 0xae || instruction->opcode == 0xaf);
}

/* Zydis does not say that cmps and scas change the registers that have their addresses. */
static void add_addresses(ZydisDecodedInstruction *instruction, ZydisDecodedOperand *operands)
{
    const uint8_t count = instruction->operand_count;
    const bool repeats = instruction->attributes & (ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE);
    for (uint8_t i = 0; i < count && instruction->operand_count < ZYDIS_MAX_OPERAND_COUNT; i++) {
        if (operands[i].type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        ZydisDecodedOperand *added = &operands[instruction->operand_count];
        *added = (ZydisDecodedOperand){
            .id = instruction->operand_count,
            .visibility = ZYDIS_OPERAND_VISIBILITY_HIDDEN,
            .actions =
                repeats ? ZYDIS_OPERAND_ACTION_READ_CONDWRITE : ZYDIS_OPERAND_ACTION_READWRITE,
            .size = instruction->address_width,
            .type = ZYDIS_OPERAND_TYPE_REGISTER,
        };
        added->reg.value = operands[i].mem.base;
        instruction->operand_count++;
    }
}

/* f3 90 is pause, but REX.B makes 90 an exchange with r8. The manuals do not say which of the two
 * f3 41 90 is: qemu, Bochs and llvm-mc exchange, an Intel Xeon of model 167 pauses. */
static bool decode_exchange(const ZydisDecoder *decoder, const uint8_t *bytes,
                            ZydisDecodedInstruction *instruction, ZydisDecodedOperand *operands)
{
    enum { REP = 0xf3, NO_EFFECT = 0x3e };
    uint8_t copy[ELFGEN_INSTRUCTION_MOST];
    memcpy(copy, bytes, instruction->length);
    for (uint8_t i = 0; i < instruction->raw.prefix_count; i++)
        if (copy[i] == REP)
            copy[i] = NO_EFFECT;
    return ZYAN_SUCCESS(
        ZydisDecoderDecodeFull(decoder, copy, instruction->length, instruction, operands));
}

/* Zydis gives xlat's table no index, and says that al is only written. */
static void mend_table(const ZydisDecodedInstruction *instruction, ZydisDecodedOperand *operands)
{
    for (size_t i = 0; i < instruction->operand_count; i++)
        if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY) {
            operands[i].mem.index = ZYDIS_REGISTER_AL;
            operands[i].mem.scale = 1;
        } else if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER) {
            operands[i].actions |= ZYDIS_OPERAND_ACTION_READ;
        }
}

bool x86_decode(const struct x86 *machine, const uint8_t *bytes, size_t size,
                ZydisDecodedInstruction *instruction,
                ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT])
{
    const ZydisDecoder *decoder = &machine->decoder;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(decoder, bytes, size, instruction, operands)))
        return decode_without_mpx(decoder, bytes, size, instruction, operands);
    if (is_comparison_of_strings(instruction))
        add_addresses(instruction, operands);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_PAUSE &&
        instruction->attributes & ZYDIS_ATTRIB_HAS_REX && instruction->raw.rex.B)
        return decode_exchange(decoder, bytes, instruction, operands);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_XLAT)
        mend_table(instruction, operands);
    return true;
}

bool x86_scan(const struct x86 *machine, const uint8_t *bytes, size_t size,
              ZydisDecodedInstruction *instruction)
{
    const ZydisDecoder *scanner = &machine->scanner;
    return ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(scanner, NULL, bytes, size, instruction)) ||
           decode_without_mpx(scanner, bytes, size, instruction, NULL);
}

bool x86_is_nameless(const ZydisDecodedInstruction *instruction, const uint8_t *bytes)
{
    return instruction->mnemonic == ZYDIS_MNEMONIC_NOP && instruction->raw.modrm.offset > 0 &&
           bytes[instruction->raw.modrm.offset - 1] != instruction->opcode;
}

bool x86_is_disputed(const ZydisDecodedInstruction *instruction, const uint8_t *bytes)
{
    enum { EXCHANGE = 0x90, REP = 0xf3 };
    return instruction->mnemonic == ZYDIS_MNEMONIC_XCHG && instruction->opcode == EXCHANGE &&
           memchr(bytes, REP, instruction->raw.prefix_count) != NULL;
}

const char *x86_mnemonic(ZydisMnemonic mnemonic)
{
    static const struct {
        ZydisMnemonic mnemonic;
        const char *name;
    } names[] = {
#define CONDITION(zydis, name)                                                                     \
    {ZYDIS_MNEMONIC_J##zydis, "j" name}, {ZYDIS_MNEMONIC_SET##zydis, "set" name},                  \
        {ZYDIS_MNEMONIC_CMOV##zydis, "cmov" name},
        CONDITION(Z, "e") CONDITION(NZ, "ne") CONDITION(NBE, "a") CONDITION(NB, "ae")
            CONDITION(NL, "ge") CONDITION(NLE, "g")
#undef CONDITION
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].mnemonic == mnemonic)
            return names[i].name;
    return ZydisMnemonicGetString(mnemonic);
}
