/* What the files of the stepper share. */
#ifndef STEP_INSIDE_H
#define STEP_INSIDE_H

#include "../machine/effects.h"
#include "step.h"

/* An instruction that was met: what it is and does, once for its address and bytes. */
struct met {
    struct step_instruction what;
    struct effects effects;
    uint32_t index; /* in the recording */
};

enum {
    MET_FAST = 1 << 14, /* places by address alone */
    SNAPSHOTS = 12,
    SNAPSHOT_ROOM = 65536
};

/* Memory as it was before somebody else wrote to it: the kernel. */
struct snapshot {
    uint64_t address;
    size_t size;
    uint8_t *bytes;
};

/* A place that the next instruction writes. */
struct place {
    uint64_t address;
    uint16_t size;
    bool known; /* its bytes could be read */
};

struct mappings {
    struct step_mapping *list;
    size_t count;
    bool stale;
};

/* x87 and vector registers, as ptrace gives them, and where in it they are. */
enum { XSTATE_ROOM = 16384 };
struct vectors {
    uint8_t before[XSTATE_ROOM], after[XSTATE_ROOM];
    size_t size;
};

struct stepper {
    pid_t id; /* 0: it is gone */
    struct step_recording *recording;
    const struct step_words *words; /* or NULL */
    struct x86 *wide, *narrow;      /* 64 and 32 bits */
    struct calls calls;
    struct step_registers now;
    uint32_t *met_table; /* indices + 1 into `met`, by address and bytes */
    struct met *met;
    size_t met_count, met_room, table_size;
    uint32_t fast[MET_FAST]; /* the same, by address */
    struct mappings mappings;
    struct vectors vectors;
    int deliver; /* a signal that it gets when it goes on */
    bool no_memory;
    /* The instruction that comes next. */
    uint32_t next; /* index into met */
    struct place places[EFFECTS_WRITES];
    uint8_t *before, *spare, *after; /* EFFECTS_WRITES * EFFECTS_MOST bytes each */
    bool waiting;                    /* it runs */
    bool delivered;                  /* with a signal */
    /* What the kernel is asked. */
    struct snapshot snapshots[SNAPSHOTS];
    size_t snapshot_count;
    struct call_asked {
        bool made;
        struct process_call made_as;
        const struct call *call; /* NULL: it has no name */
        char texts[ELFGEN_ARGUMENTS][512];
    } asked;
};

/* ---- step_code.c: instructions ---- */

/* The instruction at the current place, decoded; where it writes, and what is there. False: no
 * memory. */
bool stepper_read_next(struct stepper *stepper);

/* The same after a step: with one system call, reads what the last instruction wrote, whether the
 * next is the one that is known there, and what is where that writes. *written: the places of the
 * last one, whose bytes are in stepper->after; `known` says of which. */
bool stepper_read_around(struct stepper *stepper, struct place *written, size_t written_count);

/* ---- step_maps.c: what is mapped ---- */

/* Reads /proc/ID/maps. False: no memory. */
bool stepper_read_mappings(struct stepper *stepper);

/* The file's byte at an address. */
void stepper_find_file(const struct stepper *stepper, uint64_t address, uint32_t *file,
                       uint64_t *offset);

/* The program that runs, as a file with its bytes. STEP_NONE: no memory, or it cannot be told. */
uint32_t stepper_add_program(struct stepper *stepper);

/* What stands on the stack at the start: argc, the pointers and argv's strings. */
void stepper_keep_start(struct stepper *stepper);

/* ---- step_call.c: system calls ---- */

/* Before the instruction that makes one. */
void stepper_ask_call(struct stepper *stepper, const struct effects *effects);

/* After it, as pieces of the record that is being made. */
void stepper_answer_call(struct stepper *stepper, bool answered);

/* A sentence as a piece. */
void stepper_note(struct stepper *stepper, const char *text);

/* Memory as it is now, up to SNAPSHOT_ROOM bytes, and later, as pieces, what changed there: two
 * changes are one piece where fewer than `gap` bytes between them stayed as they were. */
void stepper_take_snapshot(struct stepper *stepper, uint64_t address, uint64_t size);
void stepper_compare_snapshots(struct stepper *stepper, size_t gap);

/* ---- step_vectors.c ---- */

/* Reads them anew and adds what changed as pieces; the first time (`keep`), keeps them only. */
void stepper_read_vectors(struct stepper *stepper, bool keep);

#endif
