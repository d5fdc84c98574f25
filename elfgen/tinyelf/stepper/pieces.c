/* The rows of the kinds of a recording's pieces. */
#include "pieces.h"

#include "elfgen/code.h"

#define BEFORE true
#define AFTER  false
#define FIELD(kind, key, end)                                                                      \
    {                                                                                              \
        STEP_FIELD_##kind, key, end                                                                \
    }
#define HEX(key)         FIELD(HEX, key, 0)
#define NUMBER(key, end) FIELD(NUMBER, key, end)
#define ABI(key)         FIELD(ABI, key, 0)
#define CODE(key)        FIELD(CODE, key, 0)
#define FILE(key)        FIELD(FILE, key, 0)
#define VECTOR_NAME(key) FIELD(VECTOR_NAME, key, 0)
#define CHANGE(most)     FIELD(CHANGE, "from", most)
#define BYTES(key)       FIELD(BYTES, key, STEP_FILE_MOST)
#define TEXT(key)        FIELD(TEXT, key, 0)

const struct step_piece_row step_piece_rows[STEP_PIECE_KINDS] = {
#define PIECE(kind, name, print, turn, ...) [STEP_PIECE_##kind] = {name, turn, {__VA_ARGS__}},
#include "pieces.def"
#undef PIECE
};
