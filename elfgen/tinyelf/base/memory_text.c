/* Grows the buffer of a text in memory. */
#include "memory_text.h"

#include "grow.h"

static void enlarge(struct elfgen_text *text)
{
    /* Without memory the buffer stays full, and the text is cut. */
    grow_array(&text->bytes, text->capacity + 1, &text->capacity, 1);
}

bool memory_text_open(struct elfgen_text *text)
{
    enum { FIRST = 16384 };
    *text = (struct elfgen_text){.flush = enlarge};
    text->cut = !grow_array(&text->bytes, FIRST, &text->capacity, 1);
    return !text->cut;
}
