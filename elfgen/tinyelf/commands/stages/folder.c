/* Makes the folder as a whole or not at all; only replaces a folder that stages made.
 *
 * DIR/cc and DIR/tinyelf contain the files, DIR/stages.json the report. DIR/.stages has a line for
 * each file with its checksum: if a file differs from its line, somebody has changed it. */
#include "stages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system_error.h"
#include "cli/cli.h"
#include "cli/interrupt.h"

static const char marker[] = ".stages";
static const char report_name[] = "stages.json";
static const char *const ways[WAY_COUNT] = {"cc", "tinyelf"};

static bool join(char *path, size_t room, const char *folder, const char *name)
{
    int length = snprintf(path, room, "%s/%s", folder, name);
    if (length > 0 && (size_t)length < room)
        return true;
    message(folder, "error", "%s", system_error_text(ENAMETOOLONG));
    return false;
}

/* FNV-1a detects changes, but not forgeries. */
static uint64_t checksum(const char *bytes, size_t size)
{
    uint64_t sum = 0xcbf29ce484222325U;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3U;
    return sum;
}

static bool read_whole(const char *path, struct file_bytes *bytes)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    bool done = file >= 0 && file_read(file, true, bytes);
    if (file >= 0)
        close(file);
    return done;
}

/* ---- an existing folder ---- */

typedef bool visit(const char *path, const char *name, bool is_folder, void *context);

/* Calls `each` for everything in the folder and its subfolders, contents first. `name` is the path
 * inside the folder. */
static bool walk(const char *folder, const char *inside, visit *each, void *context)
{
    DIR *entries = opendir(folder);
    bool done = entries != NULL;
    for (struct dirent *entry; done && (entry = readdir(entries));) {
        char path[PATH_MAX], name[PATH_MAX];
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int length =
            snprintf(name, sizeof name, "%s%s%s", inside, *inside ? "/" : "", entry->d_name);
        done = length > 0 && (size_t)length < sizeof name &&
               join(path, sizeof path, folder, entry->d_name) && lstat(path, &status) == 0;
        bool is_folder = done && S_ISDIR(status.st_mode);
        if (is_folder && *inside == '\0')
            done = walk(path, name, each, context);
        done = done && each(path, name, is_folder, context);
    }
    if (entries)
        closedir(entries);
    return done;
}

/* Whether a file is as its line in the marker says. */
static bool check(const char *path, const char *name, bool is_folder, void *context)
{
    const struct file_bytes *list = context;
    struct file_bytes bytes = {0};
    char line[PATH_MAX + 64];
    bool known;
    if (is_folder) {
        known = strcmp(name, ways[0]) == 0 || strcmp(name, ways[1]) == 0;
    } else if (strcmp(name, marker) == 0) {
        known = true;
    } else {
        known = read_whole(path, &bytes);
        int length =
            snprintf(line, sizeof line, "%016llx %zu %s\n",
                     (unsigned long long)checksum(bytes.bytes, bytes.size), bytes.size, name);
        known = known && memmem(list->bytes, list->size, line, (size_t)length) != NULL;
        file_free(&bytes);
    }
    if (!known)
        message(path, "error",
                "'tinyelf stages' did not make this, or it was changed since: the folder is left "
                "alone; name another with -o");
    return known;
}

bool stages_may_keep(const char *folder)
{
    char path[PATH_MAX];
    struct stat status;
    struct file_bytes list = {0};
    if (lstat(folder, &status) != 0)
        return errno == ENOENT || atomic_file_not_created(folder, folder, "read");
    if (!join(path, sizeof path, folder, marker))
        return false;
    bool ours = S_ISDIR(status.st_mode) && read_whole(path, &list);
    if (!ours)
        message(folder, "error",
                "it exists, and 'tinyelf stages' did not make it: it is left alone; name another "
                "folder with -o");
    ours = ours && walk(folder, "", check, &list);
    file_free(&list);
    return ours;
}

/* Removes a file or a folder of ours. */
static bool remove_one(const char *path, const char *name, bool is_folder, void *context)
{
    (void)name;
    (void)context;
    return (is_folder ? rmdir(path) : unlink(path)) == 0;
}

static void remove_folder(const char *folder)
{
    walk(folder, "", remove_one, NULL);
    rmdir(folder);
}

/* ---- a new folder ---- */

/* Writes a file, and its line of the marker. */
static bool put_file(const char *folder, const char *name, const char *bytes, size_t size,
                     mode_t mode, FILE *list)
{
    char path[PATH_MAX];
    if (!join(path, sizeof path, folder, name))
        return false;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0)
        return message_cannot(path, "create");
    bool done = file_write(file, bytes, size) || message_cannot(path, "write");
    if (close(file) != 0 && done)
        done = message_cannot(path, "write");
    fprintf(list, "%016llx %zu %s\n", (unsigned long long)checksum(bytes, size), size, name);
    return done;
}

static bool put_stages(const struct stages *stages, const char *folder, FILE *list)
{
    bool done = true;
    for (enum stage_way way = 0; done && way < WAY_COUNT; way++) {
        char path[PATH_MAX];
        done = join(path, sizeof path, folder, ways[way]) &&
               (mkdir(path, 0777) == 0 || message_cannot(path, "create"));
        for (enum stage_number number = 0; done && number < STAGE_COUNT; number++) {
            const struct stage *stage = &stages->of[way][number];
            char *name = NULL;
            if (!stage->made)
                continue;
            done =
                (asprintf(&name, "%s/%s%s", ways[way], stages->name, stages_suffix(number)) >= 0 ||
                 message_no_memory(folder)) &&
                put_file(folder, name, stage->bytes.bytes, stage->bytes.size,
                         number == STAGE_EXECUTABLE ? 0755 : 0644, list);
            free(name);
        }
    }
    return done;
}

static bool fill(const struct stages *stages, const char *folder, const char *report, size_t size)
{
    char *text = NULL, *unused = NULL;
    size_t length = 0, none = 0;
    FILE *list = open_memstream(&text, &length);
    FILE *own = open_memstream(&unused, &none); /* the marker has no line for itself */
    bool done = (list && own) || message_no_memory(folder);
    done = done && put_stages(stages, folder, list) &&
           put_file(folder, report_name, report, size, 0644, list) &&
           (fflush(list) == 0 || message_no_memory(folder)) &&
           put_file(folder, marker, text, length, 0644, own);
    if (list)
        fclose(list);
    if (own)
        fclose(own);
    free(text);
    free(unused);
    return done;
}

/* Puts the new folder in place. An old one is then beside it, and is removed. */
static bool put_in_place(const char *beside, const char *folder)
{
    if (renameat2(AT_FDCWD, beside, AT_FDCWD, folder, RENAME_NOREPLACE) == 0)
        return true;
    if (errno == EEXIST) {
        if (!stages_may_keep(folder))
            return false;
        if (renameat2(AT_FDCWD, beside, AT_FDCWD, folder, RENAME_EXCHANGE) == 0) {
            remove_folder(beside);
            return true;
        }
    }
    if (errno == EINVAL || errno == ENOSYS) {
        /* The file system supports neither: the two are exchanged in two steps, but never mixed. */
        if (!stages_may_keep(folder))
            return false;
        remove_folder(folder);
        if (rename(beside, folder) == 0)
            return true;
    }
    return message_cannot(folder, "replace");
}

bool stages_keep(const struct stages *stages, const char *folder, const char *report, size_t size)
{
    /* If this were interrupted, the new folder would be left behind. */
    char beside[PATH_MAX];
    sigset_t before;
    int length = snprintf(beside, sizeof beside, "%s.tinyelf-%ld", folder, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof beside) {
        errno = ENAMETOOLONG;
        return message_cannot(folder, "create a folder beside it");
    }
    interrupt_hold(&before);
    bool made = mkdir(beside, 0777) == 0;
    bool done = (made || atomic_file_not_created(folder, folder, "create a folder beside it")) &&
                fill(stages, beside, report, size) && put_in_place(beside, folder);
    if (made && !done)
        remove_folder(beside);
    interrupt_release(&before);
    return done;
}
