/* Fuzzes compare, with two files: every byte has one kind, every claim of the map has an owner,
 * lines are not too long, and JSON's braces match. */
#include <stdlib.h>
#include <string.h>

#include "x86/session.h"
#include "commands/compare/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { COLUMNS = 100 };

static void check(bool so)
{
    if (!so)
        abort();
}

/* ---- the printed text ---- */

struct printed {
    bool json, quoted, escaped;
    size_t column, depth;
};

static void look(struct elfgen_text *out)
{
    struct printed *printed = out->context;
    for (size_t i = 0; i < out->length; i++) {
        char c = out->bytes[i];
        check(c == '\n' || (c >= 0x20 && c < 0x7f));
        printed->column = c == '\n' ? 0 : printed->column + 1;
        check(printed->json || printed->column <= COLUMNS);
        if (printed->escaped)
            printed->escaped = false;
        else if (printed->quoted && c == '\\')
            printed->escaped = true;
        else if (c == '"')
            printed->quoted = !printed->quoted;
        else if (!printed->quoted && (c == '{' || c == '['))
            printed->depth++;
        else if (!printed->quoted && (c == '}' || c == ']'))
            check(printed->depth-- > 0);
    }
    out->length = 0;
}

static void print(const struct compare_facts files[2], bool identical, bool json)
{
    char buffer[512];
    struct printed printed = {.json = json};
    struct elfgen_text out = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = look, .context = &printed};
    (json ? compare_json : compare_text)(files, identical, NULL, &out);
    look(&out);
    check(printed.column == 0 && (!json || (printed.depth == 0 && !printed.quoted)));
}

/* ---- the measured facts ---- */

/* Counts the bytes that the map claims; 0 without e_shoff, when the section headers are at 0. */
static uint64_t claimed(const struct elfgen_view *view, struct elfgen_code *code)
{
    struct elfgen_map map;
    struct elfgen_claim claim;
    uint64_t count = 0;
    uint8_t *seen = calloc(1, (size_t)view->length + 1);
    elfgen_map_begin(&map, view, code, false, 0, view->length);
    while (seen && view->ehdr.e_shoff != 0 && elfgen_map_next(&map, &claim))
        memset(seen + claim.offset, 1, (size_t)claim.length);
    for (uint64_t i = 0; seen && i < view->length; i++)
        count += seen[i];
    free(seen);
    return count;
}

static void check_bytes(const struct compare_facts *facts, struct elfgen_code *code)
{
    const struct compare_bytes *bytes = &facts->bytes;
    uint64_t owned = bytes->several, shared = 0;
    for (size_t i = 0; i < COMPARE_OWNER_COUNT; i++) {
        owned += bytes->alone[i];
        shared += bytes->shared[i];
        check(bytes->shared[i] <= bytes->several);
    }
    check(owned + bytes->padding + bytes->unknown == facts->view->length);
    check(shared >= 2 * bytes->several);
    /* compare does not look for code in a core file. */
    check(facts->view->ehdr.e_type == ELFGEN_ET_CORE || owned >= claimed(facts->view, code));
}

static void check_facts(const struct compare_facts *facts)
{
    uint64_t memory = 0, segments = facts->segments.others, sections = facts->sections.others;
    for (size_t i = 0; i < COMPARE_PERMISSIONS; i++) {
        memory += facts->memory.by[i];
        segments += facts->segments.loaded[i];
        sections += facts->sections.loaded[i];
    }
    check(memory == facts->memory.bytes && facts->memory.from_file <= memory);
    check(segments == facts->segments.all && sections == facts->sections.all);
}

/* Returns false if it is not an ELF file, which the command does not measure. */
static bool measure(struct compare_facts *facts, struct elfgen_view *view, const uint8_t *bytes,
                    size_t size)
{
    struct elfgen_error error;
    if (elfgen_view_open_program(view, bytes, size, NULL) == ELFGEN_NOT_ELF)
        return false;
    struct x86_session *code =
        x86_session_open(view, compare_code_mode(view), SYNTAX_INTEL, &error);
    struct elfgen_code *followed = code ? &code->code : NULL;
    check(error.status == ELFGEN_OK && compare_measure(facts, "fuzz \"\n\xff", view, followed));
    check_bytes(facts, followed);
    check_facts(facts);
    x86_session_close(code);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct compare_facts facts[2];
    struct elfgen_view views[2];
    /* The last two bytes say where the second file begins; 0: the files are the same. */
    size_t at = size < 2 ? 0 : (bytes[size - 2] + (size_t)256 * bytes[size - 1]) % size;
    if (!measure(&facts[0], &views[0], bytes, at ? at : size))
        return 0;
    if (!measure(&facts[1], &views[1], bytes + at, size - at)) {
        views[1] = views[0];
        facts[1] = facts[0];
    }
    for (int json = 0; json < 2; json++)
        print(facts, at == 0, json);
    return 0;
}
