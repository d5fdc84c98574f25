/* What an instruction does besides changing general registers: which memory it reads and writes,
 * whether it changes vector or floating-point registers, and whether it is a system call. All is
 * found from its bytes; for the addresses, the caller provides the registers. */
#ifndef X86_EFFECTS_H
#define X86_EFFECTS_H

#include "x86.h"

enum {
    EFFECTS_WRITES = 4,       /* the most places that are listed for an instruction to write */
    EFFECTS_READS = 4,        /* and to read */
    EFFECTS_NONE = UINT8_MAX, /* no register */
    EFFECTS_MOST = 8192       /* the most bytes at a place: xsave's are cut */
};

/* Segments: all but fs and gs begin at 0. */
enum effects_segment { SEGMENT_FLAT, SEGMENT_FS, SEGMENT_GS };

/* A place in memory that is written or read: the segment's base plus the low `address_bits` of base
 * + index
 * * scale + displacement. Registers have their number in the encoding. */
struct effects_place {
    uint8_t base, index, scale;
    uint8_t index_bits; /* the low bits of the index that count */
    uint8_t address_bits;
    uint8_t bit; /* the register with a bit offset (bts and its like) */
    uint8_t bit_bits;
    enum effects_segment segment;
    bool next; /* add the next instruction's address */
    int64_t displacement;
    uint16_t size;
};

struct effects {
    uint8_t length;
    uint8_t write_count, read_count;
    bool elsewhere; /* it writes memory at other places, too */
    bool repeats;   /* once for each count in rcx, by the low `count_bits` */
    uint8_t count_bits;
    bool vectors;                   /* it may change x87, MMX, vector or mask registers, or mxcsr */
    bool asks;                      /* it is a system call, by `call_instruction` */
    bool traps;                     /* int3 and its like, which raise SIGTRAP themselves */
    bool pushes_flags, loads_flags; /* pushf; popf and iret */
    bool emulated; /* the kernel may run it for the program, and no stop until after the next one:
                      sgdt, sidt, smsw, sldt, str (UMIP), cli and sti (iopl) */
    bool shadows;  /* mov ss, pop ss: no stop until after the next instruction */
    enum call_instruction call_instruction;
    struct effects_place writes[EFFECTS_WRITES], reads[EFFECTS_READS];
};

/* Values from which addresses are computed. */
struct effects_state {
    uint64_t general[X86_REGISTERS];
    uint64_t next; /* address of the next instruction */
    uint64_t fs_base, gs_base;
};

/* Finds an instruction's effects. Returns false if the bytes are no instruction (effects->length is
 * 0). */
bool effects_of(const struct x86 *machine, const uint8_t *bytes, size_t size,
                struct effects *effects);

/* The number in the encoding of the register that a general register is a part of; EFFECTS_NONE for
 * others. */
uint8_t effects_register(ZydisRegister name);

/* Where an operand in memory is, before push and after pop for those that use the stack. */
struct effects_place effects_operand_place(const ZydisDecodedInstruction *source,
                                           const ZydisDecodedOperand *operands,
                                           const ZydisDecodedOperand *operand);

/* The address of a place if the instruction is run with these registers. */
uint64_t effects_address(const struct effects_place *place, const struct effects_state *state);

/* Whether it does not touch its places at all: it repeats itself, and the count is 0. */
bool effects_is_idle(const struct effects *effects, const struct effects_state *state);

#endif
