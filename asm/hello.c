/* Hello world in C, without a C library: <tiny.h> starts main and has write(). */
#include <tiny.h>

static const char text[] = "Hello world\n";

int main(void)
{
    /* Counted, so without the NUL that C puts after a string. */
    return write(1, text, sizeof text - 1) < 0;
}
