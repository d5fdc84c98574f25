/* Fuzzes explain in each of its formats, with names from the file's symbol table or from that of a
 * second file after the first; the hex source is assembled, and must give the same bytes; the data
 * of the page is read. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/relocations.h"
#include "x86/session.h"
#include "commands/explain/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct text {
    char *bytes;
    size_t size;
};

/* Appends the report's output to a growing text. */
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

static struct text explain(const struct elfgen_view *view, struct elfgen_code *code,
                           struct symbols *symbols, enum explain_format format, size_t width)
{
    static char buffer[4096];
    struct text text = {NULL, 0};
    struct elfgen_text out = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = keep, .context = &text};
    struct explain report = {.map = {.view = view,
                                     .file = "fuzz",
                                     .code = code,
                                     .symbols = symbols,
                                     .encodings = view->length & 2,
                                     .to = view->length,
                                     .out = &out},
                             .format = format,
                             .width = width,
                             .colour = view->length & 4};
    if (format == EXPLAIN_DETAIL && view->length > 0) {
        report.map.from = view->bytes[0] % view->length;
        report.map.to = report.map.from + 1;
    }
    bool whole = explain_report(&report);
    if (whole == (report.map.error.status != ELFGEN_OK))
        abort();
    keep(&out);
    if (!whole) {
        free(text.bytes);
        text.bytes = NULL;
    }
    return text;
}

/* The page's data is JSON in which no tag can begin; its numbers are exact in a browser. */
static void check_page(const struct text *page)
{
    static const char begin[] = " id=\"data\">", end[] = "</script>";
    const char *data = memmem(page->bytes, page->size, begin, sizeof begin - 1);
    if (!data)
        abort();
    data += sizeof begin - 1;
    const size_t left = page->size - (size_t)(data - page->bytes);
    const char *stop = memchr(data, '<', left);
    if (!stop || left - (size_t)(stop - data) < sizeof end - 1 ||
        memcmp(stop, end, sizeof end - 1) != 0)
        abort();
    json_t *document = json_loadb(data, (size_t)(stop - data), 0, NULL);
    json_t *row;
    size_t i;
    if (!document)
        abort();
    json_array_foreach(json_object_get(document, "owners"), i, row)
    {
        enum { EXACT = 53 };
        const json_int_t most = (json_int_t)1 << EXACT;
        if (json_integer_value(row) > most || json_integer_value(row) < -most)
            abort();
    }
    json_decref(document);
}

/* Assembles the hex source, which must give the file. */
static void assemble(const struct text *source, const uint8_t *bytes, size_t size)
{
    struct elfgen_hex_needs needs;
    if (elfgen_hex_measure(source->bytes, source->size, &needs, NULL) != ELFGEN_OK ||
        needs.bytes != size)
        abort();
    uint8_t *made = malloc(size + 1);
    struct elfgen_hex_label *labels = calloc(needs.labels + 1, sizeof *labels);
    if (made && labels &&
        (elfgen_hex_assemble(source->bytes, source->size, NULL, &needs, labels, made, NULL, NULL,
                             NULL) != ELFGEN_OK ||
         (size > 0 && memcmp(made, bytes, size) != 0)))
        abort();
    free(made);
    free(labels);
}

/* The offset of a second file; `size` if there is none. */
static size_t first_size(const uint8_t *bytes, size_t size)
{
    const uint8_t *second = size > 4 ? memmem(bytes + 4, size - 4,
                                              "\x7f"
                                              "ELF",
                                              4)
                                     : NULL;
    return second ? (size_t)(second - bytes) : size;
}

/* Every name is of a byte in the file, and is found there. */
static void read_symbols(struct symbols *symbols, const struct elfgen_view *view,
                         const uint8_t *second, size_t size)
{
    struct elfgen_view other = *view;
    char room[100];
    struct elfgen_text why = {.bytes = room, .capacity = sizeof room};
    if (size > 0)
        elfgen_view_open(&other, second, size, NULL);
    if (symbols_belong(view, &other, &why) != (why.length == 0) ||
        !symbols_read(symbols, view, &other, ELFGEN_SHT_SYMTAB))
        abort();
    for (size_t i = 0; i < symbols->by_offset.count; i++) {
        const struct symbol_span *span = &symbols->by_offset.spans[i];
        if (span->from > span->to || span->to > view->length || span->from >= view->length ||
            span->outer > i || (i > 0 && span[-1].from > span->from) ||
            symbols_from(symbols, span->from) > i ||
            symbols_at_offset(symbols, span->from, 0) == NULL)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct elfgen_view view;
    struct elfgen_error error;
    size_t both = size;
    struct symbols symbols;
    size = first_size(bytes, both);
    bytemap_open_view(&view, bytes, size);
    read_symbols(&symbols, &view, bytes + size, both - size);
    struct relocations relocations;
    if (!relocations_read(&relocations, &view))
        abort();
    const struct x86_names names = {symbols_put_name, &symbols, both & 8,
                                    relocations.count > 0 ? relocations_get : NULL, &relocations};
    struct x86_session *code = x86_session_open(
        &view, size & 1 ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW, SYNTAX_INTEL, &error);
    struct elfgen_code *followed = code ? &code->code : NULL;
    if (error.status != ELFGEN_OK)
        abort();
    if (code)
        code->machine.names = &names;
    for (enum explain_format format = 0; format < EXPLAIN_FORMATS; format++) {
        if (size == 0 && format == EXPLAIN_DETAIL)
            continue;
        struct text text = explain(&view, followed, &symbols, format, 0);
        /* NULL: too much overlaps, which is reported. */
        if (format == EXPLAIN_HEX && text.bytes)
            assemble(&text, bytes, size);
        if (format == EXPLAIN_HTML && text.bytes)
            check_page(&text);
        free(text.bytes);
        if (format == EXPLAIN_TEXT || format == EXPLAIN_DETAIL || format == EXPLAIN_MEMORY) {
            text = explain(&view, followed, &symbols, format, 1 + size % 200);
            free(text.bytes);
        }
    }
    x86_session_close(code);
    relocations_free(&relocations);
    symbols_free(&symbols);
    return 0;
}
