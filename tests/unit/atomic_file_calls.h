/* Calls that can fail, and a folder of its own for each test; shared by the tests of
 * cli/atomic_file. */
#ifndef ATOMIC_FILE_CALLS_H
#define ATOMIC_FILE_CALLS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "room.h"

/* The tests replace these calls (ld's --wrap), so that each can fail. */
enum call {
    CALL_OPEN,
    CALL_WRITE,
    CALL_CLOSE,
    CALL_RENAME,
    CALL_EXCHANGE, /* the system call renameat2 */
    CALL_UNLINK,   /* the first one: what is left of a failure is removed by the next */
    CALL_COUNT
};

extern struct failing_calls {
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
extern char work[PATH_MAX];

/* The call itself. */
int __real_unlink(const char *path);

/* atomic_file_write() with calls that are counted, and may fail. */
bool put(const char *path, const void *bytes, size_t size, bool executable);
bool put_text(const char *path, const char *text);

/* Fixtures: the folder, and standard error in a file. */
void enter_folder(void);
void remove_folder(void);
extern FILE *errors;

/* What was printed on standard error. */
const char *messages(void);

/* That it is one message, which ends with a system's reason; or a whole one. It is forgotten. */
void assert_message(const char *start, int error);
void assert_whole_message(const char *text);

void assert_holds(const char *path, const void *bytes, size_t size);
void assert_text(const char *path, const char *text);
void assert_mode(const char *path, mode_t mode);

/* How many files a folder has. */
unsigned entries(const char *path);

void make(const char *path, const char *text, mode_t mode);

TCase *atomic_file_place_cases(void);

#endif
