/* Bytes as ASCII characters. */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdint.h>

/* The byte as a character, or a dot if it is not printable. */
char ascii_printable(uint8_t byte);

#endif
