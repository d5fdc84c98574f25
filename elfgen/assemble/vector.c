/* Adds and multiplies sums of registers, addresses and a number, as NASM does. */
#include "vector.h"

#include <string.h>

uint64_t elfgen_asm_register_term(unsigned reg)
{
    /* NASM adds registers in the order of their names: the first one is the base of an address
     * where nothing else says which. */
#define R(name) ELFGEN_X86_REG_##name
    static const uint8_t ranks[] = {
        [R(ah)] = 1,    [R(al)] = 2,    [R(ax)] = 3,    [R(bh)] = 4,    [R(bl)] = 5,
        [R(bp)] = 6,    [R(bpl)] = 7,   [R(bx)] = 8,    [R(ch)] = 9,    [R(cl)] = 10,
        [R(cx)] = 11,   [R(dh)] = 12,   [R(di)] = 13,   [R(dil)] = 14,  [R(dl)] = 15,
        [R(dx)] = 16,   [R(eax)] = 17,  [R(ebp)] = 18,  [R(ebx)] = 19,  [R(ecx)] = 20,
        [R(edi)] = 21,  [R(edx)] = 22,  [R(esi)] = 23,  [R(esp)] = 24,  [R(r10)] = 25,
        [R(r10b)] = 26, [R(r10d)] = 27, [R(r10w)] = 28, [R(r11)] = 29,  [R(r11b)] = 30,
        [R(r11d)] = 31, [R(r11w)] = 32, [R(r12)] = 33,  [R(r12b)] = 34, [R(r12d)] = 35,
        [R(r12w)] = 36, [R(r13)] = 37,  [R(r13b)] = 38, [R(r13d)] = 39, [R(r13w)] = 40,
        [R(r14)] = 41,  [R(r14b)] = 42, [R(r14d)] = 43, [R(r14w)] = 44, [R(r15)] = 45,
        [R(r15b)] = 46, [R(r15d)] = 47, [R(r15w)] = 48, [R(r8)] = 49,   [R(r8b)] = 50,
        [R(r8d)] = 51,  [R(r8w)] = 52,  [R(r9)] = 53,   [R(r9b)] = 54,  [R(r9d)] = 55,
        [R(r9w)] = 56,  [R(rax)] = 57,  [R(rbp)] = 58,  [R(rbx)] = 59,  [R(rcx)] = 60,
        [R(rdi)] = 61,  [R(rdx)] = 62,  [R(rsi)] = 63,  [R(rsp)] = 64,  [R(si)] = 65,
        [R(sil)] = 66,  [R(sp)] = 67,   [R(spl)] = 68,
    };
#undef R
    return (uint64_t)(reg < sizeof ranks ? ranks[reg] : 0xff) << 8 | (reg & 0xff);
}

/* The first term that is not multiplied with 0; NULL: there is none. */
static const struct term *first_of(struct sum sum)
{
    for (unsigned i = 0; i < sum.count; i++)
        if (sum.terms[i].factor)
            return &sum.terms[i];
    return NULL;
}

bool elfgen_asm_sum_is_number(struct sum sum)
{
    for (unsigned i = 0; i < sum.count; i++)
        if (sum.terms[i].factor && sum.terms[i].type != TERM_NUMBER)
            return false;
    return true;
}

bool elfgen_asm_sum_is_unknown(struct sum sum)
{
    const struct term *first = first_of(sum);
    return first && first->type == TERM_UNKNOWN;
}

bool elfgen_asm_sum_has_unknown(struct sum sum)
{
    for (unsigned i = 0; i < sum.count; i++)
        if (sum.terms[i].type == TERM_UNKNOWN)
            return true;
    return false;
}

int64_t elfgen_asm_sum_number(struct sum sum)
{
    const struct term *first = first_of(sum);
    return first && first->type == TERM_NUMBER ? first->factor : 0;
}

static int64_t add(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* Merges two sums into `merged`; what follows an unknown term is left out. Returns how many terms
 * there are. */
static unsigned merge(struct sum left, struct sum right, struct term *merged, struct hint *hint)
{
    unsigned l = 0, r = 0, count = 0;
    while (l < left.count && r < right.count) {
        const struct term *p = &left.terms[l], *q = &right.terms[r];
        struct term term = p->type <= q->type ? *p : *q;
        l += p->type <= q->type;
        r += q->type <= p->type;
        if (p->type == q->type)
            term.factor = add(p->factor, q->factor);
        if (p->type != q->type || term.factor)
            merged[count++] = term;
        if (p->type == q->type && term.factor && hint)
            hint->kind = HINT_SUMMED;
        if (term.type == TERM_UNKNOWN)
            return count;
    }
    for (; l < left.count; l++)
        merged[count++] = left.terms[l];
    for (; r < right.count; r++)
        merged[count++] = right.terms[r];
    return count;
}

void elfgen_asm_sum_add(struct sum *left, struct sum right, struct hint *hint)
{
    struct term merged[SUM_TERMS];
    if (left->count == 1 && right.count == 1 && left->terms->type == TERM_NUMBER &&
        right.terms->type == TERM_NUMBER) {
        left->terms->factor = add(left->terms->factor, right.terms->factor);
        if (left->terms->factor == 0)
            left->count = 0; /* for NASM no number is left, which a later one is not added to */
        else if (hint)
            hint->kind = HINT_SUMMED;
        return;
    }
    left->count = merge(*left, right, merged, hint);
    memcpy(left->terms, merged, left->count * sizeof *merged);
}

void elfgen_asm_sum_multiply(struct sum sum, int64_t factor, struct hint *hint)
{
    for (unsigned i = 0; i < sum.count; i++) {
        struct term *term = &sum.terms[i];
        term->factor = (int64_t)((uint64_t)term->factor * (uint64_t)factor);
        /* [rax*1+rbx]: rbx is the base, although rax comes first. */
        if (hint && hint->kind == HINT_BASE && term_is_register(term->type) &&
            register_of_term(term->type) == hint->reg)
            hint->kind = HINT_INDEX;
    }
}

void elfgen_asm_sum_value(const struct names *names, struct sum sum, struct value *value)
{
    *value = (struct value){.base = VALUE_NO_BASE, .minus = VALUE_NO_BASE};
    if (elfgen_asm_sum_is_number(sum)) {
        value->number = elfgen_asm_sum_number(sum);
        return;
    }
    if (elfgen_asm_sum_is_unknown(sum)) {
        value->kind = VALUE_UNKNOWN;
        return;
    }
    value->kind = VALUE_ADDRESS;
    value->for_equ = true;
    for (unsigned i = 0; i < sum.count; i++) {
        const struct term *term = &sum.terms[i];
        const uint32_t base = (uint32_t)term->type;
        if (term->type == TERM_NUMBER) {
            value->number = term->factor;
        } else if (term->type >= TERM_BASE && term->factor == 1 && value->base == VALUE_NO_BASE) {
            value->base = base;
        } else if (term->type >= TERM_BASE && term->factor == -1 && base == names->section &&
                   value->minus == VALUE_NO_BASE) {
            value->minus = base;
        } else if (term->factor) {
            value->kind = VALUE_OTHER;
            value->for_equ &= term->type >= TERM_BASE && term->factor != 1 && term->factor != -1;
        }
    }
}
