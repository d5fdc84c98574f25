/* Whether addresses of the program are parts of values, and of which memory. */
#ifndef GOLF_LIFT_ADDRESS_PARTS_H
#define GOLF_LIFT_ADDRESS_PARTS_H

#include "golf/lift/lift_private.h"

enum lift_part {
    LIFT_ANYTHING,        /* an address or a number */
    LIFT_NO_ADDRESS,      /* a number, whatever golf does */
    LIFT_LIKE_AN_ADDRESS, /* a number that is a place of the program, as it was linked */
    LIFT_ADDRESS          /* an address, plus or minus something */
};

enum lift_part lift_part_of(const struct lift *lift, const struct lift_value *value);

/* The same of a number that may be an address; `is_number`: it is known that it is none. */
enum lift_part lift_part_of_number(const struct lift *lift, uint64_t number, bool is_number);

/* An address of the memory that an address or a number like one is about; 0: that is not known. */
uint64_t lift_near(const struct lift *lift, const struct lift_value *value);

/* Sets an opaque value's memory to that of two addresses, 0 if that is not known of one: the first
 * one's if they are together, or that of either. */
void lift_set_near(const struct lift *lift, uint64_t near, uint64_t far, struct lift_value *value);

/* What else is known of a value that is not, or no longer, known: bits of enum lift_trait. */
uint8_t lift_traits(const struct lift_value *value);

/* Whether two addresses surely have the same distance wherever golf puts their memory. */
bool lift_are_together(const struct lift *lift, uint64_t a, uint64_t b);

/* Makes an opaque value have the parts of another one, or of either of two. */
void lift_copy_parts(const struct lift *lift, const struct lift_value *from,
                     struct lift_value *value);
void lift_join_parts(const struct lift *lift, const struct lift_value *a,
                     const struct lift_value *b, struct lift_value *value);

#endif
