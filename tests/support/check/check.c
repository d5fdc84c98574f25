/* Runs the core's tests without Check, and prints how many there were. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TESTS = 40, MOST_CASES = 20 };

struct tcase {
    size_t count;
    struct {
        const TTest *test;
        int start, end;
    } tests[MOST_TESTS];
};

struct suite {
    const char *name;
    size_t count;
    TCase *cases[MOST_CASES];
};

struct srunner {
    Suite *suite;
};

unsigned long long check_assertions;

static struct {
    const char *suite, *test;
    int round;
    unsigned tests;
} now;

static void *allocate(size_t size)
{
    void *bytes = calloc(1, size);
    if (!bytes)
        check_fail(__FILE__, __LINE__, "out of memory");
    return bytes;
}

Suite *suite_create(const char *name)
{
    Suite *suite = allocate(sizeof *suite);
    suite->name = name;
    return suite;
}

TCase *tcase_create(const char *name)
{
    (void)name;
    return allocate(sizeof(TCase));
}

void suite_add_tcase(Suite *suite, TCase *tcase)
{
    if (suite->count == MOST_CASES)
        check_fail(__FILE__, __LINE__, "more cases than MOST_CASES");
    suite->cases[suite->count++] = tcase;
}

void check_add_test(TCase *tcase, const TTest *test, int start, int end)
{
    if (tcase->count == MOST_TESTS)
        check_fail(__FILE__, __LINE__, "more tests than MOST_TESTS");
    tcase->tests[tcase->count].test = test;
    tcase->tests[tcase->count].start = start;
    tcase->tests[tcase->count++].end = end;
}

SRunner *srunner_create(Suite *suite)
{
    SRunner *runner = allocate(sizeof *runner);
    runner->suite = suite;
    return runner;
}

static void print_counts(void)
{
    printf("%s: %u tests, %llu assertions\n", now.suite, now.tests, check_assertions);
    fflush(stdout);
}

void srunner_run_all(SRunner *runner, enum print_output mode)
{
    (void)mode;
    now.suite = runner->suite->name;
    for (size_t c = 0; c < runner->suite->count; c++) {
        const TCase *tcase = runner->suite->cases[c];
        for (size_t t = 0; t < tcase->count; t++) {
            now.test = tcase->tests[t].test->name;
            /* A test that crashes prints nothing itself. */
            printf("%s: %s\n", now.suite, now.test);
            fflush(stdout);
            for (now.round = tcase->tests[t].start; now.round < tcase->tests[t].end; now.round++) {
                now.tests++;
                tcase->tests[t].test->run(now.round);
            }
        }
    }
    now.test = NULL;
    if (check_assertions == 0)
        check_fail(__FILE__, __LINE__, "nothing was asserted");
    print_counts();
}

int srunner_ntests_failed(SRunner *runner)
{
    (void)runner;
    return 0; /* a test that failed has ended the program */
}

void srunner_free(SRunner *runner)
{
    for (size_t i = 0; i < runner->suite->count; i++)
        free(runner->suite->cases[i]);
    free(runner->suite);
    free(runner);
}

void check_fail(const char *file, int line, const char *format, ...)
{
    va_list arguments;
    printf("%s:%d: ", file, line);
    if (now.test)
        printf("in %s (%d): ", now.test, now.round);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\nfailed: the last of ");
    print_counts();
    exit(EXIT_FAILURE);
}

void check_memory(const char *file, int line, const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            check_fail(file, line, "byte %zu of %zu: 0x%02x and 0x%02x", i, size, x[i], y[i]);
    check_assertions++;
}

void check_text(const char *file, int line, const char *a, const char *b, bool equal)
{
    if (!a || !b || (strcmp(a, b) == 0) != equal)
        check_fail(file, line, "\"%s\" and \"%s\"", a ? a : "(NULL)", b ? b : "(NULL)");
    check_assertions++;
}
