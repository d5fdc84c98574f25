/* The rows of stepper/pieces.def: what a piece of a recording has, as JSON and as text. */
#ifndef STEP_PIECES_H
#define STEP_PIECES_H

#include "recording.h"

enum step_field_kind {
    STEP_FIELD_NONE, /* the end of a piece's fields */
    STEP_FIELD_HEX,
    STEP_FIELD_NUMBER,
    STEP_FIELD_ABI,
    STEP_FIELD_CODE,
    STEP_FIELD_FILE,
    STEP_FIELD_VECTOR_NAME,
    STEP_FIELD_CHANGE,
    STEP_FIELD_BYTES,
    STEP_FIELD_TEXT
};

struct step_field {
    enum step_field_kind kind;
    const char *key;
    uint64_t end; /* of a number: what it is below; of bytes: the most */
};

enum { STEP_PIECE_FIELDS = 4 };

struct step_piece_row {
    const char *name;
    bool before_registers; /* it is printed before the registers that changed */
    struct step_field fields[STEP_PIECE_FIELDS + 1];
};

extern const struct step_piece_row step_piece_rows[STEP_PIECE_KINDS];

#endif
