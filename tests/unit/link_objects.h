/* Builds objects by hand, links them and writes the file; shared by the tests of link/. */
#ifndef LINK_OBJECTS_H
#define LINK_OBJECTS_H

#include "link/link_private.h"
#include "elfgen.h"
#include "room.h"

enum { MOST_PARTS = 64, ALLOC = ELFGEN_SHF_ALLOC, TEXT = ALLOC | ELFGEN_SHF_EXECINSTR };

extern const uint8_t zeros[8 * MOST_PARTS];

struct link_object *make_object(const char *name);
uint32_t add_section(struct link_object *object, const char *name, uint64_t flags,
                     const void *bytes, uint64_t size, uint64_t align);
uint32_t add_pieces(struct link_object *object, bool strings, uint64_t entry_size,
                    const void *bytes, uint64_t size, uint64_t align);
uint32_t add_symbol(struct link_object *object, const char *name, uint8_t binding, uint32_t section,
                    uint64_t value);
uint32_t section_symbol(struct link_object *object, uint32_t section);
void add_pointer(struct link_object *object, uint32_t section, uint32_t symbol, uint64_t offset,
                 int64_t addend);

/* The link's messages, one a line. */
extern char messages[4096];

struct file {
    struct elfgen_layout layout;
    uint8_t *bytes;
    size_t size;
};

/* What links are asked for, which begin_link() resets, and what the last one made. */
extern struct link_options link_settings;
extern struct link_result link_made;

struct link *begin_link(void);
bool run_link(struct link *link);

/* The caller frees the file's bytes. */
struct file write_file(const struct link *link);
const uint8_t *at_address(const struct file *file, uint64_t address, uint64_t size);
uint64_t number_at(const struct file *file, size_t index);

/* An object whose .text, at _start, has room for `numbers` numbers. */
struct link_object *make_start(uint32_t *text, size_t numbers);

TCase *link_merge_cases(void);
TCase *link_names_cases(void);

#endif
