/* Every room's test program has the same main: run one suite, in one process per test. */
#ifndef ROOM_H
#define ROOM_H

#include <check.h>
#include <stdlib.h>

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

#endif
