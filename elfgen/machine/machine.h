/* x86 as the byte map needs it: instructions by Zydis, names of system calls by libseccomp. */
#ifndef X86_H
#define X86_H

#include <Zydis/Zydis.h>

#include "calls.h"
#include "elfgen.h"

enum x86_syntax {
    SYNTAX_INTEL, /* as objdump -M intel and the lecture write it */
    SYNTAX_ATT,
    SYNTAX_NASM
};

/* Texts by their bytes: code repeats itself, and printing is most of the work. Not of what is
 * relative to the address, except jumps and calls: their text up to the target. */
enum { X86_TEXTS = 1 << 13, X86_TEXT = 47 };
struct x86_cached_text {
    uint64_t low, high; /* the bytes that must be these, and how many they are; 0: a free place */
    uint8_t length;     /* of the text */
    char text[X86_TEXT];
};

/* Lengths by the first four bytes, of instructions whose length these tell. */
enum { X86_LENGTHS = 1 << 14 };
struct x86_cached_length {
    uint32_t key;
    uint8_t length; /* 0: a free place */
};

/* Names of addresses, for texts of instructions; NULL: there are none. `put` appends the name of an
 * address between two texts; false: it has none, and nothing was appended. */
struct x86_names {
    bool (*put)(void *context, uint64_t address, const char *before, const char *behind,
                struct elfgen_text *text);
    void *context;
    bool fixed; /* a number may be an address: the program runs where its file says */
};

struct x86 {
    struct elfgen_machine machine; /* for elfgen_code_follow(); its context is this struct */
    ZydisDecoder decoder;          /* everything */
    ZydisDecoder scanner;          /* lengths only */
    ZydisFormatter formatter;
    enum x86_syntax syntax;
    const struct x86_names *names; /* the caller's; NULL at first. Set before the first text */
    struct calls calls;
    struct x86_cached_text texts[X86_TEXTS];
    struct x86_cached_length lengths[X86_LENGTHS];
};

/* Fills *machine, which is zeroed before and must then stay where it is. False: code for
 * `e_machine` is not known here.
 */
bool x86_open(struct x86 *machine, uint64_t e_machine, enum x86_syntax syntax);

/* What an instruction does to what is known of the registers. */
void x86_propagate(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                   uint64_t address, struct elfgen_registers *registers);

/* The callback for names of system calls. `context` is a struct x86. */
bool x86_syscall_signature(void *context, enum elfgen_door door, uint64_t number,
                           struct elfgen_signature *signature);

/* The callback for text. `size` may be more than the instruction has. */
void x86_print(void *context, const uint8_t *bytes, size_t size, uint64_t address,
               struct elfgen_text *text);

#endif
