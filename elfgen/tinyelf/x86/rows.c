/* What the library's map asks of x86 as rows: parts of instructions, and instructions that enter
 * the kernel. */
#include "x86.h"

#define FIELD(name, meaning)                                                                       \
    .field = {(name), {0, 0}, {0, 0}, ELFGEN_KIND_HEX, ELFGEN_READER_PROGRAM, (meaning)}
#define BITS(rows) .bits = (rows), .bit_count = sizeof(rows) / sizeof(rows)[0]

/* Intel's manual, volume 2, chapter 2. */
static const struct elfgen_bit_meaning rex[] = {
    {0, 1, "B: bit 3 of the register in rm, base or opcode"},
    {1, 1, "X: bit 3 of the index register"},
    {2, 1, "R: bit 3 of the register in reg"},
    {3, 1, "W: 64-bit operands"},
    {4, 4, "4: this is a REX prefix"},
};
static const struct elfgen_bit_meaning modrm[] = {
    {0, 3, "rm: register, or how the address is made"},
    {3, 3, "reg: register, or more of the opcode"},
    {6, 2, "mod: 3 register; 0, 1, 2 memory with 0, 1, 4 bytes displacement"},
};
static const struct elfgen_bit_meaning sib[] = {
    {0, 3, "base register"},
    {3, 3, "index register, 4: none"},
    {6, 2, "scale: times 1, 2, 4, 8"},
};

const struct elfgen_encoding x86_encodings[X86_ENCODINGS] = {
    [X86_ENCODING_prefix] = {FIELD("prefix", "changes size, segment, repetition or locking")},
    [X86_ENCODING_rex] = {FIELD("rex", "64-bit operands and registers 8 to 15"), BITS(rex),
                          .letters = "BXRW"},
    [X86_ENCODING_vex] = {FIELD("vex", "prefix of the AVX instructions")},
    [X86_ENCODING_evex] = {FIELD("evex", "prefix of the AVX-512 instructions")},
    [X86_ENCODING_xop] = {FIELD("xop", "prefix of AMD's XOP instructions")},
    [X86_ENCODING_opcode] = {FIELD("opcode", "says which instruction it is")},
    [X86_ENCODING_modrm] = {FIELD("modrm", "which registers or memory are the operands"),
                            BITS(modrm)},
    [X86_ENCODING_sib] = {FIELD("sib", "an address of base and scaled index"), BITS(sib)},
    [X86_ENCODING_displacement] = {FIELD("displacement", "number in an address"),
                                   .is_number = true},
    [X86_ENCODING_immediate] = {FIELD("immediate", "number in the instruction"), .is_number = true,
                                .is_address = true},
};

/* Bits of elfgen_call_instruction's `changed`. */
#define R(number) (UINT32_C(1) << (number))

/* int 0x80 and the like: r8 to r11 are zeroed by kernels before 4.17, and kept since. */
#define CHANGED_32 (R(X86_RAX) | R(X86_R8) | R(X86_R9) | R(X86_R10) | R(X86_R11))

/* arch/x86/entry/entry_64.S and entry_64_compat.S. sysenter and the 32-bit syscall return to the
 * kernel's vdso. */
const struct elfgen_call_instruction x86_call_instructions[CALL_INSTRUCTIONS] = {
    [CALL_BY_SYSCALL] = {.number = X86_RAX,
                         .arguments = {X86_RDI, X86_RSI, X86_RDX, X86_R10, X86_R8, X86_R9},
                         .result = X86_RAX,
                         .width = 64,
                         .number_end = CALLS_END,
                         .returns = true,
                         .next_address = X86_RCX,
                         .changed = R(X86_RAX) | R(X86_RCX) | R(X86_R11)},
    [CALL_BY_INT80] = {.number = X86_RAX,
                       .arguments = {X86_RBX, X86_RCX, X86_RDX, X86_RSI, X86_RDI, X86_RBP},
                       .result = X86_RAX,
                       .width = 32,
                       .number_end = CALLS_END,
                       .returns = true,
                       .next_address = ELFGEN_NO_REGISTER,
                       .changed = CHANGED_32},
    [CALL_BY_SYSENTER] = {.number = X86_RAX,
                          .arguments = {X86_RBX, X86_RCX, X86_RDX, X86_RSI, X86_RDI,
                                        ELFGEN_NO_REGISTER},
                          .result = X86_RAX,
                          .width = 32,
                          .number_end = CALLS_END,
                          .next_address = ELFGEN_NO_REGISTER,
                          .changed = CHANGED_32},
    [CALL_BY_SYSCALL32] = {.number = X86_RAX,
                           .arguments = {X86_RBX, X86_RBP, X86_RDX, X86_RSI, X86_RDI,
                                         ELFGEN_NO_REGISTER},
                           .result = X86_RAX,
                           .width = 32,
                           .number_end = CALLS_END,
                           .next_address = ELFGEN_NO_REGISTER,
                           .changed = CHANGED_32},
};
