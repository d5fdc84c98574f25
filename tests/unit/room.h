/* Every room's test program has the same main: run one suite, in one process per test. */
#ifndef ROOM_H
#define ROOM_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Check writes down each assertion that holds, to tell where a test was when it crashed, and reads
 * it all with time that grows by the square: in loops of many thousands more than the test itself.
 * The first hundreds say enough. */
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

/* A small generator with a fixed seed: a failure comes back. (xorshift64, Marsaglia 2003) */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* This very program as a file, to be freed: it has all kinds of tables, and code. */
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
