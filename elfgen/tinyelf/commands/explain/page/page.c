/* Writes a page of a file: one HTML document with its own style, script and data, which asks for
 * nothing else. */
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/memory_text.h"
#include "base/no_memory.h"
#include "base/visible.h"
#include "commands/explain/ask_linux.h"
#include "page_heat.h"
#include "page_private.h"
#include "page_run.h"

/* ---- the file's name ---- */

/* The name without its folder, as UTF-8 in which nothing is a control. */
static void put_file_name(struct elfgen_text *out, const char *file)
{
    const char *slash = strrchr(file, '/');
    if (strcmp(file, "<stdin>") == 0)
        elfgen_text_string(out, "standard input");
    else
        visible_string(out, slash && slash[1] ? slash + 1 : file);
}

static void put_name_in_html(struct elfgen_text *out, const struct elfgen_text *name)
{
    for (size_t i = 0; i < name->length; i++) {
        const char c = name->bytes[i];
        if (c == '<')
            elfgen_text_string(out, "&lt;");
        else if (c == '&')
            elfgen_text_string(out, "&amp;");
        else
            elfgen_text_char(out, c);
    }
}

static void put_name_in_json(struct elfgen_text *out, const struct elfgen_text *name)
{
    json_key(out, "file");
    elfgen_text_char(out, '"');
    for (size_t i = 0; i < name->length; i++) {
        if (name->bytes[i] == '"' || name->bytes[i] == '\\')
            elfgen_text_char(out, '\\');
        elfgen_text_char(out, name->bytes[i]);
    }
    elfgen_text_char(out, '"');
}

/* ---- the data ---- */

/* Passes on what was written, with \u003c for each '<': no tag and no comment begins in the data.
 */
static void pass_on(struct elfgen_text *data)
{
    struct elfgen_text *out = data->context;
    const char *at = data->bytes, *end = at + data->length;
    for (const char *stop; at < end; at = stop + 1) {
        stop = memchr(at, '<', (size_t)(end - at));
        elfgen_text_bytes(out, at, (size_t)((stop ? stop : end) - at));
        if (!stop)
            break;
        elfgen_text_string(out, "\\u003c");
    }
    data->length = 0;
}

/* RFC 4648: six bits a character. */
static void put_base64(struct elfgen_text *out, const uint8_t *bytes, uint64_t length)
{
    enum { END = 64 };
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    for (uint64_t i = 0; i < length; i += 3) {
        const uint64_t left = length - i;
        const uint32_t three = (uint32_t)bytes[i] << 16 |
                               (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? bytes[i + 2] : 0);
        elfgen_text_char(out, digits[three >> 18]);
        elfgen_text_char(out, digits[three >> 12 & 63]);
        elfgen_text_char(out, digits[left > 1 ? three >> 6 & 63 : END]);
        elfgen_text_char(out, digits[left > 2 ? three & 63 : END]);
    }
}

static bool put_run(struct elfgen_text *out, struct explain *explain)
{
    json_key(out, "run");
    if (explain->page_run && explain->map.run)
        return page_run_put(out, explain->page_run, explain->map.run) ||
               error_no_memory(&explain->map.error);
    elfgen_text_string(out, "null");
    return true;
}

static void put_heat(struct elfgen_text *out, const struct explain *explain)
{
    json_key(out, "heat");
    if (explain->heat)
        page_heat_put(out, explain->heat);
    else
        elfgen_text_string(out, "null");
}

/* What Linux says: facts, verdict, memory. */
static bool put_linux(struct elfgen_text *out, struct bytemap *map)
{
    struct verdict_memory memory = {0};
    struct verdict verdict;
    uint32_t version;
    bool good = explain_ask_linux(map, &verdict, &memory, &version);
    if (good) {
        page_put_facts(out, map->view);
        page_put_verdict(out, map->view, &verdict, version);
        page_put_memory(out, map->view, &verdict);
    }
    verdict_free(&memory);
    return good;
}

static bool put_data(struct elfgen_text *document, struct explain *explain,
                     const struct elfgen_text *name)
{
    struct bytemap *map = &explain->map;
    char room[4096];
    struct elfgen_text out = {
        .bytes = room, .capacity = sizeof room, .flush = pass_on, .context = document};
    elfgen_text_string(&out, "{\"page\":1");
    put_name_in_json(&out, name);
    json_key_number(&out, "size", map->view->length);
    bool good = put_linux(&out, map) && page_put_owners(&out, map);
    json_key(&out, "bytes");
    elfgen_text_char(&out, '"');
    put_base64(&out, map->view->bytes, map->view->length);
    elfgen_text_char(&out, '"');
    good = good && put_run(&out, explain);
    put_heat(&out, explain);
    elfgen_text_string(&out, "}\n");
    pass_on(&out);
    return good;
}

/* ---- the document ---- */

static void put_part(struct elfgen_text *out, const unsigned char *part, unsigned size)
{
    elfgen_text_bytes(out, (const char *)part, size);
}

static bool put_document(struct elfgen_text *out, struct explain *explain,
                         const struct elfgen_text *name)
{
    put_part(out, page_before_title, page_before_title_size);
    put_name_in_html(out, name);
    put_part(out, page_before_data, page_before_data_size);
    bool good = put_data(out, explain, name);
    put_part(out, page_after_data, page_after_data_size);
    return good && (!out->cut || error_no_memory(&explain->map.error));
}

bool explain_html(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct elfgen_text document, name;
    if (map->view->length > PAGE_BYTES) {
        elfgen_error_set(&map->error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "it has %u bytes, and a page shows at most %u: 'tinyelf explain --at "
                         "PLACE' tells about one place",
                         map->view->length, (uint64_t)PAGE_BYTES);
        return false;
    }
    bool good = memory_text_open(&document);
    good = memory_text_open(&name) && good;
    if (good) {
        put_file_name(&name, map->file);
        good = put_document(&document, explain, &name);
    } else {
        error_no_memory(&map->error);
    }
    if (good)
        elfgen_text_bytes(map->out, document.bytes, document.length);
    free(document.bytes);
    free(name.bytes);
    return good;
}
