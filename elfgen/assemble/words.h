/* Words that NASM's language reserves: instructions, registers, sizes, directives, and those that
 * are left to NASM. */
#ifndef ASSEMBLE_WORDS_H
#define ASSEMBLE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds from WORD_DIRECTIVE on are ordinary names where they do not begin a statement, or stand
 * elsewhere than where their meaning is looked for; those before are never a symbol, unless `$`
 * stands before them or a statement begins with them and a colon. */
enum word_kind {
    WORD_NONE,     /* an ordinary name */
    WORD_MNEMONIC, /* number: enum elfgen_x86_mnemonic */
    WORD_REGISTER, /* enum elfgen_x86_register */
    WORD_PREFIX,   /* enum word_prefix */
    WORD_SIZE,     /* byte to oword: bytes */
    WORD_SPECIAL,  /* enum word_special */
    WORD_DATA,     /* db to do: bytes of an item */
    WORD_RESERVE,  /* resb to reso: bytes of an item */
    WORD_EQU,
    WORD_INCBIN,
    WORD_TIMES,
    WORD_FOREIGN,           /* an instruction, a register or an operator that is left to NASM */
    WORD_DIRECTIVE,         /* enum word_directive */
    WORD_FOREIGN_DIRECTIVE, /* a directive that is left to NASM */
    WORD_DUP,               /* in data */
    WORD_PTR,               /* other assemblers' word, of which NASM warns */
    WORD_PREPROCESSOR       /* enum word_preprocessor, after a percent sign */
};

enum word_prefix {
    PREFIX_NONE,
    PREFIX_A16,
    PREFIX_A32,
    PREFIX_A64,
    PREFIX_BND,
    PREFIX_LOCK,
    PREFIX_O16,
    PREFIX_O32,
    PREFIX_O64,
    PREFIX_REP,
    PREFIX_REPNE,
    PREFIX_XACQUIRE,
    PREFIX_XRELEASE
};

enum word_special {
    SPECIAL_NONE,
    SPECIAL_ABS,
    SPECIAL_FAR,
    SPECIAL_LONG,
    SPECIAL_NEAR,
    SPECIAL_NOSPLIT,
    SPECIAL_REL,
    SPECIAL_SHORT,
    SPECIAL_STRICT,
    SPECIAL_TO
};

enum word_directive {
    DIRECTIVE_NONE,
    DIRECTIVE_ALIGN,
    DIRECTIVE_ALIGNB,
    DIRECTIVE_BITS,
    DIRECTIVE_COMMON,
    DIRECTIVE_DEFAULT,
    DIRECTIVE_EXTERN,
    DIRECTIVE_GLOBAL,
    DIRECTIVE_ORG,
    DIRECTIVE_REQUIRED,
    DIRECTIVE_SECTION,
    DIRECTIVE_SEGMENT,
    DIRECTIVE_STATIC,
    DIRECTIVE_USE32,
    DIRECTIVE_USE64,
    DIRECTIVE_USEABS,
    DIRECTIVE_USEREL
};

enum word_preprocessor {
    PREPROCESSOR_NONE,
    PREPROCESSOR_ASSIGN,
    PREPROCESSOR_DEFINE,
    PREPROCESSOR_ELIF,
    PREPROCESSOR_ELIFDEF,
    PREPROCESSOR_ELIFNDEF,
    PREPROCESSOR_ELSE,
    PREPROCESSOR_ENDIF,
    PREPROCESSOR_IF,
    PREPROCESSOR_IFDEF,
    PREPROCESSOR_IFNDEF,
    PREPROCESSOR_INCLUDE,
    PREPROCESSOR_UNDEF
};

enum { WORD_SLOT_BITS = 13, WORD_LONGEST = 20 };

struct word {
    char text[WORD_LONGEST]; /* in lowercase, zeros after it */
    uint8_t kind;            /* enum word_kind */
    uint16_t number;
};

/* Four bytes, the first one lowest; compilers make one load of it. */
static inline uint64_t four_bytes(const unsigned char *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The first `length` bytes, at least 1, 8 at most, the first one lowest. Bytes in the middle are
 * taken twice instead of in a loop. */
static inline uint64_t name_part(const char *name, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)name;
    if (length >= 8)
        return four_bytes(bytes) | four_bytes(bytes + 4) << 32;
    if (length >= 4)
        return four_bytes(bytes) | four_bytes(bytes + length - 4) << 8 * (length - 4);
    return bytes[0] | (uint64_t)bytes[length / 2] << 8 * (length / 2) |
           (uint64_t)bytes[length - 1] << 8 * (length - 1);
}

/* The bits that make lowercase of that many bytes, at least 1. */
static inline uint64_t bits_of_lower(size_t length)
{
    const uint64_t lower = UINT64_C(0x2020202020202020);
    return length >= 8 ? lower : lower >> (64 - 8 * length);
}

/* All words; the first is none. Slots hold their numbers: a word's is the one that its hash's
 * upper bits say, or one of those that follow without a gap. */
extern const struct word elfgen_asm_words[];
extern const size_t elfgen_asm_word_count;
extern const uint16_t elfgen_asm_word_slots[1 << WORD_SLOT_BITS];

/* The number of a word of `length` bytes in any case, whose hash is `hash` (word_hash()); 0: it is
 * none. */
uint16_t elfgen_asm_word(const char *name, size_t length, uint64_t hash);

static inline bool word_is_reserved(unsigned kind)
{
    return kind != WORD_NONE && kind < WORD_DIRECTIVE;
}

#endif
