/* format/: Linux reads exactly the fields that the tables say it reads; its signals have names. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "elfgen.h"
#include "field.h"
#include "support/lecture.h"
#include "room.h"

/* Runs the bytes as a program, discards its output, and returns its wait status. */
static int run_bytes(const uint8_t *bytes, size_t size)
{
    int file = memfd_create("program", MFD_CLOEXEC);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, bytes, size), (ssize_t)size);
    pid_t child = fork();
    if (child == 0) {
        char *const none[] = {NULL};
        const struct rlimit nothing = {0, 0}, second = {1, 1};
        setrlimit(RLIMIT_CORE, &nothing);
        setrlimit(RLIMIT_CPU, &second);
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        fexecve(file, none, none);
        _exit(99);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    close(file);
    return status;
}

/* Overwrites each field of a structure that, by the table, Linux does not read. */
static unsigned spoil(enum elfgen_structure_id id, uint8_t *bytes)
{
    unsigned spoiled = 0;
    for (unsigned i = 0; i < elfgen_structures[id].count; i++) {
        const struct elfgen_field *field = &elfgen_structures[id].fields[i];
        if (field->reader == ELFGEN_READER_KERNEL)
            continue;
        elfgen_field_set(field, ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN, bytes, UINT64_MAX);
        spoiled++;
    }
    return spoiled;
}

START_TEST(linux_runs_a_program_with_any_values_in_fields_that_it_does_not_read)
{
    uint8_t bytes[sizeof lecture_file];
    memcpy(bytes, lecture_file, sizeof bytes);
    ck_assert_int_eq(run_bytes(bytes, sizeof bytes), 0);
    ck_assert_uint_ge(spoil(ELFGEN_STRUCTURE_ehdr, bytes), 10);
    ck_assert_uint_eq(spoil(ELFGEN_STRUCTURE_phdr, bytes + 64), 1);
    ck_assert_int_eq(run_bytes(bytes, sizeof bytes), 0);
}
END_TEST

START_TEST(linux_reads_every_field_that_the_table_says_it_reads)
{
    /* A value for each field with which no program runs. p_align is read for ET_DYN only; of
     * p_flags, only the execute bit matters here. */
    static const struct {
        const char *name;
        uint64_t value;
    } bad[] = {{"ei_mag0", 0},     {"ei_mag1", 0},   {"ei_mag2", 0}, {"ei_mag3", 0},
               {"e_type", 1},      {"e_machine", 8}, {"e_entry", 8}, {"e_phoff", 1 << 20},
               {"e_phentsize", 1}, {"e_phnum", 0},   {"p_type", 0},  {"p_offset", 4096},
               {"p_vaddr", 1},     {"p_filesz", 0},  {"p_memsz", 1}, {"p_flags", 0}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[sizeof lecture_file];
        memcpy(bytes, lecture_file, sizeof bytes);
        bool segment = bad[i].name[0] == 'p';
        const struct elfgen_field *row =
            find_row(segment ? ELFGEN_STRUCTURE_phdr : ELFGEN_STRUCTURE_ehdr, bad[i].name);
        ck_assert_int_eq(row->reader, ELFGEN_READER_KERNEL);
        elfgen_field_set(row, ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN, bytes + (segment ? 64 : 0),
                         bad[i].value);
        ck_assert_msg(run_bytes(bytes, sizeof bytes) != 0, "%s", bad[i].name);
    }
}
END_TEST

START_TEST(signals_have_the_c_librarys_names)
{
    for (int number = 1; number < 32; number++) {
        const char *name = elfgen_signal_name(ELFGEN_EM_X86_64, (uint64_t)number);
        ck_assert_ptr_nonnull(name);
        /* It calls SIGIO by its other name. */
        if (number != SIGIO)
            ck_assert_str_eq(name + strlen("SIG"), sigabbrev_np(number));
    }
    ck_assert_ptr_null(elfgen_signal_name(ELFGEN_EM_X86_64, 0));
    ck_assert_ptr_null(elfgen_signal_name(ELFGEN_EM_X86_64, 32));
    /* signal(7): the processors that have other numbers. */
    ck_assert_str_eq(elfgen_signal_name(ELFGEN_EM_MIPS, 10), "SIGBUS");
    ck_assert_str_eq(elfgen_signal_name(ELFGEN_EM_ALPHA, 7), "SIGEMT");
    ck_assert_str_eq(elfgen_signal_name(ELFGEN_EM_SPARCV9, 30), "SIGUSR1");
}
END_TEST

START_TEST(codes_of_signals_have_the_names_of_signal_h)
{
    static const struct {
        int signal, code;
        const char *name;
    } codes[] = {
#define CODE(signal, name) {signal, name, #name}
        CODE(SIGSEGV, SEGV_MAPERR), CODE(SIGSEGV, SEGV_PKUERR), CODE(SIGBUS, BUS_ADRERR),
        CODE(SIGILL, ILL_BADSTK),   CODE(SIGFPE, FPE_FLTSUB),   CODE(SIGTRAP, TRAP_HWBKPT),
        CODE(SIGCHLD, CLD_STOPPED), CODE(SIGTERM, SI_USER),     CODE(SIGSEGV, SI_KERNEL),
        CODE(SIGABRT, SI_TKILL),    CODE(SIGUSR1, SI_QUEUE),
#undef CODE
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        ck_assert_str_eq(
            elfgen_signal_code_name(ELFGEN_EM_X86_64, (uint64_t)codes[i].signal, codes[i].code),
            codes[i].name);
    ck_assert_ptr_null(elfgen_signal_code_name(ELFGEN_EM_X86_64, SIGTERM, 1));
}
END_TEST

static Suite *format_linux_suite(void)
{
    Suite *suite = suite_create("format, Linux");
    TCase *readers = tcase_create("fields that Linux reads");
    tcase_add_test(readers, linux_runs_a_program_with_any_values_in_fields_that_it_does_not_read);
    tcase_add_test(readers, linux_reads_every_field_that_the_table_says_it_reads);
    suite_add_tcase(suite, readers);
    TCase *signals = tcase_create("signals");
    tcase_add_test(signals, signals_have_the_c_librarys_names);
    tcase_add_test(signals, codes_of_signals_have_the_names_of_signal_h);
    suite_add_tcase(suite, signals);
    return suite;
}

RUN_SUITE(format_linux_suite)
