/* A recorded run as text, as a JSON document, and back from one. */
#ifndef STEP_REPORT_H
#define STEP_REPORT_H

#include "../machine/machine.h"
#include "../process/recording.h"
#include "../process/step.h"

/* What makes text of instructions: a decoder for each width. */
struct step_machines {
    struct x86 wide, narrow;
};

/* Zeroed before. */
void step_machines_open(struct step_machines *machines);

/* Appends an instruction's text, or what is to be said instead. */
void step_put_instruction(struct elfgen_text *out, struct step_machines *machines,
                          const struct step_instruction *instruction);

enum { STEP_COLUMNS = 100 }; /* lines of the text are no longer */

/* A run that is printed. */
struct step_printer {
    struct elfgen_text *out;
    struct step_machines *machines;
    const struct step_recording *recording;
    uint64_t count; /* steps so far */
    uint32_t file;  /* whose code was printed last; 0, the program's, at first */
};

/* The lines in front of the first step: program, entry point, code segment and ring. */
void step_put_head(struct elfgen_text *out, const struct step_recording *recording);

/* A step: its line, and indented what changed. */
void step_put_record(struct step_printer *printer, const struct step_record *record);

/* How it ended, after `count` steps. */
void step_put_end(struct elfgen_text *out, const struct step_recording *recording, uint64_t count);

/* The lines of what changed alone, none longer than `columns` (at least 40); `indent` blanks in
 * front of each. */
void step_put_changes(struct elfgen_text *out, const struct step_record *record,
                      const struct step_recording *recording, size_t columns, size_t indent);

/* Words for a stepper: those that a trace has. */
extern const struct step_words step_words;

/* "SIGSEGV"; a number that has no name as it is. */
void step_put_signal(struct elfgen_text *out, uint32_t number);

/* Bytes as a C string would have them, in quotes; what `columns` have no room for as
 * three dots. */
void step_put_quoted(struct elfgen_text *out, const uint8_t *bytes, size_t size, size_t columns);

/* ---- JSON: docs/step.md has the schema ---- */

void step_write_json(struct elfgen_text *out, struct step_machines *machines,
                     const struct step_recording *recording);

/* Reads one: any bytes. False: it is none, and *error says where and why; *recording is freed
 * then. */
bool step_read_json(struct step_recording *recording, const void *bytes, size_t size,
                    struct elfgen_error *error);

#endif
