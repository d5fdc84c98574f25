/* What the JSON reports share. They go out as they are made, so there is no document in between. */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include "elfgen/text.h"

/* The largest document that is read back, in bytes. */
enum { JSON_MOST = 64 << 20 };

/* A string of `length` bytes. Bytes, not characters: a file's name need not be UTF-8, and what is
 * no printable ASCII becomes \u00XX. */
void json_bytes(struct elfgen_text *out, const char *string, size_t length);

/* jansson, which reads what is written here, has a function of this name. */
#define json_string json_string_of

/* The same up to a NUL; null for NULL. */
void json_string(struct elfgen_text *out, const char *string);

/* ,"key": */
void json_key(struct elfgen_text *out, const char *key);

/* The same with a value. JSON sets no limit to integers: all 64 bits are written. */
void json_key_number(struct elfgen_text *out, const char *key, uint64_t value);
void json_key_signed(struct elfgen_text *out, const char *key, int64_t value);
void json_key_string(struct elfgen_text *out, const char *key, const char *string);
void json_key_null(struct elfgen_text *out, const char *key);

#endif
