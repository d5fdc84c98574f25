/* A run, kept: what each instruction changed, so that it can be looked at forwards and backwards,
 * written, read and shown without the program. Whoever steps a program fills one, whoever reads a
 * file fills one, and reports cannot tell which.
 *
 * Instructions stand once; a step has the number of its instruction, which registers changed, each
 * as old XOR new (which serves both directions), and pieces: memory, calls, output. All is in one
 * buffer that only grows. */
#ifndef RECORDING_H
#define RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum step_register {
#define R(name, name32, place) STEP_##name,
#include "registers.def"
#undef R
    STEP_REGISTERS
};

enum { STEP_SHOWN = STEP_REGISTERS - 1 }; /* all but orig_rax, which is the kernel's own */

struct step_registers {
    uint64_t value[STEP_REGISTERS];
};

/* The register that is shown in place 0 to STEP_SHOWN - 1. */
enum step_register recording_register_at(size_t place);

/* Its name; in a 32-bit program NULL if it has none there. */
const char *recording_register_name(enum step_register which, bool is_64_bit);

/* x87, vector and mask registers, changed: which of each kind. */
enum step_vector {
    STEP_ST = 0,     /* 8 */
    STEP_VECTOR = 8, /* 32: xmm, ymm or zmm, by how many bytes changed */
    STEP_MASK = 40,  /* 8 */
    STEP_FCW = 48,
    STEP_FSW,
    STEP_FTW,
    STEP_MXCSR,
    STEP_VECTORS
};

/* Its name, "ymm3", for a change of `size` bytes; into `name`. */
enum { STEP_VECTOR_NAME = 8 };
void recording_vector_name(unsigned which, size_t size, char name[STEP_VECTOR_NAME]);

/* ---- what is recorded ---- */

#define STEP_NOWHERE UINT64_MAX
#define STEP_NONE    UINT32_MAX

/* A file, or another thing with a name, that is mapped. */
struct step_file {
    char *name;     /* its path, or "[vdso]" and the like */
    uint8_t *bytes; /* of a program that was started, up to STEP_FILE_MOST; NULL: not kept */
    size_t size;    /* of `bytes` */
    uint64_t entry; /* address of the first instruction, of a program that was started */
};
enum { STEP_FILE_MOST = 16 << 20 };

struct step_instruction {
    uint64_t address;
    uint64_t offset; /* in the file, or STEP_NOWHERE */
    uint32_t file;   /* which file, or STEP_NONE */
    uint8_t length;  /* 0: its bytes cannot be read, or are none */
    bool is_64_bit;
    uint8_t bytes[15];
};

struct step_mapping {
    uint64_t start, end, offset;
    uint32_t file;
    char permissions[5];
};

/* Memory as it was at the start. */
struct step_memory {
    uint64_t address;
    uint8_t *bytes;
    size_t size;
};

enum step_kind {
    STEP_RAN,     /* the instruction */
    STEP_FAULT,   /* it was tried, and the processor refused or trapped: a signal */
    STEP_SIGNAL,  /* a signal came before it */
    STEP_HANDLER, /* the kernel went to the handler of a signal */
    STEP_EXEC,    /* another program took its place */
    STEP_STOPPED, /* a signal stopped it, until SIGCONT */
    STEP_LAST,    /* the program ended in it */
    STEP_KINDS
};

enum step_piece_kind {
    STEP_PIECE_MEMORY,   /* at `value`: `size` bytes before, then as many after */
    STEP_PIECE_VECTOR,   /* register `number`: as above */
    STEP_PIECE_CALL,     /* of the kernel: table `number` (enum call_abi), call `value`; its name */
    STEP_PIECE_ARGUMENT, /* of the call, `number` 0 to 5: value; name and text, each with a NUL */
    STEP_PIECE_ANSWER,   /* of the kernel: value; its text */
    STEP_PIECE_OUTPUT,   /* what went to descriptor `number` */
    STEP_PIECE_SIGNAL,   /* signal `number` with si_code `size`, si_addr `value` */
    STEP_PIECE_FILE,     /* program that took its place: files[value] */
    STEP_PIECE_NOTE,     /* a sentence: what is not as it looks */
    STEP_PIECE_KINDS
};

struct step_piece {
    enum step_piece_kind kind;
    uint32_t number;
    uint32_t size;
    uint64_t value;
    const uint8_t *bytes;
};

enum step_end_kind {
    STEP_RUNNING,
    STEP_EXITED,      /* number: status */
    STEP_KILLED,      /* number: signal */
    STEP_UNTIL,       /* as far as was asked for */
    STEP_INTERRUPTED, /* by the user */
    STEP_FULL,        /* no more is recorded */
    STEP_END_KINDS
};

struct step_recording {
    char **arguments; /* argv */
    size_t argument_count;
    struct step_file *files; /* [0] is the program */
    size_t file_count;
    struct step_mapping *mappings; /* at the start */
    size_t mapping_count;
    struct step_memory *memory;
    size_t memory_count;
    struct step_registers start;
    struct step_instruction *instructions;
    size_t instruction_count;
    uint64_t count; /* of records */
    uint8_t *records;
    size_t size; /* of the records, in bytes */
    size_t most; /* of these when it is full; 0: STEP_MOST */
    size_t last; /* where the last record begins */
    enum step_end_kind end;
    int end_number;
    bool end_core;
    /* Room for more of each, and a record that is being made. */
    size_t argument_room, file_room, mapping_room, memory_room, instruction_room, room, at;
    bool no_memory; /* something was not recorded */
};

/* Frees what it holds; it was zeroed before its first use. */
void recording_free(struct step_recording *recording);

/* Each adds one, with copies of names and bytes, and returns its index. False in
 * recording->no_memory says that something is missing; STEP_NONE is returned then. */
uint32_t recording_add_argument(struct step_recording *recording, const char *text, size_t length);
uint32_t recording_add_file(struct step_recording *recording, const char *name, size_t length);
uint32_t recording_add_mapping(struct step_recording *recording,
                               const struct step_mapping *mapping);
uint32_t recording_add_memory(struct step_recording *recording, uint64_t address, const void *bytes,
                              size_t size);
uint32_t recording_add_instruction(struct step_recording *recording,
                                   const struct step_instruction *instruction);

/* A record: begin, pieces, end. `before` and `after`: all registers; orig_rax does not count.
 * `instruction`: an index or STEP_NONE. */
void recording_begin_record(struct step_recording *recording, enum step_kind kind,
                            uint32_t instruction, const struct step_registers *before,
                            const struct step_registers *after);
void recording_add_piece(struct step_recording *recording, const struct step_piece *piece);
/* For memory and vectors: `before` and `after`, piece->size bytes each; piece->bytes is not read.
 */
void recording_add_change(struct step_recording *recording, const struct step_piece *piece,
                          const void *before, const void *after);
void recording_end_record(struct step_recording *recording);

/* Forgets all records (not what they refer to): whoever prints at once needs no more. */
void recording_drop_records(struct step_recording *recording);

/* ---- reading it ---- */

/* A place between records: `index` of them are behind it. */
struct step_cursor {
    const struct step_recording *recording;
    uint64_t index;
    size_t at;
    struct step_registers registers; /* as they are there */
};

struct step_record {
    enum step_kind kind;
    uint64_t index;
    const struct step_instruction *instruction; /* or NULL */
    uint32_t changed;                           /* registers, a bit each */
    struct step_registers before, after;
    const uint8_t *pieces; /* for recording_next_piece() */
    size_t pieces_size;
};

void recording_cursor_open(struct step_cursor *cursor, const struct step_recording *recording);

/* The record behind the cursor, which goes past it. False: there is none. */
bool recording_cursor_forward(struct step_cursor *cursor, struct step_record *record);

/* The record in front of the cursor, which goes back before it. False: there is none. */
bool recording_cursor_back(struct step_cursor *cursor, struct step_record *record);

/* The pieces of a record one by one; *position is 0 at first. */
bool recording_next_piece(const struct step_record *record, size_t *position,
                          struct step_piece *piece);

/* Whether the program runs 64-bit code, by its code segment as Linux has it. */
bool recording_is_64_bit(const struct step_registers *registers);

#endif
