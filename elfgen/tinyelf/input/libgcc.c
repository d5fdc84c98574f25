/* Asks the C compiler where its libgcc is. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input_private.h"

/* Reads the compiler's answer: one line, a file's path. Returns false if it is none, or not
 * readable. */
static bool read_answer(const struct toolchain *chain, char *answer, size_t room)
{
    ssize_t got = pread(chain->message_file, answer, room - 1, 0);
    answer[got > 0 ? got : 0] = '\0';
    char *end = strchr(answer, '\n');
    if (!end)
        return false;
    *end = '\0';
    return *answer == '/' && access(answer, R_OK) == 0;
}

bool source_find_libgcc(const struct source_options *like, char *path, size_t room)
{
    const struct place place = place_file("libgcc");
    struct toolchain chain;
    struct shellwords words = {0};
    bool done = false;
    toolchain_open(&chain, "libgcc", NULL, &like->reporter);
    if (toolchain_machine(like->machine) &&
        compiler_words(like->compiler, &words, &place, &like->reporter) &&
        compiler_add_machine(like->machine, &words) &&
        shellwords_add_word(&words, "-print-libgcc-file-name")) {
        struct tool tool = toolchain_tool(words.at[0]);
        int status = 0;
        done = toolchain_try(&chain, &tool, (const char *const *)words.at, -1, -1) &&
               waitpid(chain.child, &status, 0) == chain.child && status == 0 &&
               read_answer(&chain, path, room);
        chain.child = 0;
    }
    shellwords_free(&words);
    toolchain_close(&chain);
    return done;
}
