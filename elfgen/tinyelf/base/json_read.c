/* Reads values from a JSON document and checks each. */
#include "json_read.h"

#include <malloc.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_write.h"
#include "no_memory.h"

/* ---- memory ---- */

/* jansson's values take up to eighty times the memory of their text. Of a recording of JSON_MOST
 * bytes, they take twenty times as much. */
enum { MEMORY_MOST = 2047 << 20 };

/* What jansson has, as a list, while it parses a document. */
struct block {
    _Alignas(max_align_t) struct block *next;
    struct block *before;
};

static struct {
    struct block all; /* its ends */
    size_t used;
    bool parsing;
    jmp_buf refused;
} memory = {.all = {&memory.all, &memory.all}};

/* Where jansson parses, NULL leads to a wrong message or to a crash (2.14): load() takes over. */
static void *take_memory(size_t size)
{
    struct block *block =
        memory.used < MEMORY_MOST && size < MEMORY_MOST ? malloc(sizeof *block + size) : NULL;
    if (!block && memory.parsing)
        longjmp(memory.refused, 1);
    if (!block)
        return NULL;
    memory.used += malloc_usable_size(block);
    *block = (struct block){.next = memory.all.next, .before = &memory.all};
    block->next->before = block;
    memory.all.next = block;
    return block + 1;
}

static void give_block(struct block *block)
{
    block->next->before = block->before;
    block->before->next = block->next;
    memory.used -= malloc_usable_size(block);
    free(block);
}

static void give_memory(void *bytes)
{
    if (bytes)
        give_block((struct block *)bytes - 1);
}

static void give_all(void)
{
    struct block *block = memory.all.next;
    memory.all.next = memory.all.before = &memory.all;
    memory.used = 0;
    while (block != &memory.all) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

/* Parses a document. Without memory for it, everything is given back, and *refused is set. */
static json_t *parse(const void *bytes, size_t size, json_error_t *where, bool *refused)
{
    json_t *document = NULL;
    json_set_alloc_funcs(take_memory, give_memory);
    memory.parsing = true;
    if (setjmp(memory.refused) == 0)
        document = json_loadb(size ? bytes : "", size, JSON_REJECT_DUPLICATES, where);
    else
        *refused = true;
    memory.parsing = false;
    if (*refused)
        give_all();
    return document;
}

/* ---- the document ---- */

static json_t *load(struct json_reader *reader, const void *bytes, size_t size)
{
    json_error_t where;
    if (size > JSON_MOST) {
        elfgen_error_set(reader->error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "%u bytes: a %s may have up to %u", (uint64_t)size, reader->document,
                         (uint64_t)JSON_MOST);
        return NULL;
    }
    bool refused = false;
    json_t *document = parse(bytes, size, &where, &refused);
    if (refused) {
        error_no_memory(reader->error);
        return NULL;
    }
    /* jansson's message quotes the document. */
    for (char *c = where.text; !document && *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    if (!document)
        elfgen_error_set(reader->error, ELFGEN_BAD_VALUE, (uint64_t)where.position, "not a %s: %s",
                         reader->document, where.text);
    return document;
}

bool json_read_document(struct json_reader *reader, const void *bytes, size_t size,
                        bool (*read)(struct json_reader *reader, const json_t *document))
{
    json_t *document = load(reader, bytes, size);
    bool good = document && read(reader, document);
    if (document && !good && !reader->failed)
        error_no_memory(reader->error);
    json_decref(document);
    return good;
}

bool json_read_each(struct json_reader *reader, const json_t *document, const char *key,
                    bool (*read)(struct json_reader *reader, json_t *item))
{
    const json_t *list = json_read_list(reader, document, key);
    json_t *item;
    size_t i;
    reader->list = key;
    json_array_foreach(list, i, item)
    {
        reader->index = i;
        if (!read(reader, item))
            return false;
    }
    reader->list = NULL;
    return list != NULL;
}

bool json_read_version(struct json_reader *reader, const json_t *document, uint32_t newest)
{
    const json_t *value = json_object_get(document, "version");
    char right[64];
    if (!value || (json_is_integer(value) && json_integer_value(value) >= 1 &&
                   json_integer_value(value) <= (json_int_t)newest))
        return true;
    if (newest == 1)
        return json_read_fail(reader, "version", "1");
    snprintf(right, sizeof right, "from 1 to %u", newest);
    return json_read_fail(reader, "version", right);
}

/* ---- a value ---- */

bool json_read_fail(struct json_reader *reader, const char *key, const char *right)
{
    if (reader->failed)
        return false;
    reader->failed = true;
    if (reader->list)
        elfgen_error_set(reader->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                         "no %s: %s[%u]: '%s' should be %s", reader->document, reader->list,
                         reader->index, key, right);
    else
        elfgen_error_set(reader->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                         "no %s: '%s' should be %s", reader->document, key, right);
    return false;
}

static void fail_without_memory(struct json_reader *reader)
{
    if (!reader->failed)
        error_no_memory(reader->error);
    reader->failed = true;
}

const json_t *json_read_list(struct json_reader *reader, const json_t *from, const char *key)
{
    const json_t *list = json_object_get(from, key);
    if (!json_is_array(list))
        json_read_fail(reader, key, "a list");
    return json_is_array(list) ? list : NULL;
}

bool json_read_to_hex(struct json_reader *reader, const json_t *value, const char *key,
                      uint64_t *number)
{
    const char *text = json_string_value(value);
    char *end;
    if (!text || strncmp(text, "0x", 2) != 0 || strlen(text) > 18 || text[2] == '\0' ||
        strspn(text + 2, "0123456789abcdef") != strlen(text + 2))
        return json_read_fail(reader, key, "a string of 0x and up to 16 hex digits");
    *number = strtoull(text + 2, &end, 16);
    return true;
}

bool json_read_hex(struct json_reader *reader, const json_t *from, const char *key,
                   uint64_t *number)
{
    return json_read_to_hex(reader, json_object_get(from, key), key, number);
}

bool json_read_number(struct json_reader *reader, const json_t *from, const char *key, uint64_t end,
                      uint32_t *number)
{
    const json_t *value = json_object_get(from, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        (uint64_t)json_integer_value(value) >= end)
        return json_read_fail(reader, key,
                              end == 0 ? "null: there is none" : "a number in its range");
    *number = (uint32_t)json_integer_value(value);
    return true;
}

bool json_read_large(struct json_reader *reader, const json_t *from, const char *key,
                     uint64_t *number)
{
    const json_t *value = json_object_get(from, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return json_read_fail(reader, key, "a number from 0 up");
    *number = (uint64_t)json_integer_value(value);
    return true;
}

bool json_read_index(struct json_reader *reader, const json_t *from, const char *key, size_t end,
                     uint32_t *index)
{
    *index = JSON_READ_NONE;
    return json_is_null(json_object_get(from, key)) ||
           json_read_number(reader, from, key, end, index);
}

bool json_read_word(struct json_reader *reader, const json_t *from, const char *key,
                    const char *const *words, size_t count, uint32_t *index)
{
    const char *text = json_string_value(json_object_get(from, key));
    for (size_t i = 0; text && i < count; i++) {
        if (strcmp(text, words[i]) != 0)
            continue;
        *index = (uint32_t)i;
        return true;
    }
    return json_read_fail(reader, key, "one of the documented words");
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

uint8_t *json_read_bytes(struct json_reader *reader, const json_t *from, const char *key,
                         size_t most, size_t *size)
{
    const json_t *value = json_object_get(from, key);
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);
    bool fits = text && length % 2 == 0 && length / 2 <= most;
    uint8_t *bytes = fits ? malloc(length / 2 + 1) : NULL;
    if (fits && !bytes)
        fail_without_memory(reader);
    for (size_t i = 0; bytes && i < length; i++) {
        int half = digit(text[i]);
        if (half < 0) {
            free(bytes);
            bytes = NULL;
            break;
        }
        bytes[i / 2] = (uint8_t)(i % 2 == 0 ? half << 4 : bytes[i / 2] | half);
    }
    if (!bytes)
        json_read_fail(reader, key, "pairs of hex digits, not too many");
    *size = length / 2;
    return bytes;
}

char *json_read_text(struct json_reader *reader, const json_t *value, const char *key,
                     size_t *length)
{
    const char *text = json_string_value(value);
    size_t size = json_string_length(value);
    char *bytes = text ? malloc(size + 1) : NULL;
    if (text && !bytes)
        fail_without_memory(reader);
    *length = 0;
    for (size_t i = 0; bytes && i < size; i++) {
        unsigned c = (unsigned char)text[i];
        if (c >= 0x80) {
            unsigned next = i + 1 < size ? (unsigned char)text[i + 1] : 0;
            if (c > 0xc3) {
                free(bytes);
                bytes = NULL;
                break;
            }
            c = (c & 3) << 6 | (next & 0x3f);
            i++;
        }
        bytes[(*length)++] = (char)c;
    }
    if (!bytes) {
        json_read_fail(reader, key, "a string of characters below 256");
        return NULL;
    }
    bytes[*length] = '\0';
    return bytes;
}
