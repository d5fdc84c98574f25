/* Writes a recorded run as text or JSON. */
#ifndef STEP_TEXT_H
#define STEP_TEXT_H

#include "x86/x86.h"
#include "stepper/recording.h"
#include "stepper/stepper.h"

/* Decoders that turn instructions into text, one for each width. */
struct step_machines {
    struct x86 decoders[2]; /* by is_64_bit */
};

/* Zero *machines before. */
void step_machines_open(struct step_machines *machines);

/* Appends the text of an instruction, or what is printed if there is none. */
void step_put_instruction(struct elfgen_text *out, struct step_machines *machines,
                          const struct step_instruction *instruction);

enum { STEP_COLUMNS = 100 }; /* the longest line */

/* A run that is being printed. */
struct step_printer {
    struct elfgen_text *out;
    struct step_machines *machines;
    const struct step_recording *recording;
    uint64_t count; /* steps so far */
    uint32_t file;  /* whose code was printed last; 0, the program's, at first */
};

/* Appends the lines before the first step: program, entry point, code segment and ring. */
void step_put_head(struct elfgen_text *out, const struct step_recording *recording);

/* Appends a step: its line, and its changes below, indented. */
void step_put_record(struct step_printer *printer, const struct step_record *record);

/* Appends how it ended, after `count` steps. */
void step_put_end(struct elfgen_text *out, const struct step_recording *recording, uint64_t count);

/* Appends only the lines of what changed, none longer than `columns` (at least 40), indented by
 * `indent` blanks. */
void step_put_changes(struct elfgen_text *out, struct step_machines *machines,
                      const struct step_record *record, const struct step_recording *recording,
                      size_t columns, size_t indent);

/* Describes arguments for a stepper, as a trace does. */
extern const struct step_words step_words;

/* Appends a name such as "SIGSEGV", or the number of a signal without a name. */
void step_put_signal(struct elfgen_text *out, uint32_t number);

/* Appends bytes as a C string in quotes. What does not fit into `columns` becomes three dots. */
void step_put_quoted(struct elfgen_text *out, const uint8_t *bytes, size_t size, size_t columns);

/* ---- JSON: docs/step.md has the schema ---- */

/* Writes as many steps as fit into `most` bytes, and returns how many. If they are not all, the
 * document's run ends since the recording is full. What comes before the steps may be more than
 * `most`. The text must be one in memory (base/memory_text.h) unless `most` is SIZE_MAX. */
uint64_t step_write_json(struct elfgen_text *out, struct step_machines *machines,
                         const struct step_recording *recording, size_t most);

#endif
