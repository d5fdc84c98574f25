/* Prints struct termios. */
#include <asm/termbits.h>

#include "args.h"

/* Flags; nothing if none is set. */
static void put_some(struct elfgen_text *out, const struct xlat *xlat, uint32_t flags)
{
    if (flags != 0)
        strace_put_flags_of(out, xlat, flags, false);
}

/* A field of several bits, whose values have names. */
static void put_field(struct elfgen_text *out, const struct xlat *xlat, uint32_t value)
{
    const char *name = xlat_name(xlat, value);
    if (name)
        elfgen_text_string(out, name);
    else
        strace_put_hexadecimal(out, value);
}

static void put_output(struct elfgen_text *out, uint32_t flags)
{
    static const struct {
        const struct xlat *xlat;
        uint32_t mask;
    } delays[] = {{&xlat_newline, NLDLY},      {&xlat_carriage_return, CRDLY},
                  {&xlat_tab, TABDLY},         {&xlat_backspace, BSDLY},
                  {&xlat_vertical_tab, VTDLY}, {&xlat_form_feed, FFDLY}};
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        put_field(out, delays[i].xlat, flags & delays[i].mask);
        elfgen_text_char(out, '|');
        flags &= ~delays[i].mask;
    }
    put_some(out, &xlat_oflag, flags);
}

static void put_control(struct elfgen_text *out, uint32_t flags)
{
    uint32_t input = flags >> IBSHIFT & CBAUD;
    put_field(out, &xlat_baud, flags & CBAUD);
    if (input != 0) {
        elfgen_text_char(out, '|');
        put_field(out, &xlat_baud, input);
        elfgen_text_string(out, "<<IBSHIFT");
    }
    elfgen_text_char(out, '|');
    put_field(out, &xlat_character_size, flags & CSIZE);
    elfgen_text_char(out, '|');
    put_some(out, &xlat_cflag, flags & ~(uint32_t)(CBAUD | CIBAUD | CSIZE));
}

/* The kernel's struct termios begins with four numbers: input, output, control, local flags. */
void strace_put_terminal(const struct strace_value *v)
{
    uint8_t bytes[36];
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, "{c_iflag=");
    put_some(v->out, &xlat_iflag, strace_load32(bytes));
    elfgen_text_string(v->out, ", c_oflag=");
    put_output(v->out, strace_load32(bytes + 4));
    elfgen_text_string(v->out, ", c_cflag=");
    put_control(v->out, strace_load32(bytes + 8));
    elfgen_text_string(v->out, ", c_lflag=");
    put_some(v->out, &xlat_lflag, strace_load32(bytes + 12));
    elfgen_text_string(v->out, ", ...}");
}
