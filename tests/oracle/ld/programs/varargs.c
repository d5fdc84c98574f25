/* Functions with a variable number of arguments, a small printf among them. */
#include <stdarg.h>
#include "start.h"

static NOINLINE int sum(int count, ...)
{
    va_list list;
    int total = 0;
    va_start(list, count);
    while (count-- > 0)
        total += va_arg(list, int);
    va_end(list);
    return total;
}

static void print_list(const char *format, va_list list)
{
    for (; *format; format++) {
        if (*format != '%') {
            put_char(*format);
            continue;
        }
        switch (*++format) {
        case 'd':
            put_number(va_arg(list, int));
            break;
        case 'x':
            put_hex(va_arg(list, unsigned));
            break;
        case 'q':
            put_hex(va_arg(list, u64));
            break;
        case 's':
            put_text(va_arg(list, const char *));
            break;
        case 'c':
            put_char((char)va_arg(list, int));
            break;
        case 'f':
            put_number((int)(va_arg(list, double) * 100));
            break;
        default:
            put_char(*format);
        }
    }
}

NOINLINE void print(const char *format, ...)
{
    va_list list, copy;
    va_start(list, format);
    va_copy(copy, list);
    print_list(format, list);
    print_list("", copy);
    va_end(copy);
    va_end(list);
}

int main(void)
{
    print("%d %s %x %c%%\n", -12, "text", 0xbeefu, '!');
    print("%q %f %d %f %q\n", 0x123456789abcdefull, 2.5, 7, -0.25, 1ull);
    print("%s%s%s%s%s%s%s%s\n", "a", "b", "c", "d", "e", "f", "g", "h");
    return sum(9, 1, 2, 3, 4, 5, 6, 7, 8, 9);
}
