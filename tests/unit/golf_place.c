/* golf's placer: pieces and overlaps become files that Linux starts and that do what they should. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "elfgen.h"
#include "golf/place/place.h"
#include "golf_samples.h"
#include "room.h"

static struct golf_overlap overlaps[2];
static struct elfgen_kernel_machine machines[2];
static struct golf_pieces pieces;

struct file {
    uint8_t bytes[GOLF_PLACE_LARGEST];
    size_t size;
    unsigned calls;
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
    struct file *file = context;
    memcpy(file->bytes, bytes, size);
    file->size = size;
    file->calls++;
    ck_assert_uint_gt(how->count, 0);
    if (getenv("SHOW")) {
        for (size_t i = 0; i < size; i++)
            printf("%02x%s", bytes[i], i % 16 == 15 ? "\n" : " ");
        printf("\n");
        for (size_t i = 0; i < how->count; i++)
            printf("%u %u %u %s\n", how->items[i].offset, how->items[i].length, how->items[i].kind,
                   how->items[i].kind == GOLF_ITEM_CHOICE
                       ? pieces.choices[how->items[i].which].reason
                       : "");
    }
    return true;
}

static void show(size_t size, uint64_t nodes, void *context)
{
    (void)context;
    if (getenv("SHOW"))
        printf("%zu: %llu\n", size, (unsigned long long)nodes);
}

static struct golf_place_result place(const char *text, uint8_t status, struct file *file)
{
    sample_write_and_exit(&pieces, text, status);
    if (getenv("SHOW"))
        printf("%zu nodes, %zu choices\n", pieces.node_count, pieces.choice_count);
    struct golf_place_options options = {
        .machines = machines, .machine_count = 2, .context = file, .progress = show};
    if (getenv("SECONDS_"))
        options.nanoseconds = (uint64_t)atoi(getenv("SECONDS_")) * 1000000000;
    if (getenv("FROM"))
        options.smallest = (size_t)atoi(getenv("FROM"));
    struct golf_place_result r = golf_place(&pieces, overlaps, 2, &options, take);
    if (getenv("SHOW"))
        printf("end %d size %zu nodes %llu\n", r.end, r.size, (unsigned long long)r.nodes);
    return r;
}

START_TEST(exit_is_80_bytes)
{
    struct file file = {.size = 0};
    struct golf_place_result result = place("", 0, &file);
    ck_assert_int_eq(result.end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(file.size, 80);
}
END_TEST

START_TEST(hello_is_87_bytes)
{
    struct file file = {.size = 0};
    struct golf_place_result result = place("Hello world\n", 0, &file);
    ck_assert_int_eq(result.end, GOLF_PLACE_FOUND);
    ck_assert_uint_eq(file.size, 87);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_place");
    TCase *sizes = tcase_create("sizes");
    tcase_add_checked_fixture(sizes, begin, end);
    tcase_add_test(sizes, exit_is_80_bytes);
    tcase_add_test(sizes, hello_is_87_bytes);
    suite_add_tcase(all, sizes);
    return all;
}

RUN_SUITE(suite)
