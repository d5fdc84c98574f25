/* Sections and references of a linked program whose instructions stay as they are. */
#ifndef GOLF_LIFT_REFERENCES_H
#define GOLF_LIFT_REFERENCES_H

#include "golf/lift/verbatim/verbatim.h"

/* Whether a section has instructions. */
bool verbatim_is_code(const struct verbatim *all, size_t section);

/* Whether an address is where no program has memory: 0, which a weak symbol is that nothing
 * defines, and what is near it. */
bool verbatim_is_nowhere(uint64_t address);

/* Whether an instruction is a jump to such an address, or a call: it faults there. Not those with
 * a condition. */
bool verbatim_jumps_nowhere(const struct verbatim *all, const struct lift_instruction *instruction);

/* Whether an instruction leaves all as it is: a nop, or the lea of assemblers that is one. */
bool verbatim_is_idle(const struct verbatim *all, const struct lift_instruction *instruction);

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
