/* Reads the records of .eh_frame, whose fields have widths of their own, and claims them.
 * Lengths and distances come from the file: a walk goes forward alone, and what does not fit is
 * bytes without a field. */
#include "unwind.h"

#include <string.h>

#include "record_fields.h"

/* A length that stands for the next eight bytes: DWARF 4, 7.4. */
static const uint64_t ESCAPE = 0xffffffff;

enum {
    MOST_LEB = 16,         /* bytes of a number, more than it needs */
    MOST_AUGMENTATION = 16 /* characters of it; compilers write up to five */
};

static const struct elfgen_field fields[] = {
#define UNWIND_FIELD(name, kind, reader, meaning)                                                  \
    {#name, {0, 0}, {0, 0}, ELFGEN_KIND_##kind, ELFGEN_READER_##reader, meaning},
#include "unwind_fields.def"
#undef UNWIND_FIELD
};

/* What is read of a record: the next byte, the end, and whether something did not fit. */
struct reading {
    const struct elfgen_view *view;
    struct elfgen_unwind_record *record;
    uint64_t at, end;
    bool failed;
    uint64_t id_at; /* where the field is by which CIEs and FDEs differ */
};

static void add_part(struct reading *reading, unsigned field, uint64_t length, uint64_t value)
{
    struct elfgen_unwind_record *record = reading->record;
    if (length == 0 || record->count == ELFGEN_UNWIND_PARTS)
        return;
    record->parts[record->count++] = (struct elfgen_unwind_part){reading->at, length, value, field};
    reading->at += length;
}

/* Takes a number of `width` bytes. */
static uint64_t take(struct reading *reading, unsigned field, unsigned width)
{
    if (reading->failed || width > reading->end - reading->at) {
        reading->failed = true;
        return 0;
    }
    uint64_t value = elfgen_number_at(reading->view, reading->at, width);
    add_part(reading, field, width, value);
    return value;
}

/* Takes a LEB128 number. */
static uint64_t take_leb(struct reading *reading, unsigned field, bool is_signed)
{
    uint64_t value = 0, length = 0;
    unsigned shift = 0;
    uint8_t byte = 0x80;
    while (!reading->failed && (byte & 0x80)) {
        if (length == reading->end - reading->at || length == MOST_LEB) {
            reading->failed = true;
            return 0;
        }
        byte = reading->view->bytes[reading->at + length++];
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    }
    if (is_signed && shift < 64 && byte & 0x40)
        value |= ~UINT64_C(0) << shift;
    if (!reading->failed)
        add_part(reading, field, length, value);
    return value;
}

/* Takes a number in the format of a pointer. */
static uint64_t take_pointer(struct reading *reading, unsigned field, unsigned encoding)
{
    unsigned format = encoding & ELFGEN_POINTER_FORMAT;
    bool is_signed = (format & ELFGEN_POINTER_SIGNED) != 0;
    switch (format & ~(unsigned)ELFGEN_POINTER_SIGNED) {
    case ELFGEN_POINTER_ULEB:
        return take_leb(reading, field, is_signed);
    case ELFGEN_POINTER_NATIVE:
        return take(reading, field, elfgen_address_size(reading->view->class_));
    case ELFGEN_POINTER_UDATA2:
        return take(reading, field, 2);
    case ELFGEN_POINTER_UDATA4:
        return take(reading, field, 4);
    case ELFGEN_POINTER_UDATA8:
        return take(reading, field, 8);
    default:
        reading->failed = true;
        return 0;
    }
}

bool elfgen_unwind_pointer(const struct elfgen_view *view, uint64_t offset, unsigned encoding,
                           uint64_t value, uint64_t *address)
{
    unsigned base = encoding & ELFGEN_POINTER_BASE;
    uint64_t here = 0;
    if (view->ehdr.e_type == ELFGEN_ET_REL || value == 0 ||
        (base != ELFGEN_POINTER_TO_ADDRESS && base != ELFGEN_POINTER_FROM_HERE) ||
        (base == ELFGEN_POINTER_FROM_HERE && !elfgen_memory_address(view, offset, &here)))
        return false;
    switch (encoding & ELFGEN_POINTER_FORMAT) {
    case ELFGEN_POINTER_SIGNED | ELFGEN_POINTER_UDATA2:
        value = (uint64_t)(int64_t)(int16_t)(uint16_t)value;
        break;
    case ELFGEN_POINTER_SIGNED | ELFGEN_POINTER_UDATA4:
        value = (uint64_t)(int64_t)(int32_t)(uint32_t)value;
        break;
    default:
        break;
    }
    *address = here + value;
    if (view->class_ != ELFGEN_CLASS64)
        *address = (uint32_t)*address;
    return true;
}

/* ---- records ---- */

/* Takes what the letters of a CIE's augmentation say, after the size of all of it. */
static void take_augmentation(struct reading *reading, const char *letters)
{
    struct elfgen_unwind_common *common = &reading->record->common;
    for (; *letters != '\0' && !reading->failed; letters++)
        switch (*letters) {
        case 'L':
            common->lsda_encoding = (uint8_t)take(reading, ELFGEN_UNWIND_cie_lsda_enc, 1);
            break;
        case 'P':
            common->personality_encoding =
                (uint8_t)take(reading, ELFGEN_UNWIND_cie_personality_enc, 1);
            if (!reading->failed && common->personality_encoding != ELFGEN_POINTER_OMITTED)
                take_pointer(reading, ELFGEN_UNWIND_cie_personality, common->personality_encoding);
            break;
        case 'R':
            common->pointer_encoding = (uint8_t)take(reading, ELFGEN_UNWIND_cie_pointer_enc, 1);
            break;
        case 'S': /* a signal's frame */
        case 'B': /* AArch64: pointers are signed with key B */
        case 'G': /* AArch64: memory is tagged */
            break;
        default:
            return; /* the size says where it ends */
        }
}

/* Takes what the augmentation says, whose size comes first: its parts, then the rest of it. */
static void take_extra(struct reading *reading, unsigned size_field, unsigned rest_field,
                       const char *letters)
{
    uint64_t end = reading->end, size = take_leb(reading, size_field, false);
    if (reading->failed || size > end - reading->at) {
        reading->failed = true;
        return;
    }
    reading->end = reading->at + size;
    if (letters)
        take_augmentation(reading, letters);
    else if (reading->record->common.lsda_encoding != ELFGEN_POINTER_OMITTED)
        take_pointer(reading, ELFGEN_UNWIND_fde_lsda, reading->record->common.lsda_encoding);
    /* A part that does not fit leaves the instructions as they are. */
    reading->failed = false;
    add_part(reading, rest_field, reading->end - reading->at, 0);
    reading->end = end;
}

/* Takes a CIE from its version on. */
static void take_common(struct reading *reading)
{
    const struct elfgen_view *view = reading->view;
    struct elfgen_unwind_common *common = &reading->record->common;
    uint64_t version = take(reading, ELFGEN_UNWIND_cie_version, 1);
    if (reading->failed || (version != 1 && version != 3))
        return;
    const char *letters = (const char *)view->bytes + reading->at;
    uint64_t left = reading->end - reading->at;
    const char *nul =
        memchr(letters, '\0', left < MOST_AUGMENTATION ? (size_t)left : MOST_AUGMENTATION);
    if (!nul)
        return;
    add_part(reading, ELFGEN_UNWIND_cie_augmentation, (uint64_t)(nul - letters) + 1, 0);
    if (strcmp(letters, "eh") == 0)
        take(reading, ELFGEN_UNWIND_cie_eh_data, elfgen_address_size(view->class_));
    common->code_align = take_leb(reading, ELFGEN_UNWIND_cie_code_align, false);
    common->data_align = (int64_t)take_leb(reading, ELFGEN_UNWIND_cie_data_align, true);
    if (version == 1)
        take(reading, ELFGEN_UNWIND_cie_return, 1);
    else
        take_leb(reading, ELFGEN_UNWIND_cie_return, false);
    common->has_extra = letters[0] == 'z';
    if (common->has_extra)
        take_extra(reading, ELFGEN_UNWIND_cie_extra_size, ELFGEN_UNWIND_cie_extra, letters + 1);
    else if (letters[0] != '\0' && strcmp(letters, "eh") != 0)
        return; /* where the instructions begin is not known */
    if (reading->failed)
        return;
    common->known = true;
    add_part(reading, ELFGEN_UNWIND_cie_instructions, reading->end - reading->at, 0);
}

/* Takes an FDE from the first address on. */
static void take_function(struct reading *reading)
{
    const struct elfgen_unwind_common *common = &reading->record->common;
    take_pointer(reading, ELFGEN_UNWIND_fde_start, common->pointer_encoding);
    /* How many bytes has the same format, and is no distance. */
    take_pointer(reading, ELFGEN_UNWIND_fde_range,
                 common->pointer_encoding & ELFGEN_POINTER_FORMAT &
                     ~(unsigned)ELFGEN_POINTER_SIGNED);
    if (common->has_extra && !reading->failed)
        take_extra(reading, ELFGEN_UNWIND_fde_extra_size, ELFGEN_UNWIND_fde_extra, NULL);
    if (!reading->failed)
        add_part(reading, ELFGEN_UNWIND_fde_instructions, reading->end - reading->at, 0);
}

/* Begins a record: its length, and the field by which CIEs and FDEs differ. Returns false if there
 * is no whole record. */
static bool begin(struct reading *reading, uint64_t *id)
{
    const struct elfgen_view *view = reading->view;
    struct elfgen_unwind_record *record = reading->record;
    enum { LENGTH = 4, ID = 4, LONG_LENGTH = 8 };
    uint64_t left = reading->end - reading->at, head = LENGTH;
    uint64_t length = elfgen_number_at(view, reading->at, LENGTH);
    if (left < LENGTH)
        return false;
    if (length == ESCAPE) {
        head = LENGTH + LONG_LENGTH;
        if (left < head)
            return false;
        length = elfgen_number_at(view, reading->at + LENGTH, LONG_LENGTH);
    }
    if (length > left - head || (length < ID && (length != 0 || head != LENGTH)))
        return false;
    record->end = reading->end = reading->at + head + length;
    record->is_last = length == 0;
    if (record->is_last) {
        take(reading, ELFGEN_UNWIND_frame_end, LENGTH);
        return true;
    }
    reading->id_at = reading->at + head;
    *id = elfgen_number_at(view, reading->id_at, ID);
    take(reading, *id == 0 ? ELFGEN_UNWIND_cie_length : ELFGEN_UNWIND_fde_length, LENGTH);
    if (head > LENGTH)
        take(reading, *id == 0 ? ELFGEN_UNWIND_cie_length64 : ELFGEN_UNWIND_fde_length64,
             LONG_LENGTH);
    take(reading, *id == 0 ? ELFGEN_UNWIND_cie_id : ELFGEN_UNWIND_fde_cie, ID);
    return true;
}

/* Reads the CIE of an FDE. */
static void read_common(const struct elfgen_view *view, uint64_t start, uint64_t offset,
                        uint64_t end, struct elfgen_unwind_common *common)
{
    struct elfgen_unwind_record record = {.offset = offset};
    struct reading reading = {view, &record, offset, end, false, 0};
    uint64_t id = 1;
    *common = (struct elfgen_unwind_common){.offset = offset};
    record.common =
        (struct elfgen_unwind_common){.offset = offset, .lsda_encoding = ELFGEN_POINTER_OMITTED};
    if (offset < start || offset >= end || !begin(&reading, &id) || id != 0 || record.is_last)
        return;
    take_common(&reading);
    *common = record.common;
}

bool elfgen_unwind_read(const struct elfgen_view *view, uint64_t start, uint64_t offset,
                        uint64_t end, const struct elfgen_unwind_common *known,
                        struct elfgen_unwind_record *record)
{
    struct reading reading = {view, record, offset, end, false, 0};
    uint64_t id = 0;
    record->offset = offset;
    record->count = 0;
    record->common =
        (struct elfgen_unwind_common){.offset = offset, .lsda_encoding = ELFGEN_POINTER_OMITTED};
    if (!begin(&reading, &id))
        return false;
    if (record->is_last)
        return true;
    if (id == 0) {
        take_common(&reading);
    } else {
        uint64_t common = id <= reading.id_at ? reading.id_at - id : UINT64_MAX;
        if (known && known->offset == common)
            record->common = *known;
        else
            read_common(view, start, common, end, &record->common);
        if (record->common.known)
            take_function(&reading);
    }
    add_part(&reading, ELFGEN_UNWIND_NONE, record->end - reading.at, 0);
    return true;
}

/* ---- claims ---- */

void elfgen_unwind_enter(struct elfgen_map *map, uint64_t offset, uint64_t size,
                         enum elfgen_stage after)
{
    uint64_t left = map->view->length - offset;
    bool goes_on = map->unwind.start == offset && map->unwind.resume >= offset &&
                   map->unwind.resume <= map->from && map->unwind.end == offset + size;
    uint64_t resume = goes_on ? map->unwind.resume : offset;
    uint64_t number = goes_on ? map->unwind.resume_number : 0;
    map->unwind.start = offset;
    map->unwind.end = offset + (size < left ? size : left);
    map->unwind.at = map->unwind.resume = resume;
    map->unwind.number = map->unwind.resume_number = number;
    map->unwind.part = map->unwind.count = 0;
    map->chain_after = (int)after;
    map->stage = STAGE_UNWIND;
}

/* Whether the record at `at` ends before the window; then it is passed. */
static bool pass(struct elfgen_map *map)
{
    enum { LENGTH = 4 };
    uint64_t at = map->unwind.at, left = map->unwind.end - at;
    uint64_t length = elfgen_number_at(map->view, at, LENGTH);
    if (left < LENGTH || length < LENGTH || length == ESCAPE || length > left - LENGTH ||
        at + LENGTH + length > map->from)
        return false;
    map->unwind.at += LENGTH + length;
    map->unwind.number++;
    return true;
}

/* Reads the next record that has bytes in the window. Returns false if there is none. */
static bool read_next(struct elfgen_map *map)
{
    struct elfgen_unwind_record record;
    while (map->unwind.at < map->unwind.end && pass(map))
        ;
    if (map->unwind.at >= map->unwind.end || map->unwind.at >= map->to)
        return false;
    map->unwind.resume = map->unwind.at;
    map->unwind.resume_number = map->unwind.number;
    bool is_whole = elfgen_unwind_read(map->view, map->unwind.start, map->unwind.at,
                                       map->unwind.end, &map->unwind.common, &record);
    map->unwind.part = map->unwind.count = 0;
    map->unwind.record = map->unwind.at;
    map->index = map->unwind.number++;
    if (!is_whole || (record.is_last && map->by_areas)) {
        /* Bytes that are not a record become one piece, unless nothing says that they belong here.
         */
        struct elfgen_unwind_part rest = {map->unwind.at, map->unwind.end - map->unwind.at, 0,
                                          ELFGEN_UNWIND_NONE};
        if (is_whole)
            rest = record.parts[0];
        map->unwind.parts[0] = rest;
        map->unwind.count = is_whole || !map->by_areas;
        map->unwind.at = map->unwind.end;
        return true;
    }
    memcpy(map->unwind.parts, record.parts, record.count * sizeof record.parts[0]);
    map->unwind.count = record.count;
    map->unwind.common = record.common;
    map->unwind.at = record.end;
    return true;
}

bool elfgen_unwind_next(struct elfgen_map *map, struct elfgen_claim *claim)
{
    for (;;) {
        while (map->unwind.part < map->unwind.count) {
            const struct elfgen_unwind_part *part = &map->unwind.parts[map->unwind.part++];
            if (!elfgen_walk_whole(map, part->offset, part->length, ELFGEN_PART_UNWIND,
                                   ELFGEN_READER_PROGRAM, claim))
                continue;
            claim->section = map->table_section;
            claim->index = map->index;
            claim->areas = map->by_areas ? &map->areas : NULL;
            claim->record = map->unwind.record;
            if (part->field < ELFGEN_UNWIND_FIELDS) {
                claim->field = &fields[part->field];
                claim->value = part->value;
            }
            return true;
        }
        if (!read_next(map)) {
            map->stage = map->chain_after;
            return false;
        }
    }
}
