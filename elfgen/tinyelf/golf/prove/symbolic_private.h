/* What the files of symbolic evaluation share: programs, and states of them. */
#ifndef GOLF_SYMBOLIC_PRIVATE_H
#define GOLF_SYMBOLIC_PRIVATE_H

#include "expression.h"
#include "symbolic.h"
#include "x86/effects.h"

enum { SYMBOLIC_AREAS = 48, SYMBOLIC_STORES = 40, SYMBOLIC_TOUCHES = 32, SYMBOLIC_FACTS = 64 };

/* A program's file, and where Linux puts it. */
struct symbolic_program {
    const struct x86 *decoder;
    const uint8_t *bytes;
    size_t size;
    unsigned bits;
    uint64_t entry;
    struct elfgen_kernel_area areas[SYMBOLIC_AREAS];
    uint64_t cleared[SYMBOLIC_AREAS]; /* of each: from this address on it has zeros */
    size_t area_count;
};

/* Memory that was written: an expression, or what the kernel wrote. */
struct symbolic_store {
    bool is_stack; /* `address` is relative to the first stack pointer */
    uint64_t address, size;
    uint32_t value;   /* an expression; of up to 8 bytes */
    uint64_t content; /* other than 0: the kernel's, by this number: as many bytes as `value` */
    bool is_whole;    /* what is behind them is the same in both programs */
};

/* Memory that a stretch reads or writes, and that need not be there: behind a pointer of Linux's.
 */
struct symbolic_touch {
    uint32_t address; /* an expression */
    unsigned bytes;
};

enum { SYMBOLIC_CF, SYMBOLIC_PF, SYMBOLIC_ZF, SYMBOLIC_SF, SYMBOLIC_OF, SYMBOLIC_FLAGS };

struct symbolic_state {
    uint64_t at; /* the next instruction */
    uint32_t registers[X86_REGISTERS];
    uint32_t flags[SYMBOLIC_FLAGS]; /* of one bit */
    struct symbolic_store stores[SYMBOLIC_STORES];
    size_t store_count;
    struct symbolic_touch touches[SYMBOLIC_TOUCHES]; /* in this stretch */
    size_t touch_count;
};

/* What was decided on the way: conditions, each of one bit. */
struct symbolic_facts {
    uint32_t of[SYMBOLIC_FACTS];
    uint8_t is[SYMBOLIC_FACTS];
    size_t count;
    bool is_full; /* there was more */
};

/* What a call on the way returned. */
enum { SYMBOLIC_CALLS = GOLF_ANSWERS };
struct symbolic_call {
    uint32_t result;   /* an expression */
    uint64_t content;  /* what the kernel wrote, by this number; 0: nothing */
    uint8_t parameter; /* points to that */
    bool is_exact;     /* the result can be any that the expression can be */
};

/* In which expressions there is a difference. */
struct symbolic_example {
    unsigned word;
    uint32_t one, other;
};

/* What every run has in common. */
struct symbolic_run {
    struct symbolic_example example; /* what symbolic_can_differ() found last */
    struct expressions all;
    unsigned bits;    /* of both programs: 64 or 32 */
    uint32_t stack;   /* the first stack pointer */
    uint64_t symbols; /* how many were made */
    size_t steps;     /* instructions that may still be evaluated */
    size_t values;    /* expressions whose values may still be computed */
};

/* What an instruction leads to. */
enum symbolic_stop {
    SYMBOLIC_ON,     /* the next one */
    SYMBOLIC_BRANCH, /* one of two: `condition` says which */
    SYMBOLIC_CALL,   /* it is a system call; the state is behind it */
    SYMBOLIC_FAULT,  /* it ends the program */
    SYMBOLIC_LOST    /* what it does is not known here */
};
struct symbolic_step {
    enum symbolic_stop stop;
    uint32_t condition; /* an expression of one bit */
    uint64_t taken;     /* where it leads if that is 1 */
    uint16_t mnemonic;  /* SYMBOLIC_FAULT */
    bool is_wide;       /* SYMBOLIC_CALL: by `syscall` */
};

/* ---- symbolic_memory.c ---- */

/* Returns false if the model of Linux does not start it. */
bool symbolic_open(struct symbolic_program *program, struct x86 *const decoders[2],
                   const uint8_t *bytes, size_t size);

/* The bytes of the file from an address on, at most `size`. Returns how many there are: none if the
 * program wrote there. */
size_t symbolic_code(const struct symbolic_program *program, const struct symbolic_state *state,
                     uint64_t address, uint8_t *bytes, size_t size);

/* Where an address is. */
enum symbolic_place { SYMBOLIC_IMAGE, SYMBOLIC_STACK, SYMBOLIC_GIVEN, SYMBOLIC_NOWHERE };
/* SYMBOLIC_GIVEN: among what Linux gave it, at an address that is an expression. *number is the
 * address in the image, or from the stack pointer on. */
enum symbolic_place symbolic_place(const struct symbolic_run *run, uint32_t address,
                                   uint64_t *number);

/* Returns false if it is not known what is there. */
bool symbolic_load(struct symbolic_run *run, const struct symbolic_program *program,
                   const struct symbolic_state *state, uint32_t address, unsigned bytes,
                   uint32_t *value);
bool symbolic_store(const struct symbolic_run *run, const struct symbolic_program *program,
                    struct symbolic_state *state, uint32_t address, uint64_t bytes, uint32_t value,
                    uint64_t content);

/* Whether an address is SYMBOLIC_GIVEN, and what is there is what Linux put there. */
bool symbolic_is_given(const struct symbolic_run *run, const struct symbolic_state *state,
                       uint32_t address);

/* Whether an access to it surely is no fault, where symbolic_load() or symbolic_store() know what
 * is there. */
bool symbolic_is_there(const struct symbolic_run *run, uint32_t address, uint64_t size);

/* Notes an access where it is not so. Returns false if there is no room. */
bool symbolic_touch(const struct symbolic_run *run, struct symbolic_state *state, uint32_t address,
                    unsigned bytes);

/* Whether so many bytes surely may be written. */
bool symbolic_may_write(const struct symbolic_run *run, const struct symbolic_program *program,
                        uint32_t address, uint64_t size);

/* Whether so many bytes are 0 (*content 0), or were last written as a whole by the kernel, and
 * nobody wrote there after it. */
bool symbolic_is_whole(const struct symbolic_run *run, const struct symbolic_program *program,
                       const struct symbolic_state *state, uint32_t address, uint64_t size,
                       uint64_t *content);

/* A value of so many bits of one program alone: that of another one is another value. */
uint32_t symbolic_lost(struct symbolic_run *run, unsigned width);

/* ---- symbolic_step.c ---- */

/* Evaluates the instruction at state->at. */
struct symbolic_step symbolic_step(struct symbolic_run *run, const struct symbolic_program *program,
                                   struct symbolic_state *state);

/* ---- symbolic_call.c ---- */

/* What two operands are: surely the same, not known to be, surely not with some values. */
enum symbolic_answer { SYMBOLIC_SAME, SYMBOLIC_OPEN, SYMBOLIC_DIFFERENT };

/* Two programs at the end of a stretch, and what is decided. */
struct symbolic_pair {
    struct symbolic_state states[2];
    struct symbolic_step ends[2];
    struct symbolic_facts facts;
    struct symbolic_call calls[SYMBOLIC_CALLS]; /* before this stretch */
    size_t call_count;                          /* may be more than there is room for */
    size_t decided;                             /* facts from here on are of this stretch */
    uint64_t from;                              /* where the original's stretch begins */
};

/* Compares calls. *ends: it is an exit. *row: which call it is, NULL if nothing is known of its
 * result. */
enum symbolic_answer symbolic_compare_calls(struct symbolic_run *run,
                                            const struct symbolic_program programs[2],
                                            struct calls *calls, const struct symbolic_pair *pair,
                                            bool *ends, const struct call_row **row);

/* Lets both return from it: `failed`, or not. Returns false if what the call writes is not known.
 */
bool symbolic_return(struct symbolic_run *run, const struct symbolic_program programs[2],
                     struct symbolic_pair *pair, const struct call_row *row, bool failed);

/* ---- symbolic_differ.c ---- */

/* Whether there are values with which the facts hold and two expressions are not the same; with
 * which the facts hold, if they are the same. False where that is not found. */
bool symbolic_can_differ(struct symbolic_run *run, unsigned word,
                         const struct symbolic_facts *facts, uint32_t one, uint32_t other);

/* Makes an environment of the values that were found last, with the calls before; `is_open`: it
 * goes on behind them, and has input for that. Returns false if that is not possible, or there is
 * no memory. */
bool symbolic_make_example(struct symbolic_run *run, const struct symbolic_pair *pair, bool is_open,
                           struct golf_environment *environment);

#endif
