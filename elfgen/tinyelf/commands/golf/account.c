/* Counts what the bytes of a file are: headers, code, data. */
#include <stdlib.h>

#include "golf_private.h"

static const struct {
    const char *name, *words;
} parts[GOLF_PARTS] = {
    [GOLF_PART_HEADERS] = {"headers", "headers alone"},
    [GOLF_PART_CODE] = {"code", "code alone"},
    [GOLF_PART_DATA] = {"data", "data alone"},
    [GOLF_PART_JUMPS] = {"jumps", "jumps, fillers"},
    [GOLF_PART_SHARED] = {"shared", "two at once"},
    [GOLF_PART_UNUSED] = {"unused", "unused"},
};

const char *golf_part_words(enum golf_part part)
{
    return parts[part].words;
}

const char *golf_part_name(enum golf_part part)
{
    return parts[part].name;
}

/* Marks: a bit for each part that a byte is. */
static void mark(uint8_t *marks, size_t size, uint64_t offset, uint64_t length, enum golf_part part)
{
    for (uint64_t i = offset; i < size && i - offset < length; i++)
        marks[i] = (uint8_t)(marks[i] | 1u << part);
}

static void count(const uint8_t *marks, size_t size, struct golf_account *account)
{
    *account = (struct golf_account){{0}};
    for (size_t i = 0; i < size; i++) {
        enum golf_part part = GOLF_PART_HEADERS;
        while (part < GOLF_PART_SHARED && marks[i] != 1u << part)
            part++;
        account->bytes[marks[i] ? part : GOLF_PART_UNUSED]++;
    }
}

static void mark_headers(uint8_t *marks, size_t size, const struct golf_file *file)
{
    struct elfgen_view view;
    if (elfgen_view_open_program(&view, file->bytes, file->size, NULL) == ELFGEN_NOT_ELF)
        return;
    const enum elfgen_class class_ = view.class_;
    mark(marks, size, 0, elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, class_), GOLF_PART_HEADERS);
    mark(marks, size, view.segments.offset,
         view.segments.count * elfgen_structure_size(ELFGEN_STRUCTURE_phdr, class_),
         GOLF_PART_HEADERS);
}

bool golf_account_original(const struct golf_file *original, const struct golf_lifted *lifted,
                           struct golf_account *account)
{
    const size_t size = original->size;
    uint8_t *marks = calloc(size + 1, 1);
    if (!marks)
        return false;
    mark_headers(marks, size, original);
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        mark(marks, size, block->offset, block->size, GOLF_PART_CODE);
        for (size_t k = 0; k < block->count; k++)
            mark(marks, size, block->operations[k].offset, block->operations[k].length,
                 GOLF_PART_CODE);
    }
    for (size_t i = 0; i < lifted->data_count; i++)
        if (lifted->data[i].bytes && !lifted->data[i].is_code)
            mark(marks, size, (uint64_t)(lifted->data[i].bytes - original->bytes),
                 lifted->data[i].file_size, GOLF_PART_DATA);
    count(marks, size, account);
    free(marks);
    return true;
}

static enum golf_part part_of(const struct golf_found_item *item)
{
    switch ((enum golf_item_kind)item->kind) {
    case GOLF_ITEM_CHOICE:
    case GOLF_ITEM_BRANCH:
        return GOLF_PART_CODE;
    case GOLF_ITEM_DATA:
        return GOLF_PART_DATA;
    default:
        return GOLF_PART_JUMPS;
    }
}

bool golf_account_found(const struct golf_found *found, struct golf_account *account)
{
    const struct golf_overlap *overlap = &found->overlap;
    const size_t size = found->size, word = overlap->bits / 8;
    uint8_t *marks = calloc(size + 1, 1);
    if (!marks)
        return false;
    for (size_t i = 0; i < overlap->size; i++)
        if (overlap->cells[i].kind != GOLF_CELL_FREE)
            mark(marks, size, i, 1, GOLF_PART_HEADERS);
    mark(marks, size, overlap->entry_at, word, GOLF_PART_HEADERS);
    mark(marks, size, overlap->base_at, word, GOLF_PART_HEADERS);
    if (overlap->filesz_at != GOLF_NOWHERE)
        mark(marks, size, overlap->filesz_at, word, GOLF_PART_HEADERS);
    if (overlap->memsz_at != GOLF_NOWHERE)
        mark(marks, size, overlap->memsz_at, word, GOLF_PART_HEADERS);
    for (size_t i = 0; i < found->item_count; i++)
        mark(marks, size, found->items[i].offset, found->items[i].length,
             part_of(&found->items[i]));
    count(marks, size, account);
    free(marks);
    return true;
}
