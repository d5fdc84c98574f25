/* Starts, steps and ends a live run of `tinyelf step`. */
#include "step.h"

#include <ctype.h>

#include "cli/cli.h"
#include "cli/interrupt.h"
#include "commands/run/exit_reason.h"

void step_end_run(struct step_run *run, enum step_end_kind kind)
{
    stepper_close(run->stepper);
    run->stepper = NULL;
    if (run->recording.end != kind)
        run->recording.end_number = kind == STEP_INTERRUPTED ? interrupt_signal() : 0;
    run->recording.end = kind;
}

bool step_once(struct step_run *run)
{
    enum step_answer answer;
    do
        answer = interrupt_came() ? STEP_ENDED : stepper_next(run->stepper);
    while (answer == STEP_PAUSED);
    if (interrupt_came())
        step_end_run(run, STEP_INTERRUPTED);
    else if (answer != STEP_GOES_ON)
        step_end_run(run, run->recording.end);
    return run->stepper != NULL;
}

bool step_parse_until(const char *text, struct step_until *until)
{
    *until = (struct step_until){
        .given = true, .is_address = text[0] == '0' && (text[1] == 'x' || text[1] == 'X')};
    if (isdigit((unsigned char)text[0]))
        return parse_number(text, &until->value);
    until->is_address = true;
    until->name = text;
    return text[0] != '\0';
}

bool step_find_until(struct step_run *run, struct step_until *until, struct elfgen_error *error)
{
    return !until->name || step_names_find(&run->names, &run->recording, run->path, until->name,
                                           &until->value, error);
}

bool step_resolve_until(struct step_run *run)
{
    struct elfgen_error error;
    if (step_find_until(run, &run->until, &error))
        return true;
    message("step", "error", "--until %s", error.text);
    return false;
}

bool step_start(struct step_run *run, struct process_program *program)
{
    struct elfgen_error error;
    int refused = 0;
    if (run->sandboxed && !sandboxed_open(run->sandboxed, program))
        return false;
    run->stepper = stepper_open(program, &step_words, &run->recording, &refused, &error);
    if (run->stepper)
        interrupt_watch();
    else if (refused && run->sandboxed)
        exit_reason_report_not_started(program->path, refused);
    else if (refused)
        program_report_not_started(program->path, refused);
    else
        message_library_error(program->path, &error);
    return run->stepper != NULL && step_resolve_until(run);
}

/* Whether the record's call was interrupted, so that the kernel makes it again. */
static bool has_interrupted_call(const struct step_record *record)
{
    struct step_piece piece;
    size_t position = 0;
    while (recording_next_piece(record, &position, &piece))
        if (piece.kind == STEP_PIECE_ANSWER)
            return stepper_is_restarting((int64_t)piece.value);
    return false;
}

/* Whether an interrupted call will be made again after the cursor, as far as is known there. */
static bool is_interrupted(const struct step_run *run, struct step_cursor cursor)
{
    struct step_record record;
    if (run->stepper && cursor.index == run->recording.count)
        return stepper_is_interrupted(run->stepper);
    while (recording_cursor_back(&cursor, &record))
        if (record.kind != STEP_SIGNAL && record.kind != STEP_STOPPED)
            return has_interrupted_call(&record);
    return false;
}

bool step_is_reached(const struct step_run *run, const struct step_until *until,
                     const struct step_cursor *cursor, uint64_t count)
{
    if (!until->given || !until->is_address)
        return until->given && count >= until->value;
    return cursor->registers.value[STEP_rip] == until->value && !is_interrupted(run, *cursor);
}
