/* cli/atomic_file: a file is written whole or not at all, whichever call fails. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file_calls.h"

/* ---- what is written ---- */

START_TEST(a_new_file_has_all_bytes_and_the_mode_that_the_umask_leaves)
{
    static const mode_t masks[] = {0, 022, 027, 077};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        umask(masks[i]);
        ck_assert(put("program", "bytes\0too", 9, true));
        ck_assert(put("./data", "data", 4, false));
        assert_holds("program", "bytes\0too", 9);
        assert_text("data", "data");
        assert_mode("program", 0755 & ~masks[i]);
        assert_mode("data", 0644 & ~masks[i]);
        ck_assert_uint_eq(entries("."), 2);
        ck_assert(unlink("program") == 0 && unlink("data") == 0);
    }
    ck_assert_str_eq(messages(), "");
}
END_TEST

START_TEST(any_number_of_bytes_is_written_in_as_many_writes_as_it_takes)
{
    enum { MANY = 300000 };
    uint8_t *bytes = malloc(MANY);
    for (size_t i = 0; i < MANY; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    ck_assert(put("none", NULL, 0, false));
    assert_text("none", "");
    ck_assert(put("many", bytes, MANY, false));
    assert_holds("many", bytes, MANY);
    calls.most = 1000;
    ck_assert(put("many", bytes, MANY / 2, false));
    ck_assert_uint_eq(calls.made[CALL_WRITE], MANY / 2 / 1000);
    assert_holds("many", bytes, MANY / 2);
    /* A write that a signal interrupts is repeated. */
    calls.fails = CALL_WRITE;
    calls.number = 7;
    calls.error = EINTR;
    ck_assert(put("many", bytes, 20000, false));
    ck_assert_uint_eq(calls.made[CALL_WRITE], 21);
    assert_holds("many", bytes, 20000);
    free(bytes);
}
END_TEST

START_TEST(an_existing_file_is_replaced_and_so_is_its_mode)
{
    make("file", "an older and longer text", 0600);
    ck_assert_int_eq(link("file", "another name"), 0);
    ck_assert(put("file", "new", 3, true));
    assert_text("file", "new");
    assert_mode("file", 0755);
    assert_text("another name", "an older and longer text");
    assert_mode("another name", 0600);
    /* A read-only file is replaced as well: the folder's permissions decide. */
    make("file", "old", 0400);
    ck_assert(put_text("file", "newer"));
    assert_text("file", "newer");
    ck_assert_uint_eq(entries("."), 2);
}
END_TEST

static unsigned renames;

static void look(const char *from, const char *to)
{
    sigset_t held;
    renames++;
    ck_assert_str_eq(to, "folder/file");
    ck_assert_int_eq(strncmp(from, "folder/.tinyelf-", 16), 0);
    assert_text(from, "the new text");
    assert_mode(from, 0755);
    if (access(to, F_OK) == 0)
        assert_text(to, "old");
    sigprocmask(SIG_SETMASK, NULL, &held);
    ck_assert(sigismember(&held, SIGINT) && sigismember(&held, SIGTERM) &&
              sigismember(&held, SIGHUP) && sigismember(&held, SIGQUIT));
}

START_TEST(the_path_shows_the_older_file_or_none_until_the_new_one_is_whole)
{
    sigset_t before, after;
    calls.renaming = look;
    sigprocmask(SIG_SETMASK, NULL, &before);
    ck_assert_int_eq(mkdir("folder", 0755), 0);
    ck_assert(put("folder/file", "the new text", 12, true));
    make("folder/file", "old", 0600);
    ck_assert(put("folder/file", "the new text", 12, true));
    ck_assert_uint_eq(renames, 2);
    assert_text("folder/file", "the new text");
    sigprocmask(SIG_SETMASK, NULL, &after);
    for (int number = 1; number < NSIG; number++)
        ck_assert_int_eq(sigismember(&before, number), sigismember(&after, number));
}
END_TEST

static volatile sig_atomic_t came;

static void note(int number)
{
    came = number;
}

static void interrupt_now(const char *from, const char *to)
{
    (void)from;
    (void)to;
    raise(SIGTERM);
    ck_assert_int_eq(came, 0);
}

START_TEST(a_signal_is_delayed_until_the_file_is_in_place)
{
    const struct sigaction action = {.sa_handler = note};
    sigaction(SIGTERM, &action, NULL);
    calls.renaming = interrupt_now;
    ck_assert(put_text("file", "whole"));
    ck_assert_int_eq(came, SIGTERM);
    assert_text("file", "whole");
    ck_assert_uint_eq(entries("."), 1);
}
END_TEST

START_TEST(existing_temporary_files_are_left_alone)
{
    char name[100];
    for (unsigned i = 0; i < 3; i++) {
        snprintf(name, sizeof name, ".tinyelf-%ld-%u", (long)getpid(), i);
        make(name, "somebody's", 0600);
    }
    ck_assert(put_text("file", "text"));
    assert_text("file", "text");
    for (unsigned i = 0; i < 100; i++) {
        snprintf(name, sizeof name, ".tinyelf-%ld-%u", (long)getpid(), i);
        if (i < 3)
            assert_text(name, "somebody's");
        make(name, "somebody's", 0600);
    }
    /* After a hundred taken names it gives up. */
    ck_assert(!put_text("file", "other"));
    assert_message("tinyelf: file: error: cannot create a file beside it: ", EEXIST);
    assert_text("file", "text");
    ck_assert_uint_eq(entries("."), 101);
}
END_TEST

/* ---- each failure ---- */

static const struct {
    enum call call;
    unsigned number;
    int error;
    const char *what;
} failures[] = {
    {CALL_OPEN, 1, EACCES, "create a file beside it"},
    {CALL_OPEN, 1, EROFS, "create a file beside it"},
    {CALL_OPEN, 1, ENOSPC, "create a file beside it"},
    {CALL_WRITE, 1, ENOSPC, "write"},
    {CALL_WRITE, 2, EIO, "write"},
    {CALL_WRITE, 3, EFBIG, "write"},
    {CALL_CLOSE, 1, EDQUOT, "write"},
    {CALL_RENAME, 1, EBUSY, "replace"},
    {CALL_RENAME, 1, EPERM, "replace"},
    {CALL_UNLINK, 1, EISDIR, "replace"},
    {CALL_UNLINK, 1, EIO, "replace"},
};

START_TEST(whatever_fails_the_older_file_is_unchanged_and_no_temporary_file_remains)
{
    char start[100];
    snprintf(start, sizeof start, "tinyelf: file: error: cannot %s: ", failures[_i].what);
    /* Where nothing is replaced, nothing is removed; where the exchange succeeds, nothing renamed.
     */
    for (int old = failures[_i].call == CALL_UNLINK; old < 2; old++) {
        calls.fails = failures[_i].call;
        calls.no_exchange = failures[_i].call == CALL_RENAME ? EINVAL : 0;
        calls.number = failures[_i].number;
        calls.error = failures[_i].error;
        calls.most = 5;
        if (old)
            make("file", "the older one", 0640);
        ck_assert(!put("file", "the new text", 12, true));
        assert_message(start, failures[_i].error);
        ck_assert_uint_eq(entries("."), (unsigned)old);
        if (old) {
            assert_text("file", "the older one");
            assert_mode("file", 0640);
        }
        /* The next attempt succeeds. */
        calls.number = 0;
        ck_assert(put("file", "the new text", 12, true));
        assert_text("file", "the new text");
        unlink("file");
    }
    /* Every descriptor was closed. */
    int next = dup(STDIN_FILENO);
    ck_assert_int_le(next, fileno(errors) + 1);
    close(next);
}
END_TEST

START_TEST(a_file_is_renamed_over_the_older_one_where_names_cannot_be_exchanged)
{
    static const int errors_of[] = {EINVAL, ENOSYS, EPERM, EXDEV};
    for (size_t i = 0; i < sizeof errors_of / sizeof errors_of[0]; i++) {
        make("file", "old", 0640);
        ck_assert_int_eq(link("file", "another name"), 0);
        calls.no_exchange = errors_of[i];
        ck_assert(put("file", "new", 3, true));
        ck_assert_uint_eq(calls.made[CALL_EXCHANGE], 1);
        ck_assert_uint_eq(calls.made[CALL_RENAME], 1);
        ck_assert_uint_eq(calls.made[CALL_UNLINK], 0);
        assert_text("file", "new");
        assert_mode("file", 0755);
        assert_text("another name", "old");
        ck_assert_uint_eq(entries("."), 2);
        unlink("another name");
    }
    ck_assert_str_eq(messages(), "");
}
END_TEST

START_TEST(names_are_exchanged_over_a_regular_file_alone)
{
    ck_assert(put_text("file", "first"));
    ck_assert_uint_eq(calls.made[CALL_EXCHANGE], 0);
    ck_assert_uint_eq(calls.made[CALL_RENAME], 1);
    ck_assert(put_text("file", "second"));
    ck_assert_uint_eq(calls.made[CALL_EXCHANGE], 1);
    ck_assert_uint_eq(calls.made[CALL_RENAME], 0);
    ck_assert_uint_eq(calls.made[CALL_UNLINK], 1);
    assert_text("file", "second");
    ck_assert_uint_eq(entries("."), 1);
}
END_TEST

static void replace_by_folder(const char *from, const char *to)
{
    (void)from;
    ck_assert_int_eq(__real_unlink(to), 0);
    ck_assert_int_eq(mkdir(to, 0700), 0);
    make("file/inside", "kept", 0600);
}

START_TEST(a_folder_that_takes_the_path_in_between_keeps_it)
{
    make("file", "old", 0600);
    calls.renaming = replace_by_folder;
    ck_assert(!put_text("file", "new"));
    assert_message("tinyelf: file: error: cannot replace: ", EISDIR);
    ck_assert_uint_eq(calls.made[CALL_EXCHANGE], 2);
    assert_text("file/inside", "kept");
    ck_assert_uint_eq(entries("."), 1);
}
END_TEST

static void remove_older(const char *from, const char *to)
{
    (void)from;
    ck_assert_int_eq(__real_unlink(to), 0);
    calls.renaming = NULL;
}

START_TEST(a_file_that_goes_away_in_between_is_made_again)
{
    make("file", "old", 0600);
    calls.renaming = remove_older;
    ck_assert(put_text("file", "new"));
    assert_text("file", "new");
    ck_assert_uint_eq(entries("."), 1);
    ck_assert_str_eq(messages(), "");
}
END_TEST

static Suite *atomic_file_suite(void)
{
    Suite *suite = suite_create("atomic_file");
    TCase *all = tcase_create("atomic_file");
    tcase_add_checked_fixture(all, enter_folder, remove_folder);
    tcase_add_test(all, a_new_file_has_all_bytes_and_the_mode_that_the_umask_leaves);
    tcase_add_test(all, any_number_of_bytes_is_written_in_as_many_writes_as_it_takes);
    tcase_add_test(all, an_existing_file_is_replaced_and_so_is_its_mode);
    tcase_add_test(all, the_path_shows_the_older_file_or_none_until_the_new_one_is_whole);
    tcase_add_test(all, a_signal_is_delayed_until_the_file_is_in_place);
    tcase_add_test(all, existing_temporary_files_are_left_alone);
    tcase_add_loop_test(all,
                        whatever_fails_the_older_file_is_unchanged_and_no_temporary_file_remains, 0,
                        sizeof failures / sizeof failures[0]);
    tcase_add_test(all, a_file_is_renamed_over_the_older_one_where_names_cannot_be_exchanged);
    tcase_add_test(all, names_are_exchanged_over_a_regular_file_alone);
    tcase_add_test(all, a_folder_that_takes_the_path_in_between_keeps_it);
    tcase_add_test(all, a_file_that_goes_away_in_between_is_made_again);
    suite_add_tcase(suite, all);
    suite_add_tcase(suite, atomic_file_place_cases());
    return suite;
}

RUN_SUITE(atomic_file_suite)
