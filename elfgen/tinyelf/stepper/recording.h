/* A recorded run: what each instruction changed. It can be walked forwards and backwards, written,
 * read and shown without the program. The stepper fills one, and so does a reader of files;
 * whoever shows it need not know which.
 *
 * Each instruction is kept once. A record has the index of its instruction, the registers that
 * changed, each as old XOR new (which serves both directions), and pieces: memory, calls, output.
 * All records are in one buffer that only grows. */
#ifndef STEPPER_RECORDING_H
#define STEPPER_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum step_register {
#define R(name, name32, place) STEP_##name,
#include "registers.def"
#undef R
    STEP_REGISTERS
};

enum { STEP_SHOWN = STEP_REGISTERS - 1 }; /* all but orig_rax, which belongs to the kernel */

struct step_registers {
    uint64_t value[STEP_REGISTERS];
};

/* The register at a place of the output, 0 to STEP_SHOWN - 1. */
enum step_register recording_register_at(size_t place);

/* Its name; NULL if a 32-bit program does not have it. */
const char *recording_register_name(enum step_register which, bool is_64_bit);

/* The size of a general register, in bytes: 4 or 8. */
unsigned recording_word_size(bool is_64_bit);

/* The register of this name, a 64-bit or a 32-bit one; STEP_REGISTERS if there is none. */
enum step_register recording_register_named(const char *name);

/* Numbers of x87, vector and mask registers: the first of each kind. */
enum step_vector {
    STEP_ST = 0,     /* 8 registers */
    STEP_VECTOR = 8, /* 32 registers: xmm, ymm or zmm, depending on how many bytes changed */
    STEP_MASK = 40,  /* 8 registers */
    STEP_FCW = 48,
    STEP_FSW,
    STEP_FTW,
    STEP_MXCSR,
    STEP_VECTORS
};

/* Writes the name, such as "ymm3", for a change of `size` bytes. */
enum { STEP_VECTOR_NAME = 8 };
void recording_vector_name(unsigned which, size_t size, char name[STEP_VECTOR_NAME]);

/* ---- what is recorded ---- */

#define STEP_NOWHERE UINT64_MAX
#define STEP_NONE    UINT32_MAX

/* A file, or something else with a name, that is mapped. */
struct step_file {
    char *name; /* its path, or "[vdso]" and so on */
    uint8_t
        *bytes;  /* contents of a program that was started, up to STEP_FILE_MOST; NULL: not kept */
    size_t size; /* of `bytes` */
    uint64_t entry; /* of a program that was started: address of its first instruction */
};
enum { STEP_FILE_MOST = 16 << 20 };

struct step_instruction {
    uint64_t address;
    uint64_t offset; /* in the file, or STEP_NOWHERE */
    uint32_t file;   /* index into files, or STEP_NONE */
    uint8_t length;  /* 0: its bytes could not be read or are no instruction */
    bool is_64_bit;
    uint8_t bytes[15];
};

struct step_mapping {
    uint64_t start, end, offset;
    uint32_t file;
    char permissions[5];
};

/* Memory at the start. */
struct step_memory {
    uint64_t address;
    uint8_t *bytes;
    size_t size;
};

enum step_kind {
    STEP_RAN,     /* the instruction ran */
    STEP_FAULT,   /* the processor refused it or trapped: a signal */
    STEP_SIGNAL,  /* a signal came before the next instruction */
    STEP_HANDLER, /* the kernel entered the handler of a signal */
    STEP_RESTART, /* the kernel went back to a call that a signal interrupted, to make it again */
    STEP_EXEC,    /* execve replaced the program */
    STEP_STOPPED, /* a signal stopped the program until SIGCONT */
    STEP_LAST,    /* the program ended in this instruction */
    STEP_KINDS
};

/* What each kind has is in pieces.def. */
enum step_piece_kind {
#define PIECE(kind, ...) STEP_PIECE_##kind,
#include "pieces.def"
#undef PIECE
    STEP_PIECE_KINDS
};

struct step_piece {
    enum step_piece_kind kind;
    uint32_t number;
    uint32_t size;
    uint64_t value;
    const uint8_t *bytes; /* of a change, NULL: `size` bytes that were left out */
};

/* Replaces a path, or the text of an argument, in a private recording. */
#define STEP_LEFT_OUT "(left out)"

enum step_end_kind {
    STEP_RUNNING,
    STEP_EXITED,      /* end_number: status */
    STEP_KILLED,      /* end_number: signal */
    STEP_UNTIL,       /* it reached the place where it was to stop */
    STEP_INTERRUPTED, /* the user stopped it */
    STEP_FULL,        /* there was no room for more records */
    STEP_END_KINDS
};

struct step_recording {
    char **arguments; /* argv */
    size_t argument_count;
    struct step_file *files; /* [0] is the program */
    size_t file_count;
    struct step_mapping *mappings; /* those at the start */
    size_t mapping_count;
    struct step_memory *memory;
    size_t memory_count;
    struct step_registers start;
    struct step_instruction *instructions;
    size_t instruction_count;
    uint64_t count; /* number of records */
    uint8_t *records;
    size_t size; /* bytes of all records */
    size_t most; /* bytes of records at which it is full; 0: STEP_MOST */
    size_t last; /* offset of the last record */
    enum step_end_kind end;
    int end_number;
    bool end_core;
    /* Capacities of the lists, and the end of the record that is being made. */
    size_t argument_room, file_room, mapping_room, memory_room, instruction_room, room, at;
    bool no_memory;  /* something was not recorded */
    bool is_private; /* paths, arguments, environment and stack were left out */
};

/* Frees what it holds. It must have been zeroed before its first use. */
void recording_free(struct step_recording *recording);

/* Each of these adds an item, copies its name and bytes, and returns its index. If there is no
 * memory, it sets recording->no_memory and returns STEP_NONE. */
uint32_t recording_add_argument(struct step_recording *recording, const char *text, size_t length);
uint32_t recording_add_file(struct step_recording *recording, const char *name, size_t length);
uint32_t recording_add_mapping(struct step_recording *recording,
                               const struct step_mapping *mapping);
uint32_t recording_add_memory(struct step_recording *recording, uint64_t address, const void *bytes,
                              size_t size);
uint32_t recording_add_instruction(struct step_recording *recording,
                                   const struct step_instruction *instruction);

/* A record is made by begin, its pieces, and end. `before` and `after` are all registers; changes
 * of orig_rax are not kept. `instruction` is an index or STEP_NONE. */
void recording_begin_record(struct step_recording *recording, enum step_kind kind,
                            uint32_t instruction, const struct step_registers *before,
                            const struct step_registers *after);
void recording_add_piece(struct step_recording *recording, const struct step_piece *piece);
/* For memory and registers: `before` and `after` have piece->size bytes each; piece->bytes is not
 * read. */
void recording_add_change(struct step_recording *recording, const struct step_piece *piece,
                          const void *before, const void *after);
void recording_end_record(struct step_recording *recording);

/* Drops all records, but not what they refer to. Use this if each record is printed at once. */
void recording_drop_records(struct step_recording *recording);

/* ---- reading ---- */

/* A place between two records: `index` records come before it. */
struct step_cursor {
    const struct step_recording *recording;
    uint64_t index;
    size_t at;
    struct step_registers registers; /* at this place */
};

struct step_record {
    enum step_kind kind;
    uint64_t index;
    const struct step_instruction *instruction; /* or NULL */
    uint32_t changed;                           /* a bit for each register */
    struct step_registers before, after;
    const uint8_t *pieces; /* for recording_next_piece() */
    size_t pieces_size;
};

void recording_cursor_open(struct step_cursor *cursor, const struct step_recording *recording);

/* Reads the record after the cursor, and moves past it. Returns false if there is none. */
bool recording_cursor_forward(struct step_cursor *cursor, struct step_record *record);

/* Reads the record before the cursor, and moves before it. Returns false if there is none. */
bool recording_cursor_back(struct step_cursor *cursor, struct step_record *record);

/* Reads the next piece of a record; *position is 0 at first. Returns false after the last one. */
bool recording_next_piece(const struct step_record *record, size_t *position,
                          struct step_piece *piece);

/* Whether it runs 64-bit code, judging by the code segment that Linux uses. */
bool recording_is_64_bit(const struct step_registers *registers);

#endif
