/* Writes an executable: an ELF header and program headers in front of machine code. */
#include "elfgen/image.h"

#include "elfgen/kernel.h"
#include "elfgen/text.h"

#include "../arch/archs.h"
#include "../format/argument.h"
#include "../format/codec.h"
#include "exec.h"

/* Appends "62 (x86-64), 3 (i386) and 183 (AArch64)". */
static void put_archs(struct elfgen_text *text)
{
    const struct elfgen_arch *arch;
    for (unsigned i = 0; (arch = elfgen_arch_get(i)) != NULL; i++) {
        if (i > 0)
            elfgen_text_string(text, elfgen_arch_get(i + 1) ? ", " : " and ");
        elfgen_text_decimal(text, arch->machines[0], 0);
        elfgen_text_string(text, " (");
        elfgen_text_string(text, arch->title);
        elfgen_text_char(text, ')');
    }
}

__attribute__((cold)) static void refuse_machine(uint16_t machine, struct elfgen_error *error)
{
    char list[128];
    struct elfgen_text text = {.bytes = list, .capacity = sizeof list - 1};
    put_archs(&text);
    list[text.length] = '\0';
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                     "no program can be made for machine %u, only for %s", (uint64_t)machine, list);
}

static inline const struct elfgen_arch *arch_of(uint16_t machine, struct elfgen_error *error)
{
    const struct elfgen_arch *arch = elfgen_arch_search(machine);
    if (!arch)
        refuse_machine(machine, error);
    return arch;
}

const struct elfgen_arch *elfgen_arch_of(uint16_t machine, struct elfgen_error *error)
{
    return arch_of(machine, error);
}

static inline size_t header_size(enum elfgen_class class_, size_t segment_count)
{
    return class_ == ELFGEN_CLASS64 ? elfgen_size64_ehdr + segment_count * elfgen_size64_phdr
                                    : elfgen_size32_ehdr + segment_count * elfgen_size32_phdr;
}

size_t elfgen_header_size(uint16_t machine, size_t segment_count)
{
    const struct elfgen_arch *arch = elfgen_arch_of(machine, NULL);
    return arch ? header_size(arch->class_, segment_count) : 0;
}

size_t elfgen_exec_headers(uint16_t machine)
{
    return elfgen_header_size(machine, 1);
}

/* The multiple of the largest page to use for `base`: the next one that Linux gives to programs, or
 * the last before the end of user space. */
static uint64_t usable_base(uint64_t base, const struct elfgen_arch *arch)
{
    const uint64_t page = arch->page_largest;
    uint64_t usable;
    if (base < ELFGEN_USUAL_MMAP_MIN_ADDR)
        base = ELFGEN_USUAL_MMAP_MIN_ADDR;
    return elfgen_round_up(base, page, &usable) && usable < arch->user_end
               ? usable
               : (arch->user_end - 1) & ~(page - 1);
}

/* Says why a base, an alignment or permissions are refused. */
__attribute__((cold)) static void refuse_options(const struct elfgen_exec_options *options,
                                                 const struct elfgen_arch *arch,
                                                 struct elfgen_error *error)
{
    const uint64_t base = options->base, align = options->align;
    const bool is_stack = (options->permissions & ~ELFGEN_PF_ALL) == 0;
    if ((base & (arch->page_largest - 1)) != 0)
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "base %x is not page-aligned: it must be a multiple of %x, such as %x",
                         base, arch->page_largest, usable_base(base, arch));
    else if ((align & (align - 1)) != 0)
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "align %x is not a power of two", align);
    else if (align != 0 && (base & (align - 1)) != 0)
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "base %x is not a multiple of align %x, as a segment at file offset 0 "
                         "must be",
                         base, align);
    else
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "%spermissions %x " ELFGEN_PF_SENTENCE, is_stack ? "the stack's " : "",
                         (uint64_t)(is_stack ? options->stack : options->permissions));
}

/* Says why a segment of `size` bytes in the file is refused. */
__attribute__((cold)) static void refuse_size(const struct elfgen_exec_options *options,
                                              uint64_t size, uint64_t end,
                                              struct elfgen_error *error)
{
    elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                     "base %x, %u bytes in the file and %u of zeros pass the end of user space, %x",
                     options->base, size, options->zero_fill, end);
}

__attribute__((cold)) static void refuse_entry(const struct elfgen_exec_options *options,
                                               uint64_t size, struct elfgen_error *error)
{
    elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                     "entry %x lies outside the segment, which is %x to %x", options->entry,
                     options->base, options->base + size + options->zero_fill - 1);
}

/* A call that succeeds makes a handful of comparisons; sentences are made only where it fails. */
static inline bool check_options(const struct elfgen_exec_options *options,
                                 const struct elfgen_arch *arch, struct elfgen_error *error)
{
    const uint64_t base = options->base, align = options->align;
    if ((base & (arch->page_largest - 1)) == 0 && (align & (align - 1)) == 0 &&
        (align == 0 || (base & (align - 1)) == 0) &&
        ((options->permissions | options->stack) & ~ELFGEN_PF_ALL) == 0)
        return true;
    refuse_options(options, arch, error);
    return false;
}

static inline bool check(const struct elfgen_exec_options *options, const struct elfgen_arch *arch,
                         uint64_t size, struct elfgen_error *error)
{
    const uint64_t base = options->base, end = arch->user_end;
    if (!check_options(options, arch, error))
        return false;
    if (base > end || size > end - base || options->zero_fill > end - base - size) {
        refuse_size(options, size, end, error);
        return false;
    }
    if (options->entry == ELFGEN_ENTRY_FIRST ||
        (options->entry >= base && options->entry - base < size + options->zero_fill))
        return true;
    refuse_entry(options, size, error);
    return false;
}

bool elfgen_exec_check_options(const struct elfgen_exec_options *options,
                               const struct elfgen_arch *arch, struct elfgen_error *error)
{
    return check_options(options, arch, error);
}

bool elfgen_exec_check(const struct elfgen_exec_options *options, const struct elfgen_arch *arch,
                       uint64_t file_size, struct elfgen_error *error)
{
    return check(options, arch, file_size, error);
}

/* Writes all headers at `bytes`. Inline, with constants for class and byte order, so that it is one
 * store a field. */
__attribute__((always_inline)) static inline void
write_headers(uint8_t *bytes, const struct elfgen_exec_options *options,
              const struct elfgen_segment *segments, size_t segment_count, enum elfgen_class class_,
              enum elfgen_order order)
{
    const bool is_64 = class_ == ELFGEN_CLASS64;
    const size_t ehdr_size = is_64 ? elfgen_size64_ehdr : elfgen_size32_ehdr;
    const size_t phdr_size = is_64 ? elfgen_size64_phdr : elfgen_size32_phdr;
    const size_t shdr_size = is_64 ? elfgen_size64_shdr : elfgen_size32_shdr;
    const struct elfgen_ehdr ehdr = {
        ELFGEN_IDENTIFICATION(class_, order),
        .ei_osabi = options->osabi,
        .e_type = ELFGEN_ET_EXEC,
        .e_machine = options->machine,
        .e_entry = options->entry == ELFGEN_ENTRY_FIRST
                       ? options->base + ehdr_size + segment_count * phdr_size
                       : options->entry,
        .e_phoff = ehdr_size,
        .e_ehsize = ehdr_size,
        .e_phentsize = phdr_size,
        .e_phnum = segment_count,
        .e_shentsize = shdr_size,
    };
    elfgen_encode_ehdr(bytes, &ehdr, class_, order);
    for (size_t i = 0; i < segment_count; i++) {
        const struct elfgen_phdr phdr = {
            .p_type = segments[i].type,
            .p_flags = segments[i].permissions,
            .p_offset = segments[i].offset,
            .p_vaddr = segments[i].address,
            .p_paddr = segments[i].address,
            .p_filesz = segments[i].file_size,
            .p_memsz = segments[i].memory_size,
            .p_align = segments[i].align,
        };
        elfgen_encode_phdr(bytes + ehdr_size + i * phdr_size, &phdr, class_, order);
    }
}

void elfgen_write_headers(uint8_t *bytes, const struct elfgen_arch *arch,
                          const struct elfgen_layout *layout)
{
    if (arch->class_ == ELFGEN_CLASS64)
        write_headers(bytes, &layout->exec, layout->segments, layout->segment_count, ELFGEN_CLASS64,
                      ELFGEN_LITTLE_ENDIAN);
    else
        write_headers(bytes, &layout->exec, layout->segments, layout->segment_count, ELFGEN_CLASS32,
                      ELFGEN_LITTLE_ENDIAN);
}

/* Writes the file. Inline, with a constant for the class, as above; the compiler would otherwise
 * keep one copy for both classes, which takes twice the time. */
__attribute__((always_inline)) static inline size_t
write_exec(void *buffer, size_t capacity, const void *code, size_t length,
           const struct elfgen_exec_options *options, const struct elfgen_arch *arch,
           enum elfgen_class class_, struct elfgen_error *error)
{
    const size_t segment_count = options->stack ? 2 : 1;
    const size_t headers = header_size(class_, segment_count);
    /* The size stays below SIZE_MAX, so that there is always a value larger than `capacity`. */
    if (length >= SIZE_MAX - headers) {
        elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                         "%u bytes of code do not fit the address space", (uint64_t)length);
        return 0;
    }
    const size_t size = headers + length;
    if (!check(options, arch, size, error))
        return 0;
    if (!elfgen_has_room(size, capacity, error))
        return size;
    if (!elfgen_has_memory(buffer, capacity, "bytes of the buffer", error))
        return 0;
    uint8_t *bytes = buffer;
    if (length > 0 && code != bytes + headers) {
        if (!elfgen_has_memory(code, length, "bytes of code", error))
            return 0;
        memmove(bytes + headers, code, length);
    }
    const struct elfgen_segment segments[2] = {
        {.type = ELFGEN_PT_LOAD,
         .permissions = options->permissions,
         .address = options->base,
         .file_size = size,
         .memory_size = size + options->zero_fill,
         .align = options->align},
        {.type = ELFGEN_PT_GNU_STACK, .permissions = options->stack},
    };
    write_headers(bytes, options, segments, segment_count, class_, ELFGEN_LITTLE_ENDIAN);
    return size;
}

size_t elfgen_write_exec(void *buffer, size_t capacity, const void *code, size_t length,
                         const struct elfgen_exec_options *options, struct elfgen_error *error)
{
    static const struct elfgen_exec_options defaults = ELFGEN_EXEC_DEFAULTS;
    if (!options)
        options = &defaults;
    const struct elfgen_arch *arch = arch_of(options->machine, error);
    if (!arch)
        return 0;
    return arch->class_ == ELFGEN_CLASS64
               ? write_exec(buffer, capacity, code, length, options, arch, ELFGEN_CLASS64, error)
               : write_exec(buffer, capacity, code, length, options, arch, ELFGEN_CLASS32, error);
}
