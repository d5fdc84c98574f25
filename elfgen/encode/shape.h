/* What is known of an instruction before a form of it is tried, and how one encoding is made. */
#ifndef ENCODE_SHAPE_H
#define ENCODE_SHAPE_H

#include "forms.h"

enum { CLASS_BYTE = 1, CLASS_WORD, CLASS_DWORD, CLASS_QWORD, CLASS_HIGH, CLASS_SEGMENT };
enum { CLASS_CONTROL = 7, CLASS_DEBUG, CLASS_XMM, CLASS_POINTER };
enum { REX_B = 1, REX_X = 2, REX_R = 4, REX_W = 8, REX = 0x40 };
enum { NO_BLAME = 255 };

static inline unsigned class_of(unsigned reg)
{
    return reg >> 4;
}

static inline unsigned number_of(unsigned reg)
{
    return reg & 15;
}

/* The address of a memory operand, as ModRM and SIB have it. */
struct address {
    uint8_t mod, rm, sib, rex;
    bool has_sib;
    uint8_t length; /* bytes of the displacement */
    uint8_t size;   /* bytes of an address */
    bool fits;      /* the displacement, into `length` bytes */
    bool is_stack;  /* its segment is ss by default */
    bool is_plain;  /* without registers, and as large as an address: mov needs no ModRM */
};

/* Which of several encodings: all 0 is the one that NASM takes. */
struct shape {
    uint8_t displacement; /* its bytes, where more than needed */
    bool sib;             /* although ModRM alone could say it */
    bool exchanged;       /* base and index, where both are equal */
    bool index_alone;     /* a base as an index without a base; index * 2 as it is */
    uint8_t rex;          /* bits of a REX prefix that say nothing, and REX itself */
    uint8_t segment;      /* a segment prefix that says nothing */
};

/* Facts about an instruction's operands. */
struct facts {
    uint64_t kinds[ELFGEN_X86_OPERANDS]; /* a bit for each kind that an operand may be */
    uint8_t sizes[ELFGEN_X86_OPERANDS];  /* of a register, or asked for memory; 0: not known */
    uint8_t memory;                      /* which operand is memory; NO_BLAME: none */
    bool all;               /* every encoding is wanted: sizes asked for do not count */
    struct address address; /* of the memory operand, in the usual shape */
};

/* The part of an encoding that is open before it is written. */
struct match {
    uint8_t size;       /* operand size in bytes; 0: none */
    uint8_t candidates; /* with SIZE_UNKNOWN: sizes that the memory could have */
    uint8_t blame;      /* with an error: an operand, or NO_BLAME */
};

#endif
