/* The relocation types of each architecture, as rows, sorted by type. */
#ifndef ELFGEN_RELOCATIONS_H
#define ELFGEN_RELOCATIONS_H

#include "elfgen/arch.h"
#include "elfgen/image.h"

/* S: the symbol's address, A: the addend, P: the place, GOT: the base of the global offset table,
 * Z: the symbol's size. PAGE: without the low twelve bits. */
enum elfgen_formula {
    ELFGEN_FORMULA_S_PLUS_A,
    ELFGEN_FORMULA_S_PLUS_A_MINUS_P,
    ELFGEN_FORMULA_S_PLUS_A_MINUS_GOT,
    ELFGEN_FORMULA_Z_PLUS_A,
    ELFGEN_FORMULA_PAGE_S_PLUS_A_MINUS_PAGE_P,
    ELFGEN_FORMULA_S_PLUS_A_MINUS_PAGE_GOT
};

enum elfgen_range {
    ELFGEN_RANGE_ANY,
    ELFGEN_RANGE_SIGNED,
    ELFGEN_RANGE_UNSIGNED,
    ELFGEN_RANGE_EITHER /* one of the two */
};

/* The bits that a relocation changes, and which of the value's go there. */
struct elfgen_bit_field {
    uint8_t width;    /* bytes of the number that they are in, 1, 2, 4 or 8 */
    uint8_t low;      /* the lowest bit of the value that is stored */
    uint8_t top;      /* the highest */
    uint8_t multiple; /* the value must be a multiple of this, a power of two */
    struct {
        uint8_t at, bits; /* in the number; the value's bits go to the first piece first */
    } pieces[2];          /* both without bits: the whole number */
    uint32_t nop; /* what to store in place of a branch to an undefined weak symbol; 0: nothing is
                   * done about it */
};

struct elfgen_relocation_rule {
    uint16_t type;
    uint8_t formula, range; /* enum elfgen_formula, elfgen_range */
    uint8_t bits;           /* that the value must fit into */
    struct elfgen_bit_field field;
};

struct elfgen_got_rule {
    uint16_t type;
    uint8_t use; /* enum elfgen_got_use */
    uint16_t plain;
};

/* What an architecture's row has. A function that is NULL is not needed. */
struct elfgen_arch_relocations {
    const struct elfgen_relocation_rule *rules; /* by type */
    const struct elfgen_got_rule *got_rules;    /* by type */
    uint16_t rule_count, got_rule_count;
    /* An undefined weak symbol is where a relative relocation refers to it from. */
    bool weak_is_place;
    /* The plain type of a relocation that needs a slot, where it depends on the instruction. */
    uint32_t (*plain)(const struct elfgen_got_rule *rule, const uint8_t *bytes, uint64_t size,
                      const struct elfgen_relocation *relocation);
    /* What elfgen_can_relax() and elfgen_relax() do. */
    bool (*can_relax)(const uint8_t *bytes, uint64_t size,
                      const struct elfgen_relocation *relocation);
    bool (*relax)(uint8_t *bytes, uint64_t size, struct elfgen_relocation *relocation);
};

extern const struct elfgen_arch_relocations elfgen_x86_64_relocations, elfgen_i386_relocations,
    elfgen_aarch64_relocations;

/* The row of a type; NULL: it is not supported. */
const struct elfgen_relocation_rule *elfgen_relocation_find(const struct elfgen_arch *arch,
                                                            uint32_t type);

/* Puts the bits of `value` that `field` takes into the number at `bytes`. */
void elfgen_relocation_store(const struct elfgen_bit_field *field, uint8_t *bytes, uint64_t value);

#endif
