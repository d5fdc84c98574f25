/* What the files of lift/ share: instructions, values of registers, states, blocks. */
#ifndef GOLF_LIFT_PRIVATE_H
#define GOLF_LIFT_PRIVATE_H

#include "elfgen.h"
#include "golf/lift/lift.h"
#include "golf/lifted.h"
#include "x86/effects.h"

enum {
    LIFT_SLOTS = 24,        /* places of the stack whose contents are followed */
    LIFT_STORED = 32,       /* places in which addresses are stored */
    LIFT_CELLS = 12,        /* places in memory of which it is known which numbers they may have */
    LIFT_SEGMENTS = 64,     /* PT_LOADs of a program that is lifted */
    LIFT_SUBROUTINES = 256, /* functions that are called */
    LIFT_WORLDS = 2,        /* the block's last call failed; it did not */
    LIFT_STEPS = 600000, /* instructions that are followed, each time that one is reached again */
    LIFT_RESTARTS = 300,
    LIFT_NO_FRAME = UINT16_MAX
};
#define LIFT_NO_INSTRUCTION UINT32_MAX

enum lift_value_kind {
    LIFT_OPAQUE, /* `number` tells it from others; only the low `bits` of it, the rest being 0 */
    LIFT_KNOWN,  /* all bits are known, in both worlds */
    LIFT_STACK,  /* `number` bytes after where the stack pointer of `frame` was at first */
    LIFT_RETURN  /* in memory: where the subroutine `frame` was called from */
};

/* What else is known of an opaque value, each a bit: what may be one stays so where ways meet. */
enum lift_trait {
    LIFT_IS_MOVED = 1, /* a number was subtracted from it that was no constant before that either */
    LIFT_IS_UPWARDS = 2,   /* the stack pointer at the start, or above it, plus something */
    LIFT_IS_FROM_ABOVE = 4 /* a word from there: of a vector above the arguments, perhaps */
};

/* A number from outside, such as what a call returned, or what is made of one: `base` * scale +
 * distance, of which the low `bits` are there, with zeros above; bits 0: it is not known where it
 * is from. Each base from `least` to `most` may occur. */
struct lift_given {
    uint8_t bits, joins; /* `joins`: how often it became wider where ways meet */
    bool is_low;         /* anything is above the low bits */
    bool of_call;        /* a call's result is part of it */
    uint32_t from;       /* the instruction that the base is from, plus 1: others are the same; 0:
                            not known */
    int64_t least, most, scale, distance;
};

struct lift_value {
    uint8_t kind, bits;
    bool is_number;  /* LIFT_KNOWN: made of numbers alone, so that it is no address */
    bool of_address; /* LIFT_OPAQUE: an address plus or minus something */
    bool is_outer;   /* LIFT_OPAQUE: loaded, left by a call or made of such: no address */
    uint8_t traits;  /* LIFT_OPAQUE: bits of enum lift_trait */
    uint16_t frame;
    uint32_t origin; /* the instruction that made it from another; LIFT_NO_INSTRUCTION: none */
    uint64_t number;
    uint64_t near;     /* of_address: an address of the same memory; 0: that is not known */
    uint64_t near_too; /* of_address: or of this one's, which is another; 0: of no other */
    struct elfgen_bits known[LIFT_WORLDS];
    struct lift_given given; /* LIFT_OPAQUE */
};

/* A place in memory with such a number: an address, or LIFT_NO_FRAME and a constant one. */
struct lift_cell {
    uint16_t frame, size;
    bool is_kept; /* nothing was stored there since the subroutine began */
    uint64_t at;
    struct lift_given given; /* bits 0: anything */
};

/* What is compared: which register or cell has it still, if it is known; and which numbers it may
 * be. */
struct lift_side {
    uint8_t reg;
    bool is_cell, is_known;
    uint16_t frame, size; /* of the cell */
    uint64_t at;
    int64_t least, most;
};

/* What the flags are of: two sides, compared in `bits`; 0: that is not known. */
struct lift_compared {
    uint8_t bits;
    bool is_sum; /* of what an addition or subtraction left there, with 0 */
    struct lift_side sides[2];
};

/* A place of the stack, and what is there. */
struct lift_slot {
    uint16_t frame, size;
    int64_t offset;
    bool is_call;    /* a call put it there that is no operation: nothing is there in the end */
    uint16_t called; /* is_call: the subroutine */
    bool is_saved;   /* a register was pushed, and nothing else points there */
    struct lift_value value;
};

/* What is known between two instructions. */
struct lift_state {
    struct lift_value registers[GOLF_REGISTERS];
    struct lift_slot slots[LIFT_SLOTS];
    size_t slot_count;
    struct lift_cell cells[LIFT_CELLS];
    size_t cell_count;
    struct elfgen_bits flags[LIFT_WORLDS];
    uint16_t frame; /* the subroutine that it is in, 0: none; LIFT_NO_FRAME: not always the same */
    bool has_lost_argc; /* something was stored over argc, by instructions that are gone */
    /* ZF is set exactly if this register is `equal_to`. */
    bool has_equal;
    uint8_t equal_register;
    uint64_t equal_to;
    struct lift_compared compared;
};

enum lift_kind {
    LIFT_PLAIN,
    LIFT_SYSTEM, /* a system call */
    LIFT_JUMP,
    LIFT_BRANCH,
    LIFT_CALLS,
    LIFT_RETURNS,
    LIFT_FAULT
};

struct lift_instruction {
    uint64_t address, offset; /* in memory, in the file */
    const uint8_t *bytes;
    ZydisDecodedInstruction zydis;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    struct effects effects;
    uint8_t kind;                                        /* enum lift_kind */
    uint16_t reads, writes;                              /* general registers */
    uint32_t flags_read, flags_written, flags_undefined; /* of the written ones */
    bool is_pure;      /* it does nothing but write registers and flags, and cannot fault;
                          reading memory apart */
    bool is_forced;    /* it stays, and its result is not followed */
    bool stays;        /* its result must be computed when the program runs */
    bool is_stack;     /* it pushes, pops, stores or loads what is followed, and is gone */
    bool is_dead;      /* it stays, but nothing needs it */
    bool is_for_flags; /* it stays for its flags alone */
    bool is_idle;      /* it sets a flag that is so already */
    bool tells_equal;  /* as in golf_operation: */
    uint8_t equal_register;
    uint64_t equal_to;
    bool is_narrow; /* 32 bits of its 64-bit operands are enough */
    bool is_folded; /* it reads memory that is never written: `folded` */
    uint64_t folded, address_folded;
    bool ends;                         /* the program, or this way of it */
    uint32_t walk, owner;              /* the walk and the block that it is in */
    uint32_t leads;                    /* the block that begins with it */
    uint8_t need_bits[GOLF_REGISTERS]; /* as an operation: the low bits that it needs */
    uint16_t need_addresses;           /* of which registers they are addresses, if they can be */
    uint16_t result_addresses;         /* what it writes is used as an address later */
    uint16_t live_after;               /* of what it writes: what is read later */
    uint32_t flags_live;               /* the same of flags */
    struct lift_value before[GOLF_REGISTERS];
    struct lift_value address_read, address_written; /* of its first place in memory */
    bool reads_address, reads_part; /* an address was stored there, or in a part of that place */
    uint64_t near_read;             /* reads_address: which, as of lift_value */
};

/* The low bits of a register that something later reads, and whether as an address. */
struct lift_live {
    uint8_t bits[GOLF_REGISTERS];
    uint32_t addresses; /* bit 0 is rax */
    uint32_t flags;
};

struct lift_block {
    uint64_t address;
    bool is_reached, is_dirty;
    struct lift_state in, out;
    uint32_t *instructions;
    size_t count, capacity;
    uint8_t end; /* enum golf_end_kind */
    uint8_t condition;
    uint32_t branch_flags;
    uint16_t taken, other;
    uint16_t subroutine; /* that it calls, or returns from */
    struct lift_live live_in, live_out;
    uint16_t number; /* in the result */
};

/* A function that is called, from several places if it is `shared`. */
struct lift_subroutine {
    uint64_t address;
    uint32_t site;   /* the first instruction that calls it */
    bool is_shared;  /* others do, too */
    uint16_t frame;  /* of those that jump to each other, which share a frame: one of them */
    uint16_t named;  /* registers that do not have the same constant at each call */
    bool returns;    /* it reaches a ret */
    uint16_t writes; /* registers that change until it returns */
    struct lift_state after; /* at its rets */
};

struct lift_segment {
    uint64_t address, file_size, memory_size, offset;
    uint64_t start, end; /* addresses that its program header says */
    uint32_t flags;
};

/* Memory of the program that an operation uses. */
struct lift_use {
    uint64_t address, size; /* size 0: not known */
    bool is_written, may_hold_addresses;
    bool is_forward; /* of unknown size: nothing before its address */
    bool is_filled;  /* by a call */
    bool is_folded;  /* it is known what is there, if nothing writes to it */
};

/* A place, known exactly, where an address is stored. */
struct lift_stored {
    bool is_stack;
    uint16_t frame, size;
    uint64_t at, near;
};

struct lift {
    const uint8_t *file;
    size_t size;
    const struct golf_addresses *addresses; /* NULL: not known */
    unsigned bits;
    struct elfgen_error *error;
    bool failed;     /* *error says why */
    bool does_other; /* that is for what the program does, however it is written */
    bool restart;    /* something was learnt that changes what is before it */
    uint64_t entry;
    struct lift_segment segments[LIFT_SEGMENTS];
    size_t segment_count;
    bool has_writable_code;
    bool reads_execute; /* what is readable is executable, too (READ_IMPLIES_EXEC) */
    struct x86 *machine;
    struct lift_instruction **instructions;
    size_t instruction_count, instruction_capacity;
    uint32_t *table; /* indices by address */
    struct lift_block **blocks;
    size_t block_count, block_capacity;
    struct lift_subroutine *subroutines; /* from 1 on: 0 is where the program starts */
    size_t subroutine_count;
    bool joins_frames; /* subroutines jump to each other instead of a call before a return */
    bool keeps_stack;  /* what is below the first stack pointer is used as memory */
    bool raises_stack; /* the stack pointer is above the first one: a call writes over arguments */
    bool loses_argc;   /* some state has lost argc */
    /* Writable memory that is written, as far as is known; with no_folds all of it counts so. */
    struct lift_use *written;
    size_t written_count, written_capacity;
    bool no_folds, has_folded;
    uint16_t alignment;     /* what instructions ask of addresses; 0: nothing */
    bool writes_anywhere;   /* it writes where addresses lead that are not known */
    bool narrows_addresses; /* of an address the low 32 bits are computed with: it has no others */
    bool loads_addresses;   /* an address may come from memory other than the stack */
    bool stores_addresses;  /* an address may be in memory other than the program's own stack */
    struct lift_stored stored[LIFT_STORED]; /* places besides what lift_state's slots have */
    size_t stored_count;
    uint64_t steps;
    uint32_t walk;
    size_t restarts;
    struct lift_use *uses;
    size_t use_count, use_capacity;
};

#endif
