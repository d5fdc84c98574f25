/* Reads the segments of a program to be lifted. */
#include "golf/lift/memory.h"

#include "elfgen/search.h"
#include "golf/lift/lift.h"

bool lift_refuse(struct lift *lift, enum elfgen_status status, uint64_t offset, const char *text)
{
    if (!lift->failed)
        elfgen_error_set(lift->error, status, offset, "%s", text);
    lift->failed = true;
    return false;
}

bool lift_refuse_at(struct lift *lift, const struct lift_instruction *instruction, const char *text)
{
    if (!lift->failed)
        elfgen_error_set(lift->error, ELFGEN_UNSUPPORTED, instruction->offset, "at %x %s",
                         instruction->address, text);
    lift->failed = true;
    return false;
}

bool lift_refuse_other(struct lift *lift, const struct lift_instruction *instruction,
                       const char *text)
{
    lift->does_other = lift->does_other || !lift->failed;
    return lift_refuse_at(lift, instruction, text);
}

bool lift_refuse_call(struct lift *lift, const struct lift_instruction *instruction,
                      const char *name, const char *what)
{
    if (!lift->failed)
        elfgen_error_set(lift->error, ELFGEN_UNSUPPORTED, instruction->offset,
                         "at %x it calls %s, which %s", instruction->address, name, what);
    lift->failed = lift->does_other = true;
    return false;
}

const char *lift_why_not_back(const struct lift_value *back, uint64_t more)
{
    if (back && back->kind == LIFT_RETURN && more > 0)
        return "it takes arguments off the stack as it returns (ret with a number) from a function "
               "that is called more than once: ret alone can be followed, and add to the stack "
               "pointer after each call";
    return "it returns to an address that is not known: ret has to find what the function's call "
           "pushed";
}

const struct lift_segment *lift_segment_of(const struct lift *lift, uint64_t address)
{
    /* Later segments lie over earlier ones. */
    for (size_t i = lift->segment_count; i-- > 0;)
        if (address - lift->segments[i].address < lift->segments[i].memory_size)
            return &lift->segments[i];
    return NULL;
}

bool lift_can_be_mapped(uint64_t address)
{
    enum { FIRST = 0x10000, BITS = 47 };
    return address >= FIRST && address >> BITS == 0;
}

const char lift_uses_elsewhere[] =
    "it uses an address outside of its memory, where the smaller file may be";

bool lift_is_address(const struct lift *lift, uint64_t address)
{
    return lift_segment_of(lift, address) || lift_segment_of(lift, address - 1);
}

/* Whether an address that stands at an offset ends before another one. */
static bool ends_before(const void *item, const void *key)
{
    enum { WIDTH = 4 }; /* at least; the upper half of a longer one is 0 */
    return (uint64_t) * (const uint32_t *)item + WIDTH <= *(const uint64_t *)key;
}

bool lift_is_number_at(const struct lift *lift, uint64_t offset, uint64_t end)
{
    const struct golf_addresses *known = lift->addresses;
    if (!known || offset == ELFGEN_NOWHERE)
        return false;
    size_t at =
        elfgen_search(known->offsets, known->count, sizeof *known->offsets, &offset, ends_before);
    return at == known->count || known->offsets[at] >= end;
}

bool lift_may_be_address(const struct lift *lift, const struct lift_value *value)
{
    return value->kind == LIFT_KNOWN && !value->is_number &&
           value->known[0].value == value->known[1].value &&
           lift_is_address(lift, value->known[0].value);
}

bool lift_is_mapped(const struct lift *lift, uint64_t address, uint64_t size)
{
    const struct lift_segment *segment = lift_segment_of(lift, address);
    return segment && size <= segment->memory_size - (address - segment->address);
}

const uint8_t *lift_bytes(const struct lift *lift, uint64_t address, uint64_t *size)
{
    const struct lift_segment *segment = lift_segment_of(lift, address);
    if (!segment || address - segment->address >= segment->file_size)
        return NULL;
    uint64_t left = segment->file_size - (address - segment->address);
    *size = *size < left ? *size : left;
    return lift->file + segment->offset + (address - segment->address);
}

static bool is_written(const struct lift *lift, uint64_t address, uint64_t size)
{
    for (size_t i = 0; i < lift->written_count; i++)
        if (lift->written[i].address < address + size &&
            address < lift->written[i].address + lift->written[i].size)
            return true;
    return lift->no_folds;
}

bool lift_load(struct lift *lift, uint64_t address, uint64_t size, uint64_t *value)
{
    const struct lift_segment *segment = lift_segment_of(lift, address);
    *value = 0;
    if (!segment || size > sizeof *value || !lift_is_mapped(lift, address, size) ||
        (segment->flags & ELFGEN_PF_W && is_written(lift, address, size)))
        return false;
    lift->has_folded = true;
    for (uint64_t i = 0; i < size; i++) {
        uint64_t one = 1;
        const uint8_t *byte = lift_bytes(lift, address + i, &one);
        *value |= byte ? (uint64_t)*byte << 8 * i : 0;
    }
    return true;
}

/* Whether Linux starts it; sets the error that it does not. */
static bool starts(struct lift *lift)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    elfgen_kernel_usual(&machine);
    if (elfgen_kernel_ask(lift->file, lift->size, &machine, NULL, &answer, NULL) != ELFGEN_OK)
        return lift_refuse(lift, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE, "it has too many segments");
    if (answer.is_script)
        return lift_refuse(lift, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "it is a script");
    if (answer.verdict == ELFGEN_STARTS)
        return true;
    char sentence[600];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence - 1};
    elfgen_text_string(&text, "Linux does not start it: ");
    elfgen_kernel_message(&answer, &text);
    sentence[text.length] = '\0';
    return lift_refuse(lift, ELFGEN_BAD_VALUE, answer.offset, sentence);
}

static bool add_segment(struct lift *lift, const struct elfgen_phdr *header, uint64_t header_offset)
{
    if (header->p_memsz == 0 && header->p_filesz == 0)
        return true;
    if (lift->segment_count == LIFT_SEGMENTS)
        return lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE, "it has too many segments");
    uint64_t skip = header->p_vaddr % ELFGEN_PAGE, start = header->p_vaddr - skip;
    uint64_t offset = header->p_offset - header->p_offset % ELFGEN_PAGE;
    if (offset >= lift->size && header->p_filesz > 0)
        return lift_refuse(lift, ELFGEN_UNSUPPORTED, header_offset,
                           "a segment has nothing of the file");
    /* Whole pages are mapped, so what is before and after it in them is there as well, unless more
     * memory than file clears the rest. */
    struct lift_segment *segment = &lift->segments[lift->segment_count++];
    segment->address = start;
    segment->offset = offset;
    segment->flags = (uint32_t)header->p_flags;
    segment->start = header->p_vaddr;
    segment->end =
        header->p_vaddr + (header->p_memsz > header->p_filesz ? header->p_memsz : header->p_filesz);
    uint64_t file = header->p_filesz + skip, memory = header->p_memsz + skip;
    uint64_t in_file = offset < lift->size ? lift->size - offset : 0;
    if (header->p_memsz <= header->p_filesz)
        file = (file + ELFGEN_PAGE - 1) & ~(uint64_t)(ELFGEN_PAGE - 1);
    segment->file_size = file < in_file ? file : in_file;
    segment->memory_size = memory > segment->file_size ? memory : segment->file_size;
    if (segment->memory_size > UINT64_MAX / 2 || start > UINT64_MAX - segment->memory_size)
        return lift_refuse(lift, ELFGEN_UNSUPPORTED, header_offset, "a segment is too large");
    if ((header->p_flags & (ELFGEN_PF_W | ELFGEN_PF_X)) == (ELFGEN_PF_W | ELFGEN_PF_X))
        lift->has_writable_code = true;
    return true;
}

static bool read_segments(struct lift *lift, const struct elfgen_view *view)
{
    lift->reads_execute = lift->bits == 32;
    for (uint64_t i = 0; i < view->segments.count; i++) {
        struct elfgen_phdr header;
        uint64_t offset = view->segments.offset + i * view->segments.entry_size;
        if (elfgen_view_segment(view, i, &header, NULL) != ELFGEN_OK)
            return lift_refuse(lift, ELFGEN_BAD_VALUE, offset, "a program header is cut short");
        if (header.p_type == ELFGEN_PT_INTERP || header.p_type == ELFGEN_PT_DYNAMIC)
            return lift_refuse(lift, ELFGEN_UNSUPPORTED, offset,
                               "it is dynamic: it needs a dynamic linker, or relocates itself");
        if (header.p_type == ELFGEN_PT_TLS)
            return lift_refuse(lift, ELFGEN_UNSUPPORTED, offset, "it has thread-local memory");
        lift->reads_execute = lift->reads_execute && header.p_type != ELFGEN_PT_GNU_STACK;
        if (header.p_type == ELFGEN_PT_LOAD && !add_segment(lift, &header, offset))
            return false;
    }
    return true;
}

bool lift_open_memory(struct lift *lift)
{
    struct elfgen_view view;
    if (lift->size > GOLF_LIFT_FILE)
        return lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                           "it is larger than a megabyte");
    if (!starts(lift))
        return false;
    elfgen_view_open_program(&view, lift->file, lift->size, NULL);
    lift->bits = 8 * elfgen_address_size(view.class_);
    lift->entry = view.ehdr.e_entry;
    if (!elfgen_kernel_has_machine(view.ehdr.e_machine))
        return lift_refuse(lift, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                           "its processor is neither x86-64 nor i386");
    return read_segments(lift, &view);
}
