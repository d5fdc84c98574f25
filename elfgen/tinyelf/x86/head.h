/* Counts the bytes of an instruction before its displacement and immediates, without decoding it.
 */
#ifndef X86_HEAD_H
#define X86_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opcodes with a ModRM byte, a bit each: those of one byte, and those after 0f. */
extern const uint32_t x86_has_modrm[2][8];

static inline bool x86_opcode_has_modrm(unsigned map, uint8_t opcode)
{
    return x86_has_modrm[map][opcode / 32] >> opcode % 32 & 1;
}

static inline bool x86_is_plain_prefix(uint8_t byte)
{
    return byte == 0x66 || byte == 0xf2 || byte == 0xf3 || byte == 0x64 || byte == 0x65 ||
           byte == 0x2e;
}

/* The number of bytes, of `size`, that are prefixes, opcode, ModRM and SIB; 0 if there may be more
 * to it. It may be wrong, above all where there is no instruction: what is kept by these bytes must
 * be of an instruction of which a decoder says the same. As the bytes decide it, that holds for all
 * that begin with them. */
static inline uint8_t x86_head(bool is_64_bit, const uint8_t *bytes, size_t size)
{
    enum { MOST_PREFIXES = 3, MEMORY = 0xc0, SIB = 4 };
    uint8_t at = 0;
    bool modrm;
    while (at < MOST_PREFIXES && at < size && x86_is_plain_prefix(bytes[at]))
        at++;
    if (is_64_bit && at < size && (bytes[at] & 0xf0) == 0x40)
        at++;
    if (at + 1u >= size)
        return at + 1u == size && !x86_opcode_has_modrm(0, bytes[at]) ? (uint8_t)(at + 1) : 0;
    uint8_t opcode = bytes[at++];
    if (opcode == 0x0f) {
        opcode = bytes[at++];
        modrm = x86_opcode_has_modrm(1, opcode);
        if (opcode == 0x38 || opcode == 0x3a)
            at++;
    } else if (is_64_bit && (opcode == 0xc4 || opcode == 0xc5)) {
        at = (uint8_t)(at + (opcode == 0xc4 ? 3 : 2));
        modrm = true;
    } else {
        modrm = x86_opcode_has_modrm(0, opcode);
    }
    if (!modrm)
        return at;
    if (at >= size)
        return 0;
    uint8_t operands = bytes[at++];
    return (uint8_t)(at + (operands < MEMORY && (operands & 7) == SIB));
}

#endif
