/* The state of the modelled execve, and what the files of this folder share. */
#ifndef ELFGEN_KERNEL_PRIVATE_H
#define ELFGEN_KERNEL_PRIVATE_H

#include <string.h>

#include "elfgen/kernel.h"
#include "elfgen/memory.h"
#include "../format/codec.h"

enum {
    PAGE = ELFGEN_PAGE,
    PAGE_MASK = PAGE - 1,
    GUARD = 256 * PAGE,     /* stack_guard_gap */
    STACK_ROOM = 32 * PAGE, /* setup_arg_pages(), stack_expand */
    NO_SEGMENT = 0xffff,
    GOOD_ADDRESS =
        ELFGEN_USUAL_MMAP_MIN_ADDR /* the address that is offered: free on every machine */
};

/* A file that is being loaded. */
struct image {
    const uint8_t *bytes; /* NULL: they come from the reader */
    const struct elfgen_file_reader *reader;
    uint64_t length;
    enum elfgen_class class_;
    struct elfgen_ehdr ehdr;
    bool is_interpreter;
};

struct run {
    const struct elfgen_kernel_machine *machine;
    const struct elfgen_kernel_file *interpreter;
    struct elfgen_kernel_answer *answer;
    struct elfgen_kernel_map *map;
    const struct image *image;  /* the file that is being mapped */
    const struct image *blamed; /* the file that the answer's field is in */
    uint64_t task_size;         /* TASK_SIZE: the first address that no program has */
    uint64_t mmap_base, legacy_base;
    uint64_t stack_end;
    uint64_t committed;  /* pages, with OVERCOMMIT_NEVER */
    uint64_t lengths[2]; /* of the program and the interpreter */
    uint64_t limit;      /* the limit that a failed mapping exceeded */
    uint16_t segment;    /* the index of the segment that is being mapped */
    bool reads_execute;  /* READ_IMPLIES_EXEC */
    bool asked;          /* the program names an interpreter */
};

/* Rounds up; wraps around to 0 as ELF_PAGEALIGN() does. */
static inline uint64_t page_up(uint64_t value)
{
    return (value + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
}

static inline uint64_t page_down(uint64_t value)
{
    return value & ~(uint64_t)PAGE_MASK;
}

/* Notes that the answer may depend on facts. */
static inline void depend(const struct run *run, unsigned facts)
{
    run->answer->depends |= run->machine->unknown & facts;
}

static inline bool is_from(const struct run *run, unsigned major, unsigned minor)
{
    depend(run, ELFGEN_FACT_VERSION);
    return run->machine->version >= ELFGEN_LINUX(major, minor);
}

/* Whether it is this series: long-term ones took in later changes. */
static inline bool is_series(const struct run *run, unsigned major, unsigned minor)
{
    depend(run, ELFGEN_FACT_VERSION);
    return run->machine->version == ELFGEN_LINUX(major, minor);
}

static inline uint64_t header_size(enum elfgen_class class_)
{
    return class_ == ELFGEN_CLASS64 ? elfgen_size64_phdr : elfgen_size32_phdr;
}

/* The `size` bytes at `offset`, which must be in the file. */
static inline const uint8_t *image_bytes(const struct image *image, uint64_t offset, uint64_t size)
{
    if (image->reader)
        return image->reader->read(image->reader->context, offset, size);
    return image->bytes ? image->bytes + offset : NULL;
}

/* Copies the bytes from `offset` on, `size` at most, as many as are in the file. */
static inline void copy_bytes(const struct image *image, uint64_t offset, uint8_t *copy,
                              uint64_t size)
{
    if (offset >= image->length)
        return;
    if (size > image->length - offset)
        size = image->length - offset;
    memcpy(copy, image_bytes(image, offset, size), (size_t)size);
}

/* Decodes program header `index`, which must be in the file. */
static inline void get_header(const struct image *image, uint64_t index, struct elfgen_phdr *phdr)
{
    const uint64_t size = header_size(image->class_);
    const uint8_t *bytes = image_bytes(image, image->ehdr.e_phoff + index * size, size);
    if (image->class_ == ELFGEN_CLASS64)
        elfgen_decode_phdr(phdr, bytes, ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN);
    else
        elfgen_decode_phdr(phdr, bytes, ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN);
}

/* Whether the program may not map this address (mmap_min_addr). */
static inline bool is_too_low(const struct run *run, uint64_t address)
{
    if (address >= run->machine->mmap_min_addr)
        return false;
    depend(run, ELFGEN_FACT_LOWEST);
    if (!(run->machine->unknown & ELFGEN_FACT_LOWEST))
        depend(run, ELFGEN_FACT_RAW_IO);
    return !run->machine->raw_io;
}

/* ---- checks.c: the verdict of a check ---- */

/* Sets the verdict, errno and signal of a check that failed, or of ELFGEN_CHECK_passed. */
void elfgen_kernel_decide(struct run *run, enum elfgen_kernel_check_id check);

/* ---- headers.c: which program headers Linux reads ---- */

/* How many program headers Linux reads. */
uint64_t elfgen_kernel_most_headers(const struct run *run, enum elfgen_class class_);
/* The checks of load_elf_phdrs(). image->bytes, length, class_ and ehdr are set. Returns the check
 * that fails, or ELFGEN_CHECK_passed. */
enum elfgen_kernel_check_id elfgen_kernel_read_headers(struct run *run, struct image *image);

/* ---- script.c: the first line of a script ---- */

/* Finds the interpreter's name in a buffer of `size` bytes that begins with #!: its start and
 * length. Returns false if there is none. `empty_counts`: an empty name is one. */
bool elfgen_kernel_find_script(const uint8_t *buffer, uint64_t size, bool empty_counts,
                               uint64_t *start, uint64_t *length);

/* ---- areas.c: mm/, as far as execve uses it ---- */

struct mapped {
    enum elfgen_kernel_check_id check; /* ELFGEN_CHECK_passed, or the check that failed */
    uint64_t address;
};

enum placing { PLACE_ANYWHERE, PLACE_FIXED, PLACE_NOREPLACE };

/* vm_mmap() of run->image, private. `flags` are ELFGEN_PF_... */
struct mapped elfgen_kernel_map_file(struct run *run, uint64_t address, uint64_t size,
                                     uint64_t flags, enum placing placing, uint64_t offset);
/* vm_brk_flags(). ELFGEN_CHECK_passed, or the check that failed. */
enum elfgen_kernel_check_id elfgen_kernel_map_zeros(struct run *run, uint64_t address,
                                                    uint64_t size, bool executable);
/* vm_munmap(), whose failures execve ignores. */
void elfgen_kernel_unmap(struct run *run, uint64_t address, uint64_t size);
/* Whether clear_user() succeeds within the page of the address. */
bool elfgen_kernel_can_clear(const struct run *run, uint64_t address);
/* The area that has the address, or NULL. */
const struct elfgen_kernel_area *elfgen_kernel_find_area(const struct run *run, uint64_t address);
/* get_unmapped_area() without a free place at `hint` (0: no hint). Returns an address, or 0 if
 * there is no room. */
uint64_t elfgen_kernel_find_room(const struct run *run, uint64_t hint, uint64_t size);
void elfgen_kernel_put_area(struct run *run, const struct elfgen_kernel_area *area);
/* Sets `file_end` and `missing` of all areas. */
void elfgen_kernel_find_missing(struct run *run);
/* Whether the address, in the area, is in a page that its file has. */
bool elfgen_kernel_has_page(const struct run *run, const struct elfgen_kernel_area *area,
                            uint64_t address);

/* ---- fetch.c: the first instruction ---- */

/* Whether the first instruction, at `entry`, can be fetched: ELFGEN_CHECK_passed, or
 * ELFGEN_CHECK_first_... or ..._crosses_... `image` is the file that it is in. */
enum elfgen_kernel_check_id elfgen_kernel_fetch(const struct run *run, const struct image *image,
                                                uint64_t entry);

/* ---- instruction.c: x86 instructions ---- */

/* Whether the `count` bytes prove that the instruction that begins with them has more. */
bool elfgen_kernel_goes_on(const uint8_t *bytes, unsigned count, bool is_64);

/* ---- advice.c: what a file is that does not start ---- */

/* Sets the answer's advice if a changed field would make no program of a file that fails this
 * check. Returns whether there is to be no offer of a field's value. */
bool elfgen_kernel_advise(struct run *run, const struct image *image,
                          enum elfgen_kernel_check_id check);
/* Whether it is a shared library without an entry point. */
bool elfgen_kernel_is_library(const struct image *image);

/* ---- blame.c: the field to blame, and a value that would pass ---- */

void elfgen_kernel_blame_header(struct run *run, const struct image *image,
                                enum elfgen_kernel_check_id check);
void elfgen_kernel_blame_segment(struct run *run, const struct image *image, uint64_t index,
                                 enum elfgen_kernel_check_id check);
void elfgen_kernel_blame_entry(struct run *run, const struct image *image,
                               enum elfgen_kernel_check_id check);
/* Points the answer at a field of the ELF header, or of program header `index`; offers a value for
 * that field, unless the field shares bytes with one of the ELF header that the value would spoil.
 */
void elfgen_kernel_name_header(struct run *run, const struct image *image, const char *field);
void elfgen_kernel_name_segment(struct run *run, const struct image *image, uint64_t index,
                                const char *field);
void elfgen_kernel_offer(struct run *run, uint64_t would);

/* ---- interpreter.c: PT_INTERP ---- */

/* The PT_INTERP loop of load_elf_binary(), and its checks of the interpreter. Returns false if
 * refused. */
bool elfgen_kernel_find_interpreter(struct run *run, const struct image *program,
                                    struct image *interpreter);

/* ---- load.c: PT_LOADs ---- */

/* Maps the program's segments. Returns false if the program is killed. */
bool elfgen_kernel_load_program(struct run *run, const struct image *program);
/* load_elf_interp(). Returns false if the program is killed. *base is what is added to its
 * addresses. */
bool elfgen_kernel_load_interpreter(struct run *run, const struct image *interpreter,
                                    uint64_t *base);

#endif
