/* Reads static archives (ar) with libelf. Their index says which member defines which symbol. */
#include <ar.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/grow.h"
#include "link/hash_table.h"
#include "object.h"

static const char thin_magic[] = "!<thin>\n";

struct archive {
    struct link_archive link;
    struct object_options options; /* how to read the members */
    Elf *elf;
    int file; /* libelf reads members' headers from files only */
    struct file_bytes bytes;
    char *name;
    struct link_table loaded; /* offsets of the members that are linked */
    bool owns_names;          /* of symbols, since there is no index */
};

/* What a member's object points into. */
struct member {
    Elf *elf;
    char *name;
};

bool source_is_archive(const struct file_bytes *bytes)
{
    return bytes->size >= SARMAG && (memcmp(bytes->bytes, ARMAG, SARMAG) == 0 ||
                                     memcmp(bytes->bytes, thin_magic, SARMAG) == 0);
}

static void close_member(void *owner)
{
    struct member *member = owner;
    elf_end(member->elf);
    free(member->name);
    free(member);
}

static void close_archive(void *owner)
{
    struct archive *archive = owner;
    for (size_t i = 0; archive->owns_names && i < archive->link.offer_count; i++)
        free(link_own(archive->link.offers[i].symbol));
    free(archive->link.offers);
    link_table_free(&archive->loaded);
    elf_end(archive->elf);
    if (archive->file >= 0)
        close(archive->file);
    file_free(&archive->bytes);
    free(archive->name);
    free(archive);
}

/* Whether a member ends inside the archive. libelf would silently truncate one that does not. */
static bool is_whole(const struct archive *archive, size_t offset)
{
    struct ar_hdr header;
    char digits[sizeof header.ar_size + 1] = "";
    if (pread(archive->file, &header, sizeof header, (off_t)offset) != (ssize_t)sizeof header)
        return false;
    memcpy(digits, header.ar_size, sizeof header.ar_size);
    return strtoull(digits, NULL, 10) <= archive->bytes.size - offset - sizeof header;
}

static struct place member_place(const struct archive *archive, size_t offset)
{
    return (struct place){.file = archive->name, .offset = offset};
}

static bool report_cut(const struct archive *archive, size_t offset, const Elf_Arhdr *header)
{
    const struct place place = member_place(archive, offset);
    return report_error(&archive->options.reporter, &place,
                        "member '%s' claims to be larger than the rest of the archive",
                        header && header->ar_name ? header->ar_name : "?");
}

/* Finds the name and the bytes of the member at an offset. Members are closed at once: libelf
 * searches all open ones whenever it opens another. */
static bool find_member(struct archive *archive, size_t offset, struct member *member,
                        size_t *start, size_t *size)
{
    Elf *elf = elf_rand(archive->elf, offset) == offset
                   ? elf_begin(archive->file, ELF_C_READ_MMAP, archive->elf)
                   : NULL;
    const Elf_Arhdr *header = elf ? elf_getarhdr(elf) : NULL;
    const struct place place = member_place(archive, offset);
    bool found = false;
    if (!header)
        report_error(&archive->options.reporter, &place, "no member that can be read: %s",
                     elf_errmsg(-1));
    else if (!is_whole(archive, offset))
        report_cut(archive, offset, header);
    else if (asprintf(&member->name, "%s(%s)", archive->name,
                      header->ar_name ? header->ar_name : "?") < 0)
        member->name = NULL;
    else
        found = true;
    *start = offset + sizeof(struct ar_hdr);
    *size = found ? (size_t)header->ar_size : 0;
    elf_end(elf);
    return found;
}

/* Reads the member at an offset, as "libx.a(util.o)". Returns NULL after reporting the error. */
static struct link_object *read_member(struct archive *archive, size_t offset)
{
    struct object_options options = archive->options;
    struct member *member = calloc(1, sizeof *member);
    struct link_object *object = NULL;
    size_t start, size;
    if (!member)
        object_no_memory(&options);
    else if (find_member(archive, offset, member, &start, &size)) {
        options.name = member->name;
        member->elf = elf_memory(archive->bytes.bytes + start, size);
        object = source_read_elf(&options, member->elf);
    }
    if (object) {
        object->release = close_member;
        object->owner = member;
    } else if (member) {
        close_member(member);
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
        found |= symbol->binding != STB_LOCAL && symbol->section != LINK_UNDEFINED &&
                 symbol->section != LINK_COMMON &&
                 strcmp(symbol->name, quiet.link.offers[offer].symbol) == 0;
    }
    if (object)
        link_object_release(object);
    return found;
}

/* Adds a symbol and the offset of its member. The archive copies the name if libelf does not keep
 * it. */
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

/* Reads the index that ranlib made; *indexed: whether there is one. Returns false after reporting
 * the error. */
static bool read_index(struct archive *archive, bool *indexed)
{
    size_t count = 0, capacity = 0;
    const Elf_Arsym *rows = elf_getarsym(archive->elf, &count);
    *indexed = rows != NULL;
    for (size_t i = 0; rows && i < count && rows[i].as_name; i++)
        if (!add_offer(archive, &capacity, rows[i].as_name, rows[i].as_off))
            return false;
    return true;
}

/* Reads every member for the symbols that it defines, as there is no index. Members that are no
 * objects are passed over. */
static bool scan(struct archive *archive)
{
    struct archive quiet = *archive;
    size_t capacity = 0;
    Elf_Cmd command = ELF_C_READ_MMAP;
    bool done = true;
    archive->owns_names = true;
    quiet.options.reporter.report = ignore_report;
    for (Elf *elf; done && (elf = elf_begin(archive->file, command, archive->elf));) {
        const Elf_Arhdr *header = elf_getarhdr(elf);
        /* elf_getaroff() returns the offset of the member's header, 60 bytes before its contents.
         */
        size_t offset = (size_t)elf_getaroff(elf);
        done = is_whole(archive, offset) || report_cut(archive, offset, header);
        struct link_object *object = header && done ? read_member(&quiet, offset) : NULL;
        for (size_t i = 1; object && done && i < object->symbol_count; i++) {
            const struct link_symbol *symbol = &object->symbols[i];
            if (symbol->binding == STB_LOCAL || symbol->section == LINK_UNDEFINED)
                continue;
            done = add_offer(archive, &capacity, symbol->name, offset);
        }
        if (object)
            link_object_release(object);
        elf_rand(archive->elf, offset);
        Elf *again = elf_begin(archive->file, ELF_C_READ_MMAP, archive->elf);
        command = again ? elf_next(again) : ELF_C_NULL;
        elf_end(again);
        elf_end(elf);
    }
    return done;
}

/* Opens the archive for libelf; a pipe's bytes are put into a memory file first. */
static int open_again(const char *path, const struct file_bytes *bytes)
{
    if (path)
        return open(path, O_RDONLY | O_CLOEXEC);
    int file = memfd_create("archive", MFD_CLOEXEC);
    if (file >= 0 && !file_write(file, bytes->bytes, bytes->size)) {
        close(file);
        file = -1;
    }
    return file;
}

struct link_archive *source_read_archive(const struct object_options *options, const char *path,
                                         struct file_bytes *bytes)
{
    bool thin = memcmp(bytes->bytes, thin_magic, SARMAG) == 0, indexed;
    elf_version(EV_CURRENT);
    struct archive *archive = calloc(1, sizeof *archive);
    char *name = strdup(options->name);
    if (!archive || !name) {
        free(archive);
        free(name);
        object_no_memory(options);
        return NULL;
    }
    archive->file = -1;
    archive->bytes = *bytes;
    *bytes = (struct file_bytes){0};
    archive->name = name;
    archive->options = *options;
    archive->options.name = name;
    archive->link = (struct link_archive){
        .name = name, .load = load, .defines = defines, .release = close_archive, .owner = archive};
    const struct place place = place_file(name);
    bool done = !thin || report_error(&options->reporter, &place,
                                      "a thin archive: its members are files of their own; name "
                                      "those, or make it without T");
    if (done) {
        archive->file = open_again(path, &archive->bytes);
        if (archive->file >= 0)
            archive->elf = elf_begin(archive->file, ELF_C_READ_MMAP, NULL);
        done = (archive->elf && elf_kind(archive->elf) == ELF_K_AR) ||
               report_error(&options->reporter, &place, "not an archive that can be read: %s",
                            elf_errmsg(-1));
    }
    done = done && read_index(archive, &indexed) && (indexed || scan(archive));
    if (done)
        return &archive->link;
    close_archive(archive);
    return NULL;
}
