/* cli/colour: on a terminal there are colours, each is legible, and can be told from others beside
 * it. */
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/colour.h"
#include "cli_cases.h"

START_TEST(on_a_terminal_auto_has_colours_unless_no_color_is_set)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        return; /* this machine cannot open a terminal */
    int other = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(other, 0);
    ck_assert_int_ge(dup2(other, STDOUT_FILENO), 0);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    ck_assert(!option_colour(COLOUR_AUTO));
    ck_assert(option_colour(COLOUR_ALWAYS));
    setenv("TERM", "", 1);
    ck_assert(!option_colour(COLOUR_AUTO));
    unsetenv("TERM");
    ck_assert(!option_colour(COLOUR_AUTO));
    setenv("TERM", "xterm", 1);
    ck_assert(option_colour(COLOUR_AUTO));
    setenv("NO_COLOR", "", 1);
    ck_assert(option_colour(COLOUR_AUTO));
    setenv("NO_COLOR", "0", 1);
    ck_assert(!option_colour(COLOUR_AUTO));
    ck_assert(option_colour(COLOUR_ALWAYS));
}
END_TEST

/* Relative luminance and contrast as WCAG 2 defines them. */
static double linear(unsigned value)
{
    double part = value / 255.0;
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

static double luminance(unsigned red, unsigned green, unsigned blue)
{
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

static double contrast(double a, double b)
{
    return ((a > b ? a : b) + 0.05) / ((a > b ? b : a) + 0.05);
}

/* The colours from 16 on, a cube and a row of greys, which xterm defined, and others after it. */
static double luminance_of(unsigned number)
{
    static const unsigned steps[] = {0, 95, 135, 175, 215, 255};
    unsigned cube = number - 16, grey = 8 + 10 * (number - 232);
    return number >= 232 ? luminance(grey, grey, grey)
                         : luminance(steps[cube / 36], steps[cube / 6 % 6], steps[cube % 6]);
}

START_TEST(each_colour_is_legible_on_black_and_on_white)
{
    ck_assert_double_eq_tol(contrast(luminance(255, 255, 255), luminance(0, 0, 0)), 21, 0.001);
    for (int colour = COLOUR_NONE + 1; colour < COLOUR_COUNT; colour++) {
        char end[32];
        unsigned number = colour_number((enum colour)colour);
        ck_assert_uint_ge(number, 16);
        ck_assert_uint_le(number, 255);
        double own = luminance_of(number);
        ck_assert_msg(contrast(own, 0) >= 4 && contrast(own, 1) >= 4, "%u: %g and %g", number,
                      contrast(own, 0), contrast(own, 1));
        snprintf(end, sizeof end, "38;5;%um", number);
        ck_assert_ptr_nonnull(strstr(colour_begin((enum colour)colour), end));
    }
    ck_assert_uint_eq(colour_number(COLOUR_NONE), 0);
    ck_assert_str_eq(colour_begin(COLOUR_NONE), "\33[0m");
}
END_TEST

START_TEST(readers_and_levels_have_colours_of_their_own)
{
    static const enum colour sets[][6] = {
        {COLOUR_KERNEL, COLOUR_PROGRAM, COLOUR_TOOLS, COLOUR_NOBODY},
        {COLOUR_NOTHING_BREAKS, COLOUR_FEW_BREAK, COLOUR_SOME_BREAK, COLOUR_MOST_BREAK,
         COLOUR_EVERYTHING_BREAKS, COLOUR_UNKNOWN},
    };
    for (size_t set = 0; set < 2; set++)
        for (size_t i = 0; i < 6 && sets[set][i] != COLOUR_NONE; i++)
            for (size_t j = 0; j < i; j++)
                ck_assert_uint_ne(colour_number(sets[set][i]), colour_number(sets[set][j]));
}
END_TEST

TCase *cli_colour_cases(void)
{
    TCase *colours = tcase_create("colours");
    tcase_add_test(colours, on_a_terminal_auto_has_colours_unless_no_color_is_set);
    tcase_add_test(colours, each_colour_is_legible_on_black_and_on_white);
    tcase_add_test(colours, readers_and_levels_have_colours_of_their_own);
    return colours;
}
