/* Writes JSON piece by piece, without a document in memory. */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include "elfgen/text.h"

/* Bytes of the largest document that is read back. */
enum { JSON_MOST = 80 << 20 };

/* Begins a document: {"version":1 */
void json_begin(struct elfgen_text *out, unsigned version);

/* Writes a string of `length` bytes. A file's name need not be UTF-8, so each byte that is not
 * printable ASCII becomes \u00XX. */
void json_bytes(struct elfgen_text *out, const char *string, size_t length);

/* jansson, with which JSON is read, has a function of this name. */
#define json_string json_string_of

/* The same for a string that ends with NUL; writes null for NULL. */
void json_string(struct elfgen_text *out, const char *string);

/* Writes ,"key": */
void json_key(struct elfgen_text *out, const char *key);

/* The same with a value. JSON does not limit integers: all 64 bits are written. */
void json_key_number(struct elfgen_text *out, const char *key, uint64_t value);
/* The same, and an exact twin for readers whose numbers are doubles: ,"key":31,"key_hex":"0x1f" */
void json_key_twins(struct elfgen_text *out, const char *key, uint64_t value);
/* Writes ,"key":"0x1f" */
void json_key_0x(struct elfgen_text *out, const char *key, uint64_t value);
void json_key_signed(struct elfgen_text *out, const char *key, int64_t value);
void json_key_string(struct elfgen_text *out, const char *key, const char *string);
void json_key_bool(struct elfgen_text *out, const char *key, bool value);
void json_key_null(struct elfgen_text *out, const char *key);
/* The number if `there`, or else null. */
void json_key_number_if(struct elfgen_text *out, const char *key, bool there, uint64_t value);
/* Writes the name of a signal, "SIGSEGV", or "signal 40" for one without a name. */
void json_signal(struct elfgen_text *out, int number);
/* Both twins, or null twice. */
void json_key_twins_if(struct elfgen_text *out, const char *key, bool there, uint64_t value);

#endif
