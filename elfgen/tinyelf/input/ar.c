/* Reads the structure of an archive: GNU's and System V's, whose long names are in a member "//".
 */
#include "ar.h"

#include <string.h>

/* A header's fields: text, padded with blanks. */
enum {
    NAME_SIZE = 16,
    SIZE_AT = 48,
    SIZE_SIZE = 10,
    END_AT = 58 /* two bytes, END */
};
static const char END[] = "`\n";

/* The value of a decimal field; digits end at the first other byte, as for all tools. */
static bool read_number(const char *field, size_t room, size_t *value)
{
    size_t i = 0;
    *value = 0;
    for (; i < room && field[i] >= '0' && field[i] <= '9'; i++)
        *value = *value * 10 + (size_t)(field[i] - '0'); /* 16 digits at most */
    return i > 0;
}

/* Sets the name of a member whose name is "/123": at that place of the long names, up to "/\n". */
static bool name_from_table(const struct ar *ar, const char *field, struct ar_member *member)
{
    size_t at;
    if (!ar->long_names || !read_number(field + 1, NAME_SIZE - 1, &at) || at >= ar->long_names_size)
        return false;
    const char *name = ar->long_names + at;
    const char *end = memchr(name, '\n', ar->long_names_size - at);
    member->name = name;
    member->name_length = end ? (size_t)(end - name) : ar->long_names_size - at;
    if (member->name_length > 0 && name[member->name_length - 1] == '/')
        member->name_length--;
    return true;
}

/* Names end with the last '/', or are padded with blanks; those of the tables begin with '/'. */
static bool read_name(const struct ar *ar, const char *field, struct ar_member *member)
{
    size_t length = NAME_SIZE;
    if (field[0] == '/' && field[1] >= '0' && field[1] <= '9')
        return name_from_table(ar, field, member);
    const char *slash = field[0] == '/' ? NULL : memrchr(field, '/', NAME_SIZE);
    if (slash)
        length = (size_t)(slash - field);
    while (!slash && length > 0 && field[length - 1] == ' ')
        length--;
    member->name = field;
    member->name_length = length;
    return true;
}

const char *ar_member(const struct ar *ar, size_t offset, struct ar_member *member)
{
    const char *header = ar->bytes + offset;
    if (offset > ar->size || ar->size - offset < AR_HEADER_SIZE)
        return "offset out of range";
    if (memcmp(header + END_AT, END, sizeof END - 1) != 0)
        return "invalid fmag field in archive header";
    if (!read_name(ar, header, member) || !read_number(header + SIZE_AT, SIZE_SIZE, &member->size))
        return "invalid archive file";
    size_t rest = ar->size - offset - AR_HEADER_SIZE;
    member->offset = offset + AR_HEADER_SIZE;
    member->cut = member->size > rest;
    size_t taken = member->size + member->size % 2; /* headers are at even offsets */
    member->next = taken > rest ? ar->size : member->offset + taken;
    return NULL;
}

static bool is_named(const struct ar_member *member, const char *name)
{
    return member->name_length == strlen(name) &&
           memcmp(member->name, name, member->name_length) == 0;
}

bool ar_open(struct ar *ar, const char *bytes, size_t size)
{
    *ar = (struct ar){.bytes = bytes, .size = size};
    if (size < AR_MAGIC_SIZE || memcmp(bytes, AR_MAGIC, AR_MAGIC_SIZE) != 0)
        return false;
    /* The table of long names is the first member, or follows the index. */
    struct ar_member member;
    size_t offset = AR_FIRST;
    for (unsigned i = 0; i < 3 && !ar_member(ar, offset, &member) && !member.cut; i++) {
        if (is_named(&member, "//")) {
            ar->long_names = bytes + member.offset;
            ar->long_names_size = member.size;
            break;
        }
        offset = member.next;
    }
    return true;
}

static uint64_t read_big_endian(const uint8_t *bytes, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value = value << 8 | bytes[i];
    return value;
}

bool ar_open_index(const struct ar *ar, struct ar_index *index)
{
    struct ar_member member;
    if (ar_member(ar, AR_FIRST, &member) || member.cut)
        return false;
    unsigned width = is_named(&member, "/") ? 4 : is_named(&member, "/SYM64/") ? 8 : 0;
    if (width == 0 || member.size < width)
        return false;
    const uint8_t *bytes = (const uint8_t *)ar->bytes + member.offset;
    uint64_t count = read_big_endian(bytes, width);
    if (count > member.size / width - 1)
        return false;
    const char *names = (const char *)bytes + width * (count + 1);
    *index = (struct ar_index){.offsets = bytes + width,
                               .width = width,
                               .count = count,
                               .name = names,
                               .end = ar->bytes + member.offset + member.size};
    /* Each name ends in the index. */
    const char *name = names;
    for (uint64_t i = 0; i < count; i++) {
        const char *nul = memchr(name, '\0', (size_t)(index->end - name));
        if (!nul)
            return false;
        name = nul + 1;
    }
    return true;
}

bool ar_next_symbol(struct ar_index *index, const char **name, uint64_t *offset)
{
    if (index->at == index->count)
        return false;
    *name = index->name;
    *offset = read_big_endian(index->offsets + index->at * index->width, index->width);
    index->name += strlen(index->name) + 1;
    index->at++;
    return true;
}
