/* Writes the report of mutate as a map and a table. */
#include <string.h>

#include "base/ascii.h"
#include "cli/colour.h"
#include "base/fold.h"
#include "base/table.h"
#include "base/width.h"
#include "elfgen/search.h"
#include "result.h"
#include "sandbox/kinds.h"

enum { ROW = 16, LINE = 100 /* of the wide form */ };

/* ---- one byte ---- */

/* From "nothing changes" to "everything breaks": the share of values that change something. */
enum level { LEVEL_NOTHING, LEVEL_FEW, LEVEL_SOME, LEVEL_MOST, LEVEL_EVERYTHING, LEVEL_UNKNOWN };
static const char levels[] = {'.', '-', '+', '*', '#', '?'};

static enum level level_of(const struct mutate_counts *counts)
{
    uint64_t runs = mutate_counts_runs(counts), changed = runs - counts->of[MUTATE_SAME];
    if (runs == 0)
        return LEVEL_UNKNOWN;
    if (changed == 0)
        return LEVEL_NOTHING;
    if (changed == runs)
        return LEVEL_EVERYTHING;
    return 4 * changed <= runs ? LEVEL_FEW : 4 * changed <= 3 * runs ? LEVEL_SOME : LEVEL_MOST;
}

/* The class that most values have; if several have as many, the last of them. */
static enum mutate_class way_of(const struct mutate_counts *counts)
{
    enum mutate_class most = MUTATE_SAME;
    for (int class_ = MUTATE_OUTPUT; class_ < MUTATE_CLASSES; class_++)
        if (counts->of[class_] != 0 &&
            (most == MUTATE_SAME || counts->of[class_] >= counts->of[most]))
            most = (enum mutate_class)class_;
    return most;
}

static char letter_of(enum mutate_class class_)
{
    static const char letters[MUTATE_CLASSES] = {'.', 'o', 'e', 'r', 's', 'b', 't'};
    return letters[class_];
}

/* ---- the map ---- */

static void begin_colour(struct elfgen_text *out, bool colour, enum level level)
{
    static const enum colour colours[] = {COLOUR_NOTHING_BREAKS,    COLOUR_FEW_BREAK,
                                          COLOUR_SOME_BREAK,        COLOUR_MOST_BREAK,
                                          COLOUR_EVERYTHING_BREAKS, COLOUR_UNKNOWN};
    if (colour)
        elfgen_text_string(out, colour_begin(colours[level]));
}

static void end_colour(struct elfgen_text *out, bool colour)
{
    if (colour)
        elfgen_text_string(out, colour_begin(COLOUR_NONE));
}

/* Writes the bytes from `from` to `to` in their columns. */
static void put_cells(struct elfgen_text *out, const struct mutate_byte *bytes, size_t count,
                      bool colour, bool ways)
{
    size_t i = 0;
    for (unsigned column = 0; column < ROW; column++) {
        if (column == ROW / 2)
            elfgen_text_char(out, ' ');
        if (i == count || bytes[i].offset % ROW != column) {
            elfgen_text_char(out, ' ');
            continue;
        }
        const struct mutate_counts *counts = &bytes[i++].counts;
        enum level level = level_of(counts);
        begin_colour(out, colour, level);
        if (ways && level != LEVEL_UNKNOWN)
            elfgen_text_char(out, letter_of(way_of(counts)));
        else
            elfgen_text_char(out, levels[level]);
        end_colour(out, colour);
    }
}

/* Instructions are shown by their text, other owners by their name. */
static bool is_instruction(const struct mutate_owner *owner)
{
    static const char word[] = "instruction[";
    return owner->name && owner->meaning && strncmp(owner->name, word, sizeof word - 1) == 0;
}

static const char *short_name(const struct mutate_owner *owner)
{
    static const char ehdr[] = "ehdr.";
    if (!owner->name)
        return "(nobody's)";
    if (is_instruction(owner))
        return owner->meaning;
    return strncmp(owner->name, ehdr, sizeof ehdr - 1) == 0 ? owner->name + sizeof ehdr - 1
                                                            : owner->name;
}

static bool is_same_owner(const struct mutate_byte *a, const struct mutate_byte *b)
{
    if (!a->owner.name || !b->owner.name)
        return a->owner.name == b->owner.name;
    return strcmp(a->owner.name, b->owner.name) == 0;
}

/* Names come from a file, or from a document that anybody may have written. */
static void put_printable(struct elfgen_text *out, const char *string)
{
    for (; *string; string++)
        elfgen_text_char(out, ascii_printable((uint8_t)*string));
}

/* As many digits as the largest offset needs, so that columns are aligned. */
static unsigned digits_of(const struct mutate_report *report)
{
    unsigned digits = 4;
    while (report->count != 0 && digits < 16 &&
           report->bytes[report->count - 1].offset >> 4 * digits != 0)
        digits++;
    return digits;
}

/* Names that begin in these bytes, as many as fit into the rest of the line. */
static void put_names(struct elfgen_text *out, const struct mutate_report *report, size_t from,
                      size_t to, size_t room)
{
    static const char more[] = ", ...";
    bool first = true;
    for (size_t i = from; i < to; i++) {
        const struct mutate_byte *byte = &report->bytes[i];
        if (i > 0 && is_same_owner(&report->bytes[i - 1], byte))
            continue;
        const char *name = short_name(&byte->owner);
        size_t length = strlen(name) + (first ? 0 : 2);
        if (length + sizeof more > room) {
            elfgen_text_string(out, first ? "..." : more);
            return;
        }
        elfgen_text_string(out, first ? "" : ", ");
        put_printable(out, name);
        room -= length;
        first = false;
    }
}

static void put_row(struct elfgen_text *out, const struct mutate_report *report, size_t from,
                    size_t to, bool colour, size_t width)
{
    unsigned digits = digits_of(report);
    size_t used = digits + 8 + 2 * (ROW + 1), line = width == WIDTH_WIDE ? LINE : width;
    elfgen_text_hex(out, report->bytes[from].offset / ROW * ROW, digits);
    elfgen_text_blanks(out, 2);
    put_cells(out, report->bytes + from, to - from, colour, false);
    elfgen_text_blanks(out, 3);
    put_cells(out, report->bytes + from, to - from, colour, true);
    elfgen_text_blanks(out, 3);
    put_names(out, report, from, to, line > used ? line - used : 0);
    elfgen_text_char(out, '\n');
}

/* Puts a legend: its entries on lines of `width` columns, none of them broken. */
static void put_legend(struct elfgen_text *out, size_t width, const char *head,
                       const char *const *entries)
{
    enum { INDENT = 6 };
    size_t at = strlen(head);
    elfgen_text_string(out, head);
    for (const char *between = " "; *entries; entries++, between = "  ") {
        size_t length = strlen(*entries);
        if (at + strlen(between) + length > width) {
            elfgen_text_char(out, '\n');
            elfgen_text_blanks(out, INDENT);
            at = INDENT;
        } else {
            elfgen_text_string(out, between);
            at += strlen(between);
        }
        elfgen_text_string(out, *entries);
        at += length;
    }
    elfgen_text_char(out, '\n');
}

static void put_legends(struct elfgen_text *out, size_t width)
{
    static const char *const left[] = {
        ". no value matters",  "- up to a quarter of the values change something",
        "+ to three quarters", "* more",
        "# everything breaks", NULL};
    static const char *const right[] = {"o other output",
                                        "e other exit status",
                                        "r refused by execve",
                                        "s killed by a signal",
                                        "b blocked by the sandbox",
                                        "t ran too long",
                                        NULL};
    enum { WIDE_LEGEND = 97 };
    width = width == WIDTH_WIDE ? WIDE_LEGEND : width;
    elfgen_text_char(out, '\n');
    put_legend(out, width, "left:", left);
    put_legend(out, width, "right, what most of these do:", right);
}

static void put_map(struct elfgen_text *out, const struct mutate_report *report, bool colour,
                    size_t width)
{
    static const char digits[] = "01234567 89abcdef";
    elfgen_text_blanks(out, digits_of(report) + 2);
    elfgen_text_string(out, digits);
    elfgen_text_blanks(out, 3);
    elfgen_text_string(out, digits);
    elfgen_text_char(out, '\n');
    for (size_t from = 0, to; from < report->count; from = to) {
        uint64_t row = report->bytes[from].offset / ROW;
        for (to = from; to < report->count && report->bytes[to].offset / ROW == row; to++)
            ;
        put_row(out, report, from, to, colour, width);
    }
    put_legends(out, width);
}

/* ---- totals ---- */

/* The columns of a place, of each class, and of the reasons. */
enum { PLACE, CLASSES, REASONS = CLASSES + MUTATE_CLASSES, COLUMN_COUNT };
enum {
    NAME = 28,
    NUMBER = 7,        /* columns of a number, after a blank */
    REASON_ROOM = 5120 /* for the names of all errors and signals */
};

struct totals {
    struct table_place places[COLUMN_COUNT];
    bool wide;
};

/* Words for narrow columns, in the order of the classes. */
static const char *const short_words[MUTATE_CLASSES] = {"same", "out", "stat", "ref",
                                                        "sig",  "blk", "time"};

static unsigned length_of(uint64_t number)
{
    unsigned length = 1;
    for (; number >= 10; number /= 10)
        length++;
    return length;
}

static void put_number(struct elfgen_text *out, uint64_t number, unsigned width)
{
    /* There is a blank even before the largest number. */
    elfgen_text_blanks(out, number != 0 ? 1 : width);
    if (number != 0)
        elfgen_text_decimal(out, number, width);
    else
        elfgen_text_char(out, '.');
}

/* How long the longest of the reasons is, with its comma. */
static unsigned longest_reason(const struct mutate_counts *counts)
{
    char room[REASON_ROOM];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    unsigned most = 1, length = 0;
    mutate_put_reasons(&text, counts);
    for (size_t i = 0; i < text.length; i++) {
        length = room[i] == ' ' ? 0 : length + 1;
        most = length > most ? length : most;
    }
    return most;
}

/* Lays the columns out. In the width of a terminal, a class that no run belongs to has no column.
 */
static void lay_out(struct totals *totals, size_t width, const struct mutate_counts *all)
{
    enum { LEAST_PLACE = 14, WORD = 4, REASONS_WIDE = 41 };
    struct table_column columns[COLUMN_COUNT] = {
        [PLACE] = {.wide = NAME, .least = LEAST_PLACE, .shrink = 1},
        [REASONS] =
            {.gap = 2, .wide = REASONS_WIDE, .least = longest_reason(all), .shrink = 6, .grow = 1},
    };
    totals->wide = width == WIDTH_WIDE;
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++) {
        unsigned length = length_of(all->of[class_]), least = length < WORD ? WORD : length;
        struct table_column *column = &columns[CLASSES + class_];
        if (totals->wide)
            *column = (struct table_column){.gap = 1, .wide = NUMBER};
        else if (all->of[class_] != 0)
            *column = (struct table_column){
                .gap = 1, .wide = least > NUMBER ? least : NUMBER, .least = least, .shrink = 2};
    }
    table_fit(columns, COLUMN_COUNT, width, totals->places);
}

static void put_counts(struct elfgen_text *out, const struct totals *totals,
                       const struct mutate_counts *counts)
{
    char room[REASON_ROOM];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    const struct table_place *reasons = &totals->places[REASONS];
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++) {
        const struct table_place *place = &totals->places[CLASSES + class_];
        if (place->size > 0)
            put_number(out, counts->of[class_], place->size);
    }
    mutate_put_reasons(&text, counts);
    if (totals->wide && text.length > 0) {
        elfgen_text_blanks(out, reasons->gap);
        elfgen_text_bytes(out, room, text.length);
    } else if (text.length > 0) {
        table_words(out, reasons, room, text.length);
    }
    elfgen_text_char(out, '\n');
}

static void put_heading(struct elfgen_text *out, const struct totals *totals)
{
    elfgen_text_char(out, '\n');
    table_put_string(out, &totals->places[PLACE], TABLE_LEFT, "field");
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++) {
        const struct table_place *place = &totals->places[CLASSES + class_];
        const char *word = mutate_class_name((enum mutate_class)class_);
        table_put_string(out, place, TABLE_RIGHT,
                         strlen(word) <= place->size ? word : short_words[class_]);
    }
    elfgen_text_char(out, '\n');
}

/* Of a name that does not fit, the end says more, which is the field; of an instruction, its begin.
 * The wide form shows the begin of all. */
static void put_place(struct elfgen_text *out, const struct totals *totals, unsigned digits,
                      uint64_t offset, const struct mutate_owner *owner)
{
    char room[NAME + LINE], name[LINE];
    struct elfgen_text label = {.bytes = room, .capacity = sizeof room};
    struct elfgen_text words = {.bytes = name, .capacity = sizeof name};
    struct table_place rest = totals->places[PLACE];
    elfgen_text_hex(&label, offset, digits);
    elfgen_text_blanks(&label, 2);
    rest.size = rest.size > label.length ? rest.size - (unsigned)label.length : 0;
    put_printable(&words, short_name(owner));
    table_put(&label, &rest, totals->wide || is_instruction(owner) ? TABLE_LEFT : TABLE_END, name,
              words.length);
    table_put(out, &totals->places[PLACE], TABLE_LEFT, room, label.length);
}

static void put_fields(struct elfgen_text *out, const struct mutate_report *report, size_t width)
{
    struct mutate_counts all = {.signals = 0};
    struct totals totals;
    unsigned digits = digits_of(report);
    for (size_t i = 0; i < report->count; i++)
        mutate_counts_add(&all, &report->bytes[i].counts);
    lay_out(&totals, width, &all);
    put_heading(out, &totals);
    for (size_t from = 0, to; from < report->count; from = to) {
        struct mutate_counts sum = {.signals = 0};
        for (to = from;
             to < report->count &&
             (to == from || (report->bytes[to].offset == report->bytes[to - 1].offset + 1 &&
                             is_same_owner(&report->bytes[from], &report->bytes[to])));
             to++)
            mutate_counts_add(&sum, &report->bytes[to].counts);
        put_place(out, &totals, digits, report->bytes[from].offset, &report->bytes[from].owner);
        put_counts(out, &totals, &sum);
    }
    table_put_string(out, &totals.places[PLACE], TABLE_LEFT, "all");
    put_counts(out, &totals, &all);
}

/* ---- pairs ---- */

static bool is_byte_before(const void *byte, const void *offset)
{
    return ((const struct mutate_byte *)byte)->offset < *(const uint64_t *)offset;
}

static const struct mutate_byte *byte_at(const struct mutate_report *report, uint64_t offset)
{
    size_t index =
        elfgen_search(report->bytes, report->count, sizeof *report->bytes, &offset, is_byte_before);
    return index < report->count && report->bytes[index].offset == offset ? &report->bytes[index]
                                                                          : NULL;
}

static void put_pair_label(struct elfgen_text *out, const struct mutate_report *report,
                           const struct mutate_two *pair)
{
    char room[NAME];
    struct elfgen_text label = {.bytes = room, .capacity = sizeof room};
    const struct mutate_byte *bytes[2];
    for (size_t i = 0; i < 2; i++)
        bytes[i] = byte_at(report, pair->offsets[i]);
    elfgen_text_hex(&label, pair->offsets[0], 4);
    elfgen_text_string(&label, " and ");
    elfgen_text_hex(&label, pair->offsets[1], 4);
    if (bytes[0] && bytes[1] && is_same_owner(bytes[0], bytes[1])) {
        elfgen_text_blanks(&label, 1);
        put_printable(&label, short_name(&bytes[0]->owner));
    }
    elfgen_text_bytes(out, room, label.length);
    elfgen_text_blanks(out, NAME - label.length);
}

/* Two bytes are related if changing both does what changing only one does not. */
static void put_pairs(struct elfgen_text *out, const struct mutate_report *report, size_t width)
{
    size_t shown = 0;
    elfgen_text_string(out, "\nTwo bytes at a time: a mended pair does the same as the program "
                            "though each change alone does not;");
    elfgen_text_char(out, width == WIDTH_WIDE ? '\n' : ' ');
    elfgen_text_string(out, "a broken pair does not, though each alone does.\n\n");
    elfgen_text_column(out, "bytes", NAME, NAME);
    elfgen_text_string(out, "    runs    same  mended  broken\n");
    for (size_t i = 0; i < report->pair_count; i++) {
        const struct mutate_two *pair = &report->pairs[i];
        if (pair->counts.mended == 0 && pair->counts.broken == 0)
            continue;
        put_pair_label(out, report, pair);
        put_number(out, mutate_counts_runs(&pair->counts.counts), NUMBER);
        put_number(out, pair->counts.counts.of[MUTATE_SAME], NUMBER);
        put_number(out, pair->counts.mended, NUMBER);
        put_number(out, pair->counts.broken, NUMBER);
        elfgen_text_char(out, '\n');
        shown++;
    }
    elfgen_text_decimal(out, report->pair_count - shown, 0);
    elfgen_text_string(out, shown == 0 ? " pairs" : " other pairs");
    elfgen_text_string(out, " are independent of each other in these runs\n");
}

/* ---- the whole ---- */

static void put_sentence(struct elfgen_text *out, const struct mutate_report *report)
{
    size_t levels_of[LEVEL_UNKNOWN + 1] = {0};
    for (size_t i = 0; i < report->count; i++)
        levels_of[level_of(&report->bytes[i].counts)]++;
    put_printable(out, report->file);
    elfgen_text_string(out, ": ");
    elfgen_text_decimal(out, report->size, 0);
    elfgen_text_string(out, " bytes; ");
    elfgen_text_decimal(out, report->count, 0);
    elfgen_text_string(out, " changed, ");
    elfgen_text_decimal(out, mutate_report_runs(report), 0);
    elfgen_text_string(out, report->complete && report->shard_count == report->shards
                                ? " runs"
                                : " runs, not all of them");
    for (int kind = 0; kind < SANDBOX_KINDS; kind++) {
        if ((report->kinds >> kind & 1) == 0)
            continue;
        elfgen_text_string(out, (report->kinds & ((1u << kind) - 1)) == 0 ? "; allowed: " : ", ");
        elfgen_text_string(out, sandbox_kind_name((enum sandbox_kind)kind));
    }
    elfgen_text_char(out, '\n');
    elfgen_text_decimal(out, levels_of[LEVEL_NOTHING], 0);
    elfgen_text_string(out, " bytes: no value matters; ");
    elfgen_text_decimal(out, levels_of[LEVEL_EVERYTHING], 0);
    elfgen_text_string(out, ": every other value breaks it; ");
    elfgen_text_decimal(out, levels_of[LEVEL_FEW] + levels_of[LEVEL_SOME] + levels_of[LEVEL_MOST],
                        0);
    elfgen_text_string(out, ": some values break it");
    if (levels_of[LEVEL_UNKNOWN] != 0) {
        elfgen_text_string(out, "; ");
        elfgen_text_decimal(out, levels_of[LEVEL_UNKNOWN], 0);
        elfgen_text_string(out, ": not tried yet");
    }
    elfgen_text_string(out, "\n\n");
}

void mutate_text(const struct mutate_report *report, bool colour, size_t width,
                 struct elfgen_text *out)
{
    struct fold fold;
    fold_open(&fold, out, width, 0);
    put_sentence(&fold.text, report);
    put_map(&fold.text, report, colour, width);
    put_fields(&fold.text, report, width);
    if (report->pair_count != 0)
        put_pairs(&fold.text, report, width);
    fold_close(&fold);
}
