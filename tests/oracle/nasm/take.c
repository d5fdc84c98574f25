/* Chooses a sample of each kind. */
#include "same.h"

#include <stdlib.h>
#include <string.h>

enum { ALIKE = 3 }; /* instructions of one kind in a sample */

/* ---- numbers that are the same in every run ----------------------------------------------------
 */

uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    uint64_t state = hash ^ (value * UINT64_C(0xff51afd7ed558ccd));
    return next_random(&state);
}

/* ---- shapes ------------------------------------------------------------------------------------
 */

/* Returns true once for each hash. */
static bool is_new(struct run *run, uint64_t hash)
{
    hash |= 1;
    if (run->seen_count * 2 >= run->seen_room) {
        size_t old_room = run->seen_room;
        uint64_t *old = run->seen;
        run->seen_room = old_room ? old_room * 2 : 1 << 16;
        run->seen_count = 0;
        run->seen = calloc(run->seen_room, sizeof *run->seen);
        if (!run->seen)
            die("memory");
        for (size_t i = 0; i < old_room; i++)
            if (old[i])
                is_new(run, old[i]);
        free(old);
    }
    size_t at = (size_t)(hash >> 16) & (run->seen_room - 1);
    for (; run->seen[at]; at = (at + 1) & (run->seen_room - 1))
        if (run->seen[at] == hash)
            return false;
    run->seen[at] = hash;
    run->seen_count++;
    return true;
}

/* The class that decides a number's encoding: zero, a signed byte, an unsigned one, ... */
static unsigned class_of_number(int64_t value)
{
    static const int64_t limits[] = {
        INT64_MIN / 2, INT32_MIN, INT16_MIN, INT8_MIN,   -1,        0,
        INT8_MAX,      UINT8_MAX, INT16_MAX, UINT16_MAX, INT32_MAX, UINT32_MAX};
    unsigned class = 0;
    while (class < sizeof limits / sizeof limits[0] && value > limits[class])
        class ++;
    return class;
}

static uint64_t mix_numbers(uint64_t hash, const ZydisDecodedInstruction *instruction)
{
    for (int i = 0; i < 2; i++)
        hash = mix(hash, instruction->raw.imm[i].is_relative
                             ? 1
                             : class_of_number(instruction->raw.imm[i].value.s));
    return hash;
}

/* All bytes except those of numbers. */
static uint64_t exact_shape(const ZydisDecodedInstruction *instruction, const uint8_t *bytes)
{
    uint8_t copy[ZYDIS_MAX_INSTRUCTION_LENGTH] = {0};
    uint64_t hash = instruction->length;
    memcpy(copy, bytes, instruction->length);
    memset(copy + instruction->raw.disp.offset, 0, instruction->raw.disp.size / 8);
    for (int i = 0; i < 2; i++)
        memset(copy + instruction->raw.imm[i].offset, 0, instruction->raw.imm[i].size / 8);
    for (int i = 0; i < instruction->length; i++)
        hash = mix(hash, copy[i]);
    return mix_numbers(hash, instruction);
}

/* Registers that are encoded differently: the accumulator, the stack pointer, the bases 5, 12 and
 * 13, and those that need a prefix. */
static uint64_t kind_of_register(ZydisRegister value)
{
    static const uint8_t kinds[32] = {0, 1, 1, 1, 2, 3, 1, 1, 4, 4, 4, 4, 5, 6, 4, 4,
                                      7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
    ZyanI8 number = ZydisRegisterGetId(value);
    ZydisRegisterClass class = ZydisRegisterGetClass(value);
    return (uint64_t) class * 16 + (number >= 0 && number < 32 ? kinds[number] : 8);
}

static uint64_t kind_of_operand(uint64_t hash, const ZydisDecodedOperand *operand, bool rough)
{
    hash = mix(hash, (uint64_t)operand->type << 16 | operand->size);
    if (operand->type == ZYDIS_OPERAND_TYPE_REGISTER)
        hash = mix(hash, rough ? (uint64_t)ZydisRegisterGetClass(operand->reg.value)
                               : kind_of_register(operand->reg.value));
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
        hash = mix(hash, operand->mem.segment);
        if (rough)
            return mix(hash, (uint64_t)is_relative(&operand->mem) << 1 |
                                 (operand->mem.base != ZYDIS_REGISTER_NONE));
        hash = mix(hash, kind_of_register(operand->mem.base));
        hash = mix(hash, kind_of_register(operand->mem.index));
        hash = mix(hash, operand->mem.scale);
        hash = mix(hash, class_of_number(operand->mem.disp.value));
    }
    return hash;
}

static uint64_t kind_of_instruction(const ZydisDecodedInstruction *instruction,
                                    const ZydisDecodedOperand *operands, bool rough)
{
    const ZydisDecodedInstructionAvx *avx = &instruction->avx;
    uint64_t hash = mix((uint64_t)instruction->mnemonic, instruction->attributes);
    hash = mix(hash, (uint64_t)instruction->opcode_map << 8 | instruction->opcode);
    hash = mix(hash, (uint64_t)instruction->operand_width << 8 | instruction->address_width);
    hash = mix(hash, (uint64_t)avx->mask.mode << 16 | (uint64_t)avx->broadcast.mode << 8 |
                         (uint64_t)avx->rounding.mode << 4 | avx->has_sae);
    for (int i = 0; i < instruction->operand_count_visible; i++)
        hash = kind_of_operand(hash, &operands[i], rough);
    return hash;
}

/* Wanted are a few of each kind, or all that differ in more than numbers. */
static bool is_wanted(struct run *run, const ZydisDecodedInstruction *instruction,
                      const ZydisDecodedOperand *operands, const uint8_t *bytes)
{
    if (!is_new(run, exact_shape(instruction, bytes)))
        return false;
    if (run->options.all)
        return true;
    bool rough = run->part == PART_FORMS && !run->options.dense;
    uint64_t kind = kind_of_instruction(instruction, operands, rough);
    if (!rough)
        kind = mix_numbers(kind, instruction);
    for (unsigned i = 0; i < (rough ? 1 : ALIKE); i++)
        if (is_new(run, mix(kind, i)))
            return true;
    return false;
}

/* Returns the instruction's length, or 0 if it is invalid. */
size_t take(struct run *run, const uint8_t *bytes, size_t length)
{
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (ZYAN_FAILED(ZydisDecoderDecodeFull(&run->decoder, bytes, length, &instruction, operands)))
        return 0;
    if (is_wanted(run, &instruction, operands, bytes)) {
        if (run->count == run->room) {
            run->room = run->room ? run->room * 2 : 1 << 12;
            run->shapes = more(run->shapes, run->room, sizeof *run->shapes);
        }
        struct shape *shape = &run->shapes[run->count++];
        memset(shape, 0, sizeof *shape);
        memcpy(shape->bytes, bytes, instruction.length);
        shape->length = instruction.length;
    }
    return instruction.length;
}
