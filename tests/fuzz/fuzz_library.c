/* Fuzzes every function of the library's headers with structures that are wrong in any way that a
 * contract does not forbid: any numbers, NULL with a count, names of any bytes. Each either does
 * what it says or returns a status with a sentence. The calls are in library_*.c. */
#include "fuzz_library.h"

/* What no call sets. */
enum { UNTOUCHED = 99 };

struct elfgen_error last_error;

struct elfgen_error *told(void)
{
    last_error = (struct elfgen_error){.status = (enum elfgen_status)UNTOUCHED};
    return &last_error;
}

void is_told(enum elfgen_status status)
{
    if (status == ELFGEN_OK)
        check(last_error.status == (enum elfgen_status)UNTOUCHED && last_error.text[0] == '\0');
    else
        check(last_error.status == status && last_error.text[0] &&
              memchr(last_error.text, '\0', sizeof last_error.text));
}

void take_buffer(struct input *input, struct buffer *buffer)
{
    static const size_t capacities[] = {0, 1, 119, 120, 176, 300, 4096, ROOM};
    buffer->capacity = capacities[take(input, 1) % 8];
    buffer->bytes = take_array(input, buffer->capacity, 1);
    buffer->before = room(input, buffer->capacity);
}

void keep_copy(struct buffer *buffer)
{
    if (buffer->bytes && buffer->capacity > 0)
        memcpy(buffer->before, buffer->bytes, buffer->capacity);
}

void is_size(size_t size, const struct buffer *buffer, bool unchanged)
{
    if (size == 0)
        check(last_error.status != ELFGEN_OK && last_error.status != ELFGEN_NO_ROOM &&
              last_error.text[0] != '\0');
    else
        is_told(size > buffer->capacity ? ELFGEN_NO_ROOM : ELFGEN_OK);
    if (buffer->bytes && (size > buffer->capacity || (size == 0 && unchanged)))
        check(memcmp(buffer->bytes, buffer->before, buffer->capacity) == 0);
}

uint16_t take_machine(struct input *input)
{
    static const uint16_t machines[] = {62, 62, 62, 3, 6, 183};
    const uint64_t choice = take(input, 1);
    return choice < 240 ? machines[choice % 6] : (uint16_t)take(input, 2);
}

void take_options(struct input *input, struct elfgen_exec_options *options)
{
    *options = (struct elfgen_exec_options)ELFGEN_EXEC_DEFAULTS;
    options->machine = take_machine(input);
    if (take_bool(input)) {
        options->permissions = (uint32_t)take_number(input);
        options->base = take_number(input) << (take_bool(input) ? 12 : 0);
        options->align = take_number(input);
    }
    if (take_bool(input)) {
        options->zero_fill = take_number(input);
        options->entry = take_number(input);
        options->stack = (uint32_t)take_number(input);
    }
}

static void flush(struct elfgen_text *text)
{
    if (*(const bool *)text->context)
        text->length = 0;
}

static const bool makes_room[2] = {false, true};

void take_text(struct input *input, struct elfgen_text *text)
{
    *text = (struct elfgen_text){.capacity = take(input, 1) + 1};
    text->bytes = room(input, text->capacity);
    if (take_bool(input))
        text->flush = flush;
    text->context = (void *)&makes_room[take_bool(input)];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const tries[])(struct input *) = {
        try_exec,    try_image,  try_relocations, try_section_headers, try_hex,
        try_view,    try_map,    try_kernel,      try_objections,      try_unfold,
        try_numbers, try_fields, try_x86,         try_assemble};
    struct input input = {.bytes = bytes, .left = size};
    tries[take(&input, 1) % (sizeof tries / sizeof tries[0])](&input);
    release(&input);
    return 0;
}
