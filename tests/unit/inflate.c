/* base/inflate: zlib's own streams, whole, cut and damaged, are read as zlib reads them. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/inflate.h"
#include "room.h"

enum { ROOM = 70000 };
static uint8_t plain[ROOM], packed[2 * ROOM], out[ROOM + 1];

/* A number that follows from the last, so that a failure happens again. */
static unsigned next(void)
{
    static uint32_t state = 1;
    state = state * 1664525 + 1013904223;
    return state >> 8;
}

/* Texts with repetitions near and far, random bytes, and one byte many times. */
static uint8_t byte_of(unsigned kind, size_t at)
{
    static const uint8_t letters[] = "a symbol and a section ";
    switch (kind) {
    case 0:
        return (uint8_t)next();
    case 1:
        return 'x';
    case 2:
        return letters[next() % (sizeof letters - 1)];
    default:
        return next() % 8 && at > 300 ? plain[at - 1 - next() % 300] : (uint8_t)next();
    }
}

static void fill(unsigned kind, size_t size)
{
    for (size_t i = 0; i < size; i++)
        plain[i] = byte_of(kind, i);
}

static size_t pack(size_t size, int level, int strategy)
{
    z_stream stream = {.next_in = plain,
                       .avail_in = (unsigned)size,
                       .next_out = packed,
                       .avail_out = sizeof packed};
    ck_assert_int_eq(deflateInit2(&stream, level, Z_DEFLATED, 15, 8, strategy), Z_OK);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

START_TEST(what_zlib_compressed_is_uncompressed)
{
    static const size_t sizes[] = {0, 1, 2, 100, 5000, ROOM};
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE};
    for (unsigned kind = 0; kind < 4; kind++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
            for (size_t i = 0; i < sizeof strategies / sizeof strategies[0]; i++)
                for (int level = 0; level <= 9; level += 3) {
                    fill(kind, sizes[s]);
                    size_t size = pack(sizes[s], level, strategies[i]);
                    ck_assert(inflate_zlib(packed, size, out, sizes[s]));
                    ck_assert_mem_eq(out, plain, sizes[s]);
                    ck_assert(!inflate_zlib(packed, size, out, sizes[s] + 1));
                    ck_assert(sizes[s] == 0 || !inflate_zlib(packed, size, out, sizes[s] - 1));
                    ck_assert(!inflate_zlib(packed, size - 1, out, sizes[s]));
                }
}
END_TEST

/* What libelf does, too: streams after one another, and nothing after the last. */
static bool zlib_reads(const uint8_t *bytes, size_t size, size_t room)
{
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)bytes,
                       .avail_in = (unsigned)size,
                       .next_out = out,
                       .avail_out = (unsigned)room};
    int status = inflateInit(&stream);
    while (stream.avail_in > 0 && status == Z_OK) {
        status = inflate(&stream, Z_FINISH);
        status = status == Z_STREAM_END ? inflateReset(&stream) : Z_DATA_ERROR;
    }
    inflateEnd(&stream);
    return status == Z_OK && stream.avail_out == 0;
}

START_TEST(damaged_and_cut_streams_are_refused_as_zlib_refuses_them)
{
    unsigned taken = 0;
    for (unsigned round = 0; round < 6000; round++) {
        const size_t size = 1 + next() % 400;
        static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FIXED};
        fill(round % 4, size);
        size_t length = pack(size, round % 3 ? 9 : 0, strategies[round / 4 % 2]);
        if (round % 5 == 0)
            length = next() % length;
        else
            for (unsigned i = 0; i < 1 + round % 2; i++)
                packed[next() % length] ^= (uint8_t)(1 << next() % 8);
        bool theirs = zlib_reads(packed, length, size);
        /* The bytes are copied, so that a sanitizer sees a read beyond them. */
        uint8_t *copy = malloc(length + 1);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, packed, length);
        ck_assert_int_eq(inflate_zlib(copy, length, out, size), theirs);
        free(copy);
        taken += theirs;
    }
    ck_assert_uint_lt(taken, 600);
}
END_TEST

START_TEST(streams_after_one_another_are_one)
{
    fill(2, 1000);
    size_t first = pack(600, 9, Z_DEFAULT_STRATEGY);
    static uint8_t two[4000];
    memcpy(two, packed, first);
    memmove(plain, plain + 600, 400);
    size_t second = pack(400, 9, Z_DEFAULT_STRATEGY);
    memcpy(two + first, packed, second);
    ck_assert(zlib_reads(two, first + second, 1000));
    ck_assert(inflate_zlib(two, first + second, out, 1000));
    ck_assert_mem_eq(out + 600, plain, 400);
}
END_TEST

static Suite *inflate_suite(void)
{
    Suite *suite = suite_create("inflate");
    TCase *tests = tcase_create("zlib");
    tcase_add_test(tests, what_zlib_compressed_is_uncompressed);
    tcase_add_test(tests, damaged_and_cut_streams_are_refused_as_zlib_refuses_them);
    tcase_add_test(tests, streams_after_one_another_are_one);
    suite_add_tcase(suite, tests);
    return suite;
}

RUN_SUITE(inflate_suite)
