/* Prints parameters of system calls as C declares them. */
#ifndef SYSCALLS_PARAMETER_TEXT_H
#define SYSCALLS_PARAMETER_TEXT_H

#include "elfgen/text.h"
#include "table.h"

/* What is known of a system call in one ABI. */
struct call_facts {
    enum call_abi abi;
    int number;             /* -1: the ABI has no such call */
    int numbers[CALL_ABIS]; /* its number in each ABI; -1: none */
    char name[32];
    const struct call_row *row; /* NULL: the parameters are unknown */
    bool implemented;
    char entry[CALL_ENTRY_ROOM]; /* the function in the kernel */
};

enum { CALL_PROTOTYPE_ROOM = 512 };

/* Appends a parameter as C declares it: "const void *buf". */
void parameter_text_declare(struct elfgen_text *text, const struct call_parameter *parameter);

/* A call as C declares it; its name alone if the parameters are unknown. */
void parameter_text_prototype(const struct call_facts *call, char text[CALL_PROTOTYPE_ROOM]);

/* The names of the parameters, separated by commas; "none", or "?" if they are unknown. */
void parameter_text_names(const struct call_facts *call, char text[CALL_PROTOTYPE_ROOM]);

#endif
