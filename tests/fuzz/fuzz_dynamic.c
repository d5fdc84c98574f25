/* Fuzzes the dynamic section and all that it leads to: after a byte for the layout, the input is
 * what a PT_LOAD maps from address 0 on, a PT_DYNAMIC at its beginning. */
#include "fuzz_claims.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { HEADERS = 64 + 4 * 56, COUNT = 4 };
    if (size < 3)
        return 0;
    uint8_t choice = bytes[0], *file = malloc(HEADERS + size);
    if (!file)
        return 0;
    struct elfgen_phdr segments[COUNT] = {{.p_type = ELFGEN_PT_LOAD, .p_flags = ELFGEN_PF_R},
                                          {.p_type = ELFGEN_PT_DYNAMIC},
                                          {.p_type = ELFGEN_PT_GNU_EH_FRAME},
                                          {.p_type = ELFGEN_PT_TLS}};
    size_t head = claims_write_headers(file, choice, ELFGEN_ET_DYN, segments, COUNT);
    size_t length = size - 3, dynamic = (size_t)bytes[1] * 8, unwind = (size_t)bytes[2] * 4;
    segments[0].p_filesz = segments[0].p_memsz = head + length;
    segments[1].p_offset = segments[1].p_vaddr = head;
    segments[1].p_filesz = dynamic < length ? dynamic : length;
    segments[2].p_offset = segments[2].p_vaddr = head + unwind;
    segments[2].p_filesz = unwind < length ? length - unwind : 0;
    segments[3].p_offset = head + unwind / 2;
    segments[3].p_filesz = choice & 32 ? 16 : 0;
    claims_write_headers(file, choice, ELFGEN_ET_DYN, segments, COUNT);
    memcpy(file + head, bytes + 3, length);
    claims_check(file, head + length);
    free(file);
    return 0;
}
