/* Writes JSON strings and keys. */
#include "json_write.h"

#include <string.h>

#include "ascii.h"
#include "signal_name.h"

void json_begin(struct elfgen_text *out, unsigned version)
{
    elfgen_text_string(out, "{\"version\":");
    elfgen_text_decimal(out, version, 0);
}

static void put_escaped(struct elfgen_text *out, unsigned char c)
{
    if (c == '"' || c == '\\') {
        elfgen_text_char(out, '\\');
        elfgen_text_char(out, (char)c);
    } else {
        elfgen_text_string(out, "\\u");
        elfgen_text_hex(out, c, 4);
    }
}

void json_bytes(struct elfgen_text *out, const char *string, size_t length)
{
    size_t done = 0;
    elfgen_text_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)string[i];
        if (c != '"' && c != '\\' && ascii_is_printable(c))
            continue;
        elfgen_text_bytes(out, string + done, i - done);
        put_escaped(out, c);
        done = i + 1;
    }
    elfgen_text_bytes(out, string + done, length - done);
    elfgen_text_char(out, '"');
}

void json_string(struct elfgen_text *out, const char *string)
{
    if (string)
        json_bytes(out, string, strlen(string));
    else
        elfgen_text_string(out, "null");
}

void json_key(struct elfgen_text *out, const char *key)
{
    elfgen_text_string(out, ",\"");
    elfgen_text_string(out, key);
    elfgen_text_string(out, "\":");
}

void json_key_number(struct elfgen_text *out, const char *key, uint64_t value)
{
    json_key(out, key);
    elfgen_text_decimal(out, value, 0);
}

void json_key_0x(struct elfgen_text *out, const char *key, uint64_t value)
{
    json_key(out, key);
    elfgen_text_char(out, '"');
    elfgen_text_0x(out, value);
    elfgen_text_char(out, '"');
}

void json_key_twins(struct elfgen_text *out, const char *key, uint64_t value)
{
    json_key_twins_if(out, key, true, value);
}

void json_key_signed(struct elfgen_text *out, const char *key, int64_t value)
{
    json_key(out, key);
    if (value < 0)
        elfgen_text_char(out, '-');
    elfgen_text_decimal(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 0);
}

void json_key_string(struct elfgen_text *out, const char *key, const char *string)
{
    json_key(out, key);
    json_string(out, string);
}

void json_key_bool(struct elfgen_text *out, const char *key, bool value)
{
    json_key(out, key);
    elfgen_text_string(out, value ? "true" : "false");
}

void json_key_null(struct elfgen_text *out, const char *key)
{
    json_key_string(out, key, NULL);
}

void json_key_number_if(struct elfgen_text *out, const char *key, bool there, uint64_t value)
{
    if (there)
        json_key_number(out, key, value);
    else
        json_key_null(out, key);
}

void json_signal(struct elfgen_text *out, int number)
{
    const char *name = signal_abbreviation(number);
    elfgen_text_string(out, name ? "\"SIG" : "\"signal ");
    if (name)
        elfgen_text_string(out, name);
    else
        elfgen_text_signed(out, number);
    elfgen_text_char(out, '"');
}

void json_key_twins_if(struct elfgen_text *out, const char *key, bool there, uint64_t value)
{
    json_key_number_if(out, key, there, value);
    elfgen_text_string(out, ",\"");
    elfgen_text_string(out, key);
    elfgen_text_string(out, "_hex\":");
    if (!there) {
        elfgen_text_string(out, "null");
        return;
    }
    elfgen_text_char(out, '"');
    elfgen_text_0x(out, value);
    elfgen_text_char(out, '"');
}
