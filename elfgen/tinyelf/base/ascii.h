/* Bytes as ASCII characters. */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdint.h>

/* A byte as a character, a dot for what is not printable. */
char ascii_printable(uint8_t byte);

#endif
