/* Keeps mutants in a folder, with an index that says what each was changed to and did. */
#include "keep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system_error.h"
#include "cli/cli.h"
#include "cli/interrupt.h"

enum { NAME = 64, VALUES = 256 };

static bool fail(const struct mutate_keep *keep, int number)
{
    message(keep->folder, "error", "%s%s", system_error_text(number),
            number == EEXIST ? ": name a new folder" : "");
    return false;
}

bool mutate_keep_open(struct mutate_keep *keep)
{
    static const char suffix[] = ".XXXXXX";
    struct stat status;
    if (!keep->folder)
        return true;
    size_t length = strlen(keep->folder);
    while (length > 1 && keep->folder[length - 1] == '/')
        length--;
    if (lstat(keep->folder, &status) == 0)
        return fail(keep, EEXIST);
    keep->temporary = malloc(length + sizeof suffix);
    if (!keep->temporary)
        return fail(keep, ENOMEM);
    memcpy(keep->temporary, keep->folder, length);
    memcpy(keep->temporary + length, suffix, sizeof suffix);
    if (mkdtemp(keep->temporary))
        return true;
    int number = errno;
    free(keep->temporary);
    keep->temporary = NULL;
    return fail(keep, number);
}

/* ---- the files ---- */

struct writing {
    struct mutate_keep *keep;
    int directory;
    FILE *index;
    uint8_t *bytes; /* of the program; a byte is changed at a time */
    size_t size;
};

static bool write_file(const struct writing *writing, const char *name)
{
    int file = openat(writing->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool done = file >= 0 && file_write(file, writing->bytes, writing->size);
    int number = errno;
    if (file >= 0 && close(file) != 0 && done) {
        number = errno;
        done = false;
    }
    return done || fail(writing->keep, number);
}

/* A line of the index. Owners' names are of the file: no tab and no line end gets into it. */
static void put_line(const struct writing *writing, const char *name,
                     const struct mutate_byte *byte, unsigned value, enum mutate_class class_)
{
    fprintf(writing->index, "%s\t0x%llx\t0x%02x\t0x%02x\t%s\t", name,
            (unsigned long long)byte->offset, byte->value, value, mutate_class_name(class_));
    for (const char *c = byte->owner.name ? byte->owner.name : "-"; *c; c++)
        putc((unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c, writing->index);
    putc('\n', writing->index);
}

static bool write_byte(struct writing *writing, const uint8_t *classes,
                       const struct mutate_byte *byte)
{
    bool seen[MUTATE_CLASSES] = {false}, done = true;
    for (unsigned value = 0; done && value < VALUES; value++) {
        char name[NAME];
        if (classes[value] == 0)
            continue;
        enum mutate_class class_ = (enum mutate_class)(classes[value] - 1);
        if (!writing->keep->all && seen[class_])
            continue;
        seen[class_] = true;
        snprintf(name, sizeof name, "%04llx-%02x-to-%02x-%s", (unsigned long long)byte->offset,
                 byte->value, value, mutate_class_name(class_));
        writing->bytes[byte->offset] = (uint8_t)value;
        done = write_file(writing, name);
        writing->bytes[byte->offset] = byte->value;
        put_line(writing, name, byte, value, class_);
    }
    return done;
}

static bool write_files(struct writing *writing, const uint8_t *classes,
                        const struct mutate_report *report)
{
    bool done = write_file(writing, "original");
    fputs("name\toffset\tfrom\tto\toutcome\tfield\n", writing->index);
    for (size_t i = 0; done && i < report->count; i++) {
        done = write_byte(writing, classes + VALUES * i, &report->bytes[i]);
        if (done && interrupt_came()) {
            message(writing->keep->folder, "note", "stopped: it is not written");
            done = false;
        }
    }
    return done;
}

static bool open_index(struct writing *writing)
{
    int file =
        openat(writing->directory, "index.tsv", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    writing->index = file < 0 ? NULL : fdopen(file, "w");
    if (writing->index)
        return true;
    int number = errno;
    if (file >= 0)
        close(file);
    return fail(writing->keep, number);
}

/* The folder was made for its owner alone; it gets the permissions of others. */
static bool give_name(struct mutate_keep *keep)
{
    mode_t mask = umask(0);
    umask(mask);
    if (chmod(keep->temporary, 0777 & ~mask) != 0 || rename(keep->temporary, keep->folder) != 0)
        return fail(keep, errno);
    free(keep->temporary);
    keep->temporary = NULL;
    return true;
}

bool mutate_keep_write(struct mutate_keep *keep, const struct mutate_plan *plan,
                       const uint8_t *classes, const struct mutate_report *report)
{
    if (!keep->folder)
        return true;
    struct writing writing = {.keep = keep, .bytes = malloc(plan->size), .size = plan->size};
    if (!writing.bytes)
        return fail(keep, ENOMEM);
    memcpy(writing.bytes, plan->bytes, plan->size);
    writing.directory = open(keep->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = writing.directory >= 0 || fail(keep, errno);
    done = done && open_index(&writing);
    if (done) {
        done = write_files(&writing, classes, report);
        bool good = ferror(writing.index) == 0;
        if ((fclose(writing.index) != 0 || !good) && done)
            done = fail(keep, errno == 0 ? EIO : errno);
    }
    if (writing.directory >= 0)
        close(writing.directory);
    free(writing.bytes);
    return done && give_name(keep);
}

void mutate_keep_close(struct mutate_keep *keep)
{
    if (!keep->temporary)
        return;
    DIR *entries = opendir(keep->temporary);
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    rmdir(keep->temporary);
    free(keep->temporary);
    keep->temporary = NULL;
}
