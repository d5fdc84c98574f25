/* Prints names of signals, and bytes in quotes, for a step's text. */
#include "text.h"

#include <signal.h>
#include <string.h>

#include "base/ascii.h"
#include "base/signal_name.h"

void step_put_signal(struct elfgen_text *out, uint32_t number)
{
    const char *name = number < NSIG ? signal_abbreviation((int)number) : NULL;
    elfgen_text_string(out, name ? "SIG" : "signal ");
    if (name)
        elfgen_text_string(out, name);
    else
        elfgen_text_decimal(out, number, 0);
}

/* How many columns a byte takes. */
static size_t width_of(uint8_t c)
{
    if ((c >= 7 && c <= 13) || c == '"' || c == '\\')
        return 2;
    return ascii_is_printable(c) ? 1 : 4;
}

void step_put_quoted(struct elfgen_text *out, const uint8_t *bytes, size_t size, size_t columns)
{
    size_t used = 5, i = 0; /* the quotes, and three dots */
    elfgen_text_char(out, '"');
    for (; i < size && used + width_of(bytes[i]) <= columns; i++) {
        static const char letters[] = "abtnvfr";
        uint8_t c = bytes[i];
        used += width_of(c);
        if (c >= 7 && c < 7 + sizeof letters - 1) {
            elfgen_text_char(out, '\\');
            elfgen_text_char(out, letters[c - 7]);
        } else if (!ascii_is_printable(c)) {
            elfgen_text_string(out, "\\x");
            elfgen_text_hex(out, c, 2);
        } else {
            if (c == '"' || c == '\\')
                elfgen_text_char(out, '\\');
            elfgen_text_char(out, (char)c);
        }
    }
    elfgen_text_string(out, i < size ? "\"..." : "\"");
}
