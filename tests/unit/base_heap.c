/* base/: the allocation of the front. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "base/heap.h"
#include "base_suites.h"

enum { LARGEST = 300000 };

static size_t some_size(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    size_t size = *random >> 8;
    return (*random & 15) == 0 ? size % LARGEST : (*random & 3) == 0 ? size % 5000 : size % 200;
}

START_TEST(blocks_keep_their_bytes_whatever_is_allocated_resized_and_freed_beside_them)
{
    enum { BLOCKS = 200, STEPS = 40000 };
    static unsigned char *blocks[BLOCKS];
    static size_t sizes[BLOCKS];
    uint32_t random = 1;
    for (unsigned step = 0; step < STEPS; step++) {
        size_t at = some_size(&random) % BLOCKS, size = some_size(&random);
        for (size_t i = 0; i < sizes[at]; i++)
            if (blocks[at][i] != (unsigned char)(at + i))
                ck_abort_msg("step %u: byte %zu of block %zu is another", step, i, at);
        size_t kept = 0;
        if (step % 3 == 0) {
            blocks[at] = heap_resize(blocks[at], size);
            kept = size < sizes[at] ? size : sizes[at];
        } else {
            heap_free(blocks[at]);
            blocks[at] = step % 3 == 1 ? heap_allocate(size) : heap_allocate_zeros(1, size);
        }
        ck_assert_ptr_nonnull(blocks[at]);
        ck_assert_uint_eq((uintptr_t)blocks[at] % 16, 0);
        for (size_t i = 0; i < kept; i++)
            if (blocks[at][i] != (unsigned char)(at + i))
                ck_abort_msg("step %u: byte %zu of block %zu is lost", step, i, at);
        for (size_t i = 0; step % 3 == 2 && i < size; i++)
            if (blocks[at][i] != 0)
                ck_abort_msg("step %u: byte %zu is not zero", step, i);
        sizes[at] = size;
        for (size_t i = 0; i < size; i++)
            blocks[at][i] = (unsigned char)(at + i);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        heap_free(blocks[i]);
}
END_TEST

START_TEST(a_large_block_keeps_its_bytes_as_it_grows_and_shrinks)
{
    static const size_t sizes[] = {100,     150000,  1000000,      2097136, 2097152,
                                   2097153, 5000000, 4194304 - 16, 9999999, 30000000,
                                   3000000, 131073,  70,           8000000};
    unsigned char *block = NULL, *beside = NULL;
    size_t before = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        block = heap_resize(block, sizes[i]);
        ck_assert_ptr_nonnull(block);
        ck_assert_uint_eq((uintptr_t)block % 16, 0);
        for (size_t at = 0; at < before && at < sizes[i]; at++)
            if (block[at] != (unsigned char)(at / 7))
                ck_abort_msg("resized to %zu bytes: byte %zu is lost", sizes[i], at);
        for (size_t at = 0; at < sizes[i]; at++)
            block[at] = (unsigned char)(at / 7);
        before = sizes[i];
        heap_free(beside);
        beside = heap_allocate_zeros(1, sizes[i]);
        ck_assert_ptr_nonnull(beside);
        for (size_t at = 0; at < sizes[i]; at++)
            if (beside[at] != 0)
                ck_abort_msg("of %zu bytes, byte %zu is not zero", sizes[i], at);
    }
    heap_free(block);
    heap_free(beside);
}
END_TEST

START_TEST(a_freed_block_is_used_again_for_one_of_its_size)
{
    void *first = heap_allocate(100);
    heap_free(first);
    ck_assert_ptr_eq(heap_allocate(97), first);
    heap_free(first);
    heap_free(NULL);
    ck_assert_ptr_eq(heap_resize(NULL, 100), first);
    heap_free(first);
}
END_TEST

START_TEST(where_there_is_no_memory_the_answer_is_null_and_enomem)
{
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 4096, PTRDIFF_MAX, SIZE_MAX / 4};
    unsigned char *block = heap_allocate(200000);
    *block = 7;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        errno = 0;
        ck_assert_ptr_null(heap_allocate(sizes[i]));
        ck_assert_int_eq(errno, ENOMEM);
        errno = 0;
        ck_assert_ptr_null(heap_resize(block, sizes[i]));
        ck_assert_int_eq(errno, ENOMEM);
        errno = 0;
        ck_assert_ptr_null(heap_allocate_zeros(sizes[i], 8));
        ck_assert_int_eq(errno, ENOMEM);
    }
    ck_assert_uint_eq(*block, 7);
    heap_free(block);
}
END_TEST

START_TEST(freeing_keeps_errno)
{
    void *small = heap_allocate(1), *large = heap_allocate(1 << 20);
    errno = EXDEV;
    heap_free(small);
    heap_free(large);
    ck_assert_int_eq(errno, EXDEV);
}
END_TEST

START_TEST(a_block_that_is_freed_twice_ends_the_program)
{
    void *block = heap_allocate(40);
    heap_free(block);
    heap_free(block);
}
END_TEST

START_TEST(a_block_whose_header_was_overwritten_ends_the_program_when_it_is_freed)
{
    unsigned char *block = heap_allocate(40);
    unsigned char *next = heap_allocate(40);
    memset(block, 'A', (size_t)(next - block));
    heap_free(next);
}
END_TEST

TCase *base_heap_tests(void)
{
    TCase *tests = tcase_create("heap");
    tcase_add_test(tests,
                   blocks_keep_their_bytes_whatever_is_allocated_resized_and_freed_beside_them);
    tcase_add_test(tests, a_large_block_keeps_its_bytes_as_it_grows_and_shrinks);
    tcase_add_test(tests, a_freed_block_is_used_again_for_one_of_its_size);
    tcase_add_test(tests, where_there_is_no_memory_the_answer_is_null_and_enomem);
    tcase_add_test(tests, freeing_keeps_errno);
    tcase_add_test_raise_signal(tests, a_block_that_is_freed_twice_ends_the_program, SIGABRT);
    tcase_add_test_raise_signal(
        tests, a_block_whose_header_was_overwritten_ends_the_program_when_it_is_freed, SIGABRT);
    return tests;
}
