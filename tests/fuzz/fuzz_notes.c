/* Fuzzes notes: the input is what a PT_NOTE segment holds, of a core file or another. */
#include "fuzz_claims.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { HEADERS = 64 + 56 };
    if (size < 1)
        return 0;
    uint8_t choice = bytes[0], *file = malloc(HEADERS + size);
    if (!file)
        return 0;
    struct elfgen_phdr note = {.p_type = ELFGEN_PT_NOTE, .p_align = choice & 64 ? 8 : 4};
    uint64_t type = choice & 32 ? ELFGEN_ET_CORE : ELFGEN_ET_DYN;
    size_t head = claims_write_headers(file, choice, type, &note, 1);
    note.p_offset = head;
    note.p_filesz = size - 1;
    claims_write_headers(file, choice, type, &note, 1);
    memcpy(file + head, bytes + 1, size - 1);
    claims_check(file, head + size - 1);
    free(file);
    return 0;
}
