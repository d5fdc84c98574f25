/* elfgen: makes and reads small ELF programs, byte by byte.
 *
 * This header includes the whole core: C11 and nothing else, without allocation, output or state.
 * Each function may be called from several threads at once, as long as they share no argument.
 *
 * A pointer may be NULL only where its contract says so, and an array also where its count is 0.
 * NULL with a count or a length is ELFGEN_BAD_ARGUMENT from every function that returns a status,
 * or 0 and a struct elfgen_error. Memory that a function writes and memory that it reads do not
 * overlap, unless its contract says that they may. */
#ifndef ELFGEN_H
#define ELFGEN_H

#include "elfgen/arch.h"
#include "elfgen/assemble.h"
#include "elfgen/code.h"
#include "elfgen/distance.h"
#include "elfgen/error.h"
#include "elfgen/format.h"
#include "elfgen/hex.h"
#include "elfgen/image.h"
#include "elfgen/kernel.h"
#include "elfgen/map.h"
#include "elfgen/memory.h"
#include "elfgen/names.h"
#include "elfgen/objections.h"
#include "elfgen/reader.h"
#include "elfgen/search.h"
#include "elfgen/section_headers.h"
#include "elfgen/text.h"
#include "elfgen/unfold.h"
#include "elfgen/version.h"
#include "elfgen/view.h"
#include "elfgen/x86.h"

#endif
