/* Answers system calls as an environment wants it. */
#include "model.h"

#include <errno.h>
#include <string.h>

#include "memory.h"
#include "sandbox/kinds.h"

enum { PIECES_MOST = 1024 }; /* of readv */

void golf_model_begin(struct golf_model *model, const struct golf_environment *environment,
                      unsigned kinds)
{
    *model = (struct golf_model){.environment = environment,
                                 .closed = environment->closed,
                                 .writes_input = (kinds & SANDBOX_KIND_BIT(WRITE_STDIN)) != 0};
}

void golf_output_put(struct golf_bytes *outputs, uint64_t where, const void *bytes, size_t size)
{
    golf_bytes_put_number(outputs, where);
    golf_bytes_put_number(outputs, size);
    golf_bytes_put(outputs, bytes, size);
}

/* ---- rules ---- */

static bool is_about(const struct golf_rule *rule, uint32_t number)
{
    return number >= rule->first && number - rule->first < rule->count;
}

/* The first rule that is about this call, which is the `number`th of its kind; NULL: none. */
static const struct golf_rule *find_rule(const struct golf_model *model, enum golf_rule_calls on,
                                         int stream, uint32_t number)
{
    const struct golf_environment *environment = model->environment;
    for (size_t i = 0; i < environment->rule_count; i++) {
        const struct golf_rule *rule = &environment->rules[i];
        if (rule->on == GOLF_ON_ANY && rule->error != 0 && is_about(rule, model->calls))
            return rule;
        if (rule->on == on && rule->on != GOLF_ON_ANY && is_about(rule, number) &&
            (rule->stream == GOLF_ANY_STREAM || rule->stream == stream))
            return rule;
    }
    return NULL;
}

/* ---- descriptors ---- */

static bool is_standard(const struct golf_model *model, int file)
{
    return file >= 0 && file < 3 && !(model->opened >> file & 1);
}

static bool is_opened(const struct golf_model *model, int file)
{
    return file >= 0 && file < 64 && (model->opened >> file & 1);
}

/* ---- bytes of one piece ---- */

/* Writes the next bytes of the input. Returns their number, or -EFAULT. */
static int64_t give(struct golf_model *model, pid_t id, uint64_t where, uint64_t address,
                    uint64_t size, struct golf_bytes *outputs)
{
    const struct golf_environment *environment = model->environment;
    uint64_t left = environment->input_size - model->input_at;
    uint64_t most = size < left ? size : left;
    const uint8_t *bytes = environment->input + model->input_at;
    size_t done = golf_memory_write(id, address, bytes, (size_t)most);
    if (done > 0)
        golf_output_put(outputs, where, bytes, done);
    model->input_at += done;
    return most > 0 && done == 0 ? -EFAULT : (int64_t)done;
}

static void note_read(struct golf_model *model, uint64_t size)
{
    if (size > model->most_read)
        model->most_read = size < CALL_TRANSFER_MOST ? (size_t)size : (size_t)CALL_TRANSFER_MOST;
}

/* Returns how many of the bytes of a write can be read, or -EFAULT. */
static int64_t take(pid_t id, uint64_t address, uint64_t size)
{
    size_t there = golf_memory_readable(id, address, (size_t)size);
    return size > 0 && there == 0 ? -EFAULT : (int64_t)there;
}

/* ---- pieces of readv and writev ---- */

/* Moves piece after piece, until one falls short. Returns how many bytes were moved, or an error.
 * `outputs`: NULL for a write. */
static int64_t move_pieces(struct golf_model *model, pid_t id, const struct process_call *call,
                           uint64_t most, struct golf_bytes *outputs)
{
    int64_t sum = 0;
    struct golf_piece piece;
    if (call->arguments[2] > PIECES_MOST)
        return -EINVAL;
    for (size_t i = 0; i < call->arguments[2] && most > 0; i++) {
        if (!golf_call_piece(id, call, i, &piece))
            return sum > 0 ? sum : -EFAULT;
        uint64_t size = piece.size < most ? piece.size : most;
        if (outputs)
            note_read(model, size);
        int64_t moved = outputs ? give(model, id, GOLF_PIECE + i, piece.address, size, outputs)
                                : take(id, piece.address, size);
        if (moved < 0)
            return sum > 0 ? sum : moved;
        sum += moved;
        most -= (uint64_t)moved;
        if ((uint64_t)moved < size)
            break;
    }
    return sum;
}

/* ---- read and write ---- */

static int64_t answer_read(struct golf_model *model, pid_t id, const struct process_call *call,
                           bool pieces, struct golf_bytes *outputs)
{
    const int file = (int32_t)call->arguments[0];
    const uint64_t size = pieces ? UINT64_MAX : call->arguments[2];
    const struct golf_rule *rule = find_rule(model, GOLF_ON_READ, file, ++model->reads);
    uint64_t most = size < CALL_TRANSFER_MOST ? size : CALL_TRANSFER_MOST;
    if (!pieces && (int64_t)size >= 0)
        note_read(model, size);
    if (file != 0 || model->closed & 1 || model->writes_input)
        return -EBADF;
    if (!pieces && (int64_t)size < 0)
        return -EFAULT;
    if (rule && rule->error != 0)
        return -rule->error;
    if (rule && rule->most < most)
        most = rule->most;
    return pieces ? move_pieces(model, id, call, most, outputs)
                  : give(model, id, 1, call->arguments[1], most, outputs);
}

static int64_t answer_write(struct golf_model *model, pid_t id, const struct process_call *call,
                            bool pieces)
{
    const int file = (int32_t)call->arguments[0];
    const uint64_t size = pieces ? UINT64_MAX : call->arguments[2];
    const struct golf_rule *rule = find_rule(model, GOLF_ON_WRITE, file, ++model->writes);
    uint64_t most = size < CALL_TRANSFER_MOST ? size : CALL_TRANSFER_MOST;
    if (file < (model->writes_input ? 0 : 1) || file > 2 || model->closed >> file & 1)
        return -EBADF;
    if (!pieces && (int64_t)size < 0) /* access_ok() in vfs_write(), fs/read_write.c */
        return -EFAULT;
    if (rule && rule->error != 0)
        return -rule->error;
    if (rule && rule->most < most)
        most = rule->most;
    return pieces ? move_pieces(model, id, call, most, NULL) : take(id, call->arguments[1], most);
}

/* ---- others ---- */

static int64_t answer_close(struct golf_model *model, const struct process_call *call)
{
    const int file = (int32_t)call->arguments[0];
    if (file < 0 || file > 2 || model->closed >> file & 1)
        return -EBADF;
    model->closed |= (uint8_t)(1 << file);
    return 0;
}

/* It sleeps for no time. */
static int64_t answer_sleep(pid_t id, const struct process_call *call, const char *name)
{
    const bool named = strcmp(name, "nanosleep") != 0;
    const bool narrow =
        syscall_abi(call->abi)->word == 4 && strcmp(name, "clock_nanosleep_time64") != 0;
    int64_t wide[2] = {0};
    int32_t small[2] = {0};
    void *place = narrow ? (void *)small : (void *)wide;
    const size_t size = narrow ? sizeof small : sizeof wide;
    if (golf_memory_read(id, call->arguments[named ? 2 : 0], place, size) != size)
        return -EFAULT;
    const int64_t seconds = narrow ? small[0] : wide[0], rest = narrow ? small[1] : wide[1];
    return seconds < 0 || rest < 0 || rest > 999999999 ? -EINVAL : 0;
}

static bool may_fail(const struct call_row *row)
{
    return row->result_kind != ELFGEN_RESULT_VALUE && row->result_kind != ELFGEN_RESULT_NEVER;
}

/* The answer that the environment has for this very call; NULL: none. */
static const struct golf_answer *next_answer(struct golf_model *model, const struct call_row *row)
{
    const struct golf_environment *environment = model->environment;
    const size_t at = model->asked++;
    bool has_one = at < environment->answer_count && environment->answers[at].is_set;
    return has_one && may_fail(row) ? &environment->answers[at] : NULL;
}

static int64_t give_answer(struct golf_model *model, pid_t id, const struct process_call *call,
                           const struct golf_answer *answer, struct golf_bytes *outputs)
{
    if (answer->size > 0 && (uint64_t)give(model, id, answer->parameter,
                                           call->arguments[answer->parameter % ELFGEN_ARGUMENTS],
                                           answer->size, outputs) != answer->size)
        return -EFAULT;
    return answer->result;
}

bool golf_model_answer(struct golf_model *model, pid_t id, const struct process_call *call,
                       const char *name, const struct call_row *row, int64_t *result,
                       struct golf_bytes *outputs)
{
    const bool pieces = name[strlen(name) - 1] == 'v';
    const int file = (int32_t)call->arguments[0];
    const bool reads = strcmp(name, "read") == 0 || strcmp(name, "readv") == 0;
    const bool writes = strcmp(name, "write") == 0 || strcmp(name, "writev") == 0;
    const bool closes = strcmp(name, "close") == 0;
    const struct golf_answer *answer = next_answer(model, row);
    model->calls += may_fail(row);
    if (answer) {
        *result = give_answer(model, id, call, answer, outputs);
    } else if (writes) {
        *result = answer_write(model, id, call, pieces);
    } else if (reads && !is_opened(model, file)) {
        *result = answer_read(model, id, call, pieces, outputs);
    } else if (strstr(name, "nanosleep")) {
        *result = answer_sleep(id, call, name);
    } else {
        const struct golf_rule *rule =
            may_fail(row) ? find_rule(model, GOLF_ON_ANY, GOLF_ANY_STREAM, 0) : NULL;
        if (rule)
            *result = -rule->error;
        else if (closes && (is_standard(model, file) || !is_opened(model, file)))
            *result = answer_close(model, call);
        else
            return false;
    }
    return true;
}

void golf_model_made(struct golf_model *model, const struct process_call *call, const char *name,
                     const struct call_row *row)
{
    const int64_t result = call->result;
    const int file = (int32_t)call->arguments[0];
    if (row->result == CALL_TYPE_FD && result >= 0 && result < 64)
        model->opened |= UINT64_C(1) << result;
    if (strcmp(name, "close") == 0 && is_opened(model, file))
        model->opened &= ~(UINT64_C(1) << file);
}
