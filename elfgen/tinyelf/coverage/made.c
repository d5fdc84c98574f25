/* Puts the system call of a record together, and writes it as strace does. */
#include "made.h"

#include <stdio.h>
#include <string.h>

static void take_argument(struct coverage_made *made, const struct step_piece *piece)
{
    if (piece->number >= ELFGEN_ARGUMENTS)
        return;
    made->call.arguments[piece->number] = piece->value;
    /* The parameter's name and the text, each with its NUL. */
    const char *name = (const char *)piece->bytes;
    made->texts[piece->number] = name + strlen(name) + 1;
}

bool coverage_made_take(struct coverage_made *made, struct calls *numbers,
                        const struct step_record *record)
{
    struct step_piece piece;
    size_t position = 0;
    bool found = false;
    while (recording_next_piece(record, &position, &piece)) {
        if (piece.kind == STEP_PIECE_CALL && piece.number < CALL_ABIS) {
            found = true;
            made->call.abi = (enum call_abi)piece.number;
            made->call.number = piece.value;
            snprintf(made->name, sizeof made->name, "%s", (const char *)piece.bytes);
        } else if (piece.kind == STEP_PIECE_ARGUMENT) {
            take_argument(made, &piece);
        } else if (piece.kind == STEP_PIECE_ANSWER) {
            made->answered = true;
            made->call.result = (int64_t)piece.value;
            made->call.failed = syscall_is_error(made->call.result);
        }
    }
    if (!found)
        return false;
    const struct call *call = syscall_find(numbers, made->call.abi, made->call.number);
    made->row = call ? call->row : NULL;
    return true;
}

static size_t read_nothing(void *context, uint64_t address, void *bytes, size_t size)
{
    (void)context;
    (void)address;
    (void)bytes;
    (void)size;
    return 0;
}

void coverage_made_put_answer(struct elfgen_text *out, const struct coverage_made *made)
{
    const struct memory_reader reader = {.read = read_nothing};
    if (made->answered)
        strace_result_text(out, &made->call, made->row, &reader);
    else
        elfgen_text_char(out, '?');
}

void coverage_made_put_question(struct elfgen_text *out, const struct coverage_made *made)
{
    const char *between = "";
    if (made->name[0] != '\0') {
        elfgen_text_string(out, made->name);
    } else {
        elfgen_text_string(out, "syscall_");
        elfgen_text_0x(out, made->call.number);
    }
    elfgen_text_char(out, '(');
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++) {
        if (!made->texts[i] || (made->row && strace_argument_is_absent(&made->call, made->row, i)))
            continue;
        elfgen_text_string(out, between);
        elfgen_text_string(out, made->texts[i]);
        between = ", ";
    }
    if (made->resumed) {
        elfgen_text_string(out, "<... resuming interrupted ");
        elfgen_text_string(out, made->resumed[0] ? made->resumed : "system call");
        elfgen_text_string(out, " ...>");
    }
    elfgen_text_char(out, ')');
}
