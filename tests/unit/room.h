/* Shared by all unit tests: a main that runs a suite, with a process for each test. */
#ifndef ROOM_H
#define ROOM_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Check records each assertion that holds, to report where a test crashed, and reads the records in
 * quadratic time: after many thousands, that takes longer than the test. The first 500 suffice. */
static inline void mark_some(const char *file, int line)
{
    enum { MOST = 500 };
    static int count;
    if (count < MOST)
        _mark_point(file, line);
    count += count < MOST;
}
#define _mark_point(file, line) mark_some(file, line)

#define RUN_SUITE(suite_function)                                                                  \
    int main(void)                                                                                 \
    {                                                                                              \
        SRunner *runner = srunner_create(suite_function());                                        \
        srunner_run_all(runner, CK_ENV);                                                           \
        int failed = srunner_ntests_failed(runner);                                                \
        srunner_free(runner);                                                                      \
        return failed ? EXIT_FAILURE : EXIT_SUCCESS;                                               \
    }

/* How often something random is tried. With sanitizers a program takes many times as long, and what
 * they find they find in the first few. */
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif
#define TIMES(usually, with_sanitizers) (IS_SANITIZED ? (with_sanitizers) : (usually))

/* Random numbers by xorshift64 (Marsaglia 2003); seeds are fixed, so failures are reproducible. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* The running program's file, which has code and tables of all kinds; the caller frees it. */
static inline uint8_t *read_self(size_t *length)
{
    FILE *file = fopen("/proc/self/exe", "rb");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*length);
    ck_assert_uint_eq(fread(bytes, 1, *length, file), *length);
    fclose(file);
    return bytes;
}

#endif
