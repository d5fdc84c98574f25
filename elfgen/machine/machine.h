/* x86 as the byte map needs it: instructions by Zydis, names of system calls by libseccomp. */
#ifndef MACHINE_H
#define MACHINE_H

#include <Zydis/Zydis.h>

#include "calls.h"
#include "elfgen.h"

enum machine_syntax {
    SYNTAX_INTEL, /* as objdump -M intel and the lecture write it */
    SYNTAX_ATT,
    SYNTAX_NASM
};

/* Texts by their bytes: code repeats itself, and printing is most of the work. Not of what is
 * relative to the address, except jumps and calls: their text up to the target. */
enum { MACHINE_TEXTS = 1 << 13, MACHINE_TEXT = 47 };
struct machine_text {
    uint64_t low, high; /* the bytes that must be these, and how many they are; 0: a free place */
    uint8_t length;     /* of the text */
    char text[MACHINE_TEXT];
};

/* Lengths by the first four bytes, of instructions whose length these tell. */
enum { MACHINE_LENGTHS = 1 << 14 };
struct machine_length {
    uint32_t key;
    uint8_t length; /* 0: a free place */
};

/* Names of addresses, for texts of instructions; NULL: there are none. `put` appends the name of an
 * address between two texts; false: it has none, and nothing was appended. */
struct machine_names {
    bool (*put)(void *context, uint64_t address, const char *before, const char *behind,
                struct elfgen_text *text);
    void *context;
    bool fixed; /* a number may be an address: the program runs where its file says */
};

struct machine {
    struct elfgen_machine machine; /* for elfgen_code_follow(); its context is this struct */
    ZydisDecoder decoder;          /* everything */
    ZydisDecoder scanner;          /* lengths only */
    ZydisFormatter formatter;
    enum machine_syntax syntax;
    const struct machine_names *names; /* the caller's; NULL at first. Set before the first text */
    struct calls calls;
    struct machine_text texts[MACHINE_TEXTS];
    struct machine_length lengths[MACHINE_LENGTHS];
};

/* Fills *machine, which is zeroed before and must then stay where it is. False: code for
 * `e_machine` is not known here.
 */
bool machine_open(struct machine *machine, uint64_t e_machine, enum machine_syntax syntax);

/* What an instruction does to what is known of the registers. */
void machine_execute(const ZydisDecodedInstruction *instruction,
                     const ZydisDecodedOperand *operands, uint64_t address,
                     struct elfgen_registers *registers);

/* The callback for names of system calls. `context` is a struct machine. */
bool machine_call(void *context, enum elfgen_door door, uint64_t number,
                  struct elfgen_signature *signature);

/* The callback for text. `size` may be more than the instruction has. */
void machine_text(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                  struct elfgen_text *text);

#endif
