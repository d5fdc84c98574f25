/* Breaks lines that are too long for the output between words. */
#include "fold.h"

#include "visible.h"

/* Where a line goes on that has `blanks` before its first word. */
static size_t column_below(const struct fold *fold, size_t blanks)
{
    enum { STEP = 2 };
    size_t column = fold->hang == 0 ? blanks + STEP : blanks > 0 ? fold->hang : STEP;
    return column < fold->width / 2 ? column : fold->width / 2;
}

static void break_line(struct fold *fold)
{
    elfgen_text_char(fold->out, '\n');
    elfgen_text_blanks(fold->out, fold->begins);
    fold->at = fold->begins;
    fold->blanks = 0;
}

static void put_word(struct fold *fold, const char *word, size_t length)
{
    size_t columns = visible_columns(word, length);
    if (!fold->inside)
        fold->begins = column_below(fold, fold->blanks);
    else if (fold->at + fold->blanks + columns > fold->width)
        break_line(fold);
    if (fold->at + fold->blanks >= fold->width)
        fold->blanks = fold->begins; /* a line of hardly anything but blanks */
    fold->inside = true;
    elfgen_text_blanks(fold->out, fold->blanks);
    fold->at += fold->blanks;
    fold->blanks = 0;
    while (fold->at + columns > fold->width && fold->at < fold->width) {
        size_t part = visible_fitting(word, length, fold->width - fold->at);
        if (part == 0)
            break; /* one character that is wider than the line */
        elfgen_text_bytes(fold->out, word, part);
        word += part;
        length -= part;
        columns = visible_columns(word, length);
        break_line(fold);
    }
    elfgen_text_bytes(fold->out, word, length);
    fold->at += columns;
}

/* Writes the words that are whole, and at the end the last one as well. */
static void put_words(struct fold *fold, bool end)
{
    const char *bytes = fold->room;
    size_t length = fold->text.length, i = 0;
    while (i < length) {
        size_t from = i;
        while (i < length && bytes[i] != ' ' && bytes[i] != '\n')
            i++;
        if (i == length && !end && from > 0) {
            i = from;
            break;
        }
        if (i > from)
            put_word(fold, bytes + from, i - from);
        if (i < length && bytes[i] == '\n') {
            elfgen_text_char(fold->out, '\n');
            fold->at = fold->blanks = 0;
            fold->inside = false;
        } else if (i < length) {
            fold->blanks++;
        }
        i += i < length;
    }
    memmove(fold->room, bytes + i, length - i);
    fold->text.length = length - i;
}

static void flush(struct elfgen_text *text)
{
    struct fold *fold = text->context;
    if (fold->width > 0) {
        put_words(fold, false);
        return;
    }
    elfgen_text_bytes(fold->out, text->bytes, text->length);
    text->length = 0;
}

void fold_open(struct fold *fold, struct elfgen_text *out, size_t width, size_t hang)
{
    *fold = (struct fold){.out = out, .width = width, .hang = hang};
    fold->text = (struct elfgen_text){
        .bytes = fold->room, .capacity = sizeof fold->room, .flush = flush, .context = fold};
}

void fold_close(struct fold *fold)
{
    if (fold->width > 0)
        put_words(fold, true);
    else
        flush(&fold->text);
}
