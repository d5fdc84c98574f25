/* view.h and memory.h, and what is asked about a file: kernel.h, objections.h, unfold.h. */
#include "fuzz_library.h"

static void take_header(struct input *input, struct elfgen_shdr *header)
{
    *header = (struct elfgen_shdr){.sh_name = take_number(input),
                                   .sh_type = take_number(input),
                                   .sh_offset = take_number(input),
                                   .sh_size = take_number(input),
                                   .sh_link = take_number(input),
                                   .sh_entsize = take_number(input)};
}

void take_view(struct input *input, struct elfgen_view *view)
{
    const bool program = take_bool(input);
    uint64_t length = input->left;
    uint8_t *bytes = NULL;
    if (program) {
        length = 120 + length;
        bytes = room(input, length);
        check(elfgen_write_exec(bytes, length, input->bytes, length - 120, NULL, NULL) == length);
        for (unsigned i = 0; i < 3; i++)
            bytes[take(input, 1) % 120] ^= (uint8_t)take(input, 1);
    } else if (take(input, 1) != 255) {
        length = input->left;
        bytes = room(input, length);
        memcpy(bytes, input->bytes, length);
    }
    is_told(take_bool(input) ? elfgen_view_open(view, bytes, length, told())
                             : elfgen_view_open_program(view, bytes, length, told()));
}

/* Gives the bytes of a view, and nothing else. */
static const uint8_t *read_view(void *context, uint64_t offset, uint64_t size)
{
    const struct elfgen_view *view = context;
    check(offset <= view->length && size <= view->length - offset);
    return view->bytes + offset;
}

struct elfgen_file_reader reader_of(struct elfgen_view *view)
{
    return (struct elfgen_file_reader){view->bytes ? read_view : NULL, view, view->length};
}

static void check_reader(struct elfgen_view *view, uint64_t index)
{
    const struct elfgen_file_reader reader = reader_of(view);
    struct elfgen_view read, bytes;
    struct elfgen_shdr one = {0}, other = {0};
    check(elfgen_view_open_reader(&read, &reader, NULL) ==
          elfgen_view_open(&bytes, view->bytes, view->length, NULL));
    check(elfgen_view_section(&read, index, &one, NULL) ==
          elfgen_view_section(&bytes, index, &other, NULL));
    check(one.sh_name == other.sh_name && one.sh_offset == other.sh_offset);
    check(elfgen_view_open_program_reader(&read, &reader, NULL) ==
          elfgen_view_open_program(&bytes, view->bytes, view->length, NULL));
    check(read.segments.count == bytes.segments.count && read.names == bytes.names);
}

void try_view(struct input *input)
{
    struct elfgen_view view;
    struct elfgen_shdr header, other;
    struct elfgen_phdr phdr;
    struct elfgen_sym symbol;
    struct elfgen_rela relocation;
    struct elfgen_dyn entry;
    struct elfgen_mapping mapping = {.start = take_number(input), .end = take_number(input)};
    const uint64_t index = take_number(input), offset = take_number(input);
    const uint64_t size = take_number(input);
    const char *string = NULL;
    uint64_t found;
    take_header(input, &header);
    take_view(input, &view);
    elfgen_view_is_elf(&view);
    check_reader(&view, index);
    const uint8_t *bytes = elfgen_view_bytes(&view, offset, size);
    check(!bytes || (bytes >= view.bytes && offset + size <= view.length));
    is_told(elfgen_view_segment(&view, index, &phdr, told()));
    is_told(elfgen_view_section(&view, index, &other, told()));
    is_told(elfgen_view_symbol(&view, &header, index, &symbol, told()));
    is_told(elfgen_view_relocation(&view, &header, index, &relocation, told()));
    check(elfgen_view_relocation_info(&view, index).types <= 3);
    is_told(elfgen_view_dynamic(&view, &header, index, &entry, told()));
    size_t length = elfgen_view_string(&view, offset, size, index, &string);
    check(length == SIZE_MAX || length <= view.length);
    length = elfgen_view_section_name(&view, &header, &string);
    check(length == SIZE_MAX || length <= view.length);
    elfgen_mapping_what_is_left(&view, index, &mapping);
    if (elfgen_mapping_get(&view, index, &mapping))
        check(mapping.start <= mapping.file_end && mapping.file_end <= mapping.missing &&
              mapping.missing <= mapping.missing_end && mapping.missing_end <= mapping.end);
    elfgen_mapping_is_executable(&view, &mapping);
    check(elfgen_memory_segments(&view) <= ELFGEN_PHDRS_LARGEST);
    if (elfgen_memory_find(&view, offset, &mapping))
        check(offset >= mapping.start && offset < mapping.file_end);
    if (elfgen_memory_offset(&view, offset, &found))
        check(found < view.length);
    elfgen_memory_address(&view, offset, &found);
    elfgen_map_is_padding(&view, offset, size);
}

/* ---- kernel.h, objections.h, unfold.h ---- */

void try_kernel(struct input *input)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_view view;
    struct elfgen_text text;
    elfgen_kernel_has_machine(take_number(input));
    elfgen_kernel_usual(&machine);
    if (take_bool(input)) {
        machine = (struct elfgen_kernel_machine){
            .version = (uint32_t)take_number(input),
            .mmap_min_addr = take_number(input) << 12,
            .lowest_room = take_number(input),
            .raw_io = take_bool(input),
            .ia32 = take_bool(input),
            .five_levels = take_bool(input),
            .overcommit = (enum elfgen_kernel_overcommit)(take(input, 1) % 4),
            .memory_pages = take_number(input),
            .stack_limit = take_number(input),
            .stack_used = take_number(input),
            .largest_file = take_number(input)};
    }
    const struct elfgen_kernel_file interpreter = {
        .length = take(input, 1), .bytes = take_array(input, 255, 1), .error = (int)take(input, 1)};
    struct elfgen_kernel_map map = {.capacity = take(input, 1) * 4};
    map.areas = take_array(input, map.capacity, sizeof *map.areas);
    const bool asks = take_bool(input), maps = take_bool(input);
    take_text(input, &text);
    take_view(input, &view);
    const struct elfgen_file_reader reader = reader_of(&view);
    struct elfgen_kernel_answer again;
    const enum elfgen_status read = elfgen_kernel_ask_reader(
        &reader, &machine, asks ? &interpreter : NULL, &again, maps ? &map : NULL);
    const enum elfgen_status status = elfgen_kernel_ask(
        view.bytes, view.length, &machine, asks ? &interpreter : NULL, &answer, maps ? &map : NULL);
    check(read == status && again.check == answer.check && again.offset == answer.offset &&
          again.value == answer.value && again.path_length == answer.path_length);
    check(status == ELFGEN_OK || status == ELFGEN_NO_ROOM || status == ELFGEN_BAD_ARGUMENT);
    if (status != ELFGEN_OK)
        return;
    elfgen_kernel_message(&answer, &text);
    elfgen_kernel_remedy(&answer, &text);
    elfgen_errno_name(answer.error);
    for (uint64_t i = 0; maps && i < map.count; i++)
        check(map.areas[i].start < map.areas[i].end &&
              (i == 0 || map.areas[i - 1].end <= map.areas[i].start));
}

void try_objections(struct input *input)
{
    struct elfgen_objection objection;
    struct elfgen_text text;
    struct elfgen_view view;
    unsigned row = (unsigned)take_number(input);
    const unsigned who = (unsigned)take(input, 1);
    take_text(input, &text);
    take_view(input, &view);
    while (elfgen_objection_next(view.bytes, view.length, who, &row, &objection))
        elfgen_objection_text(&objection, &text);
}

void try_unfold(struct input *input)
{
    struct elfgen_view view;
    struct elfgen_unfold unfold;
    const size_t room_given = take_number(input) % 64;
    const uint64_t address = take_number(input), size = take_number(input);
    struct buffer buffer;
    take_buffer(input, &buffer);
    keep_copy(&buffer);
    struct elfgen_unfold_segment *segments =
        take_array(input, room_given, sizeof(struct elfgen_unfold_segment));
    take_view(input, &view);
    if (!elfgen_is_unfolded(&view, NULL, told()))
        check(last_error.text[0] != '\0');
    const enum elfgen_status status = elfgen_unfold_check(&view, NULL, told());
    is_told(status);
    if (status != ELFGEN_OK)
        return;
    elfgen_unfold_room(&view);
    is_told(elfgen_unfold_plan(&unfold, &view, segments, room_given, told()));
    elfgen_unfold_reach(&unfold, address, size);
    is_size(elfgen_write_unfolded(&unfold, buffer.bytes, buffer.capacity, told()), &buffer, true);
}
