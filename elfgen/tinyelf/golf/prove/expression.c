/* Makes expressions, each once and in one form. */
#include "expression.h"

#include <stdlib.h>

#include "base/grow.h"
#include "x86/known_bits.h"

enum { FIRST_TABLE = 1 << 10, MOST = 1 << 17 };

void expressions_free(struct expressions *all)
{
    free(all->items);
    free(all->table);
    *all = (struct expressions){0};
}

const struct expression *expression_at(const struct expressions *all, uint32_t at)
{
    static const struct expression none = {.kind = EXPRESSION_CONSTANT};
    return at < all->count ? &all->items[at] : &none;
}

static size_t hash(const struct expression *item)
{
    const uint64_t parts[] = {item->a, item->b, item->number, item->known.value, item->known.known};
    uint64_t value = item->kind;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        value = (value ^ parts[i]) * UINT64_C(0x9e3779b97f4a7c15);
        value ^= value >> 29;
    }
    return (size_t)value;
}

static bool is_same(const struct expression *one, const struct expression *other)
{
    return one->kind == other->kind && one->a == other->a && one->b == other->b &&
           one->number == other->number && one->known.value == other->known.value &&
           one->known.known == other->known.known;
}

static bool enlarge(struct expressions *all)
{
    size_t size = 2 * all->table_size;
    if (!size)
        size = FIRST_TABLE;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table)
        return false;
    for (size_t i = 0; i < all->count; i++) {
        size_t at = hash(&all->items[i]) & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = (uint32_t)i + 1;
    }
    free(all->table);
    all->table = table;
    all->table_size = size;
    return true;
}

/* Its number: that of the same expression, if there is one. */
static uint32_t add(struct expressions *all, const struct expression *item)
{
    if (all->count >= MOST || (2 * (all->count + 1) > all->table_size && !enlarge(all)) ||
        !grow_array(&all->items, all->count + 1, &all->capacity, sizeof *all->items)) {
        all->has_no_memory = true;
        return 0;
    }
    size_t at = hash(item) & (all->table_size - 1);
    for (; all->table[at]; at = (at + 1) & (all->table_size - 1))
        if (is_same(&all->items[all->table[at] - 1], item))
            return all->table[at] - 1;
    all->items[all->count] = *item;
    all->table[at] = (uint32_t)++all->count;
    return (uint32_t)all->count - 1;
}

/* An expression, or the constant that it is. */
static uint32_t make(struct expressions *all, struct expression item)
{
    item.known.value &= item.known.known;
    if (item.known.known == UINT64_MAX)
        item = (struct expression){.number = item.known.value, .known = item.known};
    item.is_exact |= item.kind == EXPRESSION_CONSTANT;
    return add(all, &item);
}

uint32_t expression_constant(struct expressions *all, uint64_t number)
{
    return make(all, (struct expression){.known = bits_constant(number)});
}

uint32_t expression_symbol(struct expressions *all, uint64_t number, struct elfgen_bits known,
                           uint32_t most, bool is_exact)
{
    return make(all, (struct expression){.kind = EXPRESSION_SYMBOL,
                                         .is_exact = is_exact,
                                         .a = most,
                                         .number = number,
                                         .known = known});
}

uint32_t expression_load(struct expressions *all, uint32_t address, unsigned bytes,
                         struct elfgen_bits known)
{
    known.known |= ~bits_ones(8 * bytes);
    return make(all, (struct expression){.kind = EXPRESSION_LOAD,
                                         .is_exact = expression_at(all, address)->is_exact,
                                         .a = address,
                                         .number = bytes,
                                         .known = known});
}

uint32_t expression_content(struct expressions *all, uint64_t number, uint32_t byte)
{
    return make(all, (struct expression){.kind = EXPRESSION_CONTENT,
                                         .is_exact = true,
                                         .a = byte,
                                         .number = number,
                                         .known = {0, ~UINT64_C(0xff)}});
}

bool expression_is(const struct expressions *all, uint32_t at, uint64_t *number)
{
    const struct expression *item = expression_at(all, at);
    *number = item->number;
    return item->kind == EXPRESSION_CONSTANT;
}

uint32_t expression_base(const struct expressions *all, uint32_t at, uint64_t *number)
{
    const struct expression *item = expression_at(all, at);
    if (expression_is(all, at, number))
        return UINT32_MAX;
    if (item->kind == EXPRESSION_ADD && expression_is(all, item->b, number))
        return item->a;
    *number = 0;
    return at;
}

/* ---- two operands ---- */

static struct elfgen_bits compute(enum expression_kind kind, struct elfgen_bits a,
                                  struct elfgen_bits b)
{
    const uint64_t most_a = a.value | ~a.known, most_b = b.value | ~b.known;
    switch (kind) {
    case EXPRESSION_ADD:
        return bits_add(a, b, bits_constant(0));
    case EXPRESSION_AND:
        return bits_and(a, b);
    case EXPRESSION_OR:
        return bits_or(a, b);
    case EXPRESSION_XOR:
        return bits_xor(a, b);
    case EXPRESSION_IS_BELOW:
        if (most_a < b.value || a.value >= most_b)
            return bits_constant(most_a < b.value);
        return (struct elfgen_bits){0, ~UINT64_C(1)};
    default:
        return (struct elfgen_bits){0, 0};
    }
}

static bool is_sum(enum expression_kind kind)
{
    return kind >= EXPRESSION_ADD && kind <= EXPRESSION_XOR;
}

/* Whether `a` alone is the result, where `b` is a constant. */
static bool is_neutral(enum expression_kind kind, const struct expression *a, uint64_t b)
{
    if (kind == EXPRESSION_AND)
        return ((~a->known.known | a->known.value) & ~b) == 0;
    return is_sum(kind) && b == 0;
}

uint32_t expression_two(struct expressions *all, enum expression_kind kind, uint32_t a, uint32_t b,
                        uint64_t number)
{
    uint64_t first, second;
    if (is_sum(kind) &&
        (expression_is(all, a, &first) || (!expression_is(all, b, &second) && a > b))) {
        uint32_t other = a;
        a = b;
        b = other;
    }
    const struct expression one = *expression_at(all, a), two = *expression_at(all, b);
    if (a == b && (kind == EXPRESSION_XOR || kind == EXPRESSION_IS_BELOW))
        return expression_constant(all, 0);
    if (a == b && (kind == EXPRESSION_AND || kind == EXPRESSION_OR))
        return a;
    if (expression_is(all, b, &second) && is_neutral(kind, &one, second))
        return a;
    if (is_sum(kind) && one.kind == kind && expression_is(all, one.b, &first) &&
        expression_is(all, b, &second)) {
        /* (x + 1) + 2 is x + 3. */
        uint64_t both = compute(kind, bits_constant(first), bits_constant(second)).value;
        return expression_two(all, kind, one.a, expression_constant(all, both), 0);
    }
    return make(all, (struct expression){.kind = (uint8_t)kind,
                                         .is_exact = one.is_exact && two.is_exact &&
                                                     kind != EXPRESSION_OTHER,
                                         .a = a,
                                         .b = b,
                                         .number = number,
                                         .known = compute(kind, one.known, two.known)});
}

/* ---- one operand ---- */

/* Where x + c is 0, x is -c: says that as x ^ -c, which comparisons of all kinds then are. */
static uint32_t compared(struct expressions *all, uint32_t a)
{
    uint64_t mask = UINT64_MAX, number;
    const struct expression *item = expression_at(all, a);
    uint32_t sum = a;
    if (item->kind == EXPRESSION_AND && expression_is(all, item->b, &mask))
        sum = item->a;
    else
        mask = UINT64_MAX;
    uint32_t base = expression_base(all, sum, &number);
    if (base == UINT32_MAX || number == 0 || (mask & (mask + 1)) != 0 ||
        !is_neutral(EXPRESSION_AND, expression_at(all, base), mask))
        return a;
    return expression_two(all, EXPRESSION_XOR, base, expression_constant(all, (0 - number) & mask),
                          0);
}

uint32_t expression_one(struct expressions *all, enum expression_kind kind, uint32_t a,
                        unsigned count)
{
    if (kind == EXPRESSION_IS_ZERO)
        a = compared(all, a);
    const struct expression one = *expression_at(all, a);
    struct elfgen_bits known = {0, ~UINT64_C(1)};
    switch (kind) {
    case EXPRESSION_SHIFT_LEFT:
        known = (struct elfgen_bits){one.known.value << count,
                                     one.known.known << count | bits_ones(count)};
        break;
    case EXPRESSION_SHIFT_RIGHT:
        known = (struct elfgen_bits){one.known.value >> count,
                                     one.known.known >> count | ~(UINT64_MAX >> count)};
        break;
    case EXPRESSION_IS_ZERO:
        if (one.known.value || one.known.known == UINT64_MAX)
            known = bits_constant(one.known.value == 0);
        break;
    default: /* EXPRESSION_IS_EVEN */
        if ((one.known.known & UINT8_MAX) == UINT8_MAX)
            known = bits_constant(!__builtin_parityll(one.known.value & UINT8_MAX));
    }
    if (count == 0 && (kind == EXPRESSION_SHIFT_LEFT || kind == EXPRESSION_SHIFT_RIGHT))
        return a;
    if (kind == EXPRESSION_SHIFT_RIGHT && one.kind == kind && count + one.number < 64)
        return expression_one(all, kind, one.a, count + (unsigned)one.number);
    /* Whether a bit is clear is the bit, changed. */
    if (kind == EXPRESSION_IS_ZERO && known.known != UINT64_MAX &&
        !(~one.known.known & ~UINT64_C(1)))
        return expression_two(all, EXPRESSION_XOR, a, expression_constant(all, 1), 0);
    return make(all, (struct expression){.kind = (uint8_t)kind,
                                         .is_exact = one.is_exact,
                                         .a = a,
                                         .number = count,
                                         .known = known});
}

uint32_t expression_not(struct expressions *all, uint32_t a)
{
    return expression_two(all, EXPRESSION_XOR, a, expression_constant(all, UINT64_MAX), 0);
}

/* -(x + c) is ~x + (1 - c). */
uint32_t expression_negative(struct expressions *all, uint32_t a)
{
    uint64_t number;
    uint32_t base = expression_base(all, a, &number);
    if (base == UINT32_MAX)
        return expression_constant(all, 0 - number);
    return expression_two(all, EXPRESSION_ADD, expression_not(all, base),
                          expression_constant(all, 1 - number), 0);
}

/* The same low bits, without what changes the others alone. */
static uint32_t without_high(struct expressions *all, uint32_t a, uint64_t mask, unsigned depth)
{
    const struct expression one = *expression_at(all, a);
    uint64_t number;
    if (one.kind == EXPRESSION_CONSTANT)
        return expression_constant(all, one.number & mask);
    if (!is_sum((enum expression_kind)one.kind) || depth == 0)
        return a;
    if (one.kind == EXPRESSION_AND && expression_is(all, one.b, &number) && (number & mask) == mask)
        return without_high(all, one.a, mask, depth - 1);
    uint32_t first = without_high(all, one.a, mask, depth - 1);
    uint32_t second = without_high(all, one.b, mask, depth - 1);
    return first == one.a && second == one.b
               ? a
               : expression_two(all, (enum expression_kind)one.kind, first, second, 0);
}

uint32_t expression_low(struct expressions *all, uint32_t a, unsigned width)
{
    enum { DEPTH = 8 };
    const uint64_t mask = bits_ones(width);
    if (width >= 64 || is_neutral(EXPRESSION_AND, expression_at(all, a), mask))
        return a;
    return expression_two(all, EXPRESSION_AND, without_high(all, a, mask, DEPTH),
                          expression_constant(all, mask), 0);
}

/* (x ^ sign) - sign, where the sign is that of the low bits. */
uint32_t expression_signed(struct expressions *all, uint32_t a, unsigned width)
{
    uint32_t low = expression_low(all, a, width);
    const struct elfgen_bits known = expression_at(all, low)->known;
    const uint64_t sign = UINT64_C(1) << (width - 1);
    if (width >= 64 || (known.known & sign && !(known.value & sign)))
        return low;
    if (known.known & sign)
        return expression_two(all, EXPRESSION_OR, low, expression_constant(all, ~bits_ones(width)),
                              0);
    uint32_t turned = expression_two(all, EXPRESSION_XOR, low, expression_constant(all, sign), 0);
    return expression_two(all, EXPRESSION_ADD, turned, expression_constant(all, 0 - sign), 0);
}

/* ---- values ---- */

static uint64_t value_of(const struct expression *item, uint64_t a, uint64_t b)
{
    switch (item->kind) {
    case EXPRESSION_SHIFT_LEFT:
        return a << item->number;
    case EXPRESSION_SHIFT_RIGHT:
        return a >> item->number;
    case EXPRESSION_IS_ZERO:
        return a == 0;
    case EXPRESSION_IS_EVEN:
        return !__builtin_parityll(a & UINT8_MAX);
    case EXPRESSION_IS_BELOW:
        return a < b;
    default:
        return compute((enum expression_kind)item->kind, bits_constant(a), bits_constant(b)).value;
    }
}

void expression_values(const struct expressions *all, uint32_t at,
                       const struct expression_choice *choice, uint64_t *values)
{
    /* Parts are made before what they are parts of. */
    for (uint32_t i = 0; i <= at && i < all->count; i++) {
        const struct expression *item = &all->items[i];
        if (item->kind == EXPRESSION_CONSTANT)
            values[i] = item->number;
        else if (item->kind <= EXPRESSION_CONTENT)
            values[i] = choice->value(choice->context, i, values[item->a]);
        else
            values[i] = value_of(item, values[item->a], values[item->b]);
    }
}
