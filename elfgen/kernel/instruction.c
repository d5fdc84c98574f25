/* Tells from an x86 instruction's first bytes whether it has more. */
#include "kernel_private.h"

enum { LONGEST = 15, ESCAPE = 0x0f };

/* What follows each one-byte opcode:
 * 1 nothing; m ModRM; r ModRM, whose value says whether there is such an instruction; b w z v an
 * immediate of 8 bits, 16 bits, up to 32 bits, up to 64 bits; M Z ModRM and such an immediate; t T
 * ModRM, and an immediate in the first two of a group; i I ModRM and an immediate, where the first
 * of a group is all that there is; j a relative address; o an address; f a far address; e 16 and 8
 * bits; p a prefix; - not known. */
static const char one_byte[] = "mmmmbz11mmmmbz1-"
                               "mmmmbz11mmmmbz11"
                               "mmmmbzp1mmmmbzp1"
                               "mmmmbzp1mmmmbzp1"
                               "1111111111111111"
                               "1111111111111111"
                               "11rmppppzZbM1111"
                               "bbbbbbbbbbbbbbbb"
                               "MZMMmmmmmmmmrmrr"
                               "1111111111f11111"
                               "oooo1111bz111111"
                               "bbbbbbbbvvvvvvvv"
                               "MMw1rriIe1w11b11"
                               "mmmmbb-1rrrrrrrr"
                               "bbbbbbbbjjfb1111"
                               "p1pp11tT111111rr";

/* The same after 0f, for instructions that every such processor has. */
static const char two_byte[] = "----------------"
                               "---------------m"
                               "----------------"
                               "----------------"
                               "mmmmmmmmmmmmmmmm"
                               "----------------"
                               "----------------"
                               "----------------"
                               "jjjjjjjjjjjjjjjj"
                               "mmmmmmmmmmmmmmmm"
                               "---mMm-----mMm-m"
                               "mm-m--mm--rmmmmm"
                               "mm--------------"
                               "----------------"
                               "----------------"
                               "----------------";

/* One-byte opcodes that 64-bit code does not have, or uses for longer ones. */
static const uint8_t not_in_64[] = {0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27,
                                    0x2f, 0x37, 0x3f, 0x60, 0x61, 0x62, 0x82, 0x9a,
                                    0xc4, 0xc5, 0xce, 0xd4, 0xd5, 0xea};

struct scan {
    const uint8_t *bytes;
    unsigned count, at;
    bool is_64, operand_size, address_size, lock, wide;
};

static void scan_prefixes(struct scan *scan)
{
    for (; scan->at < scan->count; scan->at++) {
        uint8_t byte = scan->bytes[scan->at];
        if (scan->is_64 && byte >> 4 == 4) { /* REX counts right before the opcode */
            scan->wide = (byte & 8) != 0;
            continue;
        }
        if (one_byte[byte] != 'p')
            return;
        scan->wide = false;
        scan->operand_size |= byte == 0x66;
        scan->address_size |= byte == 0x67;
        scan->lock |= byte == 0xf0;
    }
}

static char form_of(const struct scan *scan, uint8_t opcode)
{
    for (unsigned i = 0; scan->is_64 && i < sizeof not_in_64; i++)
        if (not_in_64[i] == opcode)
            return '-';
    return one_byte[opcode];
}

/* Bytes of displacement after ModRM, and whether a SIB byte comes between them. */
static unsigned displacement(const struct scan *scan, unsigned mod, unsigned rm, unsigned base)
{
    enum { NO_BASE = 5, NO_BASE_16 = 6 };
    if (!scan->is_64 && scan->address_size)
        return mod == 1 ? 1 : mod == 2 || (mod == 0 && rm == NO_BASE_16) ? 2 : 0;
    return mod == 1 ? 1 : mod == 2 || (mod == 0 && base == NO_BASE) ? 4 : 0;
}

/* The bytes after the opcode, without an immediate, as far as they are known; one more than there
 * are if there must be more. `more`: of the immediate that a group has for ModRM's reg below 2. */
static unsigned scan_modrm(struct scan *scan, unsigned *more)
{
    if (scan->at >= scan->count)
        return 1;
    uint8_t modrm = scan->bytes[scan->at];
    unsigned mod = modrm >> 6, rm = modrm & 7, base = rm, size = 1;
    if ((modrm >> 3 & 7) >= 2)
        *more = 0;
    if (mod == 3)
        return size;
    if (rm == 4 && (scan->is_64 || !scan->address_size)) {
        size++;
        if (scan->at + 1 >= scan->count)
            return size;
        base = scan->bytes[scan->at + 1] & 7;
    }
    return size + displacement(scan, mod, rm, base);
}

/* How many bytes follow the opcode, at least. */
static unsigned rest_of(struct scan *scan, char form)
{
    unsigned none = 0, operand = scan->operand_size && !scan->wide ? 2 : 4;
    unsigned address = scan->is_64 ? (scan->address_size ? 4 : 8) : (scan->address_size ? 2 : 4);
    switch (form) {
    case 'm':
        return scan_modrm(scan, &none);
    case 'r':
    case 'b':
        return 1;
    case 'w':
        return 2;
    case 'e':
        return 3;
    case 'z':
        return operand;
    case 'j': /* not every processor heeds the operand size here */
        return scan->operand_size ? 2 : 4;
    case 'v':
        return scan->wide ? 8 : operand;
    case 'o':
        return address;
    case 'f':
        return operand + 2;
    case 'M':
        return scan_modrm(scan, &none) + 1;
    case 'Z':
        return scan_modrm(scan, &none) + operand;
    case 'i':
    case 'I':
        if (scan->at >= scan->count || (scan->bytes[scan->at] >> 3 & 7) != 0)
            return 1;
        return scan_modrm(scan, &none) + (form == 'i' ? 1 : operand);
    case 't':
    case 'T': {
        unsigned more = form == 't' ? 1 : operand;
        unsigned size = scan_modrm(scan, &more);
        return size + more;
    }
    default:
        return 0;
    }
}

bool elfgen_kernel_goes_on(const uint8_t *bytes, unsigned count, bool is_64)
{
    struct scan scan = {.bytes = bytes, .count = count, .is_64 = is_64};
    if (count == 0 || count >= LONGEST)
        return false;
    scan_prefixes(&scan);
    if (scan.at == count)
        return true;
    uint8_t opcode = bytes[scan.at++];
    char form = form_of(&scan, opcode);
    if (opcode == ESCAPE) {
        if (scan.at == count)
            return true;
        form = two_byte[bytes[scan.at++]];
    }
    /* lock goes with few instructions only. */
    if (scan.lock)
        return false;
    unsigned end = scan.at + rest_of(&scan, form);
    return end > count && end <= LONGEST;
}
