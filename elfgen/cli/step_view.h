/* The interactive view of a run: what its files share. */
#ifndef STEP_VIEW_H
#define STEP_VIEW_H

#include "../machine/code.h"
#include "step.h"

struct step_view {
    struct step_run *run;
    struct step_cursor cursor;
    struct elfgen_view file;  /* the program's */
    struct x86_session *code; /* and where instructions are in it; NULL: nobody knows */
    struct step_record last;  /* the step in front of the cursor, if cursor.index is not 0 */
    char *output;             /* what the program wrote, all of it */
    size_t output_size;       /* of it, up to the cursor */
    size_t output_known, output_room;
    bool colour, help, no_memory;
    char note[128]; /* for the last line; "" shows the keys */
};

/* ---- step_draw.c ---- */

enum { STEP_LEAST_COLUMNS = 80, STEP_LEAST_LINES = 24 };

/* Draws everything anew. */
void step_draw(struct step_view *view);

/* The instruction that comes next where the view is; NULL: there is none. */
const struct step_instruction *step_view_next(const struct step_view *view);

/* ---- step_terminal.c ---- */

/* The screen, which goes back to what it was by step_terminal_close(), and whatever signal ends
 * this process, SIGKILL apart. False: said why. */
bool step_terminal_open(bool *colour);
void step_terminal_close(void);

/* Descriptors for a program that is not to write on the screen: nothing to read, and a terminal of
 * its own, whose output is thrown away since the recording has it. False: said why. */
bool step_pty_open(int files[3]);
void step_pty_close(void);

#endif
