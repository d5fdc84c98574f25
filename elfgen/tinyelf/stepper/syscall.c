/* Records system calls of a stepped program: arguments, answers, and what the kernel wrote. */
#include "stepper_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void stepper_note(struct stepper *stepper, const char *text)
{
    struct step_piece piece = {.kind = STEP_PIECE_NOTE,
                               .size = (uint32_t)strlen(text) + 1,
                               .bytes = (const uint8_t *)text};
    recording_add_piece(stepper->recording, &piece);
}

/* ---- what the kernel writes ---- */

void stepper_take_snapshot(struct stepper *stepper, uint64_t address, uint64_t size)
{
    if (stepper->snapshot_count == SNAPSHOTS || size == 0 || address == 0)
        return;
    struct snapshot *snapshot = &stepper->snapshots[stepper->snapshot_count];
    size_t most = size < SNAPSHOT_ROOM ? (size_t)size : SNAPSHOT_ROOM;
    if (!snapshot->bytes)
        snapshot->bytes = malloc(SNAPSHOT_ROOM);
    if (!snapshot->bytes) {
        stepper->no_memory = true;
        return;
    }
    snapshot->address = address;
    snapshot->size = process_read(stepper->id, address, snapshot->bytes, most);
    stepper->snapshot_count++;
}

/* Whether an earlier snapshot contains the byte. */
static bool is_earlier(const struct stepper *stepper, size_t index, uint64_t address)
{
    for (size_t i = 0; i < index; i++)
        if (address - stepper->snapshots[i].address < stepper->snapshots[i].size)
            return true;
    return false;
}

static void compare_snapshot(struct stepper *stepper, size_t index, const uint8_t *now, size_t size,
                             size_t gap)
{
    const struct snapshot *snapshot = &stepper->snapshots[index];
    for (size_t i = 0; i < size; i++) {
        if (now[i] == snapshot->bytes[i] || is_earlier(stepper, index, snapshot->address + i))
            continue;
        size_t end = i + 1;
        for (size_t j = end; j < size && j < end + gap; j++)
            if (now[j] != snapshot->bytes[j])
                end = j + 1;
        struct step_piece piece = {
            .kind = STEP_PIECE_MEMORY, .value = snapshot->address + i, .size = (uint32_t)(end - i)};
        recording_add_change(stepper->recording, &piece, snapshot->bytes + i, now + i);
        i = end;
    }
}

void stepper_compare_snapshots(struct stepper *stepper, size_t gap)
{
    uint8_t *now = stepper->snapshot_count ? malloc(SNAPSHOT_ROOM) : NULL;
    for (size_t i = 0; i < stepper->snapshot_count && now; i++) {
        const struct snapshot *snapshot = &stepper->snapshots[i];
        size_t size = process_read(stepper->id, snapshot->address, now, snapshot->size);
        compare_snapshot(stepper, i, now, size, gap);
    }
    free(now);
    stepper->snapshot_count = 0;
}

/* ---- the question ---- */

static uint64_t word_at(const struct stepper *stepper, uint64_t address, size_t width)
{
    uint64_t word = 0;
    return process_read(stepper->id, address, &word, width) == width ? word : 0;
}

/* Reads number and arguments from where the kernel takes them for this instruction
 * (arch/x86/entry/entry_64.S and entry_64_compat.S). */
static void take_arguments(struct stepper *stepper, const struct effects *effects)
{
    enum call_instruction by = effects->call_instruction;
    enum call_abi abi = syscall_instruction(by)->abi;
    const struct call_abi_row *row = syscall_abi(abi);
    const uint64_t *values = stepper->now.value;
    struct call_asked *asked = &stepper->asked;
    asked->made_as = (struct process_call){
        .abi = abi, .after = values[STEP_rip] + effects->length, .stack = values[STEP_rsp]};
    asked->made_as.number = syscall_register(abi, values[recording_register_named(row->number)]);
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
        asked->made_as.arguments[i] =
            syscall_register(abi, values[recording_register_named(row->arguments[i])]);
    if (by == CALL_BY_SYSCALL32) {
        asked->made_as.arguments[1] = (uint32_t)values[STEP_rbp];
        asked->made_as.arguments[5] = word_at(stepper, (uint32_t)values[STEP_rsp], 4);
    } else if (by == CALL_BY_SYSENTER) {
        asked->made_as.arguments[5] = word_at(stepper, (uint32_t)values[STEP_rbp], 4);
    }
}

/* How many bytes an output parameter may have: another argument says so, or it is a structure. */
static uint64_t size_of_output(const struct process_call *call,
                               const struct call_parameter *parameter)
{
    enum { STRUCTURE = 512 };
    return parameter->size_in < ELFGEN_ARGUMENTS ? call->arguments[parameter->size_in] : STRUCTURE;
}

static bool is_named(const struct call_asked *asked, const char *name)
{
    return asked->call && strcmp(asked->call->name, name) == 0;
}

/* Takes snapshots of readv's buffers, which a list in memory names. */
static void snapshot_list(struct stepper *stepper)
{
    const struct call_asked *asked = &stepper->asked;
    size_t width = syscall_abi(asked->made_as.abi)->word;
    for (uint64_t i = 0; i < asked->made_as.arguments[2] && i < SNAPSHOTS; i++) {
        uint64_t at = asked->made_as.arguments[1] + i * 2 * width;
        stepper_take_snapshot(stepper, word_at(stepper, at, width),
                              word_at(stepper, at + width, width));
    }
}

/* Describes an argument as it is now. */
static void describe(struct stepper *stepper, unsigned index, bool answered)
{
    struct call_asked *asked = &stepper->asked;
    const struct call_row *row = asked->call ? asked->call->row : NULL;
    struct elfgen_text text = {.bytes = asked->texts[index],
                               .capacity = sizeof asked->texts[index] - 1};
    if (row && stepper->words)
        stepper->words->argument(&text, stepper->id, &asked->made_as, row, index, answered);
    else
        elfgen_text_0x(&text, asked->made_as.arguments[index]);
    text.bytes[text.length] = '\0';
}

static bool is_output(const struct call_parameter *parameter)
{
    return syscall_type_kind(parameter->type) == ELFGEN_PARAMETER_OUTPUT;
}

static void snapshot_outputs(struct stepper *stepper, const struct process_call *call,
                             const struct call_row *row)
{
    for (unsigned i = 0; row && row->parameters[i].name; i++)
        if (is_output(&row->parameters[i]))
            stepper_take_snapshot(stepper, call->arguments[i],
                                  size_of_output(call, &row->parameters[i]));
}

/* Whether the call resumes an earlier one, whose arguments the kernel has kept. */
static bool resumes(const struct stepper *stepper)
{
    return is_named(&stepper->asked, "restart_syscall") && stepper->restart.name[0];
}

/* How many arguments a call has; all six if it is unknown. */
static unsigned argument_count(const struct call_asked *asked)
{
    const struct call_row *row = asked->call ? asked->call->row : NULL;
    unsigned count = 0;
    while (row && row->parameters[count].name)
        count++;
    return row ? count : ELFGEN_ARGUMENTS;
}

void stepper_ask_call(struct stepper *stepper, const struct effects *effects)
{
    struct call_asked *asked = &stepper->asked;
    take_arguments(stepper, effects);
    asked->made = true;
    asked->call = syscall_find(&stepper->calls, asked->made_as.abi, asked->made_as.number);
    stepper->snapshot_count = 0;
    for (unsigned i = 0; i < argument_count(asked); i++)
        describe(stepper, i, false);
    if (resumes(stepper))
        snapshot_outputs(stepper, &stepper->restart.call, stepper->restart.row);
    else
        snapshot_outputs(stepper, &asked->made_as, asked->call ? asked->call->row : NULL);
    if (is_named(asked, "readv"))
        snapshot_list(stepper);
}

/* ---- the answer ---- */

bool stepper_restores_registers(const struct stepper *stepper)
{
    const struct call_asked *asked = &stepper->asked;
    return asked->made && asked->call && strstr(asked->call->name, "sigreturn");
}

static void add_output(struct stepper *stepper, uint64_t address, uint64_t size)
{
    enum { OUTPUT_MOST = 16 << 20 };
    size_t most = size < OUTPUT_MOST ? (size_t)size : OUTPUT_MOST;
    uint8_t *bytes = malloc(most ? most : 1);
    if (!bytes) {
        stepper->no_memory = true;
        return;
    }
    struct step_piece piece = {.kind = STEP_PIECE_OUTPUT,
                               .number = (uint32_t)stepper->asked.made_as.arguments[0],
                               .bytes = bytes};
    piece.size = (uint32_t)process_read(stepper->id, address, bytes, most);
    if (piece.size > 0)
        recording_add_piece(stepper->recording, &piece);
    free(bytes);
}

static void add_output_list(struct stepper *stepper, uint64_t left)
{
    const struct call_asked *asked = &stepper->asked;
    size_t width = syscall_abi(asked->made_as.abi)->word;
    for (uint64_t i = 0; i < asked->made_as.arguments[2] && left > 0; i++) {
        uint64_t at = asked->made_as.arguments[1] + i * 2 * width;
        uint64_t size = word_at(stepper, at + width, width);
        size = size < left ? size : left;
        add_output(stepper, word_at(stepper, at, width), size);
        left -= size;
    }
}

/* What was written to a standard stream is still in the program's memory. Descriptor 0 is one, too:
 * where it is a terminal, what is written to it is seen as that of 1. */
static void keep_output(struct stepper *stepper, int64_t answer)
{
    const struct call_asked *asked = &stepper->asked;
    uint32_t descriptor = (uint32_t)asked->made_as.arguments[0];
    if (answer <= 0 || descriptor > STDERR_FILENO)
        return;
    if (is_named(asked, "write") || is_named(asked, "pwrite64") || is_named(asked, "sendto"))
        add_output(stepper, asked->made_as.arguments[1], (uint64_t)answer);
    else if (is_named(asked, "writev") || is_named(asked, "pwritev"))
        add_output_list(stepper, (uint64_t)answer);
}

/* Whether a call may change which file an address belongs to. */
static bool moves_memory(const struct call_asked *asked)
{
    static const char *const names[] = {"mmap",  "mmap2",    "munmap",           "mremap", "brk",
                                        "shmat", "mprotect", "remap_file_pages", "shmdt",  "ipc"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_named(asked, names[i]))
            return true;
    return false;
}

static void put_call(struct stepper *stepper)
{
    const struct call_asked *asked = &stepper->asked;
    const char *name = asked->call ? asked->call->name : "";
    const struct call_row *row = asked->call ? asked->call->row : NULL;
    struct step_piece call = {.kind = STEP_PIECE_CALL,
                              .number = asked->made_as.abi,
                              .value = asked->made_as.number,
                              .size = (uint32_t)strlen(name) + 1,
                              .bytes = (const uint8_t *)name};
    recording_add_piece(stepper->recording, &call);
    for (uint32_t i = 0; i < argument_count(asked); i++) {
        uint8_t both[sizeof asked->texts[0] + 32];
        int length = snprintf((char *)both, sizeof both, "%s%c%s",
                              row ? row->parameters[i].name : "", '\0', asked->texts[i]);
        struct step_piece argument = {.kind = STEP_PIECE_ARGUMENT,
                                      .number = i,
                                      .value = asked->made_as.arguments[i],
                                      .size = (uint32_t)length + 1,
                                      .bytes = both};
        recording_add_piece(stepper->recording, &argument);
    }
}

bool stepper_is_restarting(int64_t answer)
{
    return answer == STEPPER_RESTART_SYS || answer == STEPPER_RESTART_NO_INTERRUPT ||
           answer == STEPPER_RESTART_NO_HANDLER || answer == STEPPER_RESTART_BLOCK;
}

/* Keeps a call that was interrupted, for the kernel makes it again. */
static void note_interruption(struct stepper *stepper)
{
    const struct call_asked *asked = &stepper->asked;
    struct restart *restart = &stepper->restart;
    bool resumed = resumes(stepper);
    restart->due = stepper_is_restarting(asked->made_as.result);
    restart->by = stepper->next;
    restart->call.result = asked->made_as.result;
    if (!restart->due || resumed)
        return;
    restart->call = asked->made_as;
    restart->row = asked->call ? asked->call->row : NULL;
    snprintf(restart->name, sizeof restart->name, "%s", asked->call ? asked->call->name : "");
}

/* Adds the number that was returned, and its meaning if it is an error. */
static void put_answer(struct stepper *stepper, int64_t answer)
{
    char text[128] = "";
    const struct step_words *words = stepper->words;
    if (words && syscall_is_error(answer) && words->error_name(-answer))
        snprintf(text, sizeof text, "%s: %s", words->error_name(-answer),
                 words->error_text(-answer));
    struct step_piece piece = {.kind = STEP_PIECE_ANSWER,
                               .value = (uint64_t)answer,
                               .size = (uint32_t)strlen(text) + 1,
                               .bytes = (const uint8_t *)text};
    recording_add_piece(stepper->recording, &piece);
}

/* Describes output parameters again, since the kernel has written them. */
static void describe_outputs(struct stepper *stepper)
{
    const struct call_asked *asked = &stepper->asked;
    const struct call_row *row = asked->call ? asked->call->row : NULL;
    for (unsigned i = 0; row && row->parameters[i].name; i++)
        if (is_output(&row->parameters[i]))
            describe(stepper, i, true);
}

void stepper_answer_call(struct stepper *stepper, bool answered)
{
    struct call_asked *asked = &stepper->asked;
    enum { GAP = 8 };
    const char *result = syscall_abi(asked->made_as.abi)->result;
    uint64_t value = stepper->now.value[recording_register_named(result)];
    int64_t answer = syscall_result(asked->made_as.abi, value);
    if (!asked->made)
        return;
    asked->made = false;
    if (answered) {
        asked->made_as.result = answer;
        asked->made_as.failed = syscall_is_error(answer);
        describe_outputs(stepper);
    }
    put_call(stepper);
    if (!answered) {
        stepper->snapshot_count = 0;
        return;
    }
    put_answer(stepper, answer);
    if (resumes(stepper)) {
        char text[64];
        snprintf(text, sizeof text, "it resumes the interrupted %s", stepper->restart.name);
        stepper_note(stepper, text);
    }
    note_interruption(stepper);
    stepper_compare_snapshots(stepper, GAP);
    keep_output(stepper, answer);
    if (answer > 0 && (is_named(asked, "fork") || is_named(asked, "vfork") ||
                       is_named(asked, "clone") || is_named(asked, "clone3")))
        stepper_note(stepper, "the new process or thread runs on its own: it is not stepped");
    if (moves_memory(asked))
        stepper->mappings.stale = true;
}
