/* Chooses the user's browser by the environment, and starts it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "browser.h"
#include "base/memory_text.h"
#include "base/shellwords.h"
#include "cli/cli.h"

/* How long a program is watched, in milliseconds: one that cannot show the page says so at once. */
enum { WATCHED = 400 };

/* Whether the child has not failed: it ended with 0, or runs on. */
static bool goes_on(pid_t child)
{
    int status = 0;
    const int file = (int)syscall(SYS_pidfd_open, child, 0);
    struct pollfd ended = {.fd = file, .events = POLLIN};
    if (file < 0)
        return true; /* a kernel before 5.3: nothing waits with a time limit there */
    poll(&ended, 1, WATCHED);
    close(file);
    const bool is_gone = waitpid(child, &status, WNOHANG) == child;
    return !is_gone || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Starts a command. Returns false if there is no such program, or if it fails at once. */
static bool start(char *const *words)
{
    extern char **environ;
    pid_t child;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    const sigset_t ignored = program_ignored_signals();
    sigset_t defaults, none;
    sigfillset(&defaults);
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        if (sigismember(&ignored, number) == 1)
            sigdelset(&defaults, number);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    const int error = posix_spawnp(&child, words[0], &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0 && goes_on(child);
}

/* A word of a command with %s, %c and %% replaced. NULL: no memory. The caller frees it. */
static char *fill_in(const char *word, const char *url, bool *has_url)
{
    struct elfgen_text text;
    if (!memory_text_open(&text))
        return NULL;
    for (; *word; word++) {
        char next = '\0';
        if (*word == '%')
            next = word[1];
        if (next == 's')
            elfgen_text_string(&text, url);
        else if (next == 'c')
            elfgen_text_char(&text, ':');
        else
            elfgen_text_char(&text, *word);
        *has_url = *has_url || next == 's';
        word += next == 's' || next == 'c' || next == '%';
    }
    elfgen_text_char(&text, '\0');
    if (text.cut) {
        free(text.bytes);
        return NULL;
    }
    return text.bytes;
}

/* Starts one command of BROWSER. */
static bool start_command(const char *command, const char *url)
{
    struct shellwords given = {NULL, 0}, words = {NULL, 0};
    bool has_url = false;
    bool done = shellwords_add(&given, command) && given.count > 0;
    /* "firefox %s &" is for programs that wait for the command. */
    size_t count = given.count;
    if (done && count > 1 && strcmp(given.at[count - 1], "&") == 0)
        count--;
    for (size_t i = 0; done && i < count; i++) {
        char *word = fill_in(given.at[i], url, &has_url);
        done = word && shellwords_add_word(&words, word);
        free(word);
    }
    done = done && (has_url || shellwords_add_word(&words, url)) && start(words.at);
    shellwords_free(&words);
    shellwords_free(&given);
    return done;
}

/* A variable's value; NULL if it is not set, or empty. */
static const char *get(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value ? value : NULL;
}

enum browser_result browser_open(const char *url)
{
    const bool has_display = get("DISPLAY") || get("WAYLAND_DISPLAY");
    const char *browsers = get("BROWSER");
    char *list = browsers ? strdup(browsers) : NULL;
    char *rest = list, *command;
    bool opened = false, tried = false;
    while (!opened && (command = strsep(&rest, ":")) != NULL) {
        opened = *command && start_command(command, url);
        tried = tried || *command;
    }
    free(list);
    if (!opened && has_display) {
        opened = start_command("xdg-open", url);
        tried = true;
    }
    return opened ? BROWSER_OPENED : tried ? BROWSER_FAILED : BROWSER_NONE;
}
