/* What a program meets: arguments, environment variables, standard input, and calls that fail or
 * fall short. */
#ifndef GOLF_ENVIRONMENT_H
#define GOLF_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/text.h"

/* Which calls a rule is about. */
enum golf_rule_calls { GOLF_ON_ANY, GOLF_ON_READ, GOLF_ON_WRITE };

/* From the `first` call of them on (1: the first one), `count` calls fail with `error`, or
 * transfer at most `most` bytes if `error` is 0. */
enum { GOLF_ANY_STREAM = -1 };
struct golf_rule {
    uint8_t on;            /* enum golf_rule_calls */
    int8_t stream;         /* GOLF_ON_READ and _WRITE: the descriptor, or GOLF_ANY_STREAM */
    uint32_t first, count; /* count UINT32_MAX: all from then on */
    int error;
    uint64_t most;
};

/* What a call returns, whatever the rules say. */
struct golf_answer {
    bool is_set; /* otherwise it is as usual */
    int64_t result;
    uint8_t parameter; /* points to where the next `size` bytes of the input come */
    size_t size;       /* 0: the call fills nothing */
};

enum { GOLF_RULES = 4, GOLF_ANSWERS = 16 };
struct golf_environment {
    size_t index;
    struct golf_answer answers[GOLF_ANSWERS]; /* of the first calls, one after the other */
    size_t answer_count;
    bool makes;     /* calls are really made, in the sandbox; there are no rules */
    bool is_plain;  /* the first such one: the caller's arguments and input, if there are any */
    uint8_t closed; /* bit 0: descriptor 0 is closed; and so on */
    struct golf_rule rules[GOLF_RULES];
    size_t rule_count;
    char **arguments, **variables; /* with NULL after the last */
    uint8_t *input;                /* what standard input has */
    size_t input_size;
    const char *input_is; /* in words: "every byte", "70,000 bytes of text" */
};

/* What the caller wants of them. */
struct golf_environment_options {
    uint64_t seed;
    char *const *arguments; /* argv: that of every other environment; NULL: only made ones */
    const uint8_t *input;   /* the standard input of every other one; NULL: only made ones */
    size_t input_size;
    bool full_writes; /* no write fails or falls short, and no descriptor for it is closed */
    size_t most_read; /* the largest read or so: some inputs are longer */
};

/* Makes the environment `index` of a sequence that never ends: the first ones are what happens
 * most often, later ones are random. The same options give the same ones. Free it with
 * golf_environment_free(). Returns false if there is no memory. */
bool golf_environment_make(const struct golf_environment_options *options, size_t index,
                           struct golf_environment *environment);
void golf_environment_free(struct golf_environment *environment);

/* Frees a long input, which only a recording needs. */
void golf_environment_drop_input(struct golf_environment *environment);

/* Says in words what is particular about it: "write fails from the first on: ENOSPC (No space left
 * on device)". */
void golf_environment_text(const struct golf_environment *environment, struct elfgen_text *text);

/* Appends a command of a shell that starts `program` in it; strace makes calls fail. Returns false,
 * having appended nothing, if a shell cannot do it: calls that fall short, long inputs. */
bool golf_environment_command(const struct golf_environment *environment, const char *program,
                              struct elfgen_text *text);

#endif
