/* A system call of one record, put together from its pieces, and its text as strace writes it. */
#ifndef COVERAGE_MADE_H
#define COVERAGE_MADE_H

#include "stepper/recording.h"
#include "strace/line.h"

struct coverage_made {
    struct process_call call;
    const struct call_row *row; /* NULL: its parameters are not known */
    char name[32];
    const char *texts[ELFGEN_ARGUMENTS]; /* NULL: the record has none */
    const char *resumed;                 /* restart_syscall: the call that goes on; NULL: none */
    bool answered;
};

/* Finds the call of a record. *made is zeroed. Returns false if it has none. */
bool coverage_made_take(struct coverage_made *made, struct calls *numbers,
                        const struct step_record *record);

/* Appends "write(1, "Hello world\n", 12)". */
void coverage_made_put_question(struct elfgen_text *out, const struct coverage_made *made);

/* Appends "12", "-1 ENOENT (No such file or directory)", or "?" if there was no answer. */
void coverage_made_put_answer(struct elfgen_text *out, const struct coverage_made *made);

#endif
