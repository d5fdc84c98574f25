/* Writes a file that its source describes, headers included, and what -g puts beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "build.h"
#include "cli/cli.h"
#include "whole.h"

/* ---- FILE.debug ---- */

static void set_field(uint8_t *ehdr, enum elfgen_class class_, const char *name, uint64_t value)
{
    const struct elfgen_structure *structure = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    for (size_t i = 0; i < structure->count; i++)
        if (strcmp(structure->fields[i].name, name) == 0)
            elfgen_field_set(&structure->fields[i], class_, ELFGEN_LITTLE_ENDIAN, ehdr, value);
}

/* Writes an ELF header of its own, since the program's may have code in its fields, for debuggers
 * and for whoever asks whether both files are of one build. */
static void write_header(const struct elfgen_view *view, uint8_t *ehdr)
{
    enum { EI_CLASS = 4, EI_DATA, EI_VERSION };
    memcpy(ehdr, ELFGEN_MAGIC, ELFGEN_MAGIC_SIZE);
    ehdr[EI_CLASS] = (uint8_t)view->class_;
    ehdr[EI_DATA] = ELFGEN_LITTLE_ENDIAN;
    ehdr[EI_VERSION] = 1;
    set_field(ehdr, view->class_, "e_type", view->ehdr.e_type);
    set_field(ehdr, view->class_, "e_machine", view->ehdr.e_machine);
    set_field(ehdr, view->class_, "e_version", 1);
    set_field(ehdr, view->class_, "e_entry", view->ehdr.e_entry);
    set_field(ehdr, view->class_, "e_ehsize",
              elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_));
}

/* Makes a section without contents of each PT_LOAD. Returns their number. */
static size_t make_sections(const struct elfgen_view *view, uint64_t offset,
                            struct elfgen_section_header *sections)
{
    size_t count = 0;
    struct elfgen_phdr phdr;
    for (uint64_t i = 0;
         i < elfgen_memory_segments(view) && elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK;
         i++) {
        if (phdr.p_type != ELFGEN_PT_LOAD || phdr.p_memsz == 0)
            continue;
        const bool code = phdr.p_flags & ELFGEN_PF_X, written = phdr.p_flags & ELFGEN_PF_W;
        sections[count++] = (struct elfgen_section_header){
            .name = code      ? ".text"
                    : written ? ".data"
                              : ".rodata",
            .type = ELFGEN_SHT_NOBITS,
            .flags = ELFGEN_SHF_ALLOC | (code ? (uint64_t)ELFGEN_SHF_EXECINSTR : 0) |
                     (written ? (uint64_t)ELFGEN_SHF_WRITE : 0),
            .address = phdr.p_vaddr,
            .offset = offset,
            .size = phdr.p_memsz,
            .align = 1};
    }
    return count;
}

/* The address of a label when the program runs: where its byte of the file is mapped. Labels of
 * zeros, and of bytes that are not mapped, are where the source counts them. */
static uint64_t address_of(const struct elfgen_view *view, const struct source_label *label)
{
    uint64_t address, offset;
    if (label->is_constant || label->offset == SOURCE_NO_OFFSET ||
        (elfgen_memory_offset(view, label->value, &offset) && offset == label->offset) ||
        !elfgen_memory_address(view, label->offset, &address))
        return label->value;
    return address;
}

static uint32_t section_of(const struct elfgen_section_header *sections, size_t count,
                           uint64_t address)
{
    for (size_t i = 0; i < count; i++)
        if (address >= sections[i].address && address - sections[i].address <= sections[i].size)
            return (uint32_t)i;
    return ELFGEN_SYMBOL_ABSOLUTE;
}

static size_t make_symbols(const struct elfgen_view *view, const struct source_file *file,
                           const struct elfgen_section_header *sections, size_t section_count,
                           struct elfgen_symbol_entry *symbols)
{
    size_t count = 0;
    for (size_t i = 0; i < file->label_count; i++) {
        const struct source_label *label = &file->labels[i];
        const uint64_t value = address_of(view, label);
        /* No symbol of 32 bits holds a larger number. */
        if (view->class_ == ELFGEN_CLASS32 && value > UINT32_MAX)
            continue;
        symbols[count++] = (struct elfgen_symbol_entry){
            .name = label->name,
            .value = value,
            .type = ELFGEN_STT_NOTYPE,
            .binding = ELFGEN_STB_LOCAL,
            .section = label->is_constant ? ELFGEN_SYMBOL_ABSOLUTE
                                          : section_of(sections, section_count, value)};
    }
    return count;
}

/* Makes the file. Returns NULL after reporting the error. */
static uint8_t *make_debug(const struct build *build, const struct elfgen_view *view,
                           const struct source_file *file, size_t *size)
{
    const size_t header = elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_);
    struct elfgen_section_header *sections =
        calloc((size_t)elfgen_memory_segments(view) + 1, sizeof *sections);
    struct elfgen_symbol_entry *symbols = calloc(file->label_count + 1, sizeof *symbols);
    uint8_t *made = NULL;
    if (sections && symbols) {
        struct elfgen_error error;
        const size_t section_count = make_sections(view, header, sections);
        const struct elfgen_section_headers wanted = {
            sections, section_count, symbols,
            make_symbols(view, file, sections, section_count, symbols)};
        uint8_t ehdr[64] = {0};
        write_header(view, ehdr);
        *size = elfgen_write_section_headers(NULL, 0, header, view->class_, &wanted, &error);
        made = *size > 0 ? calloc(1, *size) : NULL;
        if (made) {
            memcpy(made, ehdr, header);
            *size =
                elfgen_write_section_headers(made, *size, header, view->class_, &wanted, &error);
        }
        if (*size == 0) {
            message_library_error(build->output, &error);
            free(made);
            made = NULL;
        } else if (!made) {
            message_no_memory(build->output);
        }
    } else {
        message_no_memory(build->output);
    }
    free(sections);
    free(symbols);
    return made;
}

/* Writes FILE.debug before FILE, as for a program. */
static bool write_debug(const struct build *build, const struct elfgen_view *view,
                        const struct source_file *file)
{
    size_t size;
    char *name = NULL;
    uint8_t *bytes = make_debug(build, view, file, &size);
    bool done = bytes != NULL;
    if (done && asprintf(&name, "%s.debug", build->output) < 0)
        done = message_no_memory(build->output);
    done = done && atomic_file_write(name, bytes, size, false);
    free(name);
    free(bytes);
    return done;
}

/* ---- the file ---- */

/* Whether Linux would start it. What Linux requires on another processor is not known here. */
static bool check(const struct build *build, const struct elfgen_view *view,
                  const struct file_bytes *bytes)
{
    const uint16_t machine = (uint16_t)view->ehdr.e_machine;
    if (build->no_check || (elfgen_arch_find(machine) && !elfgen_kernel_has_machine(machine)) ||
        build_check(build, bytes->bytes, bytes->size, REPORT_ERROR))
        return true;
    if (!build->made)
        message(build->output, "note", "--no-check writes it anyway");
    return false;
}

int build_whole(const struct build *build, const struct source_file *file)
{
    struct elfgen_view view;
    if (build->whole_option)
        return usage_error("build", "--%s cannot be used with '%s', which describes a whole file",
                           build->whole_option, build->inputs[0]);
    elfgen_view_open_program(&view, file->bytes.bytes, file->bytes.size, NULL);
    bool done = check(build, &view, &file->bytes) &&
                (!build->map || whole_print_map(file, &view, width_of_output(), stdout)) &&
                (!build->debug || write_debug(build, &view, file)) &&
                build_deliver(build, file->bytes.bytes, file->bytes.size);
    done = (!build->map || stdout_finish_stdio()) && done;
    return done ? EXIT_YES : EXIT_NO;
}
