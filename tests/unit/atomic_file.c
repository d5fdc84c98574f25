/* cli/atomic_file: a file is written whole or not at all, whichever call fails. The tests replace
 * open, write, close, rename, unlink and the exchange of names (ld's --wrap), so that each can
 * fail. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "room.h"

/* ---- calls that can fail ---- */

enum call {
    CALL_OPEN,
    CALL_WRITE,
    CALL_CLOSE,
    CALL_RENAME,
    CALL_EXCHANGE, /* the system call renameat2 */
    CALL_UNLINK,   /* the first one: what is left of a failure is removed by the next */
    CALL_COUNT
};

static struct {
    bool on; /* calls are counted, and may fail */
    unsigned made[CALL_COUNT];
    enum call fails;
    unsigned number; /* which call of its kind fails, counted from 1; 0: none */
    int error;
    size_t most;     /* bytes that one write accepts; 0: all */
    int no_exchange; /* every exchange fails with this error; 0: as the file system has it */
    void (*renaming)(const char *from, const char *to); /* or exchanging */
} calls;

/* The tests' own folder. */
static char work[PATH_MAX];

/* Ends the test before broken code can create or rename a file outside of the folder, in /dev. */
static void stay_in_folder(const char *path)
{
    bool outside = path[0] == '/' && strncmp(path, work, strlen(work)) != 0;
    if (calls.on && outside && strncmp(path, "/proc/", 6) != 0)
        ck_abort_msg("%s is outside of the test's folder", path);
}

static bool is_to_fail(enum call call)
{
    if (!calls.on || ++calls.made[call] != calls.number || calls.fails != call)
        return false;
    errno = calls.error;
    return true;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (flags & O_CREAT)
        stay_in_folder(path);
    return is_to_fail(CALL_OPEN) ? -1 : __real_open(path, flags, mode);
}

ssize_t __real_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    if (file == STDERR_FILENO)
        return __real_write(file, bytes, size);
    if (is_to_fail(CALL_WRITE))
        return -1;
    return __real_write(file, bytes,
                        calls.on && calls.most && size > calls.most ? calls.most : size);
}

int __real_close(int file);
int __wrap_close(int file);
int __wrap_close(int file)
{
    bool fails = is_to_fail(CALL_CLOSE);
    int error = errno, result = __real_close(file);
    if (fails)
        errno = error;
    return fails ? -1 : result;
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    stay_in_folder(from);
    stay_in_folder(to);
    if (calls.on && calls.renaming)
        calls.renaming(from, to);
    return is_to_fail(CALL_RENAME) ? -1 : __real_rename(from, to);
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    long values[5];
    for (size_t i = 0; i < 5; i++)
        values[i] = va_arg(arguments, long);
    va_end(arguments);
    const char *from = (const char *)values[1], *to = (const char *)values[3];
    ck_assert_int_eq(number, SYS_renameat2);
    stay_in_folder(from);
    stay_in_folder(to);
    if (calls.on && calls.renaming && calls.made[CALL_EXCHANGE] == 0)
        calls.renaming(from, to);
    if (is_to_fail(CALL_EXCHANGE))
        return -1;
    if (calls.on && calls.no_exchange) {
        errno = calls.no_exchange;
        return -1;
    }
    return __real_syscall(number, values[0], from, values[2], to, values[4]);
}

int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    stay_in_folder(path);
    return is_to_fail(CALL_UNLINK) ? -1 : __real_unlink(path);
}

static bool put(const char *path, const void *bytes, size_t size, bool executable)
{
    memset(calls.made, 0, sizeof calls.made);
    calls.on = true;
    bool done = atomic_file_write(path, bytes, size, executable);
    calls.on = false;
    return done;
}

static bool put_text(const char *path, const char *text)
{
    return put(path, text, strlen(text), false);
}

/* ---- a folder of its own ---- */

static FILE *errors;
static char printed[2 * PATH_MAX];

static void enter_folder(void)
{
    const char *folder = getenv("TMPDIR");
    snprintf(work, sizeof work, "%s/atomic-file-test-XXXXXX", folder ? folder : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(work));
    ck_assert_int_eq(chdir(work), 0);
    umask(022);
    errors = tmpfile();
    ck_assert_int_ge(dup2(fileno(errors), STDERR_FILENO), 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    nftw(work, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* What was printed on standard error. */
static const char *messages(void)
{
    fflush(stderr);
    ssize_t length = pread(fileno(errors), printed, sizeof printed - 1, 0);
    printed[length > 0 ? length : 0] = '\0';
    return printed;
}

static void assert_message(const char *start, int error)
{
    const char *reason = strerror(error);
    size_t length = strlen(messages());
    ck_assert_msg(strncmp(printed, start, strlen(start)) == 0, "%s", printed);
    ck_assert_msg(length > strlen(reason) + 1 &&
                      strncmp(printed + length - 1 - strlen(reason), reason, strlen(reason)) == 0,
                  "%s: not %s", printed, reason);
    ck_assert_int_eq(printed[length - 1], '\n');
    ck_assert_int_eq(ftruncate(fileno(errors), 0), 0);
    ck_assert_int_eq(lseek(fileno(errors), 0, SEEK_SET), 0);
}

/* A message that ends without a system's reason. */
static void assert_whole_message(const char *text)
{
    messages();
    ck_assert_str_eq(printed, text);
    ck_assert_int_eq(ftruncate(fileno(errors), 0), 0);
    ck_assert_int_eq(lseek(fileno(errors), 0, SEEK_SET), 0);
}

static void assert_holds(const char *path, const void *bytes, size_t size)
{
    int file = open(path, O_RDONLY);
    char *got = malloc(size + 1);
    ck_assert_msg(file >= 0, "%s: %s", path, strerror(errno));
    size_t length = 0;
    for (ssize_t part; length <= size && (part = read(file, got + length, size + 1 - length)) > 0;)
        length += (size_t)part;
    ck_assert_uint_eq(length, size);
    ck_assert(memcmp(got, bytes, size) == 0);
    free(got);
    close(file);
}

static void assert_text(const char *path, const char *text)
{
    assert_holds(path, text, strlen(text));
}

static void assert_mode(const char *path, mode_t mode)
{
    struct stat status;
    ck_assert_int_eq(lstat(path, &status), 0);
    ck_assert(S_ISREG(status.st_mode));
    ck_assert_uint_eq(status.st_mode & 07777, mode);
}

static unsigned entries(const char *path)
{
    DIR *folder = opendir(path);
    unsigned count = 0;
    ck_assert_ptr_nonnull(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count - 2; /* . and .. */
}

static void make(const char *path, const char *text, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(file, mode), 0);
    close(file);
}

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
    tcase_add_test(all, a_path_where_no_file_can_be_created_is_refused);
    tcase_add_test(all, a_symbolic_link_stays_and_its_target_is_replaced);
    tcase_add_test(all, a_symbolic_link_that_leads_nowhere_is_refused_and_stays);
    tcase_add_test(all, a_dangling_symbolic_link_stays_and_its_target_is_made);
    tcase_add_test(all, a_fifo_is_written_to_and_stays);
    tcase_add_test(all, a_device_is_written_to_and_its_errors_are_reported);
    tcase_add_test(all, the_path_of_an_open_file_writes_to_it_at_its_offset);
    tcase_add_test(all, a_dash_is_standard_output_which_stays_open);
    tcase_add_test(all, a_regular_file_is_recognised_by_any_of_its_names);
    suite_add_tcase(suite, all);
    return suite;
}

RUN_SUITE(atomic_file_suite)
