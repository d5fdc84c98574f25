/* Words of a claim whose bytes a run used: calls as they were made, and marks. */
#include "explain.h"

const struct coverage_call *explain_calls(const struct bytemap *map,
                                          const struct elfgen_claim *claim)
{
    const struct coverage_call *calls = map->run && claim->part == ELFGEN_PART_INSTRUCTION
                                            ? coverage_calls(map->run, claim->offset)
                                            : NULL;
    return calls && calls->text_count > 0 ? calls : NULL;
}

void explain_put_meaning(struct elfgen_text *out, const struct bytemap *map,
                         const struct elfgen_claim *claim)
{
    const struct coverage_call *calls = explain_calls(map, claim);
    if (!calls) {
        elfgen_claim_meaning(map->view, map->code, claim, out);
        return;
    }
    map->code->machine->text(map->code->machine->context, map->view->bytes + claim->offset,
                             (size_t)claim->length, claim->index, out);
    elfgen_text_string(out, ": ");
    coverage_put_call(out, calls, 0);
}

void explain_put_mark(struct elfgen_text *out, const struct bytemap *map,
                      const struct elfgen_claim *claim)
{
    if (map->run)
        coverage_put_mark(out, map->run, claim->offset, claim->length,
                          claim->part == ELFGEN_PART_INSTRUCTION);
}
