/* Prints what a search found as text. */
#include "golf_private.h"
#include "base/plural.h"

static const char *const item_words[] = {
    [GOLF_ITEM_CHOICE] = "",
    [GOLF_ITEM_JUMP] = "a jump to another part of the code",
    [GOLF_ITEM_BRANCH] = "a jump, call or return of the program",
    [GOLF_ITEM_FILLER] = "an instruction without effect, which passes bytes of a header",
    [GOLF_ITEM_PREFIX] = "a prefix without effect",
    [GOLF_ITEM_DATA] = "data",
};

const char *golf_item_words(const struct golf_found_item *item)
{
    return item->reason ? item->reason : item_words[item->kind];
}

static void put_items(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_found *found = report->found;
    elfgen_text_string(out, "\nwhere each piece comes from, in the order of execution (its offset "
                            "and bytes, what it is, where in the original that is):\n");
    for (size_t i = 0; i < found->item_count; i++) {
        const struct golf_found_item *item = &found->items[i];
        elfgen_text_string(out, "  0x");
        elfgen_text_hex(out, item->offset, 2);
        elfgen_text_string(out, "  ");
        elfgen_text_hex_bytes(out, found->bytes + item->offset, item->length, ' ');
        elfgen_text_string(out, "  ");
        elfgen_text_string(out, golf_item_words(item));
        if (item->source != ELFGEN_NOWHERE) {
            elfgen_text_string(out, item->kind == GOLF_ITEM_DATA ? ", from " : ", for ");
            elfgen_text_0x(out, item->source);
        }
        elfgen_text_char(out, '\n');
    }
}

/* ---- the headers ---- */

/* Whether any byte may stand there; e_entry and p_vaddr are the placer's, but they are read. */
static bool is_free(const struct golf_overlap *overlap, unsigned at)
{
    const unsigned word = overlap->bits / 8u;
    return at < overlap->size && overlap->cells[at].kind == GOLF_CELL_FREE &&
           at - overlap->entry_at >= word && at - overlap->base_at >= word;
}

/* Bytes of the headers that Linux does not read, as runs. */
static void put_free(const struct golf_overlap *overlap, struct elfgen_text *out)
{
    bool is_first = true;
    for (unsigned i = 0; i < overlap->size; i++) {
        unsigned end = i;
        while (is_free(overlap, end))
            end++;
        if (end == i)
            continue;
        elfgen_text_string(out, is_first ? "" : ", ");
        elfgen_text_0x(out, i);
        if (end - i > 1) {
            elfgen_text_char(out, '-');
            elfgen_text_0x(out, end - 1);
        }
        is_first = false;
        i = end;
    }
    elfgen_text_string(out, is_first ? "none" : "");
}

static void put_headers(const struct golf_found *found, bool verbose, struct elfgen_text *out)
{
    const struct golf_overlap *overlap = &found->overlap;
    elfgen_text_string(out, "  program header at offset ");
    elfgen_text_decimal(out, overlap->phoff, 0);
    elfgen_text_string(out, overlap->type == ELFGEN_ET_DYN ? ", ET_DYN" : ", ET_EXEC");
    elfgen_text_char(out, '\n');
    if (!verbose)
        return;
    elfgen_text_string(out, "  free there: ");
    put_free(overlap, out);
    elfgen_text_string(out, "\n  loaded at ");
    elfgen_text_0x(out, found->base);
    elfgen_text_string(out, ", starts at offset ");
    elfgen_text_0x(out, found->entry);
    elfgen_text_char(out, '\n');
}

/* ---- bytes by kind ---- */

static void put_account(const struct golf_report *report, struct elfgen_text *out)
{
    enum { LABEL = 14, NUMBER = 6 };
    elfgen_text_string(out, "  bytes           before   after\n");
    for (enum golf_part part = 0; part < GOLF_PARTS; part++) {
        if (!report->before.bytes[part] && !report->after.bytes[part])
            continue;
        elfgen_text_string(out, "    ");
        elfgen_text_column(out, golf_part_words(part), LABEL, LABEL);
        elfgen_text_decimal(out, report->before.bytes[part], NUMBER - 1);
        elfgen_text_decimal(out, report->after.bytes[part], NUMBER + 2);
        elfgen_text_char(out, '\n');
    }
}

/* ---- rewrites across blocks ---- */

static void put_rewritten(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_found *found = report->found;
    if (found->rewritten_count == 0)
        return;
    elfgen_text_string(out, "\nwhat was changed across blocks (where in the original, what):\n");
    for (size_t i = 0; i < found->rewritten_count; i++) {
        elfgen_text_string(out, "  ");
        elfgen_text_0x(out, found->rewritten[i].offset);
        elfgen_text_string(out, "  ");
        elfgen_text_string(out, found->rewritten[i].what);
        elfgen_text_char(out, '\n');
    }
}

/* ---- the end of the search ---- */

static void put_end(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_found *found = report->found;
    elfgen_text_string(out, found->is_complete
                                ? "  search complete within these overlaps and rewrites: none is "
                                  "smaller\n"
                            : found->lacks_memory
                                ? "  search stopped: there is no memory to look for smaller ones\n"
                                : "  search stopped: there may be smaller ones");
    if (found->is_complete || found->lacks_memory)
        return;
    if (report->candidate.size > GOLF_PLACE_LARGEST) {
        elfgen_text_string(out, "; files of more than ");
        elfgen_text_decimal(out, GOLF_PLACE_LARGEST, 0);
        elfgen_text_string(out, " bytes are only packed");
    }
    elfgen_text_char(out, '\n');
}

static void put_saving(const struct golf_report *report, const struct golf_saving *saving,
                       struct elfgen_text *out)
{
    elfgen_text_string(out, "  ");
    elfgen_text_string(out, saving->option);
    switch (saving->end) {
    case GOLF_SAVING_FOUND:
        elfgen_text_string(out, " saves ");
        plural_put(out, report->candidate.size - saving->size, "byte", "bytes");
        elfgen_text_string(out, " or more\n");
        break;
    case GOLF_SAVING_NONE:
        elfgen_text_string(out, " saves nothing\n");
        break;
    case GOLF_SAVING_STOPPED:
        elfgen_text_string(out, " saved nothing in a short search\n");
        break;
    case GOLF_SAVING_NOT_TRIED:
        elfgen_text_string(out, " was not tried: the search took all that it was given\n");
        break;
    }
}

/* Those that were tried, or all if asked for. */
static void put_savings(const struct golf_report *report, bool verbose, struct elfgen_text *out)
{
    for (size_t i = 0; i < report->saving_count; i++)
        if (verbose || report->savings[i].end == GOLF_SAVING_FOUND)
            put_saving(report, &report->savings[i], out);
}

/* ---- all of it ---- */

static void put_title(const struct golf_report *report, struct elfgen_text *out)
{
    elfgen_text_string(out, report->candidate.name);
    elfgen_text_string(out, ": ");
    if (report->found->size == 0) {
        elfgen_text_string(out, "nothing smaller than ");
        elfgen_text_string(out, report->original.name);
        elfgen_text_string(out, " was found: it is a copy\n");
        return;
    }
    plural_put(out, report->found->size, "byte", "bytes");
    elfgen_text_string(out, report->unproven ? ", made of the " : ", and does the same as the ");
    elfgen_text_decimal(out, report->original.size, 0);
    elfgen_text_string(out, " of ");
    elfgen_text_string(out, report->original.name);
    if (report->unproven) {
        elfgen_text_string(out, "; not proven to do the same: ");
        elfgen_text_string(out, report->unproven);
    } else {
        elfgen_text_string(out, " in ");
        plural_put(out, report->facts.environments, "environment", "environments");
    }
    elfgen_text_char(out, '\n');
}

void golf_put_found(const struct golf_report *report, bool verbose, struct elfgen_text *out)
{
    put_title(report, out);
    if (report->found->size > 0)
        put_headers(report->found, verbose, out);
    if (report->found->size > 0)
        put_account(report, out);
    if (report->kept > 0) {
        elfgen_text_string(out, "  as they stand in the original: ");
        plural_put(out, report->kept, "instruction", "instructions");
        elfgen_text_string(out, " that golf does not know in other forms\n");
    }
    put_end(report, out);
    put_savings(report, verbose, out);
    if (report->found->size > 0)
        golf_put_kernels(report, out);
    if (report->found->size > 0)
        golf_put_taken_for_granted(report, out);
    if (report->found->size > 0 && !report->unproven) {
        golf_put_stretches(report, out);
        golf_put_may_differ(out);
    }
    if (!verbose)
        return;
    if (report->found->size > 0)
        put_items(report, out);
    put_rewritten(report, out);
    elfgen_text_string(out, "\nwhat the original does, without how its operands get there:\n");
    elfgen_text_bytes(out, report->lifted.bytes, report->lifted.length);
}
