/* Facts about a system call in one ABI. */
#ifndef SYSCALLS_FACTS_H
#define SYSCALLS_FACTS_H

#include "table.h"

struct call_facts {
    enum call_abi abi;
    int number;    /* -1: the ABI has no such call */
    int elsewhere; /* its number in the other ABI; -1: none */
    char name[32];
    const struct call_row *row; /* NULL: the parameters are unknown */
    bool implemented;
    char entry[CALL_ENTRY_ROOM]; /* the function in the kernel */
};

#endif
