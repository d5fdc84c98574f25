/* Prints single values: numbers, flags, strings, sets of bits. */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/ascii.h"

#include "args.h"

#include "elfgen/memory.h"

bool strace_read_all(const struct strace_value *v, uint64_t address, void *bytes, size_t size)
{
    return v->reader && address <= UINT64_MAX - size &&
           v->reader->read(v->reader->context, address, bytes, size) == size;
}

bool strace_take(const struct strace_value *v, void *bytes, size_t size)
{
    bool there = v->argument != 0 && (!v->late || (v->after && !v->call->failed)) &&
                 strace_read_all(v, v->argument, bytes, size);
    if (!there)
        strace_put_pointer(v->out, v->argument);
    return there;
}

bool strace_is_array(uint64_t address, uint64_t count, size_t size)
{
    uint64_t bytes, end;
    return !__builtin_mul_overflow(count, size, &bytes) &&
           !__builtin_add_overflow(address, bytes, &end) && end > address;
}

void strace_put_number(struct elfgen_text *out, int64_t number)
{
    if (number < 0)
        elfgen_text_char(out, '-');
    elfgen_text_decimal(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 0);
}

void strace_put_count(struct elfgen_text *out, uint64_t number)
{
    elfgen_text_decimal(out, number, 0);
}

void strace_put_pointer(struct elfgen_text *out, uint64_t address)
{
    if (address == 0)
        elfgen_text_string(out, "NULL");
    else
        elfgen_text_0x(out, address);
}

void strace_put_hexadecimal(struct elfgen_text *out, uint64_t number)
{
    if (number == 0)
        elfgen_text_char(out, '0');
    else
        elfgen_text_0x(out, number);
}

void strace_put_octal_number(struct elfgen_text *out, uint64_t number, unsigned digits)
{
    char reversed[24];
    unsigned count = 0;
    while (number != 0) {
        reversed[23 - count++] = (char)('0' + (number & 7));
        number >>= 3;
    }
    reversed[23 - count++] = '0';
    while (count < digits)
        reversed[23 - count++] = '0';
    elfgen_text_bytes(out, reversed + 24 - count, count);
}

void strace_put_mode(struct elfgen_text *out, uint32_t mode)
{
    static const struct xlat_row special[] = {
        {"S_ISUID|", S_ISUID}, {"S_ISGID|", S_ISGID}, {"S_ISVTX|", S_ISVTX}};
    const char *type = xlat_name(&xlat_file_type, mode & S_IFMT);
    if (!type) {
        strace_put_octal_number(out, mode, 3);
        return;
    }
    elfgen_text_string(out, type);
    elfgen_text_char(out, '|');
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (mode & special[i].value)
            elfgen_text_string(out, special[i].name);
    strace_put_octal_number(out, mode & 0777, 3);
}

void strace_put_device_number(struct elfgen_text *out, uint64_t device)
{
    elfgen_text_string(out, "makedev(");
    strace_put_hexadecimal(out, major(device));
    elfgen_text_string(out, ", ");
    strace_put_hexadecimal(out, minor(device));
    elfgen_text_char(out, ')');
}

void strace_put_signal_name(struct elfgen_text *out, uint64_t number, bool short_name)
{
    enum { FIRST = 32, LAST = 64 }; /* real-time signals, as the kernel counts them */
    const char *name = xlat_name(&xlat_signal, number);
    if (name) {
        elfgen_text_string(out, short_name ? name + 3 : name);
    } else if (number > FIRST && number <= LAST) {
        elfgen_text_string(out, short_name ? "RT_" : "SIGRT_");
        strace_put_count(out, number - FIRST);
    } else {
        strace_put_number(out, (int32_t)number);
    }
}

void strace_put_more(struct elfgen_text *out, uint64_t address)
{
    elfgen_text_string(out, "... /* ");
    elfgen_text_0x(out, address);
    elfgen_text_string(out, " */");
}

void strace_put_label(struct elfgen_text *out, const char *label)
{
    elfgen_text_string(out, label);
    elfgen_text_char(out, '=');
}

static void put_unknown(struct elfgen_text *out, const struct xlat *xlat, uint64_t number)
{
    strace_put_hexadecimal(out, number);
    elfgen_text_string(out, " /* ");
    elfgen_text_string(out, xlat->unknown);
    elfgen_text_string(out, " */");
}

void strace_put_word_of(struct elfgen_text *out, const struct xlat *xlat, uint64_t number)
{
    const char *name = xlat_name(xlat, number);
    if (name)
        elfgen_text_string(out, name);
    else
        put_unknown(out, xlat, number);
}

bool strace_put_flags_of(struct elfgen_text *out, const struct xlat *xlat, uint64_t flags,
                         bool already)
{
    const char *zero = flags == 0 ? xlat_name(xlat, 0) : NULL;
    bool any = already;
    if (zero && !any) {
        elfgen_text_string(out, zero);
        return true;
    }
    for (const struct xlat_row *v = xlat->values; v->name && flags != 0; v++) {
        if (v->value == 0 || (flags & v->value) != v->value)
            continue;
        if (any)
            elfgen_text_char(out, '|');
        elfgen_text_string(out, v->name);
        flags &= ~v->value;
        any = true;
    }
    if (flags != 0 && any) {
        elfgen_text_char(out, '|');
        elfgen_text_0x(out, flags);
    } else if (flags != 0) {
        put_unknown(out, xlat, flags);
    } else if (!any) {
        elfgen_text_char(out, '0');
    }
    return true;
}

/* ---- strings ---- */

static bool is_octal(uint8_t byte)
{
    return byte >= '0' && byte <= '7';
}

/* An octal escape, with all three digits only before another digit. */
static void put_escaped(struct elfgen_text *out, uint8_t byte, bool digit_follows)
{
    char text[4] = {'\\', (char)('0' + (byte >> 6)), (char)('0' + (byte >> 3 & 7)),
                    (char)('0' + (byte & 7))};
    size_t from = digit_follows || byte >= 0100 ? 1 : byte >= 010 ? 2 : 3;
    elfgen_text_char(out, '\\');
    elfgen_text_bytes(out, text + from, sizeof text - from);
}

void strace_put_quoted(struct elfgen_text *out, const uint8_t *bytes, size_t count, bool more)
{
    /* Bytes with an escape letter: \t \n \v \f \r. */
    static const char letters[] = "tnvfr";
    elfgen_text_char(out, '"');
    for (size_t i = 0; i < count; i++) {
        uint8_t byte = bytes[i];
        if (byte == '"' || byte == '\\')
            elfgen_text_char(out, '\\');
        if (ascii_is_printable(byte)) {
            elfgen_text_char(out, (char)byte);
        } else if (byte >= '\t' && byte <= '\r') {
            elfgen_text_char(out, '\\');
            elfgen_text_char(out, letters[byte - '\t']);
        } else {
            put_escaped(out, byte, i + 1 < count && is_octal(bytes[i + 1]));
        }
    }
    elfgen_text_string(out, more ? "\"..." : "\"");
}

void strace_put_bytes_at(const struct strace_value *v, uint64_t address, uint64_t size)
{
    /* One more byte than is shown must be there, too. */
    uint8_t bytes[SHOWN_BYTES + 1];
    size_t read = size < sizeof bytes ? (size_t)size : sizeof bytes;
    size_t count = read < SHOWN_BYTES ? read : SHOWN_BYTES;
    if (address == 0 || (read != 0 && !strace_read_all(v, address, bytes, read)))
        strace_put_pointer(v->out, address);
    else
        strace_put_quoted(v->out, bytes, count, read > count);
}

void strace_put_string_at(const struct strace_value *v, uint64_t address, size_t most)
{
    /* Read in pieces: a short string needs one read, and one at the end of mapped memory is still
     * found whole. */
    uint8_t bytes[SHOWN_PATH + 1];
    enum { PIECE = 256 };
    size_t count = 0;
    const uint8_t *end = NULL;
    most = most < SHOWN_PATH ? most : SHOWN_PATH;
    while (address != 0 && v->reader && count < most + 1 && !end) {
        size_t want = most + 1 - count < PIECE ? most + 1 - count : PIECE;
        if (address > UINT64_MAX - count - want)
            break;
        size_t got = v->reader->read(v->reader->context, address + count, bytes + count, want);
        end = got != 0 ? memchr(bytes + count, '\0', got) : NULL;
        count += got;
        if (got < want)
            break;
    }
    if (!end && count < most + 1)
        strace_put_pointer(v->out, address);
    else
        strace_put_quoted(v->out, bytes, end ? (size_t)(end - bytes) : most, !end);
}

void strace_put_rest(const struct strace_value *v, uint64_t address, uint64_t known, uint64_t size)
{
    uint8_t bytes[ELFGEN_PAGE];
    uint64_t rest = size > known ? size - known : 0;
    size_t count = rest < sizeof bytes ? (size_t)rest : sizeof bytes;
    if (count == 0)
        return;
    if (!strace_read_all(v, address + known, bytes, count)) {
        elfgen_text_string(v->out, ", ???");
        return;
    }
    if (!strace_any_bit(bytes, count))
        return;
    elfgen_text_string(v->out, ", /* bytes ");
    strace_put_count(v->out, known);
    elfgen_text_string(v->out, "..");
    strace_put_count(v->out, known + count - 1);
    elfgen_text_string(v->out, " */ \"");
    for (size_t i = 0; i < count; i++) {
        elfgen_text_string(v->out, "\\x");
        elfgen_text_hex(v->out, bytes[i], 2);
    }
    elfgen_text_char(v->out, '"');
}

/* ---- sets of bits ---- */

bool strace_any_bit(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return true;
    return false;
}

void strace_put_bits(struct elfgen_text *out, const uint8_t *bytes, size_t size)
{
    bool any = false;
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < 8 * size; i++) {
        if (!(bytes[i / 8] >> i % 8 & 1))
            continue;
        if (any)
            elfgen_text_char(out, ' ');
        strace_put_count(out, i);
        any = true;
    }
    elfgen_text_char(out, ']');
}
