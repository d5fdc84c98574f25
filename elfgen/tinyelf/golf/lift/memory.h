/* The memory of a program when it starts, as far as its file says. */
#ifndef GOLF_LIFT_MEMORY_H
#define GOLF_LIFT_MEMORY_H

#include "golf/lift/lift_private.h"

/* Sets the segments, the width and the entry. Returns false after setting the error if Linux does
 * not start the file, or it is not one that is lifted. */
bool lift_open_memory(struct lift *lift);

/* The segment that has an address; NULL: none. */
const struct lift_segment *lift_segment_of(const struct lift *lift, uint64_t address);

/* Whether Linux maps memory at an address: not below vm.mmap_min_addr, nor in its own half. */
bool lift_can_be_mapped(uint64_t address);

/* Why a program is left alone that uses such an address where it has no memory. */
extern const char lift_uses_elsewhere[];

/* Whether an address is in a segment, or right after one: the end of what is last in it. */
bool lift_is_address(const struct lift *lift, uint64_t address);

/* Whether it is known that nothing from an offset in the file up to another is (a part of) an
 * address. */
bool lift_is_number_at(const struct lift *lift, uint64_t offset, uint64_t end);

/* Whether a value may be an address: it is in a segment, and not made of numbers alone. */
bool lift_may_be_address(const struct lift *lift, const struct lift_value *value);

/* Whether `size` bytes from an address on are in a segment. */
bool lift_is_mapped(const struct lift *lift, uint64_t address, uint64_t size);

/* The bytes at an address that come from the file, at most *size; *size becomes how many. NULL if
 * it has none there. */
const uint8_t *lift_bytes(const struct lift *lift, uint64_t address, uint64_t *size);

/* Sets *value to `size` bytes from an address on, up to 8, if they are as they were at the start
 * whenever they are read: as far as is known yet, nothing writes to them. */
bool lift_load(struct lift *lift, uint64_t address, uint64_t size, uint64_t *value);

/* Sets the error that a program is left alone, at an offset in the file. Returns false. */
bool lift_refuse(struct lift *lift, enum elfgen_status status, uint64_t offset, const char *text);

/* The same of what an instruction does: "0x10078: " and the text. */
bool lift_refuse_at(struct lift *lift, const struct lift_instruction *instruction,
                    const char *text);

/* The same for what the program does, however it is written. */
bool lift_refuse_other(struct lift *lift, const struct lift_instruction *instruction,
                       const char *text);

/* The same of a system call: "its clone() starts a thread". */
bool lift_refuse_call(struct lift *lift, const struct lift_instruction *instruction,
                      const char *name, const char *what);

/* Why a ret is not followed: what it finds on the stack (NULL: that is not known), and how many
 * bytes it takes off besides. */
const char *lift_why_not_back(const struct lift_value *back, uint64_t more);

#endif
