/* What an instruction does besides changing general registers: which memory it writes, whether it
 * changes vector or floating-point registers, whether it asks the kernel. By its bytes alone: the
 * addresses come from registers, which whoever runs it has. */
#ifndef X86_EFFECTS_H
#define X86_EFFECTS_H

#include "machine.h"

enum {
    EFFECTS_WRITES = 4,       /* places in memory that one instruction writes, at most */
    EFFECTS_NONE = UINT8_MAX, /* no register */
    EFFECTS_MOST = 8192       /* bytes at one place: xsave's are cut there */
};

/* Bases of segments that are not 0. */
enum effects_segment { SEGMENT_FLAT, SEGMENT_FS, SEGMENT_GS };

/* A place in memory that is written: segment + base + index * scale + displacement, of which the
 * low `address_bits` count, as many as the processor adds up. Registers by their number in the
 * encoding. */
struct effects_write {
    uint8_t base, index, scale;
    uint8_t address_bits;
    uint8_t bit; /* the register whose bit number moves the place on (bts and its like) */
    uint8_t bit_bits;
    enum effects_segment segment;
    bool next; /* relative to the next instruction */
    int64_t displacement;
    uint16_t size;
};

struct effects {
    uint8_t length;
    uint8_t write_count;
    bool elsewhere; /* it writes memory at places that are not in the list */
    bool vectors;   /* it may change x87, MMX, vector or mask registers, or mxcsr */
    bool asks;      /* it enters the kernel by `door` */
    bool traps;     /* int3 and its like: its own SIGTRAP */
    bool shadows;   /* mov ss, pop ss: the processor runs the next one before it stops */
    enum elfgen_door door;
    struct effects_write writes[EFFECTS_WRITES];
};

/* Values that addresses are made of. */
struct effects_state {
    uint64_t general[ELFGEN_REGISTERS];
    uint64_t next; /* address behind the instruction */
    uint64_t fs_base, gs_base;
};

/* False: the bytes are no instruction (effects->length is 0). */
bool effects_of(const struct x86 *machine, const uint8_t *bytes, size_t size,
                struct effects *effects);

/* Where `write` goes when the instruction is run with these registers. */
uint64_t effects_address(const struct effects_write *write, const struct effects_state *state);

#endif
