/* What a run did with each byte of its program's file: which were executed, read and written, how
 * often each instruction ran, and the system calls that were made. It is found from a recording
 * (stepper/recording.h), while that is made or after it was read.
 *
 * A byte of the file is read or written where the program's memory is that the byte was mapped to.
 * The addresses that an instruction uses come from its operands and the registers before it, those
 * that the kernel uses from the arguments of calls. What lists in memory name (writev) is not
 * followed, nor what vector instructions gather or scatter. */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "elfgen.h"
#include "stepper/recording.h"
#include "x86/x86.h"

enum coverage_use {
    COVERAGE_EXECUTED,
    COVERAGE_READ,
    COVERAGE_WRITTEN,
    COVERAGE_CHANGED, /* executed with another value than in the file */
    COVERAGE_USES
};

/* An instruction of the file. One that was executed with several values has an entry for each. */
struct coverage_instruction {
    uint64_t offset;  /* in the file */
    uint64_t address; /* where it ran */
    uint64_t count;   /* how often */
    uint8_t length;
    bool is_64_bit;
    bool changed; /* `bytes` are not those of the file */
    uint8_t bytes[ELFGEN_INSTRUCTION_MOST];
};

/* The calls that an instruction made. */
enum { COVERAGE_TEXTS = 4 };
struct coverage_call {
    uint64_t offset;
    uint64_t count;
    struct elfgen_call call; /* known is what all of them had in common; addresses in the program
                              * are those that the file asks for */
    size_t text_count;       /* different ones, as strace writes them */
    struct {
        char *text;
        uint64_t count;
    } texts[COVERAGE_TEXTS];
    uint64_t others; /* calls with other texts */
};

/* Why a run was not followed to its end. */
enum coverage_stop {
    COVERAGE_NOT_STOPPED,
    COVERAGE_STEPS, /* the limit of instructions */
    COVERAGE_TIME,  /* the limit of time */
    COVERAGE_FULL,  /* there was no room for more */
    COVERAGE_INTERRUPTED,
    COVERAGE_UNFINISHED, /* the recording ends before the program did */
    COVERAGE_REPLACED    /* execve put another program in its place */
};

struct coverage;
struct coverage_made; /* made.h */

/* Who is told of the start, and of each record while it is taken: first of the bytes of the file
 * that it reads and writes and of its call, then of the record. */
struct coverage_watcher {
    void (*begin)(void *context, const struct coverage *coverage,
                  const struct step_recording *recording);
    void (*used)(void *context, enum coverage_use use, uint64_t offset, uint64_t length);
    void (*call)(void *context, const struct coverage_made *made);
    /* `offset` is that of its instruction in the file, or ELFGEN_NOWHERE. */
    void (*record)(void *context, const struct coverage *coverage,
                   const struct step_recording *recording, const struct step_record *record,
                   uint64_t offset);
    void *context;
};

struct coverage_known; /* a recording's instruction, and where it is in the file */
struct coverage_image; /* where the file is in memory */

/* Only the functions below change it. Everything may be read after coverage_finish(). */
struct coverage {
    const struct elfgen_view *view;
    uint64_t *bits[COVERAGE_USES], *starts;    /* a bit for each byte of the file */
    uint64_t *sums[COVERAGE_USES];             /* of the bits before each block */
    uint64_t steps, own_steps;                 /* instructions that ran; those of the file */
    struct coverage_instruction *instructions; /* by offset */
    size_t instruction_count;
    struct coverage_call *calls; /* by offset */
    size_t call_count;
    struct elfgen_run run; /* for elfgen_code_follow_run() */
    enum step_end_kind end;
    int end_number;
    bool end_core;
    enum coverage_stop stop;
    uint64_t fault; /* offset of the instruction whose signal killed it; ELFGEN_NOWHERE */

    /* Until it is finished. */
    struct coverage_known *known; /* by the index of the recording's instruction */
    size_t known_count, known_room, call_room;
    struct coverage_image *image;
    struct x86 *decoders[2]; /* by is_64_bit */
    struct calls *numbers;
    struct elfgen_call *run_calls;
    uint64_t last_fault;
    char interrupted[32]; /* the call that restart_syscall would go on with; "": none is known */
    bool no_memory;
    const struct coverage_watcher *watcher; /* NULL: nobody */
};

/* Prepares an empty one. Returns false if there is no memory. Free it in every case, if it was
 * zeroed before. The view must outlive it. */
bool coverage_open(struct coverage *coverage, const struct elfgen_view *view);
void coverage_free(struct coverage *coverage);

/* Takes the start of a recording: of its program and mappings. Returns false and *error if it is of
 * another file than the view's. */
bool coverage_begin(struct coverage *coverage, const struct step_recording *recording,
                    struct elfgen_error *error);

/* Takes a record, in their order. */
void coverage_add(struct coverage *coverage, const struct step_recording *recording,
                  const struct step_record *record);

/* Ends it, with how the recording ends. Returns false and *error if there was no memory. */
bool coverage_finish(struct coverage *coverage, const struct step_recording *recording,
                     struct elfgen_error *error);

/* All of these for a recording that is complete. `watcher` may be NULL. */
bool coverage_of(struct coverage *coverage, const struct elfgen_view *view,
                 const struct step_recording *recording, const struct coverage_watcher *watcher,
                 struct elfgen_error *error);

/* Before it is finished: the address that the file asks for, of one in the running program. Returns
 * false for an address elsewhere. */
bool coverage_own_address(const struct coverage *coverage, uint64_t address, uint64_t *own);

/* ---- questions ---- */

/* How many of `length` bytes at `offset` were used so. */
uint64_t coverage_bytes(const struct coverage *coverage, enum coverage_use use, uint64_t offset,
                        uint64_t length);

/* How many bytes of the file were used so. */
uint64_t coverage_total(const struct coverage *coverage, enum coverage_use use);

/* The next run of bytes that were used so, at `*offset` or later. Returns false if there is none.
 */
bool coverage_next(const struct coverage *coverage, enum coverage_use use, uint64_t *offset,
                   uint64_t *length);

/* How often an instruction was executed that begins at `offset`: 0 if none was, or if it is not
 * known (coverage_ran()). */
uint64_t coverage_times(const struct coverage *coverage, uint64_t offset);

/* The first instruction executed at `offset` with changed bytes; NULL: none was. */
const struct coverage_instruction *coverage_changed(const struct coverage *coverage,
                                                    uint64_t offset);

/* The calls made at `offset`; NULL: none. */
const struct coverage_call *coverage_calls(const struct coverage *coverage, uint64_t offset);

/* ---- words ---- */

/* "9 instructions, 2 of them system calls; exit 0; 46 bytes executed, 12 read, 0 written" */
void coverage_put_summary(struct elfgen_text *out, const struct coverage *coverage);

/* "exit 42", "killed by SIGSEGV", "stopped after 1000 instructions" */
void coverage_put_end(struct elfgen_text *out, const struct coverage *coverage);

/* What happened to a claim's bytes: of an instruction "ran", "ran 3 times" or "not run", by its
 * first byte, and "ran as b03c" if with other bytes than in the file; of others "ran 4 of 16", or
 * nothing. Then "read", "written 2 of 8". */
void coverage_put_mark(struct elfgen_text *out, const struct coverage *coverage, uint64_t offset,
                       uint64_t length, bool is_instruction);

/* "write(1, "Hello world\n", 12) = 12", with ", 3 times" if it was made more than once. */
void coverage_put_call(struct elfgen_text *out, const struct coverage_call *call, size_t which);

/* Whether it ran: an instruction from its first byte on, of others any byte. */
bool coverage_ran(const struct coverage *coverage, uint64_t offset, uint64_t length,
                  bool is_instruction);

#endif
