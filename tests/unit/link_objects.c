/* Builds objects by hand, links them and writes the file. */
#include "link_objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct link_object *make_object(const char *name)
{
    struct link_object *object = calloc(1, sizeof *object);
    object->name = name;
    object->machine = ELFGEN_EM_X86_64;
    object->sections = calloc(MOST_PARTS, sizeof *object->sections);
    object->symbols = calloc(MOST_PARTS, sizeof *object->symbols);
    object->relocations = calloc(MOST_PARTS, sizeof *object->relocations);
    object->sections[0] = (struct link_section){.name = "", .place = LINK_NONE};
    object->symbols[0] =
        (struct link_symbol){.name = "", .section = LINK_UNDEFINED, .global = LINK_NONE};
    object->section_count = object->symbol_count = 1;
    return object;
}

uint32_t add_section(struct link_object *object, const char *name, uint64_t flags,
                     const void *bytes, uint64_t size, uint64_t align)
{
    object->sections[object->section_count] =
        (struct link_section){.name = name,
                              .bytes = bytes,
                              .size = size,
                              .align = align,
                              .flags = flags,
                              .type = bytes ? ELFGEN_SHT_PROGBITS : ELFGEN_SHT_NOBITS,
                              .place = LINK_NONE,
                              .first_relocation = (uint32_t)object->relocation_count};
    return (uint32_t)object->section_count++;
}

/* A section whose contents may be merged. */
uint32_t add_pieces(struct link_object *object, bool strings, uint64_t entry_size,
                    const void *bytes, uint64_t size, uint64_t align)
{
    const uint64_t flags = ALLOC | ELFGEN_SHF_MERGE | (strings ? ELFGEN_SHF_STRINGS : 0);
    uint32_t index = add_section(object, ".rodata", flags, bytes, size, align);
    object->sections[index].entry_size = entry_size;
    return index;
}

uint32_t add_symbol(struct link_object *object, const char *name, uint8_t binding, uint32_t section,
                    uint64_t value)
{
    object->symbols[object->symbol_count] =
        (struct link_symbol){.name = name,
                             .binding = binding,
                             .section = section,
                             .value = value,
                             .size = section == LINK_COMMON ? 8 : 0,
                             .global = LINK_NONE};
    return (uint32_t)object->symbol_count++;
}

uint32_t section_symbol(struct link_object *object, uint32_t section)
{
    uint32_t symbol = add_symbol(object, "", ELFGEN_STB_LOCAL, section, 0);
    object->symbols[symbol].type = ELFGEN_STT_SECTION;
    return symbol;
}

/* Relocations must be added section by section, in the order of sections. */
void add_pointer(struct link_object *object, uint32_t section, uint32_t symbol, uint64_t offset,
                 int64_t addend)
{
    if (object->sections[section].relocation_count++ == 0)
        object->sections[section].first_relocation = (uint32_t)object->relocation_count;
    object->relocations[object->relocation_count++] =
        (struct elfgen_relocation){.section = section,
                                   .symbol = symbol,
                                   .type = ELFGEN_R_X86_64_64,
                                   .offset = offset,
                                   .addend = addend};
}

/* ---- a link, its file and its messages ---- */

char messages[4096];

static void remember(void *context, const struct report *report)
{
    (void)context;
    struct elfgen_text out = {.bytes = messages + strlen(messages),
                              .capacity = sizeof messages - strlen(messages) - 1};
    place_put(&out, &report->place);
    elfgen_text_string(&out, ": ");
    elfgen_text_string(&out, report->text);
    elfgen_text_char(&out, '\n');
    out.bytes[out.length] = '\0';
}

struct link_options link_settings;
struct link_result link_made;

struct link *begin_link(void)
{
    static const struct reporter reporter = {.report = remember};
    messages[0] = '\0';
    link_settings =
        (struct link_options){.entry = "_start", .machine = ELFGEN_EM_X86_64, .base = 0x10000};
    struct link *link = link_open(&reporter);
    ck_assert_ptr_nonnull(link);
    return link;
}

bool run_link(struct link *link)
{
    return link_program(link, &link_settings, &link_made);
}

struct file write_file(const struct link *link)
{
    struct file file;
    struct elfgen_error error;
    ck_assert_msg(elfgen_layout_single(&link->program, NULL, &file.layout, &error) == ELFGEN_OK,
                  "%s", error.text);
    file.bytes = malloc(file.layout.file_size);
    file.size =
        elfgen_write_image(&link->program, &file.layout, file.bytes, file.layout.file_size, &error);
    ck_assert_msg(file.size == file.layout.file_size, "%s", error.text);
    return file;
}

/* The bytes at an address; checks that there are `size`. */
const uint8_t *at_address(const struct file *file, uint64_t address, uint64_t size)
{
    ck_assert_uint_ge(address, 0x10000);
    ck_assert_uint_le(address - 0x10000, file->size);
    ck_assert_uint_le(size, file->size - (address - 0x10000));
    return file->bytes + (address - 0x10000);
}

/* The number at 8 * `index` bytes after the entry point. */
uint64_t number_at(const struct file *file, size_t index)
{
    uint64_t number;
    memcpy(&number, at_address(file, file->layout.exec.entry + 8 * index, 8), 8);
    return number;
}

const uint8_t zeros[8 * MOST_PARTS];

/* An object whose .text, at _start, has room for `numbers` numbers. */
struct link_object *make_start(uint32_t *text, size_t numbers)
{
    struct link_object *object = make_object("start.o");
    *text = add_section(object, ".text", TEXT, zeros, 8 * numbers, 1);
    add_symbol(object, "_start", ELFGEN_STB_GLOBAL, *text, 0);
    return object;
}
