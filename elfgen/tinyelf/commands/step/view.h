/* The interactive view of a run: private to its files. */
#ifndef STEP_VIEW_H
#define STEP_VIEW_H

#include "x86/session.h"
#include "stack.h"
#include "step.h"

struct step_view {
    struct step_run *run;
    struct step_cursor cursor;
    struct elfgen_view file;  /* the program's file */
    struct x86_session *code; /* where it contains instructions; NULL: unknown */
    struct step_record last;  /* the step before the cursor, unless cursor.index is 0 */
    struct step_stack stack;  /* at the cursor */
    char *output;             /* all that the program wrote */
    size_t output_size;       /* how much of it was written before the cursor */
    size_t output_known, output_room;
    bool colour, help, no_memory;
    char note[128]; /* shown in the last line; "": show the keys */
};

/* ---- draw.c ---- */

enum { STEP_LEAST_COLUMNS = 60, STEP_LEAST_LINES = 24 };

/* Draws the whole screen. */
void step_draw(struct step_view *view);

/* ---- pty.c ---- */

/* Opens the screen. *colour says whether colours are wanted, and then whether there are any.
 * step_terminal_close() restores it, and so does any signal that ends this
 * process except SIGKILL. Returns false after reporting an error. */
bool step_terminal_open(bool *colour);
void step_terminal_close(void);

/* Makes descriptors for a program that must not write on the screen: an empty input, and a terminal
 * of its own. Its output is thrown away, since the recording contains it. Returns false after
 * reporting an error. */
struct step_pty {
    int files[3]; /* for struct process_program; -1: not open */
};
bool step_pty_open(struct step_pty *pty);
void step_pty_close(struct step_pty *pty);

#endif
