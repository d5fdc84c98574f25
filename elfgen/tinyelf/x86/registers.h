/* The general registers, as instructions encode them (Intel SDM volume 2, table 3-1), and how the
 * numbers of enum elfgen_x86_register are made. */
#ifndef X86_REGISTERS_H
#define X86_REGISTERS_H

enum x86_general {
    X86_RAX,
    X86_RCX,
    X86_RDX,
    X86_RBX,
    X86_RSP,
    X86_RBP,
    X86_RSI,
    X86_RDI,
    X86_R8,
    X86_R9,
    X86_R10,
    X86_R11,
    X86_REGISTERS = 16
};

/* A number of enum elfgen_x86_register is a class and the register's number within it. General
 * registers have the classes from X86_LOW_BYTES to X86_QUADWORDS; ah, ch, dh and bh are 4 to 7 of
 * X86_HIGH_BYTES. */
enum {
    X86_NUMBER = 0x0f,
    X86_CLASS = 0xf0,
    X86_LOW_BYTES = 0x10,
    X86_WORDS = 0x20,
    X86_DOUBLEWORDS = 0x30,
    X86_QUADWORDS = 0x40,
    X86_HIGH_BYTES = 0x50
};

#endif
