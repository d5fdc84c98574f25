/* Random sets of sections to lay out. */
#include "layout_sets.h"

#include <string.h>

struct elfgen_exec_options options_for(int machine)
{
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    options.machine = machines[machine];
    return options;
}

void make_set(struct set *set, size_t count, unsigned most_align_bits, const uint32_t *permissions,
              size_t permission_count, uint64_t *state)
{
    memset(set, 0, sizeof *set);
    set->program = (struct elfgen_program){
        .sections = set->sections, .section_count = count, .order = set->order};
    for (size_t i = 0; i < count; i++) {
        for (size_t b = 0; b < MOST_SIZE; b++)
            set->bytes[i][b] = (uint8_t)(next_random(state) >> 20 | 1);
        const uint64_t bits = next_random(state) % (most_align_bits + 1);
        set->sections[i] = (struct elfgen_section){
            .name = "section",
            .bytes = next_random(state) % 4 ? set->bytes[i] : NULL,
            .size = next_random(state) % (MOST_SIZE + 1),
            .align = bits == 0 && next_random(state) % 2 ? 0 : UINT64_C(1) << bits,
            .permissions = permissions[next_random(state) % permission_count]};
        if (!set->sections[i].bytes && permissions != all_permissions)
            set->sections[i].permissions &= ~(uint32_t)ELFGEN_PF_X;
    }
}
