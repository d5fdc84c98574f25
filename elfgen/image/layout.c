/* Lays out a program: gives each section its file offset and address, and makes the segments. */
#include "elfgen/image.h"

#include "../format/codec.h"
#include "exec.h"
#include "order.h"
#include "program.h"

/* The order of sections in the file. Zeros come last, since they take no room in it. */
enum rank { RANK_EXECUTABLE, RANK_READ_ONLY, RANK_WRITABLE, RANK_ZERO_FILL, RANK_COUNT };

static enum rank rank_of(const struct elfgen_section *section)
{
    if (!section->bytes)
        return RANK_ZERO_FILL;
    if (section->permissions & ELFGEN_PF_X)
        return RANK_EXECUTABLE;
    return section->permissions & ELFGEN_PF_W ? RANK_WRITABLE : RANK_READ_ONLY;
}

/* The file as it grows. */
struct walk {
    const struct elfgen_program *program;
    const struct elfgen_arch *arch;
    struct elfgen_layout *layout;
    uint64_t bias;  /* address less file offset, in the current segment */
    uint64_t end;   /* file offset at which the last section ends, as if zeros were in the file */
    uint64_t first; /* address of the first section that has a byte */
    size_t order_count; /* entries of program->order that are set */
    struct elfgen_error *error;
};

static enum elfgen_status section_error(const struct walk *walk, enum elfgen_status status,
                                        const struct elfgen_section *section, const char *format,
                                        uint64_t value)
{
    elfgen_error_set(walk->error, status, ELFGEN_NOWHERE, format, value);
    elfgen_error_in_section(walk->error, section->file, section->name, ELFGEN_NOWHERE);
    return status;
}

/* Places a section after those that have a place. An empty section gets a place too, but costs
 * nothing, not even padding. */
static enum elfgen_status place(struct walk *walk, struct elfgen_section *section)
{
    /* The address must be aligned, not the file offset: they differ where the bias is aligned less.
     */
    uint64_t address, end, align = section->align ? section->align : 1;
    if (!elfgen_add(walk->bias, walk->end, &address) ||
        !elfgen_round_up(address, align, &address) || !elfgen_add(address, section->size, &end))
        return section_error(walk, ELFGEN_DOES_NOT_FIT, section,
                             "its %u bytes pass the end of user space", section->size);
    section->address = address;
    section->offset = address - walk->bias;
    if (section->size == 0)
        return ELFGEN_OK;
    walk->end = end - walk->bias;
    if (walk->first == ELFGEN_ENTRY_FIRST)
        walk->first = address;
    if (section->bytes)
        walk->layout->file_size = walk->end;
    return ELFGEN_OK;
}

/* Puts the sections of the ranks from `first` to `last` into order[], those of size 0 after the
 * others. Returns how many; the first *sized of them are not empty. */
static size_t gather(const struct elfgen_program *program, enum rank first, enum rank last,
                     uint32_t *order, size_t *sized)
{
    size_t count = 0;
    for (int empty = 0; empty < 2; empty++) {
        for (int rank = (int)first; rank <= (int)last; rank++) {
            for (size_t i = 0; i < program->section_count; i++) {
                const struct elfgen_section *section = &program->sections[i];
                if ((int)rank_of(section) == rank && (section->size == 0) == (empty == 1))
                    order[count++] = (uint32_t)i;
            }
        }
        if (empty == 0)
            *sized = count;
    }
    return count;
}

/* Puts the sections of the ranks from `first` to `last` into order[] so that padding is least; they
 * stay in their own order if no other is better. Returns how many. */
static size_t choose_order(const struct walk *walk, enum rank first, enum rank last,
                           uint32_t *order)
{
    const struct elfgen_section *sections = walk->program->sections;
    const uint64_t start = walk->bias + walk->end;
    size_t sized, count = gather(walk->program, first, last, order, &sized);
    const unsigned ways = elfgen_order_ways(sections, order, sized, start);
    const uint64_t given = elfgen_order_end(sections, order, sized, start);
    uint64_t least = given;
    unsigned best = ways;
    for (unsigned way = 0; way < ways; way++) {
        gather(walk->program, first, last, order, &sized);
        elfgen_order_choose(sections, order, sized, start, way);
        const uint64_t end = elfgen_order_end(sections, order, sized, start);
        if (end < least) {
            least = end;
            best = way;
        }
    }
    if (ways == 0)
        return count;
    gather(walk->program, first, last, order, &sized);
    if (best < ways)
        elfgen_order_choose(sections, order, sized, start, best);
    elfgen_order_polish(sections, order, sized, start);
    if (elfgen_order_end(sections, order, sized, start) >= given)
        gather(walk->program, first, last, order, &sized);
    return count;
}

/* Places the ranks from `first` to `last` in program->order. */
static enum elfgen_status place_ordered(struct walk *walk, enum rank first, enum rank last)
{
    const struct elfgen_program *program = walk->program;
    uint32_t *order = program->order + walk->order_count;
    const size_t count = choose_order(walk, first, last, order);
    walk->order_count += count;
    for (size_t i = 0; i < count; i++) {
        enum elfgen_status status = place(walk, &program->sections[order[i]]);
        if (status != ELFGEN_OK)
            return status;
    }
    return ELFGEN_OK;
}

static enum elfgen_status place_ranks(struct walk *walk, enum rank first, enum rank last)
{
    const struct elfgen_program *program = walk->program;
    if (program->order)
        return place_ordered(walk, first, last);
    for (int rank = (int)first; rank <= (int)last; rank++) {
        for (size_t i = 0; i < program->section_count; i++) {
            struct elfgen_section *section = &program->sections[i];
            if ((int)rank_of(section) != rank)
                continue;
            enum elfgen_status status = place(walk, section);
            if (status != ELFGEN_OK)
                return status;
        }
    }
    return ELFGEN_OK;
}

static enum elfgen_status find_entry(const struct elfgen_program *program, uint64_t *entry,
                                     struct elfgen_error *error)
{
    const struct elfgen_symbol *found = NULL;
    for (size_t i = 0; i < program->symbol_count; i++) {
        const struct elfgen_symbol *symbol = &program->symbols[i];
        if (symbol->section == ELFGEN_SECTION_UNDEFINED || !symbol->name ||
            strcmp(symbol->name, program->entry_symbol) != 0)
            continue;
        if (!found || (found->binding == ELFGEN_LOCAL && symbol->binding != ELFGEN_LOCAL))
            found = symbol;
        if (found->binding != ELFGEN_LOCAL)
            break;
    }
    if (!found)
        return elfgen_error_set(error, ELFGEN_UNDEFINED, ELFGEN_NOWHERE,
                                "the entry symbol '%s' is not defined", program->entry_symbol);
    enum elfgen_status status = elfgen_symbol_address(program, found, entry, error);
    /* The highest address is not an entry, and would be taken for ELFGEN_ENTRY_FIRST. */
    if (status == ELFGEN_OK && *entry == ELFGEN_ENTRY_FIRST)
        status = elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                  "the entry symbol '%s' is at %x, outside the program",
                                  program->entry_symbol, *entry);
    return status;
}

/* Refuses a symbol whose section does not exist. */
static enum elfgen_status check_section_of(const struct walk *walk,
                                           const struct elfgen_symbol *symbol)
{
    uint64_t address;
    return symbol->section < walk->program->section_count ||
                   symbol->section == ELFGEN_SECTION_UNDEFINED ||
                   symbol->section == ELFGEN_SECTION_ABSOLUTE
               ? ELFGEN_OK
               : elfgen_symbol_address(walk->program, symbol, &address, walk->error);
}

/* Whether what the layout is given keeps the contract, as far as a layout can tell. */
static enum elfgen_status check_program(const struct walk *walk)
{
    const struct elfgen_program *program = walk->program;
    if (!elfgen_program_has_arrays(program, walk->error))
        return ELFGEN_BAD_ARGUMENT;
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[i];
        if (section->align & (section->align - 1))
            return section_error(walk, ELFGEN_BAD_ARGUMENT, section,
                                 "alignment %u is not a power of two", section->align);
        if (section->permissions & ~ELFGEN_PF_ALL)
            return section_error(walk, ELFGEN_BAD_ARGUMENT, section,
                                 "permissions %x " ELFGEN_PF_SENTENCE, section->permissions);
    }
    for (size_t i = 0; i < program->symbol_count; i++) {
        enum elfgen_status status = check_section_of(walk, &program->symbols[i]);
        if (status != ELFGEN_OK)
            return status;
    }
    return program->got ? check_section_of(walk, program->got) : ELFGEN_OK;
}

/* Begins any layout. */
static enum elfgen_status begin(struct walk *walk, const struct elfgen_exec_options *options)
{
    static const struct elfgen_exec_options defaults = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_layout *layout = walk->layout;
    *layout = (struct elfgen_layout){.exec = options ? *options : defaults};
    layout->exec.permissions = 0; /* the sections' decide */
    walk->arch = elfgen_arch_of(layout->exec.machine, walk->error);
    if (!walk->arch)
        return ELFGEN_UNSUPPORTED;
    if (!elfgen_exec_check_options(&layout->exec, walk->arch, walk->error))
        return ELFGEN_BAD_ARGUMENT;
    walk->bias = layout->exec.base;
    walk->first = ELFGEN_ENTRY_FIRST;
    return check_program(walk);
}

static struct elfgen_segment *add_segment(struct elfgen_layout *layout, uint32_t type)
{
    struct elfgen_segment *segment = &layout->segments[layout->segment_count++];
    segment->type = type;
    return segment;
}

/* Begins the file with its headers, whose size follows from the number of segments. That is known
 * before sections get places. */
static void begin_file(struct walk *walk, size_t load_count)
{
    struct elfgen_layout *layout = walk->layout;
    layout->header_size =
        elfgen_header_size(layout->exec.machine, load_count + (layout->exec.stack ? 1 : 0));
    layout->file_size = walk->end = layout->header_size;
}

/* Checks that a segment has the entry. A label at the end of all sections has nothing after it. */
static enum elfgen_status check_entry(const struct walk *walk)
{
    const struct elfgen_layout *layout = walk->layout;
    const struct elfgen_segment *first = &layout->segments[0];
    const char *name = walk->program->entry_symbol;
    size_t loads = 0;
    for (size_t i = 0; i < layout->segment_count; i++) {
        loads += layout->segments[i].type == ELFGEN_PT_LOAD;
        if (layout->exec.entry - layout->segments[i].address < layout->segments[i].memory_size)
            return ELFGEN_OK;
    }
    const uint64_t last = first->address + first->memory_size - 1;
    if (name)
        return elfgen_error_set(
            walk->error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
            "nothing is at the entry %s, %x: the %ssegment is %x to %x; an entry "
            "is a label with an instruction after it",
            name, layout->exec.entry, loads > 1 ? "first " : "", first->address, last);
    return elfgen_error_set(walk->error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                            "entry %x lies outside the segment%s %x to %x", layout->exec.entry,
                            loads > 1 ? "s; the first is" : ", which is", first->address, last);
}

/* Ends any layout, once segments and sections have their places; `end` is the address after the
 * last. */
static enum elfgen_status finish(struct walk *walk, uint64_t end)
{
    struct elfgen_layout *layout = walk->layout;
    const uint64_t user_end = walk->arch->user_end;
    layout->memory_size = end - layout->exec.base;
    if (layout->exec.base > user_end || layout->memory_size > user_end - layout->exec.base)
        return elfgen_error_set(walk->error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                                "base %x and %u bytes in memory pass the end of user space, %x",
                                layout->exec.base, layout->memory_size, user_end);
    layout->exec.zero_fill = layout->memory_size - layout->file_size;
    if (layout->exec.stack)
        add_segment(layout, ELFGEN_PT_GNU_STACK)->permissions = layout->exec.stack;
    if (walk->program->entry_symbol) {
        const enum elfgen_status status =
            find_entry(walk->program, &layout->exec.entry, walk->error);
        return status == ELFGEN_OK ? check_entry(walk) : status;
    }
    if (layout->exec.entry == ELFGEN_ENTRY_FIRST) {
        layout->exec.entry = walk->first;
        return ELFGEN_OK;
    }
    return check_entry(walk);
}

enum elfgen_status elfgen_layout_single(const struct elfgen_program *program,
                                        const struct elfgen_exec_options *options,
                                        struct elfgen_layout *layout, struct elfgen_error *error)
{
    struct walk walk = {.program = program, .layout = layout, .error = error};
    enum elfgen_status status = begin(&walk, options);
    if (status != ELFGEN_OK)
        return status;
    begin_file(&walk, 1);
    struct elfgen_segment *segment = add_segment(layout, ELFGEN_PT_LOAD);
    status = place_ranks(&walk, RANK_EXECUTABLE, RANK_WRITABLE);
    if (status == ELFGEN_OK)
        status = place_ranks(&walk, RANK_ZERO_FILL, RANK_ZERO_FILL);
    if (status != ELFGEN_OK)
        return status;
    segment->permissions = ELFGEN_PF_R;
    for (size_t i = 0; i < program->section_count; i++)
        if (program->sections[i].size > 0)
            segment->permissions |= program->sections[i].permissions;
    segment->address = layout->exec.base;
    segment->file_size = layout->file_size;
    segment->memory_size = walk.end;
    segment->align = layout->exec.align;
    layout->exec.permissions = segment->permissions;
    return finish(&walk, layout->exec.base + walk.end);
}

/* Finds which segments layout "split" needs. */
static enum elfgen_status split_needs(const struct walk *walk, bool needs[RANK_COUNT])
{
    const uint32_t both = ELFGEN_PF_W | ELFGEN_PF_X;
    for (size_t i = 0; i < walk->program->section_count; i++) {
        const struct elfgen_section *section = &walk->program->sections[i];
        if (section->size == 0)
            continue;
        if ((section->permissions & both) == both)
            return section_error(walk, ELFGEN_BAD_ARGUMENT, section,
                                 "its %u bytes are writable and executable: in layout split no "
                                 "page may be both; layout single allows it",
                                 section->size);
        enum rank rank = rank_of(section);
        if (rank == RANK_ZERO_FILL && section->permissions & ELFGEN_PF_X)
            return section_error(walk, ELFGEN_BAD_ARGUMENT, section,
                                 "its %u bytes of zeros are executable: layout split puts zeros "
                                 "where nothing is executed; layout single allows it",
                                 section->size);
        needs[rank == RANK_ZERO_FILL ? RANK_WRITABLE : rank] = true;
    }
    return ELFGEN_OK;
}

/* Adds one segment of layout "split", and places its sections. */
static enum elfgen_status split_off(struct walk *walk, enum rank rank)
{
    static const uint32_t permissions[] = {
        [RANK_EXECUTABLE] = ELFGEN_PF_R | ELFGEN_PF_X,
        [RANK_READ_ONLY] = ELFGEN_PF_R,
        [RANK_WRITABLE] = ELFGEN_PF_R | ELFGEN_PF_W,
    };
    const uint64_t page = walk->arch->page_largest;
    struct elfgen_layout *layout = walk->layout;
    const bool first = layout->segment_count == 0;
    struct elfgen_segment *segment = add_segment(layout, ELFGEN_PT_LOAD);
    uint64_t start = first ? 0 : layout->file_size;
    if (!first) {
        /* The first page that no segment has, less the whole pages of the file so far. */
        uint64_t free_page;
        if (!elfgen_round_up(walk->bias + walk->end, page, &free_page))
            return elfgen_error_set(walk->error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                                    "the segments pass the end of user space");
        walk->bias = free_page - (start & ~(page - 1));
    }
    enum elfgen_status status = place_ranks(walk, rank, rank);
    uint64_t file_end = layout->file_size;
    if (status == ELFGEN_OK && rank == RANK_WRITABLE)
        status = place_ranks(walk, RANK_ZERO_FILL, RANK_ZERO_FILL);
    segment->permissions = permissions[rank];
    segment->offset = start;
    segment->address = start + walk->bias;
    segment->file_size = file_end - start;
    segment->memory_size = walk->end - start;
    segment->align = page;
    return status;
}

enum elfgen_status elfgen_layout_split(const struct elfgen_program *program,
                                       const struct elfgen_exec_options *options,
                                       struct elfgen_layout *layout, struct elfgen_error *error)
{
    struct walk walk = {.program = program, .layout = layout, .error = error};
    bool needs[RANK_COUNT] = {false};
    enum elfgen_status status = begin(&walk, options);
    if (status == ELFGEN_OK)
        status = split_needs(&walk, needs);
    if (status != ELFGEN_OK)
        return status;
    /* Without any section there is still a segment, which maps the headers. */
    needs[RANK_EXECUTABLE] |= !needs[RANK_READ_ONLY] && !needs[RANK_WRITABLE];
    size_t count = 0;
    for (int rank = RANK_EXECUTABLE; rank <= RANK_WRITABLE; rank++)
        count += needs[rank];
    begin_file(&walk, count);
    for (int rank = RANK_EXECUTABLE; rank <= RANK_WRITABLE; rank++) {
        status = needs[rank] ? split_off(&walk, (enum rank)rank)
                             : place_ranks(&walk, (enum rank)rank, (enum rank)rank);
        if (status != ELFGEN_OK)
            return status;
    }
    if (!needs[RANK_WRITABLE])
        status = place_ranks(&walk, RANK_ZERO_FILL, RANK_ZERO_FILL);
    layout->exec.permissions = layout->segments[0].permissions;
    return status == ELFGEN_OK ? finish(&walk, walk.bias + walk.end) : status;
}

enum elfgen_status elfgen_symbol_address(const struct elfgen_program *program,
                                         const struct elfgen_symbol *symbol, uint64_t *address,
                                         struct elfgen_error *error)
{
    if (symbol->section == ELFGEN_SECTION_ABSOLUTE) {
        *address = symbol->value;
    } else if (symbol->section == ELFGEN_SECTION_UNDEFINED) {
        if (symbol->binding != ELFGEN_WEAK)
            return elfgen_error_set(error, ELFGEN_UNDEFINED, ELFGEN_NOWHERE,
                                    "undefined symbol '%s'", symbol->name);
        *address = 0;
    } else if (symbol->section >= program->section_count) {
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "symbol '%s' is in section %u, which does not exist", symbol->name,
                                (uint64_t)symbol->section);
    } else {
        /* A symbol may point anywhere, even outside its section: address arithmetic wraps. */
        *address = program->sections[symbol->section].address + symbol->value;
    }
    return ELFGEN_OK;
}
