/* Shared by the files of the fuzz target of the library: what a call is given, and has to answer.
 */
#ifndef FUZZ_LIBRARY_H
#define FUZZ_LIBRARY_H

#include "elfgen.h"
#include "fuzz_input.h"

enum { ROOM = 1 << 16 };

/* The error of the last call that told() was given to. */
extern struct elfgen_error last_error;

/* The error for one call. */
struct elfgen_error *told(void);

/* A call that fails has set the status that it returns, and a sentence; one that succeeds, nothing.
 */
void is_told(enum elfgen_status status);

/* A buffer that a call may write a file to. */
struct buffer {
    uint8_t *bytes, *before; /* NULL, or `capacity` bytes; a copy of them */
    size_t capacity;
};

void take_buffer(struct input *input, struct buffer *buffer);
void keep_copy(struct buffer *buffer);

/* Checks the size that a call returned, before which keep_copy() was called: 0 is refused, more
 * than the capacity is only measured. With `unchanged`, what is refused writes nothing either. */
void is_size(size_t size, const struct buffer *buffer, bool unchanged);

uint16_t take_machine(struct input *input);
void take_options(struct input *input, struct elfgen_exec_options *options);

/* A text of a few bytes, with or without a flush, which may make no room. */
void take_text(struct input *input, struct elfgen_text *text);

/* A view of what is left of the input, or of a program; a reader of its bytes. */
void take_view(struct input *input, struct elfgen_view *view);
struct elfgen_file_reader reader_of(struct elfgen_view *view);

/* Each calls the functions of one header, or of a few, with what the input says. */
void try_exec(struct input *input);
void try_image(struct input *input);
void try_relocations(struct input *input);
void try_section_headers(struct input *input);
void try_hex(struct input *input);
void try_view(struct input *input);
void try_map(struct input *input);
void try_kernel(struct input *input);
void try_objections(struct input *input);
void try_unfold(struct input *input);
void try_numbers(struct input *input);
void try_fields(struct input *input);
void try_x86(struct input *input);
void try_assemble(struct input *input);

#endif
