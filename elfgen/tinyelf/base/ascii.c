/* Bytes as ASCII characters. */
#include "ascii.h"

bool ascii_is_printable(uint8_t byte)
{
    return byte >= ' ' && byte <= '~';
}

char ascii_printable(uint8_t byte)
{
    return (char)(ascii_is_printable(byte) ? byte : '.');
}
