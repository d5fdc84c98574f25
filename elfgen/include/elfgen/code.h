/* Finds the code in a file by following the control flow.
 *
 * It starts at the entry point, and keeps track of what is known about registers and flags: Linux
 * starts a program with every general register but the stack pointer set to 0, and the condition
 * flags as well, so that the number and the arguments of a system call are often constants, and
 * conditional jumps often go one way. The core cannot decode instructions, and knows none: the
 * caller provides the processor (struct elfgen_machine), and memory. */
#ifndef ELFGEN_CODE_H
#define ELFGEN_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/memory.h"
#include "elfgen/text.h"
#include "elfgen/view.h"

/* A number of which some bits are known; a bit that is not is 0 in `value`. */
struct elfgen_bits {
    uint64_t value, known;
};

enum { ELFGEN_REGISTERS_MOST = 32, ELFGEN_STACK_SLOTS = 8, ELFGEN_ARGUMENTS = 6 };

/* What is known at an instruction: the general registers by the machine's numbers, those that it
 * does not have unknown, the flags in the machine's own layout, and what was pushed. */
struct elfgen_registers {
    struct elfgen_bits general[ELFGEN_REGISTERS_MOST];
    struct elfgen_bits flags;
    struct elfgen_bits stack[ELFGEN_STACK_SLOTS]; /* the last push is stack[depth - 1] */
    uint64_t depth;
    /* The decoder leaves these alone: the last system call failed; the kernel entered the program,
     * and no call was made since. */
    bool failed, entered;
};

/* Notes a push. If there is no room, the oldest one is forgotten. */
ELFGEN_API void elfgen_registers_push(struct elfgen_registers *registers, struct elfgen_bits bits);

/* Where control goes after an instruction. */
enum elfgen_flow {
    ELFGEN_FLOW_NEXT,   /* on to the next one */
    ELFGEN_FLOW_JUMP,   /* to the target */
    ELFGEN_FLOW_BRANCH, /* to the target or the next one */
    ELFGEN_FLOW_CALL,   /* to the target, which may return to the next one */
    ELFGEN_FLOW_RETURN, /* to the target, where the return address is known */
    ELFGEN_FLOW_SYSTEM, /* into the kernel, and back unless the call never returns */
    ELFGEN_FLOW_END     /* nowhere: not allowed to programs, or no such instruction */
};

/* Where there is no register: for an argument that is in memory. */
enum { ELFGEN_NO_REGISTER = 255 };

/* An instruction that enters the kernel: from which registers the kernel takes what, and what it
 * leaves in them. */
struct elfgen_call_instruction {
    uint8_t number, arguments[ELFGEN_ARGUMENTS], result;
    uint8_t width;       /* bits of a register that the kernel looks at, 32 or 64 */
    uint32_t number_end; /* no call has this number or a larger one */
    bool returns;        /* to the next instruction; false: to a place that only the kernel knows */
    uint8_t next_address; /* the register that gets the next instruction's, or ELFGEN_NO_REGISTER */
    uint32_t changed;     /* a bit for each register that has a new value after it, from bit 0 on */
};

/* Bits of a part of an instruction that mean something by themselves. */
struct elfgen_bit_meaning {
    uint8_t low, width; /* bits low to low + width - 1, of 0 to 63 */
    const char *name;   /* its first word is what the part's value is shown with */
};

/* What a part of an instruction is. */
struct elfgen_encoding {
    struct elfgen_field field; /* name, meaning, ELFGEN_KIND_HEX; offsets and widths are 0 */
    const struct elfgen_bit_meaning *bits; /* from bit 0 on */
    const char *letters;                   /* of the bits, from bit 0 on; NULL: they have none */
    uint8_t bit_count;
    bool is_number;  /* little-endian; other parts are shown byte by byte */
    bool is_address; /* from four bytes on it may be one */
};

enum { ELFGEN_INSTRUCTION_MOST = 15 }; /* bytes, and so parts, of any machine's instruction */

struct elfgen_parts {
    uint8_t count;
    struct {
        uint8_t what;           /* index of the machine's encodings */
        uint8_t offset, length; /* within the instruction */
    } parts[ELFGEN_INSTRUCTION_MOST];
};

/* Whether a branch goes to its target. */
enum elfgen_condition { ELFGEN_CONDITION_UNKNOWN, ELFGEN_CONDITION_HOLDS, ELFGEN_CONDITION_FAILS };

struct elfgen_instruction {
    uint8_t length; /* 1 to 15 bytes */
    enum elfgen_flow flow;
    enum elfgen_condition condition; /* of ELFGEN_FLOW_BRANCH */
    uint8_t call_instruction;        /* of ELFGEN_FLOW_SYSTEM: index of the machine's */
    bool has_target;
    uint64_t target; /* address */
};

/* What a parameter of a system call is. */
enum elfgen_parameter_kind {
    ELFGEN_PARAMETER_NUMBER, /* signed, decimal */
    ELFGEN_PARAMETER_HEX,    /* flags, addresses that nothing is read from */
    ELFGEN_PARAMETER_INPUT,  /* address of bytes that the kernel reads */
    ELFGEN_PARAMETER_STRING, /* address of a string with a NUL that the kernel reads */
    ELFGEN_PARAMETER_OUTPUT  /* address of bytes that the kernel may write */
};

/* A system call that fails returns -errno: -4095 to -1 (MAX_ERRNO, include/linux/err.h). */
enum { ELFGEN_ERRNO_MOST = 4095 };

/* What a system call may return. */
enum elfgen_result_kind {
    ELFGEN_RESULT_ANY,     /* any of these or something else */
    ELFGEN_RESULT_NEVER,   /* it does not return, whatever the arguments are */
    ELFGEN_RESULT_FAILURE, /* an error: it returns only if it fails */
    ELFGEN_RESULT_ZERO,    /* 0, or an error */
    ELFGEN_RESULT_COUNT,   /* 0 to the value of parameter `count_in`, below 2^31, or an error */
    ELFGEN_RESULT_NUMBER,  /* 0 to 2^31 - 1, or an error */
    ELFGEN_RESULT_PAGE,    /* an address that 4096 divides, or an error */
    ELFGEN_RESULT_VALUE    /* 0 to 2^31 - 1; it does not fail */
};

struct elfgen_signature {
    char name[32];
    bool known; /* the parameters are known; otherwise only the name is */
    enum elfgen_result_kind result;
    uint8_t count_in; /* of ELFGEN_RESULT_COUNT: a parameter, 0...; another number: none is known */
    uint8_t count;
    struct {
        char name[16];
        enum elfgen_parameter_kind kind;
        uint8_t size_in; /* INPUT: which parameter, 0..., holds its size in bytes; 255: none does */
    } parameters[ELFGEN_ARGUMENTS];
};

/* A processor, which the caller provides. Each function gets `context`. An instruction or a part
 * that is not in the ranges above counts as none. */
struct elfgen_machine {
    void *context;

    /* Parts of instructions. */
    const struct elfgen_encoding *encodings;
    uint8_t encoding_count;

    uint8_t register_count; /* general ones, at most ELFGEN_REGISTERS_MOST */
    uint8_t stack_pointer;  /* the one that Linux does not set to 0 */
    uint64_t cleared_flags; /* those that Linux sets to 0 */
    uint8_t return_address; /* the one that a call puts it in; ELFGEN_NO_REGISTER: it is pushed */

    /* Instructions that enter the kernel. */
    const struct elfgen_call_instruction *call_instructions;
    uint8_t call_instruction_count;

    /* The length in bytes of the instruction at `bytes` (`size` of them, at least 1); 0: there is
     * none. */
    uint8_t (*length)(void *context, const uint8_t *bytes, size_t size);

    /* Decodes an instruction that is at `address` when it runs. `registers`: what is known before
     * it; set to what is known after it. Returns false if there is none, by the same rules as
     * above. */
    bool (*decode)(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                   struct elfgen_registers *registers, struct elfgen_instruction *instruction);

    /* Splits an instruction of `size` bytes into its parts. */
    void (*split)(void *context, const uint8_t *bytes, size_t size, struct elfgen_parts *parts);

    /* Appends the instruction as text; `size`, at least 1, may be more than its length. */
    void (*text)(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                 struct elfgen_text *text);

    /* Finds the address that an operand of an instruction of `size` bytes leads to: of a jump its
     * target, and *jumps is set; of other operands one relative to the instruction or, if numbers
     * may be addresses (`fixed`), a number. Returns false if there is none. May be NULL. */
    bool (*refers)(void *context, const uint8_t *bytes, size_t size, uint64_t address, bool fixed,
                   uint64_t *target, bool *jumps);

    /* Sets the name and parameters of a system call that the instruction of index `by` makes.
     * Returns false if no call has that number. */
    bool (*call)(void *context, uint8_t by, uint64_t number, struct elfgen_signature *signature);
};

/* A system call that the code makes. */
struct elfgen_call {
    uint64_t offset, address; /* of its instruction */
    uint8_t call_instruction; /* index of the machine's */
    struct elfgen_bits number;
    struct elfgen_bits arguments[ELFGEN_ARGUMENTS];
};

/* An instruction that control reaches only if a system call fails that does not return otherwise.
 */
struct elfgen_after_failure {
    uint64_t offset; /* in the file */
    uint64_t call;   /* offset of the call's instruction */
};

/* A run of bytes that may be code. */
struct elfgen_range {
    uint64_t offset, size; /* in the file */
    uint64_t address;      /* of the first byte */
};

/* Where to look for code. */
enum elfgen_code_mode {
    ELFGEN_CODE_FLOW, /* the flow from the entry point, from functions in symbol tables and from the
                       * starts of executable sections */
    ELFGEN_CODE_ALL   /* in addition, executable sections from end to end; without sections,
                       * everything after the entry point */
};

enum { ELFGEN_MAPPINGS = 64 }; /* the most executable ones that are looked at */

struct elfgen_leader; /* an instruction that jumps lead to */

/* What a run of the program executed. It has a bit for each byte of the file, from bit 0 of the
 * first word on; bytes from `length` on were not executed. */
struct elfgen_run {
    const uint64_t *starts;          /* an instruction began there */
    const uint64_t *executed;        /* it belonged to an instruction */
    uint64_t length;                 /* in bytes of the file */
    const struct elfgen_call *calls; /* the system calls that were made there, by offset, one for
                                      * each: known is what all of them had in common */
    size_t call_count;
};

/* Code that was followed. The caller owns it; only the library uses what is in it. */
struct elfgen_code {
    const struct elfgen_view *view;
    const struct elfgen_machine *machine;
    enum elfgen_code_mode mode;
    const struct elfgen_run *run; /* NULL: none is known */
    bool relocatable; /* an object: addresses begin at 0 in each section, operands are not final */
    uint64_t first_section; /* file offset; only headers come before it */
    size_t home;            /* which mapping has the entry point */
    struct elfgen_range mappings[ELFGEN_MAPPINGS];
    struct elfgen_range *sections; /* executable ones, by offset, apart from each other */
    size_t mapping_count, section_count;
    uint64_t from, to; /* the file offsets that all of them are in */
    /* A bit for each byte of [from, to): where instructions start; where control was with nothing
     * known; where it is still to be followed with nothing known; what comes after calls that may
     * not return, and where jumps that are decided do not go. */
    uint64_t *starts, *met, *todo, *after_calls;
    uint64_t todo_count, after_call_count; /* bits that are set */
    uint64_t *swept; /* where a linear sweep has been; the memory of `todo`, then empty */
    uint64_t scan;   /* where the search for bits of `todo` continues */
    uint64_t *stack;
    size_t stack_room, stack_count;
    struct elfgen_leader *leaders; /* a hash table, by offset */
    size_t leader_room, pending;
    uint32_t round;            /* how many paths began with nothing known */
    struct elfgen_call *calls; /* by offset */
    size_t call_room, call_count;
    struct elfgen_after_failure *failures; /* by offset */
    size_t failure_room, failure_count;
    size_t deferred; /* a list of leaders after such calls, which are followed last */
    uint64_t cause;  /* the call's instruction whose failure is followed, its offset plus 1 */
    uint64_t steps;  /* steps left that may be taken with something known */
    bool returns;    /* a return to an unknown address was found: calls return */
    /* Of a linear sweep: the instruction found last, the place after it, and the section. */
    uint64_t last, cursor;
    const struct elfgen_range *section;
};

/* Bytes of memory that elfgen_code_follow() needs for a file: half a byte for each byte of code, 24
 * bytes for each executable section, and at most 16 MiB more. 0: there is no code to look for. */
ELFGEN_API size_t elfgen_code_room(const struct elfgen_view *view, enum elfgen_code_mode mode);

/* Follows the code of a file. `memory` is the caller's: `room` bytes of zeros (elfgen_code_room()),
 * aligned for uint64_t. The memory, the view's bytes and the machine must not change while the code
 * is used. The time is at most a multiple of the code's size.
 *
 * ELFGEN_OK; ELFGEN_NO_ROOM: `room` is less than elfgen_code_room(); ELFGEN_BAD_ARGUMENT: there is
 * code, and `memory` is NULL or not aligned, or the machine has too many registers. */
ELFGEN_API enum elfgen_status elfgen_code_follow(struct elfgen_code *code,
                                                 const struct elfgen_view *view,
                                                 const struct elfgen_machine *machine,
                                                 enum elfgen_code_mode mode, void *memory,
                                                 size_t room);

/* The same with what a run executed, which must not change either: instructions are where they were
 * executed, whatever else leads there, and no others share bytes with them; calls
 * that were made have the numbers and arguments that they had. `run` may be NULL.
 * ELFGEN_BAD_ARGUMENT also: an array of *run is NULL that is not empty. */
ELFGEN_API enum elfgen_status
elfgen_code_follow_run(struct elfgen_code *code, const struct elfgen_view *view,
                       const struct elfgen_machine *machine, enum elfgen_code_mode mode,
                       const struct elfgen_run *run, void *memory, size_t room);

/* Where an instruction is. */
struct elfgen_code_place {
    uint64_t offset;  /* in the file */
    uint64_t address; /* where it runs */
    uint8_t length;
};

/* The first instruction that begins at file offset `at` or later, before `to`. Returns false if
 * none does. */
ELFGEN_API bool elfgen_code_next(struct elfgen_code *code, uint64_t at, uint64_t to,
                                 struct elfgen_code_place *place);

/* The system call that the instruction at `offset` makes; NULL if it makes none. */
ELFGEN_API const struct elfgen_call *elfgen_code_call(const struct elfgen_code *code,
                                                      uint64_t offset);

/* The system call without whose failure control does not reach the instruction at `offset`: an
 * execve that fails returns. NULL: there is none. At most ELFGEN_AFTER_FAILURES instructions are
 * kept. */
enum { ELFGEN_AFTER_FAILURES = 1024 };
ELFGEN_API const struct elfgen_call *elfgen_code_failed(const struct elfgen_code *code,
                                                        uint64_t offset);

/* The call's name and parameters; false: its number is not known, or no call has it. */
ELFGEN_API bool elfgen_code_signature(const struct elfgen_code *code,
                                      const struct elfgen_call *call,
                                      struct elfgen_signature *signature);

/* The bytes of the file that argument `index` points to, if the kernel reads them. Returns false if
 * it does not, or the argument is not known, or the bytes are not in the file. */
ELFGEN_API bool elfgen_code_referred(const struct elfgen_code *code, const struct elfgen_call *call,
                                     const struct elfgen_signature *signature, unsigned index,
                                     uint64_t *offset, uint64_t *length);

#endif
