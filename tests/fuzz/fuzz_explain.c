/* Any bytes explained, and the hex source of them assembled: the same bytes come back. */
#include <stdlib.h>
#include <string.h>

#include "../../elfgen/machine/code.h"
#include "../../elfgen/report/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct text {
    char *bytes;
    size_t size;
};

/* Moves what the report wrote into one growing text. */
static void keep(struct elfgen_text *out)
{
    struct text *text = out->context;
    char *larger = realloc(text->bytes, text->size + out->length + 1);
    if (!larger)
        abort();
    memcpy(larger + text->size, out->bytes, out->length);
    text->bytes = larger;
    text->size += out->length;
    out->length = 0;
}

static struct text explain(const uint8_t *bytes, size_t size, enum explain_format format)
{
    static char buffer[4096];
    struct text text = {NULL, 0};
    struct elfgen_text out = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = keep, .context = &text};
    struct elfgen_view view;
    const char *problem = NULL;
    explain_open(&view, bytes, size);
    struct code *code =
        code_open(&view, size & 1 ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW, SYNTAX_INTEL, &problem);
    struct explain report = {.view = &view,
                             .file = "fuzz",
                             .code = code ? &code->code : NULL,
                             .format = format,
                             .encodings = size & 2,
                             .colour = size & 4,
                             .to = size,
                             .out = &out};
    if (problem)
        abort();
    bool whole = explain_report(&report);
    if (whole == (report.problem != NULL))
        abort();
    keep(&out);
    code_close(code);
    if (!whole) {
        free(text.bytes);
        text.bytes = NULL;
    }
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    free(explain(bytes, size, EXPLAIN_TEXT).bytes);
    free(explain(bytes, size, EXPLAIN_JSON).bytes);
    free(explain(bytes, size, EXPLAIN_MARKDOWN).bytes);
    free(explain(bytes, size, EXPLAIN_MEMORY).bytes);
    struct text source = explain(bytes, size, EXPLAIN_HEX);
    struct elfgen_hex_needs needs;
    if (!source.bytes)
        return 0; /* too much overlaps, and that was said */
    if (elfgen_hex_measure(source.bytes, source.size, &needs, NULL) != ELFGEN_OK ||
        needs.bytes != size)
        abort();
    uint8_t *made = malloc(size + 1);
    struct elfgen_hex_label *labels = calloc(needs.labels + 1, sizeof *labels);
    if (made && labels &&
        (elfgen_hex_assemble(source.bytes, source.size, NULL, &needs, labels, made, NULL, NULL,
                             NULL) != ELFGEN_OK ||
         (size > 0 && memcmp(made, bytes, size) != 0)))
        abort();
    free(made);
    free(labels);
    free(source.bytes);
    return 0;
}
