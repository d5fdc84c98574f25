/* The library's functions run in a thread with a small stack. */
#include <pthread.h>
#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { STACK = 128 << 10, ROOM = 4096, SECTIONS = 12 };

static const uint8_t code[] = {0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05};

static void *ask(void *context)
{
    static const char script[] = "#!/bin/program\n";
    uint8_t *file = context;
    const size_t size = elfgen_write_exec(file, ROOM, code, sizeof code, NULL, NULL);
    struct elfgen_kernel_file interpreter = {.bytes = file, .length = size};
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_view view;
    elfgen_kernel_usual(&machine);
    if (elfgen_view_open_program(&view, file, size, NULL) != ELFGEN_OK ||
        elfgen_unfold_check(&view, NULL, NULL) != ELFGEN_OK ||
        elfgen_is_unfolded(&view, NULL, NULL) ||
        elfgen_kernel_ask(script, strlen(script), &machine, &interpreter, &answer, NULL) !=
            ELFGEN_OK)
        return NULL;
    return context;
}

static void *lay_out(void *context)
{
    struct elfgen_section sections[SECTIONS];
    uint32_t order[SECTIONS];
    struct elfgen_layout layout;
    for (size_t i = 0; i < SECTIONS; i++)
        sections[i] = (struct elfgen_section){.name = "s",
                                              .bytes = code,
                                              .size = 1 + i % sizeof code,
                                              .align = UINT64_C(1) << i % 5,
                                              .permissions = ELFGEN_PF_R};
    const struct elfgen_program program = {
        .sections = sections, .section_count = SECTIONS, .order = order};
    return elfgen_layout_single(&program, NULL, &layout, NULL) == ELFGEN_OK ? context : NULL;
}

START_TEST(functions_that_take_the_most_stack_run_with_128_kilobytes)
{
    static void *(*const functions[])(void *) = {ask, lay_out};
    uint8_t file[ROOM];
    pthread_attr_t attributes;
    pthread_t thread;
    void *result;
    ck_assert_int_eq(pthread_attr_init(&attributes), 0);
    ck_assert_int_eq(pthread_attr_setstacksize(&attributes, STACK), 0);
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        ck_assert_int_eq(pthread_create(&thread, &attributes, functions[i], file), 0);
        ck_assert_int_eq(pthread_join(thread, &result), 0);
        ck_assert_ptr_eq(result, file);
    }
    pthread_attr_destroy(&attributes);
}
END_TEST

START_TEST(a_file_of_many_segments_is_checked_in_memory_of_the_caller)
{
    enum { COUNT = 200 };
    static uint8_t file[64 + COUNT * 56];
    static struct elfgen_kernel_area areas[4 * COUNT + 64];
    struct elfgen_kernel_map map = {.areas = areas};
    struct elfgen_view view;
    struct elfgen_error error;
    elfgen_write_exec(file, sizeof file, code, sizeof code, NULL, NULL);
    file[56] = COUNT; /* e_phnum */
    for (size_t i = 1; i < COUNT; i++) {
        memcpy(file + 64 + i * 56, file + 64, 56);
        file[64 + i * 56 + 18] = (uint8_t)(1 + i); /* p_vaddr */
    }
    ck_assert_int_eq(elfgen_view_open_program(&view, file, sizeof file, NULL), ELFGEN_OK);
    ck_assert_int_eq(elfgen_unfold_check(&view, NULL, &error), ELFGEN_NO_ROOM);
    ck_assert_int_eq(elfgen_unfold_check(&view, &map, &error), ELFGEN_NO_ROOM);
    ck_assert_uint_le(map.needed, sizeof areas / sizeof areas[0]);
    map.capacity = map.needed;
    ck_assert_int_eq(elfgen_unfold_check(&view, &map, &error), ELFGEN_OK);
}
END_TEST

static Suite *stack_suite(void)
{
    Suite *suite = suite_create("stack");
    TCase *threads = tcase_create("threads");
    tcase_add_test(threads, functions_that_take_the_most_stack_run_with_128_kilobytes);
    tcase_add_test(threads, a_file_of_many_segments_is_checked_in_memory_of_the_caller);
    suite_add_tcase(suite, threads);
    return suite;
}

RUN_SUITE(stack_suite)
