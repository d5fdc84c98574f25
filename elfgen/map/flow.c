/* Follows the code from its entry points. Where paths join, only what is known on both stays known.
 */
#include "elfgen/code.h"

#include "bits.h"
#include "calls.h"
#include "decode.h"
#include "ranges.h"
#include "registers.h"
#include "run.h"

/* An instruction that jumps lead to, and what is known there by whichever path it is reached. */
struct elfgen_leader {
    uint64_t key;   /* of its offset and of whether the last system call failed; 0: a free place */
    uint64_t next;  /* leader that is still to be followed, its number plus 1 */
    uint64_t cause; /* of one that is deferred: the call that must fail, its offset */
    bool queued;
    uint8_t lowered; /* how many times something known was lost */
    uint32_t round;  /* in which it was last reached */
    struct elfgen_registers registers;
};

enum {
    MOST_LEADERS = 1 << 14,
    MOST_CALLS = 1 << 10,
    MOST_STACK = 1 << 12,
    MOST_PROBES = 8,
    /* After this many changes at a place a value that changes once more is forgotten whole, after
     * the larger number all are, so that a loop that counts through 64 bits ends. */
    MOST_BITWISE = 3,
    MOST_LOWERED = 12
};

/* ---- where to go on ---- */

/* Whether a leader's place may be another's: it is of a round in which all paths were followed to
 * their ends. What is known there is forgotten; calls that were noted stay joined. In a very large
 * file that would take time. */
static bool is_past(const struct elfgen_code *code, const struct elfgen_leader *leader)
{
    return !leader->queued && leader->round != code->round &&
           code->to - code->from <= ELFGEN_CODE_MUCH;
}

/* The leader at an offset, and of paths on which the last system call failed or not. If there is
 * none: with `create`, a new one whose registers are not set, or NULL if the table is full;
 * otherwise NULL. */
static struct elfgen_leader *leader_at(struct elfgen_code *code, uint64_t offset, bool failed,
                                       bool create)
{
    const uint64_t key = 2 * offset + failed + 1;
    struct elfgen_leader *leader, *past = NULL;
    size_t mask = code->leader_room - 1;
    size_t place = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 40) & mask;
    /* A file that is made so that all offsets collide finds the table full. */
    for (int probes = 0; code->leaders[place].key != 0; probes++) {
        leader = &code->leaders[place];
        if (leader->key == key)
            return leader;
        if (!past && is_past(code, leader))
            past = leader;
        if (probes == MOST_PROBES)
            break;
        place = (place + 1) & mask;
    }
    if (!create)
        return NULL;
    leader = code->leaders[place].key == 0 ? &code->leaders[place] : past;
    if (leader)
        *leader = (struct elfgen_leader){.key = key, .round = code->round};
    return leader;
}

static void queue(struct elfgen_code *code, struct elfgen_leader *leader)
{
    if (leader->queued)
        return;
    leader->queued = true;
    leader->next = code->pending;
    code->pending = (size_t)(leader - code->leaders) + 1;
}

/* Sets a bit, and counts it. */
static void add_bit(uint64_t *bits, uint64_t bit, uint64_t *count)
{
    *count += !elfgen_bit_get(bits, bit);
    elfgen_bit_set(bits, bit);
}

/* Control reaches `offset` with nothing known. */
static void reach_blindly(struct elfgen_code *code, uint64_t offset)
{
    uint64_t bit = offset - code->from;
    if (elfgen_bit_get(code->met, bit))
        return;
    elfgen_bit_set(code->met, bit);
    if (code->stack_count < code->stack_room)
        code->stack[code->stack_count++] = offset;
    else
        add_bit(code->todo, bit, &code->todo_count);
}

static void lower(struct elfgen_code *code, struct elfgen_leader *leader,
                  const struct elfgen_registers *registers)
{
    if (!elfgen_registers_join(code->machine, &leader->registers, registers,
                               leader->lowered >= MOST_BITWISE))
        return;
    if (++leader->lowered >= MOST_LOWERED)
        leader->registers = (struct elfgen_registers){.depth = 0};
    queue(code, leader);
}

/* Control reaches `offset`, a place inside the code. */
static void reach(struct elfgen_code *code, uint64_t offset,
                  const struct elfgen_registers *registers)
{
    if (elfgen_bit_get(code->met, offset - code->from))
        return;
    struct elfgen_leader *leader =
        elfgen_registers_are_known(code->machine, registers) && code->steps > 0
            ? leader_at(code, offset, registers->failed, true)
            : NULL;
    if (!leader) {
        reach_blindly(code, offset);
    } else if (leader->lowered == 0) {
        leader->lowered = 1;
        leader->registers = *registers;
        queue(code, leader);
    } else {
        lower(code, leader, registers);
    }
}

/* Finds the file offset that a jump from `range` to `address` leads to. Where mappings overlap, the
 * last one counts. */
static bool find_target(const struct elfgen_code *code, const struct elfgen_range *range,
                        uint64_t address, uint64_t *offset)
{
    for (size_t i = code->mapping_count; i-- > 0 && !code->relocatable;) {
        const struct elfgen_range *mapping = &code->mappings[i];
        if (address - mapping->address >= mapping->size)
            continue;
        *offset = mapping->offset + (address - mapping->address);
        return elfgen_code_has(code, *offset);
    }
    if (address - range->address >= range->size)
        return false;
    *offset = range->offset + (address - range->address);
    return elfgen_code_has(code, *offset);
}

/* Calls do return, so that what follows them is code. */
static void calls_return(struct elfgen_code *code)
{
    uint64_t bits = code->to - code->from;
    if (code->returns)
        return;
    code->returns = true;
    for (uint64_t bit = 0; (bit = elfgen_bit_next(code->after_calls, bit, bits)) < bits; bit++) {
        elfgen_bit_clear(code->after_calls, bit);
        reach_blindly(code, code->from + bit);
    }
    code->after_call_count = 0;
}

/* Whether what follows a call may be code. It is not where the call ends a section: such a call
 * never returns, and padding follows. */
static bool may_come_back(const struct elfgen_code *code, uint64_t call, uint64_t after)
{
    return elfgen_code_has(code, after) && !elfgen_code_leaves_section(code, call, after);
}

/* Follows what comes after a call once a return to an unknown address is found. */
static void come_back_later(struct elfgen_code *code, uint64_t after)
{
    if (code->returns)
        reach_blindly(code, after);
    else
        add_bit(code->after_calls, after - code->from, &code->after_call_count);
}

/* Keeps where a decided jump does not go. A function may have callers that are not seen if there
 * are jumps to unknown places. */
static void doubt(struct elfgen_code *code, uint64_t offset,
                  const struct elfgen_registers *registers)
{
    if (!registers->entered)
        add_bit(code->after_calls, offset - code->from, &code->after_call_count);
}

/* ---- system calls ---- */

/* Keeps a place that is reached only if the call at `cause` fails, to be followed last: so it is
 * known whether anything else leads there. */
static void defer(struct elfgen_code *code, uint64_t offset, uint64_t cause,
                  const struct elfgen_registers *registers)
{
    struct elfgen_leader *leader = leader_at(code, offset, registers->failed, true);
    if (!leader) {
        reach_blindly(code, offset);
    } else if (leader->lowered == 0) {
        leader->lowered = 1;
        leader->registers = *registers;
        leader->cause = cause;
        leader->queued = true;
        leader->next = code->deferred;
        code->deferred = (size_t)(leader - code->leaders) + 1;
    } else {
        lower(code, leader, registers);
    }
}

/* Goes on after a call that may succeed or fail: with what is known of its result in either case.
 * Both places are joined apart from each other, so that the result stays in two alternatives until
 * it is overwritten. Returns true if the path itself goes on. */
static bool follow_results(struct elfgen_code *code, uint64_t offset, uint64_t after,
                           const struct elfgen_call_instruction *by,
                           const struct elfgen_call_results *results,
                           struct elfgen_registers *registers)
{
    struct elfgen_registers failed = *registers;
    registers->failed = false;
    if (by->result >= ELFGEN_REGISTERS_MOST || !elfgen_code_has(code, after))
        return true;
    registers->general[by->result] = results->success;
    if (!results->fails)
        return true;
    failed.failed = true;
    failed.general[by->result] = results->failure;
    if (!results->succeeds) {
        defer(code, after, offset, &failed);
        return false;
    }
    reach(code, after, &failed);
    reach(code, after, registers);
    return false;
}

/* Notes a system call, and what is known after it. Returns false if the path ends, since the call
 * does not return, or not to the next instruction. */
static bool enter_kernel(struct elfgen_code *code, uint64_t offset, uint64_t address,
                         const struct elfgen_instruction *instruction,
                         struct elfgen_registers *registers)
{
    const struct elfgen_call_instruction *by =
        &code->machine->call_instructions[instruction->call_instruction];
    struct elfgen_call call = {
        .offset = offset, .address = address, .call_instruction = instruction->call_instruction};
    struct elfgen_signature signature;
    struct elfgen_call_results results;
    elfgen_call_read(by, registers, &call);
    /* A program that makes the next number of the last result makes none of an error. It does not
     * mean to run what follows then. */
    if (registers->failed && (uint32_t)call.number.value >= by->number_end)
        return false;
    elfgen_call_note(code, &call);
    if (!elfgen_call_take_run(code->run, &call) &&
        elfgen_run_ended(code->run, offset, offset + instruction->length))
        return false;
    /* By what is known on this path, whatever other paths bring. */
    bool named = elfgen_code_signature(code, &call, &signature);
    if (named && signature.result == ELFGEN_RESULT_NEVER)
        return false;
    elfgen_call_return(by, address + instruction->length, registers);
    if (!named || elfgen_call_may_write(&signature))
        registers->depth = 0;
    if (!by->returns) {
        calls_return(code); /* at a place that only the kernel knows */
        return false;
    }
    elfgen_call_results(by, &call, named ? &signature : NULL, &results);
    return follow_results(code, offset, offset + instruction->length, by, &results, registers);
}

/* ---- the walk ---- */

/* Whether a path ends at an instruction because it is, or will be, followed from there anyway. */
static bool is_followed(struct elfgen_code *code, uint64_t offset,
                        const struct elfgen_registers *registers)
{
    if (elfgen_bit_get(code->met, offset - code->from))
        return true;
    struct elfgen_leader *leader = leader_at(code, offset, registers->failed, false);
    if (leader)
        lower(code, leader, registers);
    return leader != NULL;
}

/* Notes where a call returns to. */
static void note_return(const struct elfgen_machine *machine, struct elfgen_registers *registers,
                        uint64_t address)
{
    const struct elfgen_bits bits = {address, UINT64_MAX};
    if (machine->return_address < machine->register_count)
        registers->general[machine->return_address] = bits;
    else
        elfgen_registers_push(registers, bits);
}

/* Goes to the target of an instruction. Returns true if the path goes on after the instruction. */
static bool leave(struct elfgen_code *code, const struct elfgen_range *range, uint64_t offset,
                  uint64_t address, const struct elfgen_instruction *instruction,
                  struct elfgen_registers *registers)
{
    uint64_t target, after = offset + instruction->length;
    uint64_t after_address = address + instruction->length;
    bool inside = instruction->has_target && find_target(code, range, instruction->target, &target);
    /* A distance that the linker has yet to fill in points into the instruction or right after it.
     */
    if (inside && code->relocatable && target - offset - 1 < instruction->length)
        inside = false;
    switch (instruction->flow) {
    case ELFGEN_FLOW_NEXT:
        return true;
    case ELFGEN_FLOW_JUMP:
    case ELFGEN_FLOW_RETURN:
        if (inside)
            reach(code, target, registers);
        else
            calls_return(code); /* what is at an unknown target may return */
        return false;
    case ELFGEN_FLOW_BRANCH:
        if (inside && instruction->condition != ELFGEN_CONDITION_FAILS)
            reach(code, target, registers);
        if (inside && instruction->condition == ELFGEN_CONDITION_FAILS)
            doubt(code, target, registers);
        if (instruction->condition != ELFGEN_CONDITION_HOLDS)
            return true;
        if (elfgen_code_has(code, after))
            doubt(code, after, registers);
        return false;
    case ELFGEN_FLOW_CALL:
        if (!inside) {
            *registers = (struct elfgen_registers){.depth = 0};
            return may_come_back(code, offset, after);
        }
        registers->entered = false;
        note_return(code->machine, registers, after_address);
        reach(code, target, registers);
        if (may_come_back(code, offset, after))
            come_back_later(code, after);
        return false;
    case ELFGEN_FLOW_SYSTEM:
        return enter_kernel(code, offset, address, instruction, registers);
    case ELFGEN_FLOW_END:
        break;
    }
    return false;
}

/* Follows one path from `offset` until it ends or reaches what is already followed. */
static void walk(struct elfgen_code *code, uint64_t offset, struct elfgen_registers *registers)
{
    struct elfgen_instruction instruction;
    bool first = true;
    const struct elfgen_range *range;
    while ((range = elfgen_range_of(code, offset)) != NULL) {
        if (!first && is_followed(code, offset, registers))
            return;
        first = false;
        bool known = code->steps > 0 && elfgen_registers_are_known(code->machine, registers);
        if (known)
            code->steps--;
        else
            elfgen_bit_set(code->met, offset - code->from);
        if (!known || code->steps == 0)
            *registers = (struct elfgen_registers){.depth = 0};
        if (!elfgen_code_decode(code, range, offset, registers, &instruction) ||
            elfgen_run_contradicts(code->run, offset, instruction.length))
            return;
        /* Operands that the linker has yet to fill in are not constants. */
        if (code->relocatable)
            *registers = (struct elfgen_registers){.depth = 0};
        if (code->cause != 0 && !elfgen_bit_get(code->starts, offset - code->from))
            elfgen_call_note_failure(code, offset, code->cause - 1);
        elfgen_bit_set(code->starts, offset - code->from);
        uint64_t address = range->address + (offset - range->offset);
        if (!leave(code, range, offset, address, &instruction, registers))
            return;
        offset += instruction.length;
    }
}

/* Takes the next place that is still to be followed. Returns false if there is none. */
static bool take(struct elfgen_code *code, uint64_t *offset, struct elfgen_registers *registers)
{
    *registers = (struct elfgen_registers){.depth = 0};
    if (code->pending != 0) {
        struct elfgen_leader *leader = &code->leaders[code->pending - 1];
        code->pending = (size_t)leader->next;
        leader->queued = false;
        *offset = (leader->key - 1) / 2;
        *registers = leader->registers;
        return true;
    }
    if (code->stack_count > 0) {
        *offset = code->stack[--code->stack_count];
        code->round++;
        return true;
    }
    /* Twice: from the last place to the end, and from the start. */
    uint64_t bits = code->to - code->from;
    for (int pass = 0; pass < 2 && code->todo_count > 0; pass++) {
        uint64_t bit = elfgen_bit_next(code->todo, code->scan, bits);
        if (bit < bits) {
            elfgen_bit_clear(code->todo, bit);
            code->todo_count--;
            code->scan = bit;
            code->round++;
            *offset = code->from + bit;
            return true;
        }
        code->scan = 0;
    }
    return false;
}

static void mark_start(struct elfgen_code *code, uint64_t offset)
{
    const struct elfgen_range *range = elfgen_range_of(code, offset);
    uint8_t length = range ? elfgen_code_length(code, range, offset) : 0;
    if (length != 0 && !elfgen_run_contradicts(code->run, offset, length))
        elfgen_bit_set(code->starts, offset - code->from);
}

/* Queues the entry point. If Linux jumps there itself, all registers but the stack pointer are
 * zero, and so are the flags; after an interpreter nothing is known. */
static void reach_entry(struct elfgen_code *code)
{
    struct elfgen_registers registers = {.depth = 0};
    struct elfgen_mapping mapping;
    struct elfgen_phdr phdr;
    uint64_t entry = code->view->ehdr.e_entry;
    if (code->relocatable || !elfgen_memory_find(code->view, entry, &mapping) ||
        !elfgen_mapping_is_executable(code->view, &mapping))
        return;
    bool interpreted = false;
    for (uint64_t i = 0;
         i < ELFGEN_MAPPINGS && elfgen_view_segment(code->view, i, &phdr, NULL) == ELFGEN_OK; i++)
        interpreted = interpreted || phdr.p_type == ELFGEN_PT_INTERP;
    for (size_t i = 0; i < code->machine->register_count && !interpreted; i++)
        if (i != code->machine->stack_pointer)
            registers.general[i].known = UINT64_MAX;
    if (!interpreted)
        registers.flags.known = code->machine->cleared_flags;
    registers.entered = !interpreted;
    uint64_t offset = mapping.offset + (entry - mapping.start);
    if (elfgen_code_has(code, offset))
        reach(code, offset, &registers);
}

static void follow_all(struct elfgen_code *code)
{
    struct elfgen_registers registers;
    uint64_t offset;
    while (take(code, &offset, &registers))
        walk(code, offset, &registers);
}

/* Follows where decided jumps do not go, with nothing known, if no path has led there. */
static void follow_doubts(struct elfgen_code *code)
{
    uint64_t bits = code->to - code->from;
    while (code->returns && code->after_call_count > 0) {
        code->after_call_count = 0;
        for (uint64_t bit = 0; (bit = elfgen_bit_next(code->after_calls, bit, bits)) < bits;
             bit++) {
            elfgen_bit_clear(code->after_calls, bit);
            if (!elfgen_bit_get(code->starts, bit))
                reach_blindly(code, code->from + bit);
        }
        follow_all(code);
    }
}

/* Follows what runs only if a call fails, one call after the other. What a call reads there, such
 * as the path that execve is given, is text. */
static void follow_failures(struct elfgen_code *code)
{
    while (code->deferred != 0) {
        const size_t number = code->deferred;
        struct elfgen_leader *leader = &code->leaders[number - 1];
        code->deferred = (size_t)leader->next;
        if (elfgen_call_reads(code, leader->cause, (leader->key - 1) / 2))
            continue;
        code->cause = leader->cause + 1;
        leader->next = code->pending;
        code->pending = number;
        follow_all(code);
        code->cause = 0;
        if (code->deferred == 0)
            follow_doubts(code);
    }
}

static void set_sizes(struct elfgen_code *code)
{
    uint64_t bytes = code->to - code->from;
    code->leader_room = 16;
    while (code->leader_room < MOST_LEADERS && code->leader_room < bytes / 4)
        code->leader_room *= 2;
    code->call_room = bytes / 2 < MOST_CALLS ? (size_t)bytes / 2 + 1 : MOST_CALLS;
    code->failure_room = bytes < ELFGEN_AFTER_FAILURES ? (size_t)bytes : ELFGEN_AFTER_FAILURES;
    code->stack_room = bytes < MOST_STACK ? (size_t)bytes + 1 : MOST_STACK;
}

size_t elfgen_code_room(const struct elfgen_view *view, enum elfgen_code_mode mode)
{
    struct elfgen_code code = {.view = view, .mode = mode};
    struct elfgen_range entry[1];
    size_t sections = elfgen_code_count_sections(view);
    if (sections == 0)
        code.sections = entry;
    elfgen_code_find_ranges(&code);
    if (code.from == code.to)
        return 0;
    set_sizes(&code);
    size_t words = (size_t)((code.to - code.from) / 64 + 1);
    return 4 * words * sizeof(uint64_t) + code.stack_room * sizeof(uint64_t) +
           (sections + 1) * sizeof(struct elfgen_range) +
           code.leader_room * sizeof(struct elfgen_leader) +
           code.call_room * sizeof(struct elfgen_call) +
           code.failure_room * sizeof(struct elfgen_after_failure);
}

/* Cuts a piece off the caller's memory. */
static void *cut(uint8_t **memory, size_t size)
{
    void *piece = *memory;
    *memory += size;
    return piece;
}

enum elfgen_status elfgen_code_follow(struct elfgen_code *code, const struct elfgen_view *view,
                                      const struct elfgen_machine *machine,
                                      enum elfgen_code_mode mode, void *memory, size_t room)
{
    return elfgen_code_follow_run(code, view, machine, mode, NULL, memory, room);
}

enum elfgen_status elfgen_code_follow_run(struct elfgen_code *code, const struct elfgen_view *view,
                                          const struct elfgen_machine *machine,
                                          enum elfgen_code_mode mode, const struct elfgen_run *run,
                                          void *memory, size_t room)
{
    /* A path with something known may pass a place more than once: this many times on average. */
    enum { PASSES = 8 };
    uint8_t *left = memory;
    *code = (struct elfgen_code){.view = view, .machine = machine, .mode = mode, .run = run};
    size_t needed = elfgen_code_room(view, mode);
    if (room < needed)
        return ELFGEN_NO_ROOM;
    if (needed == 0)
        return ELFGEN_OK;
    if (!elfgen_run_is_whole(run) || machine->register_count > ELFGEN_REGISTERS_MOST || !memory ||
        (uintptr_t)memory % _Alignof(uint64_t) != 0)
        return ELFGEN_BAD_ARGUMENT;
    size_t sections = elfgen_code_count_sections(view);
    code->sections = cut(&left, (sections + 1) * sizeof *code->sections);
    elfgen_code_find_ranges(code);
    set_sizes(code);
    size_t words = (size_t)((code->to - code->from) / 64 + 1);
    code->starts = cut(&left, words * sizeof(uint64_t));
    code->met = cut(&left, words * sizeof(uint64_t));
    code->todo = cut(&left, words * sizeof(uint64_t));
    code->after_calls = cut(&left, words * sizeof(uint64_t));
    code->stack = cut(&left, code->stack_room * sizeof(uint64_t));
    code->leaders = cut(&left, code->leader_room * sizeof(struct elfgen_leader));
    code->calls = cut(&left, code->call_room * sizeof(struct elfgen_call));
    code->failures = cut(&left, code->failure_room * sizeof(struct elfgen_after_failure));
    code->steps = PASSES * (code->to - code->from) + 1024;
    code->swept = code->todo;
    code->last = ELFGEN_NOWHERE - 1;
    reach_entry(code);
    follow_all(code);
    elfgen_run_begin(code, reach_blindly);
    follow_all(code);
    for (size_t i = 0; i < code->section_count && sections > 0; i++)
        if (elfgen_code_has(code, code->sections[i].offset))
            reach_blindly(code, code->sections[i].offset);
    /* In a very large file, functions are followed only if sections are not swept. */
    if (mode == ELFGEN_CODE_FLOW || code->to - code->from <= ELFGEN_CODE_MUCH)
        elfgen_code_functions(code, reach_blindly);
    follow_all(code);
    follow_doubts(code);
    follow_failures(code);
    if (mode == ELFGEN_CODE_ALL) {
        for (size_t i = 0; i < code->section_count; i++)
            mark_start(code, code->sections[i].offset);
        elfgen_code_functions(code, mark_start);
    }
    elfgen_calls_of_run(code);
    return ELFGEN_OK;
}
