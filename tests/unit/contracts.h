/* Shared by the tests of contracts. */
#ifndef CONTRACTS_H
#define CONTRACTS_H

#include "elfgen.h"
#include "room.h"

enum { ROOM = 4096 };

static const uint8_t code[] = {0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05};

TCase *contracts_code_cases(void);
TCase *contracts_image_cases(void);

#endif
