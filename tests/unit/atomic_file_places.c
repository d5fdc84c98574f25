/* cli/atomic_file: what is at a path where a file is written to: folders, links, FIFOs, devices,
 * open files. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "atomic_file_calls.h"
#include "cli/cli.h"

START_TEST(a_path_where_no_file_can_be_created_is_refused)
{
    static char path[PATH_MAX];
    ck_assert_int_eq(mkdir("folder", 0755), 0);
    ck_assert(!put_text("folder", "text"));
    assert_message("tinyelf: folder: error: cannot write: ", EISDIR);
    ck_assert(!put_text("nowhere/file", "text"));
    assert_whole_message("tinyelf: nowhere/file: error: the folder 'nowhere' does not exist\n");
    ck_assert(!put_text("folder/a/b/file", "text"));
    assert_whole_message("tinyelf: folder/a/b/file: error: the folder 'folder/a' does not exist\n");
    ck_assert(!put_text("nowhere/", "text"));
    assert_message("tinyelf: nowhere/: error: cannot write: ", EISDIR);
    ck_assert(!put_text("", "text"));
    assert_message("tinyelf: '': error: cannot ", ENOENT);
    make("file", "old", 0644);
    ck_assert(!put_text("file/below", "text"));
    assert_whole_message("tinyelf: file/below: error: 'file' is not a folder\n");
    ck_assert(!put_text("file/", "text"));
    assert_message("tinyelf: file/: error: cannot write: ", ENOTDIR);
    /* A path of 4094 bytes leaves no room for a longer file name. */
    for (size_t i = 0; i < PATH_MAX - 6; i += 2)
        memcpy(path + i, "./", 2);
    memcpy(path + PATH_MAX - 6, "file", 5);
    assert_text(path, "old");
    ck_assert(!put_text(path, "text"));
    assert_message("tinyelf: ./", ENAMETOOLONG);
    /* A path of half that length does. */
    ck_assert(put_text(path + PATH_MAX / 2, "old"));
    assert_text("file", "old");
    ck_assert_uint_eq(entries("."), 2);
    ck_assert_uint_eq(entries("folder"), 0);
}
END_TEST

/* ---- links ---- */

static unsigned renames;

static void look_beside_target(const char *from, const char *to)
{
    char target[PATH_MAX + 20];
    renames++;
    snprintf(target, sizeof target, "%s/folder/.tinyelf-", work);
    ck_assert_int_eq(strncmp(from, target, strlen(target)), 0);
    snprintf(target, sizeof target, "%s/folder/target", work);
    ck_assert_str_eq(to, target);
}

START_TEST(a_symbolic_link_stays_and_its_target_is_replaced)
{
    char target[PATH_MAX];
    calls.renaming = look_beside_target;
    ck_assert_int_eq(mkdir("folder", 0755), 0);
    make("folder/target", "old", 0600);
    ck_assert_int_eq(symlink("folder/target", "link"), 0);
    ck_assert_int_eq(symlink("link", "link to it"), 0);
    ck_assert(put_text("link", "new"));
    assert_text("folder/target", "new");
    assert_mode("folder/target", 0644);
    ck_assert(put("link to it", "newer", 5, true));
    assert_text("folder/target", "newer");
    assert_mode("folder/target", 0755);
    ck_assert_uint_eq(renames, 2);
    ck_assert_int_eq(readlink("link", target, sizeof target), 13);
    ck_assert_int_eq(memcmp(target, "folder/target", 13), 0);
    ck_assert_int_eq(readlink("link to it", target, sizeof target), 4);
    /* Whatever fails, the link and its target stay. */
    for (enum call call = CALL_OPEN; call < CALL_COUNT; call++) {
        if (call == CALL_EXCHANGE)
            continue; /* its failure has rename() called */
        calls.fails = call;
        calls.no_exchange = call == CALL_RENAME ? ENOSYS : 0;
        calls.number = 1;
        calls.error = EIO;
        ck_assert(!put_text("link to it", "never"));
        assert_message("tinyelf: ", EIO);
        assert_text("link to it", "newer");
        ck_assert_int_eq(readlink("link", target, sizeof target), 13);
    }
    ck_assert_uint_eq(entries("."), 3);
    ck_assert_uint_eq(entries("folder"), 1);
}
END_TEST

START_TEST(a_symbolic_link_that_leads_nowhere_is_refused_and_stays)
{
    static const struct {
        const char *name, *target, *message;
        int error; /* which ends the message; 0: it is whole */
    } links[] = {
        {"circle", "circle", "tinyelf: circle: error: cannot follow the link: ", ELOOP},
        {"no folder", "none/file",
         "tinyelf: no folder: error: it is a link to 'none/file': the folder 'none' does not "
         "exist\n",
         0},
    };
    for (size_t i = 0; i < 2; i++) {
        char target[20];
        ck_assert_int_eq(symlink(links[i].target, links[i].name), 0);
        ck_assert(!put_text(links[i].name, "text"));
        if (links[i].error)
            assert_message(links[i].message, links[i].error);
        else
            assert_whole_message(links[i].message);
        ck_assert_int_gt(readlink(links[i].name, target, sizeof target), 0);
        ck_assert_uint_eq(entries("."), i + 1);
    }
    ck_assert_int_eq(symlink("/", "to a folder"), 0);
    ck_assert(!put_text("to a folder", "text"));
    assert_message("tinyelf: to a folder: error: cannot write: ", EISDIR);
}
END_TEST

START_TEST(a_dangling_symbolic_link_stays_and_its_target_is_made)
{
    char target[PATH_MAX];
    ck_assert_int_eq(mkdir("folder", 0755), 0);
    ck_assert_int_eq(symlink("folder/second", "first"), 0);
    ck_assert_int_eq(symlink("../target", "folder/second"), 0);
    for (enum call call = CALL_OPEN; call <= CALL_RENAME; call++) {
        calls.fails = call;
        calls.number = 1;
        calls.error = EIO;
        ck_assert(!put_text("first", "never"));
        assert_message("tinyelf: ", EIO);
        ck_assert_uint_eq(entries("."), 2);
    }
    calls.number = 0;
    ck_assert(put("first", "text", 4, true));
    assert_text("target", "text");
    assert_mode("target", 0755);
    ck_assert_int_gt(readlink("first", target, sizeof target), 0);
    ck_assert_int_gt(readlink("folder/second", target, sizeof target), 0);
    ck_assert_uint_eq(entries("."), 3);
    ck_assert_uint_eq(entries("folder"), 1);
}
END_TEST

/* ---- in place ---- */

START_TEST(a_fifo_is_written_to_and_stays)
{
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_int_eq(symlink("fifo", "link"), 0);
    for (int through_link = 0; through_link < 2; through_link++) {
        pid_t reader = fork();
        if (reader == 0) {
            char text[10] = {0};
            int file = open("fifo", O_RDONLY);
            bool good = read(file, text, sizeof text) == 4 && strcmp(text, "text") == 0;
            _exit(good ? 0 : 1);
        }
        int status;
        ck_assert(put_text(through_link ? "link" : "fifo", "text"));
        ck_assert_uint_eq(calls.made[CALL_RENAME] + calls.made[CALL_EXCHANGE], 0);
        ck_assert_int_eq(waitpid(reader, &status, 0), reader);
        ck_assert_int_eq(status, 0);
        struct stat fifo;
        ck_assert(lstat("fifo", &fifo) == 0 && S_ISFIFO(fifo.st_mode));
        ck_assert_uint_eq(entries("."), 2);
    }
}
END_TEST

START_TEST(a_device_is_written_to_and_its_errors_are_reported)
{
    struct stat device;
    ck_assert(put_text("/dev/null", "text"));
    ck_assert(stat("/dev/null", &device) == 0 && S_ISCHR(device.st_mode));
    ck_assert_uint_eq(calls.made[CALL_RENAME], 0);
    ck_assert_uint_eq(calls.made[CALL_CLOSE], 1);
    if (access("/dev/full", W_OK) == 0) {
        ck_assert(!put_text("/dev/full", "text"));
        assert_message("tinyelf: /dev/full: error: cannot write: ", ENOSPC);
    }
    calls.fails = CALL_CLOSE;
    calls.number = 1;
    calls.error = EIO;
    ck_assert(!put_text("/dev/null", "text"));
    assert_message("tinyelf: /dev/null: error: cannot write: ", EIO);
    calls.fails = CALL_OPEN;
    calls.error = ENXIO;
    ck_assert(!put_text("/dev/null", "text"));
    assert_message("tinyelf: /dev/null: error: cannot open: ", ENXIO);
}
END_TEST

/* An open file has an offset: the bytes are written there, and the file stays open. */
START_TEST(the_path_of_an_open_file_writes_to_it_at_its_offset)
{
    char paths[3][60];
    make("file", "12345678901234567890", 0600);
    int file = open("file", O_RDWR);
    snprintf(paths[0], sizeof paths[0], "/dev/fd/%d", file);
    snprintf(paths[1], sizeof paths[1], "/proc/self/fd/%d", file);
    snprintf(paths[2], sizeof paths[2], "link");
    ck_assert_int_eq(symlink(paths[0], "link"), 0);
    ck_assert_int_eq(lseek(file, 2, SEEK_SET), 2);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(put_text(paths[i], "text"));
        ck_assert_uint_eq(calls.made[CALL_RENAME], 0);
        ck_assert_int_eq(lseek(file, 0, SEEK_CUR), 6 + 4 * (off_t)i);
    }
    assert_text("file", "12texttexttext567890");
    ck_assert_int_eq(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
    ck_assert(put_text("/dev/stdout", "five"));
    assert_text("file", "12texttexttextfive90");
    assert_mode("file", 0600);
    ck_assert_int_eq(fcntl(STDOUT_FILENO, F_GETFD), 0);
    close(file);
    ck_assert(!put_text(paths[1], "text"));
    ck_assert_uint_gt(strlen(messages()), 0);
}
END_TEST

START_TEST(a_dash_is_standard_output_which_stays_open)
{
    int file = open("file", O_RDWR | O_CREAT, 0600);
    ck_assert_int_eq(dup2(file, STDOUT_FILENO), STDOUT_FILENO);
    ck_assert(put_text("-", "one"));
    ck_assert(put("-", "two", 3, true));
    ck_assert_uint_eq(calls.made[CALL_CLOSE], 0);
    assert_text("file", "onetwo");
    assert_mode("file", 0600);
    ck_assert_uint_eq(entries("."), 1);
    calls.fails = CALL_WRITE;
    calls.number = 1;
    calls.error = ENOSPC;
    ck_assert(!put_text("-", "three"));
    assert_message("tinyelf: <stdout>: error: cannot write: ", ENOSPC);
}
END_TEST

/* ---- the same file ---- */

START_TEST(a_regular_file_is_recognised_by_any_of_its_names)
{
    make("file", "text", 0644);
    make("other", "text", 0644);
    ck_assert_int_eq(link("file", "second name"), 0);
    ck_assert_int_eq(symlink("file", "link"), 0);
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert(atomic_file_is_same("file", "file"));
    ck_assert(atomic_file_is_same("./file", "second name"));
    ck_assert(atomic_file_is_same("link", "file"));
    ck_assert(atomic_file_is_same("file", "link"));
    ck_assert(!atomic_file_is_same("file", "other"));
    ck_assert(!atomic_file_is_same("file", "nothing"));
    ck_assert(!atomic_file_is_same("nothing", "file"));
    ck_assert(!atomic_file_is_same("nothing", "nothing"));
    ck_assert(!atomic_file_is_same("fifo", "fifo"));
    ck_assert(!atomic_file_is_same(".", "."));
    ck_assert(!atomic_file_is_same("-", "-"));
    ck_assert(!atomic_file_is_same("-", "file"));
    make("-", "text", 0644);
    ck_assert(!atomic_file_is_same("-", "./-"));
    int file = open("file", O_RDONLY);
    ck_assert_int_eq(dup2(file, STDIN_FILENO), STDIN_FILENO);
    ck_assert(atomic_file_is_same("file", "-"));
    ck_assert(!atomic_file_is_same("other", "-"));
    ck_assert(!atomic_file_is_same("-", "-"));
    close(STDIN_FILENO);
    ck_assert(!atomic_file_is_same("file", "-"));
}
END_TEST

TCase *atomic_file_place_cases(void)
{
    TCase *places = tcase_create("places");
    tcase_add_checked_fixture(places, enter_folder, remove_folder);
    tcase_add_test(places, a_path_where_no_file_can_be_created_is_refused);
    tcase_add_test(places, a_symbolic_link_stays_and_its_target_is_replaced);
    tcase_add_test(places, a_symbolic_link_that_leads_nowhere_is_refused_and_stays);
    tcase_add_test(places, a_dangling_symbolic_link_stays_and_its_target_is_made);
    tcase_add_test(places, a_fifo_is_written_to_and_stays);
    tcase_add_test(places, a_device_is_written_to_and_its_errors_are_reported);
    tcase_add_test(places, the_path_of_an_open_file_writes_to_it_at_its_offset);
    tcase_add_test(places, a_dash_is_standard_output_which_stays_open);
    tcase_add_test(places, a_regular_file_is_recognised_by_any_of_its_names);
    return places;
}
