/* Makes the pieces that a round of the search places: those for any headers, and those for headers
 * that take few bytes. */
#include "finding.h"

#include "base/clock.h"
#include "elfgen/format.h"
#include "golf/shrink/shrink.h"

enum { SHORT = 40 }; /* bytes of code that fit among headers of few bytes */

void finding_free_pieces(struct finding *finding, size_t kept)
{
    for (size_t i = kept; i < finding->piece_count; i++)
        golf_pieces_free(&finding->pieces[i]);
    finding->piece_count = kept < finding->piece_count ? kept : finding->piece_count;
}

/* How many states of a block shrink may look at, so that most of the nodes, or of the time, is for
 * placing; 0: as many as are worth it. */
static size_t states_of_block(const struct finding *finding)
{
    enum { PART = 5, A_SECOND = 30000, LEAST = 20000, MOST = 600000 };
    const struct golf_options *options = finding->options;
    uint64_t states = options->nodes / PART, now = options->deadline ? clock_now() : 0;
    if (!options->nodes && options->deadline)
        states = options->deadline > now ? (options->deadline - now) / (1000000000 / A_SECOND) : 1;
    return states == 0 ? 0 : states < LEAST ? LEAST : states > MOST ? MOST : (size_t)states;
}

/* Makes the pieces of a program for one kind of headers: `count` overlaps, 0 for all. */
static bool shrink_for(struct finding *finding, const struct golf_lifted *lifted, unsigned slack,
                       bool small_addresses, const struct golf_overlap *overlaps, size_t count)
{
    enum { QUICK = 20000 };
    bool is_quick = count > 0 && finding->is_quick;
    struct golf_pieces *pieces = &finding->pieces[finding->piece_count];
    struct golf_shrink_options wanted = {
        .slack = slack,
        .has_few = finding->has_few && !count && lifted->count > 1,
        .states = is_quick ? QUICK : states_of_block(finding),
        .small_addresses = small_addresses,
        .int80 = finding->options->int80,
        /* With the stack there are more ways than are looked at. */
        .no_stack = lifted->uses_red_zone || lifted == &finding->set,
        .no_low_bytes = finding->no_low_bytes,
        .is_apart = finding->is_apart,
        .overlaps = overlaps,
        .overlap_count = count,
        .is_interrupted = finding_is_interrupted,
        .context = finding};
    bool is_done = golf_shrink(lifted, &wanted, pieces, finding->error);
    /* In few states there may still be a way of fewer kinds. */
    if (!is_done && !count && !wanted.no_stack && finding->error->status == ELFGEN_DOES_NOT_FIT) {
        wanted.no_stack = true;
        is_done = golf_shrink(lifted, &wanted, pieces, finding->error);
    }
    if (!is_done)
        return false;
    finding->programs[finding->piece_count++] =
        (struct golf_place_program){pieces, small_addresses && lifted->bits == 64,
                                    count ? overlaps->phoff : 0, lifted == &finding->set};
    return true;
}

/* Makes the pieces for any headers. Where they set low bytes of addresses alone, and the file may
 * be too large for that, others come before them: place/ takes the last that are right. */
static bool shrink_anywhere(struct finding *finding, unsigned slack, bool small_addresses)
{
    enum { HEADERS_AND_JUMPS = 96 };
    const enum elfgen_class class_ = finding->lifted.bits == 64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32;
    const size_t second_header = elfgen_structure_size(ELFGEN_STRUCTURE_phdr, class_);
    const size_t others_take = HEADERS_AND_JUMPS + (finding->is_apart ? second_header : 0);
    struct golf_pieces *pieces = &finding->pieces[finding->piece_count];
    if (!shrink_for(finding, &finding->lifted, slack, small_addresses, NULL, 0))
        return false;
    size_t least = golf_pieces_low_bytes(pieces);
    if (least + others_take <= GOLF_LOW_BYTES) {
        finding->is_low |= least > 0;
        return true;
    }
    finding->no_low_bytes = true;
    bool is_done = shrink_for(finding, &finding->lifted, slack, small_addresses, NULL, 0);
    finding->no_low_bytes = false;
    if (is_done) {
        const struct golf_pieces others = pieces[1];
        pieces[1] = pieces[0];
        pieces[0] = others;
        finding_free_pieces(finding, finding->piece_count - (least > GOLF_LOW_BYTES));
    }
    return is_done || finding->error->status == ELFGEN_DOES_NOT_FIT;
}

/* Those that are right anywhere come before those for addresses of 31 bits. */
bool finding_shrink(struct finding *finding, unsigned slack, bool has_few)
{
    const struct golf_lifted *lifted = &finding->lifted;
    if (finding->anywhere_count && finding->slack == slack && finding->has_few == has_few)
        return true;
    finding_free_pieces(finding, 0);
    finding->slack = slack;
    finding->has_few = has_few;
    finding->is_low = false;
    bool is_done = shrink_anywhere(finding, slack, lifted->bits == 32);
    if (is_done && lifted->bits == 64 && lifted->data_count > 0)
        is_done = shrink_anywhere(finding, slack, true);
    finding->anywhere_count = finding->piece_count;
    return is_done;
}

/* ---- headers that take few bytes ---- */

/* The end of the overlaps from `first` on that have the program header at the same place. */
static size_t end_of_group(const struct finding *finding, size_t first)
{
    size_t end = first + 1;
    while (end < finding->overlap_count &&
           finding->overlaps[end].phoff == finding->overlaps[first].phoff)
        end++;
    return end;
}

static size_t least_file(const struct golf_overlap *overlap)
{
    return overlap->least ? overlap->least : overlap->size;
}

bool finding_has_cut(const struct finding *finding, size_t first)
{
    bool is_cut = finding->is_cut;
    for (size_t i = first; i < finding->piece_count; i++)
        is_cut |= finding->pieces[i].is_cut;
    return is_cut;
}

/* Whether one of the overlaps has a segment that the program may write to. */
static bool may_be_written(const struct golf_overlap *overlaps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (overlaps[i].flags & ELFGEN_PF_W)
            return true;
    return false;
}

/* Makes the pieces of a program for overlaps of one phoff; of more ways than there is room for only
 * that is noted. False: *error says why, or the search was interrupted. */
static bool shrink_group(struct finding *finding, const struct golf_lifted *lifted, unsigned slack,
                         const struct golf_overlap *overlaps, size_t count)
{
    if (shrink_for(finding, lifted, slack,
                   overlaps->bits == 32 || golf_overlap_may_be_low(overlaps), overlaps, count))
        return true;
    finding->is_cut = true;
    return !finding_is_interrupted(finding) && finding->error->status == ELFGEN_DOES_NOT_FIT;
}

bool finding_shrink_tight(struct finding *finding, unsigned slack, bool is_quick)
{
    size_t best = finding_below(finding);
    bool is_same =
        finding->is_quick == is_quick || !finding_has_cut(finding, finding->anywhere_count);
    if (finding->piece_count > finding->anywhere_count && finding->tight_slack == slack && is_same)
        return true;
    finding->is_quick = is_quick;
    finding->is_cut = false;
    finding_free_pieces(finding, finding->anywhere_count);
    finding->tight_slack = slack;
    if (finding->anywhere_count && golf_pieces_least_code(&finding->pieces[0]) > SHORT)
        return true;
    for (size_t i = 0, tight = 0; i < finding->overlap_count && tight < FINDING_TIGHT; tight++) {
        const struct golf_overlap *overlaps = &finding->overlaps[i];
        size_t count = end_of_group(finding, i) - i;
        i += count;
        if (least_file(overlaps) >= best)
            continue;
        if (!shrink_group(finding, &finding->lifted, slack, overlaps, count))
            return false;
        if (finding->set.count > 0 && may_be_written(overlaps, count) &&
            !shrink_group(finding, &finding->set, slack, overlaps, count))
            return false;
    }
    return true;
}

bool finding_needs_any(const struct finding *finding)
{
    size_t first = 0;
    for (size_t tight = 0; tight < FINDING_TIGHT && first < finding->overlap_count; tight++)
        first = end_of_group(finding, first);
    return !finding->found->size || golf_pieces_least_code(&finding->pieces[0]) > SHORT ||
           (first < finding->overlap_count &&
            least_file(&finding->overlaps[first]) < finding->found->size);
}
