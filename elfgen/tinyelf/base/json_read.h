/* Reading a JSON document of which nothing is certain: each call takes a key's value if it is what
 * it should be, and otherwise says where it is not, once for a document. */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/error.h"

/* Where in the document: "steps[12]", and what was wrong first. */
struct reader {
    const char *document; /* what it should be: "recording of tinyelf" */
    void *into;           /* the reader's own */
    struct elfgen_error *error;
    const char *list; /* that is being read; NULL: none */
    uint64_t index;   /* in it */
    bool failed;
};

/* Text -> document, to be given back by json_decref(). NULL and *reader->error: it is too large, or
 * no JSON. */
json_t *values_load(struct reader *reader, const void *bytes, size_t size);

/* Each item of the list at `key` in turn, by `read`. False: there is none, or `read` said so. */
bool values_each(struct reader *reader, const json_t *document, const char *key,
                 bool (*read)(struct reader *reader, json_t *item));

/* At the end of a reading: where it came to none and nobody said why, there was no memory. */
bool values_end(struct reader *reader, bool good);

/* Says that `key` should be something else. False. */
bool value_fail(struct reader *reader, const char *key, const char *right);

/* The list at `key`; NULL: there is none. */
const json_t *value_list(struct reader *reader, const json_t *from, const char *key);

/* A string such as "0x1f" -> its number; the second takes it from an object. False: it is none. */
bool value_to_hex(struct reader *reader, const json_t *value, const char *key, uint64_t *number);
bool value_hex(struct reader *reader, const json_t *from, const char *key, uint64_t *number);

/* A number below `end`; the second of up to 64 bits. */
bool value_number(struct reader *reader, const json_t *from, const char *key, uint64_t end,
                  uint32_t *number);
bool value_large(struct reader *reader, const json_t *from, const char *key, uint64_t *number);

/* An index below `end`, or VALUE_NONE for null. */
#define VALUE_NONE UINT32_MAX
bool value_index(struct reader *reader, const json_t *from, const char *key, size_t end,
                 uint32_t *index);

/* One of some words. */
bool value_word(struct reader *reader, const json_t *from, const char *key,
                const char *const *words, size_t count, uint32_t *index);

/* Pairs of hex digits -> bytes, to be freed; NULL: they are none. */
uint8_t *value_bytes(struct reader *reader, const json_t *from, const char *key, size_t most,
                     size_t *size);

/* A string's bytes, each written as the character of its number, to be freed. */
char *value_text(struct reader *reader, const json_t *value, const char *key, size_t *length);

#endif
