/* elfgen: small ELF programs made and read, byte by byte.
 *
 * This header takes in the core: C11 and nothing else, no allocation, no output, no state. Each
 * function may be called from several threads at once as long as they share no argument. */
#ifndef ELFGEN_H
#define ELFGEN_H

#include "elfgen/code.h"
#include "elfgen/error.h"
#include "elfgen/format.h"
#include "elfgen/hex.h"
#include "elfgen/image.h"
#include "elfgen/kernel.h"
#include "elfgen/map.h"
#include "elfgen/memory.h"
#include "elfgen/names.h"
#include "elfgen/objections.h"
#include "elfgen/section_headers.h"
#include "elfgen/text.h"
#include "elfgen/unfold.h"
#include "elfgen/view.h"

#endif
