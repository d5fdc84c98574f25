/* A file that is looked at for objections, and how to point at its fields. */
#ifndef ELFGEN_OBJECTIONS_PRIVATE_H
#define ELFGEN_OBJECTIONS_PRIVATE_H

#include <string.h>

#include "elfgen/memory.h"
#include "elfgen/objections.h"
#include "elfgen/view.h"
#include "../format/codec.h"

enum { PAGE = ELFGEN_PAGE, NO_SEGMENT = 0xffff };

/* A file as Linux reads it: class by e_machine. */
struct looked {
    struct elfgen_view view;
    uint64_t segments;      /* that are in the file; 0 if not all are */
    uint64_t qemu_segments; /* that QEMU reads, with zeros after the end of a small file */
    unsigned is_64;
};

typedef bool finder(const struct looked *file, struct elfgen_objection *objection);

static inline uint64_t size_of(const struct looked *file, enum elfgen_structure_id id)
{
    return elfgen_structure_size(id, file->view.class_);
}

/* ---- pointing at fields ---- */

static inline void point(const struct looked *file, struct elfgen_objection *objection,
                         enum elfgen_structure_id id, uint64_t at, const char *name)
{
    const struct elfgen_structure *structure = &elfgen_structures[id];
    for (unsigned i = 0; i < structure->count; i++)
        if (strcmp(structure->fields[i].name, name) == 0) {
            objection->field = structure->fields[i].name;
            objection->offset = at + structure->fields[i].offset[file->is_64];
        }
}

static inline bool in_header(const struct looked *file, struct elfgen_objection *objection,
                             const char *field, uint64_t value, uint64_t other)
{
    point(file, objection, ELFGEN_STRUCTURE_ehdr, 0, field);
    objection->value = value;
    objection->other = other;
    return true;
}

static inline bool in_segment(const struct looked *file, struct elfgen_objection *objection,
                              uint64_t i, const char *field, uint64_t value, uint64_t other)
{
    point(file, objection, ELFGEN_STRUCTURE_phdr,
          file->view.segments.offset + i * file->view.segments.entry_size, field);
    objection->segment = (uint16_t)i;
    objection->value = value;
    objection->other = other;
    return true;
}

static inline bool unequal(const struct looked *file, struct elfgen_objection *objection,
                           const char *field, uint64_t value, uint64_t right)
{
    return value != right && in_header(file, objection, field, value, right);
}

static inline bool get(const struct looked *file, uint64_t i, struct elfgen_phdr *phdr)
{
    return elfgen_view_segment(&file->view, i, phdr, NULL) == ELFGEN_OK;
}

/* Finds the next PT_LOAD from *i on. */
static inline bool next_load(const struct looked *file, uint64_t *i, struct elfgen_phdr *phdr)
{
    for (; *i < file->segments; ++*i)
        if (get(file, *i, phdr) && phdr->p_type == ELFGEN_PT_LOAD)
            return true;
    return false;
}

/* ---- objections_qemu.c ---- */

finder elfgen_objection_qemu_headers, elfgen_objection_qemu_no_load, elfgen_objection_qemu_offset,
    elfgen_objection_qemu_large, elfgen_objection_qemu_end, elfgen_objection_qemu_clear,
    elfgen_objection_qemu_clear_page, elfgen_objection_qemu_no_memory, elfgen_objection_qemu_interp,
    elfgen_objection_qemu_path, elfgen_objection_qemu_entry;

#endif
