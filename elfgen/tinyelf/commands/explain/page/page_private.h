/* What the files of the page share: private to them. */
#ifndef PAGE_PRIVATE_H
#define PAGE_PRIVATE_H

#include "bytemap/verdict.h"
#include "commands/explain/explain.h"

enum {
    PAGE_BYTES = 1 << 20, /* the largest file that a page shows */
    PAGE_OWNERS = 300000, /* the most owners */
    PAGE_MAGIC = 4,       /* bytes of the magic number, one owner in the page */
    PAGE_SEGMENTS = 8     /* strips of memory; the others are counted */
};

/* What the page is made of besides the data: page_document.c, which embed.cmake writes. */
extern const unsigned char page_before_title[], page_before_data[], page_after_data[];
extern const unsigned page_before_title_size, page_before_data_size, page_after_data_size;

/* Each appends members of the data's object: ,"key":value and so on; data.js reads them. The text
 * that they write to makes \u003c of each '<'. */

/* "facts", "elf", "verdict". */
void page_put_facts(struct elfgen_text *out, const struct elfgen_view *view);
void page_put_verdict(struct elfgen_text *out, const struct elfgen_view *view,
                      const struct verdict *verdict, uint32_t kernel);

/* "memory". */
void page_put_memory(struct elfgen_text *out, const struct elfgen_view *view,
                     const struct verdict *verdict);

/* "parts", "strings", "shapes", "owners", "symbols". Returns false if the walk ended early or there
 * are too many owners: map->error says why. */
bool page_put_owners(struct elfgen_text *out, struct bytemap *map);

#endif
