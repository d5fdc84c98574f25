/* kernel/: files that begin with #!. */
#include <string.h>

#include "kernel_ask.h"

START_TEST(scripts_name_an_interpreter_or_are_refused)
{
    static const struct {
        const char *text;
        const char *path; /* NULL: ENOEXEC */
    } scripts[] = {
        {"#!/bin/sh\n", "/bin/sh"},
        {"#! \t/bin/sh -x\n", "/bin/sh"},
        {"#!/bin/sh", "/bin/sh"},
        {"#!\n", NULL},
        {"#!   \n", NULL},
        {"#!", ""},
        {"#!/bin/sh  \t \n", "/bin/sh"},
        {"#!a\0b\n", "a"},
    };
    struct elfgen_kernel_machine machine = usual();
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        struct elfgen_kernel_answer answer =
            ask(scripts[i].text, strlen(scripts[i].text), &machine);
        ck_assert(answer.is_script);
        if (!scripts[i].path) {
            ck_assert_int_eq(answer.error, ELFGEN_ENOEXEC);
            continue;
        }
        ck_assert_int_eq(answer.verdict, ELFGEN_STARTS);
        ck_assert_uint_eq(answer.path_length, strlen(scripts[i].path));
        ck_assert_int_eq(
            memcmp(scripts[i].text + answer.path_offset, scripts[i].path, answer.path_length), 0);
    }
}
END_TEST

START_TEST(an_empty_interpreter_is_the_current_folder_from_5_8_on)
{
    struct elfgen_kernel_machine old = linux_of(5, 7), new = linux_of(5, 8);
    ck_assert_int_eq(ask("#!", 2, &old).error, ELFGEN_ENOEXEC);
    ck_assert_int_eq(ask("#! \0x\n", 6, &old).error, ELFGEN_ENOEXEC);
    ck_assert_int_eq(ask("#!", 2, &new).error, 0);
    ck_assert(ask("#!", 2, &new).asks);
    ck_assert_uint_eq(ask("#!", 2, &new).path_length, 0);
}
END_TEST

START_TEST(a_script_s_path_that_the_buffer_cuts_is_refused)
{
    char text[400];
    struct elfgen_kernel_machine old = linux_of(4, 19), new = linux_of(5, 4);
    memset(text, 'x', sizeof text);
    text[0] = '#';
    text[1] = '!';
    text[2] = '/';
    text[200] = '\n';
    ck_assert_int_eq(ask(text, sizeof text, &old).error, ELFGEN_ENOEXEC);
    ck_assert_int_eq(ask(text, sizeof text, &new).verdict, ELFGEN_STARTS);
    text[200] = 'x';
    ck_assert_int_eq(ask(text, sizeof text, &new).error, ELFGEN_ENOEXEC);
}
END_TEST

TCase *kernel_script_cases(void)
{
    TCase *scripts = tcase_create("scripts");
    tcase_add_test(scripts, scripts_name_an_interpreter_or_are_refused);
    tcase_add_test(scripts, an_empty_interpreter_is_the_current_folder_from_5_8_on);
    tcase_add_test(scripts, a_script_s_path_that_the_buffer_cuts_is_refused);
    return scripts;
}
