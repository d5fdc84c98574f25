/* Joins the memory that operations use to objects, each as small as is known to be right. */
#include "golf/lift/objects.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/no_memory.h"
#include "golf/lift/memory.h"

static bool add_use(struct lift *lift, const struct lift_use *use)
{
    if (!lift_is_address(lift, use->address))
        return true;
    if (!grow_array(&lift->uses, lift->use_count + 1, &lift->use_capacity, sizeof *lift->uses)) {
        lift->failed = true;
        return error_no_memory(lift->error);
    }
    lift->uses[lift->use_count++] = *use;
    return true;
}

bool lift_use(struct lift *lift, uint64_t address, uint64_t size, bool is_written)
{
    const struct lift_use use = {.address = address, .size = size, .is_written = is_written};
    return add_use(lift, &use);
}

bool lift_use_folded(struct lift *lift, uint64_t address, uint64_t size)
{
    const struct lift_use use = {.address = address, .size = size, .is_folded = true};
    return add_use(lift, &use);
}

bool lift_use_by_call(struct lift *lift, uint64_t address, uint64_t size, bool is_written,
                      bool may_hold_addresses)
{
    const struct lift_use use = {.address = address,
                                 .size = size,
                                 .is_written = is_written,
                                 .is_filled = is_written,
                                 .may_hold_addresses = may_hold_addresses,
                                 .is_forward = true};
    return add_use(lift, &use);
}

/* ---- code ---- */

static bool is_code(const struct lift *lift, const struct lift_instruction *instruction)
{
    return instruction->owner != LIFT_NO_INSTRUCTION &&
           lift->blocks[instruction->owner]->is_reached;
}

/* Narrows [*low, *high) around an address to where no code is. False: the address is in code. */
static bool leave_code_out(const struct lift *lift, uint64_t address, uint64_t *low, uint64_t *high)
{
    for (size_t i = 0; i < lift->instruction_count; i++) {
        const struct lift_instruction *instruction = lift->instructions[i];
        uint64_t start = instruction->address, end = start + instruction->zydis.length;
        if (!is_code(lift, instruction))
            continue;
        if (start <= address && address < end)
            return false;
        if (end <= address && end > *low)
            *low = end;
        if (start > address && start < *high)
            *high = start;
    }
    return true;
}

static bool has_code(const struct lift *lift, uint64_t address, uint64_t end)
{
    for (size_t i = 0; i < lift->instruction_count; i++) {
        const struct lift_instruction *instruction = lift->instructions[i];
        if (is_code(lift, instruction) && instruction->address < end &&
            address < instruction->address + instruction->zydis.length)
            return true;
    }
    return false;
}

bool lift_is_data(const struct lift *lift, uint64_t address)
{
    return lift_segment_of(lift, address) && !has_code(lift, address, address + 1);
}

/* ---- extents ---- */

static uint64_t headers_end(const struct lift *lift)
{
    struct elfgen_view view;
    elfgen_view_open_program(&view, lift->file, lift->size, NULL);
    return view.segments.offset + view.segments.count * view.segments.entry_size;
}

/* Whether a byte belongs to data, and not to headers or to what fills up a page or a gap. */
static bool is_of_data(const struct lift *lift, uint64_t address)
{
    const struct golf_addresses *known = lift->addresses;
    const struct lift_segment *segment = lift_segment_of(lift, address);
    if (!lift_is_data(lift, address) || address < segment->start || address >= segment->end)
        return false;
    for (size_t i = 0; known && i < known->section_count; i++)
        if (address - known->sections[i].address < known->sections[i].size)
            return true;
    return (!known || known->section_count == 0) &&
           address - segment->address + segment->offset >= headers_end(lift);
}

/* An address in code may be the end of the data before it, or a few bytes before data whose index
 * does not begin with 0. */
static uint64_t nearest_data(const struct lift *lift, uint64_t address)
{
    if (is_of_data(lift, address - 1))
        return address - 1;
    for (uint64_t i = 1; i <= lift->bits / 8; i++)
        if (lift_is_data(lift, address + i))
            return address + i;
    return address;
}

/* Narrows [*low, *high) around an address to what no object crosses. */
static void keep_in_bounds(const struct lift *lift, uint64_t address, uint64_t *low, uint64_t *high)
{
    for (size_t i = 0; lift->addresses && i < lift->addresses->bound_count; i++) {
        uint64_t bound = lift->addresses->bounds[i];
        if (bound <= address && bound > *low)
            *low = bound;
        if (bound > address && bound < *high)
            *high = bound;
    }
}

/* Gives a use of which the size is not known all memory around it that is neither code nor headers.
 */
static bool extend(struct lift *lift, struct lift_use *use)
{
    if (!lift_is_data(lift, use->address))
        use->address = nearest_data(lift, use->address);
    const struct lift_segment *segment = lift_segment_of(lift, use->address);
    uint64_t low = segment->start, high = segment->end;
    if (use->address < low || use->address >= high) {
        low = segment->address;
        high = segment->address + segment->memory_size;
    }
    uint64_t headers = headers_end(lift), data = segment->address + headers - segment->offset;
    if (headers > segment->offset && data > low && data <= use->address)
        low = data;
    keep_in_bounds(lift, use->address, &low, &high);
    if (!leave_code_out(lift, use->address, &low, &high))
        return lift_refuse(lift, ELFGEN_UNSUPPORTED,
                           segment->offset + (use->address - segment->address),
                           "it uses its own code as data");
    /* Where addresses lead that are not known is where some object is whose address was taken. */
    use->is_written =
        use->is_written || (lift->writes_anywhere && (segment->flags & ELFGEN_PF_W) != 0);
    use->address = use->is_forward ? use->address : low;
    use->size = high - use->address;
    return true;
}

static int by_address(const void *a, const void *b)
{
    const struct lift_use *first = a, *second = b;
    return first->address < second->address ? -1 : first->address > second->address;
}

static bool overlap(const struct lift_use *a, const struct lift_use *b)
{
    return a->address < b->address + b->size && b->address < a->address + a->size;
}

/* Notes what is written, for the next time. */
static bool note_written(struct lift *lift)
{
    enum { MOST = 64 };
    size_t count = 0;
    for (size_t i = 0; i < lift->use_count; i++)
        count += lift->uses[i].is_written;
    if (lift->written_count + count > MOST)
        lift->no_folds = true;
    lift->restart = true;
    if (lift->no_folds)
        return false;
    if (!grow_array(&lift->written, lift->written_count + count, &lift->written_capacity,
                    sizeof *lift->written)) {
        lift->failed = true;
        return error_no_memory(lift->error);
    }
    for (size_t i = 0; i < lift->use_count; i++)
        if (lift->uses[i].is_written)
            lift->written[lift->written_count++] = lift->uses[i];
    return false;
}

bool lift_folds_hold(struct lift *lift)
{
    size_t kept = 0;
    for (size_t i = 0; i < lift->use_count; i++)
        if (lift->uses[i].size == 0 && !extend(lift, &lift->uses[i]))
            return false;
    for (size_t i = 0; i < lift->use_count; i++)
        for (size_t k = 0; lift->uses[i].is_folded && k < lift->use_count; k++)
            if (lift->uses[k].is_written && overlap(&lift->uses[i], &lift->uses[k]))
                return note_written(lift);
    for (size_t i = 0; i < lift->use_count; i++)
        if (!lift->uses[i].is_folded)
            lift->uses[kept++] = lift->uses[i];
    lift->use_count = kept;
    return true;
}

/* Joins uses that overlap. */
static void join(struct lift *lift)
{
    size_t kept = 0;
    if (lift->use_count > 0)
        qsort(lift->uses, lift->use_count, sizeof *lift->uses, by_address);
    for (size_t i = 0; i < lift->use_count; i++) {
        struct lift_use *use = &lift->uses[i], *last = kept > 0 ? &lift->uses[kept - 1] : NULL;
        if (!last || use->address >= last->address + last->size) {
            lift->uses[kept++] = *use;
            continue;
        }
        uint64_t end = use->address + use->size, last_end = last->address + last->size;
        last->size = (end > last_end ? end : last_end) - last->address;
        last->is_written = last->is_written || use->is_written;
        last->is_filled = last->is_filled || use->is_filled;
        last->may_hold_addresses = last->may_hold_addresses || use->may_hold_addresses;
    }
    lift->use_count = kept;
}

/* ---- objects ---- */

/* Whether the bytes have a number that is an address of the program. */
static bool has_address(const struct lift *lift, const uint8_t *bytes, uint64_t size)
{
    uint64_t offset = (uint64_t)(bytes - lift->file);
    if (lift->addresses)
        return !lift_is_number_at(lift, offset, offset + size);
    unsigned word = lift->bits / 8;
    for (uint64_t i = 0; i + word <= size; i++) {
        uint64_t number = 0;
        for (unsigned k = 0; k < word; k++)
            number |= (uint64_t)bytes[i + k] << 8 * k;
        if (number != 0 && lift_is_mapped(lift, number, 1))
            return true;
    }
    return false;
}

static bool add_object(struct lift *lift, const struct lift_use *use, struct golf_lifted *lifted)
{
    const struct lift_segment *segment = lift_segment_of(lift, use->address);
    uint64_t left = segment->memory_size - (use->address - segment->address);
    uint64_t size = use->size < left ? use->size : left, in_file = size;
    struct golf_data *data = &lifted->data[lifted->data_count++];
    data->bytes = lift_bytes(lift, use->address, &in_file);
    uint64_t offset = segment->offset + (use->address - segment->address);
    *data = (struct golf_data){.address = use->address,
                               .bytes = data->bytes,
                               .file_size = data->bytes ? in_file : 0,
                               .size = size,
                               .align = lift->alignment ? lift->alignment : 1,
                               .is_written = use->is_written,
                               .is_filled = use->is_filled,
                               .is_code = has_code(lift, use->address, use->address + size)};
    if (data->is_code && data->is_written)
        return lift_refuse(lift, ELFGEN_UNSUPPORTED, offset, "it writes to its own code");
    if (data->bytes && (use->may_hold_addresses || lift->loads_addresses) &&
        has_address(lift, data->bytes, data->file_size))
        return lift_refuse(lift, ELFGEN_UNSUPPORTED, offset,
                           "there are addresses in its data, or numbers that may be");
    return true;
}

bool lift_objects(struct lift *lift, struct golf_lifted *lifted)
{
    join(lift);
    if (lift->use_count >= GOLF_NONE)
        return lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE, "it has too many objects");
    lifted->data = calloc(lift->use_count + 1, sizeof *lifted->data);
    if (!lifted->data) {
        lift->failed = true;
        return error_no_memory(lift->error);
    }
    for (size_t i = 0; i < lift->use_count; i++)
        if (!add_object(lift, &lift->uses[i], lifted))
            return false;
    return true;
}

uint16_t lift_object_at(const struct golf_lifted *lifted, uint64_t address)
{
    uint16_t ends = GOLF_NONE;
    for (size_t i = 0; i < lifted->data_count; i++) {
        const struct golf_data *data = &lifted->data[i];
        if (address - data->address < data->size)
            return (uint16_t)i;
        if (address == data->address + data->size)
            ends = (uint16_t)i;
    }
    return ends;
}
