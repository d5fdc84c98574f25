/* Words of a recording's JSON document, for both writing and reading. */
#ifndef STEP_JSON_NAMES_H
#define STEP_JSON_NAMES_H

#include "recording.h"

/* The value of "format". */
#define STEP_FORMAT "tinyelf step 1"

/* The value of "version"; docs/json.md says what raises it. */
enum { STEP_VERSION = 1 };

static const char *const step_kind_names[STEP_KINDS] = {
    [STEP_RAN] = "ran",         [STEP_FAULT] = "fault",     [STEP_SIGNAL] = "signal",
    [STEP_HANDLER] = "handler", [STEP_RESTART] = "restart", [STEP_EXEC] = "exec",
    [STEP_STOPPED] = "stopped", [STEP_LAST] = "last"};

static const char *const step_piece_names[STEP_PIECE_KINDS] = {
#define PIECE(kind, name, ...) [STEP_PIECE_##kind] = name,
#include "pieces.def"
#undef PIECE
};

static const char *const step_end_names[STEP_END_KINDS] = {
    [STEP_RUNNING] = "running", [STEP_EXITED] = "exited",           [STEP_KILLED] = "killed",
    [STEP_UNTIL] = "until",     [STEP_INTERRUPTED] = "interrupted", [STEP_FULL] = "full"};

#endif
