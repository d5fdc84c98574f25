/* Records changes of x87, vector and mask registers, using the state that XSAVE saves. */
#include "stepper_private.h"

#include <cpuid.h>
#include <elf.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

/* The area that fxsave writes (Intel's manual, volume 1, 10.5.1), and its size. */
enum { AT_FCW = 0, AT_FSW = 2, AT_FTW = 4, AT_MXCSR = 24, AT_ST = 32, AT_XMM = 160, LEGACY = 512 };

/* Numbers of the components of XSAVE's standard form. */
enum { AVX = 2, MASKS = 5, ZMM_HIGH = 6, HIGH_ZMM = VECTOR_COMPONENTS - 1 };

static void find_components(struct vectors *vectors)
{
    unsigned size, offset, flags, reserved;
    for (unsigned i = AVX; i <= HIGH_ZMM; i++)
        if (__get_cpuid_count(0xd, i, &size, &offset, &flags, &reserved) && size > 0)
            vectors->components[i] = offset;
}

static void copy_part(const struct vectors *vectors, const uint8_t *state, size_t from, size_t size,
                      uint8_t *to)
{
    if (from != 0 && from + size <= vectors->size)
        memcpy(to, state + from, size);
}

/* The 64 bytes of vector register `number`; bytes that the processor does not have are 0. */
static void whole(const struct vectors *vectors, const uint8_t *state, size_t number,
                  uint8_t bytes[64])
{
    memset(bytes, 0, 64);
    if (number >= 16) {
        if (vectors->components[HIGH_ZMM] != 0)
            copy_part(vectors, state, vectors->components[HIGH_ZMM] + (number - 16) * 64, 64,
                      bytes);
        return;
    }
    copy_part(vectors, state, AT_XMM + number * 16, 16, bytes);
    if (vectors->components[AVX] != 0)
        copy_part(vectors, state, vectors->components[AVX] + number * 16, 16, bytes + 16);
    if (vectors->components[ZMM_HIGH] != 0)
        copy_part(vectors, state, vectors->components[ZMM_HIGH] + number * 32, 32, bytes + 32);
}

static void compare(struct stepper *stepper, uint32_t which, const void *before, const void *after,
                    uint32_t size)
{
    struct step_piece piece = {.kind = STEP_PIECE_VECTOR, .number = which, .size = size};
    if (memcmp(before, after, size) != 0)
        recording_add_change(stepper->recording, &piece, before, after);
}

static void compare_at(struct stepper *stepper, uint32_t which, size_t place, uint32_t size)
{
    const struct vectors *vectors = &stepper->vectors;
    if (place + size <= vectors->size)
        compare(stepper, which, vectors->before + place, vectors->after + place, size);
}

static void compare_vectors(struct stepper *stepper)
{
    const struct vectors *vectors = &stepper->vectors;
    uint8_t before[64], after[64];
    for (uint32_t i = 0; i < 32; i++) {
        whole(vectors, vectors->before, i, before);
        whole(vectors, vectors->after, i, after);
        uint32_t size = memcmp(before + 32, after + 32, 32) != 0   ? 64
                        : memcmp(before + 16, after + 16, 16) != 0 ? 32
                                                                   : 16;
        compare(stepper, STEP_VECTOR + i, before, after, size);
    }
}

void stepper_read_vectors(struct stepper *stepper, bool keep)
{
    struct vectors *vectors = &stepper->vectors;
    uint8_t *to = keep ? vectors->before : vectors->after;
    struct iovec room = {to, XSTATE_ROOM};
    if (ptrace(PTRACE_GETREGSET, stepper->id, NT_X86_XSTATE, &room) != 0 || room.iov_len < LEGACY)
        return;
    vectors->size = room.iov_len;
    if (keep)
        find_components(vectors);
    if (keep || memcmp(vectors->before, vectors->after, vectors->size) == 0)
        return;
    for (uint32_t i = 0; i < 8; i++)
        compare_at(stepper, STEP_ST + i, AT_ST + i * 16, 10);
    compare_vectors(stepper);
    for (uint32_t i = 0; i < 8 && vectors->components[MASKS] != 0; i++)
        compare_at(stepper, STEP_MASK + i, vectors->components[MASKS] + (size_t)i * 8, 8);
    compare_at(stepper, STEP_FCW, AT_FCW, 2);
    compare_at(stepper, STEP_FSW, AT_FSW, 2);
    compare_at(stepper, STEP_FTW, AT_FTW, 1);
    compare_at(stepper, STEP_MXCSR, AT_MXCSR, 4);
    memcpy(vectors->before, vectors->after, vectors->size);
}
