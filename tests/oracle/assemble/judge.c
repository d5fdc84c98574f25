/* Compares what nasm and the assembler make of a source: objects, warnings and errors. */
#include "judge_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flat.h"
#include "object.h"

void say(struct judge *judge, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(judge->text, sizeof judge->text, format, arguments);
    va_end(arguments);
}

void judge_open(struct judge *judge)
{
    *judge = (struct judge){.lines = 0};
    workplace_open(&judge->place, "nasm");
}

void judge_close(struct judge *judge)
{
    workplace_close(&judge->place);
}

void judge_write(const struct judge *judge, const char *name, const void *bytes, size_t size)
{
    FILE *file = workplace_file(&judge->place, name, "wb");
    fwrite(bytes, 1, size, file);
    workplace_written(file);
}

static int compare_messages(const void *left, const void *right)
{
    const struct message *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return strcmp(a->class, b->class);
}

/* Sorts the messages, and leaves one of those that are the same: nasm tells some in each pass. */
static void sort(struct messages *messages)
{
    size_t count = 0;
    qsort(messages->list, messages->count, sizeof *messages->list, compare_messages);
    for (size_t i = 0; i < messages->count; i++)
        if (count == 0 || compare_messages(&messages->list[count - 1], &messages->list[i]) != 0)
            messages->list[count++] = messages->list[i];
    messages->count = count;
}

/* Compares the warnings, by line and class; those of other files only by class. */
static bool warnings_differ(struct judge *judge, struct messages *theirs, struct messages *ours)
{
    sort(theirs);
    sort(ours);
    for (size_t i = 0; i < theirs->count || i < ours->count; i++) {
        const struct message *left = i < theirs->count ? &theirs->list[i] : NULL;
        const struct message *right = i < ours->count ? &ours->list[i] : NULL;
        const int order = !left ? 1 : !right ? -1 : compare_messages(left, right);
        if (order == 0)
            continue;
        judge->line = order < 0 ? left->line : right->line;
        say(judge, "a warning (%s) of %s alone", order < 0 ? left->class : right->class,
            order < 0 ? "nasm" : "the inside");
        return true;
    }
    if (ours->is_unordered)
        say(judge, "the inside tells warnings in another order than that of the lines");
    return ours->is_unordered;
}

static const struct message *first_error(const struct messages *messages)
{
    for (size_t i = 0; i < messages->count; i++)
        if (messages->list[i].is_error)
            return &messages->list[i];
    return NULL;
}

static bool has_error_at(const struct messages *messages, const struct message *at)
{
    for (size_t i = 0; i < messages->count; i++)
        if (messages->list[i].is_error && messages->list[i].line == at->line &&
            messages->list[i].is_elsewhere == at->is_elsewhere)
            return true;
    return false;
}

/* Makes blanks of the lines that nasm complains of. False: there are none in the source itself. */
static bool blank_errors(const struct messages *messages, char *text, size_t length)
{
    bool is_changed = false;
    uint64_t line = 1;
    for (size_t i = 0; i < length; i++) {
        const struct message here = {.line = line};
        if (text[i] == '\n')
            line++;
        else if (text[i] != ' ' && has_error_at(messages, &here)) {
            text[i] = (char)32;
            is_changed = true;
        }
    }
    return is_changed;
}

static size_t count_lines(const char *text, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n';
    return count;
}

/* Both refuse the source: at the same line? What nasm finds in later passes it does not tell if the
 * first pass found something, so what it finds is taken out of the source until it comes to ours.
 */
static enum verdict compare_errors(struct judge *judge, struct messages *theirs,
                                   const struct inside *inside, const char *text, size_t length,
                                   uint8_t mode)
{
    const struct message *ours = first_error(&inside->messages), *first = first_error(theirs);
    if (ours && first &&
        (first->line == 0 || has_error_at(theirs, ours) || has_error_at(&inside->messages, first)))
        return VERDICT_REFUSED;
    if (ours && strstr(theirs->first_error, "special symbol types")) /* of a label, not its line */
        return VERDICT_REFUSED;
    if (ours && first && first->line > count_lines(text, length)) /* nasm tells it at the end */
        return VERDICT_REFUSED;
    judge->line = ours ? ours->line : 0;
    say(judge, "nasm's error: %s; inside, line %llu: %.300s", theirs->first_error,
        (unsigned long long)judge->line, inside->error.text);
    char *copy = malloc(length + 1);
    if (!copy)
        die("memory");
    memcpy(copy, text, length);
    bool is_same = false;
    for (unsigned i = 0; ours && i < 6 && !is_same && blank_errors(theirs, copy, length); i++) {
        judge_write(judge, "source.asm", copy, length);
        theirs->count = 0;
        if (run_nasm(judge, mode))
            break;
        read_log(judge, theirs);
        is_same = has_error_at(theirs, ours);
    }
    free(copy);
    return is_same ? VERDICT_REFUSED : VERDICT_DIFFERENT;
}

/* The line that a byte is from; 0: not known. */
static uint64_t line_of(const struct elfgen_assembly *assembly, size_t section, uint64_t offset)
{
    uint64_t line = 0;
    for (size_t i = 0; i < assembly->line_count; i++)
        if (assembly->lines[i].section == section && assembly->lines[i].offset <= offset &&
            !assembly->lines[i].place.file)
            line = assembly->lines[i].place.line;
    return line;
}

/* The same for flat files, and their labels. */
static enum verdict compare_files(struct judge *judge, struct messages *theirs,
                                  struct inside *inside)
{
    char file[WORKPLACE_PATH], map[WORKPLACE_PATH];
    uint64_t offset = UINT64_MAX;
    workplace_path(&judge->place, "object", file);
    workplace_path(&judge->place, "map", map);
    const bool differs =
        flat_differs(file, map, &inside->assembly, judge->text, sizeof judge->text, &offset);
    if (differs)
        judge->line = offset == UINT64_MAX ? 0 : line_of(&inside->assembly, 0, offset);
    return differs || warnings_differ(judge, theirs, &inside->messages) ? VERDICT_DIFFERENT
                                                                        : VERDICT_SAME;
}

static enum verdict compare_objects(struct judge *judge, struct messages *theirs,
                                    struct inside *inside)
{
    struct object left, right;
    char path[WORKPLACE_PATH];
    size_t section;
    uint64_t offset;
    if (judge->flat)
        return compare_files(judge, theirs, inside);
    workplace_path(&judge->place, "object", path);
    object_read(&left, path);
    object_take(&right, &inside->assembly);
    bool differs =
        object_differs(&left, &right, judge->text, sizeof judge->text, &section, &offset);
    if (differs)
        judge->line = section == SIZE_MAX ? 0 : line_of(&inside->assembly, section, offset);
    else
        differs = warnings_differ(judge, theirs, &inside->messages);
    object_free(&left);
    object_free(&right);
    return differs ? VERDICT_DIFFERENT : VERDICT_SAME;
}

/* Whether an assembly that begins with little memory makes the same. */
static bool is_same_in_little(struct judge *judge, const char *text, size_t length, uint8_t mode,
                              struct inside *inside)
{
    struct inside again = {.judge = judge};
    struct object left, right;
    size_t section;
    uint64_t offset;
    const bool ends = assemble_in(&again, text, length, mode, length % 4096);
    bool is_same = ends && again.status == inside->status;
    if (!is_same)
        say(judge, "in little memory: %s", ends ? again.error.text : "NO_ROOM again and again");
    if (is_same && inside->status == ELFGEN_OK) {
        object_take(&left, &inside->assembly);
        object_take(&right, &again.assembly);
        is_same =
            !object_differs(&left, &right, judge->text, sizeof judge->text, &section, &offset);
        object_free(&left);
        object_free(&right);
    }
    release(&again);
    return is_same;
}

enum verdict judge_source(struct judge *judge, const char *text, size_t length, uint8_t mode)
{
    struct messages theirs = {0};
    struct inside inside = {.judge = judge};
    struct elfgen_source_place place;
    enum verdict verdict;
    judge->line = 0;
    judge->text[0] = '\0';
    if (elfgen_assemble_foreign(text, length, &place)) {
        judge->line = place.line;
        say(judge, "for nasm: %.*s", (int)(place.length < 80 ? place.length : 80),
            text + place.offset);
        return VERDICT_FOREIGN;
    }
    judge_write(judge, "source.asm", text, length);
    const bool accepted = run_nasm(judge, mode);
    read_log(judge, &theirs);
    const bool ends = assemble_in(&inside, text, length, mode, ELFGEN_ASSEMBLE_MEMORY(length));
    if (!ends) {
        verdict = VERDICT_DIFFERENT;
        say(judge, "NO_ROOM again and again");
    } else if (judge->flat && inside.status == ELFGEN_UNSUPPORTED) {
        verdict = VERDICT_FOREIGN;
        say(judge, "%s", inside.error.text);
    } else if (accepted != (inside.status == ELFGEN_OK)) {
        const struct message *error = first_error(accepted ? &inside.messages : &theirs);
        verdict = VERDICT_DIFFERENT;
        judge->line = error ? error->line : 0;
        say(judge, "%s alone refuses it: %s", accepted ? "the inside" : "nasm",
            accepted ? inside.error.text : theirs.first_error);
    } else if (accepted) {
        verdict = compare_objects(judge, &theirs, &inside);
    } else {
        verdict = compare_errors(judge, &theirs, &inside, text, length, mode);
    }
    if (verdict == VERDICT_SAME && !is_same_in_little(judge, text, length, mode, &inside))
        verdict = VERDICT_DIFFERENT;
    if (verdict == VERDICT_SAME) {
        judge->lines += count_lines(text, length);
        judge->warnings += theirs.count;
    }
    release(&inside);
    return verdict;
}

/* Takes lines from..to (counted from 0) out of `text` into `copy`. */
static size_t without_lines(const char *text, size_t length, size_t from, size_t to, char *copy)
{
    size_t line = 0, size = 0;
    for (size_t i = 0; i < length; i++) {
        if (line < from || line >= to)
            copy[size++] = text[i];
        line += text[i] == '\n';
    }
    return size;
}

size_t judge_reduce(struct judge *judge, char *text, size_t length, uint8_t mode)
{
    enum { KIND = 16 }; /* what the sentence begins with says what differs */
    char *copy = malloc(length + 1), kind[KIND];
    if (!copy)
        die("memory");
    judge_source(judge, text, length, mode);
    memcpy(kind, judge->text, sizeof kind);
    for (size_t step = count_lines(text, length) / 2 + 1; step > 0; step /= 2)
        for (size_t from = 0; from < count_lines(text, length);) {
            const size_t size = without_lines(text, length, from, from + step, copy);
            if (size < length && judge_source(judge, copy, size, mode) == VERDICT_DIFFERENT &&
                memcmp(judge->text, kind, KIND) == 0) {
                memcpy(text, copy, size);
                length = size;
            } else {
                from += step;
            }
        }
    free(copy);
    judge_source(judge, text, length, mode);
    return length;
}
