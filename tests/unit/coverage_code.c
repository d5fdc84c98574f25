/* coverage/: code that is followed with what a run executed. */
#include "coverage_made.h"
#include "x86/session.h"

/* The offsets of the instructions that are found with a run, counted after the headers. */
static void found_with(const struct made *made, const struct elfgen_run *run,
                       enum elfgen_code_mode mode, const char *expected)
{
    struct elfgen_error error;
    struct elfgen_code_place place;
    struct x86_session *code = x86_session_open_run(&made->view, mode, SYNTAX_INTEL, run, &error);
    char text[256] = "";
    ck_assert_ptr_nonnull(code);
    for (uint64_t at = 0; elfgen_code_next(&code->code, at, made->size, &place);
         at = place.offset + 1)
        snprintf(text + strlen(text), sizeof text - strlen(text), text[0] ? " %d" : "%d",
                 (int)place.offset - HEADERS);
    ck_assert_str_eq(text, expected);
    x86_session_close(code);
}

START_TEST(what_ran_is_code_and_what_shares_bytes_with_it_is_none)
{
    /* rdtsc; test al,1; jz 1f+1; 1: mov ecx,0xff31_3cb0; ... : which way depends on the clock */
    struct made made;
    MAKE(&made, "\x0f\x31\xa8\x01\x74\x01\xb9\xb0\x3c\x31\xff\x0f\x05");
    found_with(&made, NULL, ELFGEN_CODE_FLOW, "0 2 4 6 7 9 11");
    /* It went into the middle. */
    static const uint8_t ran[] = {0, 2, 4, 7, 9, 11}, lengths[] = {2, 2, 2, 2, 2, 2};
    for (size_t i = 0; i < sizeof ran; i++)
        step(&made, STEP_RAN, own(&made, HEADERS + ran[i], lengths[i]));
    struct coverage coverage = covered(&made);
    found_with(&made, &coverage.run, ELFGEN_CODE_FLOW, "0 2 4 7 9 11");
    found_with(&made, &coverage.run, ELFGEN_CODE_ALL, "0 2 4 7 9 11");
    coverage_free(&coverage);
    /* It went the other way. */
    MAKE(&made, "\x0f\x31\xa8\x01\x74\x01\xb9\xb0\x3c\x31\xff\x0f\x05");
    static const uint8_t other[] = {0, 2, 4, 6, 11}, other_lengths[] = {2, 2, 2, 5, 2};
    for (size_t i = 0; i < sizeof other; i++)
        step(&made, STEP_RAN, own(&made, HEADERS + other[i], other_lengths[i]));
    coverage = covered(&made);
    found_with(&made, &coverage.run, ELFGEN_CODE_FLOW, "0 2 4 6 11");
    coverage_free(&coverage);
}
END_TEST

START_TEST(a_place_that_only_the_run_knows_is_code_and_followed)
{
    /* jmp rsi, to: test eax,eax; jz 1f; mov al,60; syscall; 1: mov al,231; syscall */
    struct made made;
    MAKE(&made, "\xff\xe6\x85\xc0\x74\x04\xb0\x3c\x0f\x05\xb0\xe7\x0f\x05");
    found_with(&made, NULL, ELFGEN_CODE_FLOW, "0");
    step(&made, STEP_RAN, own(&made, HEADERS, 2));
    step(&made, STEP_RAN, own(&made, HEADERS + 2, 2));
    step(&made, STEP_RAN, own(&made, HEADERS + 4, 2));
    step(&made, STEP_RAN, own(&made, HEADERS + 6, 2));
    step(&made, STEP_LAST, own(&made, HEADERS + 8, 2));
    struct coverage coverage = covered(&made);
    found_with(&made, &coverage.run, ELFGEN_CODE_FLOW, "0 2 4 6 8 10 12");
    coverage_free(&coverage);
}
END_TEST

START_TEST(a_call_has_the_arguments_that_it_was_made_with)
{
    /* pop rax; pop rsi; syscall; a text */
    struct made made;
    MAKE(&made, "\x58\x5e\x0f\x05Hello");
    const char *const texts[3] = {"1", "\"Hello\"", "5"};
    step(&made, STEP_RAN, own(&made, HEADERS, 1));
    step(&made, STEP_RAN, own(&made, HEADERS + 1, 1));
    call(&made, own(&made, HEADERS + 2, 2), 1, "write",
         (const uint64_t[3]){1, BASE + HEADERS + 4, 5}, texts, false, 0);
    struct coverage coverage = covered(&made);
    struct elfgen_error error;
    struct x86_session *code =
        x86_session_open_run(&made.view, ELFGEN_CODE_FLOW, SYNTAX_INTEL, &coverage.run, &error);
    struct elfgen_map map;
    struct elfgen_claim claim;
    unsigned strings = 0;
    elfgen_map_begin(&map, &made.view, &code->code, false, HEADERS, made.size);
    while (elfgen_map_next(&map, &claim)) {
        if (claim.part != ELFGEN_PART_STRING)
            continue;
        strings++;
        ck_assert_uint_eq(claim.offset, HEADERS + 4);
        ck_assert_uint_eq(claim.length, 5);
    }
    ck_assert_uint_eq(strings, 1);
    x86_session_close(code);
    coverage_free(&coverage);
}
END_TEST

TCase *coverage_code_cases(void)
{
    TCase *code = tcase_create("code");
    tcase_add_test(code, what_ran_is_code_and_what_shares_bytes_with_it_is_none);
    tcase_add_test(code, a_place_that_only_the_run_knows_is_code_and_followed);
    tcase_add_test(code, a_call_has_the_arguments_that_it_was_made_with);
    return code;
}
