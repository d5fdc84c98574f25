/* Runs a program instruction by instruction, and records each. */
#include "stepper_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "base/no_memory.h"
#include "base/system_error.h"

_Static_assert(sizeof(struct step_registers) == sizeof(struct user_regs_struct),
               "registers.def has what PTRACE_GETREGS gives");

/* ---- a stop ---- */

enum stop {
    STOP_TRAP,   /* an instruction ran */
    STOP_SIGNAL, /* a signal; `number` says which */
    STOP_EXEC,
    STOP_GROUP, /* a signal stopped the program */
    STOP_END,
    STOP_NOTHING,    /* SIGCONT or something similar: go on */
    STOP_INTERRUPTED /* no stop yet: one of our signal handlers ran */
};

static enum stop ended(struct stepper *stepper, int status)
{
    struct step_recording *recording = stepper->recording;
    bool killed = WIFSIGNALED(status);
    stepper->id = 0;
    recording->end = killed ? STEP_KILLED : STEP_EXITED;
    recording->end_number = killed ? WTERMSIG(status) : WEXITSTATUS(status);
    recording->end_core = killed && WCOREDUMP(status);
    return STOP_END;
}

static enum stop wait_for_stop(struct stepper *stepper, int *number)
{
    int status;
    const struct process_confinement *confinement = stepper->confinement;
    pid_t id = confinement ? confinement->wait(confinement->context, &status, stepper->brief)
                           : wait4(stepper->id, &status, __WALL, NULL);
    if (id < 0 && errno == EINTR)
        return STOP_INTERRUPTED;
    if (id < 0)
        return ended(stepper, SIGKILL); /* it is gone, and its status is unknown */
    if (!WIFSTOPPED(status))
        return ended(stepper, status);
    *number = WSTOPSIG(status);
    switch (status >> 16) {
    case 0:
        return *number == SIGTRAP ? STOP_TRAP : STOP_SIGNAL;
    case PTRACE_EVENT_EXEC:
        return STOP_EXEC;
    case PTRACE_EVENT_STOP:
        return *number == SIGTRAP ? STOP_NOTHING : STOP_GROUP;
    default:
        return STOP_NOTHING;
    }
}

static void resume(struct stepper *stepper, enum __ptrace_request how)
{
    /* SIGKILL may have ended it already; wait4() reports its end. */
    ptrace(how, stepper->id, NULL, stepper->deliver);
    stepper->deliver = 0;
}

/* ---- the start ---- */

/* Runs up to the stop after a successful execve. Returns 0, or the errno of the one that failed. */
static int await_program(struct stepper *stepper)
{
    struct __ptrace_syscall_info info;
    int number = 0;
    while (stepper->id != 0) {
        resume(stepper, PTRACE_SYSCALL);
        enum stop stop;
        while ((stop = wait_for_stop(stepper, &number)) == STOP_INTERRUPTED)
            ;
        if (stop == STOP_EXEC)
            return 0;
        if (stop != STOP_SIGNAL)
            continue;
        if (number != (SIGTRAP | 0x80)) {
            stepper->deliver = number; /* the kernel killed it past the point of no return */
            continue;
        }
        memset(&info, 0, sizeof info);
        if (ptrace(PTRACE_GET_SYSCALL_INFO, stepper->id, sizeof info, &info) > 0 &&
            info.op == PTRACE_SYSCALL_INFO_EXIT && info.exit.is_error)
            return (int)-info.exit.rval;
    }
    return ENOEXEC;
}

/* Runs from the stop inside execve to the one before the first instruction. */
static bool leave_exec(struct stepper *stepper)
{
    int number = 0;
    enum stop stop;
    resume(stepper, PTRACE_SINGLESTEP);
    while ((stop = wait_for_stop(stepper, &number)) == STOP_INTERRUPTED)
        ;
    if (stop == STOP_SIGNAL)
        stepper->deliver = number;
    return stepper->id != 0 && stepper_read_registers(stepper);
}

/* Records what is known at the start. */
static bool keep_start(struct stepper *stepper, const struct process_program *program)
{
    struct step_recording *recording = stepper->recording;
    for (char *const *argument = program->arguments; *argument; argument++)
        recording_add_argument(recording, *argument, strlen(*argument));
    uint32_t file = stepper_add_program(stepper);
    if (file == STEP_NONE || !stepper_read_mappings(stepper) || stepper->error != 0)
        return false;
    recording->files[file].entry = stepper->now.value[STEP_rip];
    for (size_t i = 0; i < stepper->mappings.count; i++)
        recording_add_mapping(recording, &stepper->mappings.list[i]);
    stepper->now.value[STEP_orig_rax] = 0;
    recording->start = stepper->now;
    stepper_keep_start(stepper);
    stepper_read_vectors(stepper, true);
    return stepper_read_next(stepper) && !recording->no_memory;
}

static bool make_memory(struct stepper *stepper)
{
    for (int is_64_bit = 0; is_64_bit < 2; is_64_bit++) {
        struct x86 *decoder = calloc(1, sizeof *decoder);
        if (decoder)
            x86_open_width(decoder, is_64_bit, SYNTAX_INTEL);
        stepper->decoders[is_64_bit] = decoder;
    }
    stepper->before = malloc((size_t)EFFECTS_WRITES * EFFECTS_MOST);
    stepper->spare = malloc((size_t)EFFECTS_WRITES * EFFECTS_MOST);
    stepper->after = malloc((size_t)EFFECTS_WRITES * EFFECTS_MOST);
    return stepper->decoders[0] && stepper->decoders[1] && stepper->before && stepper->spare &&
           stepper->after;
}

static bool start(struct stepper *stepper, const struct process_program *program, int *refused,
                  struct elfgen_error *error)
{
    stepper->id = process_start(&stepper->child, program, PTRACE_O_TRACEEXEC, error);
    if (stepper->id < 0) {
        stepper->id = 0;
        return false;
    }
    *refused = await_program(stepper);
    if (*refused != 0)
        return false;
    if (leave_exec(stepper) && keep_start(stepper, program))
        return true;
    if (stepper->recording->no_memory)
        return error_no_memory(error);
    if (stepper->error != 0)
        return error_system(error, "cannot look into it", stepper->error);
    elfgen_error_set(error, ELFGEN_NO_ROOM, ELFGEN_NOWHERE,
                     "cannot look into it: you may not read the file, it is gone, /proc is "
                     "missing, or there is no memory");
    return false;
}

struct stepper *stepper_open(const struct process_program *program, const struct step_words *words,
                             struct step_recording *recording, int *refused,
                             struct elfgen_error *error)
{
    *refused = 0;
    struct stepper *stepper = calloc(1, sizeof *stepper);
    if (stepper) {
        stepper->recording = recording;
        stepper->words = words;
        stepper->confinement = program->confinement;
    }
    if (!stepper || !make_memory(stepper))
        error_no_memory(error);
    else if (start(stepper, program, refused, error))
        return stepper;
    stepper_close(stepper);
    return NULL;
}

void stepper_close(struct stepper *stepper)
{
    if (!stepper)
        return;
    if (stepper->id != 0)
        process_kill(stepper->id);
    for (size_t i = 0; i < SNAPSHOTS; i++)
        free(stepper->snapshots[i].bytes);
    free(stepper->decoders[0]);
    free(stepper->decoders[1]);
    free(stepper->seen_table);
    free(stepper->seen);
    free(stepper->mappings.list);
    free(stepper->before);
    free(stepper->spare);
    free(stepper->after);
    free(stepper);
}

const struct step_registers *stepper_now(const struct stepper *stepper)
{
    return &stepper->now;
}

const struct step_instruction *stepper_next_instruction(const struct stepper *stepper)
{
    return &stepper->seen[stepper->next].what;
}

pid_t stepper_id(const struct stepper *stepper)
{
    return stepper->id;
}

bool stepper_is_interrupted(const struct stepper *stepper)
{
    return stepper->id != 0 && stepper->restart.due;
}

bool stepper_asks_next(const struct stepper *stepper)
{
    return stepper->id != 0 && (stepper->restart.due || stepper->seen[stepper->next].effects.asks);
}

/* ---- one step ---- */

/* What caused a stop by SIGTRAP. */
enum trap { TRAP_STEP, TRAP_HANDLER, TRAP_OWN };

/* Most stops follow a plain step. The kernel is only asked if there may be another cause. */
static enum trap kind_of_trap(const struct stepper *stepper, const struct step_registers *before,
                              const struct effects *effects, siginfo_t *signal)
{
    bool moved = before->value[STEP_rip] != stepper->now.value[STEP_rip];
    memset(signal, 0, sizeof *signal);
    if (moved && !stepper->delivered && !effects->traps && !effects->asks)
        return TRAP_STEP;
    if (ptrace(PTRACE_GETSIGINFO, stepper->id, NULL, signal) != 0)
        return TRAP_STEP;
    /* After setting up a handler, the kernel calls ptrace_notify(), whose si_code is the signal. */
    if (signal->si_code == SIGTRAP)
        return TRAP_HANDLER;
    if (signal->si_code == TRAP_TRACE)
        return TRAP_STEP;
    return signal->si_code == TRAP_BRKPT && !effects->traps ? TRAP_STEP : TRAP_OWN;
}

static void add_signal(struct stepper *stepper, int number)
{
    siginfo_t signal = {0};
    struct step_piece piece = {.kind = STEP_PIECE_SIGNAL, .number = (uint32_t)number};
    if (ptrace(PTRACE_GETSIGINFO, stepper->id, NULL, &signal) == 0) {
        bool has_address =
            signal.si_code > 0 && (number == SIGSEGV || number == SIGBUS || number == SIGILL ||
                                   number == SIGFPE || number == SIGTRAP);
        memcpy(&piece.size, &signal.si_code, sizeof piece.size);
        piece.value = has_address ? (uint64_t)(uintptr_t)signal.si_addr : 0;
    }
    recording_add_piece(stepper->recording, &piece);
}

static void add_writes(struct stepper *stepper, const struct place *written, size_t count,
                       const uint8_t *before)
{
    for (size_t i = 0; i < count; i++) {
        struct step_piece piece = {
            .kind = STEP_PIECE_MEMORY, .value = written[i].address, .size = written[i].size};
        const uint8_t *old = before + i * EFFECTS_MOST, *now = stepper->after + i * EFFECTS_MOST;
        if (written[i].known && memcmp(old, now, written[i].size) != 0)
            recording_add_change(stepper->recording, &piece, old, now);
    }
}

/* Records the program that execve started: its file, and its first instruction. */
static void add_program(struct stepper *stepper)
{
    uint32_t file = stepper_add_program(stepper);
    struct step_piece piece = {.kind = STEP_PIECE_FILE, .value = file};
    stepper->mappings.stale = true;
    if (file == STEP_NONE)
        return;
    stepper->recording->files[file].entry = stepper->now.value[STEP_rip];
    recording_add_piece(stepper->recording, &piece);
}

/* Ends the record. */
static enum step_answer finish(struct stepper *stepper)
{
    struct step_recording *recording = stepper->recording;
    recording_end_record(recording);
    recording->no_memory = recording->no_memory || stepper->no_memory;
    if (recording->no_memory || recording->size > (recording->most ? recording->most : STEP_MOST) ||
        recording->instruction_count > STEP_INSTRUCTIONS_MOST) {
        recording->end = STEP_FULL;
        return STEP_NO_ROOM;
    }
    return STEP_GOES_ON;
}

/* Swaps the two buffers: the bytes before the next instruction go into the other one. */
static uint8_t *swap_before(struct stepper *stepper)
{
    uint8_t *old = stepper->before;
    stepper->before = stepper->spare;
    stepper->spare = old;
    return old;
}

/* The processor faults at an instruction that the kernel then emulates. When the program goes on,
 * no trap is due before the end of the next instruction, and no instruction breakpoint either,
 * since the processor has set the resume flag. */
static void note_emulation(struct stepper *stepper, const struct seen *seen)
{
    uint64_t next = seen->what.address + seen->effects.length;
    if (!seen->effects.emulated || stepper->now.value[STEP_rip] == next)
        return;
    stepper_note(stepper, stepper_is_emulated(stepper, next)
                              ? "the kernel emulated this one, and no trap comes after that: the "
                                "next ones ran, too"
                              : "the kernel emulated this one, and no trap comes after that: the "
                                "next one ran, too");
}

static void add_notes(struct stepper *stepper, const struct effects *effects)
{
    if (effects->shadows)
        stepper_note(stepper, "the processor does not trap after this one: the next one ran, too");
    if (effects->elsewhere)
        stepper_note(stepper, "it writes memory at places that are not followed");
}

/* Records an instruction that ran. What it wrote is read together with the next instruction. */
static enum step_answer ran(struct stepper *stepper, const struct step_registers *before,
                            enum step_kind kind)
{
    const struct seen *seen = &stepper->seen[stepper->next];
    struct place written[EFFECTS_WRITES];
    size_t count = seen->effects.write_count;
    bool vectors =
        seen->effects.vectors || kind == STEP_EXEC || stepper_restores_registers(stepper);
    memcpy(written, stepper->places, count * sizeof written[0]);
    recording_begin_record(stepper->recording, kind, seen->index, before, &stepper->now);
    if (kind == STEP_FAULT)
        add_signal(stepper, SIGTRAP);
    stepper->restart.due = false;
    stepper_answer_call(stepper, true);
    if (kind == STEP_EXEC)
        add_program(stepper);
    if (kind == STEP_RAN && stepper->deliver != 0)
        stepper_note(stepper, "and it gets SIGTRAP");
    if (vectors)
        stepper_read_vectors(stepper, false);
    add_notes(stepper, &seen->effects);
    if (kind == STEP_RAN)
        note_emulation(stepper, seen);
    const uint8_t *old = swap_before(stepper);
    if (!stepper_read_around(stepper, written, count))
        stepper->no_memory = true;
    add_writes(stepper, written, count, old);
    return finish(stepper);
}

/* A signal frame may leave this many bytes unchanged between two that it writes, and still counts
 * as one change. */
enum { FRAME_GAP = 256 };

/* The kernel saved the registers on the stack and entered a handler. */
static enum step_answer entered_handler(struct stepper *stepper,
                                        const struct step_registers *before)
{
    stepper->asked.made = false;
    stepper->restart.due = false;
    recording_begin_record(stepper->recording, STEP_HANDLER, STEP_NONE, before, &stepper->now);
    stepper_compare_snapshots(stepper, FRAME_GAP);
    stepper_read_vectors(stepper, false);
    if (!stepper_read_next(stepper))
        stepper->no_memory = true;
    return finish(stepper);
}

/* The kernel set rip back to a call that a signal interrupted. */
static enum step_answer restarted(struct stepper *stepper, const struct step_registers *before)
{
    stepper->restart.due = false;
    recording_begin_record(stepper->recording, STEP_RESTART, STEP_NONE, before, &stepper->now);
    if (!stepper_read_next(stepper))
        stepper->no_memory = true;
    return finish(stepper);
}

/* Whether the processor, or a filter in the kernel, raised the signal because of the instruction.
 */
static bool is_fault(const struct stepper *stepper, int number)
{
    siginfo_t signal = {0};
    bool may_be = number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE ||
                  number == SIGTRAP || number == SIGSYS;
    return may_be && ptrace(PTRACE_GETSIGINFO, stepper->id, NULL, &signal) == 0 &&
           signal.si_code > 0;
}

static enum step_answer signalled(struct stepper *stepper, const struct step_registers *before,
                                  int number)
{
    bool fault = is_fault(stepper, number);
    uint32_t index = fault ? stepper->seen[stepper->next].index : STEP_NONE;
    recording_begin_record(stepper->recording, fault ? STEP_FAULT : STEP_SIGNAL, index, before,
                           &stepper->now);
    add_signal(stepper, number);
    stepper->deliver = number;
    if (fault)
        stepper_answer_call(stepper, false);
    stepper->asked.made = false;
    if (!stepper_read_next(stepper))
        stepper->no_memory = true;
    return finish(stepper);
}

/* It stays stopped until SIGCONT, as it would without a tracer. */
static enum step_answer stopped(struct stepper *stepper, int number)
{
    struct step_piece piece = {.kind = STEP_PIECE_SIGNAL, .number = (uint32_t)number};
    recording_begin_record(stepper->recording, STEP_STOPPED, STEP_NONE, &stepper->now,
                           &stepper->now);
    recording_add_piece(stepper->recording, &piece);
    stepper->asked.made = false;
    stepper->waiting = true;
    stepper->brief = false;
    ptrace(PTRACE_LISTEN, stepper->id, NULL, NULL);
    return finish(stepper);
}

/* Records an instruction that never returned: exit, or a call in which the program was killed. */
static enum step_answer died(struct stepper *stepper)
{
    const struct step_recording *recording = stepper->recording;
    bool by_signal = recording->end == STEP_KILLED && stepper->delivered;
    if (!stepper->asked.made || by_signal)
        return STEP_ENDED;
    recording_begin_record(stepper->recording, STEP_LAST, stepper->seen[stepper->next].index,
                           &stepper->now, &stepper->now);
    stepper_answer_call(stepper, false);
    /* Nothing tells a filter's refusal before the end. */
    if (stepper->confinement && recording->end == STEP_KILLED && recording->end_number == SIGSYS)
        stepper_note(stepper, "the sandbox does not allow this call");
    finish(stepper);
    return STEP_ENDED;
}

static void go(struct stepper *stepper)
{
    enum { FRAME = 8192, RED_ZONE = 128 };
    const struct effects *effects = &stepper->seen[stepper->next].effects;
    stepper->snapshot_count = 0;
    stepper->delivered = stepper->deliver != 0;
    if (stepper->restart.due)
        stepper_await_restart(stepper);
    else if (effects->asks)
        stepper_ask_call(stepper, effects);
    if (stepper->delivered)
        stepper_take_snapshot(stepper, stepper->now.value[STEP_rsp] - FRAME, FRAME - RED_ZONE);
    stepper->brief = !effects->asks && !stepper->restart.due;
    resume(stepper, PTRACE_SINGLESTEP);
    stepper->waiting = true;
}

static enum step_answer trapped(struct stepper *stepper, const struct step_registers *before)
{
    siginfo_t signal;
    const struct effects *effects = &stepper->seen[stepper->next].effects;
    if (stepper_is_restarted(stepper, before))
        return restarted(stepper, before);
    switch (kind_of_trap(stepper, before, effects, &signal)) {
    case TRAP_HANDLER:
        return entered_handler(stepper, before);
    case TRAP_OWN:
        if (signal.si_code <= 0 && !effects->asks)
            return signalled(stepper, before, SIGTRAP);
        stepper->deliver = SIGTRAP;
        /* A SIGTRAP that it sent itself: signals of one number do not queue. */
        return ran(stepper, before, effects->asks ? STEP_RAN : STEP_FAULT);
    default:
        return ran(stepper, before, STEP_RAN);
    }
}

enum step_answer stepper_next(struct stepper *stepper)
{
    struct step_registers before = stepper->now;
    int number = 0;
    enum stop stop = STOP_NOTHING;
    if (stepper->id == 0)
        return STEP_ENDED;
    if (!stepper->waiting)
        go(stepper);
    while ((stop = wait_for_stop(stepper, &number)) == STOP_NOTHING)
        resume(stepper, PTRACE_SINGLESTEP);
    if (stop == STOP_INTERRUPTED)
        return STEP_PAUSED;
    stepper->waiting = false;
    if (stop == STOP_GROUP)
        return stopped(stepper, number);
    stepper_unwatch(stepper);
    if (stop == STOP_END)
        return died(stepper);
    if (stop == STOP_EXEC ? !leave_exec(stepper) : !stepper_read_registers(stepper)) {
        /* It was killed meanwhile; wait4() reports its end. */
        stepper->waiting = stepper->id != 0;
        stepper->now = before;
        return stepper_next(stepper);
    }
    if (stop == STOP_EXEC)
        return ran(stepper, &before, STEP_EXEC);
    stepper_hide_trap_flag(stepper, &before);
    return stop == STOP_TRAP ? trapped(stepper, &before) : signalled(stepper, &before, number);
}
