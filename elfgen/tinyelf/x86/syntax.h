/* How instructions are written. */
#ifndef X86_SYNTAX_H
#define X86_SYNTAX_H

enum x86_syntax {
    SYNTAX_INTEL, /* as in objdump -M intel and the lecture */
    SYNTAX_ATT,
    SYNTAX_NASM
};

#endif
