/* Data: db to do with numbers, strings, floats, reserved places and repetitions. */
#include <string.h>

#include "items.h"
#include "output.h"
#include "sink.h"

enum { NESTED = 64 };

/* A list of elements that is being read. */
struct data {
    struct state *state;
    struct sink *sink;
    struct names names;
    const struct token *at;
    unsigned depth;
    bool is_skipped; /* it is read, and makes nothing */
};

static bool put_zeros(struct data *data, uint64_t count)
{
    struct sink *sink = data->sink;
    if (count > INT64_MAX - sink->size)
        return asm_error(data->state, data->at, ELFGEN_DOES_NOT_FIT,
                         "the line would make more than 2^63 bytes");
    if (count > 0 && sink_at(sink, count))
        memset(sink_at(sink, count), 0, count);
    sink->size += count;
    return true;
}

static bool put_string(struct data *data, unsigned size)
{
    struct sink *sink = data->sink;
    const size_t length = elfgen_asm_string_bytes(data->at, NULL, 0);
    if (sink_at(sink, length))
        elfgen_asm_string_bytes(data->at, sink_at(sink, length), length);
    sink->size += length;
    sink->has_data |= length > 0;
    data->at++;
    return put_zeros(data, (size - length % size) % size);
}

static bool put_float(struct data *data, unsigned size)
{
    uint8_t bytes[16] = {0};
    const bool is_negative = token_is(data->at, '-');
    if (data->at->kind != TOKEN_FLOAT)
        data->at++;
    unsigned warnings = 0;
    if (!elfgen_asm_float(data->at, is_negative, size, bytes, &warnings))
        return asm_error(data->state, data->at, ELFGEN_BAD_VALUE,
                         "%s is not a floating-point number of %u bytes",
                         elfgen_asm_token_text(data->at, (char[TOKEN_TEXT]){0}), (uint64_t)size);
    if (warnings & FLOAT_OVERFLOW)
        elfgen_asm_warning(data->state, ELFGEN_ASSEMBLE_FLOAT_OVERFLOW, data->at,
                           "the number is too large for its bytes, which are infinity");
    if (warnings & FLOAT_CUT)
        elfgen_asm_warning(data->state, ELFGEN_ASSEMBLE_OTHER, data->at,
                           "the number has more than 18 digits; those before them are left out");
    if (warnings & FLOAT_TOO_LONG)
        elfgen_asm_warning(data->state, ELFGEN_ASSEMBLE_FLOAT_TOOLONG, data->at,
                           "the number has more digits than are read");
    data->at++;
    if (sink_at(data->sink, size))
        memcpy(sink_at(data->sink, size), bytes, size);
    data->sink->size += size;
    data->sink->has_data = true;
    return true;
}

static bool put_number(struct data *data, const struct value *value, unsigned size,
                       const struct token *at)
{
    struct sink *sink = data->sink;
    if (size > 8)
        return asm_error(data->state, at, ELFGEN_BAD_VALUE,
                         "an integer has at most 8 bytes; numbers with a point have %u",
                         (uint64_t)size);
    if (value->kind == VALUE_OTHER)
        return asm_error(data->state, at, ELFGEN_BAD_VALUE,
                         "the value is neither a number nor an address");
    if (value->kind == VALUE_NUMBER && size < 8 && !data->is_skipped &&
        (value->number < -(INT64_C(1) << 8 * size) || value->number > (INT64_C(1) << 8 * size) - 1))
        elfgen_asm_warning(data->state, ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, at,
                           "the number does not fit: its upper bits are left out");
    const struct field field = {.offset = sink->size, .length = (uint8_t)size};
    uint8_t *bytes = sink_at(sink, size);
    sink->has_data = true;
    if (bytes)
        for (unsigned i = 0; i < size; i++)
            bytes[i] = (uint8_t)((uint64_t)value->number >> 8 * i);
    sink->size += size;
    return value->kind != VALUE_ADDRESS || !sink->is_last || !bytes ||
           elfgen_asm_store(data->state, sink, &field, value, at);
}

static bool put_list(struct data *data, unsigned size);

/* The end of an element: a comma, a closing parenthesis, the end of the line. */
static bool is_end(const struct token *token)
{
    return token->kind == TOKEN_END || token_is(token, ',') || token_is(token, ')');
}

/* Repeats what the sink has from `begin` on. Bytes with relocations are made again. */
static bool repeat(struct data *data, uint64_t begin, size_t relocations, uint64_t count,
                   const struct token *again, unsigned size,
                   bool (*put)(struct data *data, unsigned size))
{
    struct sink *sink = data->sink;
    const uint64_t length = sink->size - begin;
    const struct token *after = data->at;
    if (length > 0 && count - 1 > (INT64_MAX - sink->size) / length)
        return asm_error(data->state, again, ELFGEN_DOES_NOT_FIT,
                         "the line would make more than 2^63 bytes");
    if (sink->is_placed || elfgen_asm_relocation_count(data->state) > relocations) {
        for (uint64_t i = 1; i < count; i++) {
            data->at = again;
            if (!put(data, size))
                return false;
        }
        data->at = after;
        return true;
    }
    if (length > 0 && sink_at(sink, length * (count - 1)))
        for (uint64_t i = 1; i < count; i++)
            memcpy(sink->bytes + sink->size + (i - 1) * length, sink->bytes + begin, length);
    sink->size += length * (count - 1);
    return true;
}

/* What is repeated: a list between parentheses, or one element. */
static bool put_repeated(struct data *data, unsigned size)
{
    if (!token_is(data->at, '('))
        return asm_error(data->state, data->at, ELFGEN_BAD_VALUE,
                         "a list between parentheses was expected: 3 dup (1, 2)");
    if (data->depth == NESTED)
        return asm_error(data->state, data->at, ELFGEN_UNSUPPORTED,
                         "lists are nested more than %u deep", (uint64_t)NESTED);
    data->depth++;
    data->at++;
    if (!put_list(data, size))
        return false;
    data->depth--;
    if (!token_is(data->at, ')'))
        return asm_error(data->state, data->at, ELFGEN_BAD_VALUE,
                         "the closing parenthesis is missing");
    data->at++;
    return true;
}

static bool put_element(struct data *data, unsigned size);

static bool put_after_dup(struct data *data, unsigned size)
{
    return token_is(data->at, '(') ? put_repeated(data, size) : put_element(data, size);
}

static bool put_duplicates(struct data *data, const struct value *count, unsigned size,
                           const struct token *at)
{
    struct sink *sink = data->sink;
    if (count->kind == VALUE_UNKNOWN)
        return elfgen_asm_tell_unknown(data->state, at);
    if (count->kind == VALUE_ADDRESS || count->kind == VALUE_OTHER || count->number < 0)
        return asm_error(data->state, at, ELFGEN_BAD_VALUE,
                         count->number < 0 ? "the count is negative" : "the count is not a number");
    data->at++;
    const struct token *again = data->at;
    const uint64_t begin = sink->size;
    const size_t relocations = elfgen_asm_relocation_count(data->state);
    if (count->number == 0) { /* it is read, and makes nothing */
        struct sink nowhere = {0};
        const bool was_quiet = data->state->is_quiet;
        data->sink = &nowhere;
        data->state->is_quiet = true;
        const bool ok = put_after_dup(data, size);
        data->state->is_quiet = was_quiet;
        data->sink = sink;
        return ok;
    }
    return put_after_dup(data, size) &&
           repeat(data, begin, relocations, (uint64_t)count->number, again, size, put_after_dup);
}

static bool put_element(struct data *data, unsigned size)
{
    const struct token *at = data->at;
    struct value value;
    if (token_is(at, '?') && is_end(at + 1)) {
        data->at++;
        if (section_here(data->state)->type != ELFGEN_SHT_NOBITS && !data->is_skipped)
            elfgen_asm_warning(data->state, ELFGEN_ASSEMBLE_ZEROING, at,
                               "places without a value are zeros in this section");
        return put_zeros(data, size);
    }
    if (token_is(at, '%') && token_is(at + 1, '(')) {
        data->at++;
        return put_repeated(data, size);
    }
    if (token_is_word(at, WORD_SIZE)) {
        data->at++;
        return put_after_dup(data, word_of(at)->number);
    }
    if (at->kind == TOKEN_STRING && is_end(at + 1))
        return put_string(data, size);
    if (at->kind == TOKEN_FLOAT ||
        ((token_is(at, '-') || token_is(at, '+')) && at[1].kind == TOKEN_FLOAT))
        return put_float(data, size);
    if (!elfgen_asm_expression(&data->names, &data->at, &value, &data->state->fault))
        return elfgen_asm_tell_fault(data->state);
    return token_is_word(data->at, WORD_DUP) ? put_duplicates(data, &value, size, at)
                                             : put_number(data, &value, size, at);
}

static bool put_list(struct data *data, unsigned size)
{
    while (data->at->kind != TOKEN_END && !token_is(data->at, ')')) {
        if (!put_element(data, size))
            return false;
        if (!is_end(data->at))
            return asm_error(data->state, data->at, ELFGEN_BAD_VALUE,
                             "a comma was expected before %s",
                             elfgen_asm_token_text(data->at, (char[TOKEN_TEXT]){0}));
        if (token_is(data->at, ','))
            data->at++;
    }
    return true;
}

/* Reads the elements of a line that is repeated no times: what is wrong with them is told, and
 * names are looked up. */
static bool skip_line(struct state *state, const struct token *begin)
{
    struct sink nowhere = {0};
    struct data data = {.state = state, .sink = &nowhere, .at = begin + 1, .is_skipped = true};
    elfgen_asm_names(state, &data.names);
    return put_list(&data, word_of(begin)->number) &&
           (data.at->kind == TOKEN_END ||
            asm_error(state, data.at, ELFGEN_BAD_VALUE, "no parenthesis is open here"));
}

bool elfgen_asm_data_bytes(struct state *state, const struct token *begin, uint64_t count,
                           struct sink *sink)
{
    struct data data = {.state = state, .sink = sink};
    if (count == 0)
        return skip_line(state, begin);
    elfgen_asm_names(state, &data.names);
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t before = sink->size;
        const size_t relocations = elfgen_asm_relocation_count(state);
        data.at = begin + 1;
        if (!put_list(&data, word_of(begin)->number))
            return false;
        if (data.at->kind != TOKEN_END)
            return asm_error(state, data.at, ELFGEN_BAD_VALUE, "no parenthesis is open here");
        if (sink->is_placed || elfgen_asm_relocation_count(state) > relocations)
            continue;
        const uint64_t length = sink->size - before, rest = count - 1;
        if (length > 0 && rest > (INT64_MAX - sink->size) / length)
            return asm_error(state, begin, ELFGEN_DOES_NOT_FIT,
                             "the line would make more than 2^63 bytes");
        if (length > 0 && sink_at(sink, length * rest))
            for (uint64_t k = 0; k < rest; k++)
                memcpy(sink->bytes + sink->size + k * length, sink->bytes + before, length);
        sink->size += length * rest;
        break;
    }
    return true;
}

/* Bytes that suffice for a line without counts. */
static size_t bound(const struct token *tokens)
{
    size_t size = 16;
    for (; tokens->kind != TOKEN_END; tokens++) {
        if (token_is_word(tokens, WORD_DUP))
            return 0;
        size += 16 + (tokens->kind == TOKEN_STRING ? tokens->length : 0);
    }
    return size;
}

bool elfgen_asm_first_data(struct state *state, const struct token *times, uint64_t count,
                           const struct token *begin)
{
    struct sink sink = {.offset = section_here(state)->size};
    size_t room = times ? 0 : bound(begin);
    const bool was_quiet = state->is_quiet,
               is_zero = section_here(state)->type == ELFGEN_SHT_NOBITS;
    if (begin[1].kind == TOKEN_END)
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_DB_EMPTY, begin, "the line has no data");
    bool again = has_here(begin + 1) || (times && (state->lookups > 0 || has_here(times)));
    if (room == 0 || again || is_zero) {
        state->is_quiet = true;
        if (!elfgen_asm_data_bytes(state, begin, count, &sink)) {
            state->is_quiet = was_quiet;
            return false;
        }
        state->is_quiet = was_quiet;
        room = sink.size;
        again = again || state->lookups > 0 || is_zero;
    }
    if (!again && sink.size > MOST_BYTES)
        return elfgen_asm_advance(state, sink.size, begin);
    if (!again) {
        const unsigned before = state->lookups;
        sink = (struct sink){.offset = sink.offset};
        sink.bytes = elfgen_asm_room(state, room);
        sink.room = room;
        state->warned = false;
        state->is_quiet = true;
        if (!sink.bytes || !elfgen_asm_data_bytes(state, begin, count, &sink)) {
            state->is_quiet = was_quiet;
            return false;
        }
        state->is_quiet = was_quiet;
        again = state->lookups > before || state->warned;
    }
    if (again) {
        struct statement *statement = elfgen_asm_add_statement(state, ITEM_DATA, times, begin);
        if (!statement)
            return false;
        statement->item.size = sink.size;
        statement->fast = !times && bound(begin) > 0 ? FAST_FIXED : FAST_NONE;
        state->has_sizes |= statement->fast == FAST_NONE;
    } else {
        elfgen_asm_add_bytes(state, sink.size);
    }
    return elfgen_asm_advance(state, sink.size, begin);
}
