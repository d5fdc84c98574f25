/* Texts that are kept once and have a number, for the page's compact data. */
#ifndef PAGE_STRINGS_H
#define PAGE_STRINGS_H

#include "elfgen/text.h"

/* Begin with page_strings_open(). */
struct page_strings {
    struct elfgen_text text; /* all of them, one after another */
    struct page_string {
        size_t start, length;
        uint32_t hash;
    } * all;
    size_t count, room;
    uint32_t *slots; /* number plus 1; 0: free */
    size_t slot_count;
    bool no_memory; /* some are not there */
};

/* The first one, number 0, is the empty text. page_strings_close() is needed either way. */
void page_strings_open(struct page_strings *strings);
void page_strings_close(struct page_strings *strings);

/* The number of a text, which is added if it is new. */
size_t page_strings_number(struct page_strings *strings, const char *text, size_t length);

/* The same for a string that ends with NUL, or for NULL, which is the empty text. */
size_t page_strings_number_of(struct page_strings *strings, const char *string);

/* Appends all of them as a JSON array of strings; the same without quotes, for texts that are
 * numbers with commas between. */
void page_strings_put(struct elfgen_text *out, const struct page_strings *strings);
void page_strings_put_plain(struct elfgen_text *out, const struct page_strings *strings);

#endif
