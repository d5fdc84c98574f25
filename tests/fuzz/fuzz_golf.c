/* Fuzzes golf's stages on hostile executables and on code that is put into one: what is lifted is
 * shrunk, and what is shrunk is placed. Pieces must hold together, and each file that is made is
 * walked from its entry. */
#include "elfgen.h"
#include "fuzz_placed.h"
#include "golf/lift/lift.h"
#include "golf/shrink/shrink.h"

static bool accept(const uint8_t *bytes, size_t size, const struct golf_placed *how, void *context)
{
    unsigned *refuse = context;
    check_placed(bytes, size, how);
    return (*refuse)-- == 0;
}

static void place(const struct golf_pieces *pieces, bool small_addresses, uint8_t choice)
{
    unsigned refuse = choice >> 6;
    bool is_small = pieces->bits == 32;
    const struct golf_place_program program = {.pieces = pieces,
                                               .small_addresses = small_addresses};
    struct golf_place_options options = {
        .nodes = 300, .board_nodes = 50, .largest = 140, .context = &refuse};
    const struct headers *headers = &known_headers()[is_small];
    const struct golf_overlap *overlap = &headers->overlaps[choice % headers->count];
    golf_place(&program, 1, overlap, 1, &options, accept);
    options.nodes = 100;
    options.largest = 1000;
    golf_pack(&program, 1, overlap, 1, &options, accept);
}

static void golf(const uint8_t *bytes, size_t size, uint8_t choice)
{
    struct golf_lifted lifted;
    struct golf_pieces pieces;
    struct elfgen_error error = {.text = ""};
    if (!golf_lift(bytes, size, &lifted, &error))
        return;
    const struct golf_shrink_options options = {.slack = choice & 1,
                                                .small_addresses = choice & 2 || lifted.bits == 32,
                                                .no_stack = lifted.uses_red_zone,
                                                .states = 3000};
    if (golf_shrink(&lifted, &options, &pieces, &error)) {
        check(pieces.bits == lifted.bits && pieces.block_count == lifted.count);
        check_pieces(&pieces);
        if (pieces.node_count < 2000)
            place(&pieces, options.small_addresses, choice);
        golf_pieces_free(&pieces);
    } else
        check(error.text[0] != '\0');
    golf_lifted_free(&lifted);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t file[1 << 14];
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    if (!known_headers())
        return 0;
    if (size < 3)
        return 0;
    if (bytes[0] == 0x7f) {
        golf(bytes, size, 0);
        return 0;
    }
    options.machine = bytes[0] & 1 ? ELFGEN_EM_386 : ELFGEN_EM_X86_64;
    options.permissions |= bytes[0] & 2 ? ELFGEN_PF_W : 0;
    options.zero_fill = bytes[0] & 4 ? 256 : 0;
    size_t length = elfgen_write_exec(file, sizeof file, bytes + 2, size - 2, &options, NULL);
    if (length > 0 && length <= sizeof file)
        golf(file, length, bytes[1]);
    return 0;
}
