/* Reads an untrusted JSON document. Each call reads a key's value if it has the right form, and
 * otherwise sets the error, which keeps the first one of a document. */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/error.h"

/* A document that is being read, the position in it ("steps[12]") and its first error. */
struct json_reader {
    const char *document; /* what it should be, for messages: "recording of tinyelf" */
    void *into;           /* the caller's */
    struct elfgen_error *error;
    const char *list; /* key of the list that is being read; NULL: none */
    uint64_t index;   /* of the item in it */
    bool failed;
};

/* Parses a document and reads it with `read`. Returns false with *reader->error if it is too large
 * or no JSON, or if `read` returns false: because of an error, or if there is no memory. */
bool json_read_document(struct json_reader *reader, const void *bytes, size_t size,
                        bool (*read)(struct json_reader *reader, const json_t *document));

/* Calls `read` for each item of the list at `key`. Returns false if there is no list, or `read`
 * does. */
bool json_read_each(struct json_reader *reader, const json_t *document, const char *key,
                    bool (*read)(struct json_reader *reader, json_t *item));

/* Sets the error that `key` should be something else. Returns false. */
bool json_read_fail(struct json_reader *reader, const char *key, const char *right);

/* Checks that "version" is one from 1 to `newest`. A document without it is older than versions
 * are, and as version 1 has it. */
bool json_read_version(struct json_reader *reader, const json_t *document, uint32_t newest);

/* The list at `key`; NULL if there is none. */
const json_t *json_read_list(struct json_reader *reader, const json_t *from, const char *key);

/* Reads a number from a string such as "0x1f"; json_read_hex() finds that in an object. They return
 * false if it is none. */
bool json_read_to_hex(struct json_reader *reader, const json_t *value, const char *key,
                      uint64_t *number);
bool json_read_hex(struct json_reader *reader, const json_t *from, const char *key,
                   uint64_t *number);

/* Read a number below `end`, or of up to 63 bits. */
bool json_read_number(struct json_reader *reader, const json_t *from, const char *key, uint64_t end,
                      uint32_t *number);
bool json_read_large(struct json_reader *reader, const json_t *from, const char *key,
                     uint64_t *number);

/* Reads an index below `end`, or null as JSON_READ_NONE. */
#define JSON_READ_NONE UINT32_MAX
bool json_read_index(struct json_reader *reader, const json_t *from, const char *key, size_t end,
                     uint32_t *index);

/* Reads one of the words, as its index. */
bool json_read_word(struct json_reader *reader, const json_t *from, const char *key,
                    const char *const *words, size_t count, uint32_t *index);

/* Reads pairs of hex digits as bytes, which the caller frees. Returns NULL if they are none. */
uint8_t *json_read_bytes(struct json_reader *reader, const json_t *from, const char *key,
                         size_t most, size_t *size);

/* Reads a string of characters below 256 as bytes, which the caller frees. */
char *json_read_text(struct json_reader *reader, const json_t *value, const char *key,
                     size_t *length);

#endif
