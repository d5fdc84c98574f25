/* Asks the C compiler where its libgcc is. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "toolchain.h"

/* Reads the compiler's answer: one line, a file's path. Returns false if it is none, or not
 * readable. */
static bool read_answer(const struct source *source, char *answer, size_t room)
{
    ssize_t got = pread(source->message_file, answer, room - 1, 0);
    answer[got > 0 ? got : 0] = '\0';
    char *end = strchr(answer, '\n');
    if (!end)
        return false;
    *end = '\0';
    return *answer == '/' && access(answer, R_OK) == 0;
}

bool source_find_libgcc(const struct source *like, char *path, size_t room)
{
    struct source source = {.path = "libgcc",
                            .name = "libgcc",
                            .compiler = like->compiler,
                            .machine = like->machine,
                            .reporter = like->reporter};
    struct shellwords words = {0};
    bool done = false;
    source.object_file = source.message_file = source.text_file = -1;
    if (toolchain_machine(source.machine) && compiler_words(&source, &words) &&
        compiler_add_machine(source.machine, &words) &&
        shellwords_add_word(&words, "-print-libgcc-file-name")) {
        struct tool tool = compiler_tool(&words);
        int status = 0;
        done = toolchain_try(&source, &tool, (const char *const *)words.at) &&
               waitpid(source.child, &status, 0) == source.child && status == 0 &&
               read_answer(&source, path, room);
        source.child = 0;
    }
    shellwords_free(&words);
    source_release(&source);
    return done;
}
