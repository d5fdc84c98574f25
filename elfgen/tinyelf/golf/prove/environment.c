/* Makes the environments in which two programs are compared. */
#include "environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EVERY UINT32_MAX

/* ---- numbers by a seed ---- */

/* splitmix64, by Sebastiano Vigna: public domain. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static size_t below(uint64_t *state, size_t end)
{
    return (size_t)(next_random(state) % end);
}

/* ---- the first ones ---- */

enum input_kind {
    INPUT_EMPTY,
    INPUT_LETTER,
    INPUT_LINE,
    INPUT_LINES,
    INPUT_CUT, /* no newline at its end */
    INPUT_BINARY,
    INPUT_ZEROS,
    INPUT_LONG,
    INPUT_LONGER, /* than the largest read */
    INPUT_RANDOM,
    INPUT_USER,
    INPUT_KINDS = INPUT_USER
};

enum argument_kind {
    ARGUMENTS_NONE,
    ARGUMENTS_ONE,
    ARGUMENTS_TWO,
    ARGUMENTS_EMPTY,
    ARGUMENTS_MANY,
    ARGUMENTS_LONG,
    ARGUMENTS_BINARY,
    ARGUMENTS_RANDOM,
    ARGUMENTS_USER,
    ARGUMENT_KINDS = ARGUMENTS_USER
};

enum variable_kind {
    VARIABLES_NONE,
    VARIABLES_USUAL,
    VARIABLES_EMPTY,
    VARIABLES_MANY,
    VARIABLE_KINDS
};

struct outline {
    uint8_t makes, closed, arguments, variables, input;
    struct golf_rule rules[GOLF_RULES];
};

#define ON_READ(error, first, count)                                                               \
    {                                                                                              \
        GOLF_ON_READ, GOLF_ANY_STREAM, first, count, error, 0                                      \
    }
#define ON_WRITE(error, first, count)                                                              \
    {                                                                                              \
        GOLF_ON_WRITE, GOLF_ANY_STREAM, first, count, error, 0                                     \
    }
#define READ_MOST(most, first, count)                                                              \
    {                                                                                              \
        GOLF_ON_READ, GOLF_ANY_STREAM, first, count, 0, most                                       \
    }
#define WRITE_MOST(most, first, count)                                                             \
    {                                                                                              \
        GOLF_ON_WRITE, GOLF_ANY_STREAM, first, count, 0, most                                      \
    }
#define ON_ANY(error, first, count)                                                                \
    {                                                                                              \
        GOLF_ON_ANY, GOLF_ANY_STREAM, first, count, error, 0                                       \
    }

/* What finds most differences comes first. A rule without `count` ends the list. */
static const struct outline outlines[] = {
    {.input = INPUT_USER, .arguments = ARGUMENTS_USER},
    {.rules = {ON_WRITE(ENOSPC, 1, EVERY)}, .arguments = ARGUMENTS_TWO, .input = INPUT_LINE},
    {.input = INPUT_LONGER, .arguments = ARGUMENTS_MANY, .variables = VARIABLES_USUAL},
    {.rules = {WRITE_MOST(1, 1, 3)}, .arguments = ARGUMENTS_TWO, .input = INPUT_LINE},
    {.arguments = ARGUMENTS_ONE, .input = INPUT_LETTER, .variables = VARIABLES_MANY},
    {.rules = {ON_WRITE(EINTR, 1, 1)}, .arguments = ARGUMENTS_ONE, .input = INPUT_BINARY},
    {.rules = {ON_READ(EINTR, 1, 1)}, .arguments = ARGUMENTS_EMPTY, .input = INPUT_LINES},
    {.closed = 1 << 1, .arguments = ARGUMENTS_ONE, .input = INPUT_CUT},
    {.closed = 1 << 0, .arguments = ARGUMENTS_TWO},
    {.rules = {ON_WRITE(ENOSPC, 2, EVERY)}, .arguments = ARGUMENTS_MANY, .input = INPUT_LONG},
    /* These are really made. */
    {.makes = true, .arguments = ARGUMENTS_USER, .input = INPUT_USER},
    {.makes = true, .arguments = ARGUMENTS_TWO, .input = INPUT_LINES, .variables = 1},
    {.makes = true, .arguments = ARGUMENTS_MANY, .input = INPUT_LONG},
    {.arguments = ARGUMENTS_LONG, .variables = VARIABLES_EMPTY, .input = INPUT_ZEROS},
    {.arguments = ARGUMENTS_BINARY, .input = INPUT_BINARY},
    {.rules = {WRITE_MOST(0, 1, 1)}, .arguments = ARGUMENTS_TWO, .input = INPUT_LINE},
    {.rules = {WRITE_MOST(5, 1, 1), ON_WRITE(EAGAIN, 2, EVERY)},
     .arguments = ARGUMENTS_LONG,
     .input = INPUT_LONG},
    {.rules = {ON_WRITE(EPIPE, 1, EVERY)}, .arguments = ARGUMENTS_ONE, .input = INPUT_LONG},
    {.rules = {ON_WRITE(EIO, 3, 1)}, .arguments = ARGUMENTS_MANY, .input = INPUT_LONG},
    {.rules = {READ_MOST(1, 1, EVERY)}, .arguments = ARGUMENTS_TWO, .input = INPUT_LINES},
    {.rules = {READ_MOST(3, 1, 2), WRITE_MOST(2, 1, 2)}, .input = INPUT_LINES},
    {.rules = {ON_READ(EISDIR, 1, EVERY)}, .arguments = ARGUMENTS_ONE},
    {.rules = {ON_READ(EIO, 2, 1)}, .arguments = ARGUMENTS_TWO, .input = INPUT_LONG},
    {.rules = {ON_READ(EAGAIN, 1, 1)}, .arguments = ARGUMENTS_ONE, .input = INPUT_LINE},
    {.rules = {WRITE_MOST(4096, 1, EVERY)}, .arguments = ARGUMENTS_LONG, .input = INPUT_LONG},
    {.rules = {ON_ANY(EINTR, 1, 1)}, .arguments = ARGUMENTS_TWO, .input = INPUT_LINES},
    {.rules = {ON_ANY(ENOSYS, 1, EVERY)}, .arguments = ARGUMENTS_TWO, .input = INPUT_LINES},
    {.rules = {ON_ANY(EPERM, 2, 1)}, .arguments = ARGUMENTS_MANY, .input = INPUT_LINES},
    {.closed = 1 << 2, .arguments = ARGUMENTS_TWO, .input = INPUT_LINE},
    {.closed = 7, .arguments = ARGUMENTS_MANY, .variables = VARIABLES_MANY},
    {.rules = {ON_WRITE(EINTR, 1, 2)}, .arguments = ARGUMENTS_MANY, .input = INPUT_LONG},
    {.rules = {ON_WRITE(EFAULT, 1, 1)}, .arguments = ARGUMENTS_NONE, .input = INPUT_LETTER},
    /* Results whose low byte, or low half, looks like another: for tests of a part of a register.
     */
    {.rules = {ON_ANY(EHWPOISON, 1, 1)}, .arguments = ARGUMENTS_ONE, .input = INPUT_LONG},
    {.rules = {ON_WRITE(EHWPOISON, 1, 1)}, .arguments = ARGUMENTS_ONE, .input = INPUT_LONG},
    {.rules = {READ_MOST(128, 1, 1), WRITE_MOST(128, 1, 1)},
     .arguments = ARGUMENTS_LONG,
     .input = INPUT_LONG},
    {.rules = {READ_MOST(256, 1, 1), WRITE_MOST(256, 1, 1)},
     .arguments = ARGUMENTS_LONG,
     .input = INPUT_LONG},
    {.rules = {READ_MOST(65536, 1, 1), WRITE_MOST(65536, 1, 1)}, .input = INPUT_LONG},
    {.rules = {READ_MOST(32768, 1, 1), WRITE_MOST(32768, 1, 1)}, .input = INPUT_LONG},
};
enum { OUTLINES = sizeof outlines / sizeof outlines[0], PLAIN = 10 };

/* ---- random ones ---- */

static struct golf_rule random_rule(uint64_t *state)
{
    /* Those that reads and writes have; the largest number of Linux's on x86 is 133. */
    static const int errors[] = {EINTR, EAGAIN, EBADF, ENOSPC, EIO, EPIPE, EFBIG, EINVAL, EDQUOT};
    enum { COUNT = sizeof errors / sizeof errors[0], LAST = 133, SMALL = 8, LARGE = 70000 };
    struct golf_rule rule = {.on = (uint8_t)below(state, 3), .stream = GOLF_ANY_STREAM};
    rule.first = 1 + (uint32_t)below(state, 1 + below(state, SMALL));
    rule.count = below(state, 3) == 0 ? EVERY : 1 + (uint32_t)below(state, 3);
    if (below(state, 3) != 0)
        rule.error =
            below(state, 2) == 0 ? errors[below(state, COUNT)] : 1 + (int)below(state, LAST);
    else
        rule.most = 1 + below(state, below(state, 2) == 0 ? SMALL : LARGE);
    /* Whoever goes on until all is written would not end. */
    if (rule.error == EINTR || rule.error == EAGAIN)
        rule.count = rule.count == EVERY ? 3 : rule.count;
    return rule;
}

static struct outline random_outline(uint64_t *state)
{
    struct outline outline = {.arguments = (uint8_t)below(state, ARGUMENT_KINDS),
                              .variables = (uint8_t)below(state, VARIABLE_KINDS),
                              .input = (uint8_t)below(state, INPUT_KINDS)};
    size_t rules = below(state, GOLF_RULES);
    if (below(state, 8) == 0)
        outline.closed = (uint8_t)below(state, 8);
    for (size_t i = 0; i < rules; i++)
        outline.rules[i] = random_rule(state);
    return outline;
}

/* ---- arguments and variables ---- */

/* Strings that are being put together: all in one block of memory, after their pointers. */
struct strings {
    char **pointers;
    char *at;
};

enum { MOST_STRINGS = 64, STRINGS_ROOM = 24 << 10 };

static bool open_strings(struct strings *strings)
{
    strings->pointers = calloc(1, (MOST_STRINGS + 1) * sizeof(char *) + STRINGS_ROOM);
    strings->at = strings->pointers ? (char *)(strings->pointers + MOST_STRINGS + 1) : NULL;
    return strings->pointers != NULL;
}

static void add_bytes(struct strings *strings, const char *bytes, size_t size)
{
    char **place = strings->pointers;
    while (*place)
        place++;
    *place = memcpy(strings->at, bytes, size);
    strings->at += size + 1;
}

static void add_string(struct strings *strings, const char *string)
{
    add_bytes(strings, string, strlen(string));
}

/* Bytes other than 0. */
static void add_random(struct strings *strings, uint64_t *state, size_t size, bool text)
{
    char bytes[8192];
    for (size_t i = 0; i < size && i < sizeof bytes; i++)
        bytes[i] =
            (char)(text ? ' ' + (int)below(state, '~' - ' ' + 1) : 1 + (int)below(state, 255));
    add_bytes(strings, bytes, size < sizeof bytes ? size : sizeof bytes);
}

static void add_arguments(struct strings *strings, enum argument_kind kind, uint64_t *state)
{
    enum { MANY = 12, LONG = 5000, MOST = 8 };
    size_t count = 0;
    switch (kind) {
    case ARGUMENTS_NONE:
    case ARGUMENTS_USER:
        break;
    case ARGUMENTS_ONE:
        add_string(strings, "a");
        break;
    case ARGUMENTS_TWO:
        add_string(strings, "one");
        add_string(strings, "two three");
        break;
    case ARGUMENTS_EMPTY:
        add_string(strings, "");
        add_string(strings, "-n");
        add_string(strings, "");
        break;
    case ARGUMENTS_MANY:
        for (int i = 0; i < MANY; i++)
            add_string(strings, &"-abcdefghijk"[i]);
        break;
    case ARGUMENTS_LONG:
        add_random(strings, state, LONG, true);
        add_string(strings, "7");
        break;
    case ARGUMENTS_BINARY:
        add_random(strings, state, 300, false);
        add_string(strings, "\n");
        break;
    case ARGUMENTS_RANDOM:
        count = below(state, MOST);
        for (size_t i = 0; i < count; i++)
            add_random(strings, state, below(state, 40), below(state, 2) == 0);
        break;
    }
}

static bool make_arguments(const struct golf_environment_options *options, enum argument_kind kind,
                           uint64_t *state, struct golf_environment *environment)
{
    struct strings strings;
    char *const *own = options->arguments;
    size_t count = 0;
    if (!open_strings(&strings))
        return false;
    environment->arguments = strings.pointers;
    if (kind != ARGUMENTS_USER || !own) {
        add_string(&strings, own ? own[0] : "program");
        add_arguments(&strings, kind, state);
        return true;
    }
    /* The caller's own are used where they are. */
    while (own[count] && count < MOST_STRINGS)
        count++;
    if (own[count]) {
        free(strings.pointers);
        while (own[count])
            count++;
        environment->arguments = calloc(count + 1, sizeof(char *));
    }
    if (environment->arguments)
        memcpy(environment->arguments, own, count * sizeof(char *));
    return environment->arguments != NULL;
}

static bool make_variables(enum variable_kind kind, uint64_t *state,
                           struct golf_environment *environment)
{
    enum { MANY = 30 };
    struct strings strings;
    if (!open_strings(&strings))
        return false;
    environment->variables = strings.pointers;
    if (kind == VARIABLES_USUAL) {
        add_string(&strings, "HOME=/");
        add_string(&strings, "LANG=C.UTF-8");
        add_string(&strings, "PATH=/usr/bin:/bin");
    } else if (kind == VARIABLES_EMPTY) {
        add_string(&strings, "");
        add_string(&strings, "=");
    } else if (kind == VARIABLES_MANY) {
        for (size_t i = 0; i < MANY; i++)
            add_random(&strings, state, 1 + below(state, 60), true);
    }
    return true;
}

/* ---- standard input ---- */

static size_t input_size(const struct golf_environment_options *options, enum input_kind kind,
                         uint64_t *state)
{
    enum { LONG = 70000, SOME = 300, FEW = 600, MUCH = 2 << 20 };
    const size_t most = options->most_read < MUCH ? options->most_read : MUCH;
    switch (kind) {
    case INPUT_EMPTY:
        return 0;
    case INPUT_LETTER:
        return 1;
    case INPUT_LINE:
        return 14;
    case INPUT_LINES:
        return 61;
    case INPUT_CUT:
        return 9;
    case INPUT_BINARY:
        return 256;
    case INPUT_ZEROS:
        return 100;
    case INPUT_LONG:
        return LONG;
    case INPUT_LONGER:
        return most + SOME > LONG ? most + SOME : LONG;
    case INPUT_RANDOM:
        return below(state, 1 + below(state, FEW));
    case INPUT_USER:
        return options->input ? options->input_size : 0;
    }
    return 0;
}

static const char *input_words(enum input_kind kind)
{
    static const char *const words[] = {[INPUT_EMPTY] = "nothing",
                                        [INPUT_LETTER] = "one letter",
                                        [INPUT_LINE] = "a line",
                                        [INPUT_LINES] = "a few lines",
                                        [INPUT_CUT] = "a line without a newline",
                                        [INPUT_BINARY] = "every byte once",
                                        [INPUT_ZEROS] = "zeros",
                                        [INPUT_LONG] = "lines of text",
                                        [INPUT_LONGER] =
                                            "lines of text, more than the largest read takes",
                                        [INPUT_RANDOM] = "random bytes",
                                        [INPUT_USER] = "as given"};
    return words[kind];
}

static uint8_t input_byte(enum input_kind kind, size_t i, uint64_t *state)
{
    static const char letters[] = "pack my box with five dozen liquor jugs 0123456789 ,;.-\n";
    switch (kind) {
    case INPUT_BINARY:
        return (uint8_t)i;
    case INPUT_ZEROS:
        return 0;
    case INPUT_RANDOM:
        return (uint8_t)next_random(state);
    default:
        /* Lines of different contents: nothing repeats with a period of a page or a buffer. */
        return (uint8_t)letters[(i + i / 577 + i / 4099) % (sizeof letters - 1)];
    }
}

static bool make_input(const struct golf_environment_options *options, enum input_kind kind,
                       uint64_t *state, struct golf_environment *environment)
{
    size_t size = input_size(options, kind, state);
    environment->input_size = size;
    environment->input_is = kind == INPUT_USER && !options->input ? "nothing" : input_words(kind);
    environment->input = malloc(size + 1);
    if (!environment->input)
        return false;
    if (kind == INPUT_USER && size > 0)
        memcpy(environment->input, options->input, size);
    else
        for (size_t i = 0; i < size; i++)
            environment->input[i] = input_byte(kind, i, state);
    if ((kind == INPUT_LINE || kind == INPUT_LINES) && size > 0)
        environment->input[size - 1] = '\n';
    return true;
}

/* ---- all of it ---- */

bool golf_environment_make(const struct golf_environment_options *options, size_t index,
                           struct golf_environment *environment)
{
    uint64_t state = options->seed * UINT64_C(0x100000001b3) + index;
    struct outline outline = index < OUTLINES ? outlines[index] : random_outline(&state);
    *environment = (struct golf_environment){.index = index,
                                             .makes = outline.makes,
                                             .is_plain = index == PLAIN,
                                             .closed = outline.closed};
    if (options->full_writes)
        environment->closed &= 1;
    for (size_t i = 0; i < GOLF_RULES && outline.rules[i].count != 0; i++)
        if (!options->full_writes || outline.rules[i].on == GOLF_ON_READ)
            environment->rules[environment->rule_count++] = outline.rules[i];
    /* What the caller has given is met as often as what is made. */
    if (options->arguments && options->arguments[1] && index % 2 == 0)
        outline.arguments = ARGUMENTS_USER;
    if (options->input && index % 4 < 2)
        outline.input = INPUT_USER;
    if (make_arguments(options, outline.arguments, &state, environment) &&
        make_variables(outline.variables, &state, environment) &&
        make_input(options, outline.input, &state, environment))
        return true;
    golf_environment_free(environment);
    return false;
}

void golf_environment_drop_input(struct golf_environment *environment)
{
    enum { SHORT = 256 };
    if (environment->input_size <= SHORT)
        return;
    free(environment->input);
    environment->input = NULL;
}

void golf_environment_free(struct golf_environment *environment)
{
    free(environment->arguments);
    free(environment->variables);
    free(environment->input);
    environment->arguments = environment->variables = NULL;
    environment->input = NULL;
}
