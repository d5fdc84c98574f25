/* Describes strings, system calls and parts of instructions in words. */
#include "words.h"

#include <string.h>

/* Puts a character as C has it in strings, and returns the end. */
static char *put_character(char *to, uint8_t c)
{
    static const char named[] = "\n\t\r\0\"\\", letters[] = "ntr0\"\\";
    static const char digits[] = "0123456789abcdef";
    if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
        const char *found = memchr(named, c, sizeof letters - 1);
        *to++ = '\\';
        if (found) {
            *to++ = letters[found - named];
        } else {
            *to++ = 'x';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    } else {
        *to++ = (char)c;
    }
    return to;
}

void elfgen_put_quoted(struct elfgen_text *text, const char *bytes, size_t length)
{
    enum { MOST = 64, ESCAPE = 4, QUOTES = 2 };
    char room[MOST * ESCAPE + QUOTES], *to = room;
    *to++ = '"';
    for (size_t i = 0; i < length && i < MOST; i++)
        to = put_character(to, (uint8_t)bytes[i]);
    *to++ = '"';
    elfgen_text_bytes(text, room, (size_t)(to - room));
    if (length > MOST)
        elfgen_text_string(text, "...");
}

void elfgen_put_string(struct elfgen_text *text, const char *string, size_t length)
{
    if (length == SIZE_MAX)
        elfgen_text_string(text, "outside its string table");
    else
        elfgen_put_quoted(text, string, length);
}

void elfgen_put_section_name(struct elfgen_text *text, const struct elfgen_view *view,
                             uint64_t index)
{
    struct elfgen_shdr shdr;
    const char *name = NULL;
    if (index == 0 || elfgen_view_section(view, index, &shdr, NULL) != ELFGEN_OK)
        return;
    size_t length = elfgen_view_section_name(view, &shdr, &name);
    if (length != SIZE_MAX)
        elfgen_put_quoted(text, name, length);
}

/* Appends an argument as far as it is known. Numbers are signed. */
static void put_argument(struct elfgen_text *text, unsigned width, struct elfgen_bits argument,
                         enum elfgen_parameter_kind kind)
{
    if (argument.known != UINT64_MAX) {
        elfgen_text_char(text, '?');
        return;
    }
    if (kind != ELFGEN_PARAMETER_NUMBER) {
        elfgen_text_0x(text, argument.value);
        return;
    }
    int64_t number = (int64_t)argument.value;
    if (width == 32)
        number = (int32_t)argument.value;
    elfgen_text_signed(text, number);
}

void elfgen_put_call(struct elfgen_text *text, const struct elfgen_code *code, uint64_t offset)
{
    const struct elfgen_call *call = elfgen_code_call(code, offset);
    struct elfgen_signature signature;
    if (!call)
        return;
    elfgen_text_string(text, ": ");
    if (!elfgen_code_signature(code, call, &signature)) {
        bool known = (uint32_t)call->number.known == UINT32_MAX;
        elfgen_text_string(text,
                           known ? "system call " : "a system call whose number is not known");
        if (known)
            elfgen_text_decimal(text, (uint32_t)call->number.value, 0);
        return;
    }
    unsigned width = code->machine->call_instructions[call->call_instruction].width;
    elfgen_text_column(text, signature.name, 0, sizeof signature.name);
    elfgen_text_char(text, '(');
    for (unsigned i = 0; i < signature.count; i++) {
        if (i > 0)
            elfgen_text_string(text, ", ");
        put_argument(text, width, call->arguments[i], signature.parameters[i].kind);
    }
    elfgen_text_string(text, signature.known ? ")" : "...)");
}

void elfgen_put_failure(struct elfgen_text *text, const struct elfgen_code *code, uint64_t offset)
{
    const struct elfgen_call *call = elfgen_code_failed(code, offset);
    struct elfgen_signature signature;
    if (!call)
        return;
    elfgen_text_string(text, " (only if ");
    if (elfgen_code_signature(code, call, &signature))
        elfgen_text_column(text, signature.name, 0, sizeof signature.name);
    else
        elfgen_text_string(text, "a system call");
    elfgen_text_string(text, " fails)");
}

/* "mod 3, reg 0, rm 6": the first words of the groups' names, from the highest bits down. */
static bool put_groups(struct elfgen_text *text, const struct elfgen_view *view,
                       const struct elfgen_claim *claim)
{
    struct elfgen_bit_group group;
    unsigned count = 0;
    while (elfgen_claim_bits(view, claim, count, &group))
        count++;
    for (unsigned i = count; i-- > 0;) {
        elfgen_claim_bits(view, claim, i, &group);
        size_t word = 0;
        while (group.name[word] && group.name[word] != ':' && group.name[word] != ' ')
            word++;
        if (i + 1 < count)
            elfgen_text_string(text, ", ");
        elfgen_text_bytes(text, group.name, word);
        elfgen_text_char(text, ' ');
        elfgen_text_decimal(text, group.value, 0);
    }
    return count > 0;
}

/* The letters of the bits that are set, from the highest down. */
static void put_letters(struct elfgen_text *text, const char *letters, uint64_t value)
{
    for (size_t bit = strlen(letters); bit-- > 0;)
        if (bit < 64 && value >> bit & 1)
            elfgen_text_char(text, letters[bit]);
}

void elfgen_put_encoding(struct elfgen_text *text, const struct elfgen_view *view,
                         const struct elfgen_claim *claim)
{
    uint64_t offset;
    if (claim->encoding->letters) {
        put_letters(text, claim->encoding->letters, claim->value);
    } else if (!put_groups(text, view, claim) && claim->length >= 4 &&
               claim->encoding->is_address && elfgen_memory_offset(view, claim->value, &offset)) {
        elfgen_text_string(text, "as an address: file offset ");
        elfgen_text_0x(text, offset);
    }
}
