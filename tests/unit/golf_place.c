/* golf's placer: pieces and overlaps become files that Linux starts and that do what they should.
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "elfgen.h"
#include "golf/place/board.h"
#include "golf/place/fillers.h"
#include "golf/place/place.h"
#include "golf_samples.h"
#include "room.h"
#include "x86/flags.h"

static struct golf_overlap overlaps[2];
static struct elfgen_kernel_machine machines[2];
static struct golf_pieces pieces;

struct wanted {
    uint8_t bytes[GOLF_PLACE_LARGEST];
    size_t size;
    unsigned calls, refuse; /* candidates that came, and how many of them are refused */
    bool is_interrupted;
    pid_t asked; /* not 0: any other process is interrupted */
    struct golf_place_options options;
};

static void begin(void)
{
    sample_overlap_24(&overlaps[0]);
    sample_overlap_56(&overlaps[1]);
    elfgen_kernel_usual(&machines[0]);
    machines[1] = machines[0];
    machines[1].version = ELFGEN_LINUX(4, 19);
}

static void end(void)
{
    sample_free(&pieces);
}

static bool take(const uint8_t *bytes, size_t size, const struct golf_placed *how, void *context)
{
    struct wanted *wanted = context;
    memcpy(wanted->bytes, bytes, size);
    wanted->size = size;
    ck_assert_uint_gt(how->count, 0);
    for (size_t i = 0; i < how->count; i++)
        ck_assert_uint_le(how->items[i].offset + how->items[i].length, size);
    return ++wanted->calls > wanted->refuse;
}

static bool is_interrupted(void *context)
{
    const struct wanted *wanted = context;
    return wanted->is_interrupted || (wanted->asked != 0 && getpid() != wanted->asked);
}

static struct golf_place_result place(const char *text, uint8_t status, struct wanted *wanted)
{
    sample_write_and_exit(&pieces, text, status);
    wanted->options.machines = machines;
    wanted->options.machine_count = 2;
    wanted->options.is_interrupted = is_interrupted;
    wanted->options.context = wanted;
    struct golf_place_program program = {.pieces = &pieces};
    return golf_place(&program, 1, overlaps, 2, &wanted->options, take);
}

/* Runs a file, and checks what it prints and its exit status. */
static void assert_runs(const struct wanted *wanted, const char *text, int status)
{
    char name[] = "/tmp/golf_place.XXXXXX", out[256] = "";
    int file = mkstemp(name), ends[2], how = 0;
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, wanted->bytes, wanted->size), (ssize_t)wanted->size);
    ck_assert_int_eq(fchmod(file, 0700), 0);
    ck_assert_int_eq(close(file), 0);
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl(name, name, (char *)NULL);
        _exit(99);
    }
    close(ends[1]);
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_int_eq(read(ends[0], out, sizeof out - 1), (ssize_t)strlen(text));
    close(ends[0]);
    unlink(name);
    ck_assert(WIFEXITED(how));
    ck_assert_int_eq(WEXITSTATUS(how), status);
    ck_assert_str_eq(out, text);
}

START_TEST(a_program_that_only_exits_has_80_bytes)
{
    static const uint8_t statuses[] = {0, 1, 14, 42, 60, 127};
    struct wanted wanted = {.size = 0};
    ck_assert_int_eq(place("", statuses[_i], &wanted).end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(wanted.size, 80);
    ck_assert_uint_eq(wanted.calls, 1);
    assert_runs(&wanted, "", statuses[_i]);
}
END_TEST

/* The pieces of this test lack what makes 87; smaller sizes take long. */
START_TEST(hello_has_96_bytes)
{
    struct wanted wanted = {.options = {.smallest = 96, .board_nodes = (1 << 20) - 1}};
    ck_assert_int_eq(place("Hello world\n", 0, &wanted).end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(wanted.size, 96);
    assert_runs(&wanted, "Hello world\n", 0);
}
END_TEST

START_TEST(the_same_call_finds_the_same_file)
{
    struct wanted one = {.options.smallest = 94}, other = one;
    struct golf_place_result result = place("Hello\n", 0, &one);
    ck_assert_int_eq(result.end, GOLF_PLACE_FOUND);
    ck_assert(!result.is_cut);
    sample_free(&pieces);
    ck_assert_int_eq(place("Hello\n", 0, &other).end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(one.size, other.size);
    ck_assert_mem_eq(one.bytes, other.bytes, one.size);
    assert_runs(&one, "Hello\n", 0);
}
END_TEST

START_TEST(a_candidate_that_is_refused_is_followed_by_another_one)
{
    struct wanted wanted = {.refuse = 3};
    ck_assert_int_eq(place("", 5, &wanted).end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(wanted.calls, 4);
    assert_runs(&wanted, "", 5);
}
END_TEST

START_TEST(nodes_and_the_user_stop_it)
{
    struct wanted wanted = {.options = {.nodes = 1000}};
    struct golf_place_result result = place("Hello world\n", 0, &wanted);
    ck_assert_int_eq(result.end, GOLF_PLACE_STOPPED);
    ck_assert_uint_eq(result.nodes, 1000);
    sample_free(&pieces);
    wanted.options.nodes = 0;
    wanted.is_interrupted = true;
    ck_assert_int_eq(place("Hello world\n", 0, &wanted).end, GOLF_PLACE_STOPPED);
    ck_assert_uint_eq(wanted.calls, 0);
}
END_TEST

START_TEST(nothing_is_found_where_nothing_fits)
{
    struct wanted wanted = {.options.largest = 79};
    struct golf_place_result result = place("", 0, &wanted);
    ck_assert_int_eq(result.end, GOLF_PLACE_NONE);
    ck_assert(!result.is_cut); /* so that is sure */
    sample_free(&pieces);
    wanted.options.largest = 82;
    ck_assert_int_eq(place("Hello world\n", 0, &wanted).end, GOLF_PLACE_NONE);
}
END_TEST

/* A state that is remembered as failed has no file, or the first one found would be another. */
START_TEST(what_is_remembered_changes_no_result)
{
    static const struct {
        const char *text;
        uint8_t status;
        size_t smallest;
    } rows[] = {
        {"", 42, 1}, {"o\n", 0, 92}, {"o\n", 0, 94}, {"Hello\n", 0, 96}, {"Hello\n", 0, 97}};
    struct wanted one = {.options.smallest = rows[_i].smallest}, other = one;
    struct golf_place_result quick = place(rows[_i].text, rows[_i].status, &one);
    ck_assert_int_eq(quick.end, GOLF_PLACE_FOUND);
    ck_assert(!quick.is_cut);
    sample_free(&pieces);
    other.options.forgets = true;
    struct golf_place_result slow = place(rows[_i].text, rows[_i].status, &other);
    ck_assert_int_eq(slow.end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(one.size, other.size);
    ck_assert_mem_eq(one.bytes, other.bytes, one.size);
}
END_TEST

/* By itself, and shared by two and three processes. */
START_TEST(any_number_of_jobs_finds_the_same_file)
{
    struct wanted one = {.options = {.smallest = 92, .nodes = 600000, .board_nodes = 1 << 16}};
    struct wanted other = one;
    struct golf_place_result alone = place("Hello\n", 0, &one);
    ck_assert_int_eq(alone.end, GOLF_PLACE_FOUND);
    sample_free(&pieces);
    other.options.jobs = (size_t)_i;
    struct golf_place_result shared = place("Hello\n", 0, &other);
    ck_assert_int_eq(shared.end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(shared.nodes, alone.nodes);
    ck_assert_uint_eq(other.size, one.size);
    ck_assert_mem_eq(one.bytes, other.bytes, one.size);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* none is left */
}
END_TEST

/* What comes after the search is for the process that was asked: else a report is printed twice. */
START_TEST(a_job_that_is_stopped_does_not_come_back)
{
    struct wanted wanted = {
        .asked = getpid(),
        .options = {.jobs = 3, .smallest = 92, .nodes = 600000, .board_nodes = 1 << 16}};
    bool *came_back =
        mmap(NULL, sizeof *came_back, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(came_back != MAP_FAILED);
    place("Hello\n", 0, &wanted);
    if (getpid() != wanted.asked) {
        *came_back = true;
        _exit(0);
    }
    ck_assert(!*came_back);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    munmap(came_back, sizeof *came_back);
}
END_TEST

/* Each shard has its own boards; together they have all. */
START_TEST(the_smallest_of_the_shards_is_the_result_of_the_whole)
{
    enum { SHARDS = 3 };
    struct wanted whole = {.options = {.smallest = 94, .board_nodes = 1 << 14}};
    const struct golf_place_options options = whole.options;
    size_t least = SIZE_MAX;
    ck_assert_int_eq(place("Hello\n", 0, &whole).end, GOLF_PLACE_FOUND);
    for (size_t i = 1; i <= SHARDS; i++) {
        struct wanted part = {.options = options};
        part.options.shard = i;
        part.options.shards = SHARDS;
        part.options.largest = whole.size;
        sample_free(&pieces);
        if (place("Hello\n", 0, &part).end == GOLF_PLACE_FOUND && part.size < least)
            least = part.size;
    }
    ck_assert_uint_eq(least, whole.size);
}
END_TEST

/* The packed form alone: how soon, and how small. */
START_TEST(packing_finds_a_file_at_once)
{
    struct wanted wanted = {.options = {.smallest = 1, .largest = 400, .nodes = 20000}};
    char text[101] = "";
    memset(text, 'x', sizeof text - 1);
    sample_write_and_exit(&pieces, _i ? text : "Hello\n", 0);
    wanted.options.machines = machines;
    wanted.options.machine_count = 2;
    wanted.options.context = &wanted;
    struct golf_place_program program = {.pieces = &pieces};
    struct golf_place_result result = golf_pack(&program, 1, overlaps, 2, &wanted.options, take);
    ck_assert_int_eq(result.end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(result.size, wanted.size);
    ck_assert_uint_le(wanted.size, _i ? 217 : 123);
    assert_runs(&wanted, _i ? text : "Hello\n", 0);
}
END_TEST

/* Where it has to begin is code, although data would take as few bytes there. */
/* Its address modulo `align` is as in the original, wherever the headers end. */
START_TEST(packing_keeps_what_data_ask_of_their_address)
{
    static const char text[] = "Hello, that is a text\n";
    struct wanted wanted = {.options = {.smallest = 1, .largest = 400, .nodes = 2000}};
    sample_write_and_exit(&pieces, text, 0);
    const struct golf_data *plain = pieces.data;
    struct golf_data data = *plain;
    data.align = (uint16_t)(16 << _i);
    data.address = UINT64_C(0x10000) + 5;
    pieces.data = &data;
    wanted.options.machines = machines;
    wanted.options.machine_count = 2;
    wanted.options.context = &wanted;
    struct golf_place_program program = {.pieces = &pieces};
    struct golf_place_result result = golf_pack(&program, 1, overlaps, 2, &wanted.options, take);
    pieces.data = plain;
    ck_assert_int_eq(result.end, GOLF_PLACE_FOUND);
    const uint8_t *found = memmem(wanted.bytes, wanted.size, text, sizeof text - 1);
    ck_assert_ptr_nonnull(found);
    ck_assert_uint_eq((uint64_t)(found - wanted.bytes) % data.align, 5);
    assert_runs(&wanted, text, 0);
}
END_TEST

START_TEST(a_short_text_leaves_free_where_the_program_begins)
{
    struct wanted wanted = {.options = {.smallest = 1, .largest = 400, .nodes = 1}};
    sample_write_and_exit(&pieces, "Hi\n", 0);
    wanted.options.machines = machines;
    wanted.options.machine_count = 2;
    wanted.options.context = &wanted;
    struct golf_place_program program = {.pieces = &pieces};
    struct golf_place_result result = golf_pack(&program, 1, overlaps, 1, &wanted.options, take);
    ck_assert_int_eq(result.end, GOLF_PLACE_FOUND);
    assert_runs(&wanted, "Hi\n", 0);
}
END_TEST

/* ---- the board ---- */

START_TEST(bytes_that_are_bound_get_values_together_and_lose_them_together)
{
    struct board board;
    ck_assert(board_make(&board, GOLF_PLACE_LARGEST));
    ck_assert(board_open(&board, &overlaps[0], 80));
    uint64_t hash = board.hash;
    size_t changes = board.changes;
    ck_assert(!board_put(&board, 28, 0xeb)); /* no X */
    ck_assert(board_put(&board, 28, 0x75));
    ck_assert_uint_eq(board.value[44], 0x75);
    ck_assert(board_is_known(&board, 44));
    ck_assert(!board_put(&board, 44, 0x7d));
    ck_assert(board_put(&board, 72, 1));
    board_undo(&board, changes);
    ck_assert(!board_is_known(&board, 44));
    ck_assert(board_is_plain(&board, 72));
    ck_assert_uint_eq(board.hash, hash);
    board_free(&board);
}
END_TEST

START_TEST(an_address_is_the_base_plus_an_offset)
{
    struct board board;
    ck_assert(board_make(&board, GOLF_PLACE_LARGEST));
    ck_assert(board_open(&board, &overlaps[1], 112));
    ck_assert(board_put_address(&board, 4, 4, false, 0x68));
    ck_assert_uint_eq(board.value[4], 0x68);
    ck_assert(board_put(&board, 74, 0x42)); /* a byte of the base */
    ck_assert_uint_eq(board.value[6], 0x42);
    ck_assert(board_is_known(&board, 76)); /* the base fits in four bytes */
    ck_assert_uint_eq(board.value[76], 0);
    ck_assert(board_put(&board, 73, 0xa0));
    ck_assert_uint_eq(board.value[5], 0xa0);
    ck_assert(!board_put_address(&board, 104, 1, false, 300));
    board_free(&board);
}
END_TEST

START_TEST(bytes_that_are_reserved_are_nobody_elses)
{
    struct board board;
    ck_assert(board_make(&board, GOLF_PLACE_LARGEST));
    ck_assert(board_open(&board, &overlaps[1], 112));
    size_t changes = board.changes;
    ck_assert(board_reserve(&board, 104, 2));
    ck_assert(!board_put(&board, 104, 0x90));
    ck_assert(!board_is_plain(&board, 105));
    ck_assert(board_release(&board, 104, 2));
    ck_assert(board_put(&board, 104, 0x90));
    board_undo(&board, changes);
    ck_assert(board_put(&board, 104, 0x91));
    board_free(&board);
}
END_TEST

/* ---- instructions ---- */

static struct fillers fillers;

START_TEST(fillers_only_change_registers_and_flags)
{
    fillers_open(&fillers, true);
    const struct filler *test = &fillers.by_bytes[0xa9][0], *move = &fillers.by_bytes[0xbf][0];
    ck_assert_uint_eq(test->length, 5);
    ck_assert_uint_eq(test->head, 1);
    ck_assert_uint_eq(test->writes, 0);
    ck_assert(test->writes_flags);
    ck_assert_uint_eq(move->writes, 1 << 7);
    ck_assert(!move->writes_flags);
    ck_assert_uint_eq(fillers.by_bytes[0x81][0xe7].length, 6);
    static const uint8_t none[][2] = {{0x00, 0x00}, {0x50, 0}, {0x0f, 0x05}, {0xcc, 0},
                                      {0xf4, 0},    {0xeb, 0}, {0xa4, 0},    {0x8b, 0x00},
                                      {0xf7, 0xf0}, {0xfd, 0}};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_uint_eq(fillers.by_bytes[none[i][0]][none[i][1]].length, 0);
}
END_TEST

START_TEST(a_prefix_that_changes_nothing_is_told_from_one_that_does)
{
    fillers_open(&fillers, true);
    static const uint8_t same[] = {0x45, 0x4c, 0x46, 0xb0, 0x3c}, push[] = {0x46, 0x6a, 0x01},
                         clear[] = {0x45, 0x4c, 0x46, 0x31, 0xc0}, wide[] = {0x48, 0xff, 0xc0},
                         high[] = {0x46, 0xb6, 0x01};
    ck_assert(fillers_is_same(&fillers, same, 3, sizeof same));
    ck_assert(fillers_is_same(&fillers, push, 1, sizeof push));
    ck_assert(!fillers_is_same(&fillers, clear, 3, sizeof clear));
    ck_assert(!fillers_is_same(&fillers, wide, 1, sizeof wide));
    ck_assert(!fillers_is_same(&fillers, high, 1, sizeof high));
}
END_TEST

/* The decoder's own rules say the same. */
START_TEST(conditions_hold_as_the_processor_has_them)
{
    fillers_open(&fillers, true);
    for (uint8_t condition = 0; condition < 16; condition++)
        for (unsigned bits = 0; bits < 32; bits++) {
            unsigned value =
                (bits & 1) | (bits & 2) << 1 | (bits & 4) << 4 | (bits & 8) << 4 | (bits & 16) << 7;
            uint8_t jump[2] = {(uint8_t)(0x70 | condition), 0};
            ZydisDecodedInstruction instruction;
            ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
            ck_assert(x86_decode(&fillers.machine, jump, 2, &instruction, operands));
            struct elfgen_registers registers = {.flags = {value, UINT64_MAX}};
            struct place_flags flags = {0xffff, (uint16_t)value};
            bool holds = false;
            ck_assert(fillers_holds(condition, flags, &holds));
            ck_assert_int_eq(holds, x86_condition(&instruction, &registers).value & 1);
        }
    bool holds = false;
    ck_assert(!fillers_holds(5, (struct place_flags){0}, &holds));
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_place");
    TCase *files = tcase_create("files"), *parts = tcase_create("parts");
    tcase_add_checked_fixture(files, begin, end);
    tcase_add_loop_test(files, a_program_that_only_exits_has_80_bytes, 0, 6);
    tcase_add_test(files, hello_has_96_bytes);
    tcase_add_test(files, the_same_call_finds_the_same_file);
    tcase_add_test(files, a_candidate_that_is_refused_is_followed_by_another_one);
    tcase_add_test(files, nodes_and_the_user_stop_it);
    tcase_add_test(files, nothing_is_found_where_nothing_fits);
    tcase_add_loop_test(files, what_is_remembered_changes_no_result, 0, 5);
    tcase_add_loop_test(files, any_number_of_jobs_finds_the_same_file, 2, 4);
    tcase_add_test(files, a_job_that_is_stopped_does_not_come_back);
    tcase_add_test(files, the_smallest_of_the_shards_is_the_result_of_the_whole);
    tcase_add_loop_test(files, packing_finds_a_file_at_once, 0, 2);
    tcase_add_loop_test(files, packing_keeps_what_data_ask_of_their_address, 0, 4);
    tcase_add_test(files, a_short_text_leaves_free_where_the_program_begins);
    tcase_add_checked_fixture(parts, begin, NULL);
    tcase_add_test(parts, bytes_that_are_bound_get_values_together_and_lose_them_together);
    tcase_add_test(parts, an_address_is_the_base_plus_an_offset);
    tcase_add_test(parts, bytes_that_are_reserved_are_nobody_elses);
    tcase_add_test(parts, fillers_only_change_registers_and_flags);
    tcase_add_test(parts, a_prefix_that_changes_nothing_is_told_from_one_that_does);
    tcase_add_test(parts, conditions_hold_as_the_processor_has_them);
    suite_add_tcase(all, files);
    suite_add_tcase(all, parts);
    return all;
}

RUN_SUITE(suite)
