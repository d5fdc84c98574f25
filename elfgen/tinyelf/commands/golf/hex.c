/* Writes the annotated source of what was found, in the hex language. */
#include <stdlib.h>

#include "base/ascii.h"
#include "base/memory_text.h"
#include "cli/cli.h"
#include "commands/explain/make_source.h"
#include "golf_private.h"

enum { REMARK = 128 };

static int by_offset(const void *a, const void *b)
{
    const struct explain_remark *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* "golf: mov: a constant, for 0x7e of hello.s" */
static void write_remark(char *room, const struct golf_found_item *item, const char *original)
{
    struct elfgen_text text = {.bytes = room, .capacity = REMARK - 1};
    elfgen_text_string(&text, "golf: ");
    elfgen_text_string(&text, golf_item_words(item));
    if (item->source != ELFGEN_NOWHERE) {
        elfgen_text_string(&text, item->kind == GOLF_ITEM_DATA ? ", from " : ", for ");
        elfgen_text_0x(&text, item->source);
        elfgen_text_string(&text, " of ");
        for (const char *c = original; *c; c++) /* a name may have anything */
            elfgen_text_char(&text, ascii_printable((uint8_t)*c));
    }
    room[text.length] = 0;
}

bool golf_write_hex(const char *path, const struct golf_report *report)
{
    const struct golf_found *found = report->found;
    struct elfgen_text text;
    size_t count = found->size > 0 ? found->item_count : 0;
    struct explain_remark *remarks = calloc(count + 1, sizeof *remarks);
    char(*words)[REMARK] = calloc(count + 1, REMARK);
    bool is_done = remarks && words && memory_text_open(&text);
    if (!is_done)
        message_no_memory(path);
    for (size_t i = 0; is_done && i < count; i++) {
        write_remark(words[i], &found->items[i], report->original.name);
        remarks[i] = (struct explain_remark){found->items[i].offset, words[i]};
    }
    if (is_done) {
        qsort(remarks, count, sizeof *remarks, by_offset);
        is_done = explain_make_source(report->candidate.name, report->candidate.bytes,
                                      report->candidate.size, remarks, count, &text);
        is_done = is_done && (text.cut ? message_no_memory(path)
                                       : atomic_file_write(path, text.bytes, text.length, false));
        free(text.bytes);
    }
    free(words);
    free(remarks);
    return is_done;
}
