/* System calls of x86-64 and i386: names and numbers by libseccomp, parameters by calls.def. */
#ifndef SYSCALLS_TABLE_H
#define SYSCALLS_TABLE_H

#include "elfgen.h"

/* The tables of numbers that x86 has. */
enum call_abi { CALL_X86_64, CALL_I386, CALL_ABIS };

enum { CALL_NO_SIZE = UINT8_MAX };

/* What a parameter or a result is: the rows of types.def. */
enum call_type {
#define TYPE(id, text, kind, when, printer, set) CALL_TYPE_##id,
#include "types.def"
#undef TYPE
    CALL_TYPE_COUNT
};

/* As section 2 of the manual writes it: "int", "const char *". */
const char *syscall_type_text(enum call_type type);

/* What the byte map makes of it. */
enum elfgen_parameter_kind syscall_type_kind(enum call_type type);

struct call_parameter {
    const char *name; /* NULL behind the last */
    enum call_type type;
    uint8_t size_in; /* bytes: which parameter has their size; CALL_NO_SIZE: none has */
};

/* What is known of a call besides its name and number. */
struct call_row {
    const char *name;
    enum call_type result;
    bool only_i386; /* the row is i386's own: its parameters differ */
    bool returns;   /* false: never, whatever the arguments are */
    struct call_parameter parameters[ELFGEN_ARGUMENTS + 1];
};

struct call {
    char name[32];
    const struct call_row *row; /* NULL: only the name is known */
};

/* The calls that were asked for, so that each is looked up once; zeroed before the first. */
enum { CALLS_KEPT = 512 };
struct calls {
    bool asked[CALL_ABIS][CALLS_KEPT], found[CALL_ABIS][CALLS_KEPT];
    struct call kept[CALL_ABIS][CALLS_KEPT];
    struct call last; /* of the others */
};

/* A call by its number. NULL: libseccomp knows none of it, or it is one of x32's (bit 30). The call
 * stays in *calls, one above CALLS_KEPT until the next is asked for. */
const struct call *syscall_find(struct calls *calls, enum call_abi abi, uint64_t number);

/* The row of a call by its name; NULL: there is none. */
const struct call_row *syscall_row(enum call_abi abi, const char *name);

/* The rows one after another; NULL behind the last. For tests and lists. */
const struct call_row *syscall_row_at(size_t index);

/* The number of a call by its name; -1: the ABI has none of that name, as far as libseccomp knows.
 */
int syscall_number(enum call_abi abi, const char *name);

/* The call that does what a name says where the name has no number: i386's "socketcall" for accept,
 * "ipc" for semop. NULL: none does. */
const char *syscall_through(enum call_abi abi, const char *name);

/* Numbers from here on are not asked for: no table of x86 is that long, and x32's begin at bit 30.
 */
enum { CALLS_END = 1024 };

/* The function of a 64-bit kernel that answers a call, as /proc/kallsyms has it: "__x64_sys_write".
 * It stays in `entry`. NULL: the kernel has none, the number is kept for what once was or might
 * have been, and the answer is ENOSYS. */
enum { CALL_ENTRY_ROOM = 64 };
const char *syscall_entry(enum call_abi abi, const char *name, char entry[CALL_ENTRY_ROOM]);

/* How a program asks: what carries what. */
struct call_convention {
    const char *abi;         /* "x86_64" */
    const char *instruction; /* "syscall" */
    const char *number, *result, *arguments[ELFGEN_ARGUMENTS];
    const char
        *lost[3]; /* what the kernel gives back changed besides the result; NULL at the end */
};
const struct call_convention *syscall_convention(enum call_abi abi);

#endif
