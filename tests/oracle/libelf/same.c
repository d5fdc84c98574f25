/* Reads ELF files and archives with libelf as well, and compares everything: headers, sections,
 * symbols, relocations, dynamic entries, notes; of archives members, names and the index; of
 * compressed sections the contents.
 *
 *   libelf-same FOLDER...     exit status: 0 all the same, 1 not, 77 no files */
#include <fcntl.h>
#include <ftw.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "commands/dump/verify.h"
#include "input/ar.h"
#include "input/object_private.h"

static struct {
    unsigned long files, refused, wrong, archives, members, symbols, uncompressed;
    uint64_t entries;
} seen;

/* An archive's objects are all read; of other files each folder's first ones. */
enum { FILES_OF_A_FOLDER = 400, LARGEST = 64 << 20 };

static void print_report(void *context, const struct report *report)
{
    char bytes[1024];
    struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes - 1};
    (void)context;
    place_put(&text, &report->place);
    printf("%.*s: %s\n", (int)text.length, bytes, report->text);
}

static void ignore_report(void *context, const struct report *report)
{
    (void)context;
    (void)report;
}

static bool wrong(const char *name, const char *what)
{
    printf("%s: %s\n", name, what);
    seen.wrong++;
    return false;
}

/* Compares the contents of a compressed section. */
static void compare_uncompressed(const char *name, const struct elfgen_view *view, Elf_Scn *scn,
                                 const struct elfgen_shdr *shdr, const char *section_name)
{
    struct link_section section = {.name = section_name,
                                   .bytes = elfgen_view_bytes(view, shdr->sh_offset, shdr->sh_size),
                                   .size = shdr->sh_size,
                                   .flags = shdr->sh_flags};
    const bool is_gnu = !(shdr->sh_flags & SHF_COMPRESSED);
    const char *problem = section.bytes ? object_uncompress(view, &section) : "not in the file";
    bool theirs = (is_gnu ? elf_compress_gnu(scn, 0, 0) : elf_compress(scn, 0, 0)) >= 0;
    Elf_Data *data = theirs ? elf_getdata(scn, NULL) : NULL;
    if (!problem != (data != NULL))
        wrong(name, problem ? problem : "libelf does not uncompress a section");
    else if (data && (data->d_size != section.size ||
                      memcmp(data->d_buf, section.bytes, data->d_size) != 0))
        wrong(name, "a section is uncompressed otherwise");
    seen.uncompressed += data != NULL;
    free(section.made_name);
    free(section.made_bytes);
}

static void compare_contents(const char *name, const void *bytes, size_t size)
{
    struct elfgen_view view;
    char *image = malloc(size); /* libelf writes the headers of what it uncompresses */
    Elf *elf = image ? elf_memory(memcpy(image, bytes, size), size) : NULL;
    elfgen_view_open(&view, bytes, size, NULL);
    for (Elf_Scn *scn = NULL; elf && (scn = elf_nextscn(elf, scn));) {
        struct elfgen_shdr shdr;
        const char *section_name;
        if (elfgen_view_section(&view, elf_ndxscn(scn), &shdr, NULL) != ELFGEN_OK ||
            shdr.sh_type == SHT_NOBITS ||
            elfgen_view_section_name(&view, &shdr, &section_name) == SIZE_MAX)
            continue;
        if (shdr.sh_flags & SHF_COMPRESSED || object_is_gnu_compressed(section_name))
            compare_uncompressed(name, &view, scn, &shdr, section_name);
    }
    elf_end(elf);
    free(image);
}

/* Compares an ELF file; others are passed over, if libelf passes them over too. */
static void compare_file(const char *name, const void *bytes, size_t size)
{
    struct verified found;
    const bool is_elf = size > EI_NIDENT && memcmp(bytes, ELFMAG, SELFMAG) == 0;
    const struct reporter reporter = {is_elf ? print_report : ignore_report, NULL};
    seen.files += is_elf;
    if (verify_bytes(&reporter, name, bytes, bytes, size, &found))
        compare_contents(name, bytes, size);
    else if (is_elf)
        seen.wrong += !found.refused, seen.refused += found.refused;
    seen.entries += found.segments + found.sections + found.symbols + found.relocations +
                    found.dynamic + found.notes;
}

static bool compare_index(const char *name, const struct ar *ar, Elf *elf)
{
    struct ar_index index;
    size_t count = 0, i = 0;
    const Elf_Arsym *theirs = elf_getarsym(elf, &count);
    if (!ar_open_index(ar, &index))
        return !theirs || wrong(name, "only libelf finds an index");
    if (!theirs)
        return index.count == 0 || wrong(name, "libelf finds no index");
    const char *symbol;
    uint64_t offset;
    for (; ar_next_symbol(&index, &symbol, &offset); i++, seen.symbols++)
        if (i >= count || !theirs[i].as_name || strcmp(theirs[i].as_name, symbol) != 0 ||
            theirs[i].as_off != offset)
            return wrong(name, "the index differs");
    return i + 1 == count || wrong(name, "the index is shorter than libelf's");
}

/* Compares the members in order. The index and the table of names are none to libelf. */
static bool compare_members(const char *name, const struct ar *ar, int file, Elf *archive)
{
    Elf_Cmd command = ELF_C_READ;
    size_t offset = AR_FIRST;
    struct ar_member member;
    for (Elf *elf; (elf = elf_begin(file, command, archive));) {
        const Elf_Arhdr *header = elf_getarhdr(elf);
        const char *problem = NULL;
        while (!(problem = ar_member(ar, offset, &member)) && member.name[0] == '/' &&
               (member.name_length <= 2 || member.name[1] == 'S') && header &&
               header->ar_name[0] != '/')
            offset = member.next;
        if (!header || problem || (size_t)elf_getaroff(elf) != offset ||
            strlen(header->ar_name) != member.name_length ||
            memcmp(header->ar_name, member.name, member.name_length) != 0 ||
            (size_t)header->ar_size != member.size || member.cut) {
            elf_end(elf);
            return wrong(name, "a member differs");
        }
        char path[4096];
        snprintf(path, sizeof path, "%s(%s)", name, header->ar_name);
        seen.members++;
        compare_file(path, ar->bytes + member.offset, member.size);
        command = elf_next(elf);
        offset = member.next;
        elf_end(elf);
    }
    return offset >= ar->size || wrong(name, "libelf finds fewer members");
}

static void compare_archive(const char *name, const struct file_bytes *bytes)
{
    struct ar ar;
    int file = open(name, O_RDONLY | O_CLOEXEC);
    Elf *elf = file >= 0 ? elf_begin(file, ELF_C_READ, NULL) : NULL;
    if (!elf || elf_kind(elf) != ELF_K_AR || !ar_open(&ar, bytes->bytes, bytes->size))
        wrong(name, "not an archive to both");
    else if (compare_index(name, &ar, elf) && compare_members(name, &ar, file, elf))
        seen.archives++;
    elf_end(elf);
    if (file >= 0)
        close(file);
}

static int take(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    static char folder[4096];
    static unsigned count;
    if (kind != FTW_F || !S_ISREG(status->st_mode) || status->st_size > LARGEST)
        return 0;
    const char *end = strrchr(path, '.');
    const bool is_input = end && (strcmp(end, ".o") == 0 || strcmp(end, ".a") == 0);
    if (strncmp(path, folder, (size_t)place->base) != 0 || folder[place->base] != '\0') {
        snprintf(folder, sizeof folder, "%.*s", place->base, path);
        count = 0;
    }
    if (!is_input && count >= FILES_OF_A_FOLDER)
        return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct file_bytes bytes = {0};
    if (file >= 0 && file_read(file, false, &bytes)) {
        if (bytes.size >= AR_MAGIC_SIZE && memcmp(bytes.bytes, AR_MAGIC, AR_MAGIC_SIZE) == 0)
            compare_archive(path, &bytes);
        else if (bytes.size > 0)
            compare_file(path, bytes.bytes, bytes.size);
        count++;
    }
    if (file >= 0)
        close(file);
    file_free(&bytes);
    return 0;
}

int main(int count, char **folders)
{
    elf_version(EV_CURRENT);
    for (int i = 1; i < count; i++)
        nftw(folders[i], take, 16, FTW_PHYS);
    printf("%lu files, %lu of them refused by libelf; %lu archives with %lu members and %lu "
           "symbols; %llu entries, %lu "
           "sections uncompressed; %lu wrong\n",
           seen.files, seen.refused, seen.archives, seen.members, seen.symbols,
           (unsigned long long)seen.entries, seen.uncompressed, seen.wrong);
    if (seen.files == 0)
        return 77;
    return seen.wrong ? 1 : 0;
}
