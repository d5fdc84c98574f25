/* Random sets of sections to lay out; shared by the tests of layouts. */
#ifndef LAYOUT_SETS_H
#define LAYOUT_SETS_H

#include "elfgen.h"
#include "room.h"

enum { MOST_SECTIONS = 200, MOST_SIZE = 40, PAGE = 4096 };

/* Sections with an order. Its pointers lead into itself: it must not be copied. */
struct set {
    struct elfgen_program program;
    struct elfgen_section sections[MOST_SECTIONS];
    uint8_t bytes[MOST_SECTIONS][MOST_SIZE];
    uint32_t order[MOST_SECTIONS];
};

/* For x86-64 and i386. */
static const uint16_t machines[2] = {ELFGEN_EM_X86_64, ELFGEN_EM_386};
static const uint64_t user_ends[2] = {0x7ffffffff000, 0xc0000000};
static const uint64_t one_segment[2] = {120, 84}, more_segments[2] = {56, 32};

static const uint32_t all_permissions[] = {0, 1, 2, 3, 4, 5, 6, 7};
static const uint32_t split_permissions[] = {0, 1, 2, 4, 5, 6};

struct elfgen_exec_options options_for(int machine);

/* Each section has one of `permissions`. With split_permissions, zeros are not executable. */
void make_set(struct set *set, size_t count, unsigned most_align_bits, const uint32_t *permissions,
              size_t permission_count, uint64_t *state);

TCase *layout_order_cases(void);
TCase *layout_split_cases(void);

#endif
