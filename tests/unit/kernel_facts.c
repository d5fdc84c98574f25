/* kernel/: facts of the machine that are unknown to the caller. */
#include <stdlib.h>
#include <string.h>

#include "kernel_ask.h"

/* Values of each fact; 0 of each is the usual one. */
enum { MACHINES = 8 };

static void set_facts(struct elfgen_kernel_machine *machine, unsigned facts, unsigned which)
{
    static const uint32_t versions[MACHINES] = {
        ELFGEN_LINUX(6, 18), ELFGEN_LINUX(4, 19), ELFGEN_LINUX(5, 4), ELFGEN_LINUX(5, 10),
        ELFGEN_LINUX(5, 17), ELFGEN_LINUX(6, 1),  ELFGEN_LINUX(6, 8), ELFGEN_LINUX(6, 16)};
    static const uint64_t lowest[MACHINES] = {65536, 0, 4096, 0x20000, 0x400000, 0x100000, 8192, 0};
    if (facts & ELFGEN_FACT_VERSION)
        machine->version = versions[which];
    if (facts & ELFGEN_FACT_LOWEST) {
        machine->mmap_min_addr = lowest[which];
        machine->lowest_room = lowest[which] < 65536 ? 65536 : lowest[which];
    }
    if (facts & ELFGEN_FACT_RAW_IO)
        machine->raw_io = which & 1;
    if (facts & ELFGEN_FACT_IA32)
        machine->ia32 = !(which & 1);
    if (facts & ELFGEN_FACT_FIVE_LEVELS)
        machine->five_levels = which & 1;
    if (facts & ELFGEN_FACT_MEMORY) {
        machine->overcommit = (enum elfgen_kernel_overcommit)(which % 3);
        machine->memory_pages = which < 3 ? 1 << 20 : which;
    }
    if (facts & ELFGEN_FACT_OWN_PAGES) {
        machine->no_vdso = machine->no_vdso32 = which == 1;
        machine->vdso_pages = machine->vdso32_pages = (uint16_t)(which * 3);
        machine->vvar_pages = (uint16_t)(which * 4);
    }
}

static struct elfgen_kernel_machine unknown_machine(void)
{
    struct elfgen_kernel_machine machine = usual();
    machine.unknown = ELFGEN_FACTS;
    machine.mmap_min_addr = machine.lowest_room = 0x400000;
    return machine;
}

static bool is_same(const struct elfgen_kernel_answer *a, const struct elfgen_kernel_answer *b)
{
    return a->verdict == b->verdict && a->error == b->error && a->signal == b->signal &&
           a->check == b->check && a->inner == b->inner && a->field == b->field &&
           a->offset == b->offset && a->value == b->value && a->other == b->other &&
           a->offers == b->offers && a->would == b->would && a->advice == b->advice &&
           a->segment == b->segment;
}

/* Asks as a caller does that learns only what it must of machine `which`, and with all facts. Adds
 * the facts that were learnt to *learnt. */
static void compare(const uint8_t *bytes, size_t size, unsigned which, unsigned *learnt)
{
    struct elfgen_kernel_machine machine = unknown_machine(), whole = usual();
    struct elfgen_kernel_answer answer = ask(bytes, size, &machine);
    for (unsigned asked = 0; answer.depends != 0; asked++) {
        ck_assert_uint_lt(asked, 8);
        set_facts(&machine, answer.depends, which);
        *learnt |= answer.depends;
        machine.unknown &= ~answer.depends;
        answer = ask(bytes, size, &machine);
    }
    set_facts(&whole, ELFGEN_FACTS, which);
    struct elfgen_kernel_answer right = ask(bytes, size, &whole);
    if (!is_same(&answer, &right))
        ck_abort_msg("machine %u: %d instead of %d, check %d instead of %d; learnt 0x%x", which,
                     answer.verdict, right.verdict, answer.check, right.check, *learnt);
}

START_TEST(who_learns_what_an_answer_depends_on_gets_the_answer_of_all_facts)
{
    static const uint8_t values[] = {0x00, 0x01, 0x10, 0x7f, 0xff};
    for (unsigned which = 0; which < MACHINES; which++)
        for (size_t at = 0; at < 120; at++)
            for (size_t i = 0; i < sizeof values; i++) {
                uint8_t bytes[sizeof lecture_file], narrow[sizeof lecture_file32];
                unsigned learnt = 0;
                memcpy(bytes, lecture_file, sizeof bytes);
                memcpy(narrow, lecture_file32, sizeof narrow);
                bytes[at] = values[i];
                compare(bytes, sizeof bytes, which, &learnt);
                narrow[at < sizeof narrow ? at : 0] = values[i];
                compare(narrow, sizeof narrow, which, &learnt);
            }
}
END_TEST

START_TEST(a_common_program_depends_on_the_version_alone)
{
    uint8_t bytes[sizeof lecture_file];
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, "p_vaddr", 0x400000);
    set(bytes, ELFGEN_CLASS64, "e_entry", 0x400078);
    for (unsigned which = 0; which < MACHINES; which++) {
        unsigned learnt = 0;
        compare(bytes, sizeof bytes, which, &learnt);
        ck_assert_uint_eq(learnt, ELFGEN_FACT_VERSION);
    }
}
END_TEST

START_TEST(what_no_machine_takes_depends_on_nothing)
{
    uint8_t bytes[sizeof lecture_file];
    unsigned learnt = 0;
    memcpy(bytes, lecture_file, sizeof bytes);
    set(bytes, ELFGEN_CLASS64, "e_type", 1);
    compare(bytes, sizeof bytes, 0, &learnt);
    compare((const uint8_t *)"hello", 5, 0, &learnt);
    ck_assert_uint_eq(learnt, 0);
}
END_TEST

START_TEST(each_fact_is_asked_for_where_an_answer_depends_on_it)
{
    static const struct {
        const char *field;
        uint64_t value;
        unsigned fact;
    } rows[] = {{"p_vaddr", 0x10000, ELFGEN_FACT_LOWEST},
                {"p_vaddr", 0x1000, ELFGEN_FACT_RAW_IO},
                {"p_vaddr", UINT64_C(1) << 50, ELFGEN_FACT_FIVE_LEVELS},
                {"p_flags", 7, ELFGEN_FACT_MEMORY}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[sizeof lecture_file];
        unsigned learnt = 0;
        memcpy(bytes, lecture_file, sizeof bytes);
        set(bytes, ELFGEN_CLASS64, "p_vaddr", 0x400000);
        set(bytes, ELFGEN_CLASS64, rows[i].field, rows[i].value);
        compare(bytes, sizeof bytes, 0, &learnt);
        ck_assert_uint_ne(learnt & rows[i].fact, 0);
    }
    unsigned learnt = 0;
    compare(lecture_file32, sizeof lecture_file32, 0, &learnt);
    ck_assert_uint_ne(learnt & ELFGEN_FACT_IA32, 0);
}
END_TEST

TCase *kernel_fact_cases(void)
{
    TCase *tests = tcase_create("facts");
    tcase_add_test(tests, who_learns_what_an_answer_depends_on_gets_the_answer_of_all_facts);
    tcase_add_test(tests, a_common_program_depends_on_the_version_alone);
    tcase_add_test(tests, what_no_machine_takes_depends_on_nothing);
    tcase_add_test(tests, each_fact_is_asked_for_where_an_answer_depends_on_it);
    return tests;
}
