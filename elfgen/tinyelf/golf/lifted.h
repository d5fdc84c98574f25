/* A program as golf understands it: blocks of operations, each with what it needs in registers.
 *
 * lift/ makes it of an executable's bytes, shrink/ finds the cheapest instructions that provide
 * what the operations need. How an operand comes into its register is not part of it: a `mov`
 * whose value is known disappears, and only its value remains, as a need. */
#ifndef GOLF_LIFTED_H
#define GOLF_LIFTED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/x86.h"
#include "x86/registers.h"

enum { GOLF_REGISTERS = 16, GOLF_NONE = UINT16_MAX };

enum golf_value_kind {
    GOLF_UNKNOWN,  /* anything; as a need: the operation does not look */
    GOLF_CONSTANT, /* `number` */
    GOLF_ADDRESS,  /* of `data`, `number` bytes in */
    GOLF_STACK,    /* the stack pointer at the program's start plus `number`; `data` other than 0:
                      that at the beginning of that subroutine, where its return address is */
    GOLF_OPAQUE,   /* what an operation of the block left, or what a register had at its start, told
                      from others by `number`: equal numbers are equal values */
    GOLF_CASES,    /* `failed` if the block's last call so far returned an error, else `number` */
    GOLF_BYTE      /* any number below 256 */
};

struct golf_value {
    uint8_t kind;  /* enum golf_value_kind */
    uint16_t data; /* GOLF_ADDRESS: an index in golf_lifted.data; GOLF_STACK: a subroutine */
    uint64_t number;
    union {
        uint64_t failed; /* GOLF_CASES */
        uint64_t zeros;  /* GOLF_OPAQUE: bits of it that are 0 */
    };
};

/* An operation needs the low `bits` of a register to be one of these values: 231 or 60. */
enum { GOLF_NEED_VALUES = 2 };
struct golf_need {
    uint8_t reg;  /* number in the encoding: 0 is rax */
    uint8_t bits; /* 8, 16, 32 or 64 */
    uint8_t count;
    struct golf_value values[GOLF_NEED_VALUES];
};

enum { GOLF_CHOICE_FIELDS = 2 };

/* A number in an instruction's bytes that depends on where things are placed. */
enum golf_field_kind {
    GOLF_ABSOLUTE_FIELD, /* the target's address */
    GOLF_RELATIVE_FIELD, /* the target's address minus that of the instruction's end */
    GOLF_NEXT_FIELD      /* the same for where a choice's node `to` goes on: it is a jump */
};
struct golf_field {
    uint8_t kind; /* enum golf_field_kind */
    /* In the instruction's bytes: 1, 2, 4 or 8 bytes, little-endian. An absolute one of 1 or 2 is
     * the low part of an address, which is right where the rest of it is that of the file's first
     * byte.
     */
    uint8_t offset, length;
    bool is_signed; /* it is sign-extended when executed */
    bool is_block;  /* the target is a block, not data */
    uint16_t target;
    int64_t addend;
};

enum golf_operation_kind {
    GOLF_CALL,  /* a system call: `syscall` or `int 0x80` */
    GOLF_FAULT, /* an instruction that the processor refuses: hlt, ud2 */
    GOLF_KEPT   /* any other instruction that stays, in any of its encodings */
};

struct golf_operation {
    uint8_t kind;     /* enum golf_operation_kind */
    bool ends;        /* nothing after it runs: exit, a fault */
    bool keeps_below; /* what is below the stack pointer matters before it: nothing is pushed */
    uint8_t length;   /* as it stands in the original: */
    uint8_t bytes[ELFGEN_X86_LONGEST];
    /* GOLF_KEPT: the instruction as data, with registers as they are; mnemonic 0: only `bytes` as
     * they stand. A displacement or an immediate that is an address is `refers`. */
    struct elfgen_x86_instruction instruction;
    uint8_t refers_operand;   /* the operand whose number is an address; UINT8_MAX: none */
    struct golf_value refers; /* GOLF_ADDRESS */
    struct golf_need needs[GOLF_REGISTERS];
    size_t need_count;
    uint16_t writes;  /* registers that have another value afterwards: bit 0 is rax */
    uint16_t reads;   /* GOLF_KEPT: registers that it reads as it stands; `needs` has those too that
                         it changes in part, or has to pass on */
    uint16_t implied; /* registers that it has whatever its operands are, as cmpxchg has eax */
    struct golf_value after[GOLF_REGISTERS]; /* of those that it writes: their values */
    uint32_t flags_read;                     /* bits of enum elfgen_x86_flag */
    uint32_t flags_set; /* those that do not depend any more on what they were before */
    /* If tells_equal: ZF is set exactly if this register, all of it, is `equal_to` afterwards. */
    bool tells_equal;
    uint8_t equal_register;
    uint64_t equal_to;
    uint64_t offset;    /* of its bytes in the original file, for reports */
    const char *reason; /* why it is there, static text; NULL: the original has it */
    /* If nothing but places may change: the numbers in `bytes` that depend on them. */
    struct golf_field fields[GOLF_CHOICE_FIELDS];
    uint8_t field_count;
};

/* Opcodes of jumps that are conditions of their own, from GOLF_LOOPNE on: rcx is among the needs,
 * the distance has 8 bits, and there is no opposite. All but jrcxz count rcx down. */
enum { GOLF_LOOPNE = 0xe0, GOLF_LOOPE, GOLF_LOOP, GOLF_JRCXZ };

/* How a block ends. */
enum golf_end_kind {
    GOLF_STOP,   /* its last operation ends the program */
    GOLF_GO,     /* `taken` follows */
    GOLF_BRANCH, /* `taken` if `condition` holds, else `other` */
    GOLF_CALLS,  /* the subroutine `taken`, by a `call`; `other` follows when it returns */
    GOLF_RETURNS /* a `ret`, to where the subroutine was called from */
};

struct golf_block {
    struct golf_operation *operations;
    size_t count;
    uint8_t end;       /* enum golf_end_kind */
    uint8_t condition; /* GOLF_BRANCH: the low half of jcc's opcode, or GOLF_LOOPNE to GOLF_JRCXZ */
    uint16_t taken, other; /* blocks */
    /* What every way into it has in registers, since it is a need of those blocks. */
    struct golf_value at_start[GOLF_REGISTERS];
    /* What the original has in registers, at the start besides (constants), and at the end. A
     * block may rely on `known` of a register if all blocks before it get `at_end` of it as a need
     * (a constant needs no block before it: it can be made again). */
    struct golf_value known[GOLF_REGISTERS], at_end[GOLF_REGISTERS];
    /* What must be in registers when it ends: those that a later block reads. */
    struct golf_need needs[GOLF_REGISTERS];
    size_t need_count;
    uint32_t flags_live;   /* at its end, besides those of `condition` */
    bool keeps_below;      /* what is below the stack pointer matters at its end */
    bool is_compared;      /* it is asked whether its address is that of another one: it is not */
    uint64_t offset, size; /* of its code in the original file */
};

/* An address among data. */
struct golf_reference {
    uint32_t offset; /* in the datum */
    uint8_t length;  /* 4 or 8 bytes */
    bool is_block;   /* it is that of a block, not of a datum */
    uint16_t target;
    int64_t addend;
};

/* Bytes, or zeros, that the program points to. */
struct golf_data {
    uint64_t address;     /* in the original */
    const uint8_t *bytes; /* of the original file; NULL: zeros alone */
    size_t file_size;     /* how many bytes there are; zeros follow them, up to `size` */
    size_t size;
    uint16_t align;  /* its address modulo this is as in the original; 1: it may be anywhere */
    size_t set_size; /* of its first bytes: the program writes them before it reads any, so that
                        the file may have others there */
    bool is_written;
    bool is_filled; /* a call writes to it */
    bool is_code; /* bytes of instructions, read as data: they must be there as they were, wherever
                     the code itself is */
    const struct golf_reference *references; /* rising; of the lifted program */
    size_t reference_count;
};

/* As `data` of a block's known[X86_RSP]: where the stack pointer is at its start is not known, but
 * something may be pushed. */
enum { GOLF_SOME_STACK = UINT16_MAX };

/* Bytes below the stack pointer that instructions may write over, where anything may be pushed. */
enum { GOLF_PUSHED = 16 };

struct golf_lifted {
    unsigned bits; /* 64 or 32 */
    struct golf_block *blocks;
    size_t count; /* at least 1; the first one is where it starts */
    struct golf_data *data;
    size_t data_count;
    bool has_writable_code; /* a segment of the original has W and X */
    bool opens_stack;       /* it reads argc, arguments or environment */
    /* Operations that stay use memory below the stack pointer: nothing may be pushed. Otherwise a
     * push is right wherever the stack pointer is GOLF_STACK with a number of at most 0. */
    bool uses_red_zone;
    /* Up to here, counted from the stack pointer at the start, nothing is read any more once the
     * stack pointer is behind it: rewrite/pops.h; 0: what is below the start alone. */
    uint64_t stack_free;
    /* GOLF_STACK with this as `data`: the stack pointer has climbed over words of the stack, a
     * number of them that is not known, and nothing below it is read any more: rewrite/climb.h. It
     * is counted from somewhere else in each block; 0: there is none. */
    uint16_t climbing;
    /* Nothing is known but which bytes are instructions, and which numbers are addresses: the
     * operations are the original's instructions, in their order, without needs. */
    bool is_verbatim;
    bool is_left_alone; /* nothing is lifted: of what the program does, however it is written */
    struct golf_reference *references; /* of all data */
};

/* The class of registers with which addresses are made: 64 or 32 bits. */
static inline uint8_t golf_full_class(const struct golf_lifted *lifted)
{
    return lifted->bits == 64 ? X86_QUADWORDS : X86_DOUBLEWORDS;
}

/* Whether the low byte of a register has a name: in 32-bit code al, cl, dl and bl alone. */
static inline bool golf_has_low_byte(const struct golf_lifted *lifted, unsigned reg)
{
    return lifted->bits == 64 || reg <= X86_RBX;
}

/* Makes an operation this instruction, which may be its own, in its shortest encoding. False: it
 * has none, and the operation stays as it is. */
bool golf_change_instruction(struct golf_operation *operation,
                             const struct elfgen_x86_instruction *instruction);

/* The flags that a block's end depends on, bits of enum elfgen_x86_flag: jrcxz and loop on none. */
uint32_t golf_flags_of_end(const struct golf_block *block);

#endif
