/* Sections and references of a linked program whose instructions stay as they are. */
#ifndef GOLF_LIFT_REFERENCES_H
#define GOLF_LIFT_REFERENCES_H

#include "golf/lift/verbatim/verbatim.h"

/* Whether a section has instructions. */
bool verbatim_is_code(const struct verbatim *all, size_t section);

/* The section that has an address; SIZE_MAX: none. */
size_t verbatim_section_of(const struct verbatim *all, uint64_t address);

/* Where in the file a reference is; ELFGEN_NOWHERE: its section has no bytes there. */
uint64_t verbatim_place_of(const struct verbatim *all, const struct elfgen_relocation *reference);

/* Notes where references are. Returns false if there is no memory. */
bool verbatim_note_references(struct verbatim *all);

/* The reference at an offset in the file; NULL: there is none. */
const struct elfgen_relocation *verbatim_reference_at(const struct verbatim *all, uint64_t offset);

/* Whether it is a distance. */
bool verbatim_is_relative(const struct verbatim *all, const struct elfgen_relocation *reference);

/* Whether it counts: it is among data, or in an instruction that is reached. */
bool verbatim_counts(const struct verbatim *all, const struct elfgen_relocation *reference);

#endif
