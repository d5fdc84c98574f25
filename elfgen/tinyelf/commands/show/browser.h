/* Opens a page in the user's browser. */
#ifndef SHOW_BROWSER_H
#define SHOW_BROWSER_H

enum browser_result {
    BROWSER_OPENED,
    BROWSER_NONE,  /* neither BROWSER nor a display is set */
    BROWSER_FAILED /* none of those that there are could be started, or each said at once that it
                      failed */
};

/* Starts the first program that takes the page: of $BROWSER, commands with ':' between them, in
 * which %s is the URL, %c a colon and %% a percent sign, and to which the URL is added if they have
 * no %s; then xdg-open, if DISPLAY or WAYLAND_DISPLAY is set. No shell takes part. The program is
 * in a session of its own, reads nothing, and what it writes goes nowhere; one that runs on is left
 * to itself. `url` has no character that needs a quote. */
enum browser_result browser_open(const char *url);

#endif
