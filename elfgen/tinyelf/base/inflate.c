/* Uncompresses DEFLATE (RFC 1951) in zlib's format (RFC 1950), from any bytes. */
#include "inflate.h"

#include <string.h>

enum {
    LONGEST_CODE = 15,
    LITERALS = 288,
    DISTANCES = 30,
    END_OF_BLOCK = 256,
    QUICK_BITS = 9 /* codes of up to so many bits are found by a table */
};

struct stream {
    const uint8_t *in, *in_end;
    uint8_t *out;
    size_t made, room, first; /* `first`: where this stream's bytes begin */
    uint64_t bits;
    unsigned count; /* of the bits that were read and not yet taken */
};

/* A Huffman code: how many codes have each length, and their symbols in order. */
struct code {
    uint16_t counts[LONGEST_CODE + 1];
    uint16_t symbols[LITERALS];
    uint16_t quick[1 << QUICK_BITS]; /* symbol << 4 | length; 0: none so short */
};

/* Reads ahead, so that there are `count` bits (at most 32) or all that are left. */
static void fill(struct stream *s, unsigned count)
{
    while (s->count < count && s->in < s->in_end) {
        s->bits |= (uint64_t)*s->in++ << s->count;
        s->count += 8;
    }
}

static bool take_bits(struct stream *s, unsigned count, unsigned *value)
{
    fill(s, count);
    if (s->count < count)
        return false;
    *value = (unsigned)(s->bits & ((UINT64_C(1) << count) - 1));
    s->bits >>= count;
    s->count -= count;
    return true;
}

static unsigned reversed(unsigned code, unsigned length)
{
    unsigned result = 0;
    for (unsigned i = 0; i < length; i++)
        result |= (code >> i & 1) << (length - 1 - i);
    return result;
}

/* Enters the short codes into the quick table: the code of each symbol follows from the lengths. */
static void make_quick(struct code *code)
{
    unsigned next = 0, index = 0;
    memset(code->quick, 0, sizeof code->quick);
    for (unsigned length = 1; length <= QUICK_BITS; length++) {
        for (unsigned i = 0; i < code->counts[length]; i++, next++, index++)
            for (unsigned at = reversed(next, length); at < 1U << QUICK_BITS; at += 1U << length)
                code->quick[at] = (uint16_t)((unsigned)code->symbols[index] << 4 | length);
        next <<= 1;
    }
}

/* Makes a code of the lengths of its symbols' codes. Returns false if there are too many, or too
 * few, unless it is one code of one bit or none. */
static bool make_code(struct code *code, const uint8_t *lengths, unsigned symbols)
{
    uint16_t starts[LONGEST_CODE + 2] = {0};
    int left = 1; /* codes of the length that are free */
    memset(code->counts, 0, sizeof code->counts);
    for (unsigned i = 0; i < symbols; i++)
        code->counts[lengths[i]]++;
    unsigned used = symbols - code->counts[0];
    code->counts[0] = 0;
    for (unsigned length = 1; length <= LONGEST_CODE; length++) {
        left = 2 * left - code->counts[length];
        if (left < 0)
            return false;
        starts[length + 1] = (uint16_t)(starts[length] + code->counts[length]);
    }
    for (unsigned i = 0; i < symbols; i++)
        if (lengths[i])
            code->symbols[starts[lengths[i]]++] = (uint16_t)i;
    make_quick(code);
    return left == 0 || used == 0 || (used == 1 && code->counts[1] == 1);
}

/* Takes a code that is not in the quick table, bit by bit. */
static bool take_long(struct stream *s, const struct code *code, unsigned *symbol)
{
    unsigned value = 0, first = 0, index = 0;
    for (unsigned length = 1; length <= LONGEST_CODE && length <= s->count; length++) {
        value |= (unsigned)(s->bits >> (length - 1) & 1);
        if (value - first < code->counts[length]) {
            *symbol = code->symbols[index + value - first];
            s->bits >>= length;
            s->count -= length;
            return true;
        }
        index += code->counts[length];
        first = (first + code->counts[length]) << 1;
        value <<= 1;
    }
    return false;
}

static bool take_symbol(struct stream *s, const struct code *code, unsigned *symbol)
{
    fill(s, LONGEST_CODE);
    unsigned quick = code->quick[s->bits & ((1U << QUICK_BITS) - 1)];
    unsigned length = quick & 15;
    if (length == 0)
        return take_long(s, code, symbol);
    if (length > s->count)
        return false;
    *symbol = quick >> 4;
    s->bits >>= length;
    s->count -= length;
    return true;
}

/* RFC 1951, 3.2.5: a length or distance is a base and bits that follow. */
static bool take_value(struct stream *s, const uint16_t *bases, const uint8_t *extra,
                       unsigned symbol, size_t *value)
{
    unsigned more;
    if (!take_bits(s, extra[symbol], &more))
        return false;
    *value = bases[symbol] + (size_t)more;
    return true;
}

static bool copy_match(struct stream *s, const struct code *distances, unsigned symbol)
{
    enum { LENGTHS = 29 };
    static const uint16_t length_bases[LENGTHS] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                   15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                   67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const uint8_t length_bits[LENGTHS] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const uint16_t distance_bases[DISTANCES] = {
        1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    static const uint8_t distance_bits[DISTANCES] = {0, 0, 0,  0,  1,  1,  2,  2,  3,  3,
                                                     4, 4, 5,  5,  6,  6,  7,  7,  8,  8,
                                                     9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
    unsigned distance_symbol;
    size_t length, distance;
    if (symbol >= LENGTHS || !take_value(s, length_bases, length_bits, symbol, &length) ||
        !take_symbol(s, distances, &distance_symbol) || distance_symbol >= DISTANCES ||
        !take_value(s, distance_bases, distance_bits, distance_symbol, &distance))
        return false;
    if (distance > s->made - s->first || length > s->room - s->made)
        return false;
    for (size_t i = 0; i < length; i++, s->made++)
        s->out[s->made] = s->out[s->made - distance]; /* they may overlap */
    return true;
}

static bool read_block(struct stream *s, const struct code *literals, const struct code *distances)
{
    unsigned symbol;
    while (take_symbol(s, literals, &symbol)) {
        if (symbol == END_OF_BLOCK)
            return true;
        if (symbol > END_OF_BLOCK) {
            if (!copy_match(s, distances, symbol - END_OF_BLOCK - 1))
                return false;
        } else if (s->made == s->room) {
            return false;
        } else {
            s->out[s->made++] = (uint8_t)symbol;
        }
    }
    return false;
}

/* Gives back whole bytes that were read ahead, and drops the bits before them. */
static void to_byte(struct stream *s)
{
    s->in -= s->count / 8;
    s->count = 0;
    s->bits = 0;
}

static bool read_stored(struct stream *s)
{
    enum { HEADER = 4 };
    to_byte(s);
    if (s->in_end - s->in < HEADER)
        return false;
    size_t size = (size_t)(s->in[0] | s->in[1] << 8);
    size_t check = (size_t)(s->in[2] | s->in[3] << 8);
    s->in += HEADER;
    if (size != (check ^ 0xffff) || size > (size_t)(s->in_end - s->in) || size > s->room - s->made)
        return false;
    memcpy(s->out + s->made, s->in, size);
    s->in += size;
    s->made += size;
    return true;
}

static bool read_fixed(struct stream *s, struct code *literals, struct code *distances)
{
    uint8_t lengths[LITERALS];
    for (unsigned i = 0; i < LITERALS; i++)
        lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    make_code(literals, lengths, LITERALS);
    memset(lengths, 5, DISTANCES);
    make_code(distances, lengths, DISTANCES); /* two of its 32 codes are unused */
    return read_block(s, literals, distances);
}

/* Reads the lengths of `count` codes, which are themselves coded: 16 repeats the last, 17 and 18
 * are runs of zeros. */
static bool read_lengths(struct stream *s, const struct code *code, uint8_t *lengths,
                         unsigned count)
{
    unsigned at = 0, symbol, times;
    while (at < count) {
        if (!take_symbol(s, code, &symbol))
            return false;
        if (symbol < 16) {
            lengths[at++] = (uint8_t)symbol;
            continue;
        }
        const unsigned bits = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
        if ((symbol == 16 && at == 0) || !take_bits(s, bits, &times))
            return false;
        times += symbol == 18 ? 11 : 3;
        if (times > count - at)
            return false;
        memset(lengths + at, symbol == 16 ? lengths[at - 1] : 0, times);
        at += times;
    }
    return true;
}

static bool read_dynamic(struct stream *s, struct code *literals, struct code *distances)
{
    enum { LENGTH_CODES = 19, MOST_LITERALS = 286 };
    static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[LITERALS + DISTANCES] = {0};
    unsigned literal_count, distance_count, length_count, length;
    if (!take_bits(s, 5, &literal_count) || !take_bits(s, 5, &distance_count) ||
        !take_bits(s, 4, &length_count))
        return false;
    literal_count += 257;
    distance_count += 1;
    if (literal_count > MOST_LITERALS || distance_count > DISTANCES)
        return false;
    for (unsigned i = 0; i < length_count + 4; i++) {
        if (!take_bits(s, 3, &length))
            return false;
        lengths[order[i]] = (uint8_t)length;
    }
    if (!make_code(literals, lengths, LENGTH_CODES) ||
        !read_lengths(s, literals, lengths, literal_count + distance_count))
        return false;
    return lengths[END_OF_BLOCK] && make_code(distances, lengths + literal_count, distance_count) &&
           make_code(literals, lengths, literal_count) && read_block(s, literals, distances);
}

static uint32_t adler(const uint8_t *bytes, size_t size)
{
    enum { MODULUS = 65521, AT_ONCE = 5552 }; /* the sums of so many bytes fit 32 bits */
    uint32_t low = 1, high = 0;
    while (size > 0) {
        size_t part = size < AT_ONCE ? size : AT_ONCE;
        for (size_t i = 0; i < part; i++) {
            low += bytes[i];
            high += low;
        }
        low %= MODULUS;
        high %= MODULUS;
        bytes += part;
        size -= part;
    }
    return high << 16 | low;
}

/* Reads a stream's two bytes before DEFLATE: method, window and check, no dictionary. */
static bool read_header(struct stream *s)
{
    unsigned method, flags;
    return take_bits(s, 8, &method) && take_bits(s, 8, &flags) && (method & 15) == 8 &&
           method >> 4 <= 7 && (method << 8 | flags) % 31 == 0 && !(flags & 32);
}

static bool read_stream(struct stream *s)
{
    struct code literals, distances;
    unsigned last = 0, kind;
    s->first = s->made;
    if (!read_header(s))
        return false;
    while (!last) {
        if (!take_bits(s, 1, &last) || !take_bits(s, 2, &kind))
            return false;
        bool read = kind == 0   ? read_stored(s)
                    : kind == 1 ? read_fixed(s, &literals, &distances)
                    : kind == 2 ? read_dynamic(s, &literals, &distances)
                                : false;
        if (!read)
            return false;
    }
    to_byte(s);
    if (s->in_end - s->in < 4)
        return false;
    uint32_t check =
        (uint32_t)s->in[0] << 24 | (uint32_t)s->in[1] << 16 | (uint32_t)s->in[2] << 8 | s->in[3];
    s->in += 4;
    return check == adler(s->out + s->first, s->made - s->first);
}

bool inflate_zlib(const uint8_t *bytes, size_t size, uint8_t *out, size_t room)
{
    struct stream stream = {.in = bytes, .in_end = bytes + size, .out = out, .room = room};
    while (stream.in < stream.in_end)
        if (!read_stream(&stream))
            return false;
    return stream.made == room;
}
