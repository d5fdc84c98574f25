/* How wide a line of output may be. */
#include "width.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The number that COLUMNS has, at most 9999; 0: it has none. */
static size_t width_of_environment(void)
{
    enum { MOST = 9999 };
    const char *text = getenv("COLUMNS");
    if (!text || *text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return 0;
    unsigned long number = strtoul(text, NULL, 10); /* too large a one is ULONG_MAX */
    return number > MOST ? MOST : (size_t)number;
}

size_t width_of_file(int file)
{
    struct winsize size;
    if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    size_t width = width_of_environment();
    if (width > 0)
        return width;
    return isatty(file) ? WIDTH_USUAL : WIDTH_WIDE;
}

size_t width_of_output(void)
{
    return width_of_file(STDOUT_FILENO);
}
