/* The relocation types of AArch64. */
#include "relocations.h"

#define BYTES(n)                                                                                   \
    {                                                                                              \
        .width = (n), .top = 8 * (n)-1, .multiple = 1                                              \
    }
#define ADR(low, top)                                                                              \
    {                                                                                              \
        4, low, top, 1, {{29, 2}, {5, 19}}, 0                                                      \
    }
#define IMM12(top, low, multiple)                                                                  \
    {                                                                                              \
        4, low, top, multiple, {{10, 12}, {0, 0}}, 0                                               \
    }
#define IMM14                                                                                      \
    {                                                                                              \
        4, 2, 15, 4, {{5, 14}, {0, 0}}, 0                                                          \
    }
#define IMM19                                                                                      \
    {                                                                                              \
        4, 2, 20, 4, {{5, 19}, {0, 0}}, 0                                                          \
    }
#define IMM26                                                                                      \
    {                                                                                              \
        4, 2, 27, 4, {{0, 26}, {0, 0}}, 0xd503201f                                                 \
    }
#define MOVW(n)                                                                                    \
    {                                                                                              \
        4, 16 * (n), 16 * (n) + 15, 1, {{5, 16}, {0, 0}}, 0                                        \
    }

static const struct elfgen_relocation_rule rules[] = {
#define RELOCATION(type, formula, range, bits, field)                                              \
    {type, ELFGEN_FORMULA_##formula, ELFGEN_RANGE_##range, bits, field},
#define GOT_RELOCATION(type, use, plain)
#include "aarch64_relocations.def"
#undef RELOCATION
#undef GOT_RELOCATION
};

static const struct elfgen_got_rule got_rules[] = {
#define RELOCATION(type, formula, range, bits, field)
#define GOT_RELOCATION(type, use, plain) {type, ELFGEN_GOT_##use, plain},
#include "aarch64_relocations.def"
#undef RELOCATION
#undef GOT_RELOCATION
};

const struct elfgen_arch_relocations elfgen_aarch64_relocations = {
    .rules = rules,
    .rule_count = sizeof rules / sizeof rules[0],
    .got_rules = got_rules,
    .got_rule_count = sizeof got_rules / sizeof got_rules[0],
    .weak_is_place = true,
};
