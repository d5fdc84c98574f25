/* When a search ends, and what is left of its limits. */
#include "finding.h"

#include "base/clock.h"

bool finding_is_interrupted(void *context)
{
    const struct finding *finding = context;
    const struct golf_options *options = finding->options;
    return finding->has_failed || (options->deadline && clock_now() >= options->deadline) ||
           (options->is_interrupted && options->is_interrupted(options->context));
}

bool finding_is_over(const struct finding *finding)
{
    const struct golf_options *options = finding->options;
    return (options->nodes && finding->found->nodes >= options->nodes) ||
           finding_is_interrupted((void *)finding);
}

uint64_t finding_left(uint64_t limit, uint64_t used)
{
    return limit == 0 ? 0 : used < limit ? limit - used : 1;
}

size_t finding_below(const struct finding *finding)
{
    const struct golf_options *options = finding->options;
    return finding->found->size ? finding->found->size
           : options->below     ? options->below
                                : options->size;
}
