/* Shared by the files of the judge: what nasm and the assembler make of a source. */
#ifndef TEST_ORACLE_ASSEMBLE_JUDGE_PRIVATE_H
#define TEST_ORACLE_ASSEMBLE_JUDGE_PRIVATE_H

#include "elfgen/assemble.h"
#include "judge.h"

enum { MOST_MESSAGES = 256, MOST_FILES = 16 };

struct message {
    uint64_t line;
    bool is_error, is_elsewhere; /* in another file */
    char class[40];
};

struct messages {
    struct message list[MOST_MESSAGES];
    size_t count;
    char first_error[200];
    uint64_t last_line; /* that a message was of */
    bool is_unordered;  /* one came after that of a later line */
};

/* What one assembly has read. */
struct inside {
    const struct judge *judge;
    struct messages messages;
    struct elfgen_assembly assembly;
    struct elfgen_error error;
    enum elfgen_status status;
    void *memory;
    uint8_t *files[MOST_FILES];
    size_t file_count;
};

/* Sets what differs. */
void say(struct judge *judge, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Runs nasm on "source.asm"; its messages go to "log", its object to "object". */
bool run_nasm(const struct judge *judge, uint8_t mode);

/* Reads nasm's messages. */
void read_log(const struct judge *judge, struct messages *messages);

/* Assembles in `size` bytes, and in as many as it asks for. False: it asks for no more, or too
 * often. The caller releases what was made. */
bool assemble_in(struct inside *inside, const char *text, size_t length, uint8_t mode, size_t size);
void release(struct inside *inside);

#endif
