/* The relocation types of x86-64 and i386. */
#include "relocations.h"
#include "x86_relax.h"

#define BYTES(n)                                                                                   \
    {                                                                                              \
        .width = (n), .top = 8 * (n)-1, .multiple = 1                                              \
    }

#define RELOCATION(type, formula, range, bits, field)                                              \
    {type, ELFGEN_FORMULA_##formula, ELFGEN_RANGE_##range, bits, field},
#define GOT_RELOCATION(type, use, plain)
static const struct elfgen_relocation_rule x86_64_rules[] = {
#include "x86_64_relocations.def"
};
static const struct elfgen_relocation_rule i386_rules[] = {
#include "i386_relocations.def"
};
#undef RELOCATION
#undef GOT_RELOCATION

#define RELOCATION(type, formula, range, bits, field)
#define GOT_RELOCATION(type, use, plain) {type, ELFGEN_GOT_##use, plain},
static const struct elfgen_got_rule x86_64_got_rules[] = {
#include "x86_64_relocations.def"
};
static const struct elfgen_got_rule i386_got_rules[] = {
#include "i386_relocations.def"
};
#undef RELOCATION
#undef GOT_RELOCATION

const struct elfgen_arch_relocations elfgen_x86_64_relocations = {
    .rules = x86_64_rules,
    .rule_count = sizeof x86_64_rules / sizeof x86_64_rules[0],
    .got_rules = x86_64_got_rules,
    .got_rule_count = sizeof x86_64_got_rules / sizeof x86_64_got_rules[0],
    .can_relax = elfgen_x86_64_can_relax,
    .relax = elfgen_x86_64_relax,
};

const struct elfgen_arch_relocations elfgen_i386_relocations = {
    .rules = i386_rules,
    .rule_count = sizeof i386_rules / sizeof i386_rules[0],
    .got_rules = i386_got_rules,
    .got_rule_count = sizeof i386_got_rules / sizeof i386_got_rules[0],
    .plain = elfgen_i386_plain,
    .can_relax = elfgen_i386_can_relax,
    .relax = elfgen_i386_relax,
};
