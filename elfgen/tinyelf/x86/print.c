/* Prints an instruction in the syntax that x86_open() was given. */
#include "x86.h"
#include "formatter.h"
#include "nasm.h"
#include "text_cache.h"

#include <string.h>

/* Removes the blanks that Zydis, unlike the lecture and objdump, puts after commas. */
static size_t remove_blanks(char *line)
{
    size_t length = 0;
    for (const char *c = line; *c; c++)
        if (*c != ' ' || length == 0 || line[length - 1] != ',')
            line[length++] = *c;
    return length;
}

/* Appends an instruction that has no name as bytes. */
static void put_bytes(const struct x86 *machine, const uint8_t *bytes, uint8_t length,
                      struct elfgen_text *text)
{
    elfgen_text_string(text, machine->syntax == SYNTAX_ATT ? ".byte " : "db ");
    for (uint8_t i = 0; i < length; i++) {
        elfgen_text_string(text, i > 0 ? ",0x" : "0x");
        elfgen_text_hex(text, bytes[i], 2);
    }
}

static bool put_name(const struct x86 *machine, uint64_t address, const char *before,
                     const char *after, struct elfgen_text *text)
{
    return machine->names &&
           machine->names->put(machine->names->context, address, before, after, text);
}

static void put_address(const struct x86 *machine, struct elfgen_text *text, uint64_t address)
{
    elfgen_text_string(text, " # 0x");
    elfgen_text_hex(text, address, 0);
    put_name(machine, address, " <", ">", text);
}

/* Appends the address that a rip-relative operand refers to, as objdump does. */
static void put_absolute(const struct x86 *machine, struct elfgen_text *text,
                         const ZydisDecodedInstruction *instruction,
                         const ZydisDecodedOperand *operands, uint64_t address)
{
    for (size_t i = 0; i < instruction->operand_count_visible; i++) {
        ZyanU64 absolute;
        if (operands[i].type != ZYDIS_OPERAND_TYPE_MEMORY ||
            (operands[i].mem.base != ZYDIS_REGISTER_RIP &&
             operands[i].mem.base != ZYDIS_REGISTER_EIP) ||
            !ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(instruction, &operands[i], address, &absolute)))
            continue;
        put_address(machine, text, absolute);
        return;
    }
}

/* Appends the names of numbers in an instruction, if numbers may be addresses. */
static bool put_numbers(const struct x86 *machine, struct elfgen_text *text,
                        const ZydisDecodedInstruction *instruction,
                        const ZydisDecodedOperand *operands, const char *before)
{
    uint64_t address;
    bool any = false;
    for (size_t i = 0; i < instruction->operand_count_visible && machine->names; i++)
        if (machine->names->fixed && x86_has_address(instruction, &operands[i], &address))
            any = put_name(machine, address, before, ">", text) || any;
    return any;
}

/* Appends the name of the target of a jump or call. */
static void put_target(const struct x86 *machine, struct elfgen_text *text,
                       const ZydisDecodedInstruction *instruction,
                       const ZydisDecodedOperand *operands, uint64_t address, const char *before)
{
    ZyanU64 target;
    for (size_t i = 0; i < instruction->operand_count_visible; i++)
        if (operands[i].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operands[i].imm.is_relative &&
            ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(instruction, &operands[i], address, &target)))
            put_name(machine, target, before, ">", text);
}

/* The number of bytes, at the end of a plain jump or call, of its distance; 0 for other
 * instructions. */
static size_t distance_size(const uint8_t *bytes, size_t size)
{
    if (size == 5 && (bytes[0] == 0xe8 || bytes[0] == 0xe9))
        return 4;
    if (size == 6 && bytes[0] == 0x0f && (bytes[1] & 0xf0) == 0x80)
        return 4;
    return size == 2 && (bytes[0] == 0xeb || (bytes[0] & 0xf0) == 0x70) ? 1 : 0;
}

static uint64_t target_of(const struct x86 *machine, const uint8_t *bytes, size_t size,
                          size_t distance, uint64_t address)
{
    int32_t offset;
    if (distance == 1)
        offset = bytes[size - 1] < 0x80 ? bytes[size - 1] : bytes[size - 1] - 0x100;
    else
        memcpy(&offset, bytes + size - sizeof offset, sizeof offset);
    uint64_t target = address + size + (uint64_t)(int64_t)offset;
    return machine->decoder.machine_mode == ZYDIS_MACHINE_MODE_LONG_64 ? target : (uint32_t)target;
}

/* The length of a line without "0x" and the target at its end; 0 if it ends otherwise. */
static size_t before_target(const char *line, size_t length, uint64_t target)
{
    char room[24];
    struct elfgen_text end = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&end, " 0x");
    elfgen_text_hex(&end, target, 0);
    bool same = length > end.length && memcmp(line + length - end.length, room, end.length) == 0;
    return same ? length - end.length + 1 : 0;
}

/* Prints an instruction in NASM's syntax, with names as comments. */
static void print_nasm(const struct x86 *machine, const uint8_t *bytes, size_t size,
                       uint64_t address, struct elfgen_text *text)
{
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (x86_decode(machine, bytes, size, &instruction, operands)) {
        nasm_text(&instruction, operands, bytes, address, text);
        put_target(machine, text, &instruction, operands, address, "  ; <");
        put_numbers(machine, text, &instruction, operands, "  ; <");
    }
}

/* Whether a relocation changes the instruction. */
static bool is_relocated(const struct x86 *machine, const uint8_t *bytes, size_t size)
{
    struct elfgen_rela relocation;
    return machine->names && machine->names->relocation &&
           machine->names->relocation(machine->names->relocations, bytes, size, &relocation, NULL);
}

/* Prints an instruction; `place`: for the cache, NULL if a relocation changes it. */
static void print(struct x86 *machine, const uint8_t *bytes, size_t size, uint64_t address,
                  struct elfgen_text *text, struct x86_cached_text *place)
{
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    char line[800]; /* two symbols of 255 characters fit */
    if (!x86_decode(machine, bytes, size, &instruction, operands))
        return;
    if (x86_is_nameless(&instruction, bytes)) {
        put_bytes(machine, bytes, instruction.length, text);
        return;
    }
    /* The register operand of a long nop means nothing. */
    if (instruction.mnemonic == ZYDIS_MNEMONIC_NOP && instruction.operand_count_visible > 1)
        instruction.operand_count_visible = 1;
    if (!x86_format(machine, &instruction, operands, bytes, address, line, sizeof line))
        return;
    size_t length = remove_blanks(line);
    elfgen_text_bytes(text, line, length);
    if (!place)
        return;
    put_absolute(machine, text, &instruction, operands, address);
    bool named = put_numbers(machine, text, &instruction, operands, " # <");
    put_target(machine, text, &instruction, operands, address, " <");
    size_t distance = distance_size(bytes, size);
    if (instruction.length != size || named ||
        (distance == 0 &&
         x86_text_keep_holes(machine, &instruction, operands, bytes, line, length)))
        return;
    if (!(instruction.attributes & ZYDIS_ATTRIB_IS_RELATIVE)) {
        x86_text_keep(place, bytes, size, line, length);
    } else if (distance != 0) {
        length = before_target(line, length, target_of(machine, bytes, size, distance, address));
        if (length > 0)
            x86_text_keep(place, bytes, size - distance, line, length);
    }
}

void x86_print(void *context, const uint8_t *bytes, size_t size, uint64_t address,
               struct elfgen_text *text)
{
    struct x86 *machine = context;
    size_t distance = distance_size(bytes, size);
    uint64_t refers;
    if (machine->syntax == SYNTAX_NASM) {
        print_nasm(machine, bytes, size, address, text);
        return;
    }
    if (is_relocated(machine, bytes, size)) {
        print(machine, bytes, size, address, text, NULL);
        return;
    }
    if (distance == 0 && x86_text_fill(machine, bytes, size, address, text, &refers)) {
        if (refers != ELFGEN_NOWHERE)
            put_address(machine, text, refers);
        return;
    }
    struct x86_text_key key = x86_text_key(bytes, size - distance);
    struct x86_cached_text *place = x86_text_place(machine, key);
    if (!x86_text_is_at(place, key)) {
        print(machine, bytes, size, address, text, place);
        return;
    }
    elfgen_text_bytes(text, place->text, place->length);
    if (distance == 0)
        return;
    uint64_t target = target_of(machine, bytes, size, distance, address);
    elfgen_text_string(text, "0x");
    elfgen_text_hex(text, target, 0);
    put_name(machine, target, " <", ">", text);
}
