/* Bytes as ASCII characters. */
#include "ascii.h"

char ascii_printable(uint8_t byte)
{
    return (char)(byte >= 0x20 && byte < 0x7f ? byte : (uint8_t)'.');
}
