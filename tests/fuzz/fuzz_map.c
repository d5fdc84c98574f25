/* Fuzzes the byte map, with code and its parts: two windows have the same claims as the whole file,
 * also if the second window is asked for first. */
#include <stdlib.h>

#include "x86/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A sum over the claims that begin in [from, to), so that a claim across the border counts once. */
static uint64_t sum(const struct elfgen_view *view, struct x86_session *code, uint64_t from,
                    uint64_t to)
{
    struct elfgen_map map;
    struct elfgen_claim claim;
    uint64_t total = 0;
    elfgen_map_begin(&map, view, code ? &code->code : NULL, true, from, to);
    while (elfgen_map_next(&map, &claim)) {
        if (claim.length == 0 || claim.offset >= view->length ||
            claim.length > view->length - claim.offset || claim.offset >= to ||
            claim.offset + claim.length <= from)
            abort();
        if (claim.offset >= from)
            total += (claim.offset * 31 + claim.length) * 31 + claim.index * 7 + claim.value +
                     (uint64_t)claim.part;
    }
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct elfgen_view view;
    struct elfgen_error error;
    enum elfgen_code_mode mode = size & 1 ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW;
    elfgen_view_open(&view, bytes, size, NULL);
    struct x86_session *code = x86_session_open(&view, mode, SYNTAX_INTEL, &error);
    struct x86_session *other = x86_session_open(&view, mode, SYNTAX_INTEL, &error);
    uint64_t middle = size / 3;
    uint64_t second = sum(&view, other, middle, size);
    if (sum(&view, code, 0, size) != sum(&view, other, 0, middle) + second)
        abort();
    x86_session_close(code);
    x86_session_close(other);
    return 0;
}
