/* Rounds floating-point constants, as NASM 2.16.01 does: with 192 bits, of which none that follows
 * is kept. */
#include "lex.h"

#include <string.h>

enum {
    LIMBS = 6,   /* of 32 bits, the highest first */
    DIGITS = 52, /* as many fit into 176 bits */
    MOST_TEN = 5000,
    MOST_TWO = 20000,
    NO_EXPONENT = INT32_MAX
};

/* A number: 0.LIMBS in base 2 times 2^exponent; the highest bit is set unless it is 0. */
struct big {
    uint32_t limbs[LIMBS];
    int64_t exponent;
};

struct format {
    uint8_t bytes, exponent_bits;
    bool is_explicit; /* its 1 before the point is stored */
};

static const struct format formats[] = {{1, 4, false},  {2, 5, false},  {4, 8, false},
                                        {8, 11, false}, {10, 15, true}, {16, 15, false}};

/* Multiplies; bits that do not fit are lost. The highest bit of `by` is set. */
static void multiply(struct big *number, const struct big *by)
{
    uint32_t product[2 * LIMBS] = {0};
    for (size_t i = LIMBS; i-- > 0;) {
        uint64_t carry = 0;
        for (size_t j = LIMBS; j-- > 0;) {
            carry += (uint64_t)number->limbs[i] * by->limbs[j] + product[i + j + 1];
            product[i + j + 1] = (uint32_t)carry;
            carry >>= 32;
        }
        product[i] = (uint32_t)carry;
    }
    const unsigned shift = product[0] >> 31 ? 0 : 1;
    for (size_t i = 0; i < LIMBS; i++)
        number->limbs[i] = product[i] << shift | (shift ? product[i + 1] >> 31 : 0);
    number->exponent += by->exponent - shift;
}

/* Multiplies with 5 to the power of `power`. */
static void multiply_with_fives(struct big *number, int64_t power)
{
    struct big five = {{0xa0000000}, 3};
    if (power < 0) {
        for (size_t i = 0; i < LIMBS; i++)
            five.limbs[i] = i == LIMBS - 1 ? 0xcccccccd : 0xcccccccc;
        five.exponent = -2;
        power = -power;
    }
    for (; power; power >>= 1) {
        if (power & 1)
            multiply(number, &five);
        const struct big same = five;
        multiply(&five, &same);
    }
}

/* The exponent at `at`, at most `most` either way; NO_EXPONENT: it is no number. */
static int32_t read_exponent(const char *at, const char *end, int32_t most)
{
    int32_t value = 0;
    const bool is_negative = at < end && *at == '-';
    if (at < end && (*at == '+' || *at == '-'))
        at++;
    for (; at < end; at++) {
        if (*at == '_')
            continue;
        if (*at < '0' || *at > '9')
            return NO_EXPONENT;
        value = 10 * value + (*at - '0');
        if (value > most)
            value = most;
    }
    return is_negative ? -value : value;
}

/* Makes a number of a fraction in decimal digits. */
static void from_digits(const uint8_t digits[54], struct big *number)
{
    enum { PARTS = 6, BASE = 1000000000 };
    uint32_t parts[PARTS], bits[LIMBS + 1];
    for (size_t i = 0; i < PARTS; i++) {
        parts[i] = 0;
        for (size_t k = 0; k < 9; k++)
            parts[i] = 10 * parts[i] + digits[9 * i + k];
    }
    for (size_t i = 0; i <= LIMBS; i++) {
        uint64_t carry = 0;
        for (size_t k = PARTS; k-- > 0;) {
            carry += (uint64_t)parts[k] << 32;
            parts[k] = (uint32_t)(carry % BASE);
            carry /= BASE;
        }
        bits[i] = (uint32_t)carry;
    }
    unsigned shift = 0;
    while (shift < 31 && !(bits[0] << shift >> 31))
        shift++;
    for (size_t i = 0; i < LIMBS; i++)
        number->limbs[i] = shift ? bits[i] << shift | bits[i + 1] >> (32 - shift) : bits[i];
    number->exponent = -(int64_t)shift;
}

/* Reads a decimal constant: digits, a point, an exponent of ten. */
static bool read_decimal(const char *at, const char *end, struct big *number, unsigned *warnings)
{
    uint8_t digits[54] = {0};
    size_t count = 0;
    int64_t tens = 0;
    bool has_point = false, has_digit = false;
    for (; at < end && (*at | 0x20) != 'e'; at++) {
        if (*at == '_')
            continue;
        if (*at == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (*at < '0' || *at > '9')
            return false;
        if (*at == '0' && !has_digit) {
            tens -= has_point;
            continue;
        }
        has_digit = true;
        if (count < DIGITS)
            digits[count++] = (uint8_t)(*at - '0');
        else
            *warnings |= FLOAT_TOO_LONG;
        tens += !has_point;
    }
    if (at < end) {
        const int32_t exponent = read_exponent(at + 1, end, MOST_TEN);
        if (exponent == NO_EXPONENT)
            return false;
        tens += exponent;
    }
    *number = (struct big){{0}, 0};
    if (!has_digit)
        return true;
    from_digits(digits, number);
    multiply_with_fives(number, tens);
    number->exponent += tens;
    return true;
}

/* The value of a digit; 255: it is none. */
static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 255;
}

/* Sets bits of a digit, `bits` of them, so that the first one is the `at`-th of the number. */
static void put_digit(struct big *number, unsigned digit, unsigned bits, size_t at)
{
    for (unsigned i = 0; i < bits; i++, at++)
        if (at < (size_t)32 * LIMBS && digit >> (bits - 1 - i) & 1)
            number->limbs[at / 32] |= UINT32_C(0x80000000) >> at % 32;
}

/* Reads a constant whose digits have 1, 3 or 4 bits, with an exponent of two. */
static bool read_binary(const char *at, const char *end, unsigned bits, struct big *number)
{
    size_t place = 0;
    bool has_point = false, has_digit = false;
    *number = (struct big){{0}, 0};
    for (; at < end; at++) {
        const unsigned digit = digit_of(*at);
        if (*at == '_') {
            continue;
        } else if (*at == '.' && !has_point) {
            has_point = true;
        } else if (digit < 1u << bits) {
            unsigned width = bits;
            if (!has_digit) {
                while (width && !(digit >> (width - 1)))
                    width--;
                has_digit = width > 0;
                number->exponent += (int64_t)width - bits;
            }
            if (has_digit)
                put_digit(number, digit, width, place);
            place += width;
            number->exponent += has_point ? 0 : bits;
        } else if ((*at | 0x20) == 'p') {
            const int32_t exponent = read_exponent(at + 1, end, MOST_TWO);
            if (exponent == NO_EXPONENT)
                return false;
            number->exponent += exponent;
            break;
        } else {
            return false;
        }
    }
    return true;
}

/* Reads a constant in the base that its beginning names. */
static bool read_number(const char *at, const char *end, struct big *number, unsigned *warnings)
{
    if (*at == '$')
        return read_binary(at + 1, end, 4, number);
    switch (*at == '0' && at + 1 < end ? at[1] | 0x20 : 0) {
    case 'x':
    case 'h':
        return read_binary(at + 2, end, 4, number);
    case 'o':
    case 'q':
        return read_binary(at + 2, end, 3, number);
    case 'b':
    case 'y':
        return read_binary(at + 2, end, 1, number);
    case 'd':
    case 't':
        return read_decimal(at + 2, end, number, warnings);
    default:
        return read_decimal(at, end, number, warnings);
    }
}

static void shift_right(uint32_t limbs[LIMBS], int64_t count)
{
    const size_t whole = count >= (int64_t)32 * LIMBS ? LIMBS : (size_t)count / 32;
    const unsigned bits = (unsigned)(count % 32);
    for (size_t i = LIMBS; i-- > 0;) {
        uint32_t limb = i >= whole ? limbs[i - whole] >> bits : 0;
        if (bits && i > whole)
            limb |= limbs[i - whole - 1] << (32 - bits);
        limbs[i] = limb;
    }
}

static bool bit(const uint32_t limbs[LIMBS], unsigned place)
{
    return limbs[place / 32] >> (31 - place % 32) & 1;
}

/* Rounds to the nearest number of `bits` bits, to an even one from between two. */
static void round_to(uint32_t limbs[LIMBS], unsigned bits)
{
    size_t i = bits / 32;
    const uint32_t half = UINT32_C(0x80000000) >> bits % 32;
    uint32_t rest = limbs[i] & (half - 1);
    for (size_t k = i + 1; k < LIMBS; k++)
        rest |= limbs[k];
    if (!(limbs[i] & half) || (!rest && !bit(limbs, bits - 1)))
        return;
    limbs[i] = (limbs[i] & ~(half - 1)) + half;
    while (i > 0 && !limbs[i])
        limbs[--i]++;
}

/* Makes the bits of a format; what lies after them may have any value. */
static void to_format(struct big *number, const struct format *format, unsigned *warnings)
{
    uint32_t *const limbs = number->limbs;
    const int64_t bias = (INT64_C(1) << (format->exponent_bits - 1)) - 1;
    const unsigned one = format->exponent_bits + format->is_explicit, bits = 8u * format->bytes;
    int64_t exponent = number->exponent - 1;
    if (exponent > bias + 1)
        goto overflow;
    if (exponent >= 1 - bias) {
        exponent += bias;
        shift_right(limbs, one);
        round_to(limbs, bits);
        if (bit(limbs, one - 1)) {
            shift_right(limbs, 1);
            if (++exponent >= 2 * bias + 1)
                goto overflow;
        }
    } else {
        shift_right(limbs, 1 - bias - exponent + one);
        round_to(limbs, bits);
        exponent = bit(limbs, one);
    }
    if (!format->is_explicit)
        limbs[0] &= ~(UINT32_C(0x80000000) >> one);
    limbs[0] |= (uint32_t)exponent << (31 - format->exponent_bits);
    return;
overflow:
    *warnings |= FLOAT_OVERFLOW;
    memset(limbs, 0, sizeof number->limbs);
    limbs[0] = ((UINT32_C(1) << format->exponent_bits) - 1) << (31 - format->exponent_bits);
    if (format->is_explicit)
        limbs[0] |= UINT32_C(0x80000000) >> one;
}

/* Packed decimal: 18 digits and a sign. */
static bool packed(const char *at, const char *end, bool negative, uint8_t *bytes,
                   unsigned *warnings)
{
    unsigned count = 0;
    memset(bytes, 0, 10);
    while (end > at) {
        const char c = *--end;
        if (c == '_')
            continue;
        if (c < '0' || c > '9')
            return false;
        if (count == 18)
            *warnings |= FLOAT_CUT;
        else
            bytes[count / 2] |= (uint8_t)((c - '0') << (count % 2 * 4));
        count += count < 18;
    }
    bytes[9] = negative ? 0x80 : 0;
    return true;
}

bool elfgen_asm_float(const struct token *token, bool negative, unsigned size, uint8_t *bytes,
                      unsigned *warnings)
{
    const char *at = token->text, *end = at + token->length;
    struct big number;
    *warnings = 0;
    if ((end[-1] | 0x20) == 'p')
        return size == 10 && packed(at, end - 1, negative, bytes, warnings);
    if (*at == '0' && at + 1 < end && (at[1] | 0x20) == 'p')
        return size == 10 && packed(at + 2, end, negative, bytes, warnings);
    size_t i = 0;
    while (formats[i].bytes != size)
        if (++i == sizeof formats / sizeof *formats)
            return false;
    if (!read_number(at, end, &number, warnings))
        return false;
    if (number.limbs[0])
        to_format(&number, &formats[i], warnings);
    if (negative)
        number.limbs[0] |= UINT32_C(0x80000000);
    for (unsigned k = size; k-- > 0;)
        *bytes++ = (uint8_t)(number.limbs[k / 4] >> (24 - k % 4 * 8));
    return true;
}
