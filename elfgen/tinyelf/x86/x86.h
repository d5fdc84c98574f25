/* x86 for the byte map: decodes and prints instructions with Zydis, and names system calls. */
#ifndef X86_H
#define X86_H

#include <Zydis/Zydis.h>

#include "registers.h"
#include "syntax.h"
#include "syscalls/table.h"
#include "elfgen.h"

/* A text in the cache (text_cache.h). Those that depend on the address are not kept, except those
 * of jumps and calls, up to the target; displacement and immediate are left out where the rest of
 * the text is the same with any. */
enum { X86_TEXTS = 1 << 13, X86_TEXT = 40 };
struct x86_cached_text {
    uint64_t low, high;              /* the bytes and their number; 0: free */
    uint8_t length;                  /* of the text */
    uint8_t hole;                    /* where the displacement goes */
    uint8_t displacement, immediate; /* their bytes; 0: there is none */
    uint8_t width;                   /* bits that the immediate has as an operand */
    bool is_signed;                  /* the immediate's highest bit is the sign */
    bool is_relative;                /* the displacement is from the next instruction */
    char text[X86_TEXT];
};

/* A cache of lengths by the bytes before displacement and immediate, which determine them: from the
 * lowest up to six bytes, their number, and the length; 0: free. */
enum { X86_LENGTHS = 1 << 13 };

/* Names of addresses, for the texts of instructions. `put` appends an address's name between two
 * texts; it returns false, having appended nothing, if there is none. */
struct x86_names {
    bool (*put)(void *context, uint64_t address, const char *before, const char *after,
                struct elfgen_text *text);
    void *context;
    bool fixed; /* the program's addresses are fixed, so a number may be one */

    /* Finds the first relocation that applies to `size` bytes of the file. Sets found->r_offset to
     * its distance from the first of them, r_info to its type and r_addend; that of SHT_REL is the
     * number in the bytes from there on. Appends the name of its symbol to `symbol`, unless that is
     * NULL: at most 255 characters. Returns false if there is none. NULL: the file has none. */
    bool (*relocation)(void *relocations, const uint8_t *bytes, size_t size,
                       struct elfgen_rela *found, struct elfgen_text *symbol);
    void *relocations;
};

struct x86 {
    struct elfgen_machine machine; /* for elfgen_code_follow(), with this struct as its context */
    ZydisDecoder decoder;          /* for whole instructions */
    ZydisDecoder scanner;          /* for lengths */
    ZydisFormatter formatter;
    /* The formatter's own functions. */
    ZydisFormatterFunc print_mnemonic, print_displacement, print_immediate, print_absolute;
    enum x86_syntax syntax;
    const struct x86_names *names; /* NULL, or the caller's, set before the first text */
    struct calls calls;
    struct x86_cached_text texts[X86_TEXTS];
    uint64_t lengths[X86_LENGTHS];
};

/* Whether the code of an e_machine is x86's. */
bool x86_knows(uint64_t e_machine);

/* Sets up *machine, which must be zeroed and not move afterwards. Returns false if the code of
 * `e_machine` is not x86. */
bool x86_open(struct x86 *machine, uint64_t e_machine, enum x86_syntax syntax);

/* The same for code of which only its width is known. */
void x86_open_width(struct x86 *machine, bool is_64_bit, enum x86_syntax syntax);

/* Decodes an instruction as processors run it. Differs from Zydis in two: f3 41 90 exchanges r8d
 * and eax (x86_is_disputed()), and opcodes of MPX that Zydis refuses are nops (x86_is_nameless()).
 * Returns false if there is none. */
bool x86_decode(const struct x86 *machine, const uint8_t *bytes, size_t size,
                ZydisDecodedInstruction *instruction,
                ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT]);

/* The same for the length and the raw parts alone, which is faster. */
bool x86_scan(const struct x86 *machine, const uint8_t *bytes, size_t size,
              ZydisDecodedInstruction *instruction);

/* Whether a decoded instruction always faults in a program: it is undefined, or the system's alone.
 */
bool x86_faults(const ZydisDecodedInstruction *instruction);

/* Whether prefixes make of a decoded instruction what its name does not say: a jump of 16 bits, a
 * string at an address of another width or in another segment, memory in 32-bit code's own segment,
 * which nobody may write. */
bool x86_has_other_meaning(const ZydisDecodedInstruction *instruction);

/* Whether a decoded instruction is one that processors run but no assembler has a name for. */
bool x86_is_nameless(const ZydisDecodedInstruction *instruction, const uint8_t *bytes);

/* Whether a decoded exchange is one that some processors take for a pause. */
bool x86_is_disputed(const ZydisDecodedInstruction *instruction, const uint8_t *bytes);

/* An instruction's name, in lower case; conditions as gdb, objdump and textbooks write them: je,
 * setg. NULL if `mnemonic` is none. */
const char *x86_mnemonic(ZydisMnemonic mnemonic);

/* Updates what is known about the registers and flags by an instruction. */
void x86_propagate(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                   uint64_t address, struct elfgen_registers *registers);

/* start_thread() sets the flags to X86_EFLAGS_IF alone (arch/x86/kernel/process_64.c). */
enum {
    X86_CLEARED_FLAGS = ZYDIS_CPUFLAG_CF | ZYDIS_CPUFLAG_PF | ZYDIS_CPUFLAG_AF | ZYDIS_CPUFLAG_ZF |
                        ZYDIS_CPUFLAG_SF | ZYDIS_CPUFLAG_DF | ZYDIS_CPUFLAG_OF
};

/* Parts of instructions, and the instructions that make system calls, by enum call_instruction. */
enum x86_encoding {
    X86_ENCODING_prefix,
    X86_ENCODING_rex,
    X86_ENCODING_vex,
    X86_ENCODING_evex,
    X86_ENCODING_xop,
    X86_ENCODING_opcode,
    X86_ENCODING_modrm,
    X86_ENCODING_sib,
    X86_ENCODING_displacement,
    X86_ENCODING_immediate,
    X86_ENCODINGS
};
extern const struct elfgen_encoding x86_encodings[X86_ENCODINGS];
extern const struct elfgen_call_instruction x86_call_instructions[CALL_INSTRUCTIONS];

/* The callback for system calls' names and parameters. `context` is a struct x86. */
bool x86_syscall_signature(void *context, uint8_t by, uint64_t number,
                           struct elfgen_signature *signature);

/* The callback for text. `size` may be larger than the instruction. */
void x86_print(void *context, const uint8_t *bytes, size_t size, uint64_t address,
               struct elfgen_text *text);

/* The callback for the addresses that operands lead to. `context` is a struct x86. */
bool x86_refers(void *context, const uint8_t *bytes, size_t size, uint64_t address, bool fixed,
                uint64_t *target, bool *jumps);

/* Whether an operand may be, or contain, an address as a number. */
bool x86_has_address(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operand,
                     uint64_t *address);

/* The low bits of a value. */
static inline uint64_t x86_low_bits(uint64_t value, unsigned bits)
{
    return bits < 64 ? value & ((UINT64_C(1) << bits) - 1) : value;
}

#endif
