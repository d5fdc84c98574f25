/* What the files of the stepper share: private to them. */
#ifndef STEPPER_PRIVATE_H
#define STEPPER_PRIVATE_H

#include "x86/effects.h"
#include "stepper.h"

/* An instruction seen before, with what it does: one for each address and bytes. */
struct seen {
    struct step_instruction what;
    struct effects effects;
    uint32_t index; /* in the recording */
};

/* The kernel's internal errors for interrupted calls (include/linux/errno.h). */
enum {
    STEPPER_RESTART_SYS = -512,
    STEPPER_RESTART_NO_INTERRUPT = -513,
    STEPPER_RESTART_NO_HANDLER = -514,
    STEPPER_RESTART_BLOCK = -516 /* by restart_syscall(2), with what the kernel has kept */
};

enum {
    SEEN_FAST = 1 << 14, /* entries of the table by address alone */
    SNAPSHOTS = 12,
    SNAPSHOT_ROOM = 65536
};

/* Memory before the kernel wrote to it. */
struct snapshot {
    uint64_t address;
    size_t size;
    uint8_t *bytes;
};

/* Memory that the next instruction writes. */
struct place {
    uint64_t address;
    uint16_t size;
    bool known; /* its bytes could be read */
};

struct mappings {
    struct step_mapping *list;
    size_t count, room;
    bool stale;
};

/* x87 and vector registers as ptrace returns them. */
enum { XSTATE_ROOM = 16384, VECTOR_COMPONENTS = 8 };
struct vectors {
    uint8_t before[XSTATE_ROOM], after[XSTATE_ROOM];
    size_t size;
    size_t components[VECTOR_COMPONENTS]; /* offsets; 0: this processor does not have it */
};

/* A call that a signal interrupted. Unless the signal has a handler, the kernel sets rip back by
 * 2 before the program goes on, and the call is made again. */
struct restart {
    bool due;        /* the last call was interrupted so, and no handler has been entered */
    bool is_watched; /* a hardware breakpoint stops it before it is made again */
    uint32_t by;     /* the instruction that made it, an index into `seen` */
    char name[32];   /* what restart_syscall(2) resumes; "": unknown */
    struct process_call call;
    const struct call_row *row; /* or NULL */
};

struct stepper {
    struct process_child child; /* until its execve */
    pid_t id;                   /* 0: it has ended */
    struct step_recording *recording;
    const struct step_words *words;                /* or NULL */
    const struct process_confinement *confinement; /* or NULL */
    struct x86 *decoders[2];                       /* for 32-bit and 64-bit code, by is_64_bit */
    struct calls calls;
    struct step_registers now;
    uint32_t *seen_table; /* hash table by address and bytes: indices + 1 into `seen` */
    struct seen *seen;
    size_t seen_count, seen_room, table_size;
    uint32_t fast[SEEN_FAST]; /* the same by address alone */
    struct mappings mappings;
    struct vectors vectors;
    int deliver; /* a signal to deliver when it is resumed */
    bool no_memory;
    int error; /* errno of what could not be read; 0: nothing */
    /* The next instruction. */
    uint32_t next; /* index into `seen` */
    struct place places[EFFECTS_WRITES];
    uint8_t *before, *spare, *after; /* EFFECTS_WRITES * EFFECTS_MOST bytes each */
    bool waiting;                    /* it was resumed, and its next stop is awaited */
    bool delivered;                  /* it was resumed with a signal */
    bool brief;                      /* it was resumed for an instruction that makes no call */
    bool loaded_trap_flag;           /* the program itself has set its trap flag */
    struct restart restart;
    /* The system call that is being made. */
    struct snapshot snapshots[SNAPSHOTS];
    size_t snapshot_count;
    struct call_asked {
        bool made;
        struct process_call made_as;
        const struct call *call; /* NULL: it has no name */
        char texts[ELFGEN_ARGUMENTS][512];
    } asked;
};

/* ---- flags.c ---- */

/* Reads the registers, without the resume flag. */
bool stepper_read_registers(struct stepper *stepper);

/* Takes the trap flag out of the registers and, in the program itself, out of what the last
 * instruction saved. The program has just stopped, and that instruction is still the next one here.
 */
void stepper_hide_trap_flag(struct stepper *stepper, const struct step_registers *before);

/* ---- instruction.c ---- */

/* Reads and decodes the next instruction, and what is in the places that it writes. Returns false
 * if there is no memory. */
bool stepper_read_next(struct stepper *stepper);

/* Does the same after a step, with one system call: reads what the last instruction wrote, checks
 * whether the next one is the one expected there, and reads what is in the places that it writes.
 * *written are the places of the last one; their bytes go to stepper->after, and `known` says
 * whether they could be read. */
bool stepper_read_around(struct stepper *stepper, struct place *written, size_t written_count);

/* Whether the instruction at an address is one that the kernel may emulate. */
bool stepper_is_emulated(const struct stepper *stepper, uint64_t address);

/* ---- mappings.c ---- */

/* Reads /proc/ID/maps. Returns false if there is no memory. */
bool stepper_read_mappings(struct stepper *stepper);

/* Finds the file, and the offset in it, of an address. */
void stepper_find_file(const struct stepper *stepper, uint64_t address, uint32_t *file,
                       uint64_t *offset);

/* Adds the file of the running program, with its bytes. Returns STEP_NONE if there is no memory or
 * if it cannot be found. */
uint32_t stepper_add_program(struct stepper *stepper);

/* Keeps what is on the stack at the start: argc, the pointers and argv's strings. */
void stepper_keep_start(struct stepper *stepper);

/* ---- syscall.c ---- */

/* Called before the instruction that makes a call. */
void stepper_ask_call(struct stepper *stepper, const struct effects *effects);

/* Called after it; adds pieces to the current record. */
void stepper_answer_call(struct stepper *stepper, bool answered);

/* Whether the call that is being made restores registers from a signal's frame. */
bool stepper_restores_registers(const struct stepper *stepper);

/* Adds a sentence as a piece. */
void stepper_note(struct stepper *stepper, const char *text);

/* Keeps memory, up to SNAPSHOT_ROOM bytes, and later adds what has changed as pieces. Two changes
 * are one piece if fewer than `gap` bytes between them are unchanged. */
void stepper_take_snapshot(struct stepper *stepper, uint64_t address, uint64_t size);
void stepper_compare_snapshots(struct stepper *stepper, size_t gap);

/* ---- restart.c ---- */

/* Called before a program whose call is to be made again goes on. */
void stepper_await_restart(struct stepper *stepper);

/* Called when it has stopped: removes the breakpoint. */
void stepper_unwatch(struct stepper *stepper);

/* Whether it has stopped at the call that is about to be made again. */
bool stepper_is_restarted(const struct stepper *stepper, const struct step_registers *before);

/* ---- vector_registers.c ---- */

/* Reads the registers and adds changes as pieces. With `keep`, which is for the first time, only
 * keeps them. */
void stepper_read_vectors(struct stepper *stepper, bool keep);

#endif
