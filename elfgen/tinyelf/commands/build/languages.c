/* The choices of --from, for the commands that build. */
#include "languages.h"

#include "input/input.h"

const struct option_choice build_languages[] = {
    {"nasm", SOURCE_NASM, NULL},     {"gas", SOURCE_GAS, NULL},
    {"fasm", SOURCE_FASM, NULL},     {"c", SOURCE_C, NULL},
    {"object", SOURCE_OBJECT, NULL}, {"raw", SOURCE_RAW, NULL},
    {"hex", BUILD_FROM_HEX, NULL},   {NULL, 0, NULL},
};
