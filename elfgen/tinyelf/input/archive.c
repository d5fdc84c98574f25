/* Reads static archives for the linker. Their index says which member defines which symbol. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ar.h"
#include "base/grow.h"
#include "elfgen/format.h"
#include "link/hash_table.h"
#include "object.h"

struct archive {
    struct link_archive link;
    struct object_options options; /* how to read the members */
    struct ar ar;
    struct file_bytes bytes;
    char *name;
    struct link_table loaded; /* offsets of the members that are linked */
    bool owns_names;          /* of symbols, since there is no index */
};

bool source_is_archive(const struct file_bytes *bytes)
{
    return bytes->size >= AR_MAGIC_SIZE &&
           (memcmp(bytes->bytes, AR_MAGIC, AR_MAGIC_SIZE) == 0 ||
            memcmp(bytes->bytes, AR_THIN_MAGIC, AR_MAGIC_SIZE) == 0);
}

static void close_archive(void *owner)
{
    struct archive *archive = owner;
    for (size_t i = 0; archive->owns_names && i < archive->link.offer_count; i++)
        free(link_own(archive->link.offers[i].symbol));
    free(archive->link.offers);
    link_table_free(&archive->loaded);
    file_free(&archive->bytes);
    free(archive->name);
    free(archive);
}

static bool report_cut(const struct archive *archive, size_t offset, const struct ar_member *member)
{
    const struct place place = {.file = archive->name, .offset = offset};
    return report_error(&archive->options.reporter, &place,
                        "member '%.*s' claims to be larger than the rest of the archive",
                        (int)member->name_length, member->name);
}

/* Finds the member at an offset, and its name in messages, which the caller frees:
 * "libx.a(util.o)". Returns NULL after reporting the error. */
static char *find_member(const struct archive *archive, size_t offset, struct ar_member *member)
{
    const struct place place = {.file = archive->name, .offset = offset};
    const char *problem = ar_member(&archive->ar, offset, member);
    char *name;
    if (problem)
        report_error(&archive->options.reporter, &place, "no member that can be read: %s", problem);
    else if (member->cut)
        report_cut(archive, offset, member);
    else if (asprintf(&name, "%s(%.*s)", archive->name, (int)member->name_length, member->name) < 0)
        object_no_memory(&archive->options);
    else
        return name;
    return NULL;
}

/* Reads the member at an offset. Returns NULL after reporting the error. */
static struct link_object *read_member(const struct archive *archive, size_t offset)
{
    struct object_options options = archive->options;
    struct ar_member member;
    char *name = find_member(archive, offset, &member);
    if (!name)
        return NULL;
    options.name = name;
    struct link_object *object =
        source_read_elf(&options, archive->bytes.bytes + member.offset, member.size);
    if (object) {
        object->release = free;
        object->owner = name;
    } else {
        free(name);
    }
    return object;
}

static struct link_object *load(void *owner, size_t offer, bool *failed)
{
    struct archive *archive = owner;
    const size_t *offset = &archive->link.offers[offer].member;
    uint32_t value = 0;
    bool added;
    if (!link_table_put(&archive->loaded, offset, sizeof *offset, &value, &added)) {
        *failed = !object_no_memory(&archive->options);
        return NULL;
    }
    if (!added)
        return NULL;
    struct link_object *object = read_member(archive, *offset);
    *failed = !object;
    return object;
}

static void ignore_report(void *context, const struct report *report)
{
    (void)context;
    (void)report;
}

static bool defines(void *owner, size_t offer)
{
    struct archive quiet = *(struct archive *)owner;
    bool found = false;
    quiet.options.reporter.report = ignore_report;
    struct link_object *object = read_member(&quiet, quiet.link.offers[offer].member);
    for (size_t i = 1; object && i < object->symbol_count; i++) {
        const struct link_symbol *symbol = &object->symbols[i];
        found |= symbol->binding != ELFGEN_STB_LOCAL && symbol->section != LINK_UNDEFINED &&
                 symbol->section != LINK_COMMON &&
                 strcmp(symbol->name, quiet.link.offers[offer].symbol) == 0;
    }
    if (object)
        link_object_release(object);
    return found;
}

/* Adds a symbol and the offset of its member. The archive copies the name if the file does not have
 * it so. */
static bool add_offer(struct archive *archive, size_t *capacity, const char *symbol, size_t offset)
{
    struct link_archive *link = &archive->link;
    if (!grow_array(&link->offers, link->offer_count + 1, capacity, sizeof *link->offers))
        return object_no_memory(&archive->options);
    struct link_offer *offer = &link->offers[link->offer_count];
    offer->member = offset;
    offer->symbol = archive->owns_names ? strdup(symbol) : symbol;
    if (!offer->symbol)
        return object_no_memory(&archive->options);
    link->offer_count++;
    return true;
}

/* Reads the index that ranlib made. Returns false after reporting the error. */
static bool read_index(struct archive *archive, struct ar_index *index)
{
    size_t capacity = 0;
    const char *symbol;
    uint64_t offset;
    while (ar_next_symbol(index, &symbol, &offset))
        if (!add_offer(archive, &capacity, symbol, (size_t)offset))
            return false;
    return true;
}

/* Reads every member for the symbols that it defines, as there is no index. Members that are no
 * objects are passed over. */
static bool scan(struct archive *archive)
{
    struct archive quiet = *archive;
    size_t capacity = 0;
    struct ar_member member;
    bool done = true;
    archive->owns_names = true;
    quiet.options.reporter.report = ignore_report;
    for (size_t offset = AR_FIRST; done && !ar_member(&archive->ar, offset, &member);
         offset = member.next) {
        done = !member.cut || report_cut(archive, offset, &member);
        struct link_object *object = done ? read_member(&quiet, offset) : NULL;
        for (size_t i = 1; object && done && i < object->symbol_count; i++) {
            const struct link_symbol *symbol = &object->symbols[i];
            if (symbol->binding == ELFGEN_STB_LOCAL || symbol->section == LINK_UNDEFINED)
                continue;
            done = add_offer(archive, &capacity, symbol->name, offset);
        }
        if (object)
            link_object_release(object);
    }
    return done;
}

/* Reads which symbols the archive offers. Returns false after reporting the error. */
static bool read_offers(struct archive *archive)
{
    struct ar_index index;
    const struct place place = place_file(archive->name);
    if (!ar_open(&archive->ar, archive->bytes.bytes, archive->bytes.size))
        return report_error(&archive->options.reporter, &place,
                            "a thin archive: its members are files of their own; name "
                            "those, or make it without T");
    return ar_open_index(&archive->ar, &index) ? read_index(archive, &index) : scan(archive);
}

struct link_archive *source_read_archive(const struct object_options *options,
                                         struct file_bytes *bytes)
{
    struct archive *archive = calloc(1, sizeof *archive);
    char *name = strdup(options->name);
    if (!archive || !name) {
        free(archive);
        free(name);
        object_no_memory(options);
        return NULL;
    }
    archive->bytes = *bytes;
    *bytes = (struct file_bytes){0};
    archive->name = name;
    archive->options = *options;
    archive->options.name = name;
    archive->link = (struct link_archive){
        .name = name, .load = load, .defines = defines, .release = close_archive, .owner = archive};
    if (read_offers(archive))
        return &archive->link;
    close_archive(archive);
    return NULL;
}
