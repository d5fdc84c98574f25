/* Decides which values of a run a page may show, and what of them. */
#include "page_run_private.h"

/* Whether an address is in something else than the program: a check of what was followed. */
static bool is_another(const struct page_run *run, uint64_t value)
{
    const struct step_recording *recording = run->recording;
    for (size_t i = 0; i < recording->mapping_count; i++) {
        const struct step_mapping *mapping = &recording->mappings[i];
        if (mapping->file != 0 && mapping->file != STEP_NONE && value >= mapping->start &&
            value < mapping->end)
            return true;
    }
    return false;
}

bool page_run_may_show(const struct page_run *run, uint64_t value, enum step_secrecy secrecy,
                       uint64_t *shown)
{
    uint64_t own;
    *shown = value;
    if (!run->secrets)
        return true;
    if (secrecy != STEP_SECRET_CONTENT && coverage_own_address(run->coverage, value, &own)) {
        *shown = own;
        return true;
    }
    return secrecy == STEP_PUBLIC && !is_another(run, value);
}
