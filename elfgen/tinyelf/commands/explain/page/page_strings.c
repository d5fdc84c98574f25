/* Keeps texts once, found by their hash. */
#include "page_strings.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/json_write.h"
#include "base/memory_text.h"

void page_strings_open(struct page_strings *strings)
{
    *strings = (struct page_strings){.count = 0};
    strings->no_memory = !memory_text_open(&strings->text);
    page_strings_number(strings, "", 0);
}

void page_strings_close(struct page_strings *strings)
{
    free(strings->text.bytes);
    free(strings->all);
    free(strings->slots);
}

/* FNV-1a of 32 bits. */
static uint32_t hash_of(const char *text, size_t length)
{
    uint32_t hash = 0x811c9dc5;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x01000193;
    return hash;
}

/* The slot of a text, or the free one where it belongs. At least one is free. */
static uint32_t *slot_of(const struct page_strings *strings, const char *text, size_t length,
                         uint32_t hash)
{
    size_t place = hash & (strings->slot_count - 1);
    for (;; place = (place + 1) & (strings->slot_count - 1)) {
        uint32_t *slot = &strings->slots[place];
        if (*slot == 0)
            return slot;
        const struct page_string *string = &strings->all[*slot - 1];
        if (string->hash == hash && string->length == length &&
            memcmp(strings->text.bytes + string->start, text, length) == 0)
            return slot;
    }
}

/* Makes room for one more, with at least half of the slots free. */
static bool make_room(struct page_strings *strings)
{
    enum { FIRST = 256 };
    if (!grow_array(&strings->all, strings->count + 1, &strings->room, sizeof *strings->all))
        return false;
    if (strings->count * 2 < strings->slot_count)
        return true;
    size_t more = strings->slot_count ? strings->slot_count * 2 : FIRST;
    uint32_t *slots = calloc(more, sizeof *slots);
    if (!slots)
        return false;
    free(strings->slots);
    strings->slots = slots;
    strings->slot_count = more;
    for (size_t i = 0; i < strings->count; i++) {
        const struct page_string *string = &strings->all[i];
        *slot_of(strings, strings->text.bytes + string->start, string->length, string->hash) =
            (uint32_t)(i + 1);
    }
    return true;
}

size_t page_strings_number(struct page_strings *strings, const char *text, size_t length)
{
    if (strings->no_memory || !make_room(strings)) {
        strings->no_memory = true;
        return 0;
    }
    const uint32_t hash = hash_of(text, length);
    uint32_t *slot = slot_of(strings, text, length, hash);
    if (*slot != 0)
        return *slot - 1;
    strings->all[strings->count] =
        (struct page_string){.start = strings->text.length, .length = length, .hash = hash};
    elfgen_text_bytes(&strings->text, text, length);
    strings->no_memory = strings->text.cut;
    *slot = (uint32_t)++strings->count;
    return strings->count - 1;
}

size_t page_strings_number_of(struct page_strings *strings, const char *string)
{
    return string ? page_strings_number(strings, string, strlen(string)) : 0;
}

void page_strings_put(struct elfgen_text *out, const struct page_strings *strings)
{
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < strings->count; i++) {
        const struct page_string *string = &strings->all[i];
        if (i > 0)
            elfgen_text_char(out, ',');
        json_bytes(out, strings->text.bytes + string->start, string->length);
    }
    elfgen_text_char(out, ']');
}

void page_strings_put_plain(struct elfgen_text *out, const struct page_strings *strings)
{
    const char *between = "";
    elfgen_text_char(out, '[');
    for (size_t i = 1; i < strings->count; i++, between = ",") {
        elfgen_text_string(out, between);
        elfgen_text_bytes(out, strings->text.bytes + strings->all[i].start, strings->all[i].length);
    }
    elfgen_text_char(out, ']');
}
