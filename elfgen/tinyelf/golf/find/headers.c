/* The headers that a search tries. */
#include "base/no_memory.h"
#include "finding.h"

/* Whether memory after the file has as many zeros as each of the program's objects. */
static bool has_zeros(const struct finding *finding, const struct golf_overlap *overlap)
{
    for (size_t i = 0; i < finding->lifted.data_count; i++) {
        const struct golf_data *data = &finding->lifted.data[i];
        if (!data->bytes && data->size > golf_overlap_zeros(overlap, data->is_written))
            return false;
    }
    return true;
}

/* Whether an overlap offers more than those before it. */
static bool is_worth(const struct finding *finding, const struct golf_overlap *overlap)
{
    if (!has_zeros(finding, overlap))
        return false;
    bool is_read = finding->lifted.data_count > 0;
    /* A row of X alone has those of R and X. */
    if (is_read ? !(overlap->flags & (ELFGEN_PF_R | ELFGEN_PF_W))
                : overlap->flags & ELFGEN_PF_R && !(overlap->flags & ELFGEN_PF_W))
        return overlap->bits == 32 && overlap->flags & ELFGEN_PF_R;
    for (size_t i = 0; i < finding->overlap_count; i++) {
        const struct golf_overlap *before = &finding->overlaps[i];
        if (before->phoff == overlap->phoff && before->size == overlap->size &&
            before->memory == overlap->memory && before->type != overlap->type &&
            before->base_add == overlap->base_add &&
            before->has_random_base <= overlap->has_random_base)
            return false; /* it differs in e_type */
    }
    return true;
}

static bool writes(const struct golf_lifted *lifted)
{
    bool is_written = false;
    for (size_t i = 0; i < lifted->data_count; i++)
        is_written |= lifted->data[i].is_written;
    return is_written;
}

/* Bytes of the headers into which nothing may be put but what stands there. */
static unsigned taken_by(const struct golf_overlap *overlap)
{
    unsigned taken = 0;
    for (size_t i = 0; i < overlap->size; i++) {
        const uint8_t kind = overlap->cells[i].kind;
        taken += kind == GOLF_CELL_FIXED || kind == GOLF_CELL_MIRROR;
    }
    return taken;
}

static bool is_before(const struct golf_overlap *one, const struct golf_overlap *other)
{
    return one->is_overcommitted > other->is_overcommitted ||
           (one->is_overcommitted && other->is_overcommitted && taken_by(one) < taken_by(other));
}

/* Those with overcommit, which was asked for, come first, those with more room before others. */
static void order_overlaps(struct finding *finding)
{
    for (size_t i = 0; i < finding->overlap_count; i++) {
        size_t at = i;
        for (;
             at > 0 && is_before(&finding->overlaps[i], &finding->overlaps[finding->order[at - 1]]);
             at--)
            finding->order[at] = finding->order[at - 1];
        finding->order[at] = (uint16_t)i;
    }
}

bool finding_take_overlaps(struct finding *finding)
{
    const struct golf_options *options = finding->options;
    /* What is_worth() leaves out. */
    const enum golf_overlap_data data = finding->lifted.data_count > 0 ? GOLF_DATA_READ
                                        : finding->lifted.bits == 64   ? GOLF_DATA_NONE
                                                                       : GOLF_DATA_ANY;
    struct golf_overlap_options wanted = {
        .first = options->first,
        .last = options->last,
        .also = options->prover ? golf_prover_kernel(options->first, options->last) : 0,
        .data = data,
        .spec = options->spec,
        .rwx = options->rwx || finding->lifted.has_writable_code,
        .overcommit = options->overcommit,
        .size = options->size};
    wanted.second = !wanted.rwx && !wanted.overcommit && !wanted.spec && writes(&finding->lifted);
    finding->is_apart = wanted.second;
    size_t count = 0;
    if (!golf_overlaps(finding->lifted.bits, &wanted, finding->overlaps, GOLF_OVERLAPS, &count))
        return error_no_memory(finding->error);
    for (size_t i = 0; i < count; i++)
        if (is_worth(finding, &finding->overlaps[i]))
            finding->overlaps[finding->overlap_count++] = finding->overlaps[i];
    order_overlaps(finding);
    return true;
}
