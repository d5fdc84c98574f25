/* The ELF structures as tables, and single fields read and written by their rows. */
#include "elfgen/format.h"

#include "codec.h"

#define X_FIELD(name, o32, w32, o64, w64, kind, reader, meaning)                                   \
    {#name, {o32, o64}, {w32, w64}, ELFGEN_KIND_##kind, ELFGEN_READER_##reader, meaning},
#define X(name, fields, size32, size64, meaning)                                                   \
    static const struct elfgen_field name##_fields[] = {fields(X_FIELD)};
ELFGEN_STRUCTURES(X)
ELFGEN_RECORDS(X)
#undef X
#undef X_FIELD

const struct elfgen_structure elfgen_structures[ELFGEN_STRUCTURE_COUNT] = {
#define X(name, fields, size32, size64, meaning)                                                   \
    {#name,                                                                                        \
     meaning,                                                                                      \
     {size32, size64},                                                                             \
     sizeof name##_fields / sizeof name##_fields[0],                                               \
     name##_fields},
    ELFGEN_STRUCTURES(X) ELFGEN_RECORDS(X)
#undef X
};

unsigned elfgen_class_index(enum elfgen_class class_)
{
    return class_ == ELFGEN_CLASS64 ? 1 : 0;
}

unsigned elfgen_address_size(enum elfgen_class class_)
{
    return 4U << elfgen_class_index(class_);
}

size_t elfgen_structure_size(enum elfgen_structure_id id, enum elfgen_class class_)
{
    return (unsigned)id < ELFGEN_STRUCTURE_COUNT
               ? elfgen_structures[id].size[elfgen_class_index(class_)]
               : 0;
}

/* The widest field that is a number. */
enum { MOST_WIDTH = 8 };

uint64_t elfgen_field_get(const struct elfgen_field *field, enum elfgen_class class_,
                          enum elfgen_order order, const uint8_t *bytes)
{
    const unsigned column = elfgen_class_index(class_), width = field->width[column];
    return width <= MOST_WIDTH ? elfgen_load(bytes + field->offset[column], width, order) : 0;
}

void elfgen_field_set(const struct elfgen_field *field, enum elfgen_class class_,
                      enum elfgen_order order, uint8_t *bytes, uint64_t value)
{
    const unsigned column = elfgen_class_index(class_), width = field->width[column];
    if (width <= MOST_WIDTH)
        elfgen_store(bytes + field->offset[column], value, width, order);
}
