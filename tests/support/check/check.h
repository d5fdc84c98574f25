/* The macros of Check that the core's tests use, for machines for which Debian has no Check. Tests
 * run one after the other in one process, which ends at the first assertion that fails. */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *name;
    void (*run)(int _i);
} TTest;
typedef struct tcase TCase;
typedef struct suite Suite;
typedef struct srunner SRunner;

enum print_output { CK_ENV };

Suite *suite_create(const char *name);
TCase *tcase_create(const char *name);
void suite_add_tcase(Suite *suite, TCase *tcase);
void check_add_test(TCase *tcase, const TTest *test, int start, int end);
SRunner *srunner_create(Suite *suite);
void srunner_run_all(SRunner *runner, enum print_output mode);
int srunner_ntests_failed(SRunner *runner);
void srunner_free(SRunner *runner);

/* The number of assertions that held. */
extern unsigned long long check_assertions;

/* Prints where and why a test failed, and ends the program with status 1. */
_Noreturn void check_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void check_memory(const char *file, int line, const void *a, const void *b, size_t size);
void check_text(const char *file, int line, const char *a, const char *b, bool equal);

/* Check's record of where a test is, which is not needed here. */
static inline void _mark_point(const char *file, int line)
{
    (void)file;
    (void)line;
}

#define START_TEST(name)                                                                           \
    static void name##_run(int _i);                                                                \
    static const TTest name##_test = {#name, name##_run};                                          \
    static void name##_run(__attribute__((unused)) int _i)
#define END_TEST

/* There are no processes here that could be ended. */
#define tcase_set_timeout(tcase, seconds) ((void)(tcase), (void)(seconds))

#define tcase_add_test(tcase, name)                  check_add_test(tcase, &name##_test, 0, 1)
#define tcase_add_loop_test(tcase, name, start, end) check_add_test(tcase, &name##_test, start, end)

#define ck_assert_msg(condition, ...)                                                              \
    ((condition) ? (void)check_assertions++ : check_fail(__FILE__, __LINE__, __VA_ARGS__))
#define ck_assert(condition) ck_assert_msg(condition, "'%s' is false", #condition)
#define ck_abort_msg(...)    check_fail(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK_COMPARE(type, format, x, op, y, text)                                                \
    do {                                                                                           \
        const type check_x = (x), check_y = (y);                                                   \
        ck_assert_msg(check_x op check_y, "'%s' is false: %" format " and %" format, text,         \
                      check_x, check_y);                                                           \
    } while (0)
#define ck_assert_int_eq(x, y)  CHECK_COMPARE(intmax_t, PRIdMAX, x, ==, y, #x " == " #y)
#define ck_assert_int_ge(x, y)  CHECK_COMPARE(intmax_t, PRIdMAX, x, >=, y, #x " >= " #y)
#define ck_assert_int_gt(x, y)  CHECK_COMPARE(intmax_t, PRIdMAX, x, >, y, #x " > " #y)
#define ck_assert_int_le(x, y)  CHECK_COMPARE(intmax_t, PRIdMAX, x, <=, y, #x " <= " #y)
#define ck_assert_int_lt(x, y)  CHECK_COMPARE(intmax_t, PRIdMAX, x, <, y, #x " < " #y)
#define ck_assert_int_ne(x, y)  CHECK_COMPARE(intmax_t, PRIdMAX, x, !=, y, #x " != " #y)
#define ck_assert_uint_eq(x, y) CHECK_COMPARE(uintmax_t, PRIuMAX, x, ==, y, #x " == " #y)
#define ck_assert_uint_ge(x, y) CHECK_COMPARE(uintmax_t, PRIuMAX, x, >=, y, #x " >= " #y)
#define ck_assert_uint_gt(x, y) CHECK_COMPARE(uintmax_t, PRIuMAX, x, >, y, #x " > " #y)
#define ck_assert_uint_le(x, y) CHECK_COMPARE(uintmax_t, PRIuMAX, x, <=, y, #x " <= " #y)
#define ck_assert_uint_lt(x, y) CHECK_COMPARE(uintmax_t, PRIuMAX, x, <, y, #x " < " #y)
#define ck_assert_uint_ne(x, y) CHECK_COMPARE(uintmax_t, PRIuMAX, x, !=, y, #x " != " #y)

#define ck_assert_ptr_eq(x, y)   ck_assert_msg((x) == (y), "%s", #x " is not " #y)
#define ck_assert_ptr_null(x)    ck_assert_msg((x) == NULL, "%s", #x " is not NULL")
#define ck_assert_ptr_nonnull(x) ck_assert_msg((x) != NULL, "%s", #x " is NULL")

#define ck_assert_mem_eq(x, y, size) check_memory(__FILE__, __LINE__, x, y, size)
#define ck_assert_str_eq(x, y)       check_text(__FILE__, __LINE__, x, y, true)
#define ck_assert_str_ne(x, y)       check_text(__FILE__, __LINE__, x, y, false)

#endif
