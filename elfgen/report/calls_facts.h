/* What is known of a system call in one ABI. */
#ifndef CALLS_FACTS_H
#define CALLS_FACTS_H

#include "../machine/calls.h"

struct call_facts {
    enum call_abi abi;
    int number;    /* -1: the ABI has none */
    int elsewhere; /* the number of that name in the other ABI; -1: that has none */
    char name[32];
    const struct call_row *row; /* NULL: its parameters are not known */
    bool implemented;
    char entry[CALL_ENTRY_ROOM]; /* where it is */
};

#endif
