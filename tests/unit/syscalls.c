/* syscalls/: numbers and names map to each other, entries.def has no superfluous row, and no line
 * of a report is too long. */
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "commands/syscall/syscall.h"
#include "stepper/recording.h"
#include "syscalls/parameter_text.h"
#include "room.h"

static struct calls calls;

static const struct row {
    enum call_abi abi;
    const char *name, *rule; /* `rule`: the function that the row names, NULL if none */
} rows[] = {
#define ENTRY(abi, name, function) {CALL_##abi, #name, #function},
#define NO_ENTRY(abi, name)        {CALL_##abi, #name, NULL},
#include "syscalls/entries.def"
};

START_TEST(every_row_of_entries_is_a_call_that_no_rule_covers)
{
    size_t count = sizeof rows / sizeof rows[0];
    ck_assert_uint_gt(count, 200);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(syscall_number(rows[i].abi, rows[i].name) >= 0, "%s", rows[i].name);
        if (rows[i].rule && strncmp(rows[i].rule, "sys_", 4) == 0)
            ck_assert_str_ne(rows[i].name, rows[i].rule + 4);
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(rows[i].abi != rows[j].abi || strcmp(rows[i].name, rows[j].name) != 0,
                          "%s twice", rows[i].name);
    }
}
END_TEST

START_TEST(a_number_is_that_of_its_name)
{
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        unsigned known = 0;
        for (int number = 0; number < CALLS_END; number++) {
            const struct call *call = syscall_find(&calls, abi, (uint64_t)number);
            if (!call)
                continue;
            ck_assert_msg(syscall_number(abi, call->name) == number, "%s", call->name);
            ck_assert_ptr_null(syscall_through(abi, call->name));
            known++;
        }
        ck_assert_uint_gt(known, 300);
        /* libseccomp's own results for an unknown name and for a call of the other ABI. */
        static const char *const none[] = {"", "-1", "no_such_call", "WRITE", "write ", "recv"};
        for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
            ck_assert_int_eq(syscall_number(abi, none[i]), -1);
    }
    ck_assert_int_eq(syscall_number(CALL_X86_64, "mmap2"), -1);
    ck_assert_int_eq(syscall_number(CALL_I386, "accept"), -1);
    ck_assert_str_eq(syscall_through(CALL_I386, "accept"), "socketcall");
    ck_assert_str_eq(syscall_through(CALL_I386, "semtimedop"), "ipc");
    ck_assert_ptr_null(syscall_through(CALL_I386, "newfstatat"));
    ck_assert_ptr_null(syscall_through(CALL_X86_64, "mmap2"));
}
END_TEST

START_TEST(names_numbers_and_inner_calls_are_libseccomp_s)
{
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const uint32_t arch = syscall_abi(abi)->arch;
        for (int number = -400; number < 2 * CALLS_END; number++) {
            char *name = seccomp_syscall_resolve_num_arch(arch, number);
            const char *ours = number < 0 ? NULL : syscall_name(abi, (uint64_t)number);
            if (number >= 0)
                ck_assert_pstr_eq(ours, name);
            else if (name && abi == CALL_I386 && syscall_number(abi, name) < 0)
                ck_assert_str_eq(syscall_through(abi, name), number < -200 ? "ipc" : "socketcall");
            else if (name)
                ck_assert_ptr_null(syscall_through(abi, name));
            free(name);
        }
    }
}
END_TEST

START_TEST(no_table_has_calls_above_the_last_number_searched)
{
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        for (uint64_t number = CALLS_END; number < 8192; number++)
            ck_assert_ptr_null(syscall_find(&calls, abi, number));
}
END_TEST

START_TEST(entry_points_are_complete_and_have_the_abi_s_prefix)
{
    char entry[CALL_ENTRY_ROOM];
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const char *stub = syscall_abi(abi)->entry;
        for (unsigned number = 0; number < CALLS_END; number++) {
            const struct call *call = syscall_find(&calls, abi, number);
            if (!call || !syscall_entry(abi, call->name, entry))
                continue;
            ck_assert_int_eq(strncmp(entry, stub, strlen(stub)), 0);
            ck_assert_uint_lt(strlen(entry), CALL_ENTRY_ROOM - 1);
        }
    }
    ck_assert_str_eq(syscall_entry(CALL_X86_64, "write", entry), "__x64_sys_write");
    ck_assert_str_eq(syscall_entry(CALL_I386, "execve", entry), "__ia32_compat_sys_execve");
    ck_assert_ptr_null(syscall_entry(CALL_I386, "break", entry));
    /* Longer than the buffer: cut as by snprintf. */
    char name[200];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert_uint_eq(strlen(syscall_entry(CALL_X86_64, name, entry)), CALL_ENTRY_ROOM - 1);
}
END_TEST

/* ---- ABIs ---- */

/* Whether a name is a register's, in the spelling of machines with words of this size. */
static bool is_register(const char *name, unsigned word)
{
    enum step_register which = recording_register_named(name);
    const char *spelled = which < STEP_REGISTERS ? recording_register_name(which, word == 8) : NULL;
    return spelled && strcmp(spelled, name) == 0;
}

START_TEST(each_abi_has_its_own_names_and_its_registers_exist)
{
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const struct call_abi_row *row = syscall_abi(abi);
        for (unsigned other = 0; other < abi; other++) {
            ck_assert_str_ne(row->name, syscall_abi(other)->name);
            ck_assert_str_ne(row->title, syscall_abi(other)->title);
            ck_assert_str_ne(row->entry, syscall_abi(other)->entry);
            ck_assert_uint_ne(row->arch, syscall_abi(other)->arch);
        }
        ck_assert_int_eq(syscall_abi_of_arch(row->arch), abi);
        ck_assert(row->word == 4 || row->word == 8);
        ck_assert(is_register(row->number, row->word) && is_register(row->result, row->word));
        for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++)
            ck_assert_msg(is_register(row->arguments[i], row->word), "%s", row->arguments[i]);
        for (unsigned i = 0; row->lost[i]; i++)
            ck_assert_msg(is_register(row->lost[i], row->word), "%s", row->lost[i]);
    }
    ck_assert_int_eq(syscall_abi_of_arch(0), CALL_NATIVE);
}
END_TEST

START_TEST(libseccomp_knows_each_abi_s_token)
{
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        int number = syscall_number(abi, "write");
        ck_assert_int_ge(number, 0);
        ck_assert_str_eq(syscall_find(&calls, abi, (uint64_t)number)->name, "write");
        for (unsigned other = 0; other < abi; other++)
            ck_assert_int_ne(number, syscall_number(other, "write"));
    }
    ck_assert_uint_eq(syscall_abi(CALL_X86_64)->arch, SCMP_ARCH_X86_64);
    ck_assert_uint_eq(syscall_abi(CALL_I386)->arch, SCMP_ARCH_X86);
}
END_TEST

START_TEST(an_instruction_makes_calls_of_its_abi)
{
    static const enum call_abi abis[] = {[CALL_BY_SYSCALL] = CALL_X86_64,
                                         [CALL_BY_INT80] = CALL_I386,
                                         [CALL_BY_SYSENTER] = CALL_I386,
                                         [CALL_BY_SYSCALL32] = CALL_I386};
    size_t count = sizeof abis / sizeof abis[0];
    for (size_t i = 0; i < count; i++) {
        const struct call_instruction_row *row = syscall_instruction((enum call_instruction)i);
        ck_assert_uint_eq(row->id, i);
        ck_assert_int_eq(row->abi, abis[i]);
        ck_assert_ptr_nonnull(syscall_instruction_at(i));
    }
    ck_assert_ptr_null(syscall_instruction_at(count));
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        ck_assert_int_eq(syscall_instruction(syscall_abi(abi)->instruction)->abi, abi);
}
END_TEST

START_TEST(a_word_of_an_abi_is_cut_from_a_register)
{
    const uint64_t value = UINT64_C(0x12345678fffffffe);
    ck_assert_uint_eq(syscall_register(CALL_X86_64, value), value);
    ck_assert_uint_eq(syscall_register(CALL_I386, value), 0xfffffffe);
    ck_assert_int_eq(syscall_result(CALL_I386, value), -2);
    ck_assert_int_eq(syscall_result(CALL_I386, 0x7fffffff), INT32_MAX);
    ck_assert_int_eq(syscall_result(CALL_X86_64, value), (int64_t)value);
    ck_assert_int_eq(syscall_result(CALL_X86_64, UINT64_MAX - 1), -2);
}
END_TEST

START_TEST(names_of_abis_are_listed_in_words)
{
    char names[CALL_ABI_NAMES_ROOM];
    syscall_abi_names((const bool[CALL_ABIS]){true, true}, names);
    ck_assert_str_eq(names, "x86_64 or i386");
    syscall_abi_names((const bool[CALL_ABIS]){[CALL_I386] = true}, names);
    ck_assert_str_eq(names, "i386");
    syscall_abi_names((const bool[CALL_ABIS]){false}, names);
    ck_assert_str_eq(names, "");
}
END_TEST

/* The text of `tinyelf syscall`, squeezed, from the rows. */
START_TEST(rules_are_printed_as_the_rows_have_them)
{
    char bytes[4096];
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        const struct call_abi_row *row = syscall_abi(abi);
        struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes - 1};
        bool asked[CALL_ABIS] = {false};
        asked[abi] = true;
        syscall_put_rules(&text, 0, asked);
        bytes[text.length] = '\0';
        char expected[512], *end = expected;
        end += sprintf(end, "               %s\nnumber         %s\narguments      ", row->name,
                       row->number);
        for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++)
            end += sprintf(end, "%s%s", i ? ", " : "", row->arguments[i]);
        end += sprintf(end, "\ninstruction    %s\nresult         %s\n",
                       syscall_instruction(row->instruction)->name, row->result);
        ck_assert_msg(strncmp(bytes, expected, strlen(expected)) == 0, "%s\n%s", bytes, expected);
    }
}
END_TEST

/* ---- reports ---- */

static void lines_fit(const struct elfgen_text *text)
{
    size_t start = 0;
    ck_assert(!text->cut);
    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] != '\n')
            continue;
        ck_assert_msg(i - start <= SYSCALL_WIDTH, "%.*s", (int)(i - start), text->bytes + start);
        ck_assert(i == 0 || text->bytes[i - 1] != ' ');
        start = i + 1;
    }
    ck_assert_uint_eq(start, text->length);
}

static void longest_of(struct call_facts *facts, struct call_row *row, enum call_abi abi,
                       unsigned parameters)
{
    *row = (struct call_row){.name = "x", .result = CALL_TYPE_SIGHANDLER};
    for (unsigned i = 0; i < parameters; i++)
        row->parameters[i] = (struct call_parameter){"fifteen_letters", CALL_TYPE_SIGACTION, 0};
    *facts = (struct call_facts){.abi = abi, .number = 123456, .row = row, .implemented = true};
    memset(facts->name, 'n', sizeof facts->name - 1);
    memset(facts->entry, 'e', sizeof facts->entry - 1);
    facts->entry[1] = '_';
}

/* Removes blanks and line ends. */
static void squeeze(char *bytes, size_t *length)
{
    size_t kept = 0;
    for (size_t i = 0; i < *length; i++)
        if (bytes[i] != ' ' && bytes[i] != '\n')
            bytes[kept++] = bytes[i];
    *length = kept;
}

START_TEST(the_longest_possible_row_is_cut_or_wrapped)
{
    char buffer[8192];
    struct call_row row;
    struct call_facts pair[CALL_ABIS];
    for (unsigned parameters = 0; parameters <= ELFGEN_ARGUMENTS; parameters++) {
        for (unsigned abi = 0; abi < CALL_ABIS; abi++)
            longest_of(&pair[abi], &row, abi, parameters);
        struct elfgen_text text = {.bytes = buffer, .capacity = sizeof buffer};
        syscall_put_list(&text, 0, pair, 1);
        syscall_put_names(&text, 0, pair, CALL_ABIS);
        syscall_put_names(&text, 0, pair + 1, 1);
        lines_fit(&text);
        char prototype[CALL_PROTOTYPE_ROOM];
        parameter_text_prototype(&pair[0], prototype);
        ck_assert_uint_lt(strlen(prototype), CALL_PROTOTYPE_ROOM - 1);
        /* The prototype is complete, wrapped into lines. */
        text.length = 0;
        const struct call_facts *const both[CALL_ABIS] = {&pair[0], NULL};
        syscall_put_one(&text, 0, both);
        ck_assert(!text.cut);
        squeeze(buffer, &text.length);
        size_t length = strlen(prototype);
        squeeze(prototype, &length);
        ck_assert_mem_eq(buffer, prototype, length);
    }
}
END_TEST

START_TEST(a_parameter_is_declared_as_in_C)
{
    char text[96];
    static const struct {
        struct call_parameter parameter;
        const char *text;
    } samples[] = {
        {{"fd", CALL_TYPE_FD, CALL_NO_SIZE}, "int fd"},
        {{"pathname", CALL_TYPE_PATH, CALL_NO_SIZE}, "const char *pathname"},
        {{"argv", CALL_TYPE_ARGV, CALL_NO_SIZE}, "char *const *argv"},
        {{"handler", CALL_TYPE_SIGHANDLER, CALL_NO_SIZE}, "sighandler_t handler"},
    };
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct elfgen_text out = {.bytes = text, .capacity = sizeof text - 1};
        parameter_text_declare(&out, &samples[i].parameter);
        text[out.length] = '\0';
        ck_assert_str_eq(text, samples[i].text);
    }
}
END_TEST

START_TEST(the_4095_highest_results_are_errors)
{
    ck_assert(syscall_is_error(-1));
    ck_assert(syscall_is_error(-4095));
    ck_assert(!syscall_is_error(-4096));
    ck_assert(!syscall_is_error(0));
    ck_assert(!syscall_is_error(INT64_MAX));
    ck_assert(!syscall_is_error(INT64_MIN));
}
END_TEST

static Suite *syscalls_suite(void)
{
    Suite *suite = suite_create("syscalls");
    TCase *tables = tcase_create("tables");
    tcase_add_test(tables, every_row_of_entries_is_a_call_that_no_rule_covers);
    tcase_add_test(tables, a_number_is_that_of_its_name);
    tcase_add_test(tables, names_numbers_and_inner_calls_are_libseccomp_s);
    tcase_add_test(tables, no_table_has_calls_above_the_last_number_searched);
    tcase_add_test(tables, entry_points_are_complete_and_have_the_abi_s_prefix);
    tcase_add_test(tables, the_4095_highest_results_are_errors);
    suite_add_tcase(suite, tables);
    TCase *abis = tcase_create("abis");
    tcase_add_test(abis, each_abi_has_its_own_names_and_its_registers_exist);
    tcase_add_test(abis, libseccomp_knows_each_abi_s_token);
    tcase_add_test(abis, an_instruction_makes_calls_of_its_abi);
    tcase_add_test(abis, a_word_of_an_abi_is_cut_from_a_register);
    tcase_add_test(abis, names_of_abis_are_listed_in_words);
    tcase_add_test(abis, rules_are_printed_as_the_rows_have_them);
    suite_add_tcase(suite, abis);
    TCase *reports = tcase_create("reports");
    tcase_add_test(reports, the_longest_possible_row_is_cut_or_wrapped);
    tcase_add_test(reports, a_parameter_is_declared_as_in_C);
    suite_add_tcase(suite, reports);
    return suite;
}

RUN_SUITE(syscalls_suite)
