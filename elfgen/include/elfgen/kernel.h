/* Predicts what Linux does at execve, from a file's bytes alone.
 *
 * The model follows fs/exec.c, fs/binfmt_elf.c, fs/compat_binfmt_elf.c and fs/binfmt_script.c on
 * x86-64, and what they call in mm/ (do_mmap(), vm_brk_flags(), clear_user()): the same checks in
 * the same order. Each check is a row (elfgen_kernel_checks). Any bytes of any length are accepted;
 * the time is limited by the program headers that Linux accepts, at most 64 KiB. Nothing is
 * allocated.
 *
 * The address space is the one without randomisation (setarch -R): the stack below the end of user
 * space, and room for mmap() 128 MiB below that. With randomisation, a segment in the last 16 GiB
 * may hit the stack at one start and miss it at the next. */
#ifndef ELFGEN_KERNEL_H
#define ELFGEN_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/error.h"
#include "elfgen/format.h"
#include "elfgen/reader.h"
#include "elfgen/text.h"

enum elfgen_kernel_verdict {
    ELFGEN_STARTS,
    ELFGEN_FAULTS, /* starts, but its first instruction cannot be fetched: `signal` */
    ELFGEN_KILLED, /* past the point of no return, in execve itself: `signal` */
    ELFGEN_REFUSED /* execve() returns -1 with `error` */
};

/* Linux's numbers for the errors that execve() and its inner calls return. */
enum elfgen_kernel_errno {
    ELFGEN_EPERM = 1,
    ELFGEN_ENOENT = 2,
    ELFGEN_EIO = 5,
    ELFGEN_ENOEXEC = 8,
    ELFGEN_ENOMEM = 12,
    ELFGEN_EACCES = 13,
    ELFGEN_EFAULT = 14,
    ELFGEN_EEXIST = 17,
    ELFGEN_EINVAL = 22,
    ELFGEN_EOVERFLOW = 75,
    ELFGEN_ELIBBAD = 80
};

enum { ELFGEN_SIGBUS = 7, ELFGEN_SIGSEGV = 11 };

/* A version of Linux: a series stands for its newest release. */
#define ELFGEN_LINUX(major, minor) ((uint32_t)(major) << 16 | (uint32_t)(minor))

enum elfgen_kernel_overcommit { /* /proc/sys/vm/overcommit_memory */
                                ELFGEN_OVERCOMMIT_GUESS,
                                ELFGEN_OVERCOMMIT_ALWAYS,
                                ELFGEN_OVERCOMMIT_NEVER
};

/* Facts of a machine that a caller may leave unknown: reading some takes longer than asking. */
enum elfgen_kernel_fact {
    ELFGEN_FACT_VERSION = 1,
    ELFGEN_FACT_LOWEST =
        2, /* mmap_min_addr and lowest_room, which are then the most that they may be */
    ELFGEN_FACT_RAW_IO = 4,
    ELFGEN_FACT_IA32 = 8,
    ELFGEN_FACT_FIVE_LEVELS = 16, /* five_levels is then false */
    ELFGEN_FACT_MEMORY = 32,      /* overcommit and memory_pages */
    ELFGEN_FACT_OWN_PAGES = 64,   /* vdso_pages, vdso32_pages, vvar_pages, no_vdso, no_vdso32 */
    ELFGEN_FACTS = 127
};

/* The machine and the caller that start the program. */
struct elfgen_kernel_machine {
    uint32_t unknown; /* facts whose values below are only assumed; see the answer's `depends` */
    uint32_t version; /* ELFGEN_LINUX(6, 18) */
    uint64_t mmap_min_addr; /* /proc/sys/vm/mmap_min_addr; a multiple of 4096 */
    uint64_t lowest_room;   /* the lowest address that Linux chooses itself: mmap_min_addr, and at
                             * least CONFIG_LSM_MMAP_MIN_ADDR, which is 64 KiB nearly everywhere */
    bool raw_io;            /* the program may map below mmap_min_addr (CAP_SYS_RAWIO) */
    bool ia32;              /* Linux runs programs for i386 (CONFIG_IA32_EMULATION) */
    bool five_levels;       /* addresses of 57 bits (la57) */
    enum elfgen_kernel_overcommit overcommit;
    uint64_t memory_pages; /* GUESS: pages of memory and swap; NEVER: pages that may still be
                            * committed */
    uint64_t stack_limit;  /* RLIMIT_STACK in bytes */
    uint64_t stack_used;   /* bytes of arguments, environment, and what Linux adds */
    uint64_t largest_file; /* the largest file offset that can be mapped (MAX_LFS_FILESIZE) */
    /* Pages of the kernel's own in each program: its code for 64 and for 32 bits, and the data that
     * it reads. 0: as many as `version` has. */
    uint16_t vdso_pages, vdso32_pages, vvar_pages;
    bool no_vdso, no_vdso32; /* there are none (vdso=0, abi.vsyscall32=0) */
};

/* vm.mmap_min_addr, as distributions set it. */
enum { ELFGEN_USUAL_MMAP_MIN_ADDR = 65536 };

/* Whether the model has programs for an e_machine: those of x86-64, and of i386, which are two. */
ELFGEN_API bool elfgen_kernel_has_machine(uint64_t machine);

/* Sets *machine to a usual machine: Linux 6.18, 16 GiB, 8 MiB of stack, mmap_min_addr of 64 KiB, a
 * user without privileges. */
ELFGEN_API void elfgen_kernel_usual(struct elfgen_kernel_machine *machine);

/* The interpreter that PT_INTERP or #! names, as the caller found it. */
struct elfgen_kernel_file {
    const uint8_t *bytes;
    uint64_t length;
    int error; /* why it cannot be opened (its errno), or 0 */
};

/* One part of the address space when the program starts. */
enum elfgen_kernel_area_kind {
    ELFGEN_AREA_FILE,        /* the program's file */
    ELFGEN_AREA_INTERPRETER, /* the interpreter's file */
    ELFGEN_AREA_ZERO,        /* zeros */
    ELFGEN_AREA_STACK,
    ELFGEN_AREA_VDSO, /* code of the kernel's own */
    ELFGEN_AREA_VVAR  /* data of the kernel's own, right before it */
};

struct elfgen_kernel_area {
    uint64_t start, end;
    uint64_t file_end; /* where the file ends, and zeros begin; `end`: not in this area */
    uint64_t missing;  /* pages from here up to `end` are past the end of the file: an access to
                        * them raises SIGBUS; `end`: none */
    uint64_t offset;   /* in the file, of `start` */
    enum elfgen_kernel_area_kind kind;
    uint16_t segment; /* the program header, of its own file, that made it; 0xffff: none */
    uint8_t flags;    /* ELFGEN_PF_R and so on, as the page tables have them */
    bool committed;   /* counts against the memory that may be committed */
};

/* The address space, in memory that the caller provides. */
struct elfgen_kernel_map {
    struct elfgen_kernel_area *areas; /* by address, without overlap */
    uint64_t capacity;
    uint64_t count;
    uint64_t needed; /* a capacity that is enough for this file */
};

/* One check. */
struct elfgen_kernel_check {
    const char *name;                   /* "e_type" */
    const char *function;               /* the function of the kernel that makes it */
    uint32_t since, until;              /* versions that make it; 0: no limit */
    enum elfgen_kernel_verdict verdict; /* if it fails */
    int error;            /* what the function returns; 0: a signal, or the caller's errno */
    const char *sentence; /* what is wrong; see elfgen_kernel_message() */
    const char *remedy;   /* what to change */
};

enum elfgen_kernel_check_id {
#define ELFGEN_CHECK(id, function, since, until, verdict, error, sentence, remedy)                 \
    ELFGEN_CHECK_##id,
#include "elfgen/kernel_checks.def"
#undef ELFGEN_CHECK
    ELFGEN_CHECK_COUNT
};

ELFGEN_DATA const struct elfgen_kernel_check elfgen_kernel_checks[ELFGEN_CHECK_COUNT];

/* What the user needs if a file does not start and no changed field would make a program of it;
 * see elfgen_kernel_remedy(). */
enum elfgen_kernel_advice {
#define ELFGEN_ADVICE(id, sentence) ELFGEN_ADVICE_##id,
#include "elfgen/kernel_advice.def"
#undef ELFGEN_ADVICE
    ELFGEN_ADVICE_COUNT
};

struct elfgen_kernel_answer {
    enum elfgen_kernel_verdict verdict;
    int error;                         /* execve()'s errno, if REFUSED */
    int signal;                        /* if KILLED or FAULTS; 0: SIGSEGV or SIGBUS, by what the
                                        * kernel has there */
    enum elfgen_kernel_check_id check; /* that decided; ELFGEN_CHECK_passed if it starts */
    int inner; /* the errno inside the kernel that led to KILLED, which it does not report */
    const char *field; /* the field whose value decided: "e_type"; NULL: none in this file */
    uint64_t offset;   /* of that field in the file, or ELFGEN_NOWHERE */
    uint64_t value;    /* of that field */
    uint64_t other;    /* what it was compared with: a limit, another field */
    bool offers;       /* `would` is a value for this field that passes this check */
    uint64_t would;
    enum elfgen_kernel_advice advice; /* instead of a value; ELFGEN_ADVICE_none: there is none */
    uint16_t foreign;                 /* ELFGEN_ADVICE_emulator, _processor, _foreign_object: the
                                       * e_machine */
    const char *tool;         /* that the advice names, or NULL: "qemu-aarch64", "gzip -d" */
    uint16_t segment;         /* the program header that `field` is in; 0xffff: none */
    bool is_past_end;         /* the file ends before the field, which counts as 0 */
    bool of_interpreter;      /* field, offset and segment are in the interpreter's file */
    enum elfgen_class class_; /* the loader that decided: 64 bits or compat */
    bool is_script;
    bool asks;            /* the file names an interpreter: path_... */
    uint64_t path_offset; /* in the file, of the interpreter's path */
    uint64_t path_length; /* without NUL; 0 is the current directory, which is not a program */
    uint32_t depends;     /* unknown facts that this answer depends on: ask again with them, which
                           * may lead to others. 0: the answer is the same with all values of the
                           * unknown facts; the map is not */
    uint64_t bias;        /* what is added to the file's addresses */
    uint64_t entry; /* address of the first instruction (STARTS, FAULTS), the interpreter's if there
                     * is one */
};

/* Predicts what execve does with the file. ELFGEN_OK: *answer is filled. ELFGEN_NO_ROOM: the file
 * has so many PT_LOADs that map->capacity is too small; map->needed is enough. ELFGEN_BAD_ARGUMENT:
 * bytes, map->areas or interpreter->bytes are NULL with a length. `interpreter` NULL:
 * the interpreter is assumed to be good; call again with it if answer->asks. `map` may be NULL (a
 * file of more than 120 PT_LOADs is then ELFGEN_NO_ROOM); it is filled if the verdict is STARTS or
 * FAULTS, and if it is KILLED with what was mapped so far. */
ELFGEN_API enum elfgen_status elfgen_kernel_ask(const void *bytes, uint64_t length,
                                                const struct elfgen_kernel_machine *machine,
                                                const struct elfgen_kernel_file *interpreter,
                                                struct elfgen_kernel_answer *answer,
                                                struct elfgen_kernel_map *map);

/* The same of a file that is not in memory. Of one that is refused, all of it is read. */
ELFGEN_API enum elfgen_status elfgen_kernel_ask_reader(const struct elfgen_file_reader *reader,
                                                       const struct elfgen_kernel_machine *machine,
                                                       const struct elfgen_kernel_file *interpreter,
                                                       struct elfgen_kernel_answer *answer,
                                                       struct elfgen_kernel_map *map);

/* "ENOEXEC"; NULL where the number has no name here. */
ELFGEN_API const char *elfgen_errno_name(int error);

/* Appends the sentence about the check that decided, with its numbers; and what to change (nothing
 * if nothing is known to help). */
ELFGEN_API void elfgen_kernel_message(const struct elfgen_kernel_answer *answer,
                                      struct elfgen_text *text);
ELFGEN_API void elfgen_kernel_remedy(const struct elfgen_kernel_answer *answer,
                                     struct elfgen_text *text);

#endif
