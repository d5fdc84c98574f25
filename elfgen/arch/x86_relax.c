/* Rewrites instructions that read an address from the global offset table into ones that hold the
 * address. Position-independent code reads addresses from that table; in a program whose addresses
 * are known, an instruction of the same length can hold them itself. */
#include "x86_relax.h"

#include <string.h>

/* REX bits of x86-64. A register that moves from ModRM.reg to ModRM.rm takes its bit along. */
enum { REX = 0x40, REX_R = 4, REX_B = 1 };

enum {
    CALL_OR_JMP = 0xff,
    MODRM_CALL = 2, /* ModRM.reg of call r/m and jmp r/m */
    MODRM_JMP = 4,
    MOV_LOAD = 0x8b,
    LEA = 0x8d,
    TEST = 0x85,
    MOV_IMMEDIATE = 0xc7,    /* /0 */
    TEST_IMMEDIATE = 0xf7,   /* /0 */
    BINARY_IMMEDIATE = 0x81, /* /n, n the same as in the opcode */
    ADDRESS_SIZE = 0x67,
    CALL = 0xe8,
    JMP = 0xe9,
    NOP = 0x90
};

/* add, or, adc, sbb, and, sub, xor, cmp with a register as destination: 00nnn011. */
static bool is_binary(uint8_t opcode)
{
    return (opcode & 0xc7) == 0x03;
}

/* An instruction that may be rewritten: an opcode, ModRM, and four bytes that the relocation
 * changes. */
struct instruction {
    uint8_t opcode, modrm;
    bool has_rex;
    bool marked; /* by the compiler; older ones did not, but a mov can be told anyway */
};

/* Reads the bytes before the relocated ones. Returns false if they are not what the relocation's
 * type says.
 */
static bool read_instruction(bool is_64, const uint8_t *bytes, uint64_t size,
                             const struct elfgen_relocation *relocation,
                             struct instruction *instruction)
{
    const uint64_t at = relocation->offset;
    const bool rex = is_64 && relocation->type == ELFGEN_R_X86_64_REX_GOTPCRELX;
    const bool plain = is_64 && relocation->type == ELFGEN_R_X86_64_GOTPCREL;
    if (is_64 ? !rex && !plain && relocation->type != ELFGEN_R_X86_64_GOTPCRELX
              : relocation->type != ELFGEN_R_386_GOT32X)
        return false;
    if (!bytes || at > size || size - at < 4 || at < (rex ? 3 : 2))
        return false;
    *instruction = (struct instruction){bytes[at - 2], bytes[at - 1], rex, !plain};
    if (rex && (bytes[at - 3] & 0xf0) != REX)
        return false;
    /* x86-64: relative to the next instruction, which is what the addend is for. i386: a base
     * register and 32 bits without a SIB byte, or 32 bits alone. */
    const unsigned mode = instruction->modrm >> 6, base = instruction->modrm & 7;
    if (is_64)
        return mode == 0 && base == 5 && relocation->addend == -4;
    return relocation->addend == 0 && ((mode == 2 && base != 4) || (mode == 0 && base == 5));
}

static bool can_relax(bool is_64, const uint8_t *bytes, uint64_t size,
                      const struct elfgen_relocation *relocation)
{
    struct instruction instruction;
    if (!read_instruction(is_64, bytes, size, relocation, &instruction))
        return false;
    const unsigned reg = instruction.modrm >> 3 & 7;
    if (!instruction.marked)
        return instruction.opcode == MOV_LOAD;
    if (instruction.opcode == CALL_OR_JMP)
        return !instruction.has_rex && (reg == MODRM_CALL || reg == MODRM_JMP);
    return instruction.opcode == MOV_LOAD || instruction.opcode == TEST ||
           is_binary(instruction.opcode);
}

/* call and jmp: relative to the next instruction. */
static void relax_branch(bool is_64, uint8_t *bytes, const struct instruction *instruction,
                         struct elfgen_relocation *relocation)
{
    uint8_t *at = bytes + relocation->offset - 2;
    relocation->addend = -4;
    relocation->type = is_64 ? ELFGEN_R_X86_64_PC32 : ELFGEN_R_386_PC32;
    memset(at, 0, 6);
    if ((instruction->modrm >> 3 & 7) == MODRM_CALL) {
        at[0] = ADDRESS_SIZE; /* without effect: it fills a byte */
        at[1] = CALL;
        return;
    }
    at[0] = JMP;
    at[5] = NOP;
    relocation->offset--;
}

static bool relax(bool is_64, uint8_t *bytes, uint64_t size, struct elfgen_relocation *relocation)
{
    struct instruction instruction;
    if (!can_relax(is_64, bytes, size, relocation) ||
        !read_instruction(is_64, bytes, size, relocation, &instruction))
        return false;
    if (instruction.opcode == CALL_OR_JMP) {
        relax_branch(is_64, bytes, &instruction, relocation);
        return true;
    }
    uint8_t *at = bytes + relocation->offset;
    if (!instruction.marked) {
        at[-2] = LEA;
        relocation->type = ELFGEN_R_X86_64_PC32;
        return true;
    }
    const uint8_t reg = instruction.modrm >> 3 & 7;
    uint8_t operation = 0;
    if (instruction.opcode == MOV_LOAD) {
        at[-2] = MOV_IMMEDIATE;
    } else if (instruction.opcode == TEST) {
        at[-2] = TEST_IMMEDIATE;
    } else {
        at[-2] = BINARY_IMMEDIATE;
        operation = instruction.opcode & 0x38;
    }
    at[-1] = (uint8_t)(0xc0 | operation | reg);
    memset(at, 0, 4);
    if (instruction.has_rex)
        at[-3] = (uint8_t)((at[-3] & ~(REX_R | REX_B)) | (at[-3] & REX_R ? REX_B : 0));
    relocation->addend = 0;
    /* The value is sign-extended if the operation has 64 bits; if it has 32, any value of four
     * bytes will do. */
    relocation->type = is_64 ? ELFGEN_R_X86_64_32S : ELFGEN_R_386_32;
    return true;
}

bool elfgen_x86_64_can_relax(const uint8_t *bytes, uint64_t size,
                             const struct elfgen_relocation *relocation)
{
    return can_relax(true, bytes, size, relocation);
}

bool elfgen_i386_can_relax(const uint8_t *bytes, uint64_t size,
                           const struct elfgen_relocation *relocation)
{
    return can_relax(false, bytes, size, relocation);
}

bool elfgen_x86_64_relax(uint8_t *bytes, uint64_t size, struct elfgen_relocation *relocation)
{
    return relax(true, bytes, size, relocation);
}

bool elfgen_i386_relax(uint8_t *bytes, uint64_t size, struct elfgen_relocation *relocation)
{
    return relax(false, bytes, size, relocation);
}

/* An instruction without a base register holds the slot's address, not its distance from the
 * table's base: ModRM is 00 reg 101. */
uint32_t elfgen_i386_plain(const struct elfgen_got_rule *rule, const uint8_t *bytes, uint64_t size,
                           const struct elfgen_relocation *relocation)
{
    if (rule->use == ELFGEN_GOT_SLOT && bytes && relocation->offset >= 1 &&
        relocation->offset <= size && (bytes[relocation->offset - 1] & 0xc7) == 0x05)
        return ELFGEN_R_386_32;
    return rule->plain;
}
