/* System calls of each ABI: names and numbers that libseccomp had when this was
 * built, parameters from our own table. */
#ifndef SYSCALLS_TABLE_H
#define SYSCALLS_TABLE_H

#include "abi.h"

enum { CALL_NO_SIZE = UINT8_MAX };

/* The type of a parameter or result: a row of types.def. */
enum call_type {
#define TYPE(id, text, kind, when, printer, set) CALL_TYPE_##id,
#include "types.def"
#undef TYPE
    CALL_TYPE_COUNT
};

/* A type as section 2 of the manual spells it: "int", "const char *". */
const char *syscall_type_text(enum call_type type);

/* How the byte map treats a parameter of this type. */
enum elfgen_parameter_kind syscall_type_kind(enum call_type type);

struct call_parameter {
    const char *name; /* NULL after the last */
    enum call_type type;
    uint8_t size_in; /* of bytes: index of the parameter with their size, or CALL_NO_SIZE */
};

/* What is known about a call besides its number. */
struct call_row {
    const char *name;
    enum call_type result;
    enum call_abi only; /* the ABI whose parameters differ from the others'; CALL_ABIS: of all */
    enum elfgen_result_kind result_kind;
    uint8_t count_in; /* of ELFGEN_RESULT_COUNT: index of the parameter, or CALL_NO_SIZE */
    struct call_parameter parameters[ELFGEN_ARGUMENTS + 1];
};

struct call {
    char name[32];
    const struct call_row *row; /* NULL: only the name is known */
};

/* A cache of calls by number, so that each is looked up once. Zero it before the first use. */
enum { CALLS_KEPT = 512 };
struct calls {
    bool asked[CALL_ABIS][CALLS_KEPT], found[CALL_ABIS][CALLS_KEPT];
    struct call kept[CALL_ABIS][CALLS_KEPT];
    struct call last; /* the last one that is not kept */
};

/* Finds a call by its number. Returns NULL if libseccomp knew none, or it is one of x32's (bit
 * 30). The result is in *calls; from CALLS_KEPT on, the next such call overwrites it. */
const struct call *syscall_find(struct calls *calls, enum call_abi abi, uint64_t number);

/* Finds a call's row by its name; with CALL_ABIS that which ABIs share. NULL if there is none. */
const struct call_row *syscall_row(enum call_abi abi, const char *name);

/* The rows in order, for tests and lists; NULL after the last. */
const struct call_row *syscall_row_at(size_t index);

/* The most bytes that read, write and their like transfer at once (MAX_RW_COUNT,
 * include/linux/fs.h). */
enum { CALL_TRANSFER_MOST = 0x7ffff000 };

/* The end of the numbers that tables have: x86's end earlier, and x32's begin at bit 30. */
enum { CALLS_END = 1024 };

/* A call's name by its number; NULL if libseccomp knew none when this was built. */
const char *syscall_name(enum call_abi abi, uint64_t number);

/* Finds a call's number by its name; -1 if libseccomp knew no such call of the ABI. */
int syscall_number(enum call_abi abi, const char *name);

/* The call through which one without a number of its own is made: i386's "socketcall" for accept,
 * "ipc" for semop. NULL if there is none. */
const char *syscall_through(enum call_abi abi, const char *name);

/* The function of a 64-bit kernel that implements a call, as in /proc/kallsyms: "__x64_sys_write",
 * written to `entry`. Returns NULL if the kernel only reserves the number and answers ENOSYS. */
enum { CALL_ENTRY_ROOM = 64 };
const char *syscall_entry(enum call_abi abi, const char *name, char entry[CALL_ENTRY_ROOM]);

/* Whether a 64-bit call fails where a size is negative as a signed number, before it looks at
 * memory: access_ok() in vfs_read() and vfs_write(), fs/read_write.c. Others take less then. */
bool syscall_fails_if_negative(const char *name);

/* Whether a call's return value is an error, -errno: IS_ERR_VALUE() of Linux's include/linux/err.h.
 */
static inline bool syscall_is_error(int64_t result)
{
    return result < 0 && result >= -ELFGEN_ERRNO_MOST;
}

#endif
