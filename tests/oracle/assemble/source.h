/* Makes random sources in NASM's language for the comparison of assemblers. */
#ifndef TEST_ORACLE_ASSEMBLE_SOURCE_H
#define TEST_ORACLE_ASSEMBLE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../encode/generate.h"

enum { SOURCE_ROOM = 1 << 16, SOURCE_LABELS = 24, SOURCE_SECTIONS = 6 };

/* The files that sources name: binary bytes, and a source. */
extern const char source_incbin_name[], source_include_name[], source_include_text[];
extern const uint8_t source_incbin_bytes[40];

/* Names of labels, by number. */
extern const char *const label_names[SOURCE_LABELS];

/* A source that grows. */
struct source {
    struct generator random;
    uint8_t mode;
    bool flat;
    bool faulty; /* one line is to be refused */
    bool wild;   /* operands that may not go together */
    char text[SOURCE_ROOM];
    size_t length;
    /* Labels, each of which is defined once: those of `label_section[i]` in that section. */
    unsigned label_count, label_section[SOURCE_LABELS];
    bool is_defined[SOURCE_LABELS];
    unsigned section_count, section;
    const char *section_names[SOURCE_SECTIONS], *section_attributes[SOURCE_SECTIONS];
    bool was_section[SOURCE_SECTIONS], is_nobits[SOURCE_SECTIONS];
    unsigned equ_count;     /* e0... defined so far, numbers */
    unsigned assign_count;  /* a0... */
    unsigned extern_count;  /* x0..., declared at the start */
    unsigned locals_needed; /* bits of local labels that are used and not yet defined */
    unsigned locals_defined;
    bool has_scope; /* a label before which a local one can stand */
};

/* Makes the source of a seed, for code of 64 or 32 bits; `flat`: of a flat file. */
void source_make(struct source *source, uint64_t seed, uint8_t mode, bool flat);

/* Parts of it, for each other. put() is printf; put_space() puts one blank or more, or a tab. */
void put(struct source *source, const char *format, ...) __attribute__((format(printf, 2, 3)));
unsigned below(struct source *source, unsigned end);
bool one_in(struct source *source, unsigned count);

/* Expressions: of numbers alone; a number in a random notation; a label, perhaps with a number. */
void put_constant(struct source *source, unsigned depth);
void put_number(struct source *source, uint64_t number);
void put_label(struct source *source, unsigned label);
void put_address(struct source *source);
/* The difference of two labels of one section. */
void put_difference(struct source *source);
unsigned any_label(struct source *source);

/* `times` with a count that is not large. */
void put_count(struct source *source);

/* One line each, without its end. */
void put_instruction(struct source *source);
void put_data(struct source *source);
void put_reserve(struct source *source);
void put_fault(struct source *source);

#endif
