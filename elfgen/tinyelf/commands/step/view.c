/* The interactive view: handles its keys. */
#include "view.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "cli/cli.h"
#include "cli/interrupt.h"

/* ---- output ---- */

static void keep_output(struct step_view *view, const struct step_piece *piece)
{
    if (view->output_size == view->output_known) {
        if (!grow_array(&view->output, view->output_known + piece->size, &view->output_room, 1)) {
            view->no_memory = true;
            return;
        }
        memcpy(view->output + view->output_known, piece->bytes, piece->size);
        view->output_known += piece->size;
    }
    view->output_size += piece->size;
}

/* Follows the cursor's move over a record, forward or back. */
static void follow_output(struct step_view *view, const struct step_record *record, bool forward)
{
    struct step_piece piece;
    size_t position = 0;
    while (recording_next_piece(record, &position, &piece)) {
        if (piece.kind != STEP_PIECE_OUTPUT)
            continue;
        if (forward)
            keep_output(view, &piece);
        else
            view->output_size -= piece.size;
    }
}

/* ---- moving ---- */

/* Records move in memory when some are added: look up the last one again. */
static void look_at_last(struct step_view *view)
{
    struct step_cursor cursor = view->cursor;
    recording_cursor_back(&cursor, &view->last);
}

static bool forward_recorded(struct step_view *view)
{
    struct step_record record;
    if (!recording_cursor_forward(&view->cursor, &record))
        return false;
    follow_output(view, &record, true);
    step_stack_follow(&view->stack, &record, true);
    return true;
}

/* Moves one step forward, in the recording or by running the program. Returns false if there is
 * none. */
static bool forward(struct step_view *view)
{
    if (forward_recorded(view))
        return true;
    if (!view->run->stepper)
        return false;
    step_once(view->run);
    return forward_recorded(view);
}

static bool back(struct step_view *view)
{
    struct step_record record;
    if (!recording_cursor_back(&view->cursor, &record))
        return false;
    follow_output(view, &record, false);
    step_stack_follow(&view->stack, &record, false);
    return true;
}

/* Whether the next step makes a system call. */
static bool is_before_call(const struct step_view *view)
{
    struct step_cursor cursor = view->cursor;
    struct step_record record;
    struct step_piece piece;
    size_t position = 0;
    if (!recording_cursor_forward(&cursor, &record))
        return view->run->stepper && stepper_asks_next(view->run->stepper);
    while (recording_next_piece(&record, &position, &piece))
        if (piece.kind == STEP_PIECE_CALL)
            return true;
    return false;
}

/* A long run can be stopped with any key. */
static bool is_stopped_by_key(struct step_view *view, uint64_t count)
{
    enum { LOOK = 1024 };
    if (interrupt_came() || view->no_memory)
        return true;
    if (count % LOOK != 0)
        return false;
    snprintf(view->note, sizeof view->note, "running: any key stops it here");
    look_at_last(view);
    step_draw(view);
    timeout(0);
    int key = getch();
    timeout(250);
    return key != ERR && key != KEY_RESIZE;
}

/* Runs until `until` is reached; if it is NULL, up to the next system call; with `all`, to the end.
 */
static void run_on(struct step_view *view, const struct step_until *until, bool all)
{
    uint64_t count = 0;
    bool arrived = false, stopped = false;
    view->note[0] = '\0';
    while (!arrived && !stopped && forward(view)) {
        arrived =
            !all && (until ? step_is_reached(view->run, until, &view->cursor, view->cursor.index)
                           : is_before_call(view));
        stopped = is_stopped_by_key(view, ++count);
    }
    view->note[0] = '\0';
    if (!arrived && !stopped && until && until->is_address)
        snprintf(view->note, sizeof view->note, "it did not reach %.64s%s0x%llx again",
                 until->name ? until->name : "", until->name ? ", " : "",
                 (unsigned long long)until->value);
}

/* ---- keys ---- */

/* Reads a line of text, which is typed after `question` in the last line of the screen. Returns
 * false if there is none, or on Escape. */
static bool ask_line(struct step_view *view, const char *question, char *text, size_t room)
{
    size_t length = 0;
    text[0] = '\0';
    for (;;) {
        snprintf(view->note, sizeof view->note, "%s: %s_", question, text);
        step_draw(view);
        int key = getch();
        view->note[0] = '\0';
        if (interrupt_came() || key == 27)
            return false;
        if (key == '\n' || key == KEY_ENTER)
            return length > 0;
        if ((key == KEY_BACKSPACE || key == 127 || key == 8) && length > 0)
            text[--length] = '\0';
        else if (key > ' ' && key < 127 && length + 1 < room)
            text[length++] = (char)key;
        text[length] = '\0';
    }
}

/* Asks where to go, and goes there. */
static void go_to(struct step_view *view)
{
    char text[80];
    struct step_until until;
    struct elfgen_error error;
    if (!ask_line(view, "run to address or name", text, sizeof text))
        return;
    if (!step_parse_until(text, &until))
        snprintf(view->note, sizeof view->note, "'%s' is neither an address, 0x..., nor a name",
                 text);
    else if (!step_find_until(view->run, &until, &error))
        snprintf(view->note, sizeof view->note, "%.*s", (int)sizeof view->note - 1, error.text);
    else {
        until.is_address = true;
        run_on(view, &until, false);
    }
}

static void say_end(struct step_view *view, bool moved)
{
    if (!moved)
        snprintf(view->note, sizeof view->note, "%s",
                 view->run->stepper ? "" : "that was the last step: b goes back, q quits");
}

/* Returns false to quit. */
static bool take_key(struct step_view *view, int key)
{
    if (key == ERR)
        return true;
    if (view->help && key != KEY_RESIZE) {
        view->help = false;
        return key != 'q';
    }
    if (key != KEY_RESIZE)
        view->note[0] = '\0';
    switch (key) {
    case 'q':
        return false;
    case 's':
    case ' ':
    case '\n':
    case KEY_ENTER:
    case KEY_RIGHT:
    case KEY_DOWN:
        say_end(view, forward(view));
        break;
    case 'b':
    case KEY_LEFT:
    case KEY_UP:
    case KEY_BACKSPACE:
        back(view);
        break;
    case 'c':
        run_on(view, NULL, false);
        break;
    case 'r':
        run_on(view, NULL, true);
        break;
    case 'g':
        go_to(view);
        break;
    case KEY_HOME:
    case '<':
        while (back(view))
            ;
        break;
    case KEY_END:
    case '>':
        while (forward_recorded(view))
            ;
        break;
    case '?':
    case 'h':
        view->help = true;
        break;
    default:
        break;
    }
    return true;
}

static void run_keys(struct step_view *view)
{
    bool on = true;
    if (view->run->until.given)
        run_on(view, &view->run->until, false);
    while (on && !interrupt_came() && !view->no_memory) {
        look_at_last(view);
        step_draw(view);
        on = take_key(view, getch());
    }
}

/* Ends the run where the user left it, for the last line and the exit status. */
static void leave(struct step_run *run)
{
    if (!run->stepper)
        return;
    run->recording.end = interrupt_came() ? STEP_INTERRUPTED : STEP_UNTIL;
    run->recording.end_number = interrupt_signal();
    stepper_close(run->stepper);
    run->stepper = NULL;
}

static void follow_code(struct step_view *view)
{
    const struct step_file *file = &view->run->recording.files[0];
    struct elfgen_error ignored; /* without memory, no code is shown */
    if (!file->bytes ||
        elfgen_view_open_program(&view->file, file->bytes, file->size, NULL) == ELFGEN_NOT_ELF)
        return;
    view->code = x86_session_open(&view->file, ELFGEN_CODE_FLOW, SYNTAX_INTEL, &ignored);
}

/* Gives the program files of its own, since the view has the terminal. What it writes is shown from
 * the recording. */
static bool open_files(const struct step_run *run, struct process_program *program,
                       struct step_pty *pty)
{
    if (!step_pty_open(pty))
        return false;
    program->files = pty->files;
    if (run->sandboxed) {
        run->sandboxed->input = pty->files[0];
        run->sandboxed->silent = run->sandboxed->session = true;
    }
    return true;
}

bool step_view(struct step_run *run, struct process_program *program)
{
    struct step_view view = {.run = run};
    struct step_pty pty = {.files = {-1, -1, -1}};
    if (program) {
        if (!open_files(run, program, &pty) || !step_start(run, program))
            return false;
    } else {
        interrupt_watch();
    }
    follow_code(&view);
    view.colour = run->colour;
    bool done = step_terminal_open(&view.colour);
    if (done) {
        recording_cursor_open(&view.cursor, &run->recording);
        step_stack_open(&view.stack, &run->recording);
        run_keys(&view);
        step_terminal_close();
    }
    leave(run);
    step_pty_close(&pty);
    free(view.output);
    step_stack_close(&view.stack);
    x86_session_close(view.code);
    if (view.no_memory)
        message_no_memory("step");
    if (done) {
        struct standard_output *output = stdout_open();
        step_put_end(&output->text, &run->recording, run->recording.count);
        done = stdout_finish(output);
    }
    return done && !view.no_memory;
}
