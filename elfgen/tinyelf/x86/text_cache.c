/* Keeps the texts of instructions, with holes where displacement and immediate go. */
#include "text_cache.h"

#include <string.h>

#include "head.h"

/* ---- opcodes ---- */

const uint32_t x86_has_modrm[2][8] = {
    {0x0f0f0f0f, 0x0f0f0f0f, 0x00000000, 0x00000a08, 0x0000ffff, 0x00000000, 0xff0f00c3,
     0xc0c00000},
    {0xffffb41f, 0xff00ffff, 0xffffffff, 0xff7fffff, 0xffff0000, 0xfffff8f8, 0xffff00ff,
     0xffffffff},
};

/* ---- places ---- */

/* What the key of a text with holes has besides bytes and their number. */
#define HOLES (UINT64_C(1) << 63)

struct x86_text_key x86_text_key(const uint8_t *bytes, size_t size)
{
    struct x86_text_key key = {0, (uint64_t)size << 56};
    uint32_t first, last;
    uint64_t end = 0;
    if (size >= 8) {
        memcpy(&key.low, bytes, 8);
        memcpy(&end, bytes + size - 8, 8);
        key.high |= size > 8 ? end >> 8 * (16 - size) : 0;
    } else if (size >= 4) {
        memcpy(&first, bytes, 4);
        memcpy(&last, bytes + size - 4, 4);
        key.low = first | (uint64_t)last << 8 * (size - 4);
    } else {
        for (size_t i = 0; i < size; i++)
            key.low |= (uint64_t)bytes[i] << 8 * i;
    }
    return key;
}

void x86_text_keep(struct x86_cached_text *place, const uint8_t *bytes, size_t size,
                   const char *text, size_t length)
{
    if (length > sizeof place->text)
        return;
    struct x86_text_key key = x86_text_key(bytes, size);
    *place = (struct x86_cached_text){.low = key.low, .high = key.high, .length = (uint8_t)length};
    memcpy(place->text, text, length);
}

/* ---- texts with holes ---- */

enum { BITS = 8, MOST_TEXT = X86_TEXT + 2 * sizeof "-0x0123456789abcdef" };

/* The number in `size` bytes, with its sign. */
static uint64_t number_in(const uint8_t *bytes, uint8_t size)
{
    uint64_t value = 0;
    for (uint8_t i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << BITS * i;
    uint64_t sign = UINT64_C(1) << (BITS * size - 1);
    return (value ^ sign) - sign;
}

static char *put_number(char *to, uint64_t value)
{
    unsigned digits = value == 0 ? 1 : (67u - (unsigned)__builtin_clzll(value)) / 4;
    *to++ = '0';
    *to++ = 'x';
    for (unsigned i = digits; i-- > 0; value >>= 4)
        to[i] = "0123456789abcdef"[value & 15];
    return to + digits;
}

static char *put_displacement(char *to, uint64_t value)
{
    bool negative = value >> 63;
    *to++ = negative ? '-' : '+';
    return put_number(to, negative ? 0 - value : value);
}

static char *put_immediate(char *to, const struct x86_cached_text *place, uint64_t value)
{
    if (!place->is_signed)
        value = x86_low_bits(value, BITS * place->immediate);
    return put_number(to, x86_low_bits(value, place->width));
}

/* Fills the holes. Returns the length, or 0 if the bytes need another text. */
static size_t fill(const struct x86_cached_text *place, const uint8_t *bytes, size_t size,
                   size_t head, char *room)
{
    char *to = room;
    if (head + place->displacement + place->immediate != size)
        return 0;
    memcpy(to, place->text, sizeof place->text);
    if (place->displacement > 0) {
        uint64_t value = number_in(bytes + head, place->displacement);
        size_t rest = (size_t)place->length - place->hole;
        if (value == 0)
            return 0;
        to = put_displacement(to + place->hole, value);
        memcpy(to, place->text + place->hole, rest);
        to += rest;
    } else {
        to += place->length;
    }
    if (place->immediate > 0)
        to = put_immediate(to, place, number_in(bytes + size - place->immediate, place->immediate));
    return (size_t)(to - room);
}

static bool has_holes(const struct x86 *machine)
{
    /* Numbers that may be addresses are looked up one by one. */
    return machine->syntax == SYNTAX_INTEL && !(machine->names && machine->names->fixed);
}

static bool is_64_bit(const struct x86 *machine)
{
    return machine->decoder.machine_mode == ZYDIS_MACHINE_MODE_LONG_64;
}

static struct x86_text_key key_of_head(const uint8_t *bytes, size_t head)
{
    struct x86_text_key key = x86_text_key(bytes, head);
    key.high |= HOLES;
    return key;
}

bool x86_text_fill(struct x86 *machine, const uint8_t *bytes, size_t size, uint64_t address,
                   struct elfgen_text *text, uint64_t *refers)
{
    char room[MOST_TEXT];
    if (!has_holes(machine))
        return false;
    size_t head = x86_head(is_64_bit(machine), bytes, size);
    if (head == 0 || head >= size)
        return false;
    struct x86_text_key key = key_of_head(bytes, head);
    const struct x86_cached_text *place = x86_text_place(machine, key);
    if (!x86_text_is_at(place, key))
        return false;
    size_t length = fill(place, bytes, size, head, room);
    if (length == 0)
        return false;
    elfgen_text_bytes(text, room, length);
    *refers = ELFGEN_NOWHERE;
    if (place->is_relative)
        *refers = address + size + number_in(bytes + head, place->displacement);
    return true;
}

/* Finds the operand that is the number in the instruction's last bytes; NULL: there is none. */
static const ZydisDecodedOperand *immediate_of(const ZydisDecodedInstruction *instruction,
                                               const ZydisDecodedOperand *operands)
{
    for (size_t i = 0; i < instruction->operand_count_visible; i++)
        if (operands[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
            return &operands[i];
    return NULL;
}

/* Whether texts of such instructions differ by nothing but the numbers. */
static bool is_plain(const ZydisDecodedInstruction *instruction)
{
    const ZydisDecodedInstructionRaw *raw = &instruction->raw;
    return (instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY ||
            instruction->encoding == ZYDIS_INSTRUCTION_ENCODING_VEX) &&
           (raw->disp.size == 0 || raw->disp.size == 8 || raw->disp.size == 32) &&
           raw->imm[0].size <= 32 && raw->imm[1].size == 0 && !raw->imm[0].is_relative;
}

/* Cuts a number off the end of a text. Returns false if it does not end so. */
static bool cut_end(const char *text, size_t *length, const char *end, size_t size)
{
    if (*length < size || memcmp(text + *length - size, end, size) != 0)
        return false;
    *length -= size;
    return true;
}

/* Takes the numbers out of a text. Returns false if they are not where they should be. */
static bool make_holes(struct x86_cached_text *place, const uint8_t *bytes, size_t head,
                       const char *line, size_t length)
{
    char number[32];
    const uint8_t *immediate = bytes + head + place->displacement;
    if (place->immediate > 0) {
        uint64_t value = number_in(immediate, place->immediate);
        if (!cut_end(line, &length, number, (size_t)(put_immediate(number, place, value) - number)))
            return false;
    }
    const char *bracket = memchr(line, ']', length);
    size_t hole = bracket ? (size_t)(bracket - line) : 0, before = hole;
    if (place->displacement > 0) {
        uint64_t value = number_in(bytes + head, place->displacement);
        if (!cut_end(line, &hole, number, (size_t)(put_displacement(number, value) - number)))
            return false;
    } else {
        hole = before;
    }
    if (length - (before - hole) > sizeof place->text)
        return false;
    memcpy(place->text, line, hole);
    memcpy(place->text + hole, line + before, length - before);
    place->length = (uint8_t)(length - (before - hole));
    place->hole = (uint8_t)hole;
    return true;
}

bool x86_text_keep_holes(struct x86 *machine, const ZydisDecodedInstruction *instruction,
                         const ZydisDecodedOperand *operands, const uint8_t *bytes,
                         const char *line, size_t length)
{
    char room[MOST_TEXT];
    const ZydisDecodedInstructionRaw *raw = &instruction->raw;
    size_t size = instruction->length, head = x86_head(is_64_bit(machine), bytes, size);
    if (!has_holes(machine) || !is_plain(instruction) || head == 0 || head >= size ||
        head + raw->disp.size / BITS + raw->imm[0].size / BITS != size ||
        (raw->disp.size > 0 && raw->disp.offset != head))
        return false;
    const ZydisDecodedOperand *immediate = immediate_of(instruction, operands);
    if ((immediate != NULL) != (raw->imm[0].size > 0))
        return false;
    struct x86_text_key key = key_of_head(bytes, head);
    struct x86_cached_text made = {.low = key.low,
                                   .high = key.high,
                                   .displacement = raw->disp.size / BITS,
                                   .immediate = raw->imm[0].size / BITS,
                                   .width = (uint8_t)instruction->operand_width,
                                   .is_signed = immediate && immediate->imm.is_signed,
                                   .is_relative = is_64_bit(machine) && raw->modrm.mod == 0 &&
                                                  raw->modrm.rm == 5 && raw->disp.size == 32};
    if (!make_holes(&made, bytes, head, line, length) ||
        fill(&made, bytes, size, head, room) != length || memcmp(room, line, length) != 0)
        return false;
    *x86_text_place(machine, key) = made;
    return true;
}
